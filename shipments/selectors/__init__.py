"""Reads of this app, for its own pages and endpoints and for higher apps; one module per noun."""

from shipments.selectors.freight import load_freight
from shipments.selectors.labels import find_void_labels, load_labels
from shipments.selectors.parties import load_parties
from shipments.selectors.shipments import (
    LoadedCarton,
    get_shipment,
    list_shipments,
    load_cartons,
    load_orders,
    load_pallets,
)
from shipments.selectors.shippable import OPEN, shippable
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
    "LoadedCarton",
    "find_appointments",
    "find_pickups",
    "find_void_labels",
    "get_shipment",
    "list_appointments",
    "list_evidence",
    "list_pickups",
    "list_shipments",
    "load_cartons",
    "load_deadline_facts",
    "load_freight",
    "load_labels",
    "load_orders",
    "load_pallets",
    "load_parties",
    "shippable",
]
