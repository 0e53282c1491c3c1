"""Today and search: the most urgent first, nothing of a stranger, a constant number of queries."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from acorn.accounts.models import Membership, User
from acorn.accounts.types import Role
from acorn.core import clock
from acorn.core.actor import Subject
from acorn.core.ids import new_public_id
from acorn.core.money import Money
from acorn.search.services import index
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.services import open_item
from orders.types import SUBJECT_KIND
from tests.factories.vendors import make_connection
from vendors.models import Exchange


def _sign_in(tenant: Tenant, role: Role = Role.OPERATIONS) -> Client:
    person = User.objects.create_user(f"{tenant.slug}-{role.lower()}@example.com", "a-long-password-1")
    Membership.objects.create(tenant=tenant, user=person, role=role)
    client = Client()
    client.force_login(person)
    return client


def _item(number: int, hours: int, kind: str = "orders.acknowledge") -> None:
    now = clock.now()
    open_item(
        kind, subject=Subject("purchase-order", f"po_{number}", f"PO{number}"), now=now,
        deadline_at=now + timedelta(hours=hours), amount=Money(Decimal(100 * number), "USD"),
    )  # fmt: skip


def _labels(answer: Any) -> list[str]:
    return [row["item"].subject_label for row in answer.context["rows"]]


def test_today_begins_with_what_is_overdue(tenant: Tenant) -> None:
    for number, hours in ((1, 100), (2, -1), (3, 1)):
        _item(number, hours)

    answer = _sign_in(tenant).get("/")

    assert answer.status_code == 200
    assert _labels(answer) == ["PO2", "PO3", "PO1"]
    assert next(figure.value for figure in answer.context["figures"]) == 1


def test_today_shows_one_kind(tenant: Tenant) -> None:
    _item(1, 1)
    _item(2, 1, kind="orders.change")

    assert _labels(_sign_in(tenant).get("/?kind=orders.change")) == ["PO2"]


@pytest.mark.parametrize("query", ["page=0", "page=junk", "page=999999", "kind=%00", "kind=" + "x" * 500])
def test_today_survives_any_address(tenant: Tenant, query: str) -> None:
    assert _sign_in(tenant).get(f"/?{query}").status_code == 200


def test_today_costs_the_same_with_one_and_with_many(tenant: Tenant) -> None:
    client = _sign_in(tenant)
    counts = []
    for number in range(1, 4):
        _item(number, number)
        client.get("/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/")
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_a_stranger_sees_none_of_it(tenant: Tenant, other_tenant: Tenant) -> None:
    _item(1, 1)
    index(Subject("purchase-order", "po_1", "4Z32PABC"), codes=["4Z32PABC"])

    charlie = _sign_in(other_tenant, Role.OWNER)

    assert _labels(charlie.get("/")) == []
    assert charlie.get("/search/?q=4Z32PABC").context["hits"] == []


def test_search_goes_straight_to_the_only_match(tenant: Tenant) -> None:
    first, second = new_public_id("po"), new_public_id("po")
    index(Subject(SUBJECT_KIND, first, "4Z32PABC"), codes=["4Z32PABC"])
    index(Subject(SUBJECT_KIND, second, "4Z32PABCD"), codes=["4Z32PABCD"])
    client = _sign_in(tenant)

    assert client.get("/search/?q=4z32-pabc").headers["Location"] == f"/orders/{first}/"
    assert [hit.label for hit in client.get("/search/?q=4Z3").context["hits"]] == ["4Z32PABC", "4Z32PABCD"]


@pytest.mark.parametrize("text", ["", "%00", "%F4%8F%BF%BF", "x" * 2000, "'; DROP TABLE", "％", "\ud83c\udf30"])
def test_search_survives_any_text(tenant: Tenant, text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    with tenant_scope(tenant.pk):
        assert _sign_in(tenant).get(f"/search/?q={text}").status_code == 200


def test_without_a_connection_today_says_how_to_begin(tenant: Tenant) -> None:
    assert _sign_in(tenant).get("/").context["is_connected"] is False


def test_search_tells_of_calls_to_amazon_only_to_those_who_may_see_them(tenant: Tenant) -> None:
    connection = make_connection()
    Exchange.objects.create(
        connection=connection, environment="SIMULATOR", operation="getPurchaseOrders", method="GET", request_id="req-1",
        url="http://127.0.0.1/", status=200, started_at=clock.now(), duration_ms=1,
    )  # fmt: skip

    assert _sign_in(tenant, Role.OPERATIONS).get("/search/?q=req-1").headers["Location"] == "/exchanges/?search=req-1"
    assert _sign_in(tenant, Role.VIEWER).get("/search/?q=req-1").context["further"] == []
