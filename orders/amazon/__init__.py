"""The one place that knows Amazon's words for orders: one module per direction."""

from orders.amazon.acknowledgements import build_acknowledgement
from orders.amazon.orders import (
    fetch_changed,
    fetch_created,
    fetch_order,
    fetch_status,
    fetch_updated,
    list_orders,
    list_statuses,
    parse_order,
    parse_orders,
    parse_status,
    parse_statuses,
)

__all__ = [
    "build_acknowledgement",
    "fetch_changed",
    "fetch_created",
    "fetch_order",
    "fetch_status",
    "fetch_updated",
    "list_orders",
    "list_statuses",
    "parse_order",
    "parse_orders",
    "parse_status",
    "parse_statuses",
]
