"""Pure decisions of a sync: which window is next, how a run ends, how healthy a connection is."""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from vendors.types import Health, SyncState

# Amazon refuses ranges above 7 days, and shows 6 months of history.
LONGEST_WINDOW = timedelta(days=7)
# A window whose page tokens keep dying is read in halves, down to this length.
SHORTEST_WINDOW = timedelta(minutes=1)
HISTORY_MONTHS = 6
# New rows in a day, after which a day with none is worth a look.
MANY_ROWS = 20


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that is asked for at once, read from its first page to its last."""

    starts_at: datetime
    ends_at: datetime


def months_before(instant: datetime, months: int) -> datetime:
    """The same day and time, calendar months earlier; the month's last day where it is shorter."""
    year, month = divmod(instant.year * 12 + instant.month - 1 - months, 12)
    return instant.replace(year=year, month=month + 1, day=min(instant.day, calendar.monthrange(year, month + 1)[1]))


def earliest_for(until: datetime) -> datetime:
    """Where a first pull begins: as far back as Amazon shows."""
    return months_before(until, HISTORY_MONTHS)


def first_kept_day(now: datetime, *, months: int) -> date:
    """The first day of exchanges that are kept: that of the month `months` before this one."""
    return months_before(now, months).date().replace(day=1)


def next_window(proven_until: datetime | None, *, until: datetime, overlap: timedelta) -> Window | None:
    """The next window towards `until`, or None when all of it is proven. Without proven ground it begins 6 months back."""
    earliest = earliest_for(until)
    start = earliest if proven_until is None else max(proven_until - overlap, earliest)
    if proven_until is not None and proven_until >= until:
        return None
    return Window(start, min(start + LONGEST_WINDOW, until))


def windows_left(proven_until: datetime | None, *, until: datetime, overlap: timedelta) -> Iterator[Window]:
    """Every window that is still to be read, in order."""
    while window := next_window(proven_until, until=until, overlap=overlap):
        yield window
        proven_until = window.ends_at


def half(window: Window, *, overlap: timedelta) -> Window | None:
    """The first half of a window whose page token died, so that the next try needs fewer pages.

    None if it would be too short to get beyond the overlap of the window after it.
    """
    length = (window.ends_at - window.starts_at) / 2
    long_enough = length >= SHORTEST_WINDOW and length >= 2 * overlap
    return Window(window.starts_at, window.starts_at + length) if long_enough else None


def run_state(steps: Sequence[SyncState]) -> SyncState:
    """How a run stands, from how its steps stand."""
    kinds = set(steps)
    if SyncState.RUNNING in kinds or (SyncState.QUEUED in kinds and len(kinds) > 1):
        return SyncState.RUNNING
    if len(kinds) == 1:
        return kinds.pop()
    return SyncState.PARTIAL if kinds else SyncState.SUCCEEDED


def health_after(steps: Sequence[SyncState]) -> Health:
    """What the end of a run says about its connection: findings in rows are no illness of the connection."""
    failed = [state == SyncState.FAILED for state in steps]
    if not any(failed):
        return Health.OK
    return Health.FAILING if all(failed) else Health.DEGRADED


def has_fallen_silent(before: int, today: int) -> bool:
    """Whether no new rows in a day are suspicious, after so many the day before."""
    return today == 0 and before >= MANY_ROWS
