"""Purchase orders as outside programs rely on them."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from orders.models import PurchaseOrder
from tests.factories.accounts import ApiClient, api_client
from tests.factories.orders import (
    NOW,
    cases,
    item,
    make_connection,
    make_order,
    order,
    party,
    pull,
    pull_status,
    status,
    status_item,
)

URL = "/api/v1/purchase-orders/"


@pytest.fixture
def api(tenant: Tenant) -> ApiClient:
    return api_client(tenant)


def numbers(api: ApiClient, query: str = "") -> list[str]:
    answer = api.get(f"{URL}{query}")
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


def test_list_has_the_fields_of_the_contract(api: ApiClient) -> None:
    connection = make_connection()
    stored = make_order(connection, items=[item("1", 10), item("2", orderedQuantity=cases(2, 6))])

    answer = api.get(URL).json()

    assert (answer["next"], answer["previous"]) == (None, None)
    (row,) = answer["results"]
    expected = {
        "id": stored.public_id, "number": "PO000001", "vendor_code": "ACMUS", "connection": connection.public_id,
        "marketplace": "US", "amazon_state": "New", "state": "NEW", "type": "RegularOrder",
        "ordered_at": "2026-11-20T08:00:00.000000Z", "changed_at": None,
        "ship_window_start": "2026-11-24T08:00:00.000000Z", "ship_window_end": "2026-11-28T08:00:00.000000Z",
        "delivery_window_start": "2026-11-26T08:00:00.000000Z", "delivery_window_end": "2026-11-30T08:00:00.000000Z",
        "ship_to_party": "PHX7", "currency": "USD", "total_cost": "55.0000",
        "deadline_at": "2026-11-21T08:00:00.000000Z", "deadline_kind": "ACKNOWLEDGE", "is_import": False,
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected


def test_detail_has_the_lines_of_the_contract(api: ApiClient) -> None:
    connection = make_connection()
    stored = make_order(connection, items=[item("1", orderedQuantity=cases(2, 6))])
    pull_status(connection, status("PO000001", status_item("1", 12, accepted=8, rejected=4, received=6)))

    (line,) = api.get(f"{URL}{stored.public_id}/").json()["lines"]

    expected = {
        "sequence": "1", "asin": "B000000001", "vendor_sku": "SKU-1",
        "ordered_quantity": {"amount": 2, "unit": "Cases", "unit_size": 6}, "ordered_eaches": 12,
        "net_cost": {"amount": "2.500000", "currency": "USD"}, "list_price": {"amount": "5.000000", "currency": "USD"},
        "accepted_eaches": 8, "rejected_eaches": 4, "cancelled_eaches": 0, "received_eaches": 6,
        "original_ordered_eaches": 12, "open_eaches": 2, "backorder_allowed": True,
    }  # fmt: skip
    assert {key: line[key] for key in expected} == expected


def test_history_lists_changes_only(api: ApiClient) -> None:
    connection = make_connection()
    stored = make_order(connection, items=[item("1", 10)])
    url = f"{URL}{stored.public_id}/history/"
    assert api.get(url).json()["results"] == []

    cheaper = {"currencyCode": "USD", "amount": "2.40"}
    pull(connection, order(items=[item("1", 8, netCost=cheaper)], shipWindow=None), at=NOW + timedelta(hours=1))

    rows = api.get(url).json()["results"]
    seen_at = "2026-11-20T13:00:00.000000Z"
    assert [{key: row[key] for key in ("seen_at", "line", "field", "from", "to")} for row in reversed(rows)] == [
        {"seen_at": seen_at, "line": None, "field": "ship_window_start", "from": "2026-11-24T08:00:00Z", "to": None},
        {"seen_at": seen_at, "line": None, "field": "ship_window_end", "from": "2026-11-28T08:00:00Z", "to": None},
        {"seen_at": seen_at, "line": "1", "field": "ordered_eaches", "from": 10, "to": 8},
        {"seen_at": seen_at, "line": "1", "field": "net_cost", "from": "2.50", "to": "2.40"},
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?search=po0000", ["PO000002", "PO000001"]),
        ("?search=PO000002", ["PO000002"]),
        ("?search=B000000007", ["PO000002"]),
        ("?search=sku-1", ["PO000001"]),
        ("?search=ont8", ["PO000002"]),
        ("?search=nothing", []),
        ("?state=ACKNOWLEDGED", ["PO000002"]),
        ("?state=NEW&state=ACKNOWLEDGED", ["PO000002", "PO000001"]),
        ("?amazon_state=New", ["PO000001"]),
        ("?vendor_code=ACMU2", ["PO000002"]),
        ("?vendor_code=NOBODY", []),
        ("?marketplace=US", ["PO000002", "PO000001"]),
        ("?ship_to_party=PHX7", ["PO000001"]),
        ("?type=RushOrder", ["PO000002"]),
        ("?ordered_after=2026-11-20&ordered_before=2026-11-20", ["PO000001"]),
        ("?delivery_window_after=2027-01-01", []),
        ("?changed=true", []),
        ("?history=false", ["PO000002", "PO000001"]),
        ("?history=true", []),
        ("?flagged=true", []),
        ("?ordering=number", ["PO000001", "PO000002"]),
        ("?ordering=-total_cost", ["PO000001", "PO000002"]),
    ],
)
def test_filters_search_and_ordering(api: ApiClient, query: str, found: list[str]) -> None:
    other = {"sellingParty": {"partyId": "ACMU2"}, "shipToParty": party("ONT8"), "purchaseOrderType": "RushOrder"}
    pull(
        make_connection(),
        order("PO000001"),
        order("PO000002", "Acknowledged", [item("7", 3)], purchaseOrderDate="2026-11-21T08:00:00Z",
              purchaseOrderStateChangedDate="2026-11-21T08:00:00Z", **other),
    )  # fmt: skip

    assert numbers(api, query) == found


@pytest.mark.parametrize("few", [2_000, 0], ids=["few", "many"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ont8", ["ONT80001", "PO000001", "PO000002", "PO000003", "PO000004"]),
        ("ONT8-0001", ["ONT80001"]),
        ("ont8+", []),
        ("PHX7", ["ONT80001", "PO000002", "PO000003", "PO000005"]),
        ("po", ["PO000001", "PO000002", "PO000003", "PO000004", "PO000005"]),
        ("-", ["PO000005"]),
        ("'; --%s", []),
    ],
)
def test_search_finds_every_meaning_of_a_text_once(
    api: ApiClient, other_tenant: Tenant, monkeypatch: pytest.MonkeyPatch, text: str, found: list[str], few: int
) -> None:
    monkeypatch.setattr("orders.selectors.orders._FEW_FOUND", few)
    code, centre = {"amazonProductIdentifier": "ONT8"}, {"shipToParty": {"partyId": "ONT8"}}
    orders = [
        order("ONT80001"),
        order("PO000001", **centre),
        order("PO000002", items=[item("1", **code), item("2", **code)]),
        order("PO000003", items=[item("1", vendorProductIdentifier="ont8")]),
        order("PO000004", items=[item("1", vendorProductIdentifier="ONT8", **code)], **centre),
        order("PO000005", items=[item("1", vendorProductIdentifier="-")]),
    ]
    pull(make_connection(), *orders)
    with tenant_scope(other_tenant.pk):
        pull(make_connection(), *orders)

    assert sorted(numbers(api, f"?search={quote(text)}")) == found
    assert numbers(api, f"?search={quote(text)}&state=CLOSED") == []


def test_connection_filter(api: ApiClient) -> None:
    first, second = make_connection("ONE"), make_connection("TWO")
    pull(first, order("PO000001"))
    pull(second, order("PO000002"))

    assert numbers(api, f"?connection={second.public_id}") == ["PO000002"]


@pytest.mark.parametrize("query", ["?state=SLEEPING", "?ordering=secret", "?page_size=501", "?ordered_after=yesterday"])
def test_malformed_query_is_refused(api: ApiClient, query: str) -> None:
    answer = api.get(f"{URL}{query}")

    assert answer.status_code == 400
    assert answer.json()["code"] == "INVALID"


def test_pages_bring_each_order_once(api: ApiClient) -> None:
    pull(make_connection(), *(order(f"PO{place:06d}") for place in range(7)))
    found: list[str] = []
    url: Any = f"{URL}?page_size=3&ordering=due_at"
    while url:
        page = api.get(url).json()
        found += [row["number"] for row in page["results"]]
        url = page["next"]

    assert sorted(found) == [f"PO{place:06d}" for place in range(7)]


def test_strangers_orders_do_not_exist(tenant: Tenant, other_tenant: Tenant) -> None:
    stored = make_order(make_connection())
    charlie = api_client(other_tenant)

    for path in (f"{stored.public_id}/", f"{stored.public_id}/history/"):
        assert charlie.get(URL + path).status_code == 404
    assert charlie.get(URL).json()["results"] == []
    for query in ("?search=PO000001", "?vendor_code=ACMUS", f"?connection={stored.connection.public_id}"):
        assert charlie.get(URL + query).json()["results"] == []


def test_a_token_without_the_scope_is_refused(tenant: Tenant) -> None:
    make_order(make_connection())

    assert api_client(tenant, "connections.view").get(URL).status_code == 403
    assert api_client(tenant, "orders.view").get(URL).status_code == 200


def test_number_of_queries_does_not_depend_on_rows(api: ApiClient) -> None:
    connection = make_connection()
    api.get(URL)  # notes when the token was last used
    counts = []
    for place in range(3):
        pull(connection, order(f"PO{place:06d}", items=[item(str(line + 1)) for line in range(place + 1)]))
        stored = PurchaseOrder.objects.get(number=f"PO{place:06d}")
        with CaptureQueriesContext(database) as listed:
            api.get(URL)
        with CaptureQueriesContext(database) as detailed:
            api.get(f"{URL}{stored.public_id}/")
        counts.append((len(listed), len(detailed)))

    assert len(set(counts)) == 1
