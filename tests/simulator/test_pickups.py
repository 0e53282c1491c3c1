"""Pickup requests, what becomes of them, and what GetShipmentDetails and GetShipmentLabels show of that."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from simulator import times
from simulator.pickups import business_days_later
from tests.simulator.client import LABELS, SHIPMENTS, Client, moment
from tests.simulator.shipments import acknowledged, confirmation, pickup_request
from tests.support.simulator import ControlError, World

Spoil = Callable[[dict[str, Any]], Any]


@pytest.fixture
def order(world: World, client: Client) -> dict[str, Any]:
    return acknowledged(world, client, freight="collect")


def test_a_pickup_gets_its_reference_number_and_its_carrier(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"reference_delay_seconds": 600, "carrier_delay_seconds": 3600})
    client = Client(world)
    order = acknowledged(world, client, freight="collect")

    transaction_id = client.request_pickup(pickup_request(order, identifier="P-1"))
    assert client.transaction(transaction_id)["status"] == "Success"
    [pickup] = world.pickups()
    assert (pickup["state"], pickup["arn"], pickup["orders"]) == ("Created", "", [order["purchaseOrderNumber"]])
    world.post("clock", advance_seconds=601)
    [pickup] = world.pickups(identifier="P-1")
    assert (pickup["state"], len(pickup["arn"]), pickup["is_shown"]) == ("TransportationRequested", 10, False)
    assert client.pickups() == []
    world.post("clock", advance_seconds=3000)

    [shown] = client.pickups()
    assert shown["vendorShipmentIdentifier"] == "P-1"
    assert shown["buyerReferenceNumber"] == pickup["arn"]
    assert shown["currentShipmentStatus"] == "CarrierAssigned"
    assert [step["shipmentStatus"] for step in shown["shipmentStatusDetails"]] == [
        "Created",
        "TransportationRequested",
        "CarrierAssigned",
    ]
    assert (
        shown["collectFreightPickupDetails"]["scheduledPickUp"]
        == (shown["collectFreightPickupDetails"]["requestedPickUp"])
    )
    assert len(shown["transportationDetails"]["carrierDetails"]["code"]) == 4
    assert [len(entry["items"]) for entry in shown["purchaseOrders"]] == [2]


def test_the_notice_of_the_shipment_gives_the_reference_number(world: World, client: Client, order: Any) -> None:
    client.request_pickup(pickup_request(order))
    [shown] = client.pickups()
    arn = shown["buyerReferenceNumber"]

    made_up = confirmation(order, amazonReferenceNumber="1234567890")
    assert client.codes(client.confirm(made_up)) == ["INVALID_AMAZON_REFERENCE_NUMBER"]
    assert client.codes(client.confirm(confirmation(order, amazonReferenceNumber=arn))) == []

    [shown] = client.pickups(buyerReferenceNumber=arn)
    assert shown["currentShipmentStatus"] == "Shipped"
    assert "shipmentConfirmDate" in shown
    assert world.pickups()[0]["state"] == "Shipped"


def test_a_pickup_of_another_code_or_centre_is_no_reference(world: World, client: Client, order: Any) -> None:
    centres = [party["party_id"] for party in world.get("directory")["parties"]]
    other = acknowledged(world, client, freight="collect", centre=centres[1])
    client.request_pickup(pickup_request(other))
    arn = client.pickups()[0]["buyerReferenceNumber"]

    assert client.codes(client.confirm(confirmation(order, amazonReferenceNumber=arn))) == [
        "INVALID_AMAZON_REFERENCE_NUMBER"
    ]


def entry(**values: Any) -> Spoil:
    return lambda document: document["purchaseOrders"][0].update(values)


def item(**values: Any) -> Spoil:
    return lambda document: document["purchaseOrders"][0]["items"][0].update(values)


REFUSED: list[tuple[str, Spoil, str]] = [
    ("order", entry(purchaseOrderNumber="0MISSING"), "INVALID_ORDER_ID"),
    ("no orders", lambda d: d.pop("purchaseOrders"), "MISSING_FIELD"),
    ("no items", entry(items=[]), "MISSING_FIELD"),
    ("vendor", lambda d: d.update(sellingParty={"partyId": "OTHER"}), "INVALID_SELLING_PARTY"),
    ("centre", lambda d: d.update(shipToParty={"partyId": "XXX1"}), "INVALID_SHIP_TO_PARTY"),
    ("product", item(vendorProductIdentifier="not-this"), "INVALID_ITEM"),
    ("too much", item(shippedQuantity={"amount": 10**6, "unitOfMeasure": "Eaches"}), "QUANTITY_EXCEEDS_CONFIRMED"),
    ("none", item(shippedQuantity={"amount": 0, "unitOfMeasure": "Eaches"}), "QUANTITY_EXCEEDS_CONFIRMED"),
    ("no terms", lambda d: d.pop("shipmentFreightTerm"), "MISSING_FIELD"),
    ("prepaid", lambda d: d.update(shipmentFreightTerm="Prepaid"), "NOT_COLLECT"),
    ("no measures", lambda d: d.pop("shipmentMeasurements"), "MISSING_FIELD"),
    ("no date", lambda d: d.pop("collectFreightPickupDetails"), "MISSING_FIELD"),
    (
        "too soon",
        lambda d: d.update(collectFreightPickupDetails={"requestedPickUp": moment(hours=-20)}),
        "INVALID_PICKUP_DATE",
    ),
    ("type", lambda d: d.update(transactionType="Confirm"), "INVALID_ENUM"),
    ("mode", lambda d: d["transportationDetails"].update(shipMode="LTL"), "INVALID_ENUM"),
    ("cancel", lambda d: d.update(transactionType="Cancel"), "SHIPMENT_UNKNOWN"),
]


@pytest.mark.parametrize(("spoil", "code"), [entry[1:] for entry in REFUSED], ids=[entry[0] for entry in REFUSED])
def test_what_amazon_does_not_pick_up_fails(
    world: World, client: Client, order: dict[str, Any], spoil: Spoil, code: str
) -> None:
    document = pickup_request(order)
    spoil(document)

    transaction = client.transaction(client.request_pickup(document))

    assert transaction["status"] == "Failure"
    assert code in [error["code"] for error in transaction["errors"]]
    assert world.pickups() == []


def test_only_collect_orders_that_are_completely_confirmed(world: World, client: Client, order: Any) -> None:
    prepaid = acknowledged(world, client, freight="prepaid")
    number = order["purchaseOrderNumber"]
    new = client.order(world.post("orders", lines=1, freight="collect")["numbers"][0])

    assert client.codes(client.request_pickup(pickup_request(prepaid))) == ["NOT_COLLECT"]
    assert "ORDER_NOT_CONFIRMED" in client.codes(client.request_pickup(pickup_request(new)))
    world.change(
        number, "quantity", line="1", amount=order["orderDetails"]["items"][0]["orderedQuantity"]["amount"] + 5
    )
    assert client.codes(client.request_pickup(pickup_request(order))) == ["ORDER_NOT_CONFIRMED"]
    world.post(f"orders/{number}/close")
    assert client.codes(client.request_pickup(pickup_request(order))) == ["ORDER_CLOSED"]


def test_edited_until_the_carrier_is_assigned(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"carrier_delay_seconds": 3600})
    client = Client(world)
    order = acknowledged(world, client, freight="collect")
    client.request_pickup(pickup_request(order, identifier="P-1"))
    later = {"requestedPickUp": moment(days=-9)}
    edited = pickup_request(order, identifier="P-1", collectFreightPickupDetails=later)

    assert client.codes(client.request_pickup(edited)) == []
    [pickup] = world.pickups()
    assert pickup["requested_at"] == times.text(times.parse(later["requestedPickUp"]))
    moved = {**edited, "shipFromParty": {"partyId": "OTHER"}}
    assert client.codes(client.request_pickup(moved)) == ["PARTY_CHANGED"]
    world.post("clock", advance_seconds=3601)
    assert client.codes(client.request_pickup(edited)) == ["SHIPMENT_NOT_EDITABLE"]


def test_a_cancelled_pickup_is_gone_and_its_identifier_used(world: World, client: Client, order: Any) -> None:
    request = pickup_request(order, identifier="P-1")
    client.request_pickup(request)
    arn = client.pickups()[0]["buyerReferenceNumber"]

    assert client.codes(client.request_pickup({**request, "transactionType": "Cancel"})) == []

    assert client.pickups() == []
    assert world.pickups()[0]["state"] == "Cancelled"
    assert client.codes(client.request_pickup(request)) == ["DUPLICATE_SHIPMENT_IDENTIFIER"]
    assert client.codes(client.request_pickup({**request, "transactionType": "Cancel"})) == ["SHIPMENT_UNKNOWN"]
    assert client.codes(client.confirm(confirmation(order, amazonReferenceNumber=arn))) == [
        "INVALID_AMAZON_REFERENCE_NUMBER"
    ]


def test_an_invented_reference_makes_a_pickup_without_products(world: World, client: Client, order: Any) -> None:
    assert client.codes(client.request_pickup(pickup_request(order, buyerReferenceNumber="123"))) == []

    [shown] = client.pickups()
    assert [set(entry) for entry in shown["purchaseOrders"]] == [{"purchaseOrderNumber", "purchaseOrderDate"}]
    assert shown["buyerReferenceNumber"] != "123"
    assert world.pickups()[0]["has_lost_items"]


def test_the_far_east_has_neither(make_world: Callable[..., World]) -> None:
    world = make_world(marketplace="JP")
    client = Client(world)
    order = acknowledged(world, client, freight="collect")

    assert client.post(SHIPMENTS, {"shipments": [pickup_request(order)]}).status_code == 403
    world.post("pickups", orders=[order["purchaseOrderNumber"]])
    assert client.pickups() == []


# -- lists -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def five(world: World, client: Client) -> list[str]:
    for place in range(5):
        client.request_pickup(pickup_request(acknowledged(world, client, freight="collect"), identifier=f"P-{place}"))
    return [pickup["identifier"] for pickup in reversed(world.pickups())]


def pages(client: Client, path: str, rows: str, **parameters: Any) -> list[list[dict[str, Any]]]:
    found, token = [], None
    while True:
        payload = client.payload(path, **parameters, **({"nextToken": token} if token else {}))
        found.append(payload[rows])
        token = payload.get("pagination", {}).get("nextToken")
        if token is None:
            return found


def names(page: list[dict[str, Any]]) -> list[str]:
    return [row["vendorShipmentIdentifier"] for row in page]


def test_pages_may_be_empty_and_still_go_on(world: World, client: Client, five: list[str]) -> None:
    for pickup in world.pickups():
        if pickup["identifier"] in ("P-2", "P-3"):
            world.post(f"pickups/{pickup['id']}/cancel")

    assert [names(page) for page in pages(client, SHIPMENTS, "shipments", limit=2)] == [["P-0", "P-1"], [], ["P-4"]]
    descending = pages(client, SHIPMENTS, "shipments", limit=1, sortOrder="DESC")
    assert [names(page) for page in descending] == [["P-4"], [], [], ["P-1"], ["P-0"]]
    assert five == [f"P-{place}" for place in range(5)]


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"vendorShipmentIdentifier": "P-3"}, 1),
        ({"vendorShipmentIdentifier": "P-9"}, 0),
        ({"currentShipmentStatus": "CarrierAssigned"}, 5),
        ({"currentShipmentStatus": "Shipped"}, 0),
        ({"createdAfter": moment(hours=1)}, 5),
        ({"createdBefore": moment(hours=1)}, 0),
        ({"requestedPickUpAfter": moment(days=-6), "requestedPickUpBefore": moment(days=-8)}, 5),
        ({"scheduledPickUpAfter": moment(days=-8)}, 0),
        ({"estimatedDeliveryAfter": moment(days=-8)}, 5),
        ({"shippedAfter": moment(days=1)}, 0),
        ({"shipmentConfirmedBefore": moment(days=-1)}, 0),
        ({"shipmentDeliveryAfter": moment(days=1)}, 0),
        ({"packageLabelCreatedAfter": moment(days=1)}, 0),
        ({"buyerWarehouseCode": "XXX1"}, 0),
        ({"sellerWarehouseCode": "XXX1"}, 0),
        ({"createdafter": "misspelled, and ignored"}, 5),
    ],
)
def test_filters(client: Client, five: list[str], parameters: dict[str, str], found: int) -> None:
    assert len(client.pickups(**parameters)) == found


def test_a_pickup_is_found_by_when_it_became_available(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"carrier_delay_seconds": 7200})
    client = Client(world)
    client.request_pickup(pickup_request(acknowledged(world, client, freight="collect")))
    world.post("clock", advance_seconds=7200)

    assert len(client.pickups(createdAfter=moment(hours=-1))) == 1
    assert client.pickups(createdBefore=moment(hours=-1)) == []


@pytest.mark.parametrize("parameters", [{"limit": 51}, {"limit": 0}, {"currentShipmentStatus": "SHIPPED"}])
@pytest.mark.parametrize("path", [SHIPMENTS])
def test_bad_parameters(client: Client, path: str, parameters: dict[str, Any]) -> None:
    assert client.get(path, **parameters).status_code == 400


def test_faults_of_the_lists(world: World, client: Client, five: list[str]) -> None:
    world.add_fault("nothing_found", operation="GetShipmentDetails")
    assert client.payload(SHIPMENTS) == {"shipments": []}
    world.add_fault("empty_page", operation="GetShipmentDetails")
    assert [names(page) for page in pages(client, SHIPMENTS, "shipments")] == [[], five]
    world.add_fault("ignore_sort", operation="GetShipmentDetails")
    assert names(client.pickups(sortOrder="ASC")) == five[::-1]
    token = client.payload(SHIPMENTS, limit=1)["pagination"]["nextToken"]
    world.add_fault("dead_token", operation="GetShipmentDetails")
    assert client.get(SHIPMENTS, nextToken=token).status_code == 400
    world.add_fault("throttled", operation="GetShipmentLabels")
    assert client.get(LABELS).status_code == 429


def test_odd_data(world: World, client: Client, five: list[str]) -> None:
    def odd(kind: str) -> dict[str, Any]:
        world.add_fault(kind, operation="GetShipmentDetails")
        rows = client.pickups()
        assert rows[1:] == whole[1:]
        return rows[0]

    whole = client.pickups()
    assert odd("unknown_enum")["currentShipmentStatus"] == "Carrier assigned"
    assert odd("null_list")["purchaseOrders"] is None
    assert not odd("naive_date")["shipmentCreateDate"].endswith("Z")
    assert "transportationDetails" not in odd("missing_optional")
    assert client.pickups() == whole


# -- labels ------------------------------------------------------------------------------------------------------------


def parcels(order: dict[str, Any], **head: Any) -> dict[str, Any]:
    return pickup_request(order, transportationDetails={"shipMode": "SmallParcel"}, **head)


def test_parcels_get_a_label_each(world: World, client: Client, order: Any) -> None:
    client.request_pickup(parcels(order, identifier="P-1"))

    [found] = client.payload(LABELS, vendorShipmentIdentifier="P-1")["transportLabels"]

    assert found["shipmentInformation"]["totalLabelCount"] == 3
    assert [label["labelSequenceNumber"] for label in found["labelData"]] == [1, 2, 3]
    assert len({label["trackingId"] for label in found["labelData"]}) == 3
    document = pypdfium2.PdfDocument(base64.b64decode(found["labelData"][1]["label"]))
    text = document[0].get_textpage().get_text_range()
    assert (len(document), document[0].get_size()) == (1, (288, 432))
    assert found["labelData"][1]["trackingId"] in text
    assert f"ARN {client.pickups()[0]['buyerReferenceNumber']}" in text


def test_trucks_and_unlucky_parcels_have_no_labels(world: World, client: Client, order: Any) -> None:
    client.request_pickup(pickup_request(order))
    world.post("settings", labels_missing_share=1)
    client.request_pickup(parcels(acknowledged(world, client, freight="collect"), identifier="P-1"))

    assert client.payload(LABELS) == {"transportLabels": []}
    assert "packageLabelCreateDate" not in client.pickups(vendorShipmentIdentifier="P-1")[0]
    world.post(f"pickups/{world.pickups(identifier='P-1')[0]['id']}/label")
    assert len(client.payload(LABELS, labelCreatedAfter=moment(hours=1))["transportLabels"]) == 1


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_a_pickup_asked_for_in_vendor_central(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"carrier_delay_seconds": 3600})
    client = Client(world)
    order = acknowledged(world, client, freight="collect")

    pickup = world.post("pickups", orders=[order["purchaseOrderNumber"]])

    assert (pickup["state"], pickup["is_shown"]) == ("TransportationRequested", False)
    shown = world.post(f"pickups/{pickup['id']}/assign")
    assert [row["buyerReferenceNumber"] for row in client.pickups()] == [shown["arn"]]
    assert client.codes(client.confirm(confirmation(order, amazonReferenceNumber=shown["arn"]))) == []


def test_appointments_are_moved(world: World, client: Client, order: Any) -> None:
    client.request_pickup(pickup_request(order))
    place = f"pickups/{world.pickups()[0]['id']}"

    world.post(f"{place}/appoint", pickup_at="2030-01-07T09:00:00Z", delivery_at="2030-01-09T15:00:00Z")

    [shown] = client.pickups()
    assert shown["collectFreightPickupDetails"]["scheduledPickUp"] == "2030-01-07T09:00:00Z"
    assert shown["transportationDetails"]["estimatedDeliveryDate"] == "2030-01-09T15:00:00Z"
    world.post(f"{place}/ship")
    assert client.pickups()[0]["currentShipmentStatus"] == "Shipped"
    for path, body, status in (
        (f"{place}/appoint", {}, 409),
        (f"{place}/appoint", {"pickup_at": "soon"}, 400),
        ("pickups/999/assign", {}, 404),
        ("pickups", {"orders": []}, 400),
        ("pickups", {"orders": ["0MISSING"]}, 404),
    ):
        with pytest.raises(ControlError) as refused:
            world.post(path, **body)
        assert refused.value.status == status


def test_business_days() -> None:
    friday = times.parse("2026-11-20T15:00:00Z")

    assert times.text(business_days_later(friday, 2, "NA")) == "2026-11-24T07:00:00Z"
    assert times.text(business_days_later(friday, 2, "EU")) == "2026-11-23T23:00:00Z"
    # Late on Thursday in America it is Friday in UTC.
    assert times.text(business_days_later(times.parse("2026-11-20T03:00:00Z"), 2, "NA")) == "2026-11-23T07:00:00Z"


def test_a_clock_set_back_dates_pickups_to_it(world: World, client: Client, order: Any) -> None:
    world.post("clock", advance_seconds=3 * 86400)
    client.request_pickup(pickup_request(order, collectFreightPickupDetails={"requestedPickUp": moment(days=-20)}))
    assert len(client.pickups()) == 1

    now = world.post("clock", advance_seconds=-2 * 86400)["now"]

    [pickup] = world.pickups()
    assert max(pickup["created_at"], pickup["assigned_at"], pickup["steps"][-1]["at"]) <= now
    assert pickup["requested_at"] > now
