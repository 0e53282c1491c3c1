"""Answers through the API as a careless or hostile program sends them: refused in words, and never half done."""

from typing import Any

import pytest

from acorn.tenancy.models import Tenant
from catalog.models import Commitment
from orders.models import Acknowledgement, PurchaseOrder
from tests.factories.accounts import ApiClient, api_client
from tests.factories.orders import cases, give_items, item, make_connection, make_order
from vendors.models import Submission

URL = "/api/v1/acknowledgements/"


@pytest.fixture
def api(tenant: Tenant) -> ApiClient:
    return api_client(tenant)


@pytest.fixture
def stored(tenant: Tenant) -> PurchaseOrder:
    order = make_order(make_connection(), items=[item("1", 10), item("2", orderedQuantity=cases(2, 6))])
    give_items(order)
    return order


def send(api: ApiClient, order: PurchaseOrder, first: Any, **more: Any) -> Any:
    lines = [{"sequence": "1"} | first, {"sequence": "2", "accepted": 12}]
    return api.post_json(URL, {"purchase_order": order.public_id, "lines": lines} | more)


@pytest.mark.parametrize(
    ("first", "status"),
    [
        ({"accepted": "10"}, 202),
        ({"accepted": 10.0}, 202),
        ({"accepted": 10, "sequence": 1}, 202),
        ({"accepted": 10, "rejection_reason": None, "net_cost": None, "scheduled_ship_at": None}, 202),
        ({"accepted": 10, "net_cost": 2.5}, 202),
        ({"accepted": 10, "net_cost": "2.50"}, 202),
        ({"accepted": 10, "net_cost": "2.5000000000"}, 202),
        ({"accepted": 10, "net_cost": "2.4"}, 202),
        ({"accepted": 10, "net_cost": {"amount": "2.500000", "currency": "USD"}}, 202),
        ({"accepted": 10, "net_cost": {"amount": "2.6", "currency": "USD"}}, 422),
        ({"accepted": 10, "net_cost": {"amount": "2.50", "currency": "EUR"}}, 400),
        ({"accepted": 10, "net_cost": {"amount": "2.50", "currency": ["USD"]}}, 400),
        ({"accepted": 10, "net_cost": {"amount": "2.50"}}, 400),
        ({"accepted": 10, "net_cost": {"currency": "USD"}}, 400),
        ({"accepted": 10, "net_cost": {"amount": {"amount": "2.50"}, "currency": "USD"}}, 400),
        ({"accepted": 10, "net_cost": {}}, 400),
        ({"accepted": 10, "net_cost": []}, 400),
        ({"accepted": 10, "scheduled_ship_at": "2099-01-01"}, 422),
        ({"accepted": 10, "scheduled_ship_at": "2001-01-01T00:00:00"}, 422),
        ({"accepted": 10, "scheduled_ship_at": "0001-01-01T00:00:00+14:00"}, 400),
        ({"accepted": 10, "scheduled_ship_at": "0001-01-01T00:00:00Z"}, 422),
        ({"accepted": 10, "scheduled_ship_at": "9999-12-31T23:59:59.999999Z"}, 422),
        ({"accepted": 10, "scheduled_ship_at": "9999-12-31T23:59:59-14:00"}, 400),
        ({"accepted": 10, "scheduled_ship_at": 5}, 400),
        ({"accepted": True}, 400),
        ({"accepted": 9.5}, 400),
        ({"accepted": -1, "rejected": 11}, 400),
        ({"accepted": 10**30}, 400),
        ({"accepted": [10]}, 400),
        ({"accepted": None}, 400),
        ({"accepted": 9}, 422),
        ({"accepted": 11}, 422),
        ({"rejected": 10}, 422),
        ({"rejected": 10, "rejection_reason": "obsolete"}, 400),
        ({"accepted": 10, "net_cost": 0}, 422),
        ({"accepted": 10, "net_cost": -1}, 422),
        ({"accepted": 10, "net_cost": "2.51"}, 422),
        ({"accepted": 10, "net_cost": "NaN"}, 400),
        ({"accepted": 10, "net_cost": "1e400"}, 400),
        ({"accepted": 10, "net_cost": "cheap"}, 400),
        ({"accepted": 10, "net_cost": True}, 400),
        ({"accepted": 6, "backordered": 4}, 422),
        ({"accepted": 6, "backordered": 4, "backorder_ship_at": "2026-12-20T00:00:00Z"}, 202),
        ({"sequence": "3", "accepted": 10}, 422),
        ({"sequence": "2", "accepted": 10}, 422),
        ({"sequence": "", "accepted": 10}, 400),
        ({"sequence": "1\x00", "accepted": 10}, 400),
        ({"sequence": "x" * 101, "accepted": 10}, 400),
        ({"sequence": True, "accepted": 10}, 400),
    ],
)
def test_each_field_as_programs_send_it(api: ApiClient, stored: PurchaseOrder, first: Any, status: int) -> None:
    answer = send(api, stored, first)

    assert answer.status_code == status, answer.content
    if status == 422:
        assert answer.json()["findings"]
    assert (
        Submission.objects.exists()
        == Commitment.objects.exists()
        == Acknowledgement.objects.exists()
        == (status == 202)
    )


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"lines": []}, 400),
        ({"lines": None}, 400),
        ({"lines": {}}, 400),
        ({"lines": [1]}, 400),
        ({"lines": [None]}, 400),
        ({"use_proposal": True}, 400),
        ({"use_proposal": "maybe"}, 400),
        ({"purchase_order": None}, 400),
        ({"purchase_order": ""}, 400),
        ({"purchase_order": ["x"]}, 400),
        ({"purchase_order": "po_nobody"}, 404),
        ({"purchase_order": "x" * 61}, 400),
        ({"purchase_order": "\x00"}, 400),
    ],
)
def test_each_body_as_programs_send_it(api: ApiClient, stored: PurchaseOrder, more: Any, status: int) -> None:
    assert send(api, stored, {"accepted": 10}, **more).status_code == status


def test_part_of_a_case_is_not_answered(api: ApiClient, stored: PurchaseOrder) -> None:
    lines = [
        {"sequence": "1", "accepted": 10},
        {"sequence": "2", "accepted": 7, "rejected": 5, "rejection_reason": "TEMPORARILY_UNAVAILABLE"},
    ]
    answer = api.post_json(URL, {"purchase_order": stored.public_id, "lines": lines})

    assert answer.status_code == 422
    assert "NOT_WHOLE_CASES" in [finding["rule"] for finding in answer.json()["findings"]]


@pytest.mark.parametrize("body", [[], None, 5, "x", {"lines": 1}])
def test_a_body_that_is_no_answer(api: ApiClient, stored: PurchaseOrder, body: Any) -> None:
    assert api.post_json(URL, body).status_code == 400
