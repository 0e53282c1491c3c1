"""Packing: cartons replaced as a whole, and what follows from it."""

import pytest

from acorn.tenancy.models import Tenant
from orders.models import PurchaseOrderLine
from shipments.errors import PackingChanged, PackingRefused, ShipmentClosed
from shipments.models import Carton, Shipment, ShipmentEvent
from shipments.selectors import load_cartons
from shipments.services import cancel_shipment, mark_packed, set_cartons
from shipments.types import Content, Origin, PackedCarton
from tests.factories.orders import NOW
from tests.factories.shipments import ACTOR, carton, make_shipment

pytestmark = pytest.mark.django_db


def pack(shipment: Shipment, *cartons: PackedCarton, origin: Origin = Origin.API, **fields: object) -> Shipment:
    return set_cartons(shipment.public_id, cartons, origin=origin, actor=ACTOR, now=NOW, **fields)


def of(shipment: Shipment, *eaches: int) -> list[PackedCarton]:
    """Cartons with so many eaches of the order's only line."""
    order = shipment.orders.get().order_id
    return [carton(Content(order, "1", count)) for count in eaches]


def numbers(shipment: Shipment) -> list[str]:
    return list(Carton.objects.filter(shipment=shipment).order_by("position").values_list("sscc", flat=True))


def test_what_stays_the_same_keeps_its_number_and_what_changes_gets_a_new_one(tenant: Tenant) -> None:
    shipment = make_shipment(cartons=[])
    pack(shipment, *of(shipment, 4, 4, 2))
    before = numbers(shipment)

    pack(shipment, *of(shipment, 4, 3, 3))

    after = numbers(shipment)
    assert after[0] == before[0]
    assert not set(after[1:]) & set(before)


def test_the_same_packing_again_changes_nothing(tenant: Tenant) -> None:
    shipment = make_shipment(cartons=[])
    first = pack(shipment, *of(shipment, 4, 4, 2))
    before = numbers(shipment)
    events = ShipmentEvent.objects.count()

    again = pack(shipment, *of(shipment, 4, 4, 2), version=0)

    assert (numbers(shipment), again.version, ShipmentEvent.objects.count()) == (before, first.version, events)


def test_cartons_change_places(tenant: Tenant) -> None:
    shipment = make_shipment(cartons=[])
    pack(shipment, *of(shipment, 5, 3, 2))
    before = numbers(shipment)

    pack(shipment, *of(shipment, 2, 3, 5))

    assert numbers(shipment) == list(reversed(before))


def test_packed_eaches_reach_the_order(tenant: Tenant) -> None:
    shipment = make_shipment()
    line = PurchaseOrderLine.objects.get()
    assert line.packed_eaches == 0
    first, *rest = [loaded.row for loaded in load_cartons([shipment.pk])[shipment.pk]]

    mark_packed([first.public_id], actor=ACTOR, now=NOW)

    line.refresh_from_db()
    shipment.refresh_from_db()
    assert (line.packed_eaches, shipment.state, line.order.state) == (1, "PACKING", "PACKING")
    mark_packed([row.public_id for row in rest], actor=ACTOR, now=NOW)
    line.refresh_from_db()
    shipment.refresh_from_db()
    assert (line.packed_eaches, shipment.state) == (10, "PACKED")
    cancel_shipment(public_id=shipment.public_id, reason="", actor=ACTOR, now=NOW)
    line.refresh_from_db()
    assert line.packed_eaches == 0


def test_more_than_shippable_needs_a_reason(tenant: Tenant) -> None:
    shipment = make_shipment()
    before = numbers(shipment)

    with pytest.raises(PackingRefused) as refused:
        pack(shipment, *of(shipment, 11))

    assert [finding.rule for finding in refused.value.findings] == ["BEYOND_SHIPPABLE"]
    assert numbers(shipment) == before
    packed = pack(shipment, *of(shipment, 11), overpack_reason="The buyer asked for one more")
    assert packed.eaches == 11
    event = ShipmentEvent.objects.order_by("-id").first()
    assert event.reason == "The buyer asked for one more"


def test_an_older_picture_overwrites_nothing(tenant: Tenant) -> None:
    shipment = make_shipment()
    pack(shipment, *of(shipment, 10), version=shipment.version)

    with pytest.raises(PackingChanged):
        pack(shipment, *of(shipment, 5, 5), version=shipment.version)


def test_what_is_cancelled_is_packed_no_more(tenant: Tenant) -> None:
    shipment = make_shipment(state="CANCELLED")

    with pytest.raises(ShipmentClosed):
        pack(shipment, *of(shipment, 10))
