"""Every table belongs to a tenant and is walled in PostgreSQL, or stands here with the reason why not."""

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, models, transaction

from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import Tenant, TenantModel
from acorn.tenancy.schema import list_tenant_models

# design 7.4: cross-tenant by nature, without row-level security, read by named functions only
PLATFORM = {
    "tenancy.Tenant": "the list of companies itself",
    "accounts.User": "a person may belong to several companies",
    "accounts.Membership": "read to find out which companies a person has",
    "accounts.Invitation": "read before its reader belongs to the company",
    "accounts.ApiToken": "read to find out which company asks",
    "jobs.Job": "workers read it before they know a tenant; holds ids only",
}
FOREIGN_APPS = {"auth", "contenttypes", "sessions", "account", "mfa", "usersessions"}  # Django's and allauth's own
OURS = [model for model in apps.get_models() if model._meta.app_label not in FOREIGN_APPS]
TENANT_MODELS = list_tenant_models()
_NAMES = [model._meta.label for model in TENANT_MODELS]


def _rows(sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_the_guard_looks_at_something() -> None:
    assert len(TENANT_MODELS) > 10


def test_every_model_belongs_to_a_tenant_or_has_a_reason() -> None:
    loose = {model._meta.label for model in OURS if not issubclass(model, TenantModel)}

    assert loose == set(PLATFORM)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=_NAMES)
def test_related_lookups_use_the_manager_that_fails_closed(model: Any) -> None:
    assert model._meta.base_manager_name == "objects", "let its Meta inherit TenantModel.Meta"
    assert model._meta.default_manager_name in (None, "objects")
    assert [manager.name for manager in model._meta.managers] == ["objects"]


@pytest.mark.parametrize("model", TENANT_MODELS, ids=_NAMES)
def test_references_between_tenant_rows_are_tenant_foreign_keys(model: Any) -> None:
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and field.remote_field.model is not Tenant:
            target: Any = field.remote_field.model
            assert isinstance(field, TenantForeignKey) == issubclass(target, TenantModel), field.name
            assert not issubclass(target, TenantModel) or not field.db_constraint
    assert not model._meta.local_many_to_many, "a hidden table has no tenant"


@pytest.mark.parametrize("model", TENANT_MODELS, ids=_NAMES)
def test_unique_constraints_begin_with_the_tenant_or_are_opaque(model: Any) -> None:
    for field in model._meta.local_fields:
        opaque = field.primary_key or field.name == "public_id"
        assert opaque or not field.unique, f"{field.name}: another tenant's value would be found out"
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            fields = constraint.fields or [getattr(e, "name", "") for e in constraint.expressions]
            names = set(fields)
            parents = {f.name for f in model._meta.local_fields if isinstance(f, TenantForeignKey)}
            assert names & ({"tenant", "public_id"} | parents), constraint.name


@pytest.mark.parametrize("model", TENANT_MODELS, ids=_NAMES)
def test_table_has_a_forced_wall(db: None, model: Any) -> None:
    table = model._meta.db_table
    ((enabled, forced),) = _rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [f'"{table}"']
    )
    assert (enabled, forced) == (True, True)
    policies = _rows(
        "SELECT polname, polcmd, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) "
        "FROM pg_policy WHERE polrelid = %s::regclass", [f'"{table}"'],
    )  # fmt: skip
    assert len(policies) == 1, "a second permissive policy would open the wall"
    name, command, _permissive, using, check = policies[0]
    assert (name, command) == ("tenant_wall", "*")
    assert using == check
    assert "app.tenant" in using


@pytest.mark.parametrize("model", TENANT_MODELS, ids=_NAMES)
def test_foreign_keys_in_the_database_carry_the_tenant(db: None, model: Any) -> None:
    found = _rows(
        "SELECT (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(att, n) "
        "  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.att), c.confrelid::regclass::text, c.condeferrable "
        "FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND c.conparentid = 0",
        [f'"{model._meta.db_table}"'],
    )
    tenant_tables = {other._meta.db_table for other in TENANT_MODELS}
    for columns, target, deferrable in found:
        if target.strip('"') in tenant_tables:
            assert columns[0] == "tenant_id", f"{columns} may point into another tenant"
            assert deferrable
    composite = {tuple(columns) for columns, _target, _deferrable in found if len(columns) == 2}
    for field in model._meta.local_fields:
        if isinstance(field, TenantForeignKey):
            assert ("tenant_id", field.column) in composite, field.name
    assert any(columns[0] == "tenant_id" for columns, _target, _deferrable in found), (
        "nothing proves that the tenant exists"
    )


def test_partitions_have_their_own_wall_and_no_grants(db: None) -> None:
    partitions = _rows(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, "
        "  has_table_privilege(current_user, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') "
        "FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'"
    )
    assert [name for name, walled, _reachable in partitions if not walled] == []
    assert [name for name, _walled, reachable in partitions if reachable] == []


def test_runtime_role_reaches_the_models_tables_only(db: None) -> None:
    reachable = _rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace "
        "AND has_table_privilege(current_user, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"
    )
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"django_migrations"}

    assert sorted({name for (name,) in reachable} - known) == []
    truncatable = _rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace "
        "AND has_table_privilege(current_user, oid, 'TRUNCATE')"
    )
    assert truncatable == []


@pytest.mark.parametrize(
    "model", [model for model in TENANT_MODELS if model.append_only], ids=lambda model: model.__name__
)
@pytest.mark.parametrize("statement", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}", "TRUNCATE {}"])
def test_append_only_table_refuses_the_runtime_role(tenant: Tenant, model: Any, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(model._meta.db_table))


def test_audit_is_append_only() -> None:
    assert {model._meta.label for model in TENANT_MODELS if model.append_only} >= {"audit.AuditEvent"}


def test_security_definer_functions_are_few_and_named(db: None) -> None:
    found = _rows(
        "SELECT p.proname, p.proconfig FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE p.prosecdef AND n.nspname = 'public'"
    )
    # vendors/partitions.py: makes and drops the months of the exchanges, which the runtime role may not
    assert all("exchange" in name for name, _config in found), found
    assert all(config and any(setting.startswith("search_path=") for setting in config) for _name, config in found)


def test_tests_run_as_the_role_of_production(db: None) -> None:
    ((user,),) = _rows("SELECT current_user")
    assert user == settings.DATABASES["default"]["USER"] != settings.DATABASES["owner"]["USER"]
