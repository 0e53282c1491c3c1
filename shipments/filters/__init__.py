"""What the lists of this app can be filtered and sorted by; one definition for page, API and export."""

from shipments.filters.lists import SHIPMENTS, TO_SHIP
from shipments.filters.shipments import SHIPMENT_SORTS, ShipmentFilters

__all__ = ["SHIPMENTS", "SHIPMENT_SORTS", "TO_SHIP", "ShipmentFilters"]
