"""What PostgreSQL says of an instant is what Python gets."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection


def _read(text: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT '{text}'::timestamptz")
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23 20:45:01.123456+00", datetime(2026, 11, 23, 20, 45, 1, 123456, UTC)),
        ("2026-11-23 20:45:01.5Z", datetime(2026, 11, 23, 20, 45, 1, 500_000, UTC)),
        ("2026-11-23 20:45:01.00001Z", datetime(2026, 11, 23, 20, 45, 1, 10, UTC)),
        ("2026-11-23 20:45+05:45", datetime(2026, 11, 23, 15, 0, 0, 0, UTC)),
        ("0001-01-01 00:00Z", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999Z", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_to_the_microsecond(text: str, instant: datetime) -> None:
    found = _read(text)

    assert found == instant
    assert found.tzinfo is UTC


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["infinity", "-infinity", "0044-03-15 12:00 BC", "10000-01-01"])
def test_an_instant_that_python_lacks_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        _read(text)
