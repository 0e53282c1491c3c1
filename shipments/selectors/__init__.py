"""Reads of this app, for its own pages and endpoints and for higher apps; one module per noun."""

from shipments.selectors.asns import (
    CartonProof,
    Receipt,
    find_newest_asns,
    get_asn,
    list_asns,
    list_receipts,
    list_shipped_lines,
)
from shipments.selectors.exposure import sum_exposure
from shipments.selectors.freight import load_freight
from shipments.selectors.labels import find_void_labels, load_labels
from shipments.selectors.pack_rules import get_carton_type, get_pack_rule, list_carton_types, list_pack_rules
from shipments.selectors.parties import load_parties
from shipments.selectors.shipments import (
    LoadedCarton,
    find_undoable,
    get_shipment,
    list_events,
    list_fulfilment_centres,
    list_shipments,
    list_vendor_codes,
    load_cartons,
    load_orders,
    load_pallets,
    search_shipments,
)
from shipments.selectors.shippable import OPEN, find_shipments_of, list_shippable_orders, shippable
from shipments.selectors.transit import (
    find_appointments,
    find_pickups,
    list_appointments,
    list_evidence,
    list_pickups,
    load_deadline_facts,
)

__all__ = [
    "OPEN",
    "CartonProof",
    "LoadedCarton",
    "Receipt",
    "find_appointments",
    "find_newest_asns",
    "find_pickups",
    "find_shipments_of",
    "find_undoable",
    "find_void_labels",
    "get_asn",
    "get_carton_type",
    "get_pack_rule",
    "get_shipment",
    "list_appointments",
    "list_asns",
    "list_carton_types",
    "list_events",
    "list_evidence",
    "list_fulfilment_centres",
    "list_pack_rules",
    "list_pickups",
    "list_receipts",
    "list_shipments",
    "list_shippable_orders",
    "list_shipped_lines",
    "list_vendor_codes",
    "load_cartons",
    "load_deadline_facts",
    "load_freight",
    "load_labels",
    "load_orders",
    "load_pallets",
    "load_parties",
    "search_shipments",
    "shippable",
    "sum_exposure",
]
