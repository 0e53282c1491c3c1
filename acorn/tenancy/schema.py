"""Builds the walls in the database, from the models, after each migrate. Safe to repeat.

For every TenantModel: forced row-level security with one policy; `UNIQUE (tenant_id, id)` where it is referenced; a
composite foreign key for each TenantForeignKey; grants to the runtime role, without UPDATE and DELETE where a model
is append-only. It follows the models, so that no migration can forget a wall; tests/guards walks the catalogue.
"""

import hashlib
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from acorn.tenancy.db import OWNER_ALIAS
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import Tenant, TenantModel

_SCOPE = "(NULLIF(current_setting('app.tenant', true), '')::bigint)"


def list_tenant_models() -> list[type[TenantModel]]:
    """Every concrete model whose rows belong to one tenant."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel) and not model._meta.proxy]


def secure_schema(using: str = OWNER_ALIAS, **_: Any) -> None:
    """Receiver of `post_migrate`: makes the database match the models. Runs as the owner, in one transaction."""
    if using != OWNER_ALIAS:
        return
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for model in list_tenant_models():
            if model._meta.db_table in existing:
                _build_wall(cursor, model)
        _grant(connection, cursor, existing)


def wall_statements(table: str) -> list[str]:
    """Row-level security of one table, as SQL; also used for partitions, which do not inherit it."""
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS tenant_wall ON "{table}"',
        f'CREATE POLICY tenant_wall ON "{table}" USING (tenant_id = {_SCOPE}) WITH CHECK (tenant_id = {_SCOPE})',
    ]


def _build_wall(cursor: CursorWrapper, model: type[TenantModel]) -> None:
    table = model._meta.db_table
    cursor.execute(
        "SELECT relrowsecurity AND relforcerowsecurity AND EXISTS "
        "(SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = 'tenant_wall') "
        "FROM pg_class c WHERE oid = %s::regclass",
        [f'"{table}"'],
    )
    if not cursor.fetchone()[0]:
        for statement in wall_statements(table):
            cursor.execute(statement)
    references = [field for field in model._meta.local_fields if isinstance(field, TenantForeignKey)]
    for field in references:
        target = field.remote_field.model._meta.db_table
        _ensure(cursor, target, f"{target}_tenant_id_id_key", "UNIQUE (tenant_id, id)")
        _ensure(
            cursor, table, _constraint_name(table, field),
            f'FOREIGN KEY (tenant_id, "{field.column}") REFERENCES "{target}" (tenant_id, id) '
            "DEFERRABLE INITIALLY DEFERRED",
        )  # fmt: skip
    if not references:
        _ensure(
            cursor, table, f"{table}_tenant_fk",
            f'FOREIGN KEY (tenant_id) REFERENCES "{Tenant._meta.db_table}" (id) DEFERRABLE INITIALLY DEFERRED',
        )  # fmt: skip


def _constraint_name(table: str, field: models.Field) -> str:
    digest = hashlib.blake2b(f"{table}.{field.column}".encode(), digest_size=4).hexdigest()
    return f"{table[:40]}_{digest}_tenant_fk"


def _ensure(cursor: CursorWrapper, table: str, name: str, definition: str) -> None:
    cursor.execute("SELECT FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s", [f'"{table}"', name])
    if cursor.fetchone() is None:
        cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')


def _grant(connection: BaseDatabaseWrapper, cursor: CursorWrapper, existing: set[str]) -> None:
    """The runtime role reads and writes the models' tables, and nothing else: no partition, no migration history."""
    runtime = connection.ops.quote_name(settings.DATABASES["default"]["USER"])
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table not in existing or model._meta.proxy:
            continue
        append_only = getattr(model, "append_only", False)
        cursor.execute(f'REVOKE ALL ON "{table}" FROM {runtime}')
        cursor.execute(f'GRANT SELECT, INSERT{"" if append_only else ", UPDATE, DELETE"} ON "{table}" TO {runtime}')
        cursor.execute("SELECT pg_get_serial_sequence(%s, a.attname) FROM pg_attribute a "
                       "WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped", [f'"{table}"', f'"{table}"'])  # fmt: skip
        for (sequence,) in filter(all, cursor.fetchall()):
            cursor.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO {runtime}")
    cursor.execute(f"GRANT SELECT ON django_migrations TO {runtime}")
    cursor.execute("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = %s", [settings.DATABASE_BACKUP_ROLE])
    for (backup,) in cursor.fetchall():
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {backup}")
        cursor.execute(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {backup}")
        # partitions that are made between two migrations
        cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {backup}")
