"""A request that Amazon's carrier fetches a shipment, in Amazon's words: the body of `SubmitShipments`, one document."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orders.types import FreightTerms
from shipments.amazon.confirmations import cubic_metres, filled, instant, kilograms, party
from shipments.rules.notices import Party
from shipments.types import Mode, PickupAction, TransportationMode

_ACTIONS = {PickupAction.NEW: "New", PickupAction.CANCEL: "Cancel"}
_TERMS = {FreightTerms.COLLECT: "Collect", FreightTerms.PREPAID: "Prepaid"}
_MODES = {Mode.TRUCKLOAD: "TruckLoad", Mode.LTL: "LessThanTruckLoad", Mode.SMALL_PARCEL: "SmallParcel"}
_WAYS = {TransportationMode.ROAD: "Road", TransportationMode.AIR: "Air", TransportationMode.OCEAN: "Ocean"}
_CASES = "Cases"


@dataclass(frozen=True, slots=True)
class PickupLine:
    """Goods of one order line, in eaches, in the unit that the order counts in."""

    asin: str
    vendor_sku: str
    eaches: int
    unit: str
    unit_size: int


@dataclass(frozen=True, slots=True)
class PickupOrder:
    number: str
    ordered_at: datetime
    ship_window: tuple[datetime, datetime] | None
    lines: tuple[PickupLine, ...]


@dataclass(frozen=True, slots=True)
class Pickup:
    """What is to be fetched, where and when. Weight in grams, volume in cubic centimetres; pallets or loose cartons."""

    identifier: str
    selling: Party
    ship_from: Party
    ship_to: Party
    pickup_at: datetime
    mode: str
    transportation_mode: str
    cartons: int
    stackable_pallets: int
    fixed_pallets: int
    weight_g: int
    volume_cm3: int
    orders: tuple[PickupOrder, ...]
    amazon_reference_number: str = ""


def build_pickup(pickup: Pickup, *, action: PickupAction, at: datetime) -> dict[str, Any]:
    """The whole body, one shipment, in the order of Amazon's model. Items are numbered per order, 001 and on.

    Amazon's own reference goes back only with a cancellation: on a new request an invented one makes a shipment without
    products (field notes D). Decimals are texts; cartons are counted for loose goods, pallets for the others.
    """
    is_palletized = bool(pickup.stackable_pallets or pickup.fixed_pallets)
    shipment = {
        "vendorShipmentIdentifier": pickup.identifier,
        "transactionType": _ACTIONS[action],
        "buyerReferenceNumber": pickup.amazon_reference_number if action == PickupAction.CANCEL else "",
        "transactionDate": instant(at),
        "shipmentFreightTerm": _TERMS[FreightTerms.COLLECT],
        "sellingParty": party(pickup.selling),
        "shipFromParty": party(pickup.ship_from),
        "shipToParty": party(pickup.ship_to),
        "shipmentMeasurements": filled(
            {
                "totalCartonCount": None if is_palletized else pickup.cartons,
                "totalPalletStackable": pickup.stackable_pallets if is_palletized else None,
                "totalPalletNonStackable": pickup.fixed_pallets if is_palletized else None,
                "shipmentWeight": kilograms(pickup.weight_g) if pickup.weight_g else None,
                "shipmentVolume": cubic_metres(pickup.volume_cm3) if pickup.volume_cm3 else None,
            }
        ),
        "collectFreightPickupDetails": {"requestedPickUp": instant(pickup.pickup_at)},
        "purchaseOrders": [_order(order) for order in pickup.orders],
        "transportationDetails": filled(
            {
                "shipMode": _MODES.get(Mode(pickup.mode)) if pickup.mode else None,
                "transportationMode": _WAYS.get(TransportationMode(pickup.transportation_mode))
                if pickup.transportation_mode
                else None,
            }
        ),
    }
    return {"shipments": [filled(shipment)]}


def _order(order: PickupOrder) -> dict[str, Any]:
    window = order.ship_window
    return filled(
        {
            "purchaseOrderNumber": order.number,
            "purchaseOrderDate": instant(order.ordered_at),
            "shipWindow": f"{instant(window[0])}--{instant(window[1])}" if window else "",
            "items": [_item(line, place) for place, line in enumerate(order.lines, start=1)],
        }
    )


def _item(line: PickupLine, place: int) -> dict[str, Any]:
    amount = line.eaches // line.unit_size if line.unit == _CASES else line.eaches
    return filled(
        {
            "itemSequenceNumber": f"{place:03}",
            "buyerProductIdentifier": line.asin,
            "vendorProductIdentifier": line.vendor_sku,
            "shippedQuantity": {"amount": amount, "unitOfMeasure": line.unit, "unitSize": line.unit_size},
        }
    )
