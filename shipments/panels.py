"""What shipments add to the pages of lower apps."""

from typing import Any

from acorn.core import clock
from orders.models import PurchaseOrder
from shipments import selectors


def load_for_order(order: PurchaseOrder) -> dict[str, Any]:
    """The shipments of an order, and how many eaches may still be planned."""
    free = selectors.shippable([order.pk], now=clock.now())[order.pk]
    shipments = selectors.find_shipments_of([order.pk]).get(order.pk, [])
    return {"shipments": shipments, "eaches": sum(line.eaches for line in free), "order": order}
