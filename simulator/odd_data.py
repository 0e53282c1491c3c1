"""Odd data: answers as they have been seen in the wild, which no model allows."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from simulator import times
from simulator.faults import Fault
from simulator.http import Response, json_response

_ZONED = re.compile(r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)Z$")
_STALE = 400 * times.DAY


def answer(payload: dict[str, Any], faults: Sequence[Fault]) -> Response:
    """The payload as an answer, made odd in the ways that the faults want."""
    kinds = [fault.kind for fault in faults if fault.kind in KINDS]
    return json_response({"payload": distort(payload, kinds) if kinds else payload})


def distort(payload: dict[str, Any], kinds: list[str]) -> dict[str, Any]:
    """The payload of an operation with its first order, shipment or label distorted in each of the ways. The input stays as it was."""
    payload = copy.deepcopy(payload)
    for kind in kinds:
        distortion = _DISTORTIONS.get(kind)
        if distortion is not None:
            distortion(payload)
    return payload


def _orders(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows in the payload of any operation that reads."""
    names = ("orders", "ordersStatus", "shipments", "transportLabels")
    orders = next((payload[name] for name in names if name in payload), None)
    if orders is None and "purchaseOrderNumber" in payload:
        return [payload]
    return orders or []


def _items(order: dict[str, Any]) -> list[dict[str, Any]]:
    return order.get("itemStatus") or order.get("orderDetails", {}).get("items") or []


def _first(payload: dict[str, Any]) -> dict[str, Any]:
    return next(iter(_orders(payload)), {})


def _unknown_enum(payload: dict[str, Any]) -> None:
    order = _first(payload)
    if "orderDetails" in order:
        order["purchaseOrderState"] = "OnHold"
        order["orderDetails"]["purchaseOrderType"] = "SubscriptionOrder"
        for item in _items(order)[:1]:
            # The official samples have it in capitals too.
            item["orderedQuantity"]["unitOfMeasure"] = "CASES"
    elif "purchaseOrderStatus" in order:
        order["purchaseOrderStatus"] = "ON_HOLD"
        for item in _items(order)[:1]:
            item["receivingStatus"]["receiveStatus"] = "PARTIALLY_RECEIVE"
    elif "currentShipmentStatus" in order:
        # As the model's own table spells it, and as nobody does.
        order["currentShipmentStatus"] = "Carrier assigned"
        order["shipmentStatusDetails"][-1]["shipmentStatus"] = "OnHold"
    for label in order.get("labelData", [])[:1]:
        label["labelFormat"] = "ZPL"


def _missing_optional(payload: dict[str, Any]) -> None:
    order = _first(payload)
    details = order.get("orderDetails", {})
    for name in ("purchaseOrderType", "paymentMethod", "billToParty", "shipWindow", "deliveryWindow"):
        details.pop(name, None)
    shipment = ("currentshipmentStatusDate", "shipmentStatusDetails", "purchaseOrders", "transportationDetails")
    for name in ("lastUpdatedDate", *shipment, "collectFreightPickupDetails", "shipmentInformation"):
        order.pop(name, None)
    for item in _items(order)[:1]:
        for name in ("vendorProductIdentifier", "netCost", "listPrice", "acknowledgementStatus"):
            item.pop(name, None)


def _money_number(payload: dict[str, Any]) -> None:
    for item in _items(_first(payload)):
        for name in ("netCost", "listPrice"):
            if name in item:
                item[name]["amount"] = json.loads(item[name]["amount"])


def _naive_date(payload: dict[str, Any]) -> None:
    def without_zone(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without_zone(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [without_zone(entry) for entry in value]
        return _ZONED.sub(r"\1", value) if isinstance(value, str) else value

    for order in _orders(payload)[:1]:
        order.update(without_zone(order))


def _null_list(payload: dict[str, Any]) -> None:
    order = _first(payload)
    if "itemStatus" in order:
        order["itemStatus"] = None
    elif "items" in order.get("orderDetails", {}):
        order["orderDetails"]["items"] = None
    for name in ("shipmentStatusDetails", "purchaseOrders", "labelData"):
        if name in order:
            order[name] = None


def _negative_quantity(payload: dict[str, Any]) -> None:
    for item in _items(_first(payload))[:1]:
        quantity = item["orderedQuantity"]
        quantity.get("orderedQuantity", quantity)["amount"] = -3


def _missing_receiving(payload: dict[str, Any]) -> None:
    for item in _items(_first(payload)):
        item.pop("receivingStatus", None)


def _row_outside(payload: dict[str, Any]) -> None:
    """One more row, more than a year old: the first one again, under a number of its own."""
    if not _orders(payload):
        return

    def older(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: older(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [older(entry) for entry in value]
        if isinstance(value, str) and _ZONED.match(value):
            return times.text(times.parse(value) - _STALE)
        return value

    row = older(_first(payload))
    row["purchaseOrderNumber"] = "0" + str(row["purchaseOrderNumber"])[1:]
    _orders(payload).append(row)


_DISTORTIONS: dict[str, Callable[[dict[str, Any]], None]] = {
    "unknown_enum": _unknown_enum,
    "missing_optional": _missing_optional,
    "money_number": _money_number,
    "naive_date": _naive_date,
    "null_list": _null_list,
    "negative_quantity": _negative_quantity,
    "missing_receiving": _missing_receiving,
    "row_outside": _row_outside,
}
KINDS = frozenset(_DISTORTIONS)
