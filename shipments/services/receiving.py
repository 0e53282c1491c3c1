"""What Amazon has received of what left: followed per line, and a shortage warned of before Amazon claims it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from acorn.accounts.types import Role
from acorn.core.actor import Actor
from acorn.core.money import Money
from acorn.files.models import RawDocument
from acorn.work.services import Opening, close_item, open_items
from orders.models import PurchaseOrderLine
from shipments import rules, tables
from shipments.models import Shipment, ShipmentEvent, ShipmentOrder, ShippedLine
from shipments.rules import Progress
from shipments.selectors.exposure import add_up
from shipments.services.deadlines import settle_deadlines
from shipments.services.packing import lock_shipments, subject_of
from shipments.types import SHORTAGE, ShipmentState
from vendors.selectors import Clocks, read_clocks

ACTOR = Actor.system("shipments.receiving")
_UNDER_WAY = (ShipmentState.DEPARTED, ShipmentState.ARRIVED)


@transaction.atomic
def follow_received(*, order_ids: Collection[int], raw_document_id: int | None, now: datetime) -> None:
    """Bring what Amazon has received of orders into the shipments that carried it. Safe to repeat, in any order.

    Amazon counts per order line: the earlier departure is taken as received first; what it finds beyond all shipments is
    the last one's. Each change is a step of the shipment, with its time and the call that told it.
    """
    shipments = _lock(order_ids)
    rows = list(
        ShippedLine.objects.filter(line__order_id__in=order_ids)
        .select_related("line__order", "shipment__connection")
        .order_by("line_id", "shipment__departed_at", "shipment_id")
    )
    exchange_id = _exchange_of(raw_document_id)
    clocks = read_clocks(shipments.values())
    changed: set[int] = set()
    for line, mine in _by_line(rows):
        for row, eaches in zip(
            mine, rules.share_received(line.received_eaches, [r.shipped_eaches for r in mine]), strict=True
        ):
            if row.received_eaches != eaches:
                at = line.last_received_at or clocks.now_at(row.shipment.connection_id, now)
                _receive(row, eaches, at, exchange_id, now)
                changed.add(row.shipment_id)
    for key in sorted(changed):
        _settle(shipments[key], [row for row in rows if row.shipment_id == key], now)


def _lock(order_ids: Collection[int]) -> dict[int, Shipment]:
    ids = ShipmentOrder.objects.filter(order_id__in=order_ids, shipment__departed_at__isnull=False)
    locked = lock_shipments(set(ids.values_list("shipment__public_id", flat=True)))
    return {shipment.pk: shipment for shipment in locked}


def _exchange_of(raw_document_id: int | None) -> str:
    if raw_document_id is None:
        return ""
    return RawDocument.objects.filter(pk=raw_document_id).values_list("exchange_id", flat=True).first() or ""


def _by_line(rows: Iterable[ShippedLine]) -> list[tuple[PurchaseOrderLine, list[ShippedLine]]]:
    found: dict[int, tuple[PurchaseOrderLine, list[ShippedLine]]] = {}
    for row in rows:
        found.setdefault(row.line_id, (row.line, []))[1].append(row)
    return list(found.values())


def _receive(row: ShippedLine, eaches: int, at: datetime, exchange_id: str, now: datetime) -> None:
    params = {
        "order": row.line.order.number, "line": row.line.sequence, "before": row.received_eaches, "after": eaches,
        "shipped": row.shipped_eaches, "at": at.isoformat(),
    }  # fmt: skip
    row.received_eaches = eaches
    row.first_received_at, row.last_received_at = row.first_received_at or at, at
    row.save(update_fields=["received_eaches", "first_received_at", "last_received_at"])
    ShipmentEvent.objects.create(
        shipment_id=row.shipment_id, at=now, code="shipments.received", params=params, exchange_id=exchange_id,
        actor_label=ACTOR.label,
    )  # fmt: skip


def _settle(shipment: Shipment, known: Sequence[ShippedLine], now: datetime) -> None:
    """State and work of a locked shipment after something was received."""
    rows = list(ShippedLine.objects.filter(shipment=shipment))
    firsts = [row.first_received_at for row in known if row.first_received_at is not None]
    shipment.arrived_at = shipment.arrived_at or min(firsts, default=None)
    # what was found in excess on one line does not make up for another
    received = sum(min(row.received_eaches, row.shipped_eaches) for row in rows)
    shipment.state = rules.derive_state(
        Progress(
            shipment.carton_count, shipment.carton_count, sum(row.shipped_eaches for row in rows), received,
            has_departed=True, has_arrived=shipment.arrived_at is not None,
        )
    )  # fmt: skip
    shipment.changed_at = now
    shipment.save(update_fields=["arrived_at", "state", "changed_at"])
    settle_deadlines([shipment], actor=ACTOR, now=now)
    if all(row.received_eaches >= row.shipped_eaches for row in rows):
        close_item(SHORTAGE, dedupe_key=shipment.public_id, actor=ACTOR, now=now)


@transaction.atomic
def warn_of_shortages(*, now: datetime) -> int:
    """Ask a person about goods that Amazon ought to have counted by now; how many shipments. Safe to repeat.

    By dated rules: so many days after arrival, or after the day on which they should have arrived where nothing was
    received at all. Amazon claims a shortage shortly before the invoice is due: until then carton, scan, label, bill of lading and
    proof of delivery are at hand. What is received after all closes the question.
    """
    short = ShippedLine.objects.filter(
        warned_at=None, received_eaches__lt=F("shipped_eaches"), shipment__state__in=_UNDER_WAY
    ).select_related("line", "shipment__connection")
    clocks = read_clocks()
    by_shipment: dict[int, list[ShippedLine]] = {}
    for row in short.order_by("shipment_id", "id"):
        by_shipment.setdefault(row.shipment_id, []).append(row)
    warned = 0
    for rows in by_shipment.values():
        shipment = rows[0].shipment
        if not _is_overdue(shipment, clocks, now):
            continue
        missing = sum(row.shipped_eaches - row.received_eaches for row in rows)
        params = {"number": shipment.number, "missing": missing, "lines": len(rows), "ship_to": shipment.ship_to_party}
        ShippedLine.objects.filter(pk__in=[row.pk for row in rows]).update(warned_at=now)
        amount = add_up([_worth(row) for row in rows])
        open_items(SHORTAGE, [Opening(subject_of(shipment), params, amount=amount)], now=now, role=Role.OPERATIONS)
        ShipmentEvent.objects.create(
            shipment=shipment, at=now, code="shipments.shortage_expected", params=params, actor_label=ACTOR.label
        )
        warned += 1
    return warned


def _is_overdue(shipment: Shipment, clocks: Clocks, now: datetime) -> bool:
    at = clocks.now_at(shipment.connection_id, now)
    terms = rules.choose_terms(
        tables.asn_rules(), marketplace=shipment.marketplace, region=shipment.connection.region,
        freight=rules.freight_of(shipment.mode), terms=shipment.freight_terms, on=at.date(),
    )  # fmt: skip
    days = rules.values_of(terms)
    if shipment.arrived_at is not None:
        return at > shipment.arrived_at + timedelta(days=days["SHORTAGE_WARNING"])
    expected = shipment.estimated_delivery_at
    return expected is not None and at > expected + timedelta(days=days["SHORTAGE_WITHOUT_ARRIVAL"])


def _worth(row: ShippedLine) -> Money | None:
    line = row.line
    if line.net_cost is None or not line.currency or line.price_unit:
        return None
    return (Money(line.net_cost, line.currency) * (row.shipped_eaches - row.received_eaches)).rounded()
