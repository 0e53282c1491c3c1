"""What the lists of this app can be filtered and sorted by; one definition for page, API and export."""

from shipments.filters.shipments import SHIPMENT_SORTS, ShipmentFilters

__all__ = ["SHIPMENT_SORTS", "ShipmentFilters"]
