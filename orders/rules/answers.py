"""Whether an answer to an order may leave: a table of rules, each a question to one line or to the whole order.

Amazon tells little about an answer that it does not like, and late; what it documents is therefore asked here first.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from acorn.core.money import Money, exact
from orders.rules.orders import CLOSED, ENDS
from orders.types import CASES, EACHES, LineAnswer, OrderState, RejectionReason
from vendors.types import RuleFinding, Severity

_GUIDE = "Amazon Vendor Orders API guide, last full edition 2021"
_MODEL = "Amazon's official model vendorOrders.json"
_OURS = "ACORN: stock is promised once"
# a date beyond this is a slip of the keyboard
_FAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line as Amazon wants it now, what is to be said about it, and what bears on that.

    `answer` is None where nothing is said. `before` is what the last answer that counts said, `is_final` that the first
    one rejected all of it. `available` is what can be promised for the accepted part, counting what this order holds
    already, and `available_later` for the back-ordered one; None where stock is not kept here.
    """

    sequence: str
    ordered: int
    unit: str
    unit_size: int
    is_backorder_allowed: bool | None
    is_withdrawn: bool
    net_cost: Decimal | None
    currency: str
    price_unit: str
    has_item: bool
    answer: LineAnswer | None
    before: LineAnswer | None = None
    is_final: bool = False
    available: int | None = None
    available_later: int | None = None

    @property
    def said(self) -> LineAnswer:
        return self.answer or LineAnswer(self.sequence)

    @property
    def cost(self) -> Decimal | None:
        """What the answer names, or the order's own."""
        return self.net_cost if self.said.net_cost is None else self.said.net_cost

    @property
    def confirmed(self) -> int:
        return self.said.accepted + self.said.backordered

    def worth(self, eaches: int, cost: Decimal | None = None) -> Money | None:
        """What so many are worth; None where nobody can say: no cost, or one by weight."""
        cost = self.net_cost if cost is None else cost
        if cost is None or self.price_unit or not self.currency:
            return None
        return Money(cost * eaches, self.currency)


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """An order that is answered, at `now`. `changeable_until` is when Amazon stops to hear other quantities and costs.

    `answers` are all that was said, in the order in which it was said: also twice, and about lines that are not there.
    """

    amazon_state: str
    state: OrderState
    vendor_code: str
    now: datetime
    window_end: datetime | None
    changeable_until: datetime | None
    is_answered_elsewhere: bool
    lines: tuple[LineFacts, ...]
    answers: tuple[LineAnswer, ...]


class Ruling(NamedTuple):
    """What the rulebook says about a rule on the day: how bad, what share of the goods' worth is at stake, who says so.

    `is_borrowed`: it says so of another marketplace only.
    """

    severity: Severity
    percent: Decimal | None = None
    source: str = ""
    is_borrowed: bool = False


class Found(NamedTuple):
    """What a rule has found: parameters of its message, and the money at stake."""

    params: Mapping[str, Any] = {}
    at_risk: Money | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table. `find` asks a line, or the order where `is_whole`; its message is `orders.rule.<id>`."""

    id: str
    severity: Severity
    source: str
    find: Callable[..., Found | None] = field(repr=False)
    is_whole: bool = False

    @property
    def code(self) -> str:
        return f"orders.rule.{self.id.lower()}"


def check_answer(facts: AnswerFacts, rulings: Mapping[str, Ruling] | None = None) -> list[RuleFinding]:
    """Everything that is to be said about an answer, line by line. What the rulebook holds goes before the table's own.

    A line about which nothing is wanted and nothing is said is asked nothing.
    """
    found: list[RuleFinding] = []
    for rule in RULES:
        ruling = (rulings or {}).get(rule.id) or Ruling(rule.severity, None, rule.source)
        if rule.is_whole:
            places: Iterable[tuple[str, Found | None]] = [("", rule.find(facts, ruling))]
        else:
            places = [(line.sequence, rule.find(facts, line, ruling)) for line in facts.lines if _matters(line)]
        found += [
            RuleFinding(
                rule.id, ruling.severity, rule.code, line, result.params, result.at_risk, ruling.source,
                is_borrowed=ruling.is_borrowed,
            )
            for line, result in places
            if result is not None
        ]  # fmt: skip
    order = {line.sequence: place for place, line in enumerate(facts.lines)}
    return sorted(found, key=lambda finding: order.get(finding.line, -1))


def stops(findings: Iterable[RuleFinding], confirmed: frozenset[str] = frozenset()) -> bool:
    """Whether the document must stay: something blocks, or asks for a confirmation that nobody gave."""
    return any(
        finding.severity == Severity.BLOCK or (finding.severity == Severity.CONFIRM and finding.rule not in confirmed)
        for finding in findings
    )


def _matters(line: LineFacts) -> bool:
    return line.answer is not None or (line.ordered != 0 and not line.is_withdrawn)


# --- the whole order --------------------------------------------------------------------------------------------------


def _closed(facts: AnswerFacts, _: Ruling) -> Found | None:
    is_over = facts.amazon_state == CLOSED or facts.state in ENDS - {OrderState.CANCELLED, OrderState.REJECTED}
    return Found({"state": facts.state.value}) if is_over else None


def _nothing_to_answer(facts: AnswerFacts, _: Ruling) -> Found | None:
    return None if any(line.ordered > 0 and not line.is_withdrawn for line in facts.lines) else Found()


def _no_selling_party(facts: AnswerFacts, _: Ruling) -> Found | None:
    return None if facts.vendor_code else Found()


def _unknown_line(facts: AnswerFacts, _: Ruling) -> Found | None:
    known = {line.sequence for line in facts.lines}
    unknown = [answer.sequence for answer in facts.answers if answer.sequence not in known]
    return Found({"lines": ", ".join(unknown[:20])}) if unknown else None


def _line_twice(facts: AnswerFacts, _: Ruling) -> Found | None:
    counts = Counter(answer.sequence for answer in facts.answers)
    twice = [sequence for sequence, count in counts.items() if count > 1]
    return Found({"lines": ", ".join(twice[:20])}) if twice else None


def _two_channels(facts: AnswerFacts, _: Ruling) -> Found | None:
    return Found() if facts.is_answered_elsewhere else None


# --- quantities -------------------------------------------------------------------------------------------------------


def _missing(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found({"ordered": line.ordered}) if line.answer is None and line.ordered > 0 else None


def _withdrawn(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found() if line.is_withdrawn and line.said.answered else None


def _nothing_ordered(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found() if line.ordered <= 0 and not line.is_withdrawn and line.said.answered else None


def _negative_ordered(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found({"ordered": line.ordered}) if line.ordered < 0 and not line.said.answered else None


def _negative(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found() if min(line.said.accepted, line.said.backordered, line.said.rejected) < 0 else None


def _wrong_sum(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    if line.answer is None or line.ordered <= 0 or line.is_withdrawn or line.said.answered == line.ordered:
        return None
    return Found({"answered": line.said.answered, "ordered": line.ordered})


def _not_whole_cases(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    if line.unit != CASES or line.unit_size <= 1:
        return None
    parts = (line.said.accepted, line.said.backordered, line.said.rejected)
    odd = next((part for part in parts if part % line.unit_size), None)
    return None if odd is None else Found({"eaches": odd, "unit_size": line.unit_size})


def _unknown_unit(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found({"unit": line.unit}) if line.unit not in (CASES, EACHES) and line.said.answered else None


def _backorder_not_allowed(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found() if line.said.backordered > 0 and line.is_backorder_allowed is not True else None


def _unmapped(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found() if line.confirmed > 0 and not line.has_item else None


def _insufficient_stock(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    if line.available is None or line.said.accepted <= max(line.available, 0):
        return None
    return Found(
        {"accepted": line.said.accepted, "available": max(line.available, 0)},
        line.worth(line.said.accepted - max(line.available, 0)),
    )


def _backorder_unfounded(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    if line.available_later is None or line.said.backordered <= max(line.available_later, 0):
        return None
    return Found({"backordered": line.said.backordered, "available": max(line.available_later, 0)})


# --- rejections -------------------------------------------------------------------------------------------------------


def _no_reason(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found() if line.said.rejected > 0 and line.said.rejection_reason not in RejectionReason.values else None


def _obsolete(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    is_obsolete = line.said.rejected > 0 and line.said.rejection_reason == RejectionReason.OBSOLETE_PRODUCT
    return Found() if is_obsolete else None


def _rejected_is_final(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found() if line.is_final and line.confirmed > 0 else None


def _first_rejection(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    if line.before is not None or line.said.rejected <= 0 or line.confirmed > 0:
        return None
    return Found({"rejected": line.said.rejected}, line.worth(line.said.rejected))


# --- dates ------------------------------------------------------------------------------------------------------------


def _dates(line: LineFacts) -> list[datetime]:
    said = line.said
    accepted = (said.scheduled_ship_at, said.scheduled_delivery_at) if said.accepted > 0 else ()
    later = (said.backorder_ship_at, said.backorder_delivery_at) if said.backordered > 0 else ()
    return [at for at in (*accepted, *later) if at is not None]


def _no_date(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    said = line.said
    is_undated = said.accepted > 0 and not (said.scheduled_ship_at or said.scheduled_delivery_at)
    return Found() if is_undated else None


def _no_backorder_date(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    said = line.said
    return Found() if said.backordered > 0 and not (said.backorder_ship_at or said.backorder_delivery_at) else None


def _past_date(facts: AnswerFacts, line: LineFacts, _: Ruling) -> Found | None:
    # a day is what is promised: any hour of today is still to come
    past = [at for at in _dates(line) if at.date() < facts.now.date()]
    return Found({"date": past[0].date().isoformat()}) if past else None


def _far_date(facts: AnswerFacts, line: LineFacts, _: Ruling) -> Found | None:
    far = [at for at in _dates(line) if at - facts.now > _FAR]
    return Found({"date": far[0].date().isoformat()}) if far else None


def _crossed_dates(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    said = line.said
    pairs = (
        (said.accepted, said.scheduled_ship_at, said.scheduled_delivery_at),
        (said.backordered, said.backorder_ship_at, said.backorder_delivery_at),
    )
    is_crossed = any(eaches > 0 and ship and delivery and ship > delivery for eaches, ship, delivery in pairs)
    return Found() if is_crossed else None


def _after_window(facts: AnswerFacts, line: LineFacts, ruling: Ruling) -> Found | None:
    said = line.said
    at = said.scheduled_delivery_at or said.scheduled_ship_at
    if facts.window_end is None or said.accepted <= 0 or at is None or at <= facts.window_end:
        return None
    return Found(
        {"date": at.date().isoformat(), "window": facts.window_end.date().isoformat()},
        _share(line, said.accepted, ruling),
    )


def _backorder_in_window(facts: AnswerFacts, line: LineFacts, _: Ruling) -> Found | None:
    at = line.said.backorder_delivery_at or line.said.backorder_ship_at
    if facts.window_end is None or line.said.backordered <= 0 or at is None or at > facts.window_end:
        return None
    return Found({"date": at.date().isoformat(), "window": facts.window_end.date().isoformat()})


# --- cost -------------------------------------------------------------------------------------------------------------


def _no_cost(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found() if line.said.answered and (line.cost is None or not line.currency) else None


def _cost_not_positive(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return Found() if line.said.answered and line.cost is not None and line.cost <= 0 else None


def _cost_above(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return _cost_difference(line, 1)


def _cost_below(_: AnswerFacts, line: LineFacts, __: Ruling) -> Found | None:
    return _cost_difference(line, -1)


def _cost_difference(line: LineFacts, sign: int) -> Found | None:
    cost, ordered_at = line.cost, line.net_cost
    if cost is None or ordered_at is None or cost <= 0 or line.confirmed <= 0 or (cost - ordered_at) * sign <= 0:
        return None
    costs = {"cost": exact(cost, line.currency), "order_cost": exact(ordered_at, line.currency)}
    params = {**costs, "currency": line.currency}
    return Found(params, line.worth(line.confirmed, abs(cost - ordered_at)))


# --- what was said before ---------------------------------------------------------------------------------------------


def _late_change(facts: AnswerFacts, line: LineFacts, _: Ruling) -> Found | None:
    if facts.changeable_until is None or facts.now <= facts.changeable_until or line.before is None:
        return None
    before, said = line.before, line.said
    fewer_or_more = abs(line.confirmed - min(before.accepted + before.backordered, max(line.ordered, 0)))
    if fewer_or_more:
        return Found(
            {"before": before.accepted + before.backordered, "after": line.confirmed}, line.worth(fewer_or_more)
        )
    if said.net_cost is not None and before.net_cost is not None and said.net_cost != before.net_cost:
        return Found(
            {"before": exact(before.net_cost, line.currency), "after": exact(said.net_cost, line.currency)},
            line.worth(line.confirmed, abs(said.net_cost - before.net_cost)),
        )
    return None


def _cancels_confirmed(_: AnswerFacts, line: LineFacts, ruling: Ruling) -> Found | None:
    if line.before is None or line.answer is None:
        return None
    # what Amazon itself has cancelled since is nobody's fault
    expected = min(line.before.accepted + line.before.backordered, max(line.ordered, 0))
    fewer = expected - line.confirmed
    at_risk = _share(line, fewer, ruling) or line.worth(fewer)
    return Found({"fewer": fewer, "before": expected}, at_risk) if fewer > 0 else None


def _share(line: LineFacts, eaches: int, ruling: Ruling) -> Money | None:
    """The share of the goods' worth that the rulebook puts at stake; None where it names none."""
    worth = line.worth(eaches)
    return (worth * (ruling.percent / 100)).rounded() if worth and ruling.percent is not None else None


_B, _C, _W = Severity.BLOCK, Severity.CONFIRM, Severity.WARN
RULES: Sequence[Rule] = (
    Rule("ORDER_CLOSED", _B, _GUIDE, _closed, is_whole=True),
    Rule("NOTHING_TO_ANSWER", _B, _MODEL, _nothing_to_answer, is_whole=True),
    Rule("SELLING_PARTY_MISSING", _B, _MODEL, _no_selling_party, is_whole=True),
    Rule("LINE_UNKNOWN", _B, _MODEL, _unknown_line, is_whole=True),
    Rule("LINE_TWICE", _B, _MODEL, _line_twice, is_whole=True),
    Rule("TWO_CHANNELS", _W, "Field reports: the PO shows Accept EDI only, and later answers are ignored",
         _two_channels, is_whole=True),
    Rule("LINE_MISSING", _B, f"{_GUIDE}: lines left out are rejected", _missing),
    Rule("LINE_WITHDRAWN", _B, _OURS, _withdrawn),
    Rule("NOTHING_ORDERED", _B, f"{_GUIDE}: no more than was ordered", _nothing_ordered),
    Rule("NEGATIVE_ORDERED", _W, _MODEL, _negative_ordered),
    Rule("NEGATIVE_QUANTITY", _B, _MODEL, _negative),
    Rule("WRONG_SUM", _B, f"{_GUIDE}: the whole ordered quantity, split over the codes", _wrong_sum),
    Rule("NOT_WHOLE_CASES", _B, f"{_MODEL}: a whole number of the order's unit", _not_whole_cases),
    Rule("UNKNOWN_UNIT", _B, _MODEL, _unknown_unit),
    Rule("BACKORDER_NOT_ALLOWED", _B, _GUIDE, _backorder_not_allowed),
    Rule("UNMAPPED_ITEM", _B, _OURS, _unmapped),
    Rule("INSUFFICIENT_STOCK", _B, _OURS, _insufficient_stock),
    Rule("BACKORDER_UNFOUNDED", _W, _OURS, _backorder_unfounded),
    Rule("REJECTION_REASON_MISSING", _B, _GUIDE, _no_reason),
    Rule("OBSOLETE_PRODUCT", _C, f"{_GUIDE}: twice, 48 hours apart, and the item is not ordered again", _obsolete),
    Rule("REJECTED_IS_FINAL", _B, f"{_GUIDE}: a first answer Rejected stays", _rejected_is_final),
    Rule("FIRST_REJECTION", _W, f"{_GUIDE}: a first answer Rejected stays", _first_rejection),
    Rule("DATE_MISSING", _W, _GUIDE, _no_date),
    Rule("BACKORDER_DATE_MISSING", _B, f"{_GUIDE}: a back-order needs its date", _no_backorder_date),
    Rule("DATE_IN_PAST", _B, _GUIDE, _past_date),
    Rule("DATE_TOO_FAR", _B, _GUIDE, _far_date),
    Rule("DATES_CROSSED", _B, _GUIDE, _crossed_dates),
    Rule("DATE_AFTER_WINDOW", _W, _GUIDE, _after_window),
    Rule("BACKORDER_IN_WINDOW", _W, _MODEL, _backorder_in_window),
    Rule("COST_MISSING", _B, f"{_MODEL}: left blank, the file is rejected", _no_cost),
    Rule("COST_NOT_POSITIVE", _B, _MODEL, _cost_not_positive),
    Rule("COST_ABOVE_ORDER", _B, _GUIDE, _cost_above),
    Rule("COST_BELOW_ORDER", _C, "Price variance VENDOR_LOWERING_COST_AT_PO_CONFIRMATION", _cost_below),
    Rule("LATE_CHANGE", _W, f"{_GUIDE}: quantities and costs within 48 hours, later only dates", _late_change),
    Rule("CONFIRMED_CANCELLED", _C, f"{_GUIDE}: changing Accepted to Rejected", _cancels_confirmed),
)  # fmt: skip
"""The decision table: what is asked, how bad a yes is by default, and where that is written."""

CONFIRMABLE = frozenset(rule.id for rule in RULES if rule.severity == Severity.CONFIRM)
