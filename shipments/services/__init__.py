"""What may be done with shipments. Each function runs in its caller's transaction unless it says otherwise."""

from shipments.services.appointments import record_appointment
from shipments.services.cancelling import cancel_shipment
from shipments.services.deadlines import settle_all_deadlines, settle_deadlines
from shipments.services.details import give_up_labels, ingest_details, look_for_labels
from shipments.services.evidence import add_evidence
from shipments.services.labelling import Labels, print_labels
from shipments.services.packing import lock_open, lock_shipments, mark_packed, record_packed, set_cartons, settle
from shipments.services.pickups import cancel_pickup, check_pickup, request_pickup
from shipments.services.planning import plan_shipments
from shipments.services.scanning import Scanned, scan

__all__ = [
    "Labels",
    "Scanned",
    "add_evidence",
    "cancel_pickup",
    "cancel_shipment",
    "check_pickup",
    "give_up_labels",
    "ingest_details",
    "lock_open",
    "lock_shipments",
    "look_for_labels",
    "mark_packed",
    "plan_shipments",
    "print_labels",
    "record_appointment",
    "record_packed",
    "request_pickup",
    "scan",
    "set_cartons",
    "settle",
    "settle_all_deadlines",
    "settle_deadlines",
]
