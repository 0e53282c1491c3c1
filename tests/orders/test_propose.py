"""Proposals from what is stored: how many statements, and how the API tells them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from acorn.core import clock
from acorn.tenancy.models import Tenant
from catalog.models import AgreedCost, Commitment, Inbound, Item, StockBalance, Warehouse
from orders.models import AnswerPolicy, PurchaseOrder, PurchaseOrderLine
from orders.selectors import propose
from orders.types import PolicyTerms
from tests.factories.accounts import ApiClient, api_client
from tests.factories.orders import NOW, cases, item, make_connection, make_order
from vendors.models import Connection

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def api(tenant: Tenant) -> ApiClient:
    return api_client(tenant)


def make_item(sku: str = "MUG", case_pack: int = 1, **fields: Any) -> Item:
    return Item.objects.create(sku=sku, case_pack=case_pack, created_at=NOW, changed_at=NOW, **fields)


def make_stock(product: Item, on_hand: int, code: str = "A") -> StockBalance:
    place, _ = Warehouse.objects.get_or_create(code=code, defaults={"name": code, "created_at": NOW})
    return StockBalance.objects.create(item=product, warehouse=place, pool="OWN", on_hand=on_hand)


def make_mapped_order(
    link: Connection, product: Item, number: str = "PO000001", amount: int = 240, **fields: Any
) -> PurchaseOrder:
    order = make_order(link, number, items=[item("1", amount)], **fields)
    PurchaseOrderLine.objects.filter(order=order).update(item=product, item_problem="")
    return order


def quantities(order: PurchaseOrder, now: datetime = NOW) -> list[tuple[int, int, int]]:
    lines = propose([order.public_id], now=now)[order.public_id].lines
    return [(line.answer.accepted, line.answer.backordered, line.answer.rejected) for line in lines]


def test_proposal_is_what_stock_and_inbound_allow() -> None:
    product = make_item()
    balance = make_stock(product, 180)
    Inbound.objects.create(
        item=product, warehouse=balance.warehouse, pool="OWN", quantity=60, expected_on=date(2026, 12, 2),
        reference="C1", changed_at=NOW,
    )  # fmt: skip
    order = make_mapped_order(make_connection(), product)

    assert quantities(order) == [(180, 60, 0)]


def test_number_of_statements_does_not_grow_with_the_orders() -> None:
    link = make_connection()
    products = [make_item(f"MUG{place}") for place in range(12)]
    for product in products:
        make_stock(product, 1000)
    ids = [make_mapped_order(link, product, f"PO{place:06}").public_id for place, product in enumerate(products)]

    def count(chosen: list[str]) -> int:
        with CaptureQueriesContext(database) as captured:
            found = propose(chosen, now=NOW)
        assert len(found) == len(chosen)
        return len(captured)

    assert (count(ids[:1]), count(ids)) == (10, 10)


def test_orders_asked_for_together_compete_and_alone_do_not() -> None:
    product, link = make_item(), make_connection()
    make_stock(product, 300)
    first, second = (make_mapped_order(link, product, number) for number in ("PO000001", "PO000002"))

    together = propose([second.public_id, first.public_id], now=NOW)

    assert [together[each.public_id].lines[0].answer.accepted for each in (first, second)] == [240, 60]
    assert quantities(second) == [(240, 0, 0)]


def test_what_an_order_holds_counts_for_it_alone() -> None:
    product, link = make_item(), make_connection()
    balance = make_stock(product, 240)
    holder, other = (make_mapped_order(link, product, number) for number in ("PO000001", "PO000002"))
    StockBalance.objects.update(committed=240)
    Commitment.objects.create(
        balance=balance, purpose="AMAZON_LINE", reference_kind="orders.purchase_order", reference_id=holder.public_id,
        reference_label=holder.number, key=f"{holder.public_id}:1:{balance.warehouse_id}", quantity=240,
        actor_label="test", created_at=NOW, changed_at=NOW,
    )  # fmt: skip

    assert quantities(holder) == [(240, 0, 0)]
    assert quantities(other) == [(0, 0, 240)]


def test_youngest_policy_of_the_vendor_code_counts() -> None:
    product = make_item()
    order = make_mapped_order(make_connection(), product)
    for uses_stock in (True, False):
        AnswerPolicy.objects.create(
            vendor_code=order.vendor_code,
            terms=PolicyTerms(uses_stock=uses_stock).stored(),
            actor_label="me",
            created_at=NOW,
        )
    AnswerPolicy.objects.create(vendor_code="OTHER", terms={}, actor_label="me", created_at=NOW)

    assert quantities(order) == [(240, 0, 0)]


def test_agreed_cost_of_the_orders_day_is_compared() -> None:
    product = make_item()
    make_stock(product, 240)
    order = make_mapped_order(make_connection(), product)
    AgreedCost.objects.create(
        item=product, vendor_code=order.vendor_code, currency="USD", cost=Decimal("2.75"), status="ACTIVE",
        valid_from=date(2026, 1, 1), author_label="me", created_at=NOW,
    )  # fmt: skip

    (line,) = propose([order.public_id], now=NOW)[order.public_id].lines

    assert line.doubts[0]["code"] == "orders.why.cost_below"
    assert line.doubts[0]["params"] == {"cost": "2.50", "agreed": "2.75", "amount": "60.00", "currency": "USD"}


def test_withdrawn_line_has_no_part_in_it() -> None:
    product = make_item()
    make_stock(product, 240)
    order = make_mapped_order(make_connection(), product)
    PurchaseOrderLine.objects.update(is_withdrawn=True, ordered_eaches=0)

    assert quantities(order) == []


def test_api_tells_quantities_reasons_and_options(api: ApiClient) -> None:
    now = clock.now().replace(microsecond=0)
    window = f"{now + timedelta(days=4):%Y-%m-%dT%H:%M:%SZ}--{now + timedelta(days=6):%Y-%m-%dT%H:%M:%SZ}"
    product = make_item(case_pack=12)
    make_stock(product, 100)
    order = make_order(
        make_connection(), items=[item("1", orderedQuantity=cases(20, 12)), item("2", 5)], shipWindow=window
    )
    PurchaseOrderLine.objects.filter(sequence="1").update(item=product, item_problem="")
    PurchaseOrderLine.objects.filter(sequence="2").update(item=None, item_problem="UNKNOWN")

    answer = api.get(f"/api/v1/purchase-orders/{order.public_id}/proposal/")

    assert answer.status_code == 200
    body = answer.json()
    first, second = body["lines"]
    assert not body["is_clean"]
    assert {name: first[name] for name in ("sequence", "accepted", "backordered", "rejected", "rejection_reason")} == {
        "sequence": "1", "accepted": 96, "backordered": 0, "rejected": 144, "rejection_reason": "TEMPORARILY_UNAVAILABLE",
    }  # fmt: skip
    assert first["scheduled_ship_at"] == (now + timedelta(days=6)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert first["backorder_ship_at"] is None
    assert first["reasons"][0]["message"].startswith("96 of 240 available until")
    assert [option["code"] for option in first["options"]] == [
        "orders.option.backorder_unfounded",
        "orders.option.reject_all",
    ]
    assert (second["accepted"], second["backordered"], second["rejected"]) == (0, 0, 0)
    assert second["problem"]["code"] == "orders.why.unmapped"


def test_proposal_of_nothing_is_404(api: ApiClient) -> None:
    assert api.get("/api/v1/purchase-orders/po_nothing/proposal/").status_code == 404
