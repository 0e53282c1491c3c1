"""Deleting everything a company ever stored, audit trail included. Only the owner of the tables can."""

from django.core.files.storage import default_storage
from django.db import connections, transaction

from acorn.tenancy.db import OWNER_ALIAS
from acorn.tenancy.models import Tenant
from acorn.tenancy.schema import list_tenant_models


def erase_rows(tenant: Tenant) -> dict[str, int]:
    """Delete every row of the tenant in every tenant table and say how many there were in each.

    One transaction of the owner's connection: all or nothing. Constraints are checked at its end, so that the order of
    the tables does not matter. The platform's own rows about the tenant are the caller's.
    """
    counts: dict[str, int] = {}
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # forced row-level security holds for the owner too: this transaction works for this tenant and no other
        cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(tenant.pk)])
        for model in list_tenant_models():
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE tenant_id = %s', [tenant.pk])  # noqa: S608 -- a name of ours
            counts[model._meta.label] = cursor.rowcount
    return counts


def erase_files(paths: list[str]) -> None:
    """Delete stored files. Safe to repeat: a file that is gone already is fine."""
    for path in paths:
        default_storage.delete(path)
