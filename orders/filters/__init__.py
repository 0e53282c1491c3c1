from orders.filters.orders import FINDINGS, ORDER_SORTS, ORDERS, FindingFilters, OrderFilters

__all__ = ["FINDINGS", "ORDERS", "ORDER_SORTS", "FindingFilters", "OrderFilters"]
