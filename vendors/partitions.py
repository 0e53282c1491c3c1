"""Exchanges are kept by month, and dropped by month. The functions belong to the owner; the runtime role may call them."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, connections

from acorn.tenancy.db import OWNER_ALIAS

MONTHS_AHEAD = 3
_FUNCTIONS = ("make_exchange_partitions(integer)", "drop_exchange_partitions(date)")


def make_partitions(months_ahead: int = MONTHS_AHEAD) -> int:
    """Make last month's to `months_ahead` months' partitions, as far as missing; returns how many. Safe to repeat."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT make_exchange_partitions(%s)", [months_ahead])
        return int(cursor.fetchone()[0])


def drop_partitions(before: date) -> int:
    """Drop the months that ended before this day, exchanges and all; returns how many. Safe to repeat.

    The function refuses to drop the current month or the one before it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT drop_exchange_partitions(%s)", [before])
        return int(cursor.fetchone()[0])


def prepare(using: str = OWNER_ALIAS, **_: Any) -> None:
    """Receiver of `post_migrate`: lets the runtime role call the functions, and makes the first months."""
    if using != OWNER_ALIAS:
        return
    owner = connections[using]
    runtime = owner.ops.quote_name(settings.DATABASES["default"]["USER"])
    with owner.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure(%s)", [_FUNCTIONS[0]])
        if cursor.fetchone()[0] is None:  # migrated backwards
            return
        for function in _FUNCTIONS:
            cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {runtime}")
        cursor.execute("SELECT make_exchange_partitions(%s)", [MONTHS_AHEAD])
