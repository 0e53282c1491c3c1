"""Acknowledgements built from what Amazon showed, as a good client builds them."""

from __future__ import annotations

import copy
from typing import Any


def acknowledgement(order: dict[str, Any], answers: dict[str, list[tuple[str, int]]] | None = None) -> dict[str, Any]:
    """Answers per line as (code, amount in the line's unit); lines not named are accepted in full, [] leaves one out."""
    items = []
    for item in order["orderDetails"]["items"]:
        amount = item["orderedQuantity"]["amount"]
        chosen = (answers or {}).get(item["itemSequenceNumber"], [("Accepted", amount)])
        if chosen:
            items.append(answer(item, chosen))
    return {
        "purchaseOrderNumber": order["purchaseOrderNumber"],
        "sellingParty": order["orderDetails"]["sellingParty"],
        "acknowledgementDate": "2026-11-23T12:00:00Z",
        "items": items,
    }


def answer(item: dict[str, Any], chosen: list[tuple[str, int]]) -> dict[str, Any]:
    item = copy.deepcopy(item)
    return {
        "itemSequenceNumber": item["itemSequenceNumber"],
        "amazonProductIdentifier": item["amazonProductIdentifier"],
        "vendorProductIdentifier": item["vendorProductIdentifier"],
        "orderedQuantity": item["orderedQuantity"],
        "netCost": item["netCost"],
        "itemAcknowledgements": [
            {
                "acknowledgementCode": code,
                "acknowledgedQuantity": {**item["orderedQuantity"], "amount": amount},
                **({"rejectionReason": "TemporarilyUnavailable"} if code == "Rejected" else {}),
                **({"scheduledShipDate": "2027-01-15T08:00:00Z"} if code == "Backordered" else {}),
            }
            for code, amount in chosen
        ],
    }
