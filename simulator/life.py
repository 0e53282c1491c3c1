"""What can happen to an order after Amazon placed it, and the plan by which it happens without anybody's hand.

An action is a small dict, ``{"do": …}``: the control API, the control page and the plan all use the same ones. Planned
actions are stored with the instant they are due and applied to the order as it then stands, so that a plan never
contradicts what a client did meanwhile.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from simulator import times
from simulator.catalogue import products
from simulator.generation import make_line, rng_for, ship_to_party
from simulator.order import TYPES, Answer, Line, Order, Ordered, Received, Window
from simulator.worlds import World

Action = dict[str, Any]
_Handler = Callable[[World, Order, Action, int], None]


class ImpossibleError(Exception):
    """The action makes no sense for this order as it stands; the message says why."""


@dataclass(frozen=True, order=True)
class Planned:
    due_at: int
    # The order of what falls on the same instant.
    turn: int
    action: Action = field(compare=False)


def apply(world: World, order: Order, action: Action, at: int) -> None:
    """Change the order. Raises ImpossibleError, with the order untouched."""
    kind = str(action.get("do", ""))
    handler = _ACTIONS.get(kind)
    if handler is None:
        raise ImpossibleError(f"Unknown action {kind!r}; known are {', '.join(sorted(_ACTIONS))}.")
    handler(world, order, action, at)


# -- changes by Amazon -------------------------------------------------------------------------------------------------


def _change(world: World, order: Order, action: Action, at: int) -> None:
    if order.state == "Closed":
        raise ImpossibleError(f"{order.number} is closed.")
    name = str(action.get("change", ""))
    change = CHANGES.get(name)
    if change is None:
        raise ImpossibleError(f"Unknown change {name!r}; known are {', '.join(sorted(CHANGES))}.")
    change(world, order, action, at)
    _mark_changed(order, at)
    _close_if_done(order, at)


def _mark_changed(order: Order, at: int) -> None:
    order.changed_at = at
    order.updated_at = max(order.updated_at, at)


def _rng(world: World, order: Order, at: int) -> random.Random:
    return rng_for(world, f"change:{order.number}:{at}")


def _line_for(order: Order, action: Action, rng: random.Random) -> Line:
    sequence = action.get("line")
    if sequence not in (None, ""):
        line = order.line(str(sequence))
        if line is None:
            raise ImpossibleError(f"{order.number} has no line {sequence}.")
        return line
    lines = [line for line in order.lines if line.amount > 0]
    if not lines:
        raise ImpossibleError(f"{order.number} has no line with a quantity.")
    return rng.choice(lines)


def _integer(action: Action, name: str, default: int) -> int:
    value = action.get(name)
    if value in (None, ""):
        return default
    try:
        return int(str(value))
    except ValueError as error:
        raise ImpossibleError(f"{name} must be a whole number, not {value!r}.") from error


def _change_window(world: World, order: Order, action: Action, at: int) -> None:
    rng = _rng(world, order, at)
    shift = _integer(action, "days", rng.choice((-2, -1, 2, 3, 5))) * times.DAY

    def moved(window: Window | None) -> Window | None:
        return (window[0] + shift, window[1] + shift) if window else None

    order.ship_window, order.delivery_window = moved(order.ship_window), moved(order.delivery_window)


def _change_quantity(world: World, order: Order, action: Action, at: int) -> None:
    rng = _rng(world, order, at)
    line = _line_for(order, action, rng)
    half = max(1, line.amount // 2)
    wanted = _integer(action, "amount", max(1, line.amount + rng.choice((-half, half))))
    if wanted < 0:
        raise ImpossibleError("A quantity cannot be negative; the fault 'negative_quantity' can show one.")
    if wanted != line.amount:
        line.ordered.append(Ordered(at, wanted - line.amount))


def _cancel_item(world: World, order: Order, action: Action, at: int) -> None:
    line = _line_for(order, action, _rng(world, order, at))
    if line.amount:
        line.ordered.append(Ordered(at, -line.amount))


def _change_cost(world: World, order: Order, action: Action, at: int) -> None:
    rng = _rng(world, order, at)
    line = _line_for(order, action, rng)
    factor = Decimal(rng.choice((94, 97, 103, 105))) / 100
    old = Decimal(line.cost)
    try:
        cost = Decimal(str(action["cost"])) if action.get("cost") else (old * factor).quantize(old)
    except InvalidOperation as error:
        raise ImpossibleError(f"cost must be a decimal number, not {action['cost']!r}.") from error
    line.cost = str(cost)


def _new_item(world: World, order: Order, action: Action, at: int) -> None:
    rng = _rng(world, order, at)
    known = {line.asin for line in order.lines}
    fresh = [p for p in products(world.seed, world.marketplace.country) if p.asin not in known]
    if not fresh:
        raise ImpossibleError(f"{order.number} already has every product.")
    line = make_line(rng, rng.choice(fresh), len(order.lines) + 1, at)
    if action.get("amount"):
        line.ordered[0].amount = _integer(action, "amount", 1)
    order.lines.append(line)


def _change_centre(world: World, order: Order, action: Action, at: int) -> None:
    rng = _rng(world, order, at)
    centres = [c for c in world.marketplace.centres if c.code != order.ship_to.code]
    if action.get("centre"):
        centres = [c for c in centres if c.code == action["centre"]]
    if not centres:
        codes = ", ".join(centre.code for centre in world.marketplace.centres)
        raise ImpossibleError(f"There is no other fulfilment centre to go to; the world has {codes}.")
    order.ship_to = ship_to_party(world.marketplace, rng.choice(centres))


def _change_type(world: World, order: Order, action: Action, at: int) -> None:
    rng = _rng(world, order, at)
    kind = str(action.get("type") or rng.choice([kind for kind in TYPES if kind != order.kind]))
    if kind not in TYPES:
        raise ImpossibleError(f"Unknown type {kind!r}; known are {', '.join(TYPES)}.")
    order.kind = kind


def _change_freight(_world: World, order: Order, _action: Action, _at: int) -> None:
    """Collect becomes prepaid or the reverse, which shows only in which window is given."""
    window = order.ship_window or order.delivery_window
    collect = order.ship_window is not None
    order.ship_window, order.delivery_window = (None, window) if collect else (window, None)


CHANGES: dict[str, _Handler] = {
    "window": _change_window,
    "quantity": _change_quantity,
    "cancel_item": _cancel_item,
    "cost": _change_cost,
    "new_item": _new_item,
    "centre": _change_centre,
    "type": _change_type,
    "freight": _change_freight,
}


def _cancel(_world: World, order: Order, _action: Action, at: int) -> None:
    if order.state == "Closed":
        raise ImpossibleError(f"{order.number} is closed.")
    for line in order.lines:
        if line.amount:
            line.ordered.append(Ordered(at, -line.amount))
    _mark_changed(order, at)
    order.enter("Closed", at)


def _restore(_world: World, order: Order, _action: Action, at: int) -> None:
    """Amazon takes a cancellation back: what was cancelled last is ordered again."""
    cancelled = [line for line in order.lines if line.is_cancelled]
    if not cancelled:
        raise ImpossibleError(f"Nothing is cancelled on {order.number}.")
    for line in cancelled:
        line.ordered.append(Ordered(at, -line.ordered[-1].amount))
    _mark_changed(order, at)
    order.enter("Acknowledged" if any(line.answers for line in order.lines) else "New", at)


def _receive(_world: World, order: Order, action: Action, at: int) -> None:
    """Book goods in: `eaches` of one `line`, or a `share` (default all) of what is still expected on every line."""
    if action.get("line") not in (None, ""):
        line = order.line(str(action["line"]))
        if line is None:
            raise ImpossibleError(f"{order.number} has no line {action['line']}.")
        eaches = _integer(action, "eaches", line.outstanding_eaches)
        line.received.append(Received(at, eaches, int(action.get("asn") or 0)))
    else:
        share = float(action.get("share") or 1)
        arrived = False
        for line in order.lines:
            eaches = line.outstanding_eaches
            if share < 1:
                eaches = int(eaches * share) // line.pack * line.pack or eaches
            if eaches:
                arrived = True
                line.received.append(Received(at, eaches))
        if not arrived:
            raise ImpossibleError(f"Nothing is expected on {order.number}: it was not acknowledged, or all is here.")
    order.updated_at = max(order.updated_at, at)
    _close_if_done(order, at)


def _close(_world: World, order: Order, _action: Action, at: int) -> None:
    if order.state == "Closed":
        raise ImpossibleError(f"{order.number} is closed already.")
    order.enter("Closed", at)


def _lapse(world: World, order: Order, _action: Action, at: int) -> None:
    """Nobody answered: Amazon cancels the order, or closes it as it is. Of an answered order, what it added since."""
    if order.state == "Acknowledged":
        _withdraw_unanswered(order, at)
        return
    if order.state != "New":
        raise ImpossibleError(f"{order.number} is not new.")
    (_cancel if _rng(world, order, at).random() < 0.7 else _close)(world, order, {}, at)


def _withdraw_unanswered(order: Order, at: int) -> None:
    unanswered = [line for line in order.lines if not line.answers and line.amount > 0]
    if not unanswered:
        raise ImpossibleError(f"Every line of {order.number} is answered.")
    for line in unanswered:
        line.ordered.append(Ordered(at, -line.amount))
    _mark_changed(order, at)
    _close_if_done(order, at)


def _expire(_world: World, order: Order, action: Action, at: int) -> None:
    """Confirmed and never sent: Amazon cancels what has not arrived and closes the order.

    What notices announced (`sent`, eaches per line) and never came is not cancelled: it stays confirmed, and short.
    """
    if order.state != "Acknowledged":
        raise ImpossibleError(f"{order.number} is not acknowledged.")
    for line in order.lines:
        sent = max(line.received_eaches, action.get("sent", {}).get(line.sequence, 0))
        kept = -(-sent // line.unit_size)
        missing = line.accepted - kept
        if missing > 0:
            line.answers.append(Answer(at, kept, 0, line.rejected, by="Amazon"))
            line.ordered.append(Ordered(at, -missing))
    _mark_changed(order, at)
    order.enter("Closed", at)


def _close_if_done(order: Order, at: int) -> None:
    if order.state != "Closed" and (order.has_everything or all(line.is_cancelled for line in order.lines)):
        order.enter("Closed", at)


def settle(order: Order, at: int) -> None:
    """After answers were recorded: the state that follows from them. Rejected altogether means closed."""
    order.enter("Acknowledged", at)
    order.updated_at = max(order.updated_at, at)
    _close_if_done(order, at)


def _answer(world: World, order: Order, action: Action, at: int) -> None:
    """The vendor answers in Vendor Central: `lines` in eaches, or `all` accept or reject, or (planned) a `style`.

    Lines that a first answer does not name are accepted; those that a later one does not name stay as they are.
    """
    is_first = order.state == "New"
    if order.state == "Closed" or (not is_first and "style" in action):
        raise ImpossibleError(f"{order.number} is {order.state}.")
    if action.get("lines") not in (None, ""):
        answers = _named_answers(order, action["lines"], at)
    else:
        style = action.get("style") or {"accept": "full", "reject": "reject"}.get(str(action.get("all", "")))
        if style not in ("full", "partial", "reject"):
            raise ImpossibleError('Say "all": "accept" or "reject", or give lines.')
        answers = _all_answers(world, order, style, at)
    for line in order.lines:
        if line.sequence in answers:
            line.answers.append(answers[line.sequence])
        elif is_first and line.amount:
            line.answers.append(_full_answer(line, at))
    settle(order, at)


def _full_answer(line: Line, at: int) -> Answer:
    return Answer(at, line.amount, 0, 0, "", line.cost, by="Vendor Central")


def _all_answers(world: World, order: Order, style: str, at: int) -> dict[str, Answer]:
    rng = rng_for(world, f"answer:{order.number}")
    answers = {}
    for line in order.lines:
        amount = line.amount
        accepted = amount
        if style == "reject" or (style == "partial" and rng.random() < 0.35):
            accepted = 0 if style == "reject" or amount < 2 else rng.randrange(amount)
        rest = amount - accepted
        later = rest if style == "partial" and line.may_backorder and rng.random() < 0.4 else 0
        reason = "TemporarilyUnavailable" if rest > later else ""
        if amount and not line.is_refused_for_good:
            answers[line.sequence] = Answer(at, accepted, later, rest - later, reason, line.cost, by="Vendor Central")
    return answers


def _named_answers(order: Order, lines: Any, at: int) -> dict[str, Answer]:
    """Answers as ``{"sequence", "accepted", "backordered", "rejected", "reason", "cost"}``; what they leave is rejected."""
    if not isinstance(lines, list) or not all(isinstance(entry, dict) for entry in lines):
        raise ImpossibleError("lines is a list of objects.")
    answers: dict[str, Answer] = {}
    for entry in lines:
        line = order.line(str(entry.get("sequence", "")))
        if line is None or not line.amount or line.is_refused_for_good or line.sequence in answers:
            raise ImpossibleError(f"{order.number} has no such line to answer: {entry.get('sequence')!r}.")
        eaches = [_integer(entry, name, 0) for name in ("accepted", "backordered", "rejected")]
        if min(eaches) < 0 or any(number % line.unit_size for number in eaches):
            raise ImpossibleError(f"Line {line.sequence} is answered in whole multiples of {line.unit_size}.")
        accepted, backordered, rejected = (number // line.unit_size for number in eaches)
        rest = line.amount - accepted - backordered - rejected
        if rest < 0:
            raise ImpossibleError(f"Line {line.sequence} has {line.amount * line.unit_size} eaches, not more.")
        if backordered and not line.may_backorder:
            raise ImpossibleError(f"Line {line.sequence} may not be back-ordered.")
        reason = str(entry.get("reason") or "TemporarilyUnavailable") if rejected + rest else ""
        cost = str(entry.get("cost") or line.cost)
        answers[line.sequence] = Answer(at, accepted, backordered, rejected + rest, reason, cost, by="Vendor Central")
    return answers


_ACTIONS: dict[str, _Handler] = {
    "change": _change,
    "cancel": _cancel,
    "restore": _restore,
    "receive": _receive,
    "close": _close,
    "answer": _answer,
    "lapse": _lapse,
    "expire": _expire,
}


# -- the plan ----------------------------------------------------------------------------------------------------------


def plan_changes(world: World, order: Order) -> list[Planned]:
    """What Amazon will change and cancel of its own accord: as often as the world's settings say; at last it gives up."""
    rng = rng_for(world, f"plan:{order.number}")
    plans = []
    if rng.random() < world.settings.changed_share:
        due = order.available_at + rng.randint(2, 96) * times.HOUR + rng.randrange(times.HOUR)
        change = rng.choices(list(CHANGES), (28, 26, 18, 8, 6, 8, 3, 3))[0]
        plans.append(Planned(due, 1, {"do": "change", "change": change}))
    if rng.random() < world.settings.cancelled_share:
        due = order.available_at + rng.randint(8, 120) * times.HOUR + rng.randrange(times.HOUR)
        plans.append(Planned(due, 2, {"do": "cancel"}))
    return [*plans, _plan_lapse(world, order)]


def _plan_lapse(world: World, order: Order) -> Planned:
    """When Amazon gives up on an answer: some days after the window, by more than a window is ever moved."""
    rng = rng_for(world, f"lapse:{order.number}")
    window = order.delivery_window or order.ship_window or (order.available_at, order.available_at + 7 * times.DAY)
    return Planned(window[1] + rng.randint(6 * 24, 9 * 24) * times.HOUR, 8, {"do": "lapse"})


def plan_receipts(world: World, order: Order, answered_at: int) -> list[Planned]:
    """How the confirmed goods will arrive: in one to three parts around the window's end; some never in full."""
    rng = rng_for(world, f"receipts:{order.number}")
    window = order.delivery_window or order.ship_window or (answered_at, answered_at + 7 * times.DAY)
    first = max(window[0] + 2 * times.DAY, answered_at + times.DAY)
    last = max(window[1] + 2 * times.DAY, first + times.DAY)
    parts = rng.choices((1, 2, 3), (60, 28, 12))[0]
    shares = [1.0] if parts == 1 else [0.5, 1.0] if parts == 2 else [0.4, 0.5, 1.0]
    moments = sorted(rng.randrange(first, last) for _ in shares)
    if rng.random() < world.settings.unshipped_share:
        # The last part never comes. Amazon cancels the rest a week later, or gives up after a month.
        if rng.random() < 0.5:
            shares, moments = shares[:-1], moments[:-1]
            plans = [Planned(last + 7 * times.DAY, 9, {"do": "expire"})]
        else:
            shares, moments = ([0.5], moments[:1]) if parts == 1 else (shares[:-1], moments[:-1])
            plans = [Planned(last + 30 * times.DAY, 9, {"do": "close"})]
    else:
        plans = []
    pairs = enumerate(zip(moments, shares, strict=True))
    return plans + [Planned(due, 3 + turn, {"do": "receive", "share": share}) for turn, (due, share) in pairs]


def _plan_answer(world: World, order: Order, now: int) -> list[Planned]:
    """How the vendor answered before we came: yesterday's orders and older ones have their answer, fresh ones wait."""
    rng = rng_for(world, f"vendor:{order.number}")
    age = now - order.available_at
    if rng.random() > (0.985 if age > 30 * times.HOUR else 0.35):
        return []
    due = order.available_at + rng.randint(1, 20) * times.HOUR + rng.randrange(times.HOUR)
    style = rng.choices(("full", "partial", "reject"), (80, 16, 4))[0]
    return [Planned(due, 0, {"do": "answer", "style": style})]


def plan_answer_elsewhere(world: World, order: Order) -> list[Planned]:
    """Somebody answers in Vendor Central what a client was meant to answer: as often as the world's settings say."""
    rng = rng_for(world, f"elsewhere:{order.number}")
    if rng.random() >= world.settings.answered_elsewhere_share:
        return []
    style = rng.choices(("full", "partial", "reject"), (70, 22, 8))[0]
    due = order.available_at + rng.randint(10, 20 * 60) * times.MINUTE
    return [Planned(due, 0, {"do": "answer", "style": style})]


def live(world: World, order: Order, now: int) -> list[Planned]:
    """Take an order made in the past through its life until now; returns what is still to come."""
    heap = [*plan_changes(world, order), *_plan_answer(world, order, now)]
    heapq.heapify(heap)
    while heap and heap[0].due_at <= now:
        planned = heapq.heappop(heap)
        try:
            apply(world, order, planned.action, planned.due_at)
        except ImpossibleError:
            continue  # overtaken by something earlier, as a receipt by a cancellation
        if planned.action["do"] == "answer" and order.state == "Acknowledged":
            for receipt in plan_receipts(world, order, planned.due_at):
                heapq.heappush(heap, receipt)
    return sorted(planned for planned in heap if planned.action["do"] != "answer")
