"""Which items lines mean at this moment."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from catalog.models import Item
from catalog.selectors import resolve_items
from catalog.types import LineKey
from orders.models import PurchaseOrder, PurchaseOrderLine


def give_items(orders: Mapping[int, PurchaseOrder], lines: Iterable[PurchaseOrderLine]) -> list[PurchaseOrderLine]:
    """Let lines that have no item yet have the one that they mean now, unsaved; the lines that got one.

    What is mapped counts at once: an answer that follows a mapping need not wait for the Job that tells all lines.
    """
    waiting = [line for line in lines if line.item_id is None]
    if not waiting:
        return []
    keys = [key_of(orders[line.order_id], line) for line in waiting]
    meant = [found.item_id for found in resolve_items(keys)]
    items = Item.objects.in_bulk([item_id for item_id in meant if item_id is not None])
    given = [(line, items[item_id]) for line, item_id in zip(waiting, meant, strict=True) if item_id is not None]
    for line, item in given:
        line.item, line.item_problem = item, ""
    return [line for line, _ in given]


def key_of(order: PurchaseOrder, line: PurchaseOrderLine) -> LineKey:
    """By what a line names its product: in the order's marketplace, on the order's day."""
    return LineKey(line.asin, line.vendor_sku, order.marketplace, day_of(order.ordered_at))


def day_of(ordered_at: datetime) -> date:
    """The day by which an order's identifiers and costs count."""
    return ordered_at.date()
