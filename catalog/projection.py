"""What is there, promised and coming, day by day: pure arithmetic, in eaches.

Goods that arrive on a day can be promised for the days after it.
"""

from collections.abc import Iterable
from datetime import date

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
