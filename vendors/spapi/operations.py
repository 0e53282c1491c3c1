"""Amazon's operations as a table: a new one is one row here and one row in `rates.PUBLISHED`.

Amazon ignores parameters it does not know and then answers something plausible and wrong, so nothing leaves that is not in
the table, spelt and typed as in the official model.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from vendors.spapi.errors import InvalidCall

Value = str | int | bool | datetime
Parameter = Callable[[object], str]
"""Turns one value into its text on the wire; raises InvalidCall for a value that is not of its type."""


def instant(value: object) -> str:
    """An aware time, as full UTC timestamp with Z: date-only or zone-less ones are misread by Amazon."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise InvalidCall("expected an aware datetime")
    text = value.astimezone(UTC).isoformat(timespec="milliseconds" if value.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def boolean(value: object) -> str:
    if not isinstance(value, bool):
        raise InvalidCall("expected True or False")
    return "true" if value else "false"


def integer(low: int, high: int) -> Parameter:
    def check(value: object) -> str:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise InvalidCall(f"expected a whole number from {low} to {high}")
        return str(value)

    return check


def choice(*allowed: str) -> Parameter:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise InvalidCall(f"expected one of {', '.join(allowed)}")
        return str(value)

    return check


def text(pattern: str) -> Parameter:
    expression = re.compile(pattern)

    def check(value: object) -> str:
        if not isinstance(value, str) or not expression.fullmatch(value):
            raise InvalidCall(f"expected text like {pattern}")
        return str(value)

    return check


opaque = text(r"[\x21-\x7e][\x20-\x7e]{0,8191}")
vendor_code = text(r"[A-Za-z0-9]{1,20}")
# eight characters in the model, other lengths in Amazon's own sandbox; one segment of a path either way
order_number = text(r"[A-Za-z0-9]{1,40}")
identifier = text(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")
sort_order = choice("ASC", "DESC")


@dataclass(frozen=True, slots=True)
class Operation:
    """One row. `name` is Amazon's and names the quota as well. `envelope` is where the payload sits ("" = top level)."""

    name: str
    method: str
    path: str
    query: Mapping[str, Parameter] = field(default_factory=dict)
    segments: Mapping[str, Parameter] = field(default_factory=dict)
    has_body: bool = False
    envelope: str = "payload"

    def target(self, segments: Mapping[str, object], query: Mapping[str, object]) -> str:
        """Path and query. Values that are None are left out. Raises InvalidCall for whatever is not in the table."""
        path = self.path.format_map(
            {key: quote(value, safe="") for key, value in self._checked(segments, True).items()}
        )
        pairs = self._checked(query, False)
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def _checked(self, given: Mapping[str, object], is_path: bool) -> dict[str, str]:
        table = self.segments if is_path else self.query
        unknown = given.keys() - table.keys()
        if unknown:
            raise InvalidCall(f"{self.name} has no parameter {', '.join(sorted(unknown))}")
        missing = [key for key in table if is_path and given.get(key) is None]
        if missing:
            raise InvalidCall(f"{self.name} needs {', '.join(missing)}")
        checked = {}
        for key, value in given.items():
            if value is not None:
                try:
                    checked[key] = table[key](value)
                except InvalidCall as problem:
                    raise InvalidCall(f"{self.name}, {key}: {problem}") from None
        return checked


GET_PURCHASE_ORDERS = Operation(
    "getPurchaseOrders",
    "GET",
    "/vendor/orders/v1/purchaseOrders",
    query={
        "limit": integer(1, 100),
        "createdAfter": instant,
        "createdBefore": instant,
        "changedAfter": instant,
        "changedBefore": instant,
        "sortOrder": sort_order,
        "nextToken": opaque,
        "includeDetails": boolean,
        "poItemState": choice("Cancelled"),
        "isPOChanged": boolean,
        "purchaseOrderState": choice("New", "Acknowledged", "Closed"),
        "orderingVendorCode": vendor_code,
    },
)
GET_PURCHASE_ORDER = Operation(
    "getPurchaseOrder",
    "GET",
    "/vendor/orders/v1/purchaseOrders/{purchaseOrderNumber}",
    segments={"purchaseOrderNumber": order_number},
)
GET_PURCHASE_ORDERS_STATUS = Operation(
    "getPurchaseOrdersStatus",
    "GET",
    "/vendor/orders/v1/purchaseOrdersStatus",
    query={
        "limit": integer(1, 100),
        "sortOrder": sort_order,
        "nextToken": opaque,
        "createdAfter": instant,
        "createdBefore": instant,
        "updatedAfter": instant,
        "updatedBefore": instant,
        "purchaseOrderNumber": order_number,
        "purchaseOrderStatus": choice("OPEN", "CLOSED"),
        "itemConfirmationStatus": choice("ACCEPTED", "PARTIALLY_ACCEPTED", "REJECTED", "UNCONFIRMED"),
        "itemReceiveStatus": choice("NOT_RECEIVED", "PARTIALLY_RECEIVED", "RECEIVED"),
        "orderingVendorCode": vendor_code,
        "shipToPartyId": vendor_code,
    },
)
SUBMIT_ACKNOWLEDGEMENT = Operation("submitAcknowledgement", "POST", "/vendor/orders/v1/acknowledgements", has_body=True)
GET_TRANSACTION = Operation(
    "getTransaction",
    "GET",
    "/vendor/transactions/v1/transactions/{transactionId}",
    segments={"transactionId": identifier},
)
SUBMIT_SHIPMENT_CONFIRMATIONS = Operation(
    "SubmitShipmentConfirmations", "POST", "/vendor/shipping/v1/shipmentConfirmations", has_body=True
)
SUBMIT_SHIPMENTS = Operation("SubmitShipments", "POST", "/vendor/shipping/v1/shipments", has_body=True)
GET_SHIPMENT_DETAILS = Operation(
    "GetShipmentDetails",
    "GET",
    "/vendor/shipping/v1/shipments",
    query={
        "limit": integer(1, 50),
        "sortOrder": sort_order,
        "nextToken": opaque,
        **{
            f"{moment}{side}": instant
            for moment in (
                "created", "shipmentConfirmed", "packageLabelCreated", "shipped", "estimatedDelivery",
                "shipmentDelivery", "requestedPickUp", "scheduledPickUp",
            )
            for side in ("After", "Before")
        },
        "currentShipmentStatus": choice("Created", "TransportationRequested", "CarrierAssigned", "Shipped"),
        "vendorShipmentIdentifier": identifier,
        "buyerReferenceNumber": identifier,
        "buyerWarehouseCode": vendor_code,
        "sellerWarehouseCode": identifier,
    },
)  # fmt: skip
GET_SHIPMENT_LABELS = Operation(
    "GetShipmentLabels",
    "GET",
    "/vendor/shipping/v1/transportLabels",
    query={
        "limit": integer(1, 50),
        "sortOrder": sort_order,
        "nextToken": opaque,
        "labelCreatedAfter": instant,
        "labelCreatedBefore": instant,
        "buyerReferenceNumber": identifier,
        "vendorShipmentIdentifier": identifier,
        "sellerWarehouseCode": identifier,
    },
)

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        GET_PURCHASE_ORDERS,
        GET_PURCHASE_ORDER,
        GET_PURCHASE_ORDERS_STATUS,
        SUBMIT_ACKNOWLEDGEMENT,
        GET_TRANSACTION,
        SUBMIT_SHIPMENT_CONFIRMATIONS,
        SUBMIT_SHIPMENTS,
        GET_SHIPMENT_DETAILS,
        GET_SHIPMENT_LABELS,
    )
}
