"""The same goods planned and packed by many at once: in one shipment each, never more than may be shipped."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Sum

from acorn.tenancy.models import Tenant
from orders.models import PurchaseOrder, PurchaseOrderLine
from shipments.models import Carton, CartonContent, Shipment
from tests.concurrency.test_contract_storms import at_once, company, post
from tests.factories.accounts import ApiClient
from tests.factories.shipments import make_answered_order, make_shipment, set_prefix
from tests.shipments.test_wms import row

__all__ = ["company"]

pytestmark = pytest.mark.django_db(transaction=True)


def plan(*orders: PurchaseOrder) -> Callable[[ApiClient], Any]:
    return post("shipments", {"purchase_orders": [order.public_id for order in orders], "warehouse": "MAIN"})


def pack(shipment: Shipment, order: PurchaseOrder, *eaches: int) -> Callable[[ApiClient], Any]:
    cartons = [
        {"contents": [{"purchase_order": order.public_id, "sequence": "1", "eaches": count}]} for count in eaches
    ]
    path = f"/api/v1/shipments/{shipment.public_id}/cartons/"
    return lambda api: api.put(path, {"cartons": cartons}, content_type="application/json")


def in_cartons(order: PurchaseOrder) -> int:
    held = CartonContent.objects.filter(line__order=order, carton__shipment__state__in=("PLANNED", "PACKING", "PACKED"))
    return held.aggregate(held=Sum("eaches", default=0))["held"]


def test_an_order_is_planned_once(company: Tenant) -> None:
    set_prefix()
    order = make_answered_order()

    answers = at_once(company, [plan(order)] * 6)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 5}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {"NOTHING_TO_SHIP"}
    assert in_cartons(order) == 10


def test_orders_in_any_order_wait_for_each_other_and_never_for_ever(company: Tenant) -> None:
    set_prefix()
    orders = [make_answered_order(f"PO00000{number}") for number in range(3)]
    ways = [orders, orders[::-1], [orders[1], orders[2]], [orders[2], orders[0]]]

    answers = at_once(company, [plan(*way) for way in ways])

    assert {answer.status_code for answer in answers} <= {201, 422}
    assert [in_cartons(order) for order in orders] == [10, 10, 10]


def test_two_shipments_of_an_order_do_not_both_get_the_last_pieces(company: Tenant) -> None:
    order = make_answered_order()
    one, two = make_shipment(order, cartons=[]), make_shipment(order, cartons=[])

    answers = at_once(
        company, [pack(one, order, 4, 4), pack(two, order, 5, 5), pack(one, order, 6), pack(two, order, 7)]
    )

    assert {answer.status_code for answer in answers} <= {200, 422}
    assert any(answer.status_code == 200 for answer in answers)
    assert in_cartons(order) <= 10
    assert PurchaseOrderLine.objects.get().packed_eaches == in_cartons(order)


def test_many_pack_one_shipment_and_the_last_one_counts(company: Tenant) -> None:
    order = make_answered_order()
    shipment = make_shipment(order, cartons=[])

    answers = at_once(company, [pack(shipment, order, *[1] * count, 10 - count) for count in range(1, 6)])

    assert {answer.status_code for answer in answers} == {200}
    cartons = list(Carton.objects.order_by("position").values_list("position", "sscc"))
    assert [position for position, _ in cartons] == list(range(1, len(cartons) + 1))
    assert len({sscc for _, sscc in cartons}) == len(cartons)
    assert in_cartons(order) == 10
    assert Shipment.objects.get().version == shipment.version + 5


def test_a_warehouse_system_that_says_it_twice_at_once_has_said_it_once(company: Tenant) -> None:
    order = make_answered_order()

    answers = at_once(company, [post("shipments/import", {"source": "WMS", "cartons": [row(1), row(2)]})] * 4)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["shipments"][0]["id"] for answer in answers}) == 1
    assert (Carton.objects.count(), in_cartons(order)) == (2, 10)
