"""Pure decisions: which window a sync reads next, how its run ends, how healthy a connection is, what time it is there;
how a document may move, and when it is looked at."""

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from vendors.types import Health, SubmissionState, SyncState, UnknownPolicy

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


# --- what time it is on a connection ----------------------------------------------------------------------------------

_CLOCK = re.compile(r"([^;]{20,35}); rate=([\d.e+-]{1,24}); epoch=(\d{1,18})", re.ASCII)
_FASTEST = 10_000
# Answers take a moment to arrive: what may lie between two readings of one clock, in its own time and in ours.
_WORLD_TOLERANCE = timedelta(seconds=2)
_REAL_TOLERANCE = timedelta(seconds=0.25)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WorldClock:
    """A simulated world's clock: it showed `world_at` at the real instant `real_at`, and runs `rate` times as fast.

    A rate of 0 is a clock that stands. `epoch` is another one after the clock was set back: times read before it mean
    nothing any more. Where there is None instead of a clock, time is real.
    """

    real_at: datetime
    world_at: datetime
    rate: float
    epoch: int


def read_clock(header: str | None, *, at: datetime) -> WorldClock | None:
    """The clock that an answer, received at the real instant `at`, says its world has; None where it says none, or nonsense."""
    match = _CLOCK.fullmatch(header or "")
    if match is None:
        return None
    try:
        world_at, rate = datetime.fromisoformat(match[1]), float(match[2])
    except ValueError:
        return None
    if world_at.tzinfo is None or not 1900 < world_at.year < 9000 or not 0 <= rate <= _FASTEST:
        return None
    return WorldClock(at, world_at.astimezone(UTC), rate, int(match[3]))


def to_world(clock: WorldClock | None, instant: datetime) -> datetime:
    """What a world's clock shows at a real instant; at the end of time it stands still."""
    if clock is None:
        return instant
    try:
        return clock.world_at + (instant - clock.real_at) * clock.rate
    except OverflowError:
        return _END_OF_TIME


def to_real(clock: WorldClock | None, instant: datetime) -> datetime | None:
    """When a world's clock shows, or showed, an instant; None if it never will: the clock stands, or nearly.

    What lies before the time at which a clock stands was as long ago as that time says.
    """
    if clock is None:
        return instant
    ahead = instant - clock.world_at
    try:
        if clock.rate == 0:
            return clock.real_at + ahead if ahead <= timedelta(0) else None
        return clock.real_at + ahead / clock.rate
    except OverflowError:
        return None


def has_drifted(known: WorldClock | None, heard: WorldClock) -> bool:
    """Whether a clock shows noticeably another time than what is known of it would say, or runs at another speed."""
    rate = 1.0 if known is None else known.rate
    if rate != heard.rate or (known is not None and known.epoch != heard.epoch):
        return True
    tolerance = max(_WORLD_TOLERANCE, _REAL_TOLERANCE * rate)
    return abs(to_world(known, heard.real_at) - heard.world_at) > tolerance


def sync_interval(clock: WorldClock | None, *, seconds: int, shortest: int = 5) -> int:
    """Real seconds between two syncs that are `seconds` apart by the connection's clock; never more than that many."""
    rate = 1.0 if clock is None else max(clock.rate, 1.0)
    return min(seconds, max(shortest, round(seconds / rate)))


# --- how a run ends ---------------------------------------------------------------------------------------------------


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


_S = SubmissionState
SUBMISSION_MOVES: Mapping[SubmissionState, frozenset[SubmissionState]] = {
    # what may follow what; staying where it is, with news, is always allowed
    _S.DRAFT: frozenset({_S.HELD, _S.READY, _S.CANCELLED, _S.SUPERSEDED}),
    _S.HELD: frozenset({_S.READY, _S.CANCELLED, _S.SUPERSEDED}),
    _S.READY: frozenset({_S.SENDING, _S.HELD, _S.FAILED, _S.CANCELLED, _S.SUPERSEDED}),
    _S.SENDING: frozenset({_S.SENT, _S.READY, _S.REJECTED, _S.FAILED, _S.UNKNOWN}),
    _S.UNKNOWN: frozenset({_S.SENT, _S.READY, _S.REJECTED, _S.FAILED, _S.VERIFIED, _S.SUPERSEDED}),
    _S.SENT: frozenset({_S.PROCESSING, _S.PRESUMED_ACCEPTED, _S.VERIFIED, _S.REJECTED, _S.SUPERSEDED}),
    _S.PROCESSING: frozenset({_S.PRESUMED_ACCEPTED, _S.VERIFIED, _S.REJECTED, _S.SUPERSEDED}),
    _S.PRESUMED_ACCEPTED: frozenset({_S.VERIFIED, _S.REJECTED, _S.SUPERSEDED}),
    _S.VERIFIED: frozenset(),
    # a person may send them again; a newer document takes their place
    _S.REJECTED: frozenset({_S.READY, _S.SUPERSEDED}),
    _S.FAILED: frozenset({_S.READY, _S.CANCELLED, _S.SUPERSEDED}),
    _S.CANCELLED: frozenset(),
    _S.SUPERSEDED: frozenset(),
}
# it has not left: a newer document takes its place
UNSENT = (_S.DRAFT, _S.HELD, _S.READY)
# it may be on its way: a newer document waits
IN_FLIGHT = (_S.SENDING, _S.UNKNOWN)
# Amazon has it, and has not refused it
TAKEN = (_S.SENT, _S.PROCESSING, _S.PRESUMED_ACCEPTED, _S.VERIFIED)

# The same body leaves again so often after an unknown outcome; then a person decides.
_RESENDS = {
    UnknownPolicy.RESEND_SAME: 3,
    UnknownPolicy.READ_THEN_SAME_ID: 1,
    UnknownPolicy.READ_THEN_REPLACE: 0,
    UnknownPolicy.PERSON: 0,
}


def may_move(before: SubmissionState, after: SubmissionState) -> bool:
    """Whether a document in one state may come into the other."""
    return after in SUBMISSION_MOVES[before]


def may_resend(policy: UnknownPolicy, resends: int) -> bool:
    """Whether the same body may leave once more, Amazon's records having said nothing for long enough."""
    return resends < _RESENDS[policy]


def poll_pause(age: timedelta, *, is_presumed: bool) -> timedelta | None:
    """How long until Amazon is asked again what became of a document sent so long ago; None: not any more.

    Until it is presumed accepted within 20 seconds and then every 45; afterwards now and then for a day, since a refusal
    may come late.
    """
    if not is_presumed:
        return timedelta(seconds=20 if age < timedelta(minutes=2) else 45)
    if age < timedelta(hours=1):
        return timedelta(minutes=5)
    return timedelta(hours=1) if age < timedelta(days=1) else None
