"""The background work of shipments, one module per area; Celery finds what is imported here."""

from shipments.tasks.asns import follow_asn, follow_received, read_back_asn, replace_asn, watch_all_asns, watch_asns
from shipments.tasks.transport import look_for_labels, pull_details, settle_deadlines, watch

__all__ = [
    "follow_asn",
    "follow_received",
    "look_for_labels",
    "pull_details",
    "read_back_asn",
    "replace_asn",
    "settle_deadlines",
    "watch",
    "watch_all_asns",
    "watch_asns",
]
