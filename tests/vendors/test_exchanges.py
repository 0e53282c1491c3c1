"""Every call kept, by the month, behind the wall, and for as long as the settings say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connections, transaction

from acorn.core import clock
from acorn.jobs.models import Job
from acorn.jobs.run import execute, sweep
from acorn.tenancy.db import OWNER_ALIAS
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import no_tenant_scope, tenant_scope
from tests.factories.vendors import ACTOR
from tests.support.simulator import World
from vendors import gateway, partitions, services
from vendors.models import Connection, Exchange
from vendors.rules import first_kept_day


def month_of(instant: datetime) -> str:
    return f"vendors_exchange_{instant:%Y_%m}"


@pytest.fixture
def call(connection: Connection) -> Exchange:
    services.test_connection(public_id=connection.public_id, actor=ACTOR, now=clock.now())
    return Exchange.objects.get(operation="getPurchaseOrders")


def partition_names() -> list[str]:
    with connection_cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'vendors_exchange'::regclass ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def connection_cursor() -> Any:
    return connections["default"].cursor()


def test_a_partition_read_directly_is_refused(call: Exchange) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection_cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {month_of(call.started_at)}")


def test_the_parent_shows_a_company_its_own_calls_only(call: Exchange, other_tenant: Tenant) -> None:
    for scope, seen in ((tenant_scope(other_tenant.pk), 0), (no_tenant_scope(), 0), (tenant_scope(call.tenant_id), 2)):
        with scope, connection_cursor() as cursor:
            cursor.execute("SELECT count(*) FROM vendors_exchange")
            assert cursor.fetchone() == (seen,)


def test_every_partition_has_the_parents_wall_and_no_grant(call: Exchange) -> None:
    names = partition_names()
    with connection_cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, pg_get_expr(p.polqual, p.polrelid),"
            " pg_get_expr(p.polwithcheck, p.polrelid), has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"
            " FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relname LIKE 'vendors_exchange%'"
            " AND c.relkind IN ('r', 'p')"
        )
        found = {name: rest for name, *rest in cursor.fetchall()}
    is_walled, qual, check, _granted = found.pop("vendors_exchange")
    assert is_walled
    assert len(names) >= partitions.MONTHS_AHEAD + 2
    assert found == {name: [True, qual, check, False] for name in names}


def test_a_call_is_never_changed_or_deleted(call: Exchange) -> None:
    for attack in (lambda: Exchange.objects.update(url="x"), lambda: call.delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attack()


@contextmanager
def as_owner() -> Iterator[psycopg.Connection]:
    """The owner's hands; whatever they did, the months that every test needs are there afterwards."""
    params = connections[OWNER_ALIAS].get_connection_params() | {"cursor_factory": None}
    with psycopg.connect(**params, autocommit=True) as owner:
        yield owner


@pytest.fixture
def months() -> Iterator[None]:
    yield
    with as_owner() as owner:
        owner.execute("SELECT make_exchange_partitions(3)")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("months")
def test_a_missing_month_loses_no_call(connection: Connection, world: World) -> None:
    with as_owner() as owner:
        for name in partition_names():
            owner.execute(f"DROP TABLE {name}")

    result = services.test_connection(public_id=connection.public_id, actor=ACTOR, now=clock.now())

    assert result.is_ok
    assert Exchange.objects.count() == 2
    assert month_of(clock.now()) in partition_names()


def test_a_call_inside_a_transaction_is_refused(connection: Connection) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        gateway.client_for(connection).get_purchase_orders(created_after=clock.now(), created_before=clock.now())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("months")
def test_months_beyond_the_retention_are_dropped_by_the_daily_job(call: Exchange, settings: Any) -> None:
    old = [f"vendors_exchange_{year}_01" for year in (2020, 2021)]
    with as_owner() as owner:
        for name in old:
            year = int(name[-7:-3])
            owner.execute(
                f"CREATE TABLE {name} PARTITION OF vendors_exchange"
                f" FOR VALUES FROM ('{year}-01-01+00') TO ('{year}-02-01+00')"
            )
    settings.EXCHANGE_RETENTION_MONTHS = 12
    sweep()
    job = Job.objects.get(name="vendors.keep_exchanges")

    with no_tenant_scope():
        assert execute(job.pk) is True

    assert not set(old) & set(partition_names())
    assert month_of(clock.now()) in partition_names()
    assert Exchange.objects.filter(pk=call.pk).exists()
    job.refresh_from_db()
    assert job.state == "SUCCEEDED"


@pytest.mark.parametrize("before", [date(2100, 1, 1), None])
def test_the_runtime_role_cannot_drop_what_is_recent(tenant: Tenant, before: date | None) -> None:
    names = partition_names()
    with pytest.raises(ProgrammingError, match="are kept"), transaction.atomic():
        partitions.drop_partitions(before or (datetime.now(UTC).date().replace(day=1)))
    assert partition_names() == names


def test_the_functions_run_for_no_one_else(tenant: Tenant) -> None:
    with connection_cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosecdef, proconfig::text, proacl::text FROM pg_proc WHERE proname LIKE '%%exchange_partitions'"
        )
        rows = cursor.fetchall()
    assert {name for name, *_ in rows} == {"make_exchange_partitions", "drop_exchange_partitions"}
    for _name, is_definer, config, grants in rows:
        assert is_definer
        assert "search_path=pg_catalog, pg_temp" in config
        assert "=X/" not in grants.replace("app_rw=X/", "").replace("app_own=X/", "")


def test_retention_counts_calendar_months() -> None:
    assert first_kept_day(datetime(2026, 11, 23, tzinfo=UTC), months=12) == date(2025, 11, 1)
    assert first_kept_day(datetime(2026, 1, 31, tzinfo=UTC), months=1) == date(2025, 12, 1)
