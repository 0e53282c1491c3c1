"""What the catalogue's tables have in common: match rows by their key, check them by the same rules as pages and API."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from acorn.audit.services import Entry, record_many
from acorn.core.actor import Subject
from acorn.core.errors import Invalid
from acorn.core.flaws import Flaw, Flawed
from acorn.imports.services import plain
from acorn.imports.types import Context, ImportField, ImportTable, Row
from catalog.models import Item, Warehouse
from catalog.rules import normalise_identifier
from catalog.types import ADDRESS_FIELDS

Key = tuple[Any, ...]


class CatalogTable(ImportTable):
    """Subclasses say how a row is found, what its values are now, and whether new ones can be."""

    @abstractmethod
    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        """What is stored for the keys of these rows, in a constant number of statements. May refuse rows."""

    @abstractmethod
    def key(self, values: Mapping[str, Any]) -> Key:
        """The key as `load` has it, of values as they are stored."""

    @abstractmethod
    def values(self, stored: Any) -> dict[str, Any]:
        """Every field of what is stored."""

    @abstractmethod
    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        """All values, as they will be stored. Raises Invalid, best as Flawed."""

    def normalise(self, values: dict[str, Any]) -> None:
        """Write the key fields as they are stored."""

    def judge(self, row: Row) -> None:
        """Refuse what each value allows, but not the change as a whole."""

    def find(self, rows: Sequence[Row], *, lock: bool) -> None:
        for row in rows:
            self.normalise(row.values)
        known = self.load(rows, lock=lock)
        empty = {field.name: field.empty for field in self.fields}
        for row in rows:
            if row.flaws:
                continue
            row.known = known.get(self.key(row.values))
            row.before = None if row.known is None else self.values(row.known)
            try:
                clean = self.check(empty | (row.before or {}) | row.values)
            except Flawed as refusal:
                row.flaws += [Flaw(field_name(flaw.field), flaw.code, flaw.params) for flaw in refusal.flaws]
            except Invalid as refusal:
                row.flaws += [
                    Flaw(name, "catalog.said", {"text": " ".join(map(str, texts))})
                    for name, texts in refusal.fields.items()
                ]
            else:
                row.values = {name: clean[name] for name in row.values}
                self.judge(row)


def full_values(row: Row, fields: Iterable[ImportField]) -> dict[str, Any]:
    """Every field of a new row: what the file does not have is empty."""
    return {field.name: field.empty for field in fields} | row.values


def find_items(rows: Sequence[Row], *, lock: bool = False) -> dict[int, Item]:
    """The items that rows name by SKU, by key; each row has its own in `related`, rows with another SKU are refused.

    One statement.
    """
    wanted = {row.values["sku"] for row in rows}
    found = Item.objects.filter(sku__in=wanted)
    items = {item.sku: item for item in (found.select_for_update(no_key=True).order_by("pk") if lock else found)}
    for row in rows:
        if (item := items.get(row.values["sku"])) is None:
            row.refuse("sku", "catalog.sku_unknown", sku=row.values["sku"][:60])
        else:
            row.related["item"] = item
    return {item.pk: item for item in items.values()}


def find_warehouses(rows: Sequence[Row]) -> dict[int, Warehouse]:
    """As `find_items`, for warehouses by their code."""
    warehouses = {row.code: row for row in Warehouse.objects.filter(code__in={row.values["warehouse"] for row in rows})}
    for row in rows:
        if (warehouse := warehouses.get(row.values["warehouse"])) is None:
            row.refuse("warehouse", "catalog.warehouse_unknown", warehouse=row.values["warehouse"][:30])
        else:
            row.related["warehouse"] = warehouse
    return {warehouse.pk: warehouse for warehouse in warehouses.values()}


class Event(NamedTuple):
    """What a row did to one thing, for the trail."""

    code: str
    subject: Subject
    params: dict[str, Any]


def tell(events: Iterable[Event], context: Context) -> None:
    """Into the trail, each with the import that it came by."""
    by_code: dict[str, list[Entry]] = {}
    for event in events:
        by_code.setdefault(event.code, []).append(Entry(event.subject, event.params | {"import": context.run}))
    for code, entries in by_code.items():
        record_many(code, entries, actor=context.actor)


def describe(row: Row) -> dict[str, Any]:
    """What a row changed, for the trail."""
    before = {name: plain(value) for name, value, _after in row.changes}
    after = {name: plain(value) for name, _before, value in row.changes}
    return {"fields": ", ".join(before), "before": before, "after": after}


def normal_sku(sku: str) -> str:
    """A SKU as it is stored."""
    return normalise_identifier("", sku)


# --- Addresses: one column for each part ---------------------------------------------------------------------------
def field_name(name: str) -> str:
    """The column of a part of an address."""
    part = name.removeprefix("address.")
    return column_of(part) if part != name else name


def column_of(part: str) -> str:
    return "address_name" if part == "name" else part


def flat(address: Mapping[str, str]) -> dict[str, str]:
    """An address as columns."""
    return {column_of(part): address.get(part, "") for part in ADDRESS_FIELDS}


def folded(values: Mapping[str, Any]) -> dict[str, str]:
    """Columns as an address."""
    return {part: values[column_of(part)] for part in ADDRESS_FIELDS if values.get(column_of(part))}
