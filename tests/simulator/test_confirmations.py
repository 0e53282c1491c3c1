"""Advance ship notices: what the door refuses, what fails later, what is taken and found wrong all the same."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator.confirmations import is_sscc
from tests.simulator.client import CONFIRMATIONS, LABELS, SHIPMENTS, Client, moment
from tests.simulator.shipments import acknowledged, confirmation, pickup_request, sscc
from tests.support.simulator import World

Spoil = Callable[[dict[str, Any]], Any]


@pytest.fixture
def order(world: World, client: Client) -> dict[str, Any]:
    return acknowledged(world, client)


def eaches(order: dict[str, Any], place: int = 0) -> int:
    quantity = order["orderDetails"]["items"][place]["orderedQuantity"]
    return int(quantity["amount"] * quantity["unitSize"])


def test_a_notice_is_taken_and_ends_in_success(world: World, client: Client, order: dict[str, Any]) -> None:
    document = confirmation(order, identifier="S-1")

    transaction_id = client.confirm(document)

    assert client.transaction(transaction_id) == {"transactionId": transaction_id, "status": "Success"}
    [asn] = world.shipments()
    assert (asn["identifier"], asn["state"], asn["versions"], asn["defects"]) == ("S-1", "ON_THE_WAY", 1, [])
    assert asn["transaction"] == transaction_id
    number = order["purchaseOrderNumber"]
    assert [(line["order"], line["line"], line["eaches"]) for line in asn["lines"]] == [
        (number, "1", eaches(order)),
        (number, "2", eaches(order, 1)),
    ]
    labels = [carton["cartonIdentifiers"][0]["containerIdentificationNumber"] for carton in document["cartons"]]
    assert [carton["codes"] for carton in asn["cartons"]] == [[label] for label in labels]
    assert world.shipments(order=number) == world.shipments(identifier="S-1") == [asn]
    assert world.shipments(order="0MISSING") == []


def test_outside_north_america_and_europe_it_stays_processing(make_world: Callable[..., World]) -> None:
    world = make_world(marketplace="JP")
    client = Client(world)
    document = confirmation(acknowledged(world, client))
    # What is mandatory elsewhere is not known of Japan.
    for name in ("cartons", "transportationDetails", "shipmentMeasurements"):
        del document[name]

    assert client.transaction(client.confirm(document))["status"] == "Processing"
    assert [len(asn["lines"]) for asn in world.shipments()] == [2]


def test_goods_on_a_pallet_and_of_several_orders(world: World, client: Client, order: dict[str, Any]) -> None:
    other = acknowledged(world, client)

    assert client.codes(client.confirm(confirmation(order, other, pallet=True))) == []

    [asn] = world.shipments()
    assert asn["orders"] == sorted([order["purchaseOrderNumber"], other["purchaseOrderNumber"]])
    assert {carton["pallet"] for carton in asn["cartons"]} == {"1"}
    assert asn["defects"] == []


def test_the_order_may_stand_at_the_carton_or_at_the_pallet(client: Client, order: dict[str, Any]) -> None:
    at_carton = confirmation(order)
    for item, carton in zip(at_carton["shippedItems"], at_carton["cartons"], strict=True):
        carton["items"][0]["itemDetails"] = item.pop("itemDetails")
    at_pallet = confirmation(order, pallet=True)
    at_pallet["pallets"][0]["items"] = [
        {
            "itemReference": item["itemSequenceNumber"],
            "shippedQuantity": item["shippedQuantity"],
            "itemDetails": item.pop("itemDetails"),
        }
        for item in at_pallet["shippedItems"]
    ]

    assert client.codes(client.confirm(at_carton)) == []
    # All of the order is shipped now, and that is all that is wrong with the other.
    assert set(client.codes(client.confirm(at_pallet))) == {"QUANTITY_EXCEEDS_CONFIRMED"}


def test_loose_goods_on_a_pallet(world: World, client: Client, order: dict[str, Any]) -> None:
    document = confirmation(order, pallet=True, shipmentStructure="PalletOfItems")
    document["pallets"][0]["items"] = [carton["items"][0] for carton in document.pop("cartons")]
    del document["pallets"][0]["cartonReferenceDetails"]

    assert client.codes(client.confirm(document)) == []

    [asn] = world.shipments()
    assert [line["eaches"] for line in asn["lines"]] == [eaches(order), eaches(order, 1)]
    assert asn["defects"] == []


def test_cases_and_eaches_are_the_same_goods(world: World, client: Client, order: dict[str, Any]) -> None:
    document = confirmation(order)
    document["shippedItems"][0]["shippedQuantity"] = {"amount": eaches(order), "unitOfMeasure": "Eaches"}

    assert client.codes(client.confirm(document)) == []


def test_parts_of_an_order_until_it_is_all_shipped(world: World, client: Client) -> None:
    order = acknowledged(world, client, lines=1)
    first, second = confirmation(order), confirmation(order)
    for document, amount in ((first, 1), (second, eaches(order) - 1)):
        quantity = {"amount": amount, "unitOfMeasure": "Eaches"}
        document["shippedItems"][0]["shippedQuantity"] = quantity
        document["cartons"][0]["items"][0]["shippedQuantity"] = quantity

    assert client.codes(client.confirm(first)) == []
    assert client.codes(client.confirm(confirmation(order))) == ["QUANTITY_EXCEEDS_CONFIRMED"]
    assert client.codes(client.confirm(second)) == []


def test_goods_that_came_without_a_notice_count_as_shipped(world: World, client: Client, order: dict[str, Any]) -> None:
    world.post(f"orders/{order['purchaseOrderNumber']}/receive", line="1", eaches=1)

    assert client.codes(client.confirm(confirmation(order))) == ["QUANTITY_EXCEEDS_CONFIRMED"]


# -- what fails later --------------------------------------------------------------------------------------------------


def transport(**values: str) -> Spoil:
    return lambda document: document["transportationDetails"].update(values)


def no_transport(name: str) -> Spoil:
    return lambda document: document["transportationDetails"].pop(name)


def quantity(**values: Any) -> Spoil:
    def spoil(document: dict[str, Any]) -> None:
        item = document["cartons"][0]["items"][0]
        item["shippedQuantity"] = {**item["shippedQuantity"], **values}
        document["shippedItems"][0]["shippedQuantity"] = item["shippedQuantity"]

    return spoil


def label(**values: str) -> Spoil:
    return lambda document: document["cartons"][0]["cartonIdentifiers"][0].update(values)


def more_of_everything(document: dict[str, Any]) -> None:
    for item, carton in zip(document["shippedItems"], document["cartons"], strict=True):
        item["shippedQuantity"] = {**item["shippedQuantity"], "amount": item["shippedQuantity"]["amount"] + 1}
        carton["items"][0]["shippedQuantity"] = item["shippedQuantity"]


REFUSED: list[tuple[str, Spoil, str]] = [
    ("order", lambda d: d["shippedItems"][0]["itemDetails"].update(purchaseOrderNumber="0MISSING"), "INVALID_ORDER_ID"),
    ("no order", lambda d: d["shippedItems"][0].pop("itemDetails"), "MISSING_FIELD"),
    (
        "two orders",
        lambda d: d["cartons"][0]["items"][0].update(itemDetails={"purchaseOrderNumber": "0MISSING"}),
        "ORDER_MISMATCH",
    ),
    ("vendor", lambda d: d.update(sellingParty={"partyId": "OTHER"}), "INVALID_SELLING_PARTY"),
    ("centre", lambda d: d.update(shipToParty={"partyId": "XXX1"}), "INVALID_SHIP_TO_PARTY"),
    ("product", lambda d: d["shippedItems"][0].update(vendorProductIdentifier="not-this"), "INVALID_ITEM"),
    ("too much", more_of_everything, "QUANTITY_EXCEEDS_CONFIRMED"),
    ("nothing", quantity(amount=0), "INVALID_QUANTITY"),
    ("negative", quantity(amount=-5), "INVALID_QUANTITY"),
    ("unit", quantity(unitOfMeasure="EACHES"), "INVALID_ENUM"),
    ("type", lambda d: d.update(shipmentType="Truckload"), "INVALID_ENUM"),
    ("structure", lambda d: d.update(shipmentStructure="Loose"), "INVALID_ENUM"),
    ("original", lambda d: d.update(shipmentConfirmationType="original"), "INVALID_ENUM"),
    ("way", transport(transportationMode="ROAD"), "INVALID_ENUM"),
    ("future", lambda d: d.update(shippedDate=moment(hours=-1)), "INVALID_SHIPPED_DATE"),
    ("long ago", lambda d: d.update(shippedDate=moment(days=8)), "INVALID_SHIPPED_DATE"),
    ("arrival", lambda d: d.update(estimatedDeliveryDate=moment(days=1)), "INVALID_DELIVERY_DATE"),
    ("in a year", lambda d: d.update(estimatedDeliveryDate=moment(days=-365)), "INVALID_DELIVERY_DATE"),
    (
        "for ever",
        lambda d: d["shippedItems"][0]["itemDetails"].update(
            expiry={
                "manufacturerDate": moment(),
                "expiryAfterDuration": {"durationUnit": "Months", "durationValue": 10**6},
            }
        ),
        "INVALID_EXPIRY",
    ),
    ("no departure", lambda d: d.pop("shippedDate"), "MISSING_FIELD"),
    ("no arrival", lambda d: d.pop("estimatedDeliveryDate"), "MISSING_FIELD"),
    ("no type", lambda d: d.pop("shipmentType"), "MISSING_FIELD"),
    ("no BOL", no_transport("billOfLadingNumber"), "MISSING_FIELD"),
    ("empty BOL", transport(billOfLadingNumber=""), "MISSING_FIELD"),
    ("no SCAC", no_transport("carrierScac"), "MISSING_FIELD"),
    ("no PRO", no_transport("carrierShipmentReferenceNumber"), "MISSING_FIELD"),
    ("long SCAC", transport(carrierScac="UPSN - UNITED PARCELSERVICE INC"), "INVALID_CARRIER"),
    ("BOL a date", transport(billOfLadingNumber="2026-11-24"), "INVALID_BILL_OF_LADING"),
    ("BOL a letter", transport(billOfLadingNumber="X"), "INVALID_BILL_OF_LADING"),
    ("no count", lambda d: d.pop("shipmentMeasurements"), "MISSING_FIELD"),
    ("count", lambda d: d.update(shipmentMeasurements={"cartonCount": 9}), "COUNT_MISMATCH"),
    ("pallet count", lambda d: d["shipmentMeasurements"].update(palletCount=2), "COUNT_MISMATCH"),
    ("no cartons", lambda d: d.pop("cartons"), "MISSING_FIELD"),
    ("empty carton", lambda d: d["cartons"][0].update(items=[]), "MISSING_FIELD"),
    ("no items", lambda d: d.update(shippedItems=[]), "MISSING_FIELD"),
    ("no label", lambda d: d["cartons"][0].pop("cartonIdentifiers"), "MISSING_FIELD"),
    ("GTIN only", label(containerIdentificationType="GTIN"), "MISSING_FIELD"),
    ("18 digits", label(containerIdentificationNumber="006141410000000018"), "INVALID_SSCC"),
    ("check digit", label(containerIdentificationNumber="00006141410000000010"), "INVALID_SSCC"),
    (
        "same label",
        lambda d: d["cartons"][0].update(cartonIdentifiers=d["cartons"][1]["cartonIdentifiers"]),
        "DUPLICATE_SSCC",
    ),
    ("reference", lambda d: d["cartons"][0]["items"][0].update(itemReference="009"), "INVALID_ITEM_REFERENCE"),
    ("sum", lambda d: d["cartons"].append({**d["cartons"][0], "cartonSequenceNumber": "003"}), "QUANTITY_MISMATCH"),
    ("sequence", lambda d: d["cartons"][1].update(cartonSequenceNumber="001"), "INVALID_CARTON_SEQUENCE"),
    ("item twice", lambda d: d["shippedItems"][1].update(itemSequenceNumber="001"), "DUPLICATE_ITEM"),
    (
        "no product",
        lambda d: [d["shippedItems"][0].pop(f"{w}ProductIdentifier") for w in ("amazon", "vendor")],
        "MISSING_FIELD",
    ),
    ("replaces nothing", lambda d: d.update(shipmentConfirmationType="Replace"), "REPLACE_WITHOUT_ORIGINAL"),
    (
        "parcel",
        lambda d: (d.update(shipmentType="SmallParcel"), d["cartons"][0].pop("trackingNumber")),
        "MISSING_FIELD",
    ),
]


@pytest.mark.parametrize(("spoil", "code"), [entry[1:] for entry in REFUSED], ids=[entry[0] for entry in REFUSED])
def test_what_amazon_cannot_book_fails_and_changes_nothing(
    world: World, client: Client, order: dict[str, Any], spoil: Spoil, code: str
) -> None:
    document = confirmation(order)
    spoil(document)

    transaction = client.transaction(client.confirm(document))

    assert transaction["status"] == "Failure"
    assert code in [error["code"] for error in transaction["errors"]]
    assert world.shipments() == []
    # Its identifier and labels are free again.
    assert client.codes(client.confirm(confirmation(order, identifier=document["shipmentIdentifier"]))) == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda d: d["pallets"][0].update(palletIdentifiers=[]), "MISSING_FIELD"),
        (
            lambda d: d["pallets"][0]["cartonReferenceDetails"]["cartonReferenceNumbers"].append("009"),
            "INVALID_CARTON_REFERENCE",
        ),
        (
            lambda d: d["pallets"][0]["cartonReferenceDetails"].update(cartonReferenceNumbers=["001"], cartonCount=1),
            "INVALID_CARTON_REFERENCE",
        ),
        (lambda d: d["pallets"][0]["cartonReferenceDetails"].update(cartonCount=7), "COUNT_MISMATCH"),
        (lambda d: d["shipmentMeasurements"].update(palletCount=2), "COUNT_MISMATCH"),
    ],
)
def test_pallets_that_do_not_add_up(client: Client, order: dict[str, Any], spoil: Spoil, code: str) -> None:
    document = confirmation(order, pallet=True)
    spoil(document)

    assert code in client.codes(client.confirm(document))


def test_europe_asks_for_other_fields(make_world: Callable[..., World]) -> None:
    world = make_world(marketplace="DE")
    client = Client(world)
    order = acknowledged(world, client)
    parcel = confirmation(order, shipmentType="SmallParcel", transportationDetails={})
    on_pallet = confirmation(order, pallet=True, shipmentMeasurements={})

    assert client.transaction(client.confirm(parcel))["errors"][0]["details"] == "billOfLadingNumber"
    assert client.transaction(client.confirm(on_pallet))["errors"][0]["details"] == "palletCount"
    assert (
        client.codes(client.confirm(confirmation(order, transportationDetails={"billOfLadingNumber": "LS-77"}))) == []
    )


def test_orders_that_were_not_answered_or_are_closed(world: World, client: Client, order: dict[str, Any]) -> None:
    number = world.post("orders", lines=1, freight="prepaid")["numbers"][0]

    assert "ORDER_NOT_ACKNOWLEDGED" in client.codes(client.confirm(confirmation(client.order(number))))
    world.post(f"orders/{order['purchaseOrderNumber']}/close")
    assert client.codes(client.confirm(confirmation(order))) == ["ORDER_CLOSED"]


def test_another_codes_order_is_refused(world: World, client: Client) -> None:
    codes = world.get()["vendor_codes"]
    orders = [acknowledged(world, client, vendor_code=code) for code in codes[:2]]

    assert client.codes(client.confirm(confirmation(*orders))) == ["INVALID_SELLING_PARTY"]


def test_what_amazon_pays_for_needs_its_reference(make_world: Callable[..., World]) -> None:
    world = make_world()
    client = Client(world)
    collect, both = (acknowledged(world, client, freight=freight) for freight in ("collect", "both"))

    failed = client.transaction(client.confirm(confirmation(collect)))
    assert [error["details"] for error in failed["errors"]] == ["amazonReferenceNumber"]
    assert client.codes(client.confirm(confirmation(both))) == []

    world.post("settings", collect_vendor_codes=world.get()["vendor_codes"])
    other = acknowledged(world, client, freight="both")
    assert client.codes(client.confirm(confirmation(other))) == ["MISSING_FIELD"]


def test_one_bad_notice_fails_the_whole_document(world: World, client: Client, order: dict[str, Any]) -> None:
    good = confirmation(order)

    codes = client.codes(client.confirm(good, confirmation(order)))

    assert set(codes) == {"QUANTITY_EXCEEDS_CONFIRMED"}
    assert world.shipments() == []


def test_an_identifier_and_a_label_are_used_once_a_year(world: World, client: Client) -> None:
    first, second = (acknowledged(world, client) for _ in range(2))
    taken = confirmation(first, identifier="S-1")
    assert client.codes(client.confirm(taken)) == []
    again = confirmation(second)
    again["cartons"][0]["cartonIdentifiers"] = taken["cartons"][1]["cartonIdentifiers"]

    assert client.codes(client.confirm(confirmation(second, identifier="S-1"))) == ["DUPLICATE_SHIPMENT_IDENTIFIER"]
    assert client.codes(client.confirm(again)) == ["SSCC_REUSED"]


# -- replacing ---------------------------------------------------------------------------------------------------------


def without_first_item(document: dict[str, Any], **head: Any) -> dict[str, Any]:
    less = {**copy.deepcopy(document), "shipmentConfirmationType": "Replace", **head}
    less["shippedItems"], less["cartons"] = less["shippedItems"][1:], less["cartons"][1:]
    less["shipmentMeasurements"] = {"cartonCount": 1}
    return less


def test_a_replacement_may_take_out(world: World, client: Client, order: dict[str, Any]) -> None:
    document = confirmation(order)
    client.confirm(document)
    less = without_first_item(document)

    assert client.codes(client.confirm(less)) == []
    [asn] = world.shipments()
    assert (asn["versions"], [line["line"] for line in asn["lines"]]) == (2, ["2"])
    # Nothing may be put back, and what was left out is free to be shipped under another identifier.
    assert client.codes(client.confirm({**document, "shipmentConfirmationType": "Replace"})) == [
        "REPLACE_ADDS_QUANTITY"
    ]
    rest = confirmation(order)
    rest["shippedItems"], rest["cartons"] = rest["shippedItems"][:1], rest["cartons"][:1]
    rest["shipmentMeasurements"] = {"cartonCount": 1}
    assert client.codes(client.confirm(rest)) == []


def test_a_replacement_comes_within_a_week(world: World, client: Client, order: dict[str, Any]) -> None:
    document = confirmation(order)
    client.confirm(document)
    world.post("clock", advance_seconds=8 * 86400)

    late = without_first_item(document, shippedDate=moment(days=-2), estimatedDeliveryDate=moment(days=-9))

    assert client.codes(client.confirm(late)) == ["REPLACE_TOO_LATE"]


def test_a_replacement_has_the_originals_selling_party(world: World, client: Client) -> None:
    codes = world.get()["vendor_codes"]
    first, second = (acknowledged(world, client, vendor_code=code) for code in codes[:2])
    client.confirm(confirmation(first, identifier="S-1"))

    other = confirmation(second, identifier="S-1", shipmentConfirmationType="Replace")

    assert "INVALID_SELLING_PARTY" in client.codes(client.confirm(other))


def test_a_replacement_is_as_late_as_its_original(world: World, client: Client) -> None:
    for shipped, late in ((moment(), []), (moment(hours=2), ["LATE"])):
        document = confirmation(acknowledged(world, client), shippedDate=shipped)
        client.confirm(document)
        world.post("clock", advance_seconds=3600)
        assert client.codes(client.confirm(without_first_item(document))) == []
        assert [defect["code"] for defect in world.shipments()[0]["defects"]] == late
        world.post("clock", advance_seconds=-3600)


# -- what is taken all the same ----------------------------------------------------------------------------------------


def mixed(order: dict[str, Any]) -> dict[str, Any]:
    document = confirmation(order, shipmentMeasurements={"cartonCount": 1}, shipmentStructure="LooseAssortmentCase")
    document["cartons"][0]["items"] += document["cartons"].pop()["items"]
    return document


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (lambda order: confirmation(order, shippedDate=moment(hours=1)), ["LATE"]),
        (lambda order: confirmation(order, shippedDate=moment(minutes=25)), []),
        (lambda order: confirmation(order, shipmentStructure="PalletizedStandardCase"), ["STRUCTURE_MISMATCH"]),
        (lambda order: confirmation(order, shipmentStructure="LooseAssortmentCase"), ["STRUCTURE_MISMATCH"]),
        (mixed, []),
        (lambda order: {**mixed(order), "shipmentStructure": "LooseStandardCase"}, ["STRUCTURE_MISMATCH"]),
    ],
)
def test_what_amazon_fines_is_taken_and_noted(
    world: World,
    client: Client,
    order: dict[str, Any],
    make: Callable[[dict[str, Any]], dict[str, Any]],
    codes: list[str],
) -> None:
    assert client.codes(client.confirm(make(order))) == []

    assert [defect["code"] for defect in world.shipments()[0]["defects"]] == codes


def test_food_needs_its_lot_and_its_expiry(world: World, client: Client) -> None:
    food = {product["asin"] for product in world.get("products")["products"] if product["is_perishable"]}
    order = acknowledged(world, client, lines=72)
    place = next(
        turn for turn, item in enumerate(order["orderDetails"]["items"]) if item["amazonProductIdentifier"] in food
    )

    def part(**details: Any) -> dict[str, Any]:
        document = confirmation(order, shipmentMeasurements={"cartonCount": 1})
        item, carton = document["shippedItems"][place], document["cartons"][place]
        item["itemDetails"] = {"purchaseOrderNumber": order["purchaseOrderNumber"], **details}
        carton["items"][0]["shippedQuantity"] = item["shippedQuantity"] = {"amount": 1, "unitOfMeasure": "Eaches"}
        return {**document, "shippedItems": [item], "cartons": [carton]}

    soon = {"expiry": {"expiryDate": moment(days=-20)}, "lotNumber": "L1"}
    made = {"manufacturerDate": moment(days=10), "expiryAfterDuration": {"durationUnit": "Months", "durationValue": 9}}
    assert client.codes(client.confirm(part(expiry=made, lotNumber="L1"))) == []
    assert world.shipments()[0]["defects"] == []
    for details, code in (({}, "MISSING_EXPIRY"), ({"lotNumber": "L1"}, "MISSING_EXPIRY"), (soon, "EXPIRES_SOON")):
        assert client.codes(client.confirm(part(**details))) == []
        assert [defect["code"] for defect in world.shipments()[0]["defects"]] == [code]


# -- the road there ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.clear(),
        lambda body: body.update(shipmentConfirmations=[]),
        lambda body: body.update(marketplaceIds=["ATVPDKIKX0DER"]),
        lambda body: body["shipmentConfirmations"][0].pop("shippedItems"),
        lambda body: body["shipmentConfirmations"][0].update(shippedDate="2026-11-24"),
        lambda body: body["shipmentConfirmations"][0].update(sellingParty={}),
        lambda body: body["shipmentConfirmations"][0]["shipFromParty"].update(address={"name": "A"}),
        lambda body: body["shipmentConfirmations"][0]["cartons"][0].pop("cartonSequenceNumber"),
        lambda body: body["shipmentConfirmations"][0]["cartons"][0].update(weight={"unitOfMeasure": "Lb", "value": 5}),
        lambda body: body["shipmentConfirmations"][0]["shippedItems"][0]["shippedQuantity"].update(amount="5"),
        lambda body: body["shipmentConfirmations"][0]["shippedItems"][0]["itemDetails"].update(countryOfOrigin="usa"),
        lambda body: body["shipmentConfirmations"][0].update(shippedItems=None),
    ],
)
def test_the_door_refuses_what_the_schema_does_not_allow(
    world: World, client: Client, order: dict[str, Any], spoil: Spoil
) -> None:
    body = {"shipmentConfirmations": [confirmation(order)]}
    spoil(body)

    answer = client.post(CONFIRMATIONS, body)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")
    assert world.shipments() == []


def test_effects_show_after_the_delay(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"shipment_delay_seconds": 900})
    client = Client(world)
    transaction_id = client.confirm(confirmation(acknowledged(world, client)))

    assert (client.transaction(transaction_id)["status"], world.shipments()) == ("Processing", [])
    world.post("clock", advance_seconds=901)
    assert client.transaction(transaction_id)["status"] == "Success"
    assert len(world.shipments()) == 1


@pytest.mark.parametrize(
    ("kind", "params", "status", "codes"),
    [
        ("refused", {"code": "INVALID_ARN"}, "Failure", ["INVALID_ARN"]),
        ("vague_failure", {}, "Failure", ["NotAvailable"] * 6),
        ("lost_document", {}, "Processing", []),
    ],
)
def test_a_fault_decides_what_becomes_of_the_next_notice(
    world: World, client: Client, order: dict[str, Any], kind: str, params: Any, status: str, codes: list[str]
) -> None:
    world.add_fault(kind, operation="SubmitShipmentConfirmations", params=params)
    document = confirmation(order)

    transaction_id = client.confirm(document)

    assert (client.transaction(transaction_id)["status"], client.codes(transaction_id)) == (status, codes)
    assert world.shipments() == []
    assert client.codes(client.confirm(document)) == []


def test_a_notice_is_taken_though_the_connection_is_cut(world: World, client: Client, order: dict[str, Any]) -> None:
    world.add_fault("reset_after", operation="SubmitShipmentConfirmations")
    document = confirmation(order, identifier="S-1")

    with pytest.raises(requests.ConnectionError):
        client.confirm(document)

    assert len(world.shipments(identifier="S-1")) == 1
    assert client.codes(client.confirm({**document, "shipmentConfirmationType": "Replace"})) == []


def test_a_clock_set_back_dates_notices_to_it(world: World, client: Client, order: dict[str, Any]) -> None:
    world.post("clock", advance_seconds=3 * 86400)
    client.confirm(confirmation(order, shippedDate=moment(days=-3), estimatedDeliveryDate=moment(days=-5)))
    assert len(world.shipments()) == 1

    world.post("clock", advance_seconds=-2 * 86400)

    [asn] = world.shipments()
    assert asn["posted_at"] == asn["first_at"] <= world.get()["now"]


def test_check_digits() -> None:
    assert is_sscc("00106141411234567897")
    assert all(is_sscc(sscc()) for _ in range(50))
    assert not any(is_sscc(code) for code in ("106141411234567897", "00106141411234567898", "0010614141123456789", ""))


# -- by attack ---------------------------------------------------------------------------------------------------------

JUNK: tuple[Any, ...] = (None, "", "x", -1, 0, 10**30, 1.5, True, [], {}, "2026-11-24T00:00:00Z", "\ud800", "9" * 400)
DATES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00")


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a document something can be put."""
    if isinstance(value, dict):
        inside: list[tuple[Any, Any]] = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    else:
        return [path]
    return [*([path] if path else []), *(place for key, entry in inside for place in places(entry, (*path, key)))]


def put(document: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    spoiled: Any = copy.deepcopy(document)
    inside = spoiled
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return spoiled  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", [CONFIRMATIONS, SHIPMENTS])
def test_whatever_is_posted_the_world_goes_on(world: World, client: Client, path: str) -> None:
    world.post("throttle", rate=10_000, burst=10_000)
    rng = random.Random(f"{path}{os.environ.get('SIMULATOR_SEED', '')}")
    order = acknowledged(world, client, freight="collect" if path == SHIPMENTS else "prepaid")
    whole, name = (
        (pickup_request(order), "shipments")
        if path == SHIPMENTS
        else (confirmation(order, pallet=True), "shipmentConfirmations")
    )
    document = {name: [whole]}
    where = places(document)
    assert len(where) > 40

    seen = set()
    for turn in range(200):
        junk = rng.choice(JUNK if turn % 4 else DATES)
        answer = client.post(path, put(document, rng.choice(where), junk))
        seen.add(answer.status_code)
        if answer.status_code == 202:
            codes = client.codes(answer.json()["payload"]["transactionId"])
            assert "InternalFailure" not in codes, junk

    assert seen == {202, 400}
    assert client.get(SHIPMENTS).status_code == client.get(LABELS).status_code == 200
    assert world.get("state")["orders"]
    assert client.codes(client.confirm(confirmation(acknowledged(world, client)))) == []
