"""What may be done with orders. Each function runs in its caller's transaction unless it says otherwise."""

from orders.services.changes import mark_many_seen, mark_seen
from orders.services.followup import follow_clock
from orders.services.ingest import ReadOrder, ingest_orders, read_orders
from orders.services.mapping import ask_for_review, resolve_lines
from orders.services.quantities import record_quantities
from orders.services.review import review
from orders.services.statuses import ingest_statuses

__all__ = [
    "ReadOrder",
    "ask_for_review",
    "follow_clock",
    "ingest_orders",
    "ingest_statuses",
    "mark_many_seen",
    "mark_seen",
    "read_orders",
    "record_quantities",
    "resolve_lines",
    "review",
]
