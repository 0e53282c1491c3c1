"""Orders that end by our own hand, and the fields and endpoints that tell of it."""

from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from acorn.accounts.types import Role
from acorn.audit.models import AuditEvent
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from catalog.models import Commitment
from catalog.types import CommitmentState
from orders import selectors, services
from orders.models import AnswerPolicy, PurchaseOrder, PurchaseOrderLine
from orders.types import LineAnswer, PolicyTerms, QuantitySource, ReportedQuantities
from tests.factories.accounts import ApiClient, api_client, make_member, signed_in
from tests.factories.orders import ACTOR, NOW, item, make_answer, make_connection, make_order, order, pull
from vendors.models import Connection

URL = "/api/v1/purchase-orders/"


@pytest.fixture
def api(tenant: Tenant) -> ApiClient:
    return api_client(tenant)


def held() -> int:
    return sum(Commitment.objects.filter(state=CommitmentState.HELD).values_list("quantity", flat=True))


def report(stored: PurchaseOrder, source: QuantitySource, sequence: str = "1", **eaches: int) -> None:
    services.record_quantities(source, [ReportedQuantities(stored.pk, sequence, eaches)], actor=ACTOR, now=NOW)


def test_close_short_ends_an_order_with_its_price(api: ApiClient) -> None:
    stored = make_order(make_connection(), items=[item("1", 10), item("2", 4)])
    make_answer(stored, LineAnswer("1", 6, 0, 4, "TEMPORARILY_UNAVAILABLE"), LineAnswer("2", 4))

    answer = api.post(
        f"{URL}{stored.public_id}/close-short/", {"reason": "The factory burned."}, content_type="application/json"
    )

    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["state"], body["given_up_eaches"]) == ("CLOSED_SHORT", 10)
    assert body["possible_charge"] == {"amount": "2.50", "currency": "USD"}
    assert body["given_up_amount"] == {"amount": "25.000000", "currency": "USD"}
    assert (body["closed_short_reason"], held()) == ("The factory burned.", 0)
    assert WorkItem.objects.filter(closed_at=None).count() == 0
    event = AuditEvent.objects.get(code="orders.closed_short")
    assert (event.reason, event.params["eaches"]) == ("The factory burned.", 10)
    again = api.post(f"{URL}{stored.public_id}/close-short/", {"reason": "Twice."}, content_type="application/json")
    assert (again.status_code, again.json()["closed_short_reason"]) == (200, "The factory burned.")
    # Amazon goes on as if nothing had happened: the order stays ended, and takes no answer
    pull(Connection.objects.get(), order(state="Acknowledged", items=[item("1", 9), item("2", 4)]), at=NOW)
    assert PurchaseOrder.objects.get().state == "CLOSED_SHORT"


def test_what_has_left_is_still_to_be_invoiced_and_paid(tenant: Tenant) -> None:
    stored = make_order(make_connection())
    make_answer(stored)
    report(stored, QuantitySource.SHIPMENT, packed=6, shipped=6)

    closed = services.close_short(public_id=stored.public_id, reason="No more.", actor=ACTOR, now=NOW)

    states = [closed.order.state]
    for name in ("received", "invoiced", "paid"):
        report(stored, QuantitySource.INVOICE, **{name: 6})
        states.append(PurchaseOrder.objects.get().state)
    assert closed.price.eaches == 4
    assert states == ["SHIPPED", "RECEIVED", "INVOICED", "CLOSED_SHORT"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"reason": ""}, 400), ({"reason": "  "}, 400), ({"reason": "x" * 1001}, 400), ([], 400)],
)
def test_close_short_wants_a_reason(api: ApiClient, body: Any, status: int) -> None:
    stored = make_order(make_connection())

    answer = api.post(f"{URL}{stored.public_id}/close-short/", body, content_type="application/json")

    assert answer.status_code == status
    assert PurchaseOrder.objects.get().closed_short_at is None


def test_an_ended_order_cannot_be_closed_short(api: ApiClient) -> None:
    stored = make_order(make_connection(), state="Closed")

    answer = api.post(f"{URL}{stored.public_id}/close-short/", {"reason": "Why not?"}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (409, "ORDER_HAS_ENDED")


def test_adopt_by_api(api: ApiClient) -> None:
    stored = make_order(make_connection(), state="Acknowledged", purchaseOrderStateChangedDate="2026-11-01T00:00:00Z")

    answer = api.post(f"{URL}{stored.public_id}/adopt/")

    assert (answer.status_code, answer.json()["is_history"]) == (200, False)
    assert api.post(f"{URL}{stored.public_id}/adopt/").status_code == 200
    assert api.post(f"{URL}po_nobody/adopt/").status_code == 404


@pytest.mark.parametrize(
    ("windows", "terms"),
    [
        ({"deliveryWindow": None}, "COLLECT"),
        ({"shipWindow": None}, "PREPAID"),
        ({"shipWindow": None, "deliveryWindow": None}, ""),
        ({}, ""),
    ],
)
def test_freight_terms_follow_the_windows(api: ApiClient, windows: dict[str, None], terms: str) -> None:
    stored = make_order(make_connection(), **windows)

    assert api.get(f"{URL}{stored.public_id}/").json()["freight_terms"] == terms


def test_freight_terms_of_both_windows_are_the_vendor_codes(api: ApiClient) -> None:
    make_order(make_connection())
    AnswerPolicy.objects.create(
        vendor_code="ACMUS", terms=PolicyTerms(freight_terms="COLLECT").stored(), actor_label="test", created_at=NOW
    )

    assert [row["freight_terms"] for row in api.get(URL).json()["results"]] == ["COLLECT"]


def test_lines_and_orders_have_the_fields_of_the_contract(api: ApiClient) -> None:
    stored = make_order(make_connection(), paymentMethod="Consignment")

    order_row = api.get(f"{URL}{stored.public_id}/").json()

    assert order_row.keys() >= {
        "freight_terms", "payment_method", "is_import", "bill_to_party", "deadline_at", "deadline_kind",
    }  # fmt: skip
    assert order_row["is_invoiceable"] is False
    assert order_row["lines"][0].keys() >= {
        "original_ordered_eaches", "backordered_eaches", "packed_eaches", "shipped_eaches", "invoiced_eaches",
        "open_eaches", "backorder_allowed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "is_invoiceable"),
    [
        ({}, True),
        ({"purchaseOrderType": "ConsignedOrder"}, False),
        ({"paymentMethod": "Consignment"}, False),
        ({"paymentMethod": "CreditCard"}, True),
    ],
)
def test_consigned_goods_are_never_invoiced(tenant: Tenant, fields: dict[str, str], is_invoiceable: bool) -> None:
    assert selectors.is_invoiceable(make_order(make_connection(), **fields)) is is_invoiceable


def test_list_costs_the_same_however_many_orders(api: ApiClient) -> None:
    connection = make_connection()
    api.get(URL)  # a token's first use is noted
    counts = []
    for first, size in ((0, 1), (10, 3)):
        pull(connection, *(order(f"PO{first + place:06d}") for place in range(size)))
        with CaptureQueriesContext(database) as captured:
            assert api.get(URL).status_code == 200
        counts.append([query["sql"][:150] for query in captured])

    assert len(counts[0]) == len(counts[1]), counts


def test_stages_are_fractions(tenant: Tenant) -> None:
    stored = make_order(make_connection(), items=[item("1", 10), item("2", 10), item("3", 0)])
    make_answer(stored, LineAnswer("1", 10), LineAnswer("2", 4, 0, 6, "TEMPORARILY_UNAVAILABLE"))
    report(stored, QuantitySource.SHIPMENT, packed=7, shipped=5)

    with CaptureQueriesContext(database) as captured:
        shares = selectors.stage_shares([stored.pk])[stored.pk]

    assert len(captured) == 1
    assert {share.stage: (share.done, share.total) for share in shares} == {
        "ANSWERED": (20, 20), "PACKED": (7, 14), "SHIPPED": (5, 14), "RECEIVED": (0, 14), "INVOICED": (0, 14),
        "PAID": (0, 14),
    }  # fmt: skip


# --- pages ------------------------------------------------------------------------------------------------------------


def test_page_asks_for_the_reason(tenant: Tenant) -> None:
    stored = make_order(make_connection())
    make_answer(stored)
    browser = signed_in(make_member(tenant, Role.OPERATIONS))
    path = f"/orders/{stored.public_id}/close-short/"

    assert browser.post(path, {"reason": ""}).status_code == 422
    assert browser.post(path, {"reason": "No stock."}).status_code == 302

    assert PurchaseOrder.objects.get().state == "CLOSED_SHORT"


def test_page_takes_on_history_one_by_one_and_in_bulk(tenant: Tenant) -> None:
    connection = make_connection()
    old = {"state": "Acknowledged", "purchaseOrderStateChangedDate": "2026-11-01T00:00:00Z"}
    first, second = make_order(connection, "PO000001", **old), make_order(connection, "PO000002", **old)
    browser = signed_in(make_member(tenant, Role.OPERATIONS))
    assert f"/orders/{first.public_id}/adopt/" in browser.get(f"/orders/{first.public_id}/").content.decode()

    browser.post(f"/orders/{first.public_id}/adopt/")
    browser.post("/orders/adopt/", {"selected": [first.public_id, second.public_id]})

    assert PurchaseOrder.objects.filter(is_history=True).count() == 0
    assert f"/orders/{first.public_id}/adopt/" not in browser.get(f"/orders/{first.public_id}/").content.decode()
    assert PurchaseOrderLine.objects.count() == 2


def test_only_who_may_answer_may_end(tenant: Tenant) -> None:
    stored = make_order(make_connection())
    browser = signed_in(make_member(tenant, Role.VIEWER))

    assert browser.post(f"/orders/{stored.public_id}/close-short/").status_code == 403
    assert browser.post(f"/orders/{stored.public_id}/adopt/").status_code == 403
