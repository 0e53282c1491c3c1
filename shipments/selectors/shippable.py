"""What may still be shipped of orders."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet, Sum

from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.selectors import load_answers
from orders.types import AmazonState, OrderState
from shipments import rules
from shipments.models import CartonContent, Shipment, ShipmentOrder
from shipments.types import ShipmentState, ShippableLine
from vendors.selectors import read_clocks

# nothing of an order in such a state leaves any more
_OVER = (OrderState.CANCELLED, OrderState.REJECTED, OrderState.CLOSED, OrderState.CLOSED_SHORT)
OPEN = (ShipmentState.PLANNED, ShipmentState.PACKING, ShipmentState.PACKED)


def shippable(
    order_ids: Collection[int], *, now: datetime, apart_from: Shipment | None = None
) -> dict[int, list[ShippableLine]]:
    """What of these orders may go into a new shipment, by order, in the order of their lines. A constant number of statements.

    Accepted, and back-ordered from its date on (by Amazon's clock), as far as Amazon still orders it; less what has
    departed and what is in shipments that have not, `apart_from` the one that is being packed. Lines of which nothing
    may be shipped are in it with 0; an order that is over, cancelled or closed short has only such lines.
    """
    orders = {order.pk: order for order in PurchaseOrder.objects.filter(pk__in=order_ids).defer("parties")}
    lines = list(PurchaseOrderLine.objects.filter(order_id__in=orders).order_by("order_id", "position", "id"))
    in_shipments = _in_shipments([line.pk for line in lines], apart_from)
    starts = _backorder_dates(orders)
    clocks = read_clocks(list(orders.values()))
    found: dict[int, list[ShippableLine]] = {order_id: [] for order_id in orders}
    for line in lines:
        order = orders[line.order_id]
        free, later = _parts(
            order, line, starts.get((line.order_id, line.sequence)), clocks.now_at(order.connection_id, now)
        )
        packed = in_shipments.get(line.pk, 0)
        eaches = rules.shippable_eaches(free, line.shipped_eaches, packed)
        found[line.order_id].append(
            ShippableLine(
                line.order_id, line.pk, line.sequence, line.item_id,
                rules.whole_units(eaches, line.ordered_unit, line.unit_size), later, packed, line.ordered_unit,
                line.unit_size,
            )
        )  # fmt: skip
    return found


def _parts(order: PurchaseOrder, line: PurchaseOrderLine, starts_at: datetime | None, at: datetime) -> tuple[int, int]:
    """Eaches that may leave from today on, and those that may only later."""
    if line.is_withdrawn or order.state in _OVER or order.amazon_state == AmazonState.CLOSED:
        return 0, 0
    first, second = rules.confirmed_eaches(line.ordered_eaches, line.accepted_eaches, line.backordered_eaches)
    return (first, second) if starts_at is not None and starts_at > at else (first + second, 0)


def _in_shipments(line_ids: Collection[int], apart_from: Shipment | None) -> dict[int, int]:
    contents = CartonContent.objects.filter(line_id__in=line_ids, carton__shipment__state__in=OPEN)
    if apart_from is not None:
        contents = contents.exclude(carton__shipment=apart_from)
    return dict(contents.order_by().values_list("line_id").annotate(Sum("eaches")))


def _backorder_dates(order_ids: Collection[int]) -> dict[tuple[int, str], datetime]:
    """From when back-ordered lines may leave, as the answer that counts says it."""
    dates: dict[tuple[int, str], datetime] = {}
    for order_id, answers in load_answers(order_ids).items():
        for answer in reversed(answers):
            for sequence, line in answer.lines.items():
                at = line.backorder_ship_at or line.backorder_delivery_at
                if at is not None:
                    dates[order_id, sequence] = at
                else:
                    dates.pop((order_id, sequence), None)
    return dates


def list_shippable_orders() -> QuerySet[PurchaseOrder]:
    """Orders that are answered and not over, of which something has not left: the ones that shipments are planned for."""
    return PurchaseOrder.objects.filter(
        state__in=(OrderState.ACKNOWLEDGED, OrderState.PACKING), is_history=False
    ).exclude(amazon_state=AmazonState.CLOSED)


def find_shipments_of(order_ids: Collection[int]) -> dict[int, list[Shipment]]:
    """The shipments that carry goods of orders, by order, the oldest first; cancelled ones are left out. One statement."""
    found: dict[int, list[Shipment]] = {}
    rows = ShipmentOrder.objects.filter(order_id__in=order_ids).select_related("shipment").order_by("shipment_id")
    for row in rows.exclude(shipment__state=ShipmentState.CANCELLED):
        found.setdefault(row.order_id, []).append(row.shipment)
    return found
