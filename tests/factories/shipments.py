"""Shipments of answered orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from acorn.core.actor import Actor
from acorn.tenancy.models import TenantSetting
from orders.models import Acknowledgement, PurchaseOrder
from orders.types import LineAnswer
from shipments.models import Shipment
from shipments.services import cancel_shipment, mark_packed, plan_shipments, set_cartons
from shipments.types import GS1_PREFIX, Content, Origin, PackedCarton, ShipmentState
from tests.factories.catalog import make_warehouse
from tests.factories.orders import NOW, make_answer, make_connection, make_order
from vendors.models import Connection, Submission

ACTOR = Actor.system("test")
PREFIX = "0614141"


def set_prefix(prefix: str = PREFIX) -> None:
    """Let the company have a GS1 prefix."""
    TenantSetting.objects.update_or_create(key=GS1_PREFIX, defaults={"value": prefix})


def make_answered_order(
    number: str = "PO000001", *answers: LineAnswer, connection: Connection | None = None, **fields: Any
) -> PurchaseOrder:
    """An order that was answered (all of it, unless `answers` say otherwise), and the answer sent."""
    order = make_order(connection or Connection.objects.first() or make_connection(), number, **fields)
    answer = make_answer(order, *answers)
    send_answer(answer)
    return PurchaseOrder.objects.get(pk=order.pk)


def send_answer(answer: Acknowledgement, at: datetime = NOW) -> None:
    """Let an answer have left."""
    Submission.objects.filter(pk=answer.submission_id).update(state="SENT", sent_at=at)


def carton(*contents: Content, **fields: Any) -> PackedCarton:
    return PackedCarton(contents, **fields)


def make_shipment(
    order: PurchaseOrder | None = None,
    *,
    cartons: Sequence[PackedCarton] | None = None,
    state: str = ShipmentState.PLANNED,
    now: datetime = NOW,
    **plan: Any,
) -> Shipment:
    """A shipment of an order (an answered one is made unless given), packed as proposed or in these cartons.

    `state`: PLANNED, PACKED or CANCELLED; what departs is `shipments.services.depart`'s.
    """
    set_prefix()
    order = order or make_answered_order()
    (shipment,) = plan_shipments(
        order_public_ids=[order.public_id], warehouse_public_id=make_warehouse().public_id,
        plan="AUTO" if cartons is None else "EMPTY", actor=ACTOR, now=now, **plan,
    )  # fmt: skip
    if cartons is not None:
        set_cartons(shipment.public_id, cartons, origin=Origin.PERSON, actor=ACTOR, now=now)
    if state == ShipmentState.PACKED:
        mark_packed(list(shipment.cartons.values_list("public_id", flat=True)), actor=ACTOR, now=now)
    if state == ShipmentState.CANCELLED:
        cancel_shipment(public_id=shipment.public_id, reason="test", actor=ACTOR, now=now)
    return Shipment.objects.get(pk=shipment.pk)
