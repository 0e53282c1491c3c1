"""The schema of the documents of Vendor Shipments v1."""

from __future__ import annotations

from simulator.forms import ADDRESS, Form, Many, country, decimal, instant

_TAX = Form(
    {"taxRegistrationType": str, "taxRegistrationNumber": str}, ("taxRegistrationType", "taxRegistrationNumber")
)
_PARTY = Form({"address": ADDRESS, "partyId": str, "taxRegistrationDetails": Many(_TAX)}, ("partyId",))
_MONEY = Form({"currencyCode": str, "amount": decimal}, ("currencyCode", "amount"))
_MEASURE = Form({"unitOfMeasure": str, "value": decimal}, ("unitOfMeasure", "value"))
_DIMENSIONS = Form(
    {"length": decimal, "width": decimal, "height": decimal, "unitOfMeasure": str},
    ("length", "width", "height", "unitOfMeasure"),
)
_TOTAL_WEIGHT = Form({"unitOfMeasure": str, "amount": decimal}, ("unitOfMeasure", "amount"))
_QUANTITY = Form(
    {"amount": int, "unitOfMeasure": str, "unitSize": int, "totalWeight": _TOTAL_WEIGHT}, ("amount", "unitOfMeasure")
)
_DURATION = Form({"durationUnit": str, "durationValue": int}, ("durationUnit", "durationValue"))
_EXPIRY = Form({"manufacturerDate": instant, "expiryDate": instant, "expiryAfterDuration": _DURATION})
_REGULATION = Form(
    {
        "dueDiligenceReference": str,
        "dueDiligenceVerification": str,
        "dueDiligenceInformation": str,
        "dueDiligenceExemptionCode": str,
    }
)
_DETAILS = Form(
    {
        "purchaseOrderNumber": str,
        "lotNumber": str,
        "lotNumberSourceReference": str,
        "lotNumberSourceType": str,
        "countryOfOrigin": country,
        "regulationReferences": _REGULATION,
        "expiry": _EXPIRY,
        "maximumRetailPrice": _MONEY,
        "handlingCode": str,
    }
)
_IDENTIFIER = Form(
    {"containerIdentificationType": str, "containerIdentificationNumber": str},
    ("containerIdentificationType", "containerIdentificationNumber"),
)
_LOCATION = Form({"type": str, "locationCode": str, "countryCode": str})
_STOP = Form(
    {"functionCode": str, "locationIdentification": _LOCATION, "arrivalTime": instant, "departureTime": instant},
    ("functionCode",),
)
_IMPORT = Form(
    {
        "methodOfPayment": str,
        "sealNumber": str,
        "route": Form({"stops": Many(_STOP)}, ("stops",)),
        "importContainers": str,
        "billableWeight": _MEASURE,
        "estimatedShipByDate": instant,
        "handlingInstructions": str,
    }
)

# -- the shipment confirmation -----------------------------------------------------------------------------------------

_ITEM = Form(
    {
        "itemSequenceNumber": str,
        "amazonProductIdentifier": str,
        "vendorProductIdentifier": str,
        "shippedQuantity": _QUANTITY,
        "itemDetails": _DETAILS,
    },
    ("itemSequenceNumber", "shippedQuantity"),
)
_CONTAINER_ITEM = Form(
    {"itemReference": str, "shippedQuantity": _QUANTITY, "itemDetails": _DETAILS}, ("itemReference", "shippedQuantity")
)
_CARTON = Form(
    {
        "cartonIdentifiers": Many(_IDENTIFIER),
        "cartonSequenceNumber": str,
        "dimensions": _DIMENSIONS,
        "weight": _MEASURE,
        "trackingNumber": str,
        "items": Many(_CONTAINER_ITEM),
    },
    ("cartonSequenceNumber", "items"),
)
_PALLET = Form(
    {
        "palletIdentifiers": Many(_IDENTIFIER),
        "tier": int,
        "block": int,
        "dimensions": _DIMENSIONS,
        "weight": _MEASURE,
        "cartonReferenceDetails": Form(
            {"cartonCount": int, "cartonReferenceNumbers": Many(str)}, ("cartonReferenceNumbers",)
        ),
        "items": Many(_CONTAINER_ITEM),
    },
    ("palletIdentifiers",),
)
_CONFIRMATION = Form(
    {
        "shipmentIdentifier": str,
        "shipmentConfirmationType": str,
        "shipmentType": str,
        "shipmentStructure": str,
        "transportationDetails": Form(
            {
                "carrierScac": str,
                "carrierShipmentReferenceNumber": str,
                "transportationMode": str,
                "billOfLadingNumber": str,
            }
        ),
        "amazonReferenceNumber": str,
        "shipmentConfirmationDate": instant,
        "shippedDate": instant,
        "estimatedDeliveryDate": instant,
        "sellingParty": _PARTY,
        "shipFromParty": _PARTY,
        "shipToParty": _PARTY,
        "shipmentMeasurements": Form(
            {"grossShipmentWeight": _MEASURE, "shipmentVolume": _MEASURE, "cartonCount": int, "palletCount": int}
        ),
        "importDetails": _IMPORT,
        "shippedItems": Many(_ITEM),
        "cartons": Many(_CARTON),
        "pallets": Many(_PALLET),
    },
    (
        "shipmentIdentifier",
        "shipmentConfirmationType",
        "shipmentConfirmationDate",
        "sellingParty",
        "shipFromParty",
        "shipToParty",
        "shippedItems",
    ),
)
CONFIRMATIONS = Form({"shipmentConfirmations": Many(_CONFIRMATION, least=1)}, ("shipmentConfirmations",))

# -- the pickup request ------------------------------------------------------------------------------------------------

_PACKED = Form(
    {
        "itemSequenceNumber": str,
        "buyerProductIdentifier": str,
        "vendorProductIdentifier": str,
        "packedQuantity": _QUANTITY,
        "itemDetails": Form({"purchaseOrderNumber": str, "lotNumber": str, "expiry": _EXPIRY}),
    }
)
_CONTAINER = Form(
    {
        "containerType": str,
        "containerSequenceNumber": str,
        "containerIdentifiers": Many(_IDENTIFIER),
        "trackingNumber": str,
        "dimensions": _DIMENSIONS,
        "weight": _MEASURE,
        "tier": int,
        "block": int,
        "innerContainersDetails": Form(
            {"containerCount": int, "containerSequenceNumbers": Many(Form({"containerSequenceNumber": str}))}
        ),
        "packedItems": Many(_PACKED),
    },
    ("containerType", "containerIdentifiers"),
)
_ORDER_ITEM = Form(
    {
        "itemSequenceNumber": str,
        "buyerProductIdentifier": str,
        "vendorProductIdentifier": str,
        "shippedQuantity": _QUANTITY,
        "maximumRetailPrice": _MONEY,
    },
    ("itemSequenceNumber", "shippedQuantity"),
)
_SHIPMENT = Form(
    {
        "vendorShipmentIdentifier": str,
        "transactionType": str,
        "buyerReferenceNumber": str,
        "transactionDate": instant,
        "currentShipmentStatus": str,
        "currentshipmentStatusDate": instant,
        "shipmentStatusDetails": Many(Form({"shipmentStatus": str, "shipmentStatusDate": instant})),
        "shipmentCreateDate": instant,
        "shipmentConfirmDate": instant,
        "packageLabelCreateDate": instant,
        "shipmentFreightTerm": str,
        "sellingParty": _PARTY,
        "shipFromParty": _PARTY,
        "shipToParty": _PARTY,
        "shipmentMeasurements": Form(
            {
                "totalCartonCount": int,
                "totalPalletStackable": int,
                "totalPalletNonStackable": int,
                "shipmentWeight": _MEASURE,
                "shipmentVolume": _MEASURE,
            }
        ),
        "collectFreightPickupDetails": Form(
            {"requestedPickUp": instant, "scheduledPickUp": instant, "carrierAssignmentDate": instant}
        ),
        "purchaseOrders": Many(
            Form(
                {
                    "purchaseOrderNumber": str,
                    "purchaseOrderDate": instant,
                    "shipWindow": str,
                    "items": Many(_ORDER_ITEM),
                }
            )
        ),
        "importDetails": _IMPORT,
        "containers": Many(_CONTAINER),
        "transportationDetails": Form(
            {
                "shipMode": str,
                "transportationMode": str,
                "shippedDate": instant,
                "estimatedDeliveryDate": instant,
                "shipmentDeliveryDate": instant,
                "carrierDetails": Form(
                    {"name": str, "code": str, "phone": str, "email": str, "shipmentReferenceNumber": str}
                ),
                "billOfLadingNumber": str,
            }
        ),
    },
    (
        "vendorShipmentIdentifier",
        "transactionType",
        "transactionDate",
        "sellingParty",
        "shipFromParty",
        "shipToParty",
    ),
)
SHIPMENTS = Form({"shipments": Many(_SHIPMENT, least=1)}, ("shipments",))
