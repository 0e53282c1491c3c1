"""What follows when an answer, an order or the time changes: quantities, promises of stock, and work for people."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from acorn.accounts.types import Role
from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.work.services import Opening, close_items, open_items
from orders import rules
from orders.models import Acknowledgement, PurchaseOrder, PurchaseOrderLine
from orders.rules import Allocation
from orders.selectors.answers import DEAD, find_answer
from orders.selectors.policies import find_policies
from orders.services import stock
from orders.services.quantities import record_quantities
from orders.types import (
    ANSWER_UNPROVED,
    LAPSED,
    STOCK_FREED,
    STOCK_SHORT,
    LineAnswer,
    OrderState,
    QuantitySource,
    ReportedQuantities,
)
from vendors.selectors import now_at
from vendors.types import SubmissionState

ACTOR = Actor.system("orders.settle")
# an answer is said (again) when its document waits to leave
_SAID_AGAIN = (SubmissionState.READY, SubmissionState.HELD)


@transaction.atomic
def follow_submission(*, submission_id: int, now: datetime) -> Acknowledgement | None:
    """The document of an answer has come into another state: the order follows. Safe to repeat; the answer, if it has one.

    What Amazon refused, or nobody sent, was never said: the lines and the stock go back to what was said before, and an
    order that nobody has answered then waits for its answer again. Sent once more, it counts once more.
    """
    row = Acknowledgement.objects.select_related("submission").filter(submission_id=submission_id).first()
    if row is None or row.submission is None:
        return None
    order = _lock(row.order_id)
    state = SubmissionState(row.submission.state)
    last = find_answer(order)
    if state in DEAD and (last is None or last.acknowledgement.pk < row.pk):
        before = {} if last is None else {sequence: last.said(sequence) for sequence in last.lines}
        _write(order, {key: said for key, said in before.items() if said}, now)
        _settle_stock(order, now)
        audit.record("orders.answer_reverted", subject=stock.subject_of(order), actor=ACTOR,
                     params={"number": order.number, "acknowledgement": row.public_id})  # fmt: skip
    elif state in _SAID_AGAIN and last is not None and last.acknowledgement.pk == row.pk:
        _write(order, {key: said for key in last.lines if (said := last.said(key))}, now)
        _settle_stock(order, now)
    if state in (SubmissionState.VERIFIED, SubmissionState.SUPERSEDED, *DEAD):
        close_items(ANSWER_UNPROVED, dedupe_keys=[order.public_id], actor=ACTOR, now=now)
    return row


@transaction.atomic
def settle_stock(*, order_id: int, now: datetime) -> None:
    """Let an order hold what its last answer confirmed and Amazon still wants, as far as there is stock. Safe to repeat.

    What Amazon has received without a shipment of ours is consumed first. Nothing is held once the order has ended, or
    Amazon has closed it, or its window and the grace after it are over without anything having left. Where stock is
    freed that way, or is missing, a person is asked.
    """
    _settle_stock(_lock(order_id), now)


def _lock(order_id: int) -> PurchaseOrder:
    return (
        PurchaseOrder.objects.select_for_update(no_key=True, of=("self",)).select_related("connection").get(pk=order_id)
    )


def _write(order: PurchaseOrder, answers: Mapping[str, LineAnswer], now: datetime) -> None:
    """Bring what counts into the lines; a line about which nothing was said has what Amazon's status had of it."""
    reports = []
    for line in PurchaseOrderLine.objects.filter(order=order):
        said = answers.get(line.sequence)
        eaches = (
            {
                "accepted": line.amazon_confirmed_eaches or 0, "backordered": 0,
                "rejected": line.amazon_rejected_eaches or 0,
            }
            if said is None
            else {"accepted": said.accepted, "backordered": said.backordered, "rejected": said.rejected}
        )  # fmt: skip
        reports.append(ReportedQuantities(order.pk, line.sequence, eaches))
    record_quantities(QuantitySource.ACKNOWLEDGEMENT, reports, actor=ACTOR, now=now)
    order.refresh_from_db(fields=["state"])


def _settle_stock(order: PurchaseOrder, now: datetime) -> None:
    lines = list(PurchaseOrderLine.objects.filter(order=order).order_by("position", "id"))
    stock.consume_received(order, lines, actor=ACTOR, now=now)
    held = stock.count_held(order)
    is_over = order.state in rules.ENDS or order.amazon_state == rules.CLOSED
    is_lapsed = not is_over and stock.is_lapsed(order, lines, now_at(order.connection, now))
    allocation = Allocation((), {}) if is_over or is_lapsed else _plan(order, lines)
    if not held and not allocation.promises and not allocation.missing:
        close_items(STOCK_SHORT, dedupe_keys=[order.public_id], actor=ACTOR, now=now)
        return
    missing = stock.hold(allocation, order, actor=ACTOR, now=now, short=True)
    freed = held - stock.count_held(order)
    told = {"number": order.number, "vendor_code": order.vendor_code}
    is_ended_by_amazon = order.state == OrderState.CANCELLED or order.amazon_state == rules.CLOSED
    if freed > 0 and (is_lapsed or is_ended_by_amazon):
        kind = LAPSED if is_lapsed else STOCK_FREED
        open_items(kind, [Opening(stock.subject_of(order), told | {"eaches": freed})], now=now, role=Role.OPERATIONS)
    if missing:
        short = Opening(stock.subject_of(order), told | {"eaches": missing})
        open_items(STOCK_SHORT, [short], now=now, role=Role.OPERATIONS)
    else:
        close_items(STOCK_SHORT, dedupe_keys=[order.public_id], actor=ACTOR, now=now)
    if freed:
        audit.record(
            "orders.promises_settled", subject=stock.subject_of(order), actor=ACTOR, params={"number": order.number}
        )


def _plan(order: PurchaseOrder, lines: list[PurchaseOrderLine]) -> Allocation:
    answer = find_answer(order)
    if answer is None:
        return Allocation((), {})
    said = {sequence: line for sequence in answer.lines if (line := answer.said(sequence)) is not None}
    terms = find_policies([order.vendor_code])[order.vendor_code].terms
    return stock.plan(order, lines, said, terms)
