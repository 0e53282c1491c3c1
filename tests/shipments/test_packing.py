"""Packing: cartons replaced as a whole, and what follows from it."""

from dataclasses import replace

import pytest

from acorn.tenancy.models import Tenant
from orders.models import PurchaseOrderLine
from shipments.errors import NothingToUndo, PackingChanged, PackingRefused, ShipmentClosed
from shipments.models import Carton, Pallet, Shipment, ShipmentEvent
from shipments.selectors import load_cartons
from shipments.services import cancel_shipment, mark_packed, set_cartons, undo_last
from shipments.types import Content, Origin, PackedCarton
from tests.factories.orders import NOW
from tests.factories.shipments import ACTOR, carton, make_shipment

FOREIGN = "340123450000000017"

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


def test_steps_are_undone_one_after_the_other(tenant: Tenant) -> None:
    shipment = make_shipment(cartons=[])
    pack(shipment, *of(shipment, 4, 4, 2))
    first = load_cartons([shipment.pk])[shipment.pk]
    pack(shipment, *of(shipment, 5, 4, 1), origin=Origin.PERSON)
    mark_packed([load_cartons([shipment.pk])[shipment.pk][0].row.public_id], actor=ACTOR, now=NOW)

    undo_last(shipment.public_id, actor=ACTOR, now=NOW)
    undo_last(shipment.public_id, actor=ACTOR, now=NOW)

    again = load_cartons([shipment.pk])[shipment.pk]
    assert [carton.packed for carton in again] == [carton.packed for carton in first]
    undo_last(shipment.public_id, actor=ACTOR, now=NOW)
    assert not load_cartons([shipment.pk])[shipment.pk]
    with pytest.raises(NothingToUndo):
        undo_last(shipment.public_id, actor=ACTOR, now=NOW)
    codes = list(ShipmentEvent.objects.order_by("id").values_list("code", flat=True))
    assert codes[-3:] == ["shipments.undone"] * 3
    assert PurchaseOrderLine.objects.get().packed_eaches == 0


def test_what_may_not_be_shipped_any_more_does_not_come_back(tenant: Tenant) -> None:
    shipment = make_shipment()
    pack(shipment, *of(shipment, 4))
    line = PurchaseOrderLine.objects.get()
    PurchaseOrderLine.objects.filter(pk=line.pk).update(ordered_eaches=4)

    with pytest.raises(PackingRefused):
        undo_last(shipment.public_id, actor=ACTOR, now=NOW)

    assert Shipment.objects.get().eaches == 4


def test_pallets_are_numbered_and_numbered_anew_with_other_cartons(tenant: Tenant) -> None:
    shipment = make_shipment(cartons=[])
    one, two, three = of(shipment, 4, 3, 3)
    pack(shipment, replace(one, pallet=1), replace(two, pallet=1), replace(three, pallet=2))
    before = dict(Pallet.objects.values_list("position", "sscc"))

    packed = pack(shipment, replace(one, pallet=1), two, replace(three, pallet=2))

    after = dict(Pallet.objects.values_list("position", "sscc"))
    assert before[2] == after[2]
    assert len({before[1], before[2], after[1]}) == 3
    assert packed.pallet_count == 2
    pack(shipment, one, two, three)
    assert not Pallet.objects.exists()


def test_a_number_of_another_system_is_kept_and_names_one_carton_only(tenant: Tenant) -> None:
    shipment = make_shipment(cartons=[])
    one, two = of(shipment, 6, 4)
    pack(shipment, replace(one, sscc="00" + FOREIGN), two)
    assert numbers(shipment)[0] == FOREIGN

    with pytest.raises(PackingRefused) as refused:
        pack(shipment, replace(one, sscc=FOREIGN, contents=two.contents), two)

    assert [finding.rule for finding in refused.value.findings] == ["SSCC_OF_OTHER_CONTENTS"]
    with pytest.raises(PackingRefused):
        pack(shipment, replace(one, sscc=FOREIGN), replace(two, sscc=FOREIGN))
    assert numbers(shipment)[0] == FOREIGN
