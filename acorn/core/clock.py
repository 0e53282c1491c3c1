"""The one clock. Entry points read it and pass `now` down; domain code never calls it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)
