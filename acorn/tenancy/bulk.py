"""Many rows in a few statements: by COPY into a temporary table, and from there by one INSERT or UPDATE.

For imports of whole tables, where `bulk_create` takes its time and `bulk_update` for ever. Both run in the caller's
transaction, and the company's wall stands: the rows get the tenant of the scope, and a row of another is never touched.
"""

from collections.abc import Sequence

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from acorn.tenancy.db import copy_rows
from acorn.tenancy.models import TenantModel

_TENANT = "current_setting('app.tenant')::bigint"


def insert_many(rows: Sequence[TenantModel], *, ignore_conflicts: bool = False) -> None:
    """Insert new rows of one model; their keys are not read back. Raises IntegrityError as an INSERT does."""
    if not rows:
        return
    for row in rows:
        row.check_tenant()
    fields = [
        field
        for field in _fields(rows[0])
        if not field.primary_key and not isinstance(getattr(rows[0], field.attname), DatabaseDefault)
    ]
    columns = _list(fields)
    conflicts = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    _run(
        rows,
        fields,
        f'INSERT INTO "{rows[0]._meta.db_table}" (tenant_id, {columns}) SELECT {_TENANT}, {columns} FROM %s{conflicts}',  # noqa: S608 -- names from code
    )


def update_many(rows: Sequence[TenantModel], names: Sequence[str]) -> None:
    """Write these fields of rows that were read, and locked, in this transaction. Raises IntegrityError."""
    if not rows:
        return
    for row in rows:
        row.check_tenant()
    wanted = [field for field in _fields(rows[0]) if field.primary_key or field.name in names]
    changes = ", ".join(f'"{field.column}" = n."{field.column}"' for field in wanted if not field.primary_key)
    _run(
        rows,
        wanted,
        f'UPDATE "{rows[0]._meta.db_table}" o SET {changes} FROM %s n WHERE o.id = n.id AND o.tenant_id = {_TENANT}',  # noqa: S608
    )


def _run(rows: Sequence[TenantModel], fields: Sequence[models.Field], statement: str) -> None:
    table = rows[0]._meta.db_table
    temporary = f"bulk_{table}"[:63]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {temporary}")
        cursor.execute(
            f'CREATE TEMP TABLE {temporary} ON COMMIT DROP AS SELECT {_list(fields)} FROM "{table}" WITH NO DATA'  # noqa: S608
        )
        copy_rows(
            temporary,
            [str(field.column) for field in fields],
            ([field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows),
        )
        cursor.execute(statement.replace("%s", temporary))
        cursor.execute(f"DROP TABLE {temporary}")


def _fields(row: TenantModel) -> list[models.Field]:
    return [field for field in row._meta.concrete_fields if field.name != "tenant"]


def _list(fields: Sequence[models.Field]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)
