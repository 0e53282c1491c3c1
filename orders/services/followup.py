"""What people have to do about orders: one work item to answer a new one, one to look at a changed one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from acorn.accounts.types import Role
from acorn.core.actor import Actor, Subject
from acorn.core.money import Money
from acorn.work.services import Opening, close_items, move_deadlines, open_items
from orders import rules
from orders.models import PurchaseOrder
from orders.types import ACKNOWLEDGE, ADOPT, ANSWER_UNPROVED, CHANGE, SUBJECT_KIND, OrderState
from vendors.selectors import read_clocks


class Move(NamedTuple):
    """An order before (None: it is new) and after something happened to it."""

    public_id: str
    number: str
    vendor_code: str
    before: OrderState | None
    after: OrderState
    is_history: bool
    # in real time, as all of Today
    deadline_at: datetime | None
    total_cost: Decimal
    currency: str
    # Amazon changed what it had ordered
    is_changed: bool

    @property
    def subject(self) -> Subject:
        return Subject(SUBJECT_KIND, self.public_id, self.number)


def real_deadlines(orders: Collection[PurchaseOrder]) -> dict[str, datetime | None]:
    """When orders must really be answered, by public id: their own dates are those of their connection's clock."""
    clocks = read_clocks(orders)
    return {order.public_id: clocks.real_at(order.connection_id, order.deadline_at) for order in orders}


def follow_clock(*, connection_id: int) -> int:
    """A connection's clock turned out to show another time: its open items get the real deadlines that follow from it.

    Safe to repeat; how many items differed.
    """
    waiting = PurchaseOrder.objects.filter(connection_id=connection_id, state=OrderState.NEW, is_history=False)
    orders = waiting.only("public_id", "environment", "connection_id", "deadline_at")
    return move_deadlines(ACKNOWLEDGE, real_deadlines(list(orders)))


def follow_up(moves: Sequence[Move], *, actor: Actor, now: datetime) -> None:
    """Open and close work items so that Today tells the truth. Safe to repeat, in the caller's transaction.

    History is nobody's work, but when Amazon changes it somebody is asked to take it on. An order that waits for its
    answer needs no second item for a change.
    """
    open_items(
        ADOPT,
        [_opening(move, None) for move in moves if move.is_history and move.is_changed],
        now=now,
        role=Role.OPERATIONS,
    )
    moves = [move for move in moves if not move.is_history]
    open_items(
        ACKNOWLEDGE,
        [_opening(move, move.deadline_at) for move in moves if move.after == OrderState.NEW],
        now=now,
        role=Role.OPERATIONS,
    )
    open_items(
        CHANGE,
        [_opening(move, None) for move in moves if move.is_changed and OrderState.NEW not in (move.before, move.after)],
        now=now,
        role=Role.OPERATIONS,
    )
    answered = [move.public_id for move in moves if move.before == OrderState.NEW and move.after != OrderState.NEW]
    if answered:
        close_items(ACKNOWLEDGE, dedupe_keys=answered, actor=actor, now=now)
    unanswerable = [move.public_id for move in moves if move.after in rules.BEYOND_ANSWERS]
    if unanswerable:
        close_items(ANSWER_UNPROVED, dedupe_keys=unanswerable, actor=actor, now=now)


def _opening(move: Move, deadline_at: datetime | None) -> Opening:
    amount = Money(move.total_cost, move.currency) if move.currency else None
    return Opening(move.subject, {"number": move.number, "vendor_code": move.vendor_code}, deadline_at, amount)
