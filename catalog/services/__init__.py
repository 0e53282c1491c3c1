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
    tell_waiting,
    withdraw_proposal,
)
from catalog.services.items import change_item, change_statuses, create_item, undo_statuses
from catalog.services.reviews import assign_review, check_reviews, finish_review
from catalog.services.warehouses import archive_warehouse, change_warehouse, create_warehouse, restore_warehouse

__all__ = [
    "approve_proposal",
    "archive_warehouse",
    "assign_review",
    "change_cost",
    "change_item",
    "change_statuses",
    "change_warehouse",
    "check_reviews",
    "create_cost",
    "create_item",
    "create_warehouse",
    "decide_cost",
    "decide_costs",
    "finish_review",
    "propose_identifier",
    "refuse_proposal",
    "remove_address",
    "remove_customer_number",
    "restore_warehouse",
    "save_address",
    "save_customer_number",
    "tell_waiting",
    "undo_statuses",
    "withdraw_proposal",
]
