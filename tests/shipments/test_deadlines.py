"""What has to be done next for a shipment, and by when: a decision table, and days that are nobody's working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shipments.rules import deadlines
from shipments.rules.deadlines import Deadline, DeadlineFacts
from shipments.types import ShipmentDeadline as Kind

PACIFIC = ZoneInfo("America/Los_Angeles")
# a Tuesday, 23:00 at the fulfilment centre: the next day already in UTC
SHIP_END = datetime(2026, 12, 9, 7, tzinfo=UTC)
DELIVERY_START, DELIVERY_END = datetime(2026, 12, 10, 8, tzinfo=UTC), datetime(2026, 12, 15, 8, tzinfo=UTC)


def facts(**values: Any) -> DeadlineFacts:
    known: dict[str, Any] = {
        "state": "PLANNED", "freight_terms": "PREPAID", "mode": "LTL", "ship_window_end": SHIP_END,
        "delivery_window_start": DELIVERY_START, "delivery_window_end": DELIVERY_END, "transit": timedelta(days=3),
        "lead_days": 2, "appointment_lead": timedelta(hours=24), "zone": PACIFIC,
    }  # fmt: skip
    return DeadlineFacts(**known | values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Deadline(Kind.SHIP_BY, datetime(2026, 12, 12, 8, tzinfo=UTC))),
        ({"freight_terms": ""}, Deadline(Kind.SHIP_BY, datetime(2026, 12, 12, 8, tzinfo=UTC))),
        ({"delivery_window_end": None}, Deadline(Kind.SHIP_BY, SHIP_END)),
        ({"delivery_window_end": None, "ship_window_end": None}, None),
        # the window ends on Tuesday there: two business days before it is the Friday
        (
            {"freight_terms": "COLLECT"},
            Deadline(Kind.ROUTING, datetime(2026, 12, 4, 23, 59, 59, tzinfo=PACIFIC)),
        ),
        ({"freight_terms": "COLLECT", "ship_window_end": None}, None),
        ({"freight_terms": "COLLECT", "pickup_at": SHIP_END}, Deadline(Kind.READY, SHIP_END)),
        ({"state": "PACKED"}, Deadline(Kind.SHIP_BY, datetime(2026, 12, 12, 8, tzinfo=UTC))),
        ({"state": "DEPARTED"}, Deadline(Kind.APPOINTMENT, datetime(2026, 12, 14, 8, tzinfo=UTC))),
        (
            {"state": "DEPARTED", "appointment_status": "REQUESTED"},
            Deadline(Kind.APPOINTMENT, datetime(2026, 12, 14, 8, tzinfo=UTC)),
        ),
        (
            {"state": "DEPARTED", "appointment_status": "MISSED"},
            Deadline(Kind.APPOINTMENT, datetime(2026, 12, 14, 8, tzinfo=UTC)),
        ),
        ({"state": "DEPARTED", "appointment_status": "CONFIRMED"}, None),
        ({"state": "DEPARTED", "mode": "SMALL_PARCEL"}, None),
        ({"state": "DEPARTED", "freight_terms": "COLLECT"}, None),
        ({"state": "RECEIVED"}, None),
        ({"state": "CANCELLED"}, None),
    ],
)
def test_what_is_due_next(values: dict[str, Any], expected: Deadline | None) -> None:
    assert deadlines.next_deadline(facts(**values)) == expected


def test_a_departure_can_be_too_early() -> None:
    assert deadlines.opens_at(facts()) == DELIVERY_START - timedelta(days=3)
    assert deadlines.opens_at(facts(freight_terms="COLLECT")) is None
    assert deadlines.opens_at(facts(delivery_window_start=None)) is None


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 12, 9), 2, date(2026, 12, 7)),
        (date(2026, 12, 8), 2, date(2026, 12, 4)),
        (date(2026, 12, 6), 2, date(2026, 12, 3)),  # from a Sunday
        (date(2026, 12, 6), 0, date(2026, 12, 6)),
    ],
)
def test_weekends_are_no_business_days(day: date, count: int, expected: date) -> None:
    assert deadlines.business_days_before(day, count) == expected


def test_the_earliest_pickup_is_counted_in_the_days_of_the_place() -> None:
    # Friday evening there, Saturday in UTC
    now = datetime(2026, 12, 5, 4, tzinfo=UTC)

    assert deadlines.earliest_pickup(now, 2, PACIFIC) == datetime(2026, 12, 8, tzinfo=PACIFIC)
