"""Reads across apps, for the pages of this one."""

from dashboard.selectors.fulfilment import OPEN, list_open_orders, load_fulfilment, measure, with_shipments
from dashboard.selectors.today import FoundIn, is_connected, search_lists, today_figures

__all__ = [
    "OPEN",
    "FoundIn",
    "is_connected",
    "list_open_orders",
    "load_fulfilment",
    "measure",
    "search_lists",
    "today_figures",
    "with_shipments",
]
