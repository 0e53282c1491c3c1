"""Asking Amazon to fetch a collect shipment, and taking that back: checked, kept, handed to the outbox."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.core.ids import new_public_id
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.types import OrderState
from shipments import amazon, rules
from shipments.amazon.pickups import Pickup, PickupLine, PickupOrder
from shipments.errors import NoPickup, ShipmentClosed
from shipments.models import CartonContent, Pallet, PickupRequest, Shipment, ShipmentEvent
from shipments.rules.pickups import PICKUP_RULES, PickupFacts, PickupRuling
from shipments.selectors.parties import load_parties
from shipments.selectors.shippable import OPEN
from shipments.selectors.transit import PICKUP_LEAD, find_pickups, find_zones, windows_of
from shipments.services.deadlines import settle_deadlines
from shipments.services.packing import lock_shipments, subject_of
from shipments.types import PICKUP_KIND, PickupAction
from vendors.errors import DocumentBlocked
from vendors.models import Connection
from vendors.selectors import now_at
from vendors.services import submit
from vendors.services.rulebook import list_rules
from vendors.types import Region, RuleFinding, Severity

_HOURS_A_DAY = 24


@transaction.atomic
def request_pickup(
    *,
    shipment_public_id: str,
    pickup_at: datetime | None,
    confirmed: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> PickupRequest:
    """Ask Amazon to fetch a shipment at an instant of its clock; asked again with another, Amazon is told the new one.

    Without an instant it is the pickup that stands, or noon of the first day that Amazon takes, in the ship window. Safe to repeat: the same instant again returns the request that stands. `confirmed` are the rules that a person said
    yes to. Raises ShipmentNotFound, ShipmentClosed, DocumentBlocked with every finding, and what `submit` raises.
    """
    (shipment,) = lock_shipments([shipment_public_id])
    if shipment.state not in OPEN:
        raise ShipmentClosed
    standing = find_pickups([shipment.pk]).get(shipment.pk)
    if standing is not None and pickup_at in (None, standing.requested_at):
        return standing
    orders = _orders(shipment)
    at = now_at(Connection.objects.get(pk=shipment.connection_id), now)
    pickup_at = pickup_at or _first_noon(shipment, orders, at)
    findings = _check(shipment, orders, pickup_at, at)
    if any(each.severity == Severity.BLOCK or _asks(each, confirmed) for each in findings):
        raise DocumentBlocked(findings)
    return _send(shipment, orders, PickupAction.NEW, pickup_at, at, findings, actor, now)


@transaction.atomic
def cancel_pickup(*, shipment_public_id: str, reason: str, actor: Actor, now: datetime) -> PickupRequest:
    """Take a pickup back. Raises ShipmentNotFound, NoPickup where none stands, and what `submit` raises."""
    (shipment,) = lock_shipments([shipment_public_id])
    standing = find_pickups([shipment.pk]).get(shipment.pk)
    if standing is None:
        raise NoPickup
    at = now_at(Connection.objects.get(pk=shipment.connection_id), now)
    return _send(
        shipment, _orders(shipment), PickupAction.CANCEL, standing.requested_at, at, [], actor, now, reason=reason
    )


def check_pickup(*, shipment_public_id: str, pickup_at: datetime, now: datetime) -> list[RuleFinding]:
    """What `request_pickup` would say, which changes nothing. Raises ShipmentNotFound."""
    with transaction.atomic():
        (shipment,) = lock_shipments([shipment_public_id])
        at = now_at(Connection.objects.get(pk=shipment.connection_id), now)
        return _check(shipment, _orders(shipment), pickup_at, at)


def _first_noon(shipment: Shipment, orders: Sequence[PurchaseOrder], at: datetime) -> datetime:
    zone = find_zones([shipment], {shipment.pk: at.date()})[shipment.pk]
    day = rules.earliest_pickup(at, _lead_days(shipment, at), zone)
    opens = windows_of(orders).ship_start
    return max(day, opens.astimezone(zone) if opens else day).replace(hour=12, minute=0, second=0, microsecond=0)


def _lead_days(shipment: Shipment, at: datetime) -> int:
    return (list_rules(shipment.marketplace, at.date())[PICKUP_LEAD].hours or 0) // _HOURS_A_DAY


def _asks(finding: RuleFinding, confirmed: Collection[str]) -> bool:
    return finding.severity == Severity.CONFIRM and finding.rule not in confirmed


def _orders(shipment: Shipment) -> list[PurchaseOrder]:
    return list(PurchaseOrder.objects.filter(pk__in=shipment.orders.values("order_id")).order_by("number"))


def _check(shipment: Shipment, orders: Sequence[PurchaseOrder], pickup_at: datetime, at: datetime) -> list[RuleFinding]:
    book = list_rules(shipment.marketplace, at.date())
    facts = PickupFacts(
        shipment.freight_terms, Region(Connection.objects.get(pk=shipment.connection_id).region), at, pickup_at,
        (book[PICKUP_LEAD].hours or 0) // _HOURS_A_DAY,
        find_zones([shipment], {shipment.pk: at.date()})[shipment.pk], windows_of(orders).ship_end,
        tuple(order.number for order in orders if order.state == OrderState.NEW), shipment.carton_count,
        shipment.pallet_count, shipment.weight_g, bool(shipment.warehouse.address), bool(shipment.carrier_scac),
    )  # fmt: skip
    rulings = {rule: PickupRuling(book[rule].severity, book[rule].source) for rule in PICKUP_RULES}
    return rules.check_pickup(facts, rulings)


def _send(
    shipment: Shipment, orders: Sequence[PurchaseOrder], action: PickupAction, pickup_at: datetime, at: datetime,
    findings: Sequence[RuleFinding], actor: Actor, now: datetime, *, reason: str = "",
) -> PickupRequest:  # fmt: skip
    public_id = new_public_id("pk")
    submission = submit(
        PICKUP_KIND, connection_id=shipment.connection_id, subject=subject_of(shipment),
        body=amazon.build_pickup(_describe(shipment, orders, pickup_at, at), action=action, at=at), key=public_id,
        findings=findings, actor=actor, now=now,
    )  # fmt: skip
    row = PickupRequest.objects.create(
        public_id=public_id, shipment=shipment, action=action, requested_at=pickup_at, submission=submission,
        created_at=now, actor_label=actor.label[:200],
    )  # fmt: skip
    code = "shipments.pickup_requested" if action == PickupAction.NEW else "shipments.pickup_cancelled"
    params = {"at": pickup_at.isoformat()}
    ShipmentEvent.objects.create(
        shipment=shipment, at=now, code=code, params=params, reason=reason[:300], actor_label=actor.label[:200]
    )
    audit.record(code, actor=actor, subject=subject_of(shipment), params=params, reason=reason)
    settle_deadlines([shipment], actor=actor, now=now)
    return row


def _describe(shipment: Shipment, orders: Sequence[PurchaseOrder], pickup_at: datetime, at: datetime) -> Pickup:
    parties = load_parties([shipment], {shipment.pk: orders}, {shipment.pk: at.date()})[shipment.pk]
    pallets = list(Pallet.objects.filter(shipment=shipment).values_list("is_stackable", flat=True))
    return Pickup(
        shipment.number, parties.selling, parties.ship_from, parties.ship_to, pickup_at, shipment.mode,
        shipment.transportation_mode, shipment.carton_count, pallets.count(True), pallets.count(False),
        shipment.weight_g, shipment.volume_cm3, tuple(_describe_order(shipment, order) for order in orders),
        shipment.amazon_reference_number,
    )  # fmt: skip


def _describe_order(shipment: Shipment, order: PurchaseOrder) -> PickupOrder:
    packed: dict[int, int] = {}
    contents = CartonContent.objects.filter(carton__shipment=shipment, line__order=order)
    for line_id, eaches in contents.values_list("line_id", "eaches"):
        packed[line_id] = packed.get(line_id, 0) + eaches
    lines = PurchaseOrderLine.objects.filter(pk__in=packed).order_by("position", "id")
    starts_at, ends_at = order.ship_window_start, order.ship_window_end
    return PickupOrder(
        order.number, order.ordered_at, (starts_at, ends_at) if starts_at and ends_at else None,
        tuple(
            PickupLine(line.asin, line.vendor_sku, packed[line.pk], line.ordered_unit, line.unit_size) for line in lines
        ),
    )  # fmt: skip
