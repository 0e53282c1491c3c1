"""Instants are integer milliseconds since 1970 in UTC; this file turns them into Amazon's text and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# The years 1 to 9999, in UTC, which text can tell.
_FIRST, _AFTER = -62_135_596_800_000, 253_402_300_800_000

_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?(Z|z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def text(ms: int) -> str:
    """RFC 3339 in UTC: whole seconds where they are whole, else three digits, as Amazon mixes both."""
    moment = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{moment}.{ms % 1000:03d}Z" if ms % 1000 else f"{moment}Z"


def text_with_millis(ms: int) -> str:
    """The status operation's way: always three digits."""
    moment = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{moment}.{ms % 1000:03d}Z"


def interval(window: tuple[int, int]) -> str:
    """A ship or delivery window: start and end joined by two hyphens."""
    return f"{text(window[0])}--{text(window[1])}"


def parse(value: str) -> int:
    """Milliseconds of an ISO 8601 date and time; a value without a zone counts as UTC. Raises ValueError."""
    match = _INSTANT.fullmatch(value.strip())
    if match is None:
        raise ValueError(value)
    day, clock, fraction, zone = match.groups()
    if clock.count(":") == 1:
        clock += ":00"
    zone = "+00:00" if zone in (None, "Z", "z") else zone
    if ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    moment = datetime.fromisoformat(f"{day}T{clock}{zone}")
    instant = int(moment.timestamp()) * 1000 + int((fraction or "0").ljust(3, "0")[:3])
    if not _FIRST <= instant < _AFTER:
        raise ValueError(value)
    return instant


def is_date_only(value: str) -> bool:
    """A bare date, which Amazon takes without complaint and then does not use."""
    return _DATE.fullmatch(value.strip()) is not None


def compact(ms: int) -> str:
    """The stamp that opens one of the two layouts of transaction ids: ``20190827182357``."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y%m%d%H%M%S")


def start_of_day(ms: int) -> int:
    return ms - ms % DAY
