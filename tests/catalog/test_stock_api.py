"""Stock through the API: what an outside program sends and reads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.models import Commitment, Inbound, StockEntry
from catalog.services import stock
from catalog.types import Pool, Purpose
from tests.factories.accounts import api_client
from tests.factories.catalog import make_warehouse
from tests.factories.stock import (
    ACTOR,
    NOW,
    assert_books_are_right,
    count,
    figures,
    holder,
    make_inbound,
    make_stocked_item,
    place,
    promise,
    reserve,
)


def _post(tenant: Tenant, path: str, **body: Any) -> Any:
    return api_client(tenant).post_json(f"/api/v1/{path}/", body)


def _count(tenant: Tenant, on_hand: Any = 240, as_of: Any = None, **body: Any) -> Any:
    given = {"sku": "SKU-1", "warehouse": "MAIN", "on_hand": on_hand, "as_of": as_of or clock.now().isoformat()}
    return _post(tenant, "stock-counts", **given | body)


def _levels(tenant: Tenant, query: str = "sku=SKU-1") -> Any:
    return api_client(tenant).get(f"/api/v1/stock-levels/?{query}").json()["results"]


def _reserve(tenant: Tenant, quantity: int = 60, reference: str = "R-1", **body: Any) -> Any:
    given = {"sku": "SKU-1", "warehouse": "MAIN", "quantity": quantity, "purpose": "MANUAL", "reference": reference}
    return _post(tenant, "stock-reservations", **given | body)


def test_a_count_is_told_and_read_back(tenant: Tenant) -> None:
    make_stocked_item(on_hand=None)
    house = make_warehouse()
    now = clock.now()

    first = _count(tenant, as_of=now.isoformat())
    again = _count(tenant, as_of=now.isoformat())
    older = _count(tenant, 7, as_of=(now - timedelta(hours=1)).isoformat())
    by_id = _count(tenant, 250, warehouse=house.public_id)

    assert [answer.status_code for answer in (first, again, older, by_id)] == [201] * 4
    assert [answer.json()["applied"] for answer in (first, again, older, by_id)] == [True, False, False, True]
    (level,) = _levels(tenant)
    wanted = {"sku": "SKU-1", "warehouse": "MAIN", "on_hand": 250, "committed": 0, "available_to_promise": 250}
    assert {name: level[name] for name in wanted} == wanted
    assert AuditEvent.objects.filter(code="catalog.stock_counted").count() == 4


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sku": "NOBODY"}, "sku"),
        ({"warehouse": "NOWHERE"}, "warehouse"),
        ({"on_hand": -1}, "on_hand"),
        ({"on_hand": "many"}, "on_hand"),
        ({"on_hand": 10**13}, "on_hand"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"as_of": "2099-01-01T00:00:00Z"}, "as_of"),
        ({"pool": "SEA"}, "pool"),
    ],
)
def test_malformed_counts_are_400_with_the_field(tenant: Tenant, body: dict[str, Any], field: str) -> None:
    make_stocked_item()

    answer = _count(tenant, **body)

    assert answer.status_code == 400, answer.content
    assert list(answer.json()["fields"]) == [field]
    assert StockEntry.objects.count() == 1


def test_a_batch_of_counts_is_all_or_nothing(tenant: Tenant) -> None:
    item = make_stocked_item()
    line = {"sku": "SKU-1", "warehouse": "MAIN", "on_hand": 5, "as_of": clock.now().isoformat()}

    refused = _post(tenant, "stock-counts/batch", counts=[line, line | {"sku": "X"}, line | {"warehouse": "Y"}])
    done = _post(tenant, "stock-counts/batch", counts=[line, line])

    assert refused.status_code == 400
    assert list(refused.json()["fields"]) == ["counts.1.sku", "counts.2.warehouse"]
    assert [row["applied"] for row in done.json()["results"]] == [False, True]
    assert figures(item) == (5, 0)


def test_levels_have_a_row_for_each_warehouse_in_use(tenant: Tenant) -> None:
    make_stocked_item(on_hand=None)
    make_warehouse("EAST")
    make_warehouse("FBA1", pool=Pool.FBA)
    archived = make_warehouse("GONE")
    archived.archived_at = NOW
    archived.save()
    make_warehouse()

    assert [(row["warehouse"], row["on_hand"], row["available_to_promise"]) for row in _levels(tenant)] == [
        ("EAST", 0, 0),
        ("MAIN", 0, 0),
    ]
    assert [row["warehouse"] for row in _levels(tenant, "sku=SKU-1&warehouse=MAIN")] == ["MAIN"]
    assert _levels(tenant, "sku=NOBODY") == _levels(tenant, "warehouse=NOWHERE") == []


def test_levels_of_everything_are_paged_in_constant_queries(tenant: Tenant, django_assert_max_num_queries: Any) -> None:
    for number in range(5):
        make_inbound(make_stocked_item(f"S{number}"))
    client = api_client(tenant)
    client.get("/api/v1/stock-levels/")
    for size in (1, 5):
        with django_assert_max_num_queries(4):
            answer = client.get(f"/api/v1/stock-levels/?page_size={size}&on=2026-12-03").json()
        assert [row["sku"] for row in answer["results"]] == [f"S{number}" for number in range(size)]
        assert {row["available_to_promise"] for row in answer["results"]} == {150}
    assert [row["sku"] for row in client.get(answer_next(client)).json()["results"]] == ["S2", "S3"]


def answer_next(client: Any) -> str:
    following: str = client.get("/api/v1/stock-levels/?page_size=2").json()["next"]
    return following


def test_a_reservation_is_made_once_and_released_once(tenant: Tenant) -> None:
    item = make_stocked_item()

    made, again = _reserve(tenant), _reserve(tenant)

    assert [made.status_code, again.status_code] == [201, 201]
    assert made.json() == again.json()
    assert (made.json()["state"], made.json()["quantity"], made.json()["reference"]) == ("HELD", 60, "R-1")
    assert figures(item) == (100, 60)
    assert AuditEvent.objects.filter(code="catalog.stock_held").count() == 1
    path = f"stock-reservations/{made.json()['id']}/release"
    released = [_post(tenant, path, reason="No longer needed"), _post(tenant, path)]
    assert [answer.json()["state"] for answer in released] == ["RELEASED", "RELEASED"]
    assert figures(item) == (100, 0)
    ended = _reserve(tenant)
    assert (ended.status_code, ended.json()["code"]) == (409, "RESERVATION_ENDED")
    assert AuditEvent.objects.get(code="catalog.stock_released").reason == "No longer needed"
    assert_books_are_right()


def test_more_than_there_is_is_409_and_holds_nothing(tenant: Tenant) -> None:
    item = make_stocked_item()

    answer = _reserve(tenant, 101)

    assert (answer.status_code, answer.json()["code"]) == (409, "INSUFFICIENT_STOCK")
    assert "SKU-1" in answer.json()["message"]
    assert "100" in answer.json()["message"]
    assert figures(item) == (100, 0)
    assert not AuditEvent.objects.filter(code="catalog.stock_held").exists()


def test_a_reference_for_another_quantity_is_409(tenant: Tenant) -> None:
    make_stocked_item()
    _reserve(tenant)

    answer = _reserve(tenant, 61)

    assert (answer.status_code, answer.json()["code"]) == (409, "PROMISE_DIFFERS")


def test_a_shop_and_a_person_hold_apart_under_one_reference(tenant: Tenant) -> None:
    item = make_stocked_item()

    by_hand, by_shop = _reserve(tenant), _reserve(tenant, 30, purpose="SHOP_ORDER")
    again = _reserve(tenant, 30, purpose="SHOP_ORDER")

    assert [answer.status_code for answer in (by_hand, by_shop)] == [201, 201]
    assert by_hand.json()["id"] != by_shop.json()["id"] == again.json()["id"]
    assert figures(item) == (100, 90)
    _post(tenant, f"stock-reservations/{by_shop.json()['id']}/release")
    assert figures(item) == (100, 60)
    assert _reserve(tenant).json()["state"] == "HELD"
    rows = api_client(tenant).get("/api/v1/stock-reservations/?reference=R-1").json()["results"]
    assert {row["purpose"] for row in rows} == {"MANUAL", "SHOP_ORDER"}
    assert_books_are_right()


@pytest.mark.parametrize(
    ("body", "field"),
    [({"sku": "X"}, "sku"), ({"warehouse": "X"}, "warehouse"), ({"quantity": 0}, "quantity"),
     ({"purpose": "AMAZON_LINE"}, "purpose"), ({"reference": ""}, "reference"), ({"reference": "x" * 61}, "reference")],
)  # fmt: skip
def test_malformed_reservations_are_400_with_the_field(tenant: Tenant, body: dict[str, Any], field: str) -> None:
    make_stocked_item()

    answer = _reserve(tenant, **body)

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not Commitment.objects.exists()


def test_what_an_order_holds_is_not_released_by_hand(tenant: Tenant) -> None:
    item = make_stocked_item()
    stock.set_promises([promise(item, 60)], purpose=Purpose.AMAZON_LINE, reference=holder("PO-1"), actor=ACTOR, now=NOW)

    answer = _post(tenant, f"stock-reservations/{Commitment.objects.get().public_id}/release")

    assert (answer.status_code, answer.json()["code"]) == (409, "HELD_BY_ORDER")
    assert figures(item) == (100, 60)


def test_reservations_are_listed_by_what_they_are_for(tenant: Tenant, django_assert_max_num_queries: Any) -> None:
    item = make_stocked_item()
    for name in ("A", "B", "C"):
        reserve(item, 1, name)
    client = api_client(tenant)
    client.get("/api/v1/stock-reservations/")

    with django_assert_max_num_queries(2):
        rows = client.get("/api/v1/stock-reservations/").json()["results"]
    found = client.get("/api/v1/stock-reservations/?reference=B&state=HELD&sku=SKU-1&warehouse=MAIN").json()["results"]

    assert [row["reference"] for row in rows] == ["C", "B", "A"]
    assert found == [rows[1]]
    assert client.get(f"/api/v1/stock-reservations/{found[0]['id']}/").json() == found[0]


def test_inbound_is_announced_moved_and_received_once(tenant: Tenant) -> None:
    item = make_stocked_item()
    today = clock.now().date()
    soon, later, after = (str(today + timedelta(days=days)) for days in (8, 11, 12))
    body = {"sku": "SKU-1", "warehouse": "MAIN", "quantity": 50, "expected_on": soon, "reference": "SEA-1"}

    first, again = _post(tenant, "stock-inbound", **body), _post(tenant, "stock-inbound", **body)
    moved = _post(tenant, "stock-inbound", **body | {"expected_on": later, "quantity": 40})
    assert first.status_code == 201
    assert first.json() == again.json()
    assert moved.json() == first.json() | {"expected_on": later, "quantity": 40}
    assert [row["available_to_promise"] for row in _levels(tenant, f"sku=SKU-1&on={later}")] == [100]
    assert [row["available_to_promise"] for row in _levels(tenant, f"sku=SKU-1&on={after}")] == [140]

    path = f"stock-inbound/{first.json()['id']}/receive"
    arrived = [_post(tenant, path, quantity=38), _post(tenant, path, quantity=38), _post(tenant, path)]

    assert [answer.json()["arrived_quantity"] for answer in arrived] == [38] * 3
    assert figures(item) == (138, 0)
    late = _post(tenant, "stock-inbound", **body)
    assert (late.json()["state"], late.json()["quantity"]) == ("ARRIVED", 40)
    assert _post(tenant, f"stock-inbound/{first.json()['id']}/cancel").status_code == 409
    assert Inbound.objects.count() == 1
    assert_books_are_right()


def test_a_cancelled_inbound_never_arrives(tenant: Tenant) -> None:
    item = make_stocked_item()
    inbound = make_inbound(item)

    cancelled = [_post(tenant, f"stock-inbound/{inbound.public_id}/cancel", reason="Lost at sea") for _ in range(2)]

    assert [answer.json()["state"] for answer in cancelled] == ["CANCELLED"] * 2
    refused = _post(tenant, f"stock-inbound/{inbound.public_id}/receive")
    assert (refused.status_code, refused.json()["code"]) == (409, "INBOUND_ENDED")
    future = datetime(2099, 1, 1, tzinfo=UTC).isoformat()
    assert (
        _post(
            tenant, f"stock-inbound/{make_inbound(item, reference='N').public_id}/receive", arrived_at=future
        ).status_code
        == 400
    )
    assert figures(item) == (100, 0)


def test_goods_that_arrived_before_the_count_were_counted_with_it(tenant: Tenant) -> None:
    item = make_stocked_item()
    inbound = make_inbound(item)
    count(item, 150, as_of=NOW)

    stock.receive_inbound(inbound.public_id, arrived_at=NOW - timedelta(hours=1), actor=ACTOR, now=NOW)

    assert figures(item) == (150, 0)


def test_a_strangers_sku_and_warehouse_are_unknown(tenant: Tenant, other_tenant: Tenant) -> None:
    item = make_stocked_item()
    held = reserve(item, 10)
    make_inbound(item)

    for answer in (_count(other_tenant), _reserve(other_tenant)):
        assert answer.status_code == 400
        assert set(answer.json()["fields"]) == {"sku", "warehouse"}
    for path in ("stock-levels", "stock-reservations", "stock-inbound"):
        assert api_client(other_tenant).get(f"/api/v1/{path}/").json()["results"] == []
    with tenant_scope(other_tenant.pk):
        make_stocked_item(on_hand=5)
        assert _reserve(other_tenant, 6).status_code == 409
    assert figures(item) == (100, 10)
    assert place(item).item_id == held.balance.item_id
