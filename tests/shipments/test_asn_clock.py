"""When an ASN has to leave, and whether it may still be replaced."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shipments import tables
from shipments.rules import (
    ClockRule,
    Due,
    Goods,
    Kind,
    Moments,
    Party,
    Replacing,
    choose_clocks,
    find_deadline,
    find_obstacles,
    find_trigger,
)
from tests.shipments.notices import NOW, box, notice

US_TRUCK, DE_PALLETS = Kind("US", "NA", "TRUCK", False), Kind("DE", "EU", "TRUCK", True)
LEFT = Moments(departure=NOW, arrival=NOW + timedelta(days=2))


def rows(kind: Kind, *more: ClockRule) -> list[ClockRule]:
    return choose_clocks([*tables.asn_clocks(), *more], kind, on=NOW.date())


@pytest.mark.parametrize(
    ("kind", "moments", "own", "due"),
    [
        (US_TRUCK, LEFT, 0, Due(NOW + timedelta(minutes=30), "AFTER_DEPARTURE")),
        (US_TRUCK, LEFT._replace(appointment=NOW + timedelta(hours=8)), 0,
         Due(NOW + timedelta(minutes=30), "AFTER_DEPARTURE")),
        (US_TRUCK, LEFT._replace(appointment=NOW + timedelta(hours=6)), 0, Due(NOW, "BEFORE_APPOINTMENT")),
        (US_TRUCK, Moments(appointment=NOW), 0, Due(NOW - timedelta(hours=6), "BEFORE_APPOINTMENT")),
        (US_TRUCK, Moments(arrival=NOW), 0, Due(NOW, "BEFORE_ARRIVAL")),
        (US_TRUCK, Moments(slot_request=NOW), 0, None),
        (DE_PALLETS, LEFT._replace(slot_request=NOW - timedelta(days=1)), 0,
         Due(NOW - timedelta(days=1), "BEFORE_SLOT")),
        (DE_PALLETS._replace(on_pallets=False), LEFT._replace(slot_request=NOW - timedelta(days=1)), 0,
         Due(NOW + timedelta(minutes=30), "AFTER_DEPARTURE")),
        (US_TRUCK, Moments(arrival=NOW), 24, Due(NOW - timedelta(hours=24), "OWN")),
        (US_TRUCK, Moments(arrival=NOW, appointment=NOW + timedelta(hours=9)), 24,
         Due(NOW - timedelta(hours=15), "OWN")),
        (US_TRUCK, Moments(), 24, None),
    ],
)  # fmt: skip
def test_the_earliest_of_all_deadlines_counts(kind: Kind, moments: Moments, own: int, due: Due | None) -> None:
    assert find_deadline(rows(kind), moments, own_hours=own) == due


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (US_TRUCK, "AT_DEPARTURE"), (Kind("US", "NA", "PARCEL", False), "AT_CARRIER_LABEL"),
        (DE_PALLETS, "BEFORE_SLOT"), (Kind("JP", "FE", "TRUCK", True), "AT_DEPARTURE"),
    ],
)  # fmt: skip
def test_the_moment_differs_by_region_and_mode(kind: Kind, rule: str) -> None:
    trigger = find_trigger(rows(kind))

    assert trigger is not None
    assert trigger.rule == rule
    assert find_trigger([]) is None


def test_a_marketplaces_own_and_younger_row_goes_before() -> None:
    (general,) = [row for row in tables.asn_clocks() if row.rule == "AFTER_DEPARTURE"]
    own = replace(general, scope="US", minutes=15)
    later = replace(own, minutes=10, valid_from=NOW.date())
    future = replace(own, minutes=1, valid_from=NOW.date() + timedelta(days=1))

    def minutes(*more: ClockRule) -> int:
        (row,) = [row for row in rows(US_TRUCK, *more) if row.rule == "AFTER_DEPARTURE"]
        return row.minutes

    assert [minutes(), minutes(own), minutes(later, own), minutes(own, future)] == [30, 15, 10, 15]


def test_every_row_names_a_moment_and_a_source() -> None:
    for row in tables.asn_clocks():
        assert row.source
        Moments().at(row.anchor)


BEFORE = notice(box(1), box(2, Goods("PO000002", "1", 4)))
FEWER = BEFORE.with_boxes([BEFORE.boxes[0]])


def asked(**fields: Any) -> list[str]:
    values: dict[str, Any] = {
        "before": BEFORE, "after": FEWER, "now": NOW, "first_at": NOW - timedelta(hours=2), "arrived_at": None,
        "period_days": 7,
    }  # fmt: skip
    return [
        obstacle.code.removeprefix("shipments.replace.") for obstacle in find_obstacles(Replacing(**values | fields))
    ]


def test_a_replacement_may_take_goods_out() -> None:
    assert asked() == []
    assert asked(first_at=NOW - timedelta(days=7)) == []
    assert asked(after=replace(BEFORE, transport=replace(BEFORE.transport, pro_number="PRO-2"))) == []


@pytest.mark.parametrize(
    ("fields", "obstacles"),
    [
        ({"after": BEFORE}, ["nothing_changed"]),
        ({"after": BEFORE.with_boxes([])}, ["nothing_left"]),
        ({"after": replace(FEWER, identifier="SH-2")}, ["other_identity"]),
        ({"after": replace(FEWER, selling=Party("OTHER"))}, ["other_identity"]),
        ({"before": FEWER, "after": BEFORE}, ["adds"]),
        ({"is_settled": False}, ["on_its_way"]),
        ({"arrived_at": NOW}, ["arrived"]),
        ({"first_at": NOW - timedelta(days=7, seconds=1)}, ["too_late"]),
        ({"first_at": NOW - timedelta(days=9), "arrived_at": NOW}, ["arrived"]),
    ],
)
def test_what_amazon_would_refuse_has_a_name(fields: dict[str, Any], obstacles: list[str]) -> None:
    assert asked(**fields) == obstacles
