"""Reads of the catalogue, one module per noun; what other apps call is named here."""

from catalog.selectors.costs import agreed_costs
from catalog.selectors.directory import find_addresses, find_customer_numbers
from catalog.selectors.items import resolve_items
from catalog.selectors.stock import availability
from catalog.selectors.warehouses import get_warehouse, list_warehouse_choices, list_warehouses

__all__ = [
    "agreed_costs",
    "availability",
    "find_addresses",
    "find_customer_numbers",
    "get_warehouse",
    "list_warehouse_choices",
    "list_warehouses",
    "resolve_items",
]
