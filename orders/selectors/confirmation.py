"""The answer to one order beside what Amazon holds of it, and the stock that stands behind it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from catalog.models import Commitment
from catalog.types import CommitmentState, Purpose
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.rules import Heard, Said, explains
from orders.selectors.answers import Answer, load_answers
from orders.types import SUBJECT_KIND, Confirmation, LineAnswer


class Held(NamedTuple):
    """Stock that a line holds in one warehouse, for a day."""

    warehouse: str
    eaches: int
    day: date | None


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """What was said about a line, what Amazon holds of it (None: nothing yet), whether the two agree, and the stock."""

    line: PurchaseOrderLine
    said: LineAnswer | None
    confirmed: int | None
    rejected: int | None
    state: str
    held: Sequence[Held]


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """The answer that counts, line by line, and the ones before it."""

    answer: Answer
    earlier: Sequence[Answer]
    lines: Sequence[AnsweredLine]

    @property
    def agreeing(self) -> int:
        return sum(entry.state == Confirmation.AGREES for entry in self.lines)


def find_record(order: PurchaseOrder, lines: Iterable[PurchaseOrderLine]) -> AnswerRecord | None:
    """What was answered to an order; None before there was an answer. Three statements."""
    known = load_answers([order.pk]).get(order.pk, [])
    if not known:
        return None
    held = _held(order)
    entries = [_entry(line, known[0], held) for line in lines if not line.is_withdrawn]
    return AnswerRecord(known[0], known[1:], entries)


def _entry(line: PurchaseOrderLine, answer: Answer, held: dict[str, list[Held]]) -> AnsweredLine:
    said = answer.said(line.sequence)
    confirmed, rejected = line.amazon_confirmed_eaches, line.amazon_rejected_eaches
    return AnsweredLine(line, said, confirmed, rejected, _state(line, said, answer), held.get(line.sequence, ()))


def _state(line: PurchaseOrderLine, said: LineAnswer | None, answer: Answer) -> str:
    if said is None or line.amazon_confirmed_eaches is None or line.amazon_rejected_eaches is None:
        return Confirmation.SILENT
    heard = Heard(
        line.ordered_eaches, line.amazon_confirmed_eaches, line.amazon_rejected_eaches, line.confirmation_status, None
    )
    if explains(Said(said.accepted + said.backordered, said.rejected, answer.acknowledgement.answered_at), heard):
        return Confirmation.AGREES
    return Confirmation.SILENT if heard.is_silent else Confirmation.DIFFERS


def _held(order: PurchaseOrder) -> dict[str, list[Held]]:
    rows = Commitment.objects.filter(
        reference_kind=SUBJECT_KIND, reference_id=order.public_id, purpose=Purpose.AMAZON_LINE,
        state=CommitmentState.HELD, quantity__gt=0,
    )  # fmt: skip
    found: dict[str, list[Held]] = defaultdict(list)
    prefix = f"{order.public_id}:"
    for key, code, eaches, day in rows.order_by("key").values_list(
        "key", "balance__warehouse__code", "quantity", "needed_on"
    ):
        found[key.removeprefix(prefix).split(":")[0]].append(Held(code, eaches, day))
    return found
