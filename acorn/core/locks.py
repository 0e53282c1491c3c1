"""Advisory locks: one holder per name in the whole installation, released with the transaction."""

import hashlib

from django.db import connection


def try_transaction_lock(name: str) -> bool:
    """Take the lock for the rest of the current transaction, or return False at once. Call inside `atomic`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(name)])
        return bool(cursor.fetchone()[0])


def wait_for_transaction_lock(name: str) -> None:
    """Take the lock for the rest of the current transaction, after whoever has it now. Call inside `atomic`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(name)])


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
