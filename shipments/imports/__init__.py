"""The tables of this app that can be imported and exported."""

from shipments.imports.cartons import CartonTable
from shipments.imports.pack_rules import CartonTypeTable, PackRuleTable

TABLES = (CartonTypeTable(), PackRuleTable(), CartonTable())
