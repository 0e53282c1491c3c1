"""Real PostgreSQL, real Valkey: migrated as the owner, run as the role that production runs as."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as examples

import acorn.celery  # noqa: F401 -- shared tasks find their app
from acorn.tenancy.db import OWNER_ALIAS
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from tests.factories.tenancy import make_tenant

# The same examples everywhere and every time, however busy the machine: a failure is a bug, never luck.
examples.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
examples.load_profile("steady")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """One test database per worker, created and migrated by app_own; the tests see it as app_rw."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    owner = connections[OWNER_ALIAS]
    production_name = owner.settings_dict["NAME"]
    name = f"test_{production_name}_{worker}"
    owner.settings_dict["TEST"]["NAME"] = name
    with django_db_blocker.unblock():
        owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connections["default"].close()
        settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        owner.creation.destroy_test_db(production_name, verbosity=0)


def _truncate_as_owner(self: TransactionTestCase) -> None:
    """The runtime role may not TRUNCATE; the owner may, and sees through no wall by doing so."""
    owner = connections[OWNER_ALIAS]
    with psycopg.connect(**owner.get_connection_params() | {"cursor_factory": None}, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'django_migrations'"
        )
        connection.execute("TRUNCATE {} CASCADE".format(", ".join(name for (name,) in rows)))


TransactionTestCase._fixture_teardown = _truncate_as_owner  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _default_language() -> Iterator[None]:
    """A request in Chinese leaves its thread in Chinese (LocaleMiddleware only ever activates): the next test must not."""
    yield
    translation.deactivate()


@pytest.fixture
def tenant(db: None) -> Iterator[Tenant]:
    """A company, with its scope open for the whole test."""
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        yield company


@pytest.fixture
def other_tenant(db: None) -> Tenant:
    """Charlie's company: whatever it sees or changes of `tenant` is a bug."""
    return make_tenant("charlie")
