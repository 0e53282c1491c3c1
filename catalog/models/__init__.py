from catalog.models.costs import AgreedCost
from catalog.models.directory import CustomerNumber, PartyAddress
from catalog.models.items import Identifier, IdentifierProposal, Item
from catalog.models.reviews import TableReview
from catalog.models.stock import Commitment, Inbound, StockBalance, StockEntry
from catalog.models.warehouses import Warehouse

__all__ = [
    "AgreedCost",
    "Commitment",
    "CustomerNumber",
    "Identifier",
    "IdentifierProposal",
    "Inbound",
    "Item",
    "PartyAddress",
    "StockBalance",
    "StockEntry",
    "TableReview",
    "Warehouse",
]
