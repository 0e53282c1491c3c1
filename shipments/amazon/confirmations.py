"""An ASN in Amazon's words: the body of `submitShipmentConfirmations`, one document."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from shipments.rules import Box, Goods, LineKey, Notice, NoticeLine, Party, Tare, Transport
from shipments.types import AsnType, Mode, Structure, TransportationMode

_TYPES = {AsnType.ORIGINAL: "Original", AsnType.REPLACE: "Replace"}
_MODES = {Mode.TRUCKLOAD: "TruckLoad", Mode.LTL: "LessThanTruckLoad", Mode.SMALL_PARCEL: "SmallParcel"}
_WAYS = {TransportationMode.ROAD: "Road", TransportationMode.AIR: "Air", TransportationMode.OCEAN: "Ocean"}
_STRUCTURES = {
    Structure.PALLETIZED_ASSORTMENT: "PalletizedAssortmentCase",
    Structure.PALLETIZED_STANDARD: "PalletizedStandardCase",
    Structure.MASTER_PALLET: "MasterPallet",
    Structure.LOOSE_ASSORTMENT: "LooseAssortmentCase",
    Structure.LOOSE_STANDARD: "LooseStandardCase",
    Structure.MASTER_CASE: "MasterCase",
}
_ADDRESS = {
    "name": "name", "addressLine1": "address_line_1", "addressLine2": "address_line_2",
    "addressLine3": "address_line_3", "city": "city", "county": "county", "district": "district",
    "stateOrRegion": "state_or_region", "postalCode": "postal_code", "countryCode": "country_code", "phone": "phone",
}  # fmt: skip
_TAX_TYPES = ("VAT", "GST")
_CASES = "Cases"
# an SSCC is told with the application identifier that its barcode begins with
_SSCC_PREFIX = "00"
_PAYMENT_METHODS = (
    "PaidByBuyer", "CollectOnDelivery", "DefinedByBuyerAndSeller", "FOBPortOfCall", "PrepaidBySeller", "PaidBySeller",
)  # fmt: skip
_HANDLING = ("Oversized", "Fragile", "Food", "HandleWithCare")
_STOPS = (("port_of_loading", "PortOfLoading"), ("port_of_delivery", "PortOfDischarge"))
_CONTAINERS_LENGTH = 64


def build_confirmation(notice: Notice, *, type: AsnType, at: datetime) -> dict[str, Any]:
    """The whole body, one ASN, in the order of Amazon's model: its backend reads by a strict schema.

    Items are numbered here, 001 and on, one per order line, lot and expiry; each names its order. Quantities are in the
    order's own unit. What nobody knows is left out. Call it with what `rules.check_notice` let pass.
    """
    numbers = _number_items(notice)
    cartons = {box.position: f"{place:03}" for place, box in enumerate(notice.boxes, start=1)}
    lines = {line.key: line for line in notice.lines}
    document: dict[str, Any] = {
        "shipmentIdentifier": notice.identifier,
        "shipmentConfirmationType": _TYPES[type],
        "shipmentType": _MODES[Mode(notice.transport.mode)],
        "shipmentStructure": _STRUCTURES[Structure(notice.structure)],
        "transportationDetails": _transport(notice.transport),
        "amazonReferenceNumber": notice.transport.amazon_reference_number,
        "shipmentConfirmationDate": instant(at),
        "shippedDate": instant(notice.transport.shipped_at),
        "estimatedDeliveryDate": notice.transport.estimated_at and instant(notice.transport.estimated_at),
        "sellingParty": party(notice.selling),
        "shipFromParty": party(notice.ship_from),
        "shipToParty": party(notice.ship_to),
        "shipmentMeasurements": _measurements(notice),
        "importDetails": _import_details(notice.import_details),
        "shippedItems": _items(notice, numbers, lines),
        "cartons": [_carton(box, cartons[box.position], numbers, lines) for box in notice.boxes],
        "pallets": [_pallet(tare, notice.boxes, cartons) for tare in notice.tares],
    }
    return {"shipmentConfirmations": [filled(document)]}


def party(known: Party) -> dict[str, Any]:
    """A party as the shipments API writes it: half an address would be refused, so it goes whole or not at all."""
    address = {theirs: known.address.get(ours) for theirs, ours in _ADDRESS.items()}
    is_whole = address["name"] and address["addressLine1"] and address["countryCode"]
    tax = [{"taxRegistrationType": known.tax_type, "taxRegistrationNumber": known.tax_number}]
    return filled(
        {
            "address": filled(address) if is_whole else None,
            "partyId": known.party_id,
            "taxRegistrationDetails": tax if known.tax_number and known.tax_type in _TAX_TYPES else None,
        }
    )


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def kilograms(grams: int) -> dict[str, str]:
    return {"unitOfMeasure": "Kg", "value": _decimal(Decimal(grams) / 1000)}


def cubic_metres(volume_cm3: int) -> dict[str, str]:
    return {"unitOfMeasure": "CuM", "value": _decimal(Decimal(volume_cm3) / 1_000_000)}


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what nobody knows: empty text, lists and objects. A zero is a value."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


# one line may come in several lots: each is an item of its own
_ItemKey = tuple[LineKey, str, date | None, date | None, str]


def _item_key(goods: Goods) -> _ItemKey:
    return goods.line, goods.lot_number, goods.expires_on, goods.manufactured_on, goods.origin_country


def _number_items(notice: Notice) -> dict[_ItemKey, str]:
    places = {line.key: place for place, line in enumerate(notice.lines)}
    found = dict.fromkeys(_item_key(goods) for box in notice.boxes for goods in box.goods)
    ordered = sorted(found, key=lambda key: places[key[0]])
    return {key: f"{place:03}" for place, key in enumerate(ordered, start=1)}


def _items(
    notice: Notice, numbers: Mapping[_ItemKey, str], lines: Mapping[LineKey, NoticeLine]
) -> list[dict[str, Any]]:
    shipped: dict[_ItemKey, list[Goods]] = {}
    for box in notice.boxes:
        for goods in box.goods:
            shipped.setdefault(_item_key(goods), []).append(goods)
    return [
        filled(
            {
                "itemSequenceNumber": number,
                "amazonProductIdentifier": lines[key[0]].asin,
                "vendorProductIdentifier": lines[key[0]].vendor_sku,
                "shippedQuantity": _quantity(shipped[key], lines[key[0]]),
                "itemDetails": _item_details(shipped[key][0]),
            }
        )
        for key, number in numbers.items()
    ]


def _item_details(goods: Goods) -> dict[str, Any]:
    expiry = {
        "manufacturerDate": goods.manufactured_on and _day(goods.manufactured_on),
        "expiryDate": goods.expires_on and _day(goods.expires_on),
    }
    return filled(
        {
            "purchaseOrderNumber": goods.order,
            "lotNumber": goods.lot_number,
            "countryOfOrigin": goods.origin_country,
            "expiry": filled(expiry),
        }
    )


def _quantity(goods: Sequence[Goods], line: NoticeLine) -> dict[str, Any]:
    """In the order's unit; the weight beside it only for goods that are priced by weight."""
    eaches = sum(each.eaches for each in goods)
    weights = [each.scale_weight_g for each in goods]
    grams = sum(weight or 0 for weight in weights) if line.price_unit and None not in weights else 0
    return filled(
        {
            "amount": eaches // line.unit_size if line.unit == _CASES else eaches,
            "unitOfMeasure": line.unit,
            "unitSize": line.unit_size,
            "totalWeight": {"unitOfMeasure": "GRAMS", "amount": str(grams)} if grams else None,
        }
    )


def _carton(
    box: Box, number: str, numbers: Mapping[_ItemKey, str], lines: Mapping[LineKey, NoticeLine]
) -> dict[str, Any]:
    return filled(
        {
            "cartonIdentifiers": _identifiers(box.sscc),
            "cartonSequenceNumber": number,
            "dimensions": _dimensions(box),
            "weight": kilograms(box.weight_g) if box.weight_g else None,
            "trackingNumber": box.tracking_number,
            "items": [
                {
                    "itemReference": numbers[_item_key(goods)],
                    "shippedQuantity": _quantity([goods], lines[goods.line]),
                    "itemDetails": _item_details(goods),
                }
                for goods in box.goods
            ],
        }
    )


def _pallet(tare: Tare, boxes: Iterable[Box], cartons: Mapping[int, str]) -> dict[str, Any]:
    on_it = [cartons[box.position] for box in boxes if box.pallet == tare.position]
    return filled(
        {
            "palletIdentifiers": _identifiers(tare.sscc),
            "dimensions": _dimensions(tare),
            "weight": kilograms(tare.weight_g) if tare.weight_g else None,
            "cartonReferenceDetails": {"cartonCount": len(on_it), "cartonReferenceNumbers": on_it},
        }
    )


def _identifiers(sscc: str) -> list[dict[str, str]]:
    plate = {"containerIdentificationType": "SSCC", "containerIdentificationNumber": f"{_SSCC_PREFIX}{sscc}"}
    return [plate] if sscc else []


def _dimensions(measured: Box | Tare) -> dict[str, str] | None:
    sides = {"length": measured.length_mm, "width": measured.width_mm, "height": measured.height_mm}
    if not all(sides.values()):
        return None
    metres = {name: _decimal(Decimal(side or 0) / 1000) for name, side in sides.items()}
    return {**metres, "unitOfMeasure": "Meter"}


def _transport(transport: Transport) -> dict[str, Any]:
    return filled(
        {
            "carrierScac": transport.carrier_scac,
            "carrierShipmentReferenceNumber": transport.pro_number,
            "transportationMode": _WAYS[TransportationMode(transport.transportation_mode)],
            "billOfLadingNumber": transport.bol_number,
        }
    )


def _measurements(notice: Notice) -> dict[str, Any]:
    """Cartons are counted where they are loose, pallets where there are any: never both."""
    return filled(
        {
            "grossShipmentWeight": _gross_weight(notice),
            "shipmentVolume": cubic_metres(notice.volume_cm3) if notice.volume_cm3 else None,
            "cartonCount": None if notice.tares else len(notice.boxes),
            "palletCount": len(notice.tares) or None,
        }
    )


def _gross_weight(notice: Notice) -> dict[str, str] | None:
    """Of the pallets where all were weighed, else of the cartons; none where one of them was not."""
    for measured in (notice.tares, notice.boxes):
        weights = [each.weight_g for each in measured]
        if weights and all(weights):
            return kilograms(sum(weight or 0 for weight in weights))
    return None


def _import_details(known: Mapping[str, str]) -> dict[str, Any]:
    stops = [
        {"functionCode": code, "locationIdentification": {"type": "Port", "locationCode": known[name]}}
        for name, code in _STOPS
        if known.get(name)
    ]
    method, handling = known.get("method_of_payment", ""), known.get("handling_instructions", "")
    return filled(
        {
            "methodOfPayment": method if method in _PAYMENT_METHODS else None,
            "sealNumber": known.get("seal_number"),
            "route": {"stops": stops} if stops else None,
            "importContainers": known.get("import_containers", "")[:_CONTAINERS_LENGTH],
            "handlingInstructions": handling if handling in _HANDLING else None,
        }
    )


def _day(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _decimal(value: Decimal) -> str:
    """Written out, without an exponent and without zeros at its end: Amazon's pattern of a decimal."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
