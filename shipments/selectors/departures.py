"""What a departure is checked by: what its ASN would say, and all that bears on it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Sum

from acorn.tenancy.choices import chosen
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.selectors import load_answers
from orders.types import AmazonState, OrderState
from shipments import rules, tables
from shipments.models import Appointment, Carton, Pallet, Shipment, ShippedLine
from shipments.rules import (
    Box,
    DepartureFacts,
    Due,
    Goods,
    Kind,
    LineFacts,
    LineKey,
    Moments,
    Notice,
    NoticeLine,
    OrderFacts,
    Tare,
    Transport,
)
from shipments.rules.notices import volume_of
from shipments.selectors.labels import judge_labels
from shipments.selectors.parties import load_parties
from shipments.selectors.shipments import LoadedCarton, load_cartons, load_orders, load_pallets
from shipments.selectors.transit import find_appointments
from shipments.types import ASN_HOURS_BEFORE_ARRIVAL, AppointmentStatus, Mode, TransportationMode
from vendors.selectors import read_clocks
from vendors.types import SubmissionState

_OVER = (OrderState.CANCELLED, OrderState.REJECTED, OrderState.CLOSED, OrderState.CLOSED_SHORT)
_YEAR = timedelta(days=365)
# shipments with one bill of lading that leave so close together are on one truck
_SAME_TRUCK = timedelta(hours=24)
_NO_SLOT = (AppointmentStatus.CANCELLED, AppointmentStatus.MISSED)


@dataclass(frozen=True, slots=True)
class Departure:
    """A shipment with all that its ASN would say: `facts.notice` is the whole of it, as one."""

    shipment: Shipment
    facts: DepartureFacts
    kind: Kind
    moments: Moments
    due: Due | None
    # by key: the order and its line of what is in it
    lines: Mapping[LineKey, PurchaseOrderLine]
    orders: Mapping[str, PurchaseOrder]

    @property
    def products(self) -> dict[LineKey, str]:
        """Which product each line is, for the choice of the structure."""
        return {key: str(line.item_id or line.asin or line.vendor_sku) for key, line in self.lines.items()}


def load_departures(
    shipments: Sequence[Shipment],
    *,
    now: datetime,
    transport: Transport | None = None,
    tracking: Mapping[str, str] | None = None,
) -> list[Departure]:
    """Shipments (with connection and warehouse) as they would depart at `now`. A constant number of statements.

    `transport` is what is said about the departure, else what the shipment itself knows; `tracking` numbers are by SSCC
    or by the carton's id. For what has departed, what it may hold counts its own eaches in.
    """
    keys = [shipment.pk for shipment in shipments]
    clocks = read_clocks(shipments)
    cartons, pallets, orders = load_cartons(keys), load_pallets(keys), _orders(keys)
    lines = _lines(cartons)
    own = _own_shipped(keys)
    answers = load_answers([order.pk for rows in orders.values() for order in rows])
    slots = _slots(keys)
    parties = load_parties(shipments, orders, {s.pk: clocks.now_at(s.connection_id, now).date() for s in shipments})
    own_hours = chosen(ASN_HOURS_BEFORE_ARRIVAL)
    void, bols = _void_labels(cartons), _bols(shipments, transport)
    plates = {carton.row.sscc for rows in cartons.values() for carton in rows}
    plates |= {pallet.sscc for rows in pallets.values() for pallet in rows}
    used = _used_ssccs(plates, now - _YEAR)
    found = []
    for shipment in shipments:
        at = clocks.now_at(shipment.connection_id, now)
        going = transport or transport_of(shipment, at)
        by_id = {order.pk: order for order in orders[shipment.pk]}
        boxes = [_box(carton, by_id, tracking or {}) for carton in cartons[shipment.pk]]
        in_it = {
            LineKey(by_id[content.order_id].number, content.sequence): lines[content.order_id, content.sequence]
            for carton in cartons[shipment.pk]
            for content in carton.contents
        }
        notice = Notice(
            identifier=shipment.number, structure="", **parties[shipment.pk]._asdict(), transport=going,
            lines=tuple(_line(key, line) for key, line in in_it.items()), boxes=tuple(boxes),
            tares=tuple(_tare(pallet) for pallet in pallets[shipment.pk]), volume_cm3=volume_of(boxes),
            import_details=_import_details(shipment, by_id.values()),
        )  # fmt: skip
        kind = Kind(shipment.marketplace, shipment.connection.region, rules.freight_of(going.mode), bool(notice.tares))
        moments = Moments(
            departure=going.shipped_at if transport or shipment.departed_at else shipment.planned_departure_at,
            arrival=going.estimated_at, **slots.get(shipment.pk, {}),
        )  # fmt: skip
        clock = rules.choose_clocks(tables.asn_clocks(), kind, on=at.date())
        due = rules.find_deadline(clock, moments, own_hours=own_hours)
        facts = DepartureFacts(
            notice=notice, now=at, vendor_code=shipment.vendor_code, ship_to_party=shipment.ship_to_party,
            freight_terms=shipment.freight_terms, is_import=shipment.is_import,
            terms=rules.choose_terms(
                tables.asn_rules(), marketplace=kind.marketplace, region=kind.region, freight=kind.freight,
                terms=shipment.freight_terms, on=at.date(),
            ),
            orders={order.number: _order_facts(order, answers.get(order.pk, [])) for order in by_id.values()},
            lines={key: _line_facts(line, own.get((shipment.pk, line.pk), 0)) for key, line in in_it.items()},
            carriers=frozenset(tables.carriers()), void_labels=void,
            used_ssccs=frozenset(sscc for sscc, taken in used.items() if taken - {shipment.pk}),
            shared_bol=_shared_bol(shipment, going, bols),
            deadline_at=due.at if due else None,
        )  # fmt: skip
        found.append(
            Departure(
                shipment, facts, kind, moments, due, in_it, {order.number: order for order in by_id.values()}
            )
        )  # fmt: skip
    return found


def transport_of(shipment: Shipment, at: datetime) -> Transport:
    """What a shipment itself knows of its journey: a truck on the road that leaves now, where nothing else is said."""
    return Transport(
        shipment.mode or Mode.LTL, shipment.transportation_mode or TransportationMode.ROAD, shipment.departed_at or at,
        shipment.estimated_delivery_at, shipment.carrier_scac, shipment.pro_number, shipment.bol_number,
        shipment.amazon_reference_number,
    )  # fmt: skip


def _orders(keys: Collection[int]) -> dict[int, list[PurchaseOrder]]:
    """Orders by shipment, with addresses and import details, of which `load_orders` has none."""
    loaded = load_orders(keys)
    found = PurchaseOrder.objects.filter(pk__in={order.pk for rows in loaded.values() for order in rows})
    details = {key: values for key, *values in found.values_list("pk", "parties", "import_details")}
    for rows in loaded.values():
        for order in rows:
            order.parties, order.import_details = details[order.pk]
    return loaded


def _lines(cartons: Mapping[int, list[LoadedCarton]]) -> dict[tuple[int, str], PurchaseOrderLine]:
    keys = {content.order_id for rows in cartons.values() for carton in rows for content in carton.contents}
    rows = PurchaseOrderLine.objects.filter(order_id__in=keys).select_related("item")
    return {(line.order_id, line.sequence): line for line in rows}


def _own_shipped(keys: Collection[int]) -> dict[tuple[int, int], int]:
    rows = ShippedLine.objects.filter(shipment_id__in=keys)
    return {
        (shipment, line): eaches
        for shipment, line, eaches in rows.values_list("shipment_id", "line_id", "shipped_eaches")
    }


def _slots(keys: Collection[int]) -> dict[int, dict[str, datetime]]:
    """The appointment that holds, and when a slot was first asked for, by shipment."""
    found: dict[int, dict[str, datetime]] = {}
    for shipment_id, slot in find_appointments(list(keys)).items():
        if slot.starts_at is not None and slot.status not in _NO_SLOT:
            found.setdefault(shipment_id, {})["appointment"] = slot.starts_at
    asked = Appointment.objects.filter(shipment_id__in=keys).order_by().values_list("shipment_id")
    for shipment_id, at in asked.annotate(first=Min("at")):
        found.setdefault(shipment_id, {})["slot_request"] = at
    return found


def _import_details(shipment: Shipment, orders: Iterable[PurchaseOrder]) -> dict[str, str]:
    """What the orders say of a direct import, and what was added here."""
    known: dict[str, str] = {}
    for order in orders if shipment.is_import else ():
        known |= order.import_details
    return known | shipment.import_details if shipment.is_import else {}


def _box(carton: LoadedCarton, orders: Mapping[int, PurchaseOrder], tracking: Mapping[str, str]) -> Box:
    row = carton.row
    goods = tuple(
        Goods(
            orders[content.order_id].number, content.sequence, content.eaches, content.lot_number, content.expires_on,
            content.manufactured_on, content.origin_country, content.scale_weight_g,
        )
        for content in carton.contents
    )  # fmt: skip
    number = tracking.get(row.public_id) or tracking.get(row.sscc) or row.tracking_number
    return Box(
        row.position, goods, row.sscc, carton.pallet, number, row.length_mm, row.width_mm, row.height_mm, row.weight_g
    )


def _tare(row: Pallet) -> Tare:
    return Tare(row.position, row.sscc, row.length_mm, row.width_mm, row.height_mm, row.weight_g)


def _line(key: LineKey, line: PurchaseOrderLine) -> NoticeLine:
    return NoticeLine(
        *key, asin=line.asin, vendor_sku=line.vendor_sku, unit=line.ordered_unit, unit_size=max(1, line.unit_size),
        price_unit=line.price_unit,
    )  # fmt: skip


def _line_facts(line: PurchaseOrderLine, own: int) -> LineFacts:
    confirmed = sum(rules.confirmed_eaches(line.ordered_eaches, line.accepted_eaches, line.backordered_eaches))
    item = line.item
    return LineFacts(
        may_ship=confirmed - (line.shipped_eaches - own), net_cost=line.net_cost, currency=line.currency,
        tracks_lots=bool(item and item.tracks_lots), tracks_expiry=bool(item and item.tracks_expiry),
    )  # fmt: skip


def _order_facts(order: PurchaseOrder, answers: Sequence[Any]) -> OrderFacts:
    last = answers[0] if answers else None
    submission = last.acknowledgement.submission if last else None
    return OrderFacts(
        vendor_code=order.vendor_code, ship_to_party=order.ship_to_party,
        has_ended=order.state in _OVER or order.amazon_state == AmazonState.CLOSED,
        is_answered=last is not None or order.amazon_state == AmazonState.ACKNOWLEDGED,
        is_proved=submission is None or submission.state == SubmissionState.VERIFIED,
        has_unsettled_change=order.has_unseen_change, window_end=order.due_at,
    )  # fmt: skip


def _void_labels(cartons: Mapping[int, Sequence[LoadedCarton]]) -> frozenset[str]:
    """SSCCs whose newest label was printed for other contents than there are now."""
    hashes = {carton.row.sscc: carton.row.content_hash for rows in cartons.values() for carton in rows}
    return frozenset(sscc for sscc, is_void in judge_labels(hashes).items() if is_void)


def _used_ssccs(codes: Collection[str], since: datetime) -> dict[str, set[int]]:
    """The shipments that took each of these numbers away lately, by SSCC."""
    found: dict[str, set[int]] = {}
    for model in (Carton, Pallet):
        rows = model.objects.filter(sscc__in=set(codes) - {""}, shipment__departed_at__gte=since)
        for sscc, shipment_id in rows.values_list("sscc", "shipment_id"):
            found.setdefault(sscc, set()).add(shipment_id)
    return found


def _bols(shipments: Iterable[Shipment], transport: Transport | None) -> list[Shipment]:
    """Departed shipments with one of these bills of lading."""
    numbers = {transport.bol_number if transport else shipment.bol_number for shipment in shipments} - {""}
    return list(Shipment.objects.filter(bol_number__in=numbers, departed_at__isnull=False)) if numbers else []


def _shared_bol(shipment: Shipment, going: Transport, others: Iterable[Shipment]) -> str:
    """The number of a shipment with the same bill of lading that left on another truck; empty if there is none."""
    for other in others:
        if other.pk == shipment.pk or (other.bol_number, other.vendor_code) != (going.bol_number, shipment.vendor_code):
            continue
        apart = abs((other.departed_at or going.shipped_at) - going.shipped_at)
        is_same_truck = apart <= _SAME_TRUCK and other.ship_to_party == shipment.ship_to_party
        if apart <= _YEAR and not is_same_truck:
            return other.number
    return ""


def sum_shipped(line_ids: Collection[int]) -> dict[int, int]:
    """Eaches that have departed, by line: all shipments together."""
    rows = ShippedLine.objects.filter(line_id__in=line_ids).order_by().values_list("line_id")
    return dict(rows.annotate(Sum("shipped_eaches")))


def in_parts(departure: Departure) -> list[Notice]:
    """The ASNs that tell a departure: one, or one per structure, each with an identifier of its own."""
    whole = departure.facts.notice
    parts = rules.split_by_structure(whole.boxes, departure.products, tables.structures())
    names = [whole.identifier, *(f"{whole.identifier}-{n}" for n in range(2, len(parts) + 1))]
    return [
        replace(whole.with_boxes(part.boxes), identifier=name, structure=part.structure)
        for name, part in zip(names, parts, strict=True)
    ]
