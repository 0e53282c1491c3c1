"""Amazon closes orders, and notes that they were acknowledged, without calling that a change of the order.

Such an order comes in no window of getPurchaseOrders; only its status has moved. It is read again by itself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from acorn.jobs.queue import enqueue
from orders.models import PurchaseOrder
from orders.rules import CLOSED
from orders.types import READ_AGAIN
from vendors.models import Connection
from vendors.selectors import now_at

# Amazon's clock and ours may differ by this much, and a simulated one that runs faster by a second of ours.
_MARGIN, _REAL_MARGIN = timedelta(minutes=5), timedelta(seconds=1)


class StatusMove(NamedTuple):
    """An order's status has come; `updated_at` is when Amazon updated it, where it says so."""

    order: PurchaseOrder
    updated_at: datetime | None


def ask_again(connection: Connection, moves: Iterable[StatusMove]) -> None:
    """Have the orders read again that may have another state by now; one Job, in the caller's transaction.

    Left out is what is closed, and what was read since its status was updated.
    """
    order_ids = [
        move.order.pk
        for move in moves
        if move.order.amazon_state != CLOSED and not _was_read_since(connection, move.order, move.updated_at)
    ]
    if order_ids:
        enqueue(READ_AGAIN, connection_id=connection.pk, order_ids=order_ids)


def _was_read_since(connection: Connection, order: PurchaseOrder, updated_at: datetime | None) -> bool:
    clock = connection.clock
    if updated_at is None or (clock is not None and order.last_seen_at < clock.real_at):
        return False  # which time it was there when we read it, nobody knows: the clock has been set since
    margin = _MARGIN if clock is None else _MARGIN + _REAL_MARGIN * clock.rate
    return now_at(connection, order.last_seen_at) > updated_at + margin
