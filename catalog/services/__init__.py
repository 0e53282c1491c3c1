"""What may be done in the catalogue, one module per noun; what other apps call is named here."""

from catalog.services.warehouses import archive_warehouse, change_warehouse, create_warehouse, restore_warehouse

__all__ = ["archive_warehouse", "change_warehouse", "create_warehouse", "restore_warehouse"]
