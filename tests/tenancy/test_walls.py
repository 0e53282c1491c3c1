"""Attacks on law 3: a tenant sees only its own, whatever the code forgets."""

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from acorn.tenancy.db import NeedsTransaction, copy_rows
from acorn.tenancy.models import Tenant, TenantSetting
from acorn.tenancy.scope import NoActiveTenant, WrongTenant, no_tenant_scope, tenant_scope


def _raw_keys() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM tenancy_tenantsetting ORDER BY key")
        return [key for (key,) in cursor.fetchall()]


@pytest.fixture
def one_row_each(tenant: Tenant, other_tenant: Tenant) -> None:
    TenantSetting.objects.create(key="mine", value=1)
    with tenant_scope(other_tenant.pk):
        TenantSetting.objects.create(key="theirs", value=2)


def test_manager_raises_without_a_scope(one_row_each: None) -> None:
    with no_tenant_scope():
        for use in (
            lambda: TenantSetting.objects.all(),
            lambda: TenantSetting.objects.exists(),
            lambda: TenantSetting.objects.create(key="x", value=1),
            lambda: TenantSetting.objects.bulk_create([TenantSetting(tenant_id=1, key="x", value=1)]),
            lambda: TenantSetting(tenant_id=1, key="x", value=1).save(),
            lambda: TenantSetting._base_manager.count(),
        ):
            with pytest.raises(NoActiveTenant):
                use()


def test_raw_sql_sees_only_the_active_tenant(one_row_each: None, other_tenant: Tenant) -> None:
    assert _raw_keys() == ["mine"]
    with tenant_scope(other_tenant.pk):
        assert _raw_keys() == ["theirs"]
    with no_tenant_scope():
        assert _raw_keys() == []
    assert _raw_keys() == ["mine"]


@pytest.mark.django_db(transaction=True)
def test_raw_sql_in_autocommit_sees_only_the_active_tenant() -> None:
    acme = Tenant.objects.create(slug="acme", name="Acme")
    with tenant_scope(acme.pk):
        TenantSetting.objects.create(key="mine", value=1)
        assert _raw_keys() == ["mine"]
    assert _raw_keys() == []
    with transaction.atomic(durable=True):
        with tenant_scope(acme.pk):
            assert _raw_keys() == ["mine"]
        assert _raw_keys() == [], "the tenant outlived its scope inside one transaction"


@pytest.mark.django_db(transaction=True)
def test_nothing_stays_behind_on_the_connection() -> None:
    """A transaction-pooling proxy hands the connection to somebody else after each transaction."""
    acme = Tenant.objects.create(slug="acme", name="Acme")

    def left_behind() -> str | None:
        row = connection.connection.execute("SELECT current_setting('app.tenant', true)").fetchone()
        return row[0] or None

    with tenant_scope(acme.pk):
        TenantSetting.objects.create(key="mine", value=1)
        assert left_behind() is None
        with transaction.atomic():
            assert _raw_keys() == ["mine"]
        assert left_behind() is None


def test_raw_update_and_delete_of_a_stranger_change_nothing(one_row_each: None, other_tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tenancy_tenantsetting SET value = '9' WHERE key = 'theirs'")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM tenancy_tenantsetting WHERE key = 'theirs'")
        assert cursor.rowcount == 0

    with tenant_scope(other_tenant.pk):
        assert TenantSetting.objects.get().value == 2


def test_writing_a_row_of_a_stranger_is_refused(one_row_each: None, other_tenant: Tenant) -> None:
    stranger = TenantSetting(tenant=other_tenant, key="x", value=1)
    with pytest.raises(WrongTenant):
        stranger.save()
    with pytest.raises(WrongTenant):
        TenantSetting.objects.bulk_create([stranger])
    with pytest.raises(WrongTenant):
        TenantSetting.objects.update(tenant=other_tenant)
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO tenancy_tenantsetting (tenant_id, key, value) VALUES (%s, 'x', '1')", [other_tenant.pk]
        )
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE tenancy_tenantsetting SET tenant_id = %s", [other_tenant.pk])

    with tenant_scope(other_tenant.pk):
        assert _raw_keys() == ["theirs"]


def test_copy_and_executemany_need_a_transaction(tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE staging (key text) ON COMMIT DROP")
    copy_rows("staging", ["key"], [("a",), ("b",)])
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO tenancy_tenantsetting (tenant_id, key, value) VALUES (%s, %s, '1')",
                           [(tenant.pk, "a"), (tenant.pk, "b")])  # fmt: skip

    assert _raw_keys() == ["a", "b"]


@pytest.mark.django_db(transaction=True)
def test_copy_and_executemany_are_refused_in_autocommit() -> None:
    with pytest.raises(NeedsTransaction):
        copy_rows("tenancy_tenantsetting", ["key"], [("a",)])
    with pytest.raises(NeedsTransaction), connection.cursor() as cursor:
        cursor.executemany("SELECT %s", [(1,), (2,)])


def test_copy_into_a_walled_table_is_refused(tenant: Tenant) -> None:
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="row-level security"), transaction.atomic():
        copy_rows("tenancy_tenantsetting", ["tenant_id", "key", "value"], [(tenant.pk, "a", "1")])


def test_runtime_role_owns_nothing_and_bypasses_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


def test_reading_another_tenants_row_by_key_finds_nothing(one_row_each: None, other_tenant: Tenant) -> None:
    with tenant_scope(other_tenant.pk):
        theirs = TenantSetting.objects.get()

    assert not TenantSetting.objects.filter(pk=theirs.pk).exists()
    with pytest.raises(WrongTenant):
        theirs.delete()


def test_a_tenant_that_does_not_exist_can_hold_no_row(tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with tenant_scope(10**9), pytest.raises(IntegrityError), transaction.atomic():
        TenantSetting.objects.create(key="x", value=1)

    with tenant_scope(10**9):
        assert not TenantSetting.objects.exists()
