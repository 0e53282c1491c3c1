"""Planning: what may leave, in which shipments, in which cartons."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from catalog.models import Item
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.types import LineAnswer
from shipments.errors import Gs1PrefixMissing, NothingToShip, OrderNotAnswered, TooManyCartons
from shipments.models import Carton, CartonContent, Shipment
from shipments.selectors import load_cartons, shippable
from shipments.services import cancel_shipment, plan_shipments
from shipments.types import Content, PackedCarton
from tests.factories.catalog import make_warehouse
from tests.factories.orders import NOW, cases, give_items, item, make_answer, make_connection, make_order
from tests.factories.shipments import ACTOR, make_answered_order, make_shipment, send_answer, set_prefix

pytestmark = pytest.mark.django_db


def plan(*orders: Any, **fields: Any) -> list[Shipment]:
    values: dict[str, Any] = {
        "order_public_ids": [order.public_id for order in orders], "warehouse_public_id": make_warehouse().public_id,
        "actor": ACTOR, "now": NOW,
    }  # fmt: skip
    return plan_shipments(**values | fields)


def contents(shipment: Shipment) -> list[list[tuple[str, int]]]:
    """What is in each carton, as (line, eaches)."""
    cartons = load_cartons([shipment.pk])[shipment.pk]
    return [[(content.sequence, content.eaches) for content in carton.contents] for carton in cartons]


def test_an_answered_order_is_packed_by_its_case_pack(tenant: Tenant) -> None:
    set_prefix()
    order = make_answered_order()
    line = PurchaseOrderLine.objects.get(order=order)
    line.item.case_pack = 4
    line.item.save(update_fields=["case_pack"])

    (shipment,) = plan(order)

    assert contents(shipment) == [[("1", 4)], [("1", 4)], [("1", 2)]]
    assert (shipment.state, shipment.carton_count, shipment.eaches) == ("PLANNED", 3, 10)
    assert len({carton.sscc for carton in Carton.objects.all()}) == 3
    assert shippable([order.pk], now=NOW)[order.pk][0].eaches == 0


def test_nothing_is_planned_twice(tenant: Tenant) -> None:
    shipment = make_shipment()

    with pytest.raises(NothingToShip):
        plan(shipment.orders.get().order)

    assert Shipment.objects.count() == 1


def test_an_answer_that_has_not_left_is_no_answer(tenant: Tenant) -> None:
    set_prefix()
    order = make_order(make_connection())
    make_answer(order)

    with pytest.raises(OrderNotAnswered):
        plan(order)


def test_without_a_prefix_nothing_is_stored(tenant: Tenant) -> None:
    order = make_answered_order()

    with pytest.raises(Gs1PrefixMissing):
        plan(order)

    assert not Shipment.objects.exists()
    assert not CartonContent.objects.exists()


def test_cases_stay_whole(tenant: Tenant) -> None:
    set_prefix()
    order = make_answered_order("PO000002", items=[item(orderedQuantity=cases(5, 6))])

    (shipment,) = plan(order)

    assert contents(shipment) == [[("1", 6)]] * 5


def test_a_rejected_part_stays_at_home(tenant: Tenant) -> None:
    set_prefix()
    said = LineAnswer("1", accepted=7, rejected=3, rejection_reason="TEMPORARILY_UNAVAILABLE")
    order = make_answered_order("PO000003", said)

    (shipment,) = plan(order)

    assert shipment.eaches == 7


def test_orders_that_leave_together_share_a_shipment_and_others_do_not(tenant: Tenant) -> None:
    set_prefix()
    here = [make_answered_order(f"PO00000{number}") for number in range(2)]
    far = make_answered_order("PO000008", shipToParty={"partyId": "ONT8"})
    collect = make_answered_order("PO000009", deliveryWindow=None)

    shipments = plan(*here, far, collect)

    found = {
        (shipment.ship_to_party, shipment.freight_terms): sorted(
            shipment.orders.values_list("order__number", flat=True)
        )
        for shipment in shipments
    }
    assert found == {
        ("PHX7", ""): ["PO000000", "PO000001"], ("ONT8", ""): ["PO000008"], ("PHX7", "COLLECT"): ["PO000009"],
    }  # fmt: skip
    assert [shipment.number for shipment in shipments] == ["S000001", "S000002", "S000003"]


def test_what_is_back_ordered_leaves_from_its_day_on(tenant: Tenant) -> None:
    set_prefix()
    later = NOW + timedelta(days=5)
    order = make_answered_order("PO000001", LineAnswer("1", accepted=6, backordered=4, backorder_ship_at=later))

    assert [(line.eaches, line.later) for line in shippable([order.pk], now=NOW)[order.pk]] == [(6, 4)]
    (first,) = plan(order)
    (second,) = plan(order, now=later)

    assert (first.eaches, second.eaches) == (6, 4)


def test_what_amazon_takes_back_is_not_shipped(tenant: Tenant) -> None:
    set_prefix()
    order = make_answered_order("PO000001", items=[item("1", 10), item("2", 5)])
    PurchaseOrderLine.objects.filter(order=order, sequence="1").update(ordered_eaches=3)
    PurchaseOrderLine.objects.filter(order=order, sequence="2").update(is_withdrawn=True)

    (shipment,) = plan(order)

    assert contents(shipment) == [[("1", 1)]] * 3


@pytest.mark.parametrize("change", [{"amazon_state": "Closed"}, {"state": "CANCELLED"}, {"state": "CLOSED_SHORT"}])
def test_nothing_leaves_of_an_order_that_is_over(tenant: Tenant, change: dict[str, str]) -> None:
    set_prefix()
    order = make_answered_order()
    PurchaseOrder.objects.filter(pk=order.pk).update(**change)

    with pytest.raises(NothingToShip):
        plan(order)


def test_an_order_leaves_in_parts(tenant: Tenant) -> None:
    order = make_answered_order()
    one = Content(order.pk, "1", 4)
    make_shipment(order, cartons=[PackedCarton((one,))])

    (rest,) = plan(order)

    assert rest.eaches == 6


def test_many_orders_take_no_more_statements_than_one(tenant: Tenant) -> None:
    set_prefix()
    counts = []
    for first, size in ((0, 1), (10, 4)):
        orders = [make_answered_order(f"PO{first + number:06}") for number in range(size)]
        with CaptureQueriesContext(connection) as statements:
            plan(*orders)
        counts.append(len(statements))

    assert counts[0] == counts[1] < 90


def test_more_cartons_than_any_truck_holds_are_not_made(tenant: Tenant) -> None:
    set_prefix()
    order = make_order(make_connection(), items=[item("1", 30_000)])
    give_items(order, on_hand=40_000)
    send_answer(make_answer(order))

    with pytest.raises(TooManyCartons):
        plan(order)

    Item.objects.update(case_pack=100)
    (shipment,) = plan(order)
    assert shipment.carton_count == 300


def test_a_planned_shipment_is_work_until_it_is_cancelled(tenant: Tenant) -> None:
    shipment = make_shipment()
    waiting = WorkItem.objects.filter(subject_id=shipment.public_id, closed_at=None)
    assert waiting.count() == 1

    cancel_shipment(public_id=shipment.public_id, reason="", actor=ACTOR, now=NOW)

    assert not waiting.exists()
