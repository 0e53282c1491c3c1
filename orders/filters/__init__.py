from orders.filters.orders import FINDINGS, ORDER_SORTS, ORDERS, FindingFilters, OrderFilters
from orders.filters.sheet import SHEET, SheetFilters

__all__ = ["FINDINGS", "ORDERS", "ORDER_SORTS", "SHEET", "FindingFilters", "OrderFilters", "SheetFilters"]
