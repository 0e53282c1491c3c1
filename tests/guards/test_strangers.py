"""Alice owns a thing, Bob is a viewer in her company, Charlie owns another company: Charlie gets 404 and changes nothing.

Walks every address with an id, of pages and of the API, with every method.
"""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern

from acorn.accounts.rights import ROLE_RIGHTS
from acorn.accounts.types import Role
from acorn.core.ids import new_public_id
from acorn.tenancy.models import Tenant
from acorn.tenancy.schema import list_tenant_models
from acorn.tenancy.scope import no_tenant_scope, tenant_scope
from tests.factories.accounts import api_client, make_member, signed_in
from tests.factories.tenancy import make_tenant
from tests.guards.examples import THINGS
from tests.guards.test_addresses import ENDPOINTS, OPEN_PAGES, PAGES, methods_of

_PARAMETER = re.compile(r"(?:^|(?<=/))([\w-]+)/<public_id:\w+>")
PAGES_WITH_ID = [(route, entry) for route, entry in PAGES if "<" in route and route not in OPEN_PAGES]
ENDPOINTS_WITH_ID = [(route, entry) for route, entry in ENDPOINTS if "<" in route]
_WRITES = ("POST", "PUT", "PATCH", "DELETE")


def _address(route: str, public_id: str) -> str:
    return "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<public_id:\w+>", public_id, route))


def _kind(route: str) -> str:
    found = _PARAMETER.search(route)
    assert found, f"{route}: address things by <public_id:…>"
    assert found[1] in THINGS, f"add an example of “{found[1]}” to tests/guards/examples.py"
    return found[1]


def _fingerprint(tenant: Tenant) -> dict[str, Any]:
    """The content of every tenant table, as the company's own scope sees it, and of the platform's tables."""
    tables = [model._meta.db_table for model in list_tenant_models()]
    platform = ["jobs_job", "accounts_membership", "accounts_invitation", "accounts_user"]
    found = {}
    with tenant_scope(tenant.pk), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t")
            found[table] = cursor.fetchone()
        for table in platform:
            where = "true" if table == "accounts_user" else f"tenant_id = {tenant.pk}"
            cursor.execute(
                f"SELECT count(*), md5(string_agg(to_jsonb(t) - 'last_login' #>> '{{}}', '|' ORDER BY t.id)) FROM {table} t WHERE {where}"
            )
            found[table] = cursor.fetchone()
    return found


@pytest.fixture
def alice(db: None) -> Tenant:
    return make_tenant("alice")


@pytest.fixture
def charlie(db: None) -> Tenant:
    return make_tenant("charlie")


def _make(kind: str, tenant: Tenant) -> str:
    with tenant_scope(tenant.pk):
        return THINGS[kind]()


def test_the_guard_looks_at_something() -> None:
    assert len(PAGES_WITH_ID) > 8
    assert len(ENDPOINTS_WITH_ID) > 4


@pytest.mark.parametrize(("route", "entry"), PAGES_WITH_ID, ids=[route for route, _ in PAGES_WITH_ID])
def test_page_of_a_stranger_is_404_and_changes_nothing(
    route: str, entry: URLPattern, alice: Tenant, charlie: Tenant
) -> None:
    address = _address(route, _make(_kind(route), alice))
    owner = make_member(alice)
    with no_tenant_scope():
        attacker = signed_in(make_member(charlie, Role.OWNER))
        before = _fingerprint(alice)

        for method in ("GET", *_WRITES):
            answer = attacker.generic(method, address)
            assert answer.status_code in (404, 405), f"{method} answered {answer.status_code}"
        assert {attacker.get(address).status_code, attacker.post(address).status_code} >= {404}
        assert _fingerprint(alice) == before

        assert signed_in(owner).get(address).status_code in (200, 302, 405), "the example is not Alice's either"
        assert Client().get(address).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("route", "entry"), PAGES_WITH_ID, ids=[route for route, _ in PAGES_WITH_ID])
def test_page_is_403_for_a_viewer_without_its_right(route: str, entry: URLPattern, alice: Tenant) -> None:
    right = entry.callback.right  # type: ignore[attr-defined]
    if right is None or right in ROLE_RIGHTS[Role.VIEWER]:
        pytest.skip("every member may")
    address = _address(route, _make(_kind(route), alice))
    bob = signed_in(make_member(alice, Role.VIEWER))
    before = _fingerprint(alice)

    with no_tenant_scope():
        for method in ("GET", "POST"):
            assert bob.generic(method, address).status_code == 403

    after = _fingerprint(alice)
    assert {name for name in after if after[name] != before[name]} <= {"accounts_membership"}  # last seen


@pytest.mark.parametrize(("route", "entry"), ENDPOINTS_WITH_ID, ids=[route for route, _ in ENDPOINTS_WITH_ID])
def test_endpoint_of_a_stranger_is_404_and_changes_nothing(
    route: str, entry: URLPattern, alice: Tenant, charlie: Tenant
) -> None:
    address = _address(route, _make(_kind(route), alice))
    nowhere = _address(route, new_public_id("xx"))
    with no_tenant_scope():
        attacker = api_client(charlie)
        before = _fingerprint(alice)

        for method in methods_of(entry):
            answer = attacker.generic(method, address, data="{}", content_type="application/json")
            assert answer.status_code == 404, f"{method} answered {answer.status_code}"
            same = attacker.generic(method, nowhere, data="{}", content_type="application/json")
            assert same.content == answer.content, "a stranger's id is told from one that does not exist"
        assert _fingerprint(alice) == before
        if "GET" in methods_of(entry):
            assert api_client(alice).get(address).status_code == 200, "the example is not Alice's either"


@pytest.mark.parametrize(("route", "entry"), ENDPOINTS, ids=[route for route, _ in ENDPOINTS])
def test_endpoint_refuses_a_token_without_the_scope(route: str, entry: URLPattern, alice: Tenant) -> None:
    view: Any = entry.callback.cls  # type: ignore[attr-defined]
    kind = _PARAMETER.search(route)
    address = _address(route, _make(_kind(route), alice) if kind else "")
    before = _fingerprint(alice)
    with no_tenant_scope():
        for method, action in methods_of(entry).items():
            right = view.rights.get(action, view.rights.get(method))
            if right is None:
                continue
            others = [other.value for other in type(right) if other != right]
            answer = api_client(alice, *others).generic(method, address, data="{}", content_type="application/json")
            assert (answer.status_code, answer.json()["code"]) == (403, "MISSING_SCOPE"), method
            assert Client().generic(method, address).status_code == 401
    assert _fingerprint(alice) == before


@pytest.mark.parametrize(("route", "entry"), [pair for pair in ENDPOINTS if "<" not in pair[0]], ids=str)
def test_list_shows_a_stranger_nothing(route: str, entry: URLPattern, alice: Tenant, charlie: Tenant) -> None:
    if "GET" not in methods_of(entry):
        pytest.skip("not a list")
    ids = [_make(kind, alice) for kind in sorted(THINGS)]
    with no_tenant_scope():
        shown = api_client(charlie).get("/" + route).content.decode()

    assert not [public_id for public_id in ids if public_id in shown]
