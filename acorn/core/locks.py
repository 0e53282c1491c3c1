"""Advisory locks: one holder per name in the whole installation, released with the transaction."""

import hashlib

from django.db import connection


def try_transaction_lock(name: str) -> bool:
    """Take the lock for the rest of the current transaction, or return False at once. Call inside `atomic`."""
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])
