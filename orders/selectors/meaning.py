"""Which items lines mean at this moment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from catalog.models import Item
from catalog.selectors import resolve_items
from catalog.types import LineKey, Resolution
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.types import LineSnapshot


def find_meanings(orders: Mapping[int, PurchaseOrder], lines: Sequence[PurchaseOrderLine]) -> list[Resolution]:
    """What each stored line means now, in the order of the lines; one statement. `orders` are theirs, by key."""
    keys: list[LineKey] = []
    for line in lines:
        order = orders[line.order_id]
        keys += keys_of([line], order.marketplace, order.ordered_at)
    return resolve_items(keys)


def give_items(orders: Mapping[int, PurchaseOrder], lines: Iterable[PurchaseOrderLine]) -> list[PurchaseOrderLine]:
    """Let lines that have no item yet have the one that they mean now, unsaved; the lines that got one.

    What is mapped counts at once: an answer that follows a mapping need not wait for the Job that tells all lines.
    """
    waiting = [line for line in lines if line.item_id is None]
    if not waiting:
        return []
    meant = [found.item_id for found in find_meanings(orders, waiting)]
    items = Item.objects.in_bulk({item_id for item_id in meant if item_id is not None})
    given = [(line, items[item_id]) for line, item_id in zip(waiting, meant, strict=True) if item_id is not None]
    for line, item in given:
        line.item, line.item_problem = item, ""
    return [line for line, _ in given]


def keys_of(lines: Iterable[LineSnapshot | PurchaseOrderLine], marketplace: str, ordered_at: datetime) -> list[LineKey]:
    """By what an order's lines name their products: in its marketplace, on its day."""
    day = day_of(ordered_at)
    return [LineKey(line.asin, line.vendor_sku, marketplace, day) for line in lines]


def day_of(ordered_at: datetime) -> date:
    """The day by which an order's identifiers and costs count."""
    return ordered_at.date()
