"""What to answer to orders: a decision table per line, over stock that is given away once.

Orders are served in the order in which their windows end, so that what one takes the next no longer finds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import lcm
from typing import Any, NamedTuple

from acorn.core.money import Money, exact
from catalog.types import Availability, ItemStatus
from orders.types import (
    AnswerMode,
    CostChoice,
    Hold,
    HoldKind,
    LineAnswer,
    Option,
    Policy,
    PolicyTerms,
    Proposal,
    ProposedLine,
    RejectionReason,
    Told,
)

_END = datetime.max.replace(tzinfo=UTC)
_UNFOUNDED = "orders.option.backorder_unfounded"
_NAMED = 3  # more orders than this are not named in a sentence


class Held(NamedTuple):
    """What an order holds already of an item in a warehouse's pool: it is the order's own to give away again."""

    item_id: int
    warehouse_id: int
    pool: str
    quantity: int


class Charges(NamedTuple):
    """What Amazon charges, in percent of the goods' worth: for what comes late, for what was confirmed and never comes."""

    late: Decimal | None = None
    not_filled: Decimal | None = None


class WantedLine(NamedTuple):
    """A line that has to be answered. `case_size` is how many eaches Amazon's unit has, `case_pack` how many ours."""

    sequence: str
    ordered: int
    case_size: int
    is_backorder_allowed: bool
    po_cost: Decimal | None
    item_id: int | None
    item_problem: str = ""
    sku: str = ""
    item_status: str = ItemStatus.ACTIVE
    case_pack: int = 1
    agreed_cost: Decimal | None = None
    # what somebody decided about the difference of these two costs
    cost_choice: str = ""
    # Amazon never takes back what was rejected at first
    is_final: bool = False


class WantedOrder(NamedTuple):
    """An order that has to be answered, at its connection's `now`. `ship_by` and `deliver_by` are where its windows end."""

    public_id: str
    number: str
    vendor_code: str
    ship_to_party: str
    currency: str
    ordered_at: datetime
    now: datetime
    ship_by: datetime | None
    deliver_by: datetime | None
    lines: tuple[WantedLine, ...]
    held: tuple[Held, ...] = ()
    charges: Charges = Charges()

    @property
    def due_at(self) -> datetime:
        return self.ship_by or self.deliver_by or _END


def make_proposals(
    orders: Iterable[WantedOrder],
    *,
    policies: Mapping[str, Policy],
    stock: Iterable[Availability],
    warehouse_ids: Mapping[str, int],
) -> dict[str, Proposal]:
    """A proposal for each order, by public id. No each of stock is proposed twice, whatever the number of orders.

    `policies` are by vendor code, `warehouse_ids` by the codes that policies name. Pure.
    """
    shelf = _Shelf(stock)
    found = {}
    for order in sorted(orders, key=lambda order: (order.due_at, order.ordered_at, order.number)):
        policy = policies[order.vendor_code]
        shelf.give_back(order.held)
        found[order.public_id] = _Maker(order, policy, shelf, warehouse_ids).make()
    return found


# --- stock that is given away once ------------------------------------------------------------------------------------


@dataclass
class _Place:
    """One warehouse and pool of an item, and what this call has taken from it."""

    stock: Availability
    taken: int = 0

    def left_on(self, day: date | None) -> int:
        return self.stock.available_on(day) - self.taken


class _Shelf:
    def __init__(self, stock: Iterable[Availability]) -> None:
        self.places: dict[int, list[_Place]] = defaultdict(list)
        # who took how much of an item in this call, by the order's number
        self.takers: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in stock:
            self.places[row.item_id].append(_Place(row))

    def give_back(self, held: Iterable[Held]) -> None:
        for entry in held:
            for place in self.places[entry.item_id]:
                if (place.stock.warehouse_id, place.stock.pool) == (entry.warehouse_id, entry.pool):
                    place.taken -= entry.quantity

    def places_of(self, item_id: int, warehouses: Sequence[int]) -> list[_Place]:
        """In the order in which the warehouses are named; all of them where none is."""
        if not warehouses:
            return self.places[item_id]
        named = [place for place in self.places[item_id] if place.stock.warehouse_id in warehouses]
        return sorted(named, key=lambda place: warehouses.index(place.stock.warehouse_id))


def _whole(quantity: int, step: int) -> int:
    return max(quantity, 0) // step * step


def _left(places: Iterable[_Place], day: date, step: int) -> int:
    """What can be promised for a day, a case never from two places."""
    return sum(_whole(place.left_on(day), step) for place in places)


def _take(places: Iterable[_Place], quantity: int, day: date, step: int) -> None:
    for place in places:
        part = min(quantity, _whole(place.left_on(day), step))
        place.taken += part
        quantity -= part


def _days_of_arrival(places: Iterable[_Place], after: date, until: date) -> list[date]:
    """The days on which something more can be promised than the day before: those after an arrival."""
    arrivals = {arrives_on for place in places for arrives_on, _ in place.stock.inbound}
    return sorted(day for arrives_on in arrivals if after < (day := arrives_on + timedelta(days=1)) <= until)


# --- one order --------------------------------------------------------------------------------------------------------


class _Split(NamedTuple):
    """How a line's quantity falls apart: now, on a later day, and not at all."""

    accepted: int
    backordered: int
    later: date | None
    rest: int


@dataclass
class _Maker:
    order: WantedOrder
    policy: Policy
    shelf: _Shelf
    warehouse_ids: Mapping[str, int]
    now: datetime = field(init=False)
    terms: PolicyTerms = field(init=False)
    day: date = field(init=False)

    def __post_init__(self) -> None:
        self.terms, self.now = self.policy.terms, self.order.now
        due = self.order.ship_by or self.order.deliver_by or self.now
        self.day = max(due, self.now).date()

    def make(self) -> Proposal:
        lines = tuple(self._priced(line, self._line(line)) for line in self.order.lines)
        costs = {line.sequence: line.po_cost or Decimal(0) for line in self.order.lines}
        amount = sum(
            ((line.answer.accepted + line.answer.backordered) * costs[line.answer.sequence] for line in lines),
            Decimal(0),
        )
        money = Money(amount, self.order.currency) if self.order.currency else None
        return Proposal(self.order.public_id, self.policy.mode, lines, tuple(self._order_doubts(money)), money)

    def _order_doubts(self, amount: Money | None) -> Iterable[Told]:
        if self.policy.mode == AnswerMode.ALWAYS_ASK:
            yield told("orders.why.always_ask", vendor_code=self.order.vendor_code)
        least = self.terms.min_order
        if least and amount and least.currency == amount.currency and amount.amount < least.amount:
            yield told(
                "orders.why.below_minimum", amount=f"{amount.rounded().amount:f}",
                minimum=f"{least.rounded().amount:f}", currency=least.currency,
            )  # fmt: skip
        if self.order.due_at < self.now:
            yield told("orders.why.window_over", day=self.order.due_at.date().isoformat())

    def _line(self, line: WantedLine) -> ProposedLine:
        """The answer to one line. First row that fits:

        | the line                                       | is proposed                     | in doubt            |
        |------------------------------------------------|---------------------------------|---------------------|
        | nothing of it is ordered (any more)            | nothing                         | no                  |
        | was rejected by its first answer               | rejected: Amazon keeps to it    | no                  |
        | a person is always to be asked                 | nothing; stock's answer offered | yes, the whole order|
        | has no item, or several                        | nothing; rejecting offered      | yes                 |
        | item, vendor code or FC is on hold             | nothing; stock's answer offered | yes                 |
        | item is paused                                 | nothing; stock's answer offered | yes                 |
        | item is obsolete                               | rejected as obsolete            | unless switched on  |
        | its cost was refused by a person               | rejected                        | unless switched on  |
        | stock is not kept here                         | accepted                        | cost, case pack     |
        | otherwise                                      | what stock allows: see _split   | cost, case pack,    |
        |                                                |                                 | rejected unless on  |
        """
        if line.ordered <= 0:
            return ProposedLine(LineAnswer(line.sequence), line.ordered)
        if line.is_final:
            answer = self._rejected(line, line.ordered, RejectionReason.TEMPORARILY_UNAVAILABLE)
            return ProposedLine(_because(answer, told("orders.why.final")), line.ordered)
        if self.policy.mode == AnswerMode.ALWAYS_ASK:
            return self._undecided(line, told("orders.why.always_ask", vendor_code=self.order.vendor_code))
        if line.item_id is None:
            return self._unmapped(line)
        if hold := self._hold(line):
            return self._undecided(line, told("orders.why.held", what=hold.value, reason=hold.reason))
        if line.item_status == ItemStatus.PAUSED:
            return self._undecided(line, told("orders.why.paused", sku=line.sku))
        if line.item_status == ItemStatus.OBSOLETE:
            return self._obsolete(line)
        if line.cost_choice == CostChoice.REJECT:
            return self._rejected_for_cost(line)
        proposed = self._by_stock(line) if self.terms.uses_stock else self._unchecked(line)
        return replace(proposed, doubts=(*proposed.doubts, *self._doubts(line)))

    # --- rows of the table ---

    def _unchecked(self, line: WantedLine) -> ProposedLine:
        answer = _because(self._accepted(line, line.ordered), told("orders.why.no_stock_kept"))
        return ProposedLine(answer, line.ordered)

    def _undecided(self, line: WantedLine, problem: Told) -> ProposedLine:
        """Nothing is proposed, and nothing is taken from the shelf: a person may choose what is offered."""
        options = [self._reject_all(line, RejectionReason.TEMPORARILY_UNAVAILABLE)]
        if line.item_id is not None:
            answer = (
                self._answer(line, self._split(line)) if self.terms.uses_stock else self._accepted(line, line.ordered)
            )
            options.insert(0, Option("orders.option.as_stock_allows", {}, answer))
        answer = _because(LineAnswer(line.sequence), problem)
        return ProposedLine(answer, line.ordered, problem, (problem,), tuple(options))

    def _unmapped(self, line: WantedLine) -> ProposedLine:
        problem = told("orders.why.unmapped", problem=line.item_problem)
        options = (self._reject_all(line, RejectionReason.INVALID_PRODUCT_IDENTIFIER),)
        return ProposedLine(_because(LineAnswer(line.sequence), problem), line.ordered, problem, (problem,), options)

    def _obsolete(self, line: WantedLine) -> ProposedLine:
        why = told("orders.why.obsolete", sku=line.sku)
        answer = _because(self._rejected(line, line.ordered, RejectionReason.OBSOLETE_PRODUCT), why)
        options = (self._reject_all(line, RejectionReason.TEMPORARILY_UNAVAILABLE),)
        return ProposedLine(answer, line.ordered, None, self._reject_doubts(answer), options)

    def _rejected_for_cost(self, line: WantedLine) -> ProposedLine:
        currency = self.order.currency
        why = told("orders.why.cost_refused", cost=exact(line.po_cost or Decimal(0), currency), currency=currency)
        answer = _because(self._rejected(line, line.ordered, RejectionReason.TEMPORARILY_UNAVAILABLE), why)
        options = (Option("orders.option.as_stock_allows", {}, self._answer(line, self._split(line))),)
        return ProposedLine(answer, line.ordered, None, self._reject_doubts(answer), options)

    def _by_stock(self, line: WantedLine) -> ProposedLine:
        split = self._split(line)
        answer = self._answer(line, split)
        if split.rest and split.accepted + split.backordered and not self.terms.partial_allowed:
            whole = self._undecided(line, told("orders.why.only_part", available=split.accepted, ordered=line.ordered))
            return replace(whole, answer=_because(whole.answer, *answer.reasons, *whole.answer.reasons))
        self._take(line, split)
        return ProposedLine(answer, line.ordered, None, self._reject_doubts(answer), self._options(line, split))

    # --- how stock allows it ---

    def _split(self, line: WantedLine) -> _Split:
        """How much can be promised, in whole cases. First row that fits:

        | until the window ends | later, within the policy's horizon     | accepted | back-ordered      | rejected |
        |-----------------------|----------------------------------------|----------|-------------------|----------|
        | all                   |                                        | all      |                   |          |
        | a part                | the rest, and a split is allowed       | the part | the rest          |          |
        | a part                | some of the rest, and split is allowed | the part | what there is     | the rest |
        | a part                | all, and no split is allowed           |          | all               |          |
        | a part                | nothing, or no back-order is allowed   | the part |                   | the rest |
        | nothing               | as much as there is                    |          | as much           | the rest |
        """
        step, places = self._step(line), self._places(line)
        now = min(_left(places, self.day, step), line.ordered)
        if now == line.ordered:
            return _Split(now, 0, None, 0)
        wanted = line.ordered - now
        later, day = self._later(line, places, now, wanted, step)
        if self.terms.partial_allowed or now == 0 or later == 0:
            return _Split(now, later, day, wanted - later)
        everything, day = self._later(line, places, 0, line.ordered, step)
        return _Split(0, line.ordered, day, 0) if everything == line.ordered else _Split(now, 0, None, wanted)

    def _later(
        self, line: WantedLine, places: Sequence[_Place], now: int, wanted: int, step: int
    ) -> tuple[int, date | None]:
        """How much of what is wanted comes within the horizon, and the first day on which that much is there."""
        if not (line.is_backorder_allowed and self.terms.backorder_allowed):
            return 0, None
        until = self.now.date() + timedelta(days=self.terms.backorder_days)
        best: tuple[int, date | None] = (0, None)
        for day in _days_of_arrival(places, self.day, until):
            there = min(_left(places, day, step) - now, wanted)
            if there > best[0]:
                best = (there, day)
        return best

    def _take(self, line: WantedLine, split: _Split) -> None:
        step, places = self._step(line), self._places(line)
        _take(places, split.accepted, self.day, step)
        if split.later:
            _take(places, split.backordered, split.later, step)
        if line.item_id is not None and split.accepted + split.backordered:
            self.shelf.takers[line.item_id][self.order.number] += split.accepted + split.backordered

    def _places(self, line: WantedLine) -> list[_Place]:
        named = [self.warehouse_ids[code] for code in self.terms.warehouses if code in self.warehouse_ids]
        if line.item_id is None or (self.terms.warehouses and not named):
            return []
        return self.shelf.places_of(line.item_id, named)

    def _step(self, line: WantedLine) -> int:
        """What is promised comes in whole units of Amazon's, and in whole cases of ours where the order has them."""
        both = lcm(line.case_size, line.case_pack) if self.terms.whole_cases else line.case_size
        return both if line.ordered % both == 0 else line.case_size

    # --- answers ---

    def _answer(self, line: WantedLine, split: _Split) -> LineAnswer:
        answer = self._accepted(line, split.accepted) if split.accepted else LineAnswer(line.sequence)
        if split.later is not None and split.backordered:
            ship_at = datetime.combine(split.later, (self.order.ship_by or _NOON).timetz())
            travel = (
                self.order.deliver_by - self.order.ship_by if self.order.deliver_by and self.order.ship_by else None
            )
            answer = answer._replace(
                backordered=split.backordered, backorder_ship_at=ship_at,
                backorder_delivery_at=None if travel is None or travel < _NO_TIME else ship_at + travel,
            )  # fmt: skip
        if split.rest:
            rejected = self._rejected(line, split.rest, RejectionReason.TEMPORARILY_UNAVAILABLE)
            answer = answer._replace(rejected=split.rest, rejection_reason=rejected.rejection_reason)
        return _because(answer, *self._reasons(line, split))

    def _accepted(self, line: WantedLine, eaches: int) -> LineAnswer:
        """By the end of the window; where that is over, today."""
        ship_by, deliver_by = self.order.ship_by, self.order.deliver_by
        return LineAnswer(
            line.sequence, accepted=eaches,
            scheduled_ship_at=ship_by and max(ship_by, self.now),
            scheduled_delivery_at=deliver_by and max(deliver_by, self.now),
        )  # fmt: skip

    def _rejected(self, line: WantedLine, eaches: int, reason: RejectionReason) -> LineAnswer:
        return LineAnswer(line.sequence, rejected=eaches, rejection_reason=reason.value)

    def _reject_all(self, line: WantedLine, reason: RejectionReason) -> Option:
        return Option("orders.option.reject_all", {"reason": reason.value}, self._rejected(line, line.ordered, reason))

    # --- why, and what else ---

    def _reasons(self, line: WantedLine, split: _Split) -> Iterable[Told]:
        there = {"ordered": line.ordered, "accepted": split.accepted, "day": self.day.isoformat()}
        if split.accepted == line.ordered:
            yield told("orders.why.available", **there)
            return
        if split.backordered and split.later:
            arrives = split.later - timedelta(days=1)
            code = "orders.why.part_later" if split.accepted else "orders.why.all_later"
            yield told(code, backordered=split.backordered, arrives=arrives.isoformat(), **there)
        elif split.accepted:
            yield told("orders.why.part", **there)
        else:
            yield told("orders.why.nothing", **there)
        if split.rest:
            yield self._why_not_later(line, split.rest)
        loose = sum(max(place.left_on(self.day), 0) for place in self._places(line)) - split.accepted
        if 0 < loose < line.ordered - split.accepted and loose < self._step(line) * max(len(self._places(line)), 1):
            yield told("orders.why.whole_cases", loose=loose, size=self._step(line))
        if line.item_id is not None and (takers := self.shelf.takers[line.item_id]):
            yield told(
                "orders.why.others_first", quantity=sum(takers.values()), count=len(takers),
                numbers=", ".join([*takers][:_NAMED]) + (" …" if len(takers) > _NAMED else ""),
            )  # fmt: skip

    def _why_not_later(self, line: WantedLine, rest: int) -> Told:
        if not line.is_backorder_allowed:
            return told("orders.why.no_backorder_amazon", rest=rest)
        if not self.terms.backorder_allowed:
            return told("orders.why.no_backorder_policy", rest=rest)
        return told("orders.why.nothing_expected", rest=rest, days=self.terms.backorder_days)

    def _options(self, line: WantedLine, split: _Split) -> tuple[Option, ...]:
        """Where there is a choice: what stock does not cover can be rejected now, or promised for later."""
        options = []
        if split.backordered:
            now = _because(self._answer(line, _Split(split.accepted, 0, None, line.ordered - split.accepted)))
            options.append(Option("orders.option.reject_rest", {"rest": now.rejected}, now))
        if split.rest and line.is_backorder_allowed:
            day = max(self.now.date() + timedelta(days=self.terms.backorder_days), self.day + timedelta(days=1))
            later = self._answer(line, _Split(split.accepted, line.ordered - split.accepted, day, 0))
            params = {"rest": later.backordered, "day": day.isoformat()}
            options.append(Option(_UNFOUNDED, params, _because(later)))
        if split.accepted and split.accepted < line.ordered:
            options.append(self._reject_all(line, RejectionReason.TEMPORARILY_UNAVAILABLE))
        return tuple(options)

    def _priced(self, line: WantedLine, proposed: ProposedLine) -> ProposedLine:
        options = tuple(
            replace(option, at_risk=self._at_risk(line, option.answer, is_founded=option.code != _UNFOUNDED))
            for option in proposed.options
        )
        at_risk = None if proposed.problem else self._at_risk(line, proposed.answer)
        return replace(proposed, options=options, at_risk=at_risk)

    def _at_risk(self, line: WantedLine, answer: LineAnswer, *, is_founded: bool = True) -> Money | None:
        """What an answer puts at risk; None where nobody can say.

        | eaches                                   | at risk                                           |
        |------------------------------------------|---------------------------------------------------|
        | rejected                                 | what they are worth: they are not sold            |
        | back-ordered, and expected               | what Amazon charges for coming late               |
        | back-ordered, although nothing is coming | what Amazon charges for confirmed and not filled  |
        """
        if line.po_cost is None or not self.order.currency:
            return None
        percent = self.order.charges.late if is_founded else self.order.charges.not_filled
        later = line.po_cost * answer.backordered * (percent or 0) / 100
        return Money(line.po_cost * answer.rejected + later, self.order.currency).rounded()

    def _reject_doubts(self, answer: LineAnswer) -> tuple[Told, ...]:
        if answer.rejected and answer.rejection_reason not in self.terms.reject_reasons:
            return (told("orders.why.rejects", rejected=answer.rejected, reason=answer.rejection_reason),)
        return ()

    def _doubts(self, line: WantedLine) -> Iterable[Told]:
        """What somebody should look at although stock is clear."""
        if line.case_size > 1 and line.case_size != line.case_pack:
            yield told("orders.why.other_pack", unit_size=line.case_size, case_pack=line.case_pack)
        elif self.terms.whole_cases and line.ordered % line.case_pack:
            yield told("orders.why.broken_case", ordered=line.ordered, case_pack=line.case_pack)
        if line.po_cost is None:
            yield told("orders.why.no_cost")
        elif line.cost_choice == CostChoice.ACCEPT:
            return
        elif difference := cost_difference(line.po_cost, line.agreed_cost, self.terms.cost_tolerance):
            code = "orders.why.cost_below" if difference < 0 else "orders.why.cost_above"
            currency = self.order.currency
            yield told(
                code, cost=exact(line.po_cost, currency), agreed=exact(line.agreed_cost or Decimal(0), currency),
                amount=exact(Money(abs(difference) * line.ordered, currency).rounded().amount, currency),
                currency=currency,
            )  # fmt: skip

    def _hold(self, line: WantedLine) -> Hold | None:
        about = {
            HoldKind.ITEM.value: line.sku,
            HoldKind.VENDOR_CODE.value: self.order.vendor_code,
            HoldKind.FC.value: self.order.ship_to_party,
        }
        today = self.now.date()
        for hold in self.terms.holds:
            if about.get(hold.kind) == hold.value and (hold.until is None or today <= hold.until):
                return hold
        return None


_NOON = datetime.combine(date.min, time(12), UTC)
_NO_TIME = timedelta(0)


def cost_difference(po_cost: Decimal, agreed_cost: Decimal | None, tolerance: Decimal = Decimal(0)) -> Decimal | None:
    """The order's cost less the agreed one, per each; None where nothing is agreed or the difference is tolerated.

    `tolerance` is percent of the agreed cost, either way.
    """
    if agreed_cost is None or po_cost == agreed_cost:
        return None
    difference = po_cost - agreed_cost
    return None if abs(difference) <= agreed_cost * tolerance / 100 else difference


def told(code: str, **params: Any) -> Told:
    """A message as it is stored."""
    return {"code": code, "params": params}


def _because(answer: LineAnswer, *reasons: Told) -> LineAnswer:
    return answer._replace(reasons=reasons)
