"""Answers to many orders: collected first, looked at by a person, then sent one by one.

What was looked at is what is sent: the answers are stored with the version of the order that they answer.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor, ActorKind, Subject
from acorn.core.errors import DomainError
from acorn.jobs.queue import enqueue
from orders import selectors
from orders.errors import BatchMoved
from orders.models import AnswerBatch, AnswerBatchOrder, PurchaseOrder
from orders.rules import CONFIRMABLE, stops
from orders.selectors.sheet import SheetOrder, load_sheet
from orders.services.answers import acknowledge, check_answer
from orders.types import BATCH_KIND, AnswerOrigin, BatchState, LineAnswer, Outcome, Told
from vendors.errors import DocumentBlocked

_AT_ONCE = 100


class Collected(NamedTuple):
    """What is to be said about an order, as the person saw it in that version; or `refusal`, why nothing can be."""

    sheet: SheetOrder
    version: int
    answers: tuple[LineAnswer, ...]
    refusal: Told | None = None


def collect(found: Sequence[Collected], *, actor: Actor, now: datetime) -> AnswerBatch:
    """Keep answers for a person to look at: nothing leaves yet. Each call makes a batch."""
    with transaction.atomic():
        batch = _new_batch(BatchState.DRAFT, actor=actor, now=now)
        _add(batch, found, first=0, now=now)
    return batch


def collect_filtered(selection: dict[str, str], *, actor: Actor, now: datetime) -> AnswerBatch:
    """As `collect`, for the clean ones among all orders of a stored filter: a Job looks through them."""
    with transaction.atomic():
        batch = _new_batch(BatchState.PREPARING, actor=actor, now=now, selection=selection)
        enqueue("orders.prepare_answers", dedupe_key=batch.public_id, batch_id=batch.pk)
    return batch


def add_clean(batch_id: int, orders: Sequence[PurchaseOrder], *, now: datetime, zone: tzinfo) -> int:
    """Add the proposals of those that are clean to a batch that is being collected; how many. Safe to repeat."""
    with transaction.atomic():
        batch = AnswerBatch.objects.select_for_update().get(pk=batch_id)
        if batch.state != BatchState.PREPARING:
            return 0
        known = set(AnswerBatchOrder.objects.filter(batch=batch).values_list("order_id", flat=True))
        clean = [
            Collected(sheet, sheet.order.version, tuple(sheet.shown.values()))
            for sheet in load_sheet([order for order in orders if order.pk not in known], now=now, zone=zone)
            if sheet.is_clean
        ]
        _add(batch, clean, first=len(known), now=now)
    return len(clean)


def finish_collecting(batch_id: int) -> None:
    """Let a person look at what was collected. Safe to repeat."""
    AnswerBatch.objects.filter(pk=batch_id, state=BatchState.PREPARING).update(state=BatchState.DRAFT)


def discard_batch(public_id: str, *, actor: Actor, now: datetime) -> AnswerBatch:
    """Throw a batch away that was not sent. Raises NotFound, BatchMoved. Safe to repeat."""
    batch = selectors.get_batch(public_id)
    open_ = AnswerBatch.objects.filter(pk=batch.pk, state__in=[BatchState.PREPARING, BatchState.DRAFT])
    if not open_.update(state=BatchState.DISCARDED, finished_at=now) and batch.state != BatchState.DISCARDED:
        raise BatchMoved
    batch.refresh_from_db()
    return batch


def send_batch(public_id: str, *, confirmed: Collection[str], actor: Actor, now: datetime) -> AnswerBatch:
    """Send what a person has looked at: a Job answers order by order. Raises NotFound, BatchMoved.

    `confirmed` are the rules whose findings the person says yes to. Safe to repeat: what is being sent is sent once.
    """
    with transaction.atomic():
        batch = selectors.get_batch(public_id)
        draft = AnswerBatch.objects.filter(pk=batch.pk, state=BatchState.DRAFT)
        moved = draft.update(
            state=BatchState.SENDING, sent_at=now, actor_id=actor.id, actor_label=actor.label,
            confirmed=sorted(CONFIRMABLE.intersection(confirmed)),
        )  # fmt: skip
        if not moved and batch.state not in (BatchState.SENDING, BatchState.DONE):
            raise BatchMoved
        if moved:
            count = AnswerBatchOrder.objects.filter(batch=batch, outcome=Outcome.WAITING).count()
            audit.record("orders.batch_sent", subject=_subject(batch), actor=actor, params={"count": count})
            enqueue("orders.send_answers", dedupe_key=batch.public_id, batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def send_next(batch_id: int, *, now: datetime) -> bool:
    """Answer the next order of a batch that is being sent; False when there is none left, and the batch is done.

    The answer and its outcome are one transaction: however often it is run, no order is answered twice by a batch.
    """
    with transaction.atomic():
        batch = AnswerBatch.objects.select_for_update().get(pk=batch_id)
        if batch.state != BatchState.SENDING:
            return False
        waiting = AnswerBatchOrder.objects.select_related("order").filter(batch=batch, outcome=Outcome.WAITING)
        row = waiting.order_by("position").first()
        if row is None:
            AnswerBatch.objects.filter(pk=batch.pk).update(state=BatchState.DONE, finished_at=now)
            return False
        _answer(batch, row, now)
        row.done_at = now
        row.save(update_fields=["outcome", "code", "params", "findings", "acknowledgement", "done_at"])
    return True


def _answer(batch: AnswerBatch, row: AnswerBatchOrder, now: datetime) -> None:
    if row.order.version != row.order_version:
        row.outcome, row.code = Outcome.CHANGED, "orders.batch.changed"
        return
    actor = Actor(ActorKind.USER, batch.actor_id, batch.actor_label)
    try:
        with transaction.atomic():
            row.acknowledgement = acknowledge(
                order_public_id=row.order.public_id,
                answers=[LineAnswer.from_stored(answer) for answer in row.answers],
                origin=AnswerOrigin.PERSON,
                confirmed=frozenset(batch.confirmed),
                actor=actor,
                now=now,
            )
        row.outcome = Outcome.SENT
    except DocumentBlocked as refusal:
        row.outcome, row.code = Outcome.BLOCKED, "orders.batch.blocked"
        row.findings = [finding.stored() for finding in refusal.findings]
    except DomainError as refusal:
        row.outcome, row.code, row.params = Outcome.BLOCKED, "orders.batch.refused", {"error": refusal.code}


def _new_batch(
    state: BatchState, *, actor: Actor, now: datetime, selection: dict[str, str] | None = None
) -> AnswerBatch:
    return AnswerBatch.objects.create(
        state=state, selection=selection or {}, actor_id=actor.id, actor_label=actor.label[:200], created_at=now
    )


def _add(batch: AnswerBatch, found: Iterable[Collected], *, first: int, now: datetime) -> None:
    AnswerBatchOrder.objects.bulk_create(
        [_row(batch, position, collected, now) for position, collected in enumerate(found, first)], batch_size=_AT_ONCE
    )


def _row(batch: AnswerBatch, position: int, collected: Collected, now: datetime) -> AnswerBatchOrder:
    order = collected.sheet.order
    totals = collected.sheet.totals_of(collected.answers)
    row = AnswerBatchOrder(
        batch=batch, order=order, position=position, order_version=collected.version,
        answers=[answer.stored() for answer in collected.answers], accepted_eaches=totals.accepted,
        backordered_eaches=totals.backordered, rejected_eaches=totals.rejected,
        amount=totals.amount.amount if totals.amount else 0,
    )  # fmt: skip
    if collected.refusal is not None:
        row.outcome, row.code, row.params = (
            Outcome.BLOCKED,
            collected.refusal["code"],
            dict(collected.refusal["params"]),
        )
    elif order.version != collected.version:
        row.outcome, row.code = Outcome.CHANGED, "orders.batch.changed"
    else:
        findings = check_answer(order_public_id=order.public_id, answers=collected.answers, now=now)
        row.findings = [finding.stored() for finding in findings]
        if stops(findings, CONFIRMABLE):
            row.outcome, row.code = Outcome.BLOCKED, "orders.batch.blocked"
    return row


def _subject(batch: AnswerBatch) -> Subject:
    return Subject(BATCH_KIND, batch.public_id, batch.public_id)
