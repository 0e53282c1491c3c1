"""Warehouses through the API: contract, refusals, archive."""

from typing import Any

import pytest

from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.tenancy.models import Tenant
from catalog.models import Item, StockBalance, Warehouse
from tests.factories.accounts import api_client
from tests.factories.catalog import ADDRESS, make_warehouse

BODY = {"code": "RNO", "name": "Reno", "ship_from_party_id": "ACMRNO", "address": ADDRESS}


def _create(tenant: Tenant, **body: Any) -> Any:
    return api_client(tenant).post_json("/api/v1/warehouses/", BODY | body)


def test_a_warehouse_is_created_listed_and_shown(tenant: Tenant) -> None:
    answer = _create(tenant)

    assert answer.status_code == 201
    made = answer.json()
    assert {name: made[name] for name in BODY} == BODY
    assert (made["pool"], made["archived_at"]) == ("OWN", None)
    assert api_client(tenant).get("/api/v1/warehouses/?search=rn").json()["results"] == [made]
    assert api_client(tenant).get(f"/api/v1/warehouses/{made['id']}/").json() == made
    assert AuditEvent.objects.get().code == "catalog.warehouse_created"


def test_a_code_that_is_taken_is_refused(tenant: Tenant) -> None:
    _create(tenant)

    answer = _create(tenant, name="Other")

    assert (answer.status_code, answer.json()["code"]) == (409, "WAREHOUSE_EXISTS")
    assert Warehouse.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "X" * 31}, "code"),
        ({"name": "  "}, "name"),
        ({"address": ADDRESS | {"country_code": "QQ"}}, "address.country_code"),
        ({"address": {"name": "x"}}, "address.city"),
        ({"address": "x"}, "address"),
        ({"address": ADDRESS | {"city": "x" * 201}}, "address.city"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"pool": "SEA"}, "pool"),
    ],
)
def test_malformed_warehouses_are_400_with_the_field(tenant: Tenant, body: dict[str, Any], field: str) -> None:
    answer = _create(tenant, **body)

    assert answer.status_code == 400, answer.content
    assert field in answer.json()["fields"]
    assert not Warehouse.objects.exists()


def test_a_change_keeps_what_is_left_out_and_is_audited_with_before_and_after(tenant: Tenant) -> None:
    warehouse = make_warehouse()

    answer = api_client(tenant).patch(
        f"/api/v1/warehouses/{warehouse.public_id}/",
        {"name": "Main hall", "address": {"city": "Sparks"}},
        content_type="application/json",
    )

    assert answer.status_code == 200
    assert answer.json()["address"] == ADDRESS | {"city": "Sparks"}
    event = AuditEvent.objects.order_by("-id")[0]
    assert event.code == "catalog.warehouse_changed"
    assert (event.params["before"]["name"], event.params["after"]["name"]) == ("Main", "Main hall")


def test_a_warehouse_with_stock_is_not_archived_an_empty_one_is_and_comes_back(tenant: Tenant) -> None:
    warehouse = make_warehouse()
    item = Item.objects.create(sku="S", created_at=clock.now(), changed_at=clock.now())
    balance = StockBalance.objects.create(item=item, warehouse=warehouse, pool="OWN", on_hand=5)
    path = f"/api/v1/warehouses/{warehouse.public_id}/"
    client = api_client(tenant)

    refused = client.patch(path, {"archived": True, "name": "New"}, content_type="application/json")
    warehouse.refresh_from_db()
    assert (refused.status_code, refused.json()["code"]) == (409, "WAREHOUSE_IN_USE")
    assert (warehouse.name, warehouse.archived_at) == ("Main", None)

    balance.on_hand = 0
    balance.save()
    assert client.patch(path, {"archived": True}, content_type="application/json").json()["archived_at"]
    assert client.get("/api/v1/warehouses/?archived=false").json()["results"] == []
    assert client.patch(path, {"archived": False}, content_type="application/json").json()["archived_at"] is None
