"""What leaves the house: shipments, what is in them, what Amazon is told of them, and what became of it."""

from shipments.models.asns import Asn, PickupRequest
from shipments.models.follow import Appointment, Evidence, PreventedCharge, ShipmentEvent, ShippedLine
from shipments.models.packing import Carton, CartonContent, CartonType, LabelPrint, PackRule, Pallet, Scan
from shipments.models.shipments import Shipment, ShipmentOrder
from shipments.models.sscc import SsccRange, TakenSscc
from shipments.models.transit import TransitTime

__all__ = [
    "Appointment",
    "Asn",
    "Carton",
    "CartonContent",
    "CartonType",
    "Evidence",
    "LabelPrint",
    "PackRule",
    "Pallet",
    "PickupRequest",
    "PreventedCharge",
    "Scan",
    "Shipment",
    "ShipmentEvent",
    "ShipmentOrder",
    "ShippedLine",
    "SsccRange",
    "TakenSscc",
    "TransitTime",
]
