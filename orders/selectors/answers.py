"""What was answered to orders, and how far they are."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Greatest, Least

from acorn.core.errors import NotFound
from acorn.core.money import Money
from orders import rules
from orders.models import Acknowledgement, AcknowledgementLine, PurchaseOrder, PurchaseOrderLine
from orders.types import AnswerOrigin, LineAnswer, OrderType, Policy
from vendors.models import SubmissionEvent
from vendors.types import SubmissionState

# an answer that Amazon refused, or that nobody sent, was never said
DEAD = (SubmissionState.CANCELLED, SubmissionState.REJECTED, SubmissionState.FAILED)
_ON_THE_WAY = (SubmissionState.SENDING, SubmissionState.UNKNOWN)
_CONSIGNMENT = "Consignment"


def list_acknowledgements(order: PurchaseOrder | None = None) -> QuerySet[Acknowledgement]:
    """Answers with order and submission, of one order or all of them; newest first."""
    found = Acknowledgement.objects.select_related("order", "submission").order_by("-id")
    return found if order is None else found.filter(order=order)


def get_acknowledgement(public_id: str) -> Acknowledgement:
    """With order and submission. Raises NotFound."""
    found = list_acknowledgements().filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def list_answer_lines(acknowledgement: Acknowledgement) -> list[AcknowledgementLine]:
    """What an answer said, line by line, in the order in which it said it."""
    return list(AcknowledgementLine.objects.filter(acknowledgement=acknowledgement).order_by("id"))


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to an order that counts, with its lines by sequence."""

    acknowledgement: Acknowledgement
    lines: dict[str, AcknowledgementLine]

    @property
    def is_elsewhere(self) -> bool:
        return self.acknowledgement.origin == AnswerOrigin.ELSEWHERE

    @property
    def has_left(self) -> bool:
        """Amazon knows it, or may know it."""
        submission = self.acknowledgement.submission
        return submission is None or submission.sent_at is not None or submission.state in _ON_THE_WAY

    def said(self, sequence: str) -> LineAnswer | None:
        """What it said about a line."""
        line = self.lines.get(sequence)
        return None if line is None else to_answer(line)


def to_answer(line: AcknowledgementLine) -> LineAnswer:
    """A stored line as a value."""
    return LineAnswer(
        line.sequence, line.accepted_eaches, line.backordered_eaches, line.rejected_eaches, line.rejection_reason,
        line.scheduled_ship_at, line.scheduled_delivery_at, line.backorder_ship_at, line.backorder_delivery_at,
        line.net_cost, tuple(line.reasons),
    )  # fmt: skip


def load_answers(order_ids: Collection[int]) -> dict[int, list[Answer]]:
    """The answers that count, by order, the last one first: two statements, one where there are none.

    One that Amazon refused, that was cancelled or that a newer one replaced before it left does not count.
    """
    # a refused document is superseded by the next one, and stays refused
    was_dead = SubmissionEvent.objects.filter(
        submission=OuterRef("submission"), state=SubmissionState.SUPERSEDED, before__in=DEAD
    )
    counting = Q(submission=None) | (
        ~Q(submission__state__in=DEAD)
        & ~Q(submission__state=SubmissionState.SUPERSEDED, submission__sent_at=None)
        & ~Exists(was_dead)
    )
    rows = Acknowledgement.objects.filter(counting, order_id__in=order_ids).select_related("submission")
    found = {row.pk: Answer(row, {}) for row in rows.order_by("-id")}
    if not found:
        return {}
    for line in AcknowledgementLine.objects.filter(acknowledgement_id__in=found).order_by("id"):
        found[line.acknowledgement_id].lines[line.sequence] = line
    answers: dict[int, list[Answer]] = {}
    for answer in found.values():
        answers.setdefault(answer.acknowledgement.order_id, []).append(answer)
    return answers


def find_answer(order: PurchaseOrder) -> Answer | None:
    """The answer that counts."""
    return next(iter(load_answers([order.pk]).get(order.pk, [])), None)


def is_invoiceable(order: PurchaseOrder) -> bool:
    """Whether goods of this order are invoiced at all: consigned ones stay ours, and are paid as Amazon sells them."""
    return order.type != OrderType.CONSIGNED and order.payment_method != _CONSIGNMENT


def freight_terms(order: PurchaseOrder, policies: Mapping[str, Policy]) -> str:
    """Who pays the freight of an order; `policies` by vendor code, from `find_policies`. Empty where nobody can say."""
    return rules.freight_terms(
        has_ship_window=bool(order.ship_window_start or order.ship_window_end),
        has_delivery_window=bool(order.delivery_window_start or order.delivery_window_end),
        agreed=policies[order.vendor_code].terms.freight_terms if order.vendor_code in policies else "",
    )


class StageShare(NamedTuple):
    """How many of the eaches that are to reach a stage have reached it."""

    stage: str
    done: int
    total: int


# a difference of two counts has another type than a count, and PostgreSQL's functions are told which one is meant
_NOTHING = Value(0, output_field=BigIntegerField())
_most = partial(Greatest, output_field=BigIntegerField())
_least = partial(Least, output_field=BigIntegerField())
_STAGES = ("answered", "packed", "shipped", "received", "invoiced", "paid")


def _expected() -> F:
    """`rules.expected_eaches` for the database."""
    unconfirmed = _most(F("ordered_eaches") - F("accepted_eaches") - F("backordered_eaches"), _NOTHING)
    return _most(F("ordered_eaches"), _NOTHING) - _least(_most(F("rejected_eaches"), _NOTHING), unconfirmed)  # type: ignore[return-value]


def stage_shares(order_ids: Collection[int]) -> dict[int, list[StageShare]]:
    """How far orders are, as a fraction of eaches per stage, by order: one statement, however many orders.

    ANSWERED counts against all that is ordered, the other stages against what Amazon may expect. What reached a later
    stage has reached the earlier ones.
    """
    expected = _expected()
    ordered = _most(F("ordered_eaches"), _NOTHING)
    answered = F("accepted_eaches") + F("backordered_eaches") + F("rejected_eaches")
    columns = [F(f"{name}_eaches") for name in _STAGES[1:]]
    sums = {"expected": Sum(expected), "ordered": Sum(ordered), "answered": Sum(_least(answered, ordered))}
    for place, name in enumerate(_STAGES[1:]):
        later = columns[place:]
        reached = _most(*later) if len(later) > 1 else later[0]
        sums[f"done_{name}"] = Sum(_least(reached, expected))
    rows = PurchaseOrderLine.objects.filter(order_id__in=order_ids).order_by().values("order_id").annotate(**sums)
    return {
        row["order_id"]: [
            StageShare("ANSWERED", int(row["answered"]), int(row["ordered"])),
            *(StageShare(name.upper(), int(row[f"done_{name}"]), int(row["expected"])) for name in _STAGES[1:]),
        ]
        for row in rows
    }


class ShortClose(NamedTuple):
    """What is given up when an order is closed short: so many eaches, worth so much (None: no currency)."""

    eaches: int
    amount: Money | None


def price_short_close(order: PurchaseOrder, lines: Iterable[PurchaseOrderLine]) -> ShortClose:
    """What closing an order short gives up: what Amazon may still expect of it, at its cost per each."""
    open_lines = [line for line in lines if line.open_eaches and not line.is_withdrawn]
    amount = sum(
        (
            line.net_cost * line.open_eaches
            for line in open_lines
            if line.net_cost is not None and not line.price_unit and line.currency == order.currency
        ),
        Decimal(0),
    )
    return ShortClose(
        sum(line.open_eaches for line in open_lines), Money(amount, order.currency) if order.currency else None
    )
