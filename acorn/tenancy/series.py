"""A company's own running numbers: of shipments, of invoices."""

from django.db import connection

from acorn.tenancy.scope import current_tenant_id

# one statement that locks the row until the caller's transaction ends: nobody else gets these numbers, none is left out
_NEXT = """
INSERT INTO tenancy_numberseries AS series (tenant_id, name, last) VALUES (%s, %s, %s)
ON CONFLICT (tenant_id, name) DO UPDATE SET last = series.last + excluded.last
RETURNING last
"""


def next_numbers(name: str, count: int = 1) -> range:
    """The next `count` numbers of a series, which begins at 1 with its first use.

    In the caller's transaction: without gaps and never twice, since a transaction that is rolled back gives its numbers
    back; others that want one wait for it. Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"{count} numbers of {name}")
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [current_tenant_id(), name, count])
        (last,) = cursor.fetchone()
    return range(last - count + 1, last + 1)
