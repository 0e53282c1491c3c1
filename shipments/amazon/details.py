"""What Amazon says about collect shipments: answers of `GetShipmentDetails`, and labels of `GetShipmentLabels`.

Nothing that Amazon sends makes this crash. What can't be read of a row stays readable in the raw document.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from vendors.gateway import SpApiClient
from vendors.spapi.answers import Answer
from vendors.spapi.checks import parse_instant
from vendors.types import FetchedPage, RowFinding

PAGE_SIZE = 50
# the status of a shipment whose ASN Amazon has
SHIPPED = "Shipped"
# in the order in which a shipment goes through them
_STATUSES = ("Created", "TransportationRequested", "CarrierAssigned", SHIPPED)
_PDF = b"%PDF-"


class ShipmentDetails(NamedTuple):
    """What Amazon holds of one collect shipment. Empty or None where it says nothing."""

    identifier: str
    amazon_reference_number: str
    status: str
    status_at: datetime | None
    scheduled_pickup_at: datetime | None
    carrier_assigned_at: datetime | None
    carrier_scac: str
    pro_number: str
    bol_number: str
    order_numbers: tuple[str, ...]


class TransportLabel(NamedTuple):
    """One label of a small parcel shipment that Amazon's carrier fetches, as PDF."""

    identifier: str
    amazon_reference_number: str
    sequence: int
    carrier: str
    tracking_number: str
    pdf: bytes


def fetch_created(client: SpApiClient, since: datetime, until: datetime, token: str | None) -> FetchedPage:
    """Shipments that were created in a window. Raises vendors.errors.AmazonError."""
    answer = client.get_shipment_details(created_after=since, created_before=until, limit=PAGE_SIZE, next_token=token)
    findings = [
        RowFinding(row, "shipments.details_unreadable")
        for row, shipment in enumerate(list_details(answer.payload))
        if parse_details(shipment) is None
    ]
    return FetchedPage(answer, answer.payload, answer.next_token or None, tuple(findings))


def fetch_details(client: SpApiClient, identifier: str) -> tuple[Answer, ShipmentDetails | None]:
    """What Amazon holds of one shipment; None where it does not show it (yet). Raises vendors.errors.AmazonError."""
    answer = client.get_shipment_details(vendor_shipment_identifier=identifier, limit=PAGE_SIZE)
    found = filter(None, map(parse_details, list_details(answer.payload)))
    return answer, next((details for details in found if details.identifier == identifier), None)


def fetch_labels(client: SpApiClient, identifier: str) -> tuple[Answer, list[TransportLabel]]:
    """The transport labels of one shipment. Often there are none although Vendor Central shows some (field notes D 23)."""
    answer = client.get_shipment_labels(vendor_shipment_identifier=identifier, limit=PAGE_SIZE)
    return answer, [label for label in parse_labels(answer.payload) if label.identifier in ("", identifier)]


def list_details(payload: Any) -> list[Any]:
    """The rows of an answer, as they came."""
    return _list(payload, "shipments")


def parse_details(row: Any) -> ShipmentDetails | None:
    """One shipment; None where not even its identifier can be read. Never raises."""
    if not isinstance(row, Mapping) or not (identifier := _text(row, "vendorShipmentIdentifier")):
        return None
    statuses = [
        entry for entry in _list(row, "shipmentStatusDetails", is_one_enough=True) if isinstance(entry, Mapping)
    ]
    latest = max(statuses, key=_status_order, default={})
    status = _text(latest, "shipmentStatus") or _text(row, "currentShipmentStatus")
    pickup = _mapping(row, "collectFreightPickupDetails")
    transport = _mapping(row, "transportationDetails")
    carrier = _mapping(transport, "carrierDetails")
    return ShipmentDetails(
        identifier,
        _text(row, "buyerReferenceNumber"),
        status if status in _STATUSES else "",
        parse_instant(latest.get("shipmentStatusDate") or row.get("currentshipmentStatusDate")),
        parse_instant(pickup.get("scheduledPickUp")),
        parse_instant(pickup.get("carrierAssignmentDate")),
        _text(carrier, "code"),
        _text(carrier, "shipmentReferenceNumber"),
        _text(transport, "billOfLadingNumber"),
        tuple(
            number
            for order in _list(row, "purchaseOrders")
            if isinstance(order, Mapping) and (number := _text(order, "purchaseOrderNumber"))
        ),
    )


def parse_labels(payload: Any) -> list[TransportLabel]:
    """Every label that is a PDF; what is none is left out. Never raises."""
    found = []
    for row in _list(payload, "transportLabels"):
        if not isinstance(row, Mapping):
            continue
        info = _mapping(row, "shipmentInformation")
        identifier = _text(_mapping(info, "vendorDetails"), "vendorShipmentIdentifier")
        for place, data in enumerate(_list(row, "labelData"), start=1):
            if isinstance(data, Mapping) and (pdf := _pdf(data.get("label"))):
                number = data.get("labelSequenceNumber")
                found.append(
                    TransportLabel(
                        identifier, _text(info, "buyerReferenceNumber"), number if isinstance(number, int) else place,
                        _text(data, "carrierCode"), _text(data, "trackingId"), pdf,
                    )
                )  # fmt: skip
    return found


def _pdf(value: Any) -> bytes:
    if not isinstance(value, str):
        return b""
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if content.startswith(_PDF) else b""


def _status_order(entry: Mapping[str, Any]) -> tuple[str, int]:
    """By date; of two on the same instant the one further on is the later."""
    at, status = parse_instant(entry.get("shipmentStatusDate")), entry.get("shipmentStatus")
    return at.isoformat() if at else "", _STATUSES.index(status) if status in _STATUSES else -1


def _list(holder: Any, name: str, *, is_one_enough: bool = False) -> list[Any]:
    value = holder.get(name) if isinstance(holder, Mapping) else None
    if is_one_enough and isinstance(value, Mapping):
        return [value]
    return value if isinstance(value, list) else []


def _mapping(holder: Any, name: str) -> Mapping[str, Any]:
    value = holder.get(name) if isinstance(holder, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _text(holder: Mapping[str, Any], name: str, longest: int = 60) -> str:
    value = holder.get(name)
    return value.strip()[:longest] if isinstance(value, str) else ""
