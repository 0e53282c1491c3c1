"""What may be done with shipments. Each function runs in its caller's transaction unless it says otherwise."""

from shipments.services.appointments import record_appointment
from shipments.services.asn_clock import watch_asns
from shipments.services.asns import Correction, correct_asn, follow_submission, read_back, replace_unknown
from shipments.services.cancelling import cancel_shipment
from shipments.services.checks import check_shipment
from shipments.services.deadlines import settle_all_deadlines, settle_deadlines
from shipments.services.departure import depart
from shipments.services.details import give_up_labels, ingest_details, look_for_labels
from shipments.services.evidence import add_evidence
from shipments.services.labelling import Labels, print_labels
from shipments.services.pack_rules import change_carton_type, clear_pack_rule, create_carton_type, set_pack_rule
from shipments.services.packing import lock_open, lock_shipments, mark_packed, note, set_cartons
from shipments.services.pickups import cancel_pickup, check_pickup, request_pickup
from shipments.services.planning import plan_shipments
from shipments.services.receiving import follow_received, warn_of_shortages
from shipments.services.scanning import Scanned, scan
from shipments.services.settling import record_packed, settle
from shipments.services.undo import undo_last
from shipments.services.wms import import_cartons

__all__ = [
    "Correction",
    "Labels",
    "Scanned",
    "add_evidence",
    "cancel_pickup",
    "cancel_shipment",
    "change_carton_type",
    "check_pickup",
    "check_shipment",
    "clear_pack_rule",
    "correct_asn",
    "create_carton_type",
    "depart",
    "follow_received",
    "follow_submission",
    "give_up_labels",
    "import_cartons",
    "ingest_details",
    "lock_open",
    "lock_shipments",
    "look_for_labels",
    "mark_packed",
    "note",
    "plan_shipments",
    "print_labels",
    "read_back",
    "record_appointment",
    "record_packed",
    "replace_unknown",
    "request_pickup",
    "scan",
    "set_cartons",
    "set_pack_rule",
    "settle",
    "settle_all_deadlines",
    "settle_deadlines",
    "undo_last",
    "warn_of_shortages",
    "watch_asns",
]
