"""What time it is on a connection: both ways, at every speed, and from a header that may hold anything."""

from datetime import UTC, datetime, timedelta

import pytest

from vendors import rules
from vendors.rules import WorldClock

REAL = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORLD = datetime(2027, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def clock(rate: float = 1.0, epoch: int = 1, world_at: datetime = WORLD) -> WorldClock:
    return WorldClock(REAL, world_at, rate, epoch)


@pytest.mark.parametrize("rate", [0.25, 1.0, 60.0, 10_000.0])
@pytest.mark.parametrize("passed", [-HOUR, timedelta(0), 3 * HOUR])
def test_there_and_back_is_where_it_began(rate: float, passed: timedelta) -> None:
    there = rules.to_world(clock(rate), REAL + passed)

    assert there == WORLD + passed * rate
    assert rules.to_real(clock(rate), there) == REAL + passed


def test_without_a_clock_time_is_real() -> None:
    assert rules.to_world(None, REAL) == REAL
    assert rules.to_real(None, REAL) == REAL


def test_a_clock_that_stands_never_shows_what_lies_ahead() -> None:
    assert rules.to_world(clock(0), REAL + HOUR) == WORLD
    assert rules.to_real(clock(0), WORLD + HOUR) is None
    assert rules.to_real(clock(0), WORLD) == REAL
    assert rules.to_real(clock(0), WORLD - HOUR) == REAL - HOUR


def test_the_end_of_time_is_no_crash() -> None:
    assert rules.to_world(clock(10_000), REAL + timedelta(days=400 * 365)).year == 9999
    assert rules.to_real(clock(0.0001), datetime(9999, 1, 1, tzinfo=UTC)) is None


def test_a_header_is_read() -> None:
    heard = rules.read_clock("2027-03-01T00:00:00.250Z; rate=0.5; epoch=1795435200000", at=REAL)

    assert heard == WorldClock(REAL, WORLD + timedelta(milliseconds=250), 0.5, 1795435200000)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "now",
        "2027-03-01T00:00:00.250Z",
        "2027-03-01T00:00:00.250Z; rate=; epoch=1",
        "2027-03-01T00:00:00.250Z; rate=-1; epoch=1",
        "2027-03-01T00:00:00.250Z; rate=10001; epoch=1",
        "2027-03-01T00:00:00.250Z; rate=1e400; epoch=1",
        "2027-03-01T00:00:00.250Z; rate=1..2; epoch=1",
        "2027-03-01T00:00:00.250Z; rate=1; epoch=99999999999999999999",
        "2027-13-01T00:00:00.250Z; rate=1; epoch=1",
        "2027-03-01T00:00:00.2500; rate=1; epoch=1",
        "0001-01-01T00:00:00.250+23:59; rate=1; epoch=1",
    ],
)
def test_nonsense_is_no_clock(header: str | None) -> None:
    assert rules.read_clock(header, at=REAL) is None


@pytest.mark.parametrize(
    ("known", "heard", "drifted"),
    [
        (None, clock(world_at=REAL + timedelta(seconds=1.9)), False),
        (None, clock(world_at=REAL - timedelta(seconds=2.1)), True),
        (None, clock(rate=2, world_at=REAL), True),
        (clock(), clock(), False),
        (clock(), clock(epoch=2), True),
        (clock(60), clock(60, world_at=WORLD + timedelta(seconds=14)), False),
        (clock(60), clock(60, world_at=WORLD + timedelta(seconds=16)), True),
        (clock(0), clock(0, world_at=WORLD + timedelta(seconds=3)), True),
    ],
)
def test_only_a_noticeable_difference_is_news(known: WorldClock | None, heard: WorldClock, drifted: bool) -> None:
    assert rules.has_drifted(known, heard) is drifted


def test_what_is_not_noticed_is_less_than_any_overlap() -> None:
    """The fastest clock may be misread by this much; windows overlap by an hour, so nothing falls between."""
    near, far = (clock(10_000, world_at=WORLD + timedelta(minutes=minutes)) for minutes in (41, 42))

    assert not rules.has_drifted(clock(10_000), near)
    assert rules.has_drifted(clock(10_000), far)


@pytest.mark.parametrize(("rate", "seconds"), [(0, 900), (0.5, 900), (1, 900), (60, 15), (100, 9), (10_000, 5)])
def test_scheduled_syncs_keep_the_clocks_pace(rate: float, seconds: int) -> None:
    assert rules.sync_interval(clock(rate), seconds=900) == seconds


def test_the_interval_is_never_longer_than_asked() -> None:
    assert rules.sync_interval(None, seconds=900) == 900
    assert rules.sync_interval(clock(10_000), seconds=3) == 3
