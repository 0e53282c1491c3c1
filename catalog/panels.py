"""What the catalogue adds to its own pages of items."""

from typing import Any

from acorn.core import clock
from catalog import selectors
from catalog.models import Item
from catalog.selectors import stock

_SHOWN = 50


def load_costs(item: Item) -> dict[str, Any]:
    """The costs of an item, those that begin last first."""
    rows: list[Any] = selectors.list_item_costs(item.pk)[:_SHOWN]
    overlaps = selectors.list_overlaps(rows)
    today = clock.now().date()
    for row in rows:
        row.overlaps = overlaps.get(row.pk, [])
        row.is_over = row.valid_until is not None and row.valid_until < today
    return {"costs": rows, "item": item}


def load_stock(item: Item) -> dict[str, Any]:
    """What an item has in each warehouse."""
    return {"balances": stock.get_balances(item), "item": item}
