"""What may be done with shipments. Each function runs in its caller's transaction unless it says otherwise."""

from shipments.services.cancelling import cancel_shipment
from shipments.services.packing import lock_open, lock_shipments, mark_packed, record_packed, set_cartons, settle
from shipments.services.planning import plan_shipments

__all__ = [
    "cancel_shipment",
    "lock_open",
    "lock_shipments",
    "mark_packed",
    "plan_shipments",
    "record_packed",
    "set_cartons",
    "settle",
]
