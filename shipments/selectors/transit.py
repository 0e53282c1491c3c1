"""How long goods travel, where a fulfilment centre is, and what a shipment's deadlines depend on."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from acorn.tenancy.choices import chosen
from catalog.selectors import find_addresses
from catalog.types import PartyKey, PartyKind
from orders.models import PurchaseOrder
from shipments.models import Appointment, Evidence, PickupRequest, Shipment, TransitTime
from shipments.rules.deadlines import DeadlineFacts
from shipments.selectors.shipments import get_shipment, load_orders
from shipments.types import TRANSIT_DAYS, PickupAction
from vendors.selectors import read_clocks
from vendors.services.rulebook import list_rules
from vendors.types import SubmissionState

PICKUP_LEAD, APPOINTMENT_LEAD = "PICKUP_TOO_SOON", "APPOINTMENT_MISSING"
_ZONES = Path(__file__).resolve().parent.parent / "data" / "zones.csv"
_HOURS_A_DAY = 24
_UTC = ZoneInfo("UTC")
# a request that Amazon never took, or refused, asks for nothing
_VAIN = (
    SubmissionState.REJECTED, SubmissionState.FAILED, SubmissionState.CANCELLED, SubmissionState.SUPERSEDED,
)  # fmt: skip


class Windows(NamedTuple):
    """The windows that hold for everything in a shipment: the latest start and the earliest end of its orders'."""

    ship_start: datetime | None
    ship_end: datetime | None
    delivery_start: datetime | None
    delivery_end: datetime | None


def windows_of(orders: Iterable[PurchaseOrder]) -> Windows:
    """The tightest of the orders' windows; None where no order has one."""
    rows = list(orders)
    starts = [[getattr(row, f"{kind}_window_start") for row in rows] for kind in ("ship", "delivery")]
    ends = [[getattr(row, f"{kind}_window_end") for row in rows] for kind in ("ship", "delivery")]
    latest = [max(filter(None, found), default=None) for found in starts]
    earliest = [min(filter(None, found), default=None) for found in ends]
    return Windows(latest[0], earliest[0], latest[1], earliest[1])


def load_deadline_facts(shipments: Sequence[Shipment], *, now: datetime) -> dict[int, DeadlineFacts]:
    """What the deadlines of shipments depend on, by shipment. Statements grow with marketplaces only."""
    keys = [shipment.pk for shipment in shipments]
    orders = load_orders(keys)
    clocks = read_clocks(shipments)
    days = {shipment.pk: clocks.now_at(shipment.connection_id, now).date() for shipment in shipments}
    zones = find_zones(shipments, days)
    lanes = _load_lanes(shipments)
    pickups, slots = find_pickups(keys), find_appointments(keys)
    books = {
        (place, on): list_rules(place, on) for place, on in {(each.marketplace, days[each.pk]) for each in shipments}
    }
    found = {}
    for shipment in shipments:
        windows = windows_of(orders[shipment.pk])
        book = books[shipment.marketplace, days[shipment.pk]]
        lead, slot = book[PICKUP_LEAD].hours or 0, book[APPOINTMENT_LEAD].hours or 0
        pickup, appointment = pickups.get(shipment.pk), slots.get(shipment.pk)
        found[shipment.pk] = DeadlineFacts(
            shipment.state, shipment.freight_terms, shipment.mode, windows.ship_end, windows.delivery_start,
            windows.delivery_end, timedelta(days=lanes.days(shipment)), lead // _HOURS_A_DAY, timedelta(hours=slot),
            zones[shipment.pk], pickup.requested_at if pickup else None, appointment.status if appointment else "",
        )  # fmt: skip
    return found


def find_pickups(shipment_ids: Sequence[int]) -> dict[int, PickupRequest]:
    """The pickup that stands for each shipment, by shipment: the latest request, unless it was in vain or taken back."""
    rows = PickupRequest.objects.filter(shipment_id__in=shipment_ids).select_related("submission").order_by("id")
    found: dict[int, PickupRequest] = {}
    for row in rows:
        if row.submission is None or row.submission.state not in _VAIN:
            found[row.shipment_id] = row
    return {key: row for key, row in found.items() if row.action == PickupAction.NEW}


def find_appointments(shipment_ids: Sequence[int]) -> dict[int, Appointment]:
    """The latest word on each shipment's slot, by shipment."""
    rows = (
        Appointment.objects.filter(shipment_id__in=shipment_ids).order_by("shipment_id", "-id").distinct("shipment_id")
    )
    return {row.shipment_id: row for row in rows}


def find_zones(shipments: Sequence[Shipment], days: Mapping[int, date]) -> dict[int, ZoneInfo]:
    """The time zone of each shipment's fulfilment centre: the directory's, else that of its country and state, else the
    marketplace's country; UTC where even that is unknown. One statement."""
    keys = {
        shipment.pk: PartyKey(
            PartyKind.FULFILMENT_CENTRE, shipment.marketplace, shipment.ship_to_party, days[shipment.pk]
        )
        for shipment in shipments
    }
    known = find_addresses(list(keys.values()))
    found = {}
    for shipment in shipments:
        row = known.get(keys[shipment.pk])
        address = row.address if row else {}
        name = (row.time_zone if row else "") or zone_of(
            address.get("country_code") or shipment.marketplace, address.get("state_or_region", "")
        )
        found[shipment.pk] = ZoneInfo(name) if name else _UTC
    return found


def zone_of(country: str, state: str) -> str:
    """The usual time zone of a country, or of one of its states; empty where the table has neither."""
    zones = _zones()
    return zones.get((country.upper(), state.upper())) or zones.get((country.upper(), "")) or ""


@lru_cache(maxsize=1)
def _zones() -> dict[tuple[str, str], str]:
    with _ZONES.open(encoding="utf-8", newline="") as file:
        return {(row["country"], row["state"]): row["zone"] for row in csv.DictReader(file)}


class _Lanes(NamedTuple):
    days_of: Mapping[tuple[int, str, str], int]
    otherwise: int

    def days(self, shipment: Shipment) -> int:
        for party, mode in (
            (shipment.ship_to_party, shipment.mode), (shipment.ship_to_party, ""), ("", shipment.mode), ("", ""),
        ):  # fmt: skip
            if (found := self.days_of.get((shipment.warehouse_id, party, mode))) is not None:
                return found
        return self.otherwise


def _load_lanes(shipments: Sequence[Shipment]) -> _Lanes:
    rows = TransitTime.objects.filter(warehouse_id__in={shipment.warehouse_id for shipment in shipments})
    return _Lanes({(row.warehouse_id, row.ship_to_party, row.mode): row.days for row in rows}, chosen(TRANSIT_DAYS))


def list_pickups(shipment_public_id: str) -> list[PickupRequest]:
    """What Amazon was asked about fetching a shipment, newest first. Raises ShipmentNotFound."""
    rows = PickupRequest.objects.filter(shipment=get_shipment(shipment_public_id)).select_related("submission")
    return list(rows.order_by("-id"))


def list_appointments(shipment_public_id: str) -> list[Appointment]:
    """Every word on a shipment's slot, newest first. Raises ShipmentNotFound."""
    return list(Appointment.objects.filter(shipment=get_shipment(shipment_public_id)).order_by("-id"))


def list_evidence(shipment_public_id: str) -> list[Evidence]:
    """The documents kept with a shipment, newest first. Raises ShipmentNotFound."""
    return list(
        Evidence.objects.filter(shipment=get_shipment(shipment_public_id)).select_related("file").order_by("-id")
    )
