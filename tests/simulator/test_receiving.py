"""What arrives: by the control API's hand and by itself, in parts, with losses; and what the orders say of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.client import Client
from tests.simulator.shipments import acknowledged, confirmation, instant, pickup_request, sscc
from tests.support.simulator import ControlError, World

DAY = 86_400
LIVELY = {
    "has_life": True,
    "receives_without_asn": False,
    "changed_share": 0,
    "cancelled_share": 0,
    "unshipped_share": 0,
}


@pytest.fixture
def order(world: World, client: Client) -> dict[str, Any]:
    return acknowledged(world, client)


def received(world: World, order: dict[str, Any]) -> list[int]:
    return [item["received_eaches"] for item in world.order(order["purchaseOrderNumber"])["items"]]


def ordered(order: dict[str, Any]) -> list[int]:
    quantities = [item["orderedQuantity"] for item in order["orderDetails"]["items"]]
    return [quantity["amount"] * quantity["unitSize"] for quantity in quantities]


def send(world: World, client: Client, *orders: dict[str, Any], **head: Any) -> dict[str, Any]:
    """A notice of everything, as the simulator has it."""
    assert client.codes(client.confirm(confirmation(*orders, **head))) == []
    return world.shipments()[0]


def act(world: World, shipment: dict[str, Any], do: str, **values: Any) -> dict[str, Any]:
    return world.post(f"asns/{shipment['id']}/{do}", **values)


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_all_of_it_is_received(world: World, client: Client, order: dict[str, Any]) -> None:
    shipment = send(world, client, order)
    assert act(world, shipment, "arrive")["state"] == "ARRIVED"

    done = act(world, shipment, "receive")

    assert done["state"] == "RECEIVED"
    assert [line["received_eaches"] for line in done["lines"]] == ordered(order) == received(world, order)
    status = client.status(order["purchaseOrderNumber"])
    assert status["purchaseOrderStatus"] == "CLOSED"
    assert {item["receivingStatus"]["receiveStatus"] for item in status["itemStatus"]} == {"RECEIVED"}


def test_carton_by_carton_by_its_label(world: World, client: Client, order: dict[str, Any]) -> None:
    shipment = send(world, client, order)
    first, second = (carton["codes"][0] for carton in shipment["cartons"])

    half = act(world, shipment, "receive", cartons=[first.removeprefix("00")])
    assert (half["state"], received(world, order)) == ("RECEIVING", [ordered(order)[0], 0])
    # Scanned again, it changes nothing more.
    act(world, shipment, "receive", cartons=[first])
    assert received(world, order) == [ordered(order)[0], 0]
    lost = act(world, shipment, "lose")
    assert (lost["state"], [carton["state"] for carton in lost["cartons"]]) == ("RECEIVED", ["RECEIVED", "MISSING"])
    assert [line["missing_eaches"] for line in lost["lines"]] == [0, ordered(order)[1]]

    found = act(world, shipment, "find", cartons=[second])

    assert [carton["state"] for carton in found["cartons"]] == ["RECEIVED", "RECEIVED"]
    assert received(world, order) == ordered(order)


def test_a_label_that_is_not_in_the_notice_is_a_defect(world: World, client: Client, order: dict[str, Any]) -> None:
    shipment, strange = send(world, client, order), sscc()

    done = act(world, shipment, "receive", cartons=[strange])

    assert [(defect["code"], defect["details"]) for defect in done["defects"]] == [("LABEL_NOT_IN_ASN", strange)]
    assert received(world, order) == [0, 0]


def test_a_pallets_label_stands_for_all_on_it(world: World, client: Client, order: dict[str, Any]) -> None:
    shipment = send(world, client, order, pallet=True)

    assert act(world, shipment, "receive", cartons=shipment["pallets"][0])["state"] == "RECEIVED"
    assert received(world, order) == ordered(order)


def test_a_carton_with_less_in_it(world: World, client: Client, order: dict[str, Any]) -> None:
    shipment = send(world, client, order)
    label = shipment["cartons"][0]["codes"][0]

    done = act(world, shipment, "receive", cartons=[label], eaches=1)

    assert received(world, order) == [1, 0]
    assert [defect["code"] for defect in done["defects"]] == ["CONTENT_MISMATCH"]
    assert done["lines"][0]["missing_eaches"] == ordered(order)[0] - 1
    act(world, shipment, "find", cartons=[label])
    assert received(world, order) == [ordered(order)[0], 0]


def test_goods_booked_to_another_order_of_the_truck(world: World, client: Client, order: dict[str, Any]) -> None:
    other = acknowledged(world, client)
    shipment = send(world, client, order)
    along = send(world, client, other)

    done = act(world, shipment, "misload", cartons=shipment["cartons"][0]["codes"])

    assert [defect["code"] for defect in done["defects"]] == ["BOOKED_ELSEWHERE"]
    assert received(world, order) == [0, 0]
    assert sum(received(world, other)) == ordered(order)[0]
    # It does not count as shipped of the other order.
    act(world, along, "receive")
    assert sum(received(world, other)) == sum(ordered(other)) + ordered(order)[0]


def test_a_replacement_comes_before_arrival(world: World, client: Client, order: dict[str, Any]) -> None:
    document = confirmation(order)
    client.confirm(document)
    act(world, world.shipments()[0], "arrive")

    codes = client.codes(client.confirm({**document, "shipmentConfirmationType": "Replace"}))

    assert codes == ["REPLACE_AFTER_ARRIVAL"]


def test_what_makes_no_sense_is_refused(world: World, client: Client, order: dict[str, Any]) -> None:
    shipment = send(world, client, order)

    for do, values, status in (
        ("misload", {}, 409),
        ("find", {}, 409),
        ("receive", {"eaches": 1}, 409),
        ("receive", {"cartons": shipment["cartons"][0]["codes"], "eaches": 10**6}, 409),
        ("receive", {"cartons": shipment["cartons"][0]["codes"], "eaches": "one"}, 400),
        ("appoint", {"starts_at": "soon"}, 400),
    ):
        with pytest.raises(ControlError) as refused:
            act(world, shipment, do, **values)
        assert refused.value.status == status, do
    assert world.shipments() == [shipment]
    act(world, shipment, "receive")
    for do in ("arrive", "receive", "lose", "appoint"):
        with pytest.raises(ControlError) as refused:
            act(world, shipment, do, starts_at=instant())
        assert refused.value.status == 409
    with pytest.raises(ControlError) as missing:
        world.post("asns/999/receive")
    assert missing.value.status == 404


def test_a_pickup_is_delivered_when_its_goods_arrive(world: World, client: Client) -> None:
    order = acknowledged(world, client, freight="collect")
    client.request_pickup(pickup_request(order))
    shipment = send(world, client, order, amazonReferenceNumber=client.pickups()[0]["buyerReferenceNumber"])

    arrived = act(world, shipment, "arrive")["arrived_at"]

    assert client.pickups()[0]["transportationDetails"]["shipmentDeliveryDate"] == arrived


# -- by themselves -----------------------------------------------------------------------------------------------------


def test_without_a_notice_nothing_comes_and_amazon_gives_up(make_world: Callable[..., World]) -> None:
    world = make_world(settings=LIVELY)
    client = Client(world)
    order = acknowledged(world, client)

    world.post("clock", advance_seconds=60 * DAY)

    assert received(world, order) == [0, 0]
    assert client.order(order["purchaseOrderNumber"])["purchaseOrderState"] == "Closed"
    assert [item["accepted_eaches"] for item in world.order(order["purchaseOrderNumber"])["items"]] == [0, 0]


def test_goods_still_come_by_themselves_where_no_notice_is_asked_for(make_world: Callable[..., World]) -> None:
    world = make_world(settings={**LIVELY, "receives_without_asn": True})
    order = acknowledged(world, Client(world))

    world.post("clock", advance_seconds=40 * DAY)

    assert received(world, order) == ordered(order)


@pytest.mark.parametrize("receives_without_asn", [True, False])
def test_goods_of_a_notice_come_in_parts(make_world: Callable[..., World], receives_without_asn: bool) -> None:
    world = make_world(settings={**LIVELY, "receives_without_asn": receives_without_asn})
    client = Client(world)
    order = acknowledged(world, client)
    send(world, client, order)  # due in three days

    seen = []
    for days in (2, 2, 1, 1):
        world.post("clock", advance_seconds=days * DAY)
        seen.append((world.shipments()[0]["state"], sum(received(world, order))))

    part = ordered(order)[0]
    assert seen == [("ON_THE_WAY", 0), ("ARRIVED", 0), ("RECEIVING", part), ("RECEIVED", sum(ordered(order)))]
    world.post("clock", advance_seconds=60 * DAY)
    assert received(world, order) == ordered(order)


def test_an_appointment_says_when_it_arrives(make_world: Callable[..., World]) -> None:
    world = make_world(settings=LIVELY)
    client = Client(world)
    shipment = send(world, client, acknowledged(world, client))

    act(world, shipment, "appoint", starts_at=instant(days=-10))

    world.post("clock", advance_seconds=9 * DAY)
    assert world.shipments()[0]["state"] == "ON_THE_WAY"
    world.post("clock", advance_seconds=2 * DAY)
    assert world.shipments()[0]["state"] == "ARRIVED"


def test_an_appointment_too_soon_makes_the_notice_late(world: World, client: Client, order: dict[str, Any]) -> None:
    shipment = send(world, client, order)

    assert act(world, shipment, "appoint", starts_at=instant(hours=-7))["defects"] == []
    for _ in range(2):
        late = act(world, shipment, "appoint", starts_at=instant(hours=-5))
        assert [defect["code"] for defect in late["defects"]] == ["LATE"]


def test_lost_cartons_leave_the_order_short_and_some_turn_up(make_world: Callable[..., World]) -> None:
    world = make_world(settings={**LIVELY, "receive_loss_share": 0.5, "found_later_share": 0.5})
    client = Client(world)
    orders = [acknowledged(world, client, lines=8) for _ in range(4)]
    send(world, client, *orders)

    world.post("clock", advance_seconds=8 * DAY)
    [shipment] = world.shipments()
    lost = [carton for carton in shipment["cartons"] if carton["state"] == "MISSING"]
    assert 4 < len(lost) < 28
    assert shipment["state"] == "RECEIVED"
    world.post("clock", advance_seconds=15 * DAY)
    [shipment] = world.shipments()
    still = [carton for carton in shipment["cartons"] if carton["state"] == "MISSING"]
    assert 0 < len(still) < len(lost)

    # Amazon closes them short; what was confirmed stays confirmed, so that the shortage shows.
    world.post("clock", advance_seconds=30 * DAY)
    short = {order["purchaseOrderNumber"] for order in orders if sum(received(world, order)) < sum(ordered(order))}
    assert short == {content["order"] for carton in still for content in carton["contents"]}
    for number in short:
        found = world.order(number)
        assert found["state"] == "Closed"
        assert sum(item["accepted_eaches"] for item in found["items"]) == sum(
            item["ordered_eaches"] for item in found["items"]
        )


def test_some_cartons_are_booked_to_another_order(make_world: Callable[..., World]) -> None:
    world = make_world(settings={**LIVELY, "misload_share": 1})
    client = Client(world)
    first, second = (acknowledged(world, client, lines=1) for _ in range(2))
    send(world, client, first, second)

    world.post("clock", advance_seconds=10 * DAY)

    assert [received(world, order) for order in (first, second)] == [ordered(second), ordered(first)]
    [shipment] = world.shipments()
    assert [defect["code"] for defect in shipment["defects"]] == ["BOOKED_ELSEWHERE"] * 2


def test_a_part_that_was_never_sent_is_cancelled_at_last(make_world: Callable[..., World]) -> None:
    world = make_world(settings=LIVELY)
    client = Client(world)
    order = acknowledged(world, client)
    document = confirmation(order, shipmentMeasurements={"cartonCount": 1})
    document["shippedItems"], document["cartons"] = document["shippedItems"][:1], document["cartons"][:1]
    client.confirm(document)

    world.post("clock", advance_seconds=60 * DAY)

    items = world.order(order["purchaseOrderNumber"])["items"]
    assert [item["received_eaches"] for item in items] == [ordered(order)[0], 0]
    assert [item["cancelled_eaches"] for item in items] == [0, ordered(order)[1]]


def test_the_same_seed_loses_the_same_cartons(make_world: Callable[..., World]) -> None:
    found = []
    for turn in range(2):
        world = make_world(
            f"twin-{turn}", seed="twins", vendor_codes=["TWIN1"], settings={**LIVELY, "receive_loss_share": 0.4}
        )
        client = Client(world)
        send(world, client, acknowledged(world, client, lines=12), identifier="S-1")
        world.post("clock", advance_seconds=10 * DAY)
        found.append([carton["state"] for carton in world.shipments()[0]["cartons"]])

    assert found[0] == found[1]
    assert set(found[0]) == {"RECEIVED", "MISSING"}
