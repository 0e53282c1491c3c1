"""Reads of this app, for its own pages and endpoints and for higher apps; one module per noun."""

from shipments.selectors.shipments import (
    LoadedCarton,
    get_shipment,
    list_shipments,
    load_cartons,
    load_orders,
    load_pallets,
)
from shipments.selectors.shippable import OPEN, shippable

__all__ = [
    "OPEN",
    "LoadedCarton",
    "get_shipment",
    "list_shipments",
    "load_cartons",
    "load_orders",
    "load_pallets",
    "shippable",
]
