"""Trucks that leave at once: each shipment once, its goods taken once, and nobody waits for ever."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum

from acorn.core import clock
from acorn.tenancy.models import Tenant
from catalog.models import StockBalance
from orders.models import PurchaseOrderLine
from shipments.models import Asn, Shipment, ShippedLine
from shipments.services import follow_received
from tests.concurrency.test_contract_storms import at_once, company
from tests.factories.accounts import ApiClient
from tests.factories.orders import item
from tests.factories.shipments import make_answered_order, make_shipment
from vendors.models import Submission

__all__ = ["company"]

pytestmark = pytest.mark.django_db(transaction=True)


def leave(shipment: Shipment, number: int = 1) -> Callable[[ApiClient], Any]:
    now = clock.now()
    body = {
        "departed_at": now.isoformat(), "estimated_delivery_at": (now + timedelta(days=1)).isoformat(), "mode": "LTL",
        "carrier_scac": "UPGF", "pro_number": f"PRO-{number}", "bol_number": f"ACMUS{number:08}",
    }  # fmt: skip
    path = f"/api/v1/shipments/{shipment.public_id}/depart/"
    return lambda api: api.post(path, body, content_type="application/json")


def test_a_shipment_leaves_once_whoever_says_so(company: Tenant) -> None:
    shipment = make_shipment()

    answers = at_once(company, [leave(shipment)] * 6)

    assert Counter(answer.status_code for answer in answers) == {202: 1, 409: 5}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"SHIPMENT_CLOSED"}
    assert (Asn.objects.count(), Submission.objects.filter(kind="shipments.asn").count()) == (1, 1)
    assert PurchaseOrderLine.objects.get().shipped_eaches == 10
    balance = StockBalance.objects.get()
    assert (balance.on_hand, balance.committed) == (990, 0)


def test_trucks_with_the_same_products_in_any_order_all_leave(company: Tenant) -> None:
    orders = [
        make_answered_order(f"PO00000{number}", items=[item("1"), item("2")] if number % 2 else [item("2"), item("1")])
        for number in range(1, 6)
    ]
    shipments = [make_shipment(order) for order in orders]

    answers = at_once(company, [leave(shipment, number) for number, shipment in enumerate(shipments, start=1)])

    assert {answer.status_code for answer in answers} == {202}
    assert list(StockBalance.objects.order_by("pk").values_list("on_hand", "committed")) == [(950, 0), (950, 0)]
    assert ShippedLine.objects.aggregate(shipped=Sum("shipped_eaches"))["shipped"] == 100
    # what is received meanwhile waits for none of them
    follow_received(order_ids=[order.pk for order in orders], raw_document_id=None, now=clock.now())
