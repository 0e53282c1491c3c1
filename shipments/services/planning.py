"""New shipments of answered orders, with the cartons that the pack rules propose."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.search.services import add_labels
from acorn.tenancy.series import next_numbers
from catalog.models import Warehouse
from orders.errors import OrderNotFound
from orders.models import PurchaseOrder
from orders.selectors import find_policies, load_answers
from orders.selectors import freight_terms as terms_of
from orders.services import lock_orders
from orders.types import CASES
from shipments import rules, tables
from shipments.errors import NothingToShip, OrderNotAnswered, TooManyCartons, WarehouseUnknown
from shipments.models import Shipment, ShipmentEvent, ShipmentOrder
from shipments.rules import ItemPacking, Limits, PlanLine
from shipments.selectors import shippable
from shipments.selectors.pack_rules import load_goods
from shipments.services.packing import prepare, store, subject_of
from shipments.types import SUBJECT_KIND, Origin, PackedCarton, PlanKind, ShippableLine
from vendors.models import Connection
from vendors.selectors import now_at

_SERIES = "shipments"
_MAX_CARTONS = 20_000


class _Way(NamedTuple):
    """What goods of one shipment have in common."""

    connection_id: int
    vendor_code: str
    ship_to_party: str
    freight_terms: str
    is_import: bool


@transaction.atomic
def plan_shipments(
    *,
    order_public_ids: Sequence[str],
    warehouse_public_id: str,
    freight_terms: str = "",
    plan: str = PlanKind.AUTO,
    actor: Actor,
    now: datetime,
) -> list[Shipment]:
    """New shipments for what may leave of these orders: one per vendor code, fulfilment centre and freight terms.

    AUTO packs by the pack rules, EMPTY leaves the cartons to somebody else. All of it in one transaction and a constant
    number of statements; the orders are locked, so that nothing is planned twice. `freight_terms` overrule what orders
    and policies say. Not safe to repeat, except that nothing is left then. Raises OrderNotFound, WarehouseUnknown,
    OrderNotAnswered, NothingToShip, TooManyCartons, Gs1PrefixMissing.
    """
    orders = _lock(order_public_ids)
    warehouse = Warehouse.objects.filter(public_id=warehouse_public_id, archived_at=None).first()
    if warehouse is None:
        raise WarehouseUnknown
    _require_answers(orders)
    lines = {
        order_id: [line for line in found if line.eaches] for order_id, found in shippable(orders, now=now).items()
    }
    going = [order for order in orders.values() if lines[order.pk]]
    if not going:
        raise NothingToShip
    ways = _group(going, freight_terms)
    shipments = _create(ways, warehouse, actor, now)
    cartons: list[list[PackedCarton]] = [[] for _ in shipments]
    if plan == PlanKind.AUTO:
        going_lines = [[line for order in members for line in lines[order.pk]] for members in ways.values()]
        cartons = _pack(shipments, going_lines, now)
    changes = [
        prepare(shipment, [], packed, origin=Origin.PLANNER)
        for shipment, packed in zip(shipments, cartons, strict=True)
    ]
    store(changes, origin=Origin.PLANNER, actor=actor, now=now)
    _tell(shipments, actor, now)
    return shipments


def _lock(public_ids: Sequence[str]) -> dict[int, PurchaseOrder]:
    keys = set(PurchaseOrder.objects.filter(public_id__in=public_ids).values_list("pk", flat=True))
    if len(keys) < len(set(public_ids)) or not keys:
        raise OrderNotFound
    return lock_orders(keys)


def _require_answers(orders: Mapping[int, PurchaseOrder]) -> None:
    answers = load_answers(orders)
    silent = [
        order.number for order in orders.values() if not any(answer.has_left for answer in answers.get(order.pk, ()))
    ]
    if silent:
        raise OrderNotAnswered(numbers=", ".join(sorted(silent)[:10]))


def _group(orders: Sequence[PurchaseOrder], freight_terms: str) -> dict[_Way, list[PurchaseOrder]]:
    """Orders by what they have in common. They leave by the connection that their vendor group has now."""
    groups = {order.group_id for order in orders}
    active = dict(Connection.objects.filter(group_id__in=groups, archived_at=None).values_list("group_id", "pk"))
    policies = find_policies({order.vendor_code for order in orders})
    found: dict[_Way, list[PurchaseOrder]] = defaultdict(list)
    for order in orders:
        terms = freight_terms or terms_of(order, policies)
        connection_id = active.get(order.group_id, order.connection_id)
        found[_Way(connection_id, order.vendor_code, order.ship_to_party, terms, order.is_import)].append(order)
    return found


def _create(
    ways: Mapping[_Way, Sequence[PurchaseOrder]], warehouse: Warehouse, actor: Actor, now: datetime
) -> list[Shipment]:
    numbers = next_numbers(_SERIES, len(ways))
    shipments = Shipment.objects.bulk_create(
        Shipment(
            number=f"S{number:06d}", connection_id=way.connection_id, group_id=orders[0].group_id,
            environment=orders[0].environment, marketplace=orders[0].marketplace, vendor_code=way.vendor_code,
            ship_to_party=way.ship_to_party, warehouse=warehouse, freight_terms=way.freight_terms,
            is_import=way.is_import, import_details=orders[0].import_details if way.is_import else {},
            currency=orders[0].currency, created_at=now, created_by=actor.label[:200], changed_at=now, version=0,
        )
        for number, (way, orders) in zip(numbers, ways.items(), strict=True)
    )  # fmt: skip
    ShipmentOrder.objects.bulk_create(
        ShipmentOrder(shipment=shipment, order=order)
        for shipment, orders in zip(shipments, ways.values(), strict=True)
        for order in orders
    )
    return shipments


def _pack(
    shipments: Sequence[Shipment], groups: Sequence[Sequence[ShippableLine]], now: datetime
) -> list[list[PackedCarton]]:
    """Cartons, on pallets where the rules say how they stack, for the lines of each shipment."""
    goods = load_goods({line.item_id for lines in groups for line in lines if line.item_id is not None})
    connections = Connection.objects.in_bulk({shipment.connection_id for shipment in shipments})
    return [
        _pack_one(lines, goods, _limits(connections[shipment.connection_id], now))
        for shipment, lines in zip(shipments, groups, strict=True)
    ]


def _limits(connection: Connection, now: datetime) -> Limits:
    """What the marketplace's dated rules allow a carton."""
    place: Mapping[str, str] = {"marketplace": connection.marketplace, "region": connection.region}
    on = now_at(connection, now).date()
    terms = rules.choose_terms(tables.asn_rules(), freight=rules.ANY, terms=rules.ANY, on=on, **place)
    return Limits(
        rules.find_limit(tables.carton_limits(), "WEIGHT_G", on=on, **place), rules.values_of(terms).get("MIXED_ORDERS")
    )


def _pack_one(lines: Sequence[ShippableLine], goods: Mapping[int, ItemPacking], limits: Limits) -> list[PackedCarton]:
    wanted = {
        (line.order_id, line.sequence): PlanLine(
            line.order_id, line.sequence, line.eaches, rules.size_of_unit(line.unit, line.unit_size),
            goods[line.item_id] if line.item_id is not None else _unknown(line),
        )
        for line in lines
    }  # fmt: skip
    count = rules.count_full_cartons(list(wanted.values()), limits)
    if count > _MAX_CARTONS:
        raise TooManyCartons(count=count, most=_MAX_CARTONS)
    cartons = rules.plan_cartons(list(wanted.values()), limits)
    held = [{wanted[each.order_id, each.sequence].goods for each in carton.contents} for carton in cartons]
    return rules.put_on_pallets(cartons, [next(iter(each)) if len(each) == 1 else None for each in held])


def _unknown(line: ShippableLine) -> ItemPacking:
    """A product without an item: a case of the order to a carton, or all of the line."""
    return ItemPacking(0, line.unit_size if line.unit == CASES else line.eaches)


def _tell(shipments: Sequence[Shipment], actor: Actor, now: datetime) -> None:
    told = [
        {"number": shipment.number, "cartons": shipment.carton_count, "eaches": shipment.eaches}
        for shipment in shipments
    ]
    ShipmentEvent.objects.bulk_create(
        ShipmentEvent(shipment=shipment, at=now, code="shipments.planned", params=params, actor_label=actor.label[:200])
        for shipment, params in zip(shipments, told, strict=True)
    )
    subjects = [subject_of(shipment) for shipment in shipments]
    entries = [audit.Entry(subject, params) for subject, params in zip(subjects, told, strict=True)]
    audit.record_many("shipments.planned", entries, actor=actor)
    add_labels(SUBJECT_KIND, subjects)
