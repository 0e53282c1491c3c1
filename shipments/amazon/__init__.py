"""The one place that knows Amazon's words for shipments: one module per direction."""

from shipments.amazon.confirmations import build_confirmation
from shipments.amazon.details import SHIPPED, fetch_created, fetch_details, fetch_labels, list_details, parse_details
from shipments.amazon.pickups import build_pickup

__all__ = [
    "SHIPPED",
    "build_confirmation",
    "build_pickup",
    "fetch_created",
    "fetch_details",
    "fetch_labels",
    "list_details",
    "parse_details",
]
