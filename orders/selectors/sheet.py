"""What the answering screen shows: orders that wait, each line with what is proposed, what is there, and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from acorn.core.money import Money
from catalog.types import Availability
from orders.models import Acknowledgement, PurchaseOrder, PurchaseOrderLine
from orders.rules import ENDS, Window
from orders.selectors.answers import Answer, load_answers
from orders.selectors.proposals import Basis, cost_key, propose_on, read_basis
from orders.types import (
    CASES,
    LineAnswer,
    OrderState,
    Proposal,
    ProposedLine,
    Told,
)
from vendors.selectors import read_clocks
from vendors.types import RuleFinding, SubmissionState


@dataclass(slots=True)
class SheetLine:
    """One line as it is answered. `answer` is what the fields show; `typed` goes before it where something was refused.

    `available` is what can be promised on the window's day, None where stock is not kept here or the item is unknown.
    """

    line: PurchaseOrderLine
    answer: LineAnswer
    proposed: ProposedLine | None = None
    available: int | None = None
    agreed_cost: Decimal | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    unreadable: Sequence[str] = ()
    findings: list[RuleFinding] = field(default_factory=list)

    @property
    def step(self) -> int:
        """Quantities are whole multiples of this many eaches."""
        return max(self.line.unit_size, 1) if self.line.ordered_unit == CASES else 1

    @property
    def cost(self) -> Decimal | None:
        """Per each; None where there is none, or it is by weight."""
        return None if self.line.price_unit else self.line.net_cost


@dataclass
class SheetOrder:
    """One order as it is answered, with all its lines. `conflict` is what Amazon changed since the person saw it, in words."""

    order: PurchaseOrder
    window: Window
    lines: list[SheetLine]
    proposal: Proposal | None
    last: Answer | None = None
    findings: list[RuleFinding] = field(default_factory=list)
    conflict: Sequence[Any] | None = None

    @property
    def is_answered(self) -> bool:
        return self.last is not None

    @property
    def is_clean(self) -> bool:
        """Whether nothing is open to question: the proposal can be sent as it is."""
        return self.last is None and self.proposal is not None and self.proposal.is_clean

    @property
    def is_refused(self) -> bool:
        """Whether the person has been told what the checks found."""
        return bool(self.findings) or any(entry.findings for entry in self.lines)

    @property
    def doubts(self) -> tuple[Told, ...]:
        return self.proposal.doubts if self.proposal else ()

    @cached_property
    def totals(self) -> "Totals":
        return self.totals_of([entry.answer for entry in self.lines])

    def totals_of(self, answers: Iterable[LineAnswer]) -> "Totals":
        """What other answers to this order add up to."""
        said = {answer.sequence: answer for answer in answers}
        lines = ((said.get(entry.line.sequence), entry) for entry in self.lines)
        return Totals.of(
            self.order.currency,
            ((answer or LineAnswer(""), entry.line.ordered_eaches, entry.cost) for answer, entry in lines),
        )

    @property
    def shown(self) -> dict[str, LineAnswer]:
        """What the fields say, by line."""
        return {entry.line.sequence: entry.answer for entry in self.lines}


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over lines, in eaches; `amount` is what is accepted or back-ordered, at the order's cost."""

    ordered: int
    accepted: int
    backordered: int
    rejected: int
    amount: Money | None

    @classmethod
    def of(cls, currency: str, lines: Iterable[tuple[LineAnswer, int, Decimal | None]]) -> "Totals":
        ordered = accepted = backordered = rejected = 0
        amount = Decimal(0)
        for answer, wanted, cost in lines:
            ordered += max(wanted, 0)
            accepted += answer.accepted
            backordered += answer.backordered
            rejected += answer.rejected
            amount += (answer.accepted + answer.backordered) * (cost or 0)
        return cls(ordered, accepted, backordered, rejected, Money(amount, currency) if currency else None)

    @classmethod
    def sum(cls, currency: str, sheets: Iterable[SheetOrder]) -> "Totals":
        """Over several orders of one currency."""
        found = [sheet.totals for sheet in sheets]
        amounts = [totals.amount.amount for totals in found if totals.amount is not None]
        return cls(
            sum(totals.ordered for totals in found), sum(totals.accepted for totals in found),
            sum(totals.backordered for totals in found), sum(totals.rejected for totals in found),
            Money(sum(amounts, Decimal(0)), currency) if currency else None,
        )  # fmt: skip

    @property
    def fill(self) -> int:
        """Percent of what is ordered that is accepted, rounded down."""
        return 100 * self.accepted // self.ordered if self.ordered else 0


def list_answerable(chosen: Sequence[str] = ()) -> QuerySet[PurchaseOrder]:
    """Orders that wait for their answer; or the chosen ones, as far as they have not ended: an answer can be changed."""
    rows = PurchaseOrder.objects.select_related("connection").defer("parties", "import_details")
    if chosen:
        return rows.filter(public_id__in=chosen).exclude(state__in=ENDS)
    return rows.filter(state=OrderState.NEW, is_history=False)


def load_sheet(orders: Sequence[PurchaseOrder], *, now: datetime, zone: tzinfo) -> list[SheetOrder]:
    """These orders with their lines and what is proposed, in their order. Constant statements, whatever their number.

    An order that was answered before shows its last answer, a new one the proposal. Days are those of `zone`.
    """
    basis = read_basis(orders)
    proposals = propose_on(basis, now=now)
    answered = [order.pk for order in orders if order.state != OrderState.NEW]
    known = load_answers(answered) if answered else {}
    facts = _Facts(basis)
    sheet = []
    for order in orders:
        window = window_of(order, zone)
        proposal = proposals.get(order.public_id)
        proposed = {line.answer.sequence: line for line in proposal.lines} if proposal else {}
        last = next(iter(known.get(order.pk, ())), None)
        entries = [
            SheetLine(
                line,
                (last and last.said(line.sequence)) or _proposed_answer(proposed, line.sequence),
                proposed.get(line.sequence),
                facts.available(order, line),
                facts.agreed_cost(order, line),
            )
            for line in basis.lines.get(order.pk, ())
        ]
        sheet.append(SheetOrder(order, window, entries, proposal, last))
    return sheet


def window_of(order: PurchaseOrder, zone: tzinfo) -> Window:
    """Where an order's windows end, in days of `zone`."""
    return Window(order.ship_window_end, order.delivery_window_end, zone)


def _proposed_answer(proposed: Mapping[str, ProposedLine], sequence: str) -> LineAnswer:
    return proposed[sequence].answer if sequence in proposed else LineAnswer(sequence)


class _Facts:
    """What bears on lines: stock by item, agreed costs, and which stock counts for which vendor code."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self.stock: dict[int, list[Availability]] = defaultdict(list)
        for row in basis.stock:
            self.stock[row.item_id].append(row)

    def available(self, order: PurchaseOrder, line: PurchaseOrderLine) -> int | None:
        terms = self.basis.policies[order.vendor_code].terms
        if line.item_id is None or not terms.uses_stock:
            return None
        counting = {self.basis.warehouse_ids.get(code) for code in terms.warehouses}
        day = _day(order)
        return sum(
            max(row.available_on(day), 0)
            for row in self.stock.get(line.item_id, ())
            if not terms.warehouses or row.warehouse_id in counting
        )

    def agreed_cost(self, order: PurchaseOrder, line: PurchaseOrderLine) -> Decimal | None:
        agreed = None if line.item_id is None else self.basis.costs.get(cost_key(order, line))
        return agreed.cost if agreed else None


def _day(order: PurchaseOrder) -> date | None:
    at = order.ship_window_end or order.delivery_window_end
    return at.date() if at else None


def filter_by_answer(orders: QuerySet[PurchaseOrder], word: str) -> QuerySet[PurchaseOrder]:
    """Those that are `waiting` for their answer, `unverified` (on its way, or not yet Amazon's own word), `contradicted`."""
    if word == "waiting":
        return orders.filter(state=OrderState.NEW, is_history=False)
    answers = Acknowledgement.objects.filter(order=OuterRef("pk"))
    if word == "contradicted":
        return orders.filter(Exists(answers.exclude(submission__contradiction_code="").exclude(submission=None)))
    return orders.filter(Exists(answers.filter(submission__state__in=_UNVERIFIED)))


_UNVERIFIED = (
    SubmissionState.HELD, SubmissionState.READY, SubmissionState.SENDING, SubmissionState.UNKNOWN, SubmissionState.SENT,
    SubmissionState.PROCESSING, SubmissionState.PRESUMED_ACCEPTED,
)  # fmt: skip


def due_before(orders: QuerySet[PurchaseOrder], at: datetime) -> QuerySet[PurchaseOrder]:
    """The ones that have to be answered before the real instant `at`, by the clock of each one's connection."""
    clocks = read_clocks()
    found = Q(deadline_at__lt=at) & ~Q(connection__in=list(clocks.of_worlds))
    for connection_id in clocks.of_worlds:
        found |= Q(connection=connection_id, deadline_at__lt=clocks.now_at(connection_id, at))
    return orders.filter(found)
