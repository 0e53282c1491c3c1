"""Planning: what may leave, in which shipments, in which cartons."""

from typing import Any

import pytest

from acorn.tenancy.models import Tenant
from orders.models import PurchaseOrderLine
from orders.types import LineAnswer
from shipments.errors import Gs1PrefixMissing, NothingToShip, OrderNotAnswered
from shipments.models import Carton, CartonContent, Shipment
from shipments.selectors import load_cartons, shippable
from shipments.services import plan_shipments
from tests.factories.catalog import make_warehouse
from tests.factories.orders import NOW, cases, item, make_answer, make_connection, make_order
from tests.factories.shipments import ACTOR, make_answered_order, make_shipment, set_prefix

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
