"""Pure decisions of a sync, every branch."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from vendors import rules
from vendors.rules import Window
from vendors.types import Health, SyncState

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_first_pull_begins_six_calendar_months_back() -> None:
    window = rules.next_window(None, until=NOW, overlap=HOUR)

    assert window == Window(datetime(2026, 5, 23, 12, tzinfo=UTC), datetime(2026, 5, 30, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("until", "earliest"),
    [((2026, 8, 31), (2026, 2, 28)), ((2026, 1, 15), (2025, 7, 15)), ((2024, 8, 29), (2024, 2, 29))],
)
def test_six_months_end_where_a_month_is_shorter(until: tuple[int, int, int], earliest: tuple[int, int, int]) -> None:
    assert rules.earliest_for(datetime(*until, tzinfo=UTC)) == datetime(*earliest, tzinfo=UTC)


def test_windows_cover_everything_with_overlap_and_none_is_too_long() -> None:
    windows = list(rules.windows_left(None, until=NOW, overlap=HOUR))

    assert windows[-1].ends_at == NOW
    assert all(window.ends_at - window.starts_at <= rules.LONGEST_WINDOW for window in windows)
    assert all(after.starts_at == before.ends_at - HOUR for before, after in itertools.pairwise(windows))


def test_proven_ground_needs_no_window() -> None:
    assert rules.next_window(NOW, until=NOW, overlap=HOUR) is None
    assert rules.next_window(NOW + HOUR, until=NOW, overlap=HOUR) is None
    assert rules.next_window(NOW - HOUR, until=NOW, overlap=HOUR) == Window(NOW - 2 * HOUR, NOW)


def test_a_long_sleep_begins_where_amazon_still_has_something() -> None:
    window = rules.next_window(NOW - 400 * DAY, until=NOW, overlap=HOUR)

    assert window is not None
    assert window.starts_at == rules.earliest_for(NOW)


def test_halves_end_before_they_stop_making_progress() -> None:
    window: Window | None = Window(NOW - 7 * DAY, NOW)
    lengths = []
    while window:
        lengths.append(window.ends_at - window.starts_at)
        window = rules.half(window, overlap=HOUR)

    assert lengths[0] == 7 * DAY
    assert lengths[-1] >= 2 * HOUR


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([], "SUCCEEDED"), (["QUEUED", "QUEUED"], "QUEUED"), (["QUEUED", "SUCCEEDED"], "RUNNING"),
        (["RUNNING", "FAILED"], "RUNNING"), (["SUCCEEDED", "SUCCEEDED"], "SUCCEEDED"), (["FAILED"], "FAILED"),
        (["SUCCEEDED", "PARTIAL"], "PARTIAL"), (["SUCCEEDED", "FAILED"], "PARTIAL"), (["PARTIAL"], "PARTIAL"),
    ],
)  # fmt: skip
def test_a_run_stands_as_its_steps_do(steps: list[str], state: str) -> None:
    assert rules.run_state([SyncState(step) for step in steps]) == state


@pytest.mark.parametrize(
    ("steps", "health"),
    [
        (["SUCCEEDED", "PARTIAL"], Health.OK), (["FAILED", "SUCCEEDED"], Health.DEGRADED),
        (["FAILED", "FAILED"], Health.FAILING),
    ],
)  # fmt: skip
def test_findings_are_no_illness_of_the_connection(steps: list[str], health: Health) -> None:
    assert rules.health_after([SyncState(step) for step in steps]) == health


@pytest.mark.parametrize(("before", "today", "silent"), [(20, 0, True), (19, 0, False), (500, 1, False), (0, 0, False)])
def test_silence_is_suspicious_after_a_busy_day(before: int, today: int, silent: bool) -> None:
    assert rules.has_fallen_silent(before, today) is silent
