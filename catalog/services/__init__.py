"""What may be done in the catalogue, one module per noun; what other apps call is named here."""

from catalog.services.costs import change_cost, create_cost, decide_cost, decide_costs
from catalog.services.directory import (
    remove_address,
    remove_customer_number,
    save_address,
    save_customer_number,
)
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
    "change_cost",
    "change_item",
    "change_warehouse",
    "create_cost",
    "create_item",
    "create_warehouse",
    "decide_cost",
    "decide_costs",
    "propose_identifier",
    "refuse_proposal",
    "remove_address",
    "remove_customer_number",
    "restore_warehouse",
    "save_address",
    "save_customer_number",
    "withdraw_proposal",
]
