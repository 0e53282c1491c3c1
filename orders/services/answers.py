"""Answering an order: checked, kept, handed to the outbox, written into its lines, and promised from stock, or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.core.ids import new_public_id
from acorn.work.services import close_items
from catalog.errors import InsufficientStock
from orders import amazon, rules
from orders.errors import OrderNotFound
from orders.models import Acknowledgement, AcknowledgementLine, PurchaseOrder, PurchaseOrderLine
from orders.rules import Allocation, AnswerFacts, LineFacts
from orders.selectors.answers import Answer, load_answers, to_answer
from orders.selectors.meaning import give_items
from orders.selectors.policies import find_policies
from orders.selectors.proposals import propose
from orders.services import stock
from orders.services.quantities import record_quantities
from orders.services.rulings import Rulings
from orders.types import (
    ANSWER_KIND,
    CHANGE,
    AnswerOrigin,
    LineAnswer,
    LineSnapshot,
    OrderState,
    QuantitySource,
    ReportedQuantities,
)
from vendors.errors import DocumentBlocked
from vendors.models import Connection, Submission
from vendors.selectors import now_at
from vendors.services import submit
from vendors.types import RuleFinding, Severity, SubmissionState

# the same answer again while the first is on its way is the same answer
_JUST_SAID = (
    SubmissionState.HELD, SubmissionState.READY, SubmissionState.SENDING, SubmissionState.UNKNOWN,
    SubmissionState.SENT, SubmissionState.PROCESSING,
)  # fmt: skip


class Draft(NamedTuple):
    """An answer with all that the order itself knows filled in, what is to be said about it, and where its stock is."""

    order: PurchaseOrder
    lines: list[PurchaseOrderLine]
    answers: dict[str, LineAnswer]
    findings: list[RuleFinding]
    allocation: Allocation
    before: Answer | None
    # lines whose item is known since a moment ago
    just_mapped: list[PurchaseOrderLine]
    # by which it leaves: the order's own may be archived
    connection: Connection
    # now, by Amazon's clock
    at: datetime


def check_answer(*, order_public_id: str, answers: Sequence[LineAnswer], now: datetime) -> list[RuleFinding]:
    """What `acknowledge` would say to an answer, which changes nothing. A constant number of statements.

    Raises OrderNotFound.
    """
    order = PurchaseOrder.objects.select_related("connection").filter(public_id=order_public_id).first()
    if order is None:
        raise OrderNotFound
    return _draft(order, answers, now).findings


def acknowledge(
    *,
    order_public_id: str,
    answers: Sequence[LineAnswer],
    origin: AnswerOrigin,
    confirmed: frozenset[str] = frozenset(),
    actor: Actor,
    now: datetime,
) -> Acknowledgement:
    """Answer an order: all of it in one transaction, or nothing. `confirmed` are the rules that a person said yes to.

    The answer is kept, its document waits in the outbox, the lines have their quantities, what is accepted is promised
    from stock, and the work of answering is done. Saying the same once more while the first is on its way returns the
    first. Raises OrderNotFound, DocumentBlocked (with every finding, also those that only warn), and what `submit` raises.
    """
    try:
        with transaction.atomic():
            order = PurchaseOrder.objects.select_for_update(no_key=True).filter(public_id=order_public_id).first()
            if order is None:
                raise OrderNotFound
            draft = _draft(order, answers, now)
            if twin := _find_twin(draft):
                return twin
            if rules.stops(draft.findings, confirmed):
                raise DocumentBlocked(draft.findings)
            return _store(draft, origin, confirmed, actor, now)
    except InsufficientStock as error:
        # somebody else took it between our look and our hold
        raise DocumentBlocked(_short_of_stock(error)) from error


def acknowledge_proposal(
    *, order_public_id: str, origin: AnswerOrigin, confirmed: frozenset[str] = frozenset(), actor: Actor, now: datetime
) -> Acknowledgement:
    """Answer an order as the policy of its vendor code proposes now: see `acknowledge`. What it could not propose is missing.

    The proposal is made before anything is locked, and checked like any other answer.
    """
    proposal = propose([order_public_id], now=now).get(order_public_id)
    if proposal is None:
        raise OrderNotFound
    answers = [line.answer for line in proposal.lines if line.problem is None]
    return acknowledge(
        order_public_id=order_public_id, answers=answers, origin=origin, confirmed=confirmed, actor=actor, now=now
    )


def _draft(order: PurchaseOrder, said: Sequence[LineAnswer], now: datetime) -> Draft:
    connection = _find_way(order)
    at = now_at(connection, now)
    lines = list(PurchaseOrderLine.objects.filter(order=order).order_by("position", "id"))
    just_mapped = give_items({order.pk: order}, lines)
    by_sequence = {line.sequence: line for line in lines}
    answers = {
        answer.sequence: _complete(answer, by_sequence[answer.sequence], order, at)
        for answer in said
        if answer.sequence in by_sequence
    }
    terms = find_policies([order.vendor_code])[order.vendor_code].terms
    allocation = stock.plan(order, lines, answers, terms)
    history = load_answers([order.pk]).get(order.pk, [])
    known = [answer for answer in history if answer.has_left]
    rulings = Rulings(order.marketplace, at.date())
    facts = AnswerFacts(
        amazon_state=order.amazon_state,
        state=OrderState(order.state),
        vendor_code=order.vendor_code,
        now=at,
        window_end=order.due_at,
        changeable_until=_until(order, rulings.changeable_for()),
        is_answered_elsewhere=bool(known) and known[0].is_elsewhere,
        lines=tuple(_facts(line, answers.get(line.sequence), known, allocation, terms.uses_stock) for line in lines),
        answers=tuple(said),
    )
    findings = rules.check_answer(facts, rulings.by_rule())
    return Draft(
        order, lines, answers, findings, allocation, history[0] if history else None, just_mapped, connection, at
    )


def _find_way(order: PurchaseOrder) -> Connection:
    """The connection that the vendor group has now, else the order's own."""
    active = Connection.objects.filter(group_id=order.group_id, archived_at=None).first()
    return active or Connection.objects.get(pk=order.connection_id)


def _until(order: PurchaseOrder, period: timedelta | None) -> datetime | None:
    since = max(filter(None, (order.ordered_at, order.changed_at)))
    return since + period if period else None


def _complete(said: LineAnswer, line: PurchaseOrderLine, order: PurchaseOrder, at: datetime) -> LineAnswer:
    """Dates from the order's window, or today where that is over; the order's cost; no reason where nothing is rejected."""
    values: dict[str, object] = {}
    if said.accepted > 0 and not (said.scheduled_ship_at or said.scheduled_delivery_at):
        values["scheduled_ship_at"] = order.ship_window_end and max(order.ship_window_end, at)
        values["scheduled_delivery_at"] = order.delivery_window_end and max(order.delivery_window_end, at)
    if said.accepted <= 0:
        values |= {"scheduled_ship_at": None, "scheduled_delivery_at": None}
    if said.backordered <= 0:
        values |= {"backorder_ship_at": None, "backorder_delivery_at": None}
    if said.net_cost is None:
        values["net_cost"] = line.net_cost
    if said.rejected <= 0:
        values["rejection_reason"] = ""
    return said._replace(**values)  # type: ignore[arg-type]


def _facts(
    line: PurchaseOrderLine, said: LineAnswer | None, known: Sequence[Answer], allocation: Allocation, uses_stock: bool
) -> LineFacts:
    history = [answer for answer in (entry.said(line.sequence) for entry in known) if answer is not None]
    first = history[-1] if history else None
    available = later = None
    if said is not None and uses_stock and line.item_id is not None:
        available = said.accepted - allocation.lacks(line.sequence, is_later=False)
        later = said.backordered - allocation.lacks(line.sequence, is_later=True)
    return LineFacts(
        sequence=line.sequence, ordered=line.ordered_eaches, unit=line.ordered_unit, unit_size=line.unit_size,
        is_backorder_allowed=line.is_backorder_allowed, is_withdrawn=line.is_withdrawn, net_cost=line.net_cost,
        currency=line.currency, price_unit=line.price_unit, has_item=line.item_id is not None, answer=said,
        before=history[0] if history else None,
        is_final=first is not None and first.rejected > 0 and not (first.accepted or first.backordered),
        available=available, available_later=later,
    )  # fmt: skip


def _find_twin(draft: Draft) -> Acknowledgement | None:
    """The last answer, if it is on its way and says the same to the same order."""
    row = None if draft.before is None else draft.before.acknowledgement
    if draft.before is None or row is None or row.submission is None:
        return None
    if SubmissionState(row.submission.state) not in _JUST_SAID or row.order_version != draft.order.version:
        return None
    before = {sequence: to_answer(line)._replace(reasons=()) for sequence, line in draft.before.lines.items()}
    said = {sequence: answer._replace(reasons=()) for sequence, answer in draft.answers.items()}
    return row if said == before else None


def _store(
    draft: Draft, origin: AnswerOrigin, confirmed: frozenset[str], actor: Actor, now: datetime
) -> Acknowledgement:
    order, public_id = draft.order, new_public_id("ak")
    submission = _hand_over(draft, public_id, actor, now)
    row = Acknowledgement.objects.create(
        public_id=public_id, order=order, origin=origin, submission=submission, order_version=order.version,
        actor_label=actor.label[:200], created_at=now, answered_at=draft.at,
    )  # fmt: skip
    keep_lines(row, draft.answers.values())
    PurchaseOrderLine.objects.bulk_update(draft.just_mapped, ["item", "item_problem"])
    stock.hold(draft.allocation, order, actor=actor, now=now)
    if order.is_history or order.has_unseen_change:
        # who answers an order has seen it, and takes it on
        adopted = {"is_history": False, "adopted_at": now} if order.is_history else {}
        PurchaseOrder.objects.filter(pk=order.pk).update(has_unseen_change=False, changes_seen_at=now, **adopted)
        close_items(CHANGE, dedupe_keys=[order.public_id], actor=actor, now=now)
    write_quantities(order, draft.answers, QuantitySource.ACKNOWLEDGEMENT, actor=actor, now=now)
    audit.record(
        "orders.acknowledged",
        subject=stock.subject_of(order),
        actor=actor,
        params=totals(draft.answers.values())
        | {"number": order.number, "acknowledgement": public_id, "confirmed": sorted(confirmed & _asked(draft))},
    )
    return row


def _hand_over(draft: Draft, public_id: str, actor: Actor, now: datetime) -> Submission:
    order = draft.order
    body = amazon.build_acknowledgement(
        number=order.number,
        vendor_code=order.vendor_code,
        selling_party=order.parties.get("selling", {}),
        at=draft.at,
        lines=[
            (_snapshot(line), draft.answers[line.sequence])
            for line in draft.lines
            if line.sequence in draft.answers and not line.is_withdrawn
        ],
    )
    return submit(
        ANSWER_KIND, connection_id=draft.connection.pk, subject=stock.subject_of(order), body=body,
        key=f"{ANSWER_KIND}:{public_id}", findings=draft.findings, actor=actor, now=now,
    )  # fmt: skip


def _snapshot(line: PurchaseOrderLine) -> LineSnapshot:
    return LineSnapshot(
        line.sequence, line.asin, line.vendor_sku, line.ordered_amount, line.ordered_unit, line.unit_size,
        line.net_cost, line.list_price, line.currency, line.price_unit, line.is_backorder_allowed,
    )  # fmt: skip


def keep_lines(row: Acknowledgement, answers: Iterable[LineAnswer]) -> None:
    """Store what an answer says, line by line."""
    AcknowledgementLine.objects.bulk_create(
        [
            AcknowledgementLine(
                acknowledgement=row, sequence=said.sequence, accepted_eaches=said.accepted,
                backordered_eaches=said.backordered, rejected_eaches=said.rejected,
                rejection_reason=said.rejection_reason, net_cost=said.net_cost,
                scheduled_ship_at=said.scheduled_ship_at, scheduled_delivery_at=said.scheduled_delivery_at,
                backorder_ship_at=said.backorder_ship_at, backorder_delivery_at=said.backorder_delivery_at,
                reasons=[dict(reason) for reason in said.reasons],
            )
            for said in answers
        ]
    )  # fmt: skip


def write_quantities(
    order: PurchaseOrder, answers: Mapping[str, LineAnswer], source: QuantitySource, *, actor: Actor, now: datetime
) -> None:
    """Bring what an answer said into the order's lines, by the one door that there is."""
    reports = [
        ReportedQuantities(
            order.pk, sequence, {"accepted": said.accepted, "backordered": said.backordered, "rejected": said.rejected}
        )
        for sequence, said in answers.items()
    ]
    record_quantities(source, reports, actor=actor, now=now)


def totals(answers: Iterable[LineAnswer]) -> dict[str, int]:
    """What an answer says in all, in eaches."""
    rows = list(answers)
    return {name: sum(getattr(said, name) for said in rows) for name in ("accepted", "backordered", "rejected")}


def _asked(draft: Draft) -> set[str]:
    return {finding.rule for finding in draft.findings if finding.severity == Severity.CONFIRM}


def _short_of_stock(error: InsufficientStock) -> list[RuleFinding]:
    rule = next(rule for rule in rules.RULES if rule.id == "INSUFFICIENT_STOCK")
    return [
        RuleFinding(
            rule.id, rule.severity, rule.code, shortfall.promise.key.split(":")[0],
            {"accepted": shortfall.promise.quantity, "available": shortfall.held}, None, rule.source,
        )
        for shortfall in error.shortfalls
    ]  # fmt: skip
