"""Pickups and parcel labels as Amazon shows them."""

from __future__ import annotations

import base64
from typing import Any

from simulator import times
from simulator.generation import random_digits
from simulator.parcel_label import draw
from simulator.pickup import Pickup

_MOST_LABELS = 1000
_ECHOED = (
    "sellingParty",
    "shipFromParty",
    "shipToParty",
    "shipmentMeasurements",
    "purchaseOrders",
    "importDetails",
    "containers",
)


def shipment(pickup: Pickup) -> dict[str, Any]:
    """The pickup as GetShipmentDetails shows it: what was asked for, and what has come of it."""
    request = pickup.request
    document = {
        "vendorShipmentIdentifier": pickup.identifier,
        "transactionType": "New",
        "buyerReferenceNumber": pickup.arn,
        "transactionDate": request["transactionDate"],
        "currentShipmentStatus": pickup.steps[-1].state,
        "currentshipmentStatusDate": times.text(pickup.steps[-1].at),
        "shipmentStatusDetails": [
            {"shipmentStatus": step.state, "shipmentStatusDate": times.text(step.at)} for step in pickup.steps
        ],
        "shipmentCreateDate": times.text(pickup.created_at),
        "shipmentConfirmDate": _text(pickup.shipped_at),
        "packageLabelCreateDate": _text(pickup.labelled_at),
        "shipmentFreightTerm": "Collect",
        **{name: request.get(name) for name in _ECHOED},
        "collectFreightPickupDetails": _filled(
            {
                "requestedPickUp": times.text(pickup.requested_at),
                "scheduledPickUp": _text(pickup.scheduled_at),
                "carrierAssignmentDate": _text(pickup.assigned_at),
            }
        ),
        "transportationDetails": _transport(pickup),
    }
    if pickup.has_lost_items:
        document["purchaseOrders"] = [
            {name: value for name, value in order.items() if name != "items"} for order in request["purchaseOrders"]
        ]
    return _filled(document)


def _transport(pickup: Pickup) -> dict[str, Any]:
    asked = pickup.request.get("transportationDetails", {})
    carrier = {"name": pickup.carrier, "code": pickup.scac, "shipmentReferenceNumber": pickup.pro}
    return _filled(
        {
            "shipMode": pickup.mode,
            "transportationMode": asked.get("transportationMode"),
            "shippedDate": _text(pickup.shipped_at),
            "estimatedDeliveryDate": _text(pickup.expected_at),
            "shipmentDeliveryDate": _text(pickup.delivered_at),
            "carrierDetails": _filled(carrier),
            "billOfLadingNumber": asked.get("billOfLadingNumber"),
        }
    )


def labels(pickup: Pickup) -> dict[str, Any]:
    """The carrier's labels of a small parcel pickup as GetShipmentLabels shows them: one for each carton."""
    request = pickup.request
    cartons = [entry for entry in request.get("containers", []) if entry["containerType"] == "carton"]
    count = len(cartons) or request.get("shipmentMeasurements", {}).get("totalCartonCount", 1)
    count = min(max(count, 1), _MOST_LABELS)
    trackings = [f"1Z{random_digits(f'{pickup.arn}:{place}', 16)}" for place in range(1, count + 1)]
    return _filled(
        {
            "labelCreateDateTime": _text(pickup.labelled_at),
            "shipmentInformation": _filled(
                {
                    "vendorDetails": {
                        "sellingParty": request["sellingParty"],
                        "vendorShipmentIdentifier": pickup.identifier,
                    },
                    "buyerReferenceNumber": pickup.arn,
                    "shipToParty": request["shipToParty"],
                    "shipFromParty": request["shipFromParty"],
                    "warehouseId": request["shipFromParty"]["partyId"],
                    "masterTrackingId": trackings[0],
                    "totalLabelCount": count,
                    "shipMode": "SmallParcel",
                }
            ),
            "labelData": [
                {
                    "labelSequenceNumber": place,
                    "labelFormat": "PDF",
                    "carrierCode": pickup.scac,
                    "trackingId": tracking,
                    "label": base64.b64encode(_label(pickup, tracking, f"{place} / {count}")).decode(),
                }
                for place, tracking in enumerate(trackings, start=1)
            ],
        }
    )


def _label(pickup: Pickup, tracking: str, place: str) -> bytes:
    lines = (pickup.carrier, tracking, f"ARN {pickup.arn}", f"SHIP TO {pickup.centre}", f"CARTON {place}", "SIMULATOR")
    return draw(lines)


def _text(at: int | None) -> str | None:
    return None if at is None else times.text(at)


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}
