"""The second wall: the tenant travels with each statement, and PostgreSQL's row-level security reads it.

`SET LOCAL` is gone after each statement in autocommit, and outlives the scope inside a long transaction. So each
statement is sent as `SELECT set_config('app.tenant', '<id>', true); <statement>` in one message. One message is one
implicit transaction, so this holds in autocommit, in atomic blocks and behind a transaction-pooling proxy alike.
Outside every scope the empty tenant is sent, and the policies show no rows.

The owner's connection (migrations only) is left alone: it sees no tenant rows under forced row-level security.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection as default_connection
from django.db.backends.base.base import NO_DB_ALIAS, BaseDatabaseWrapper
from psycopg import sql as psycopg_sql

from acorn.tenancy.scope import find_tenant_id

OWNER_ALIAS = "owner"
_TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class NeedsTransaction(Exception):
    """COPY and executemany are several messages: outside `atomic` the tenant would be lost after the first."""


def _set_tenant_statement() -> str:
    tenant_id = find_tenant_id()
    value = "" if tenant_id is None else int(tenant_id)
    return f"SELECT set_config('app.tenant', '{value}', true)"


def carry_tenant(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Execute wrapper that puts the tenant in front of each statement."""
    cursor = context["cursor"].cursor
    if many:
        if not context["connection"].in_atomic_block:
            raise NeedsTransaction("executemany needs transaction.atomic()")
        cursor.execute(_set_tenant_statement())
        return execute(sql, params, many, context)
    if isinstance(sql, str):
        if sql.startswith(_TRANSACTION_CONTROL):
            return execute(sql, params, many, context)
        sql = f"{_set_tenant_statement()}; {sql}"
    else:
        sql = psycopg_sql.SQL("{}; {}").format(psycopg_sql.SQL(_set_tenant_statement()), sql)
    result = execute(sql, params, many, context)
    cursor.nextset()
    return result


def install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receiver of `connection_created`: every new connection but the owner's carries the tenant."""
    if connection.alias not in (OWNER_ALIAS, NO_DB_ALIAS) and carry_tenant not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, carry_tenant)


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table, normally a TEMP one: COPY into a table under row-level security is refused.

    Call inside `atomic` (NeedsTransaction otherwise). The table name and columns come from code, never from input.
    """
    if not default_connection.in_atomic_block:
        raise NeedsTransaction("COPY needs transaction.atomic()")
    statement = psycopg_sql.SQL("COPY {} ({}) FROM STDIN").format(
        psycopg_sql.Identifier(table), psycopg_sql.SQL(", ").join(map(psycopg_sql.Identifier, columns))
    )
    with default_connection.cursor() as cursor:
        cursor.execute(_set_tenant_statement())
        with cursor.cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
