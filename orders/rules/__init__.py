"""Pure decisions about orders, one module per noun; what other layers call is named here."""

from orders.rules.orders import (
    ACKNOWLEDGED,
    CLOSED,
    ENDS,
    NEW,
    Clock,
    derive_state,
    diff,
    due_at,
    find_clock,
    is_history,
    line_stage,
    merge,
    needs_eyes,
)

__all__ = [
    "ACKNOWLEDGED",
    "CLOSED",
    "ENDS",
    "NEW",
    "Clock",
    "derive_state",
    "diff",
    "due_at",
    "find_clock",
    "is_history",
    "line_stage",
    "merge",
    "needs_eyes",
]
