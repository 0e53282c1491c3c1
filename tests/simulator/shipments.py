"""Shipment confirmations built from what was ordered, as a good client builds them."""

from __future__ import annotations

import itertools
from typing import Any

from tests.simulator.client import Client, moment
from tests.simulator.documents import acknowledgement
from tests.support.simulator import World

_serial = itertools.count(1)


def instant(**ago: float) -> str:
    """Some time ago (or ahead, negative), to the millisecond."""
    return f"{moment(**ago)[:-4]}Z"


def sscc() -> str:
    """A new SSCC as an ASN writes it, ``00`` and 18 digits."""
    body = f"00614141{next(_serial):09d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return f"00{body}{-total % 10}"


def acknowledged(world: World, client: Client, **wish: Any) -> dict[str, Any]:
    """A new order that was accepted in full; of two lines, prepaid, always of the same code and centre, unless told otherwise."""
    centre, vendor_code = world.get("directory")["parties"][0]["party_id"], world.get()["vendor_codes"][0]
    wish = {"lines": 2, "freight": "prepaid", "centre": centre, "vendor_code": vendor_code, **wish}
    number = world.post("orders", **wish)["numbers"][0]
    client.acknowledge(acknowledgement(client.order(number)))
    order = client.order(number)
    assert order["purchaseOrderState"] == "Acknowledged"
    return order


def confirmation(*orders: dict[str, Any], identifier: str = "", pallet: bool = False, **head: Any) -> dict[str, Any]:
    """Everything that was ordered, one carton for each line; on one pallet if so wished. The rest goes into the head."""
    details = orders[0]["orderDetails"]
    lines = [(order["purchaseOrderNumber"], item) for order in orders for item in order["orderDetails"]["items"]]
    items, cartons = [], []
    for place, (number, item) in enumerate(lines, start=1):
        sequence = f"{place:03d}"
        quantity = item["orderedQuantity"]
        more = {"lotNumber": f"L{place}", "expiry": {"expiryDate": instant(days=-400)}}
        items.append(
            {
                "itemSequenceNumber": sequence,
                "amazonProductIdentifier": item["amazonProductIdentifier"],
                "vendorProductIdentifier": item["vendorProductIdentifier"],
                "shippedQuantity": quantity,
                "itemDetails": {"purchaseOrderNumber": number, **more},
            }
        )
        cartons.append(
            {
                "cartonIdentifiers": [{"containerIdentificationType": "SSCC", "containerIdentificationNumber": sscc()}],
                "cartonSequenceNumber": sequence,
                "trackingNumber": f"1Z{place:04d}",
                "items": [{"itemReference": sequence, "shippedQuantity": quantity}],
            }
        )
    document = {
        "shipmentIdentifier": identifier or f"S-{next(_serial)}",
        "shipmentConfirmationType": "Original",
        "shipmentType": "LessThanTruckLoad",
        "shipmentStructure": "LooseStandardCase",
        "transportationDetails": {
            "carrierScac": "ABFS",
            "carrierShipmentReferenceNumber": "PRO123456",
            "transportationMode": "Road",
            "billOfLadingNumber": "VND0000012345",
        },
        "shipmentConfirmationDate": instant(),
        "shippedDate": instant(),
        "estimatedDeliveryDate": instant(days=-3),
        "sellingParty": {"partyId": details["sellingParty"]["partyId"]},
        "shipFromParty": {"partyId": "WHSE1"},
        "shipToParty": {"partyId": details["shipToParty"]["partyId"]},
        "shipmentMeasurements": {"cartonCount": len(cartons)},
        "shippedItems": items,
        "cartons": cartons,
    }
    if pallet:
        document["shipmentStructure"] = "PalletizedStandardCase"
        document["shipmentMeasurements"] = {"palletCount": 1}
        document["pallets"] = [
            {
                "palletIdentifiers": [{"containerIdentificationType": "SSCC", "containerIdentificationNumber": sscc()}],
                "cartonReferenceDetails": {
                    "cartonCount": len(cartons),
                    "cartonReferenceNumbers": [carton["cartonSequenceNumber"] for carton in cartons],
                },
            }
        ]
    return {**document, **head}


def pickup_request(*orders: dict[str, Any], identifier: str = "", **head: Any) -> dict[str, Any]:
    """A pickup of everything that was ordered, a week from now. The rest goes into the head."""
    details = orders[0]["orderDetails"]
    document = {
        "vendorShipmentIdentifier": identifier or f"P-{next(_serial)}",
        "transactionType": "New",
        "transactionDate": instant(),
        "shipmentFreightTerm": "Collect",
        "sellingParty": {"partyId": details["sellingParty"]["partyId"]},
        "shipFromParty": {"partyId": "WHSE1"},
        "shipToParty": {"partyId": details["shipToParty"]["partyId"]},
        "shipmentMeasurements": {
            "totalCartonCount": 3,
            "totalPalletStackable": 1,
            "totalPalletNonStackable": 0,
            "shipmentWeight": {"unitOfMeasure": "Kg", "value": "120.5"},
        },
        "collectFreightPickupDetails": {"requestedPickUp": instant(days=-7)},
        "purchaseOrders": [
            {
                "purchaseOrderNumber": order["purchaseOrderNumber"],
                "purchaseOrderDate": order["orderDetails"]["purchaseOrderDate"],
                "items": [
                    {
                        "itemSequenceNumber": f"{place:03d}",
                        "buyerProductIdentifier": item["amazonProductIdentifier"],
                        "vendorProductIdentifier": item["vendorProductIdentifier"],
                        "shippedQuantity": item["orderedQuantity"],
                    }
                    for place, item in enumerate(order["orderDetails"]["items"], start=1)
                ],
            }
            for order in orders
        ],
        "transportationDetails": {"shipMode": "LessThanTruckLoad", "transportationMode": "Road"},
    }
    return {**document, **head}
