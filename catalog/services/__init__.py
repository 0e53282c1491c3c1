"""What may be done in the catalogue, one module per noun; what other apps call is named here."""

from catalog.services.identifiers import (
    approve_proposal,
    propose_identifier,
    refuse_proposal,
    withdraw_proposal,
)
from catalog.services.items import change_item, create_item
from catalog.services.warehouses import archive_warehouse, change_warehouse, create_warehouse, restore_warehouse

__all__ = [
    "approve_proposal",
    "archive_warehouse",
    "change_item",
    "change_warehouse",
    "create_item",
    "create_warehouse",
    "propose_identifier",
    "refuse_proposal",
    "restore_warehouse",
    "withdraw_proposal",
]
