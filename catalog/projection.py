"""What is there, promised and coming, day by day: pure arithmetic, in eaches.

Goods that arrive on a day can be promised for the days after it.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

Dated = tuple[date, int]


def arriving_before(inbound: Iterable[Dated], day: date | None) -> int:
    """What arrives before a day; nothing without one."""
    return sum(quantity for on, quantity in inbound if day is not None and on < day)


def find_shortage(on_hand: int, promised: Iterable[tuple[date | None, int]], inbound: Iterable[Dated]) -> int:
    """How much more is promised than there will be, on the worst day on which something is needed; 0 if all is covered.

    A promise without a day is needed now.
    """
    coming = tuple(inbound)
    needed = 0
    worst = 0
    for day, quantity in sorted(promised, key=lambda promise: promise[0] or date.min):
        needed += quantity
        worst = max(worst, needed - on_hand - arriving_before(coming, day))
    return worst


class Day(NamedTuple):
    """One day: what arrives and what has to leave on it, what lies there when it ends, what can be promised for it."""

    on: date
    arrives: int
    leaves: int
    on_hand: int
    available: int


def project(
    today: date,
    days: int,
    *,
    on_hand: int,
    kept_back: int,
    promised: Iterable[tuple[date | None, int]],
    inbound: Iterable[Dated],
) -> list[Day]:
    """The next days, today first. What is late, coming or going, is taken for today; promises without a day leave today.

    `kept_back` is the safety buffer. Available is what a new promise for that day could have: on hand - promised -
    buffer + inbound before it.
    """
    going: Counter[date] = Counter()
    for day, quantity in promised:
        going[max(day or today, today)] += quantity
    arriving = list(inbound)
    coming: Counter[date] = Counter()
    for day, quantity in arriving:
        coming[max(day, today)] += quantity
    free = on_hand - going.total() - kept_back
    found = []
    for number in range(days):
        day = today + timedelta(days=number)
        on_hand += coming[day] - going[day]
        found.append(Day(day, coming[day], going[day], on_hand, free + arriving_before(arriving, day)))
    return found
