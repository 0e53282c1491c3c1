"""Reads of the catalogue, one module per noun; what other apps call is named here."""

from catalog.selectors.costs import agreed_costs, get_cost, list_costs, list_item_costs, list_overlaps
from catalog.selectors.directory import (
    find_addresses,
    find_customer_numbers,
    get_address,
    get_customer_number,
    list_addresses,
    list_customer_numbers,
    list_history,
)
from catalog.selectors.items import resolve_items
from catalog.selectors.stock import availability
from catalog.selectors.warehouses import get_warehouse, list_warehouse_choices, list_warehouses

__all__ = [
    "agreed_costs",
    "availability",
    "find_addresses",
    "find_customer_numbers",
    "get_address",
    "get_cost",
    "get_customer_number",
    "get_warehouse",
    "list_addresses",
    "list_costs",
    "list_customer_numbers",
    "list_history",
    "list_item_costs",
    "list_overlaps",
    "list_warehouse_choices",
    "list_warehouses",
    "resolve_items",
]
