"""The tables of the catalogue that can be imported and exported."""

from catalog.imports.costs import CostTable
from catalog.imports.directory import AddressTable, CustomerNumberTable, WarehouseTable
from catalog.imports.items import IdentifierTable, ItemTable
from catalog.imports.stock import CountTable, InboundTable

TABLES = (
    ItemTable(), IdentifierTable(), CostTable(), WarehouseTable(), CountTable(), InboundTable(), AddressTable(),
    CustomerNumberTable(),
)  # fmt: skip
