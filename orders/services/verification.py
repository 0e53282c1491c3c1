"""What Amazon's status of an order says about our answers to it: proof, delay, contradiction, or another's answer.

Runs within the reading of statuses, whichever way they came: the normal pull, or the look-up of a single order after
its answer was sent.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from acorn.accounts.types import Role
from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.jobs.queue import enqueue
from acorn.work.services import Opening, open_items
from orders import rules
from orders.models import Acknowledgement, AcknowledgementLine, PurchaseOrder, PurchaseOrderLine
from orders.rules import Heard, Said, Stage, Verdict
from orders.selectors.answers import Answer, load_answers
from orders.services.stock import subject_of
from orders.types import ANSWER_UNPROVED, SETTLE_STOCK, TWO_CHANNELS, AnswerOrigin, LineAnswer, StatusLine
from vendors.models import Submission
from vendors.selectors import Clocks, read_clocks
from vendors.services import flag_contradiction, mark_verified, read_back_for, settle_unknown
from vendors.types import SubmissionState

ACTOR = Actor.system("orders.verify")
SOURCE = "purchase-order-status"
_FINISHED = (SubmissionState.VERIFIED, SubmissionState.SUPERSEDED)


@dataclass
class Hearing:
    """What one order's status said, line by line, held against what we had said."""

    order: PurchaseOrder
    answers: list[Answer]
    clocks: Clocks
    # when the status was read: what it says is as of then
    read_at: datetime
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    heard: dict[str, Heard] = field(default_factory=dict)

    @property
    def last(self) -> Answer | None:
        return self.answers[0] if self.answers else None

    def weigh(self, line: PurchaseOrderLine, status: StatusLine) -> dict[str, int]:
        """The confirmed and rejected eaches that a line has from now on, by column; empty where they stay.

        Our own numbers stay while Amazon may not have heard them yet, and where it has heard nothing at all.
        """
        if status.accepted is None and status.rejected is None:
            return {}
        heard = Heard(
            line.ordered_eaches if status.ordered is None else status.ordered, status.accepted or 0,
            status.rejected or 0, status.confirmation, status.confirmed_at,
        )  # fmt: skip
        self.heard[line.sequence] = heard
        last = self.last
        said = None if last is None else last.said(line.sequence)
        if last is None or said is None:
            return _taken(line.backordered_eaches, line.accepted_eaches, heard)
        verdict = self._judge(last, said, line.sequence, heard)
        self.verdicts[line.sequence] = verdict
        if verdict == Verdict.WAITING or (verdict != Verdict.PROVED and heard.is_silent):
            return {}
        split = said if verdict == Verdict.PROVED else self._whose(line.sequence, heard) or said
        return _taken(split.backordered, split.accepted, heard)

    def _judge(self, last: Answer, said: LineAnswer, sequence: str, heard: Heard) -> Verdict:
        if not last.is_elsewhere and self.read_at <= last.acknowledgement.created_at:
            return Verdict.WAITING  # read before we had said anything
        earlier = [
            _said(answer.acknowledgement, before)
            for answer in self.answers[1:]
            if (before := answer.said(sequence)) is not None
        ]
        return rules.judge(
            _said(last.acknowledgement, said), earlier, heard, stage=self._stage(last), settling=self._settling
        )

    @property
    def _settling(self) -> timedelta:
        return read_back_for(self.order.environment)

    def _stage(self, last: Answer) -> Stage:
        submission = last.acknowledgement.submission
        if submission is None:
            return Stage.SHOWN
        if submission.state == SubmissionState.VERIFIED:
            return Stage.JUST_SHOWN if self.read_at - submission.state_at < self._settling else Stage.SHOWN
        is_over = submission.sent_at is not None and self.read_at - submission.sent_at >= self._settling
        return Stage.OVERDUE if is_over else Stage.ON_ITS_WAY

    def _whose(self, sequence: str, heard: Heard) -> LineAnswer | None:
        """What the newest earlier answer said that Amazon would show like this."""
        for answer in self.answers[1:]:
            said = answer.said(sequence)
            if said is not None and rules.explains(_said(answer.acknowledgement, said), heard):
                return said
        return None

    @property
    def belated(self) -> Submission | None:
        """The document of ours that Amazon holds by now, although another answer had been taken over meanwhile."""
        for answer in self.answers[1:]:
            row = answer.acknowledgement
            said = {sequence: answer.said(sequence) for sequence in answer.lines.keys() | self.heard.keys()}
            if row.submission is not None and all(
                one is not None and sequence in self.heard and rules.explains(_said(row, one), self.heard[sequence])
                for sequence, one in said.items()
            ):
                return row.submission
        return None

    @property
    def is_proved(self) -> bool:
        """Amazon holds our answer, all of it."""
        assert self.last is not None  # noqa: S101 -- asked only where there is one
        return all(self.verdicts.get(sequence) == Verdict.PROVED for sequence in self.last.lines)

    @property
    def is_from_elsewhere(self) -> bool:
        """Amazon holds an answer that nobody here has given."""
        if self.order.is_history:
            return False  # nobody's work until somebody takes it on
        if self.last is None:
            return any(not heard.is_silent for heard in self.heard.values())
        unheard_of = any(
            not heard.is_silent and sequence not in self.last.lines for sequence, heard in self.heard.items()
        )
        is_ours_out = self.last.has_left
        return Verdict.OTHER in self.verdicts.values() or (unheard_of and is_ours_out)

    @property
    def is_overdue(self) -> bool:
        """Its time is over, and Amazon holds what was said before, or nothing."""
        return Verdict.NOT_FOLLOWED in self.verdicts.values()


def _said(row: Acknowledgement, answer: LineAnswer) -> Said:
    return Said(answer.accepted + answer.backordered, answer.rejected, row.answered_at)


def _taken(backordered: int, accepted: int, heard: Heard) -> dict[str, int]:
    """Amazon's numbers, with our own split: it reads back-ordered eaches back as accepted.

    What Amazon cancelled is off the back-ordered part first; what it has beyond our answer is accepted.
    """
    later = min(backordered, max(0, heard.confirmed - accepted))
    return {"accepted": heard.confirmed - later, "backordered": later, "rejected": heard.rejected}


def open_hearings(orders: Mapping[int, PurchaseOrder], read_at: Mapping[int, datetime]) -> dict[int, Hearing]:
    """One hearing per order, by key; the orders are locked. At most three statements, however many orders."""
    answers = load_answers(list(orders)) if orders else {}
    clocks = read_clocks(list(orders.values())) if orders else Clocks({})
    return {key: Hearing(order, answers.get(key, []), clocks, read_at[key]) for key, order in orders.items()}


def close_hearings(
    hearings: Mapping[int, Hearing],
    lines: Mapping[int, Mapping[str, PurchaseOrderLine]],
    *,
    now: datetime,
) -> None:
    """Act on what was heard, after the lines were written. Statements only for orders about which there is something to do."""
    elsewhere = [hearing for hearing in hearings.values() if hearing.is_from_elsewhere]
    for hearing in hearings.values():
        if hearing.last is not None and not hearing.last.is_elsewhere:
            _settle(hearing, now)
    for hearing in elsewhere:
        if (belated := hearing.belated) is not None:
            _prove(belated, now)
    if elsewhere:
        _take_over(elsewhere, lines, now)


def _settle(hearing: Hearing, now: datetime) -> None:
    """Tell the outbox what became of our answer."""
    assert hearing.last is not None  # noqa: S101 -- asked only where there is one
    submission = hearing.last.acknowledgement.submission
    assert submission is not None  # noqa: S101
    if submission.state in _FINISHED:
        return
    if hearing.is_proved:
        _prove(submission, now)
    elif hearing.is_from_elsewhere:
        flag_contradiction(submission.pk, code="orders.contradicted", params=_both_sides(hearing), now=now)
    elif hearing.is_overdue:
        ask_about(hearing.order, now)


def _prove(submission: Submission, now: datetime) -> None:
    if submission.state == SubmissionState.UNKNOWN:
        settle_unknown(submission.pk, taken=True, by=SOURCE, now=now)
    mark_verified(submission.pk, by=SOURCE, now=now)


def ask_about(order: PurchaseOrder, now: datetime) -> None:
    """Amazon does not show our answer in time: a person looks into Vendor Central, unless the order is beyond answers.

    Safe to repeat.
    """
    if order.state in rules.BEYOND_ANSWERS:
        return
    told = {"number": order.number, "vendor_code": order.vendor_code}
    open_items(ANSWER_UNPROVED, [Opening(subject_of(order), told)], now=now, role=Role.OPERATIONS)


def _both_sides(hearing: Hearing) -> dict[str, str]:
    """Of the lines on which we differ: confirmed + rejected, as each side has it."""
    assert hearing.last is not None  # noqa: S101
    ours: list[str] = []
    theirs: list[str] = []
    for sequence, verdict in hearing.verdicts.items():
        if verdict != Verdict.PROVED and len(ours) < 10:
            said, heard = hearing.last.said(sequence), hearing.heard[sequence]
            assert said is not None  # noqa: S101 -- a verdict is about something said
            ours.append(f"{sequence}: {said.accepted + said.backordered}+{said.rejected}")
            theirs.append(f"{sequence}: {heard.confirmed}+{heard.rejected}")
    return {"ours": ", ".join(ours), "theirs": ", ".join(theirs)}


def _take_over(
    hearings: Collection[Hearing], lines: Mapping[int, Mapping[str, PurchaseOrderLine]], now: datetime
) -> None:
    """Keep answers that were given elsewhere, and have their stock promised: the orders are answered now."""
    openings = []
    rows: list[Acknowledgement] = []
    details: list[AcknowledgementLine] = []
    for hearing in hearings:
        order = hearing.order
        row = make_elsewhere(order, hearing.heard, hearing.clocks.now_at(order.connection_id, hearing.read_at), now)
        rows.append(row)
        details += lines_elsewhere(row, lines[order.pk].values())
        if hearing.last is not None and not hearing.last.is_elsewhere:
            openings.append(Opening(subject_of(order), {"number": order.number, "vendor_code": order.vendor_code}))
    Acknowledgement.objects.bulk_create(rows)
    AcknowledgementLine.objects.bulk_create(details)
    audit.record_many("orders.answered_elsewhere", [_told(hearing) for hearing in hearings], actor=ACTOR)
    open_items(TWO_CHANNELS, openings, now=now, role=Role.OPERATIONS)
    enqueue(SETTLE_STOCK, order_ids=[row.order_id for row in rows])


def _told(hearing: Hearing) -> audit.Entry:
    params = {
        "number": hearing.order.number,
        "accepted": sum(heard.confirmed for heard in hearing.heard.values()),
        "rejected": sum(heard.rejected for heard in hearing.heard.values()),
    }
    return audit.Entry(subject_of(hearing.order), params)


def make_elsewhere(order: PurchaseOrder, heard: Mapping[str, Heard], at: datetime, now: datetime) -> Acknowledgement:
    """An unsaved answer that was given outside ACORN, at the time that Amazon names, else at the time it was heard of."""
    dates = [entry.at for entry in heard.values() if entry.at is not None]
    return Acknowledgement(
        order=order, origin=AnswerOrigin.ELSEWHERE, submission=None, order_version=order.version,
        actor_label=ACTOR.label, created_at=now, answered_at=max(dates, default=at),
    )  # fmt: skip


def lines_elsewhere(row: Acknowledgement, lines: Collection[PurchaseOrderLine]) -> list[AcknowledgementLine]:
    """Its unsaved lines: what the order's lines have from Amazon's status now. Dates and costs are not known."""
    return [
        AcknowledgementLine(
            acknowledgement=row, sequence=line.sequence, accepted_eaches=line.accepted_eaches,
            backordered_eaches=line.backordered_eaches, rejected_eaches=line.rejected_eaches,
            scheduled_ship_at=None, scheduled_delivery_at=None,
        )
        for line in lines
        if line.accepted_eaches or line.backordered_eaches or line.rejected_eaches
    ]  # fmt: skip
