from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from acorn.accounts.rights import Right
from acorn.core.actor import Subject
from acorn.core.keyset import Order, iterate
from acorn.imports.types import Context, ImportField, Kind, Row
from acorn.tenancy.bulk import insert_many, update_many
from catalog.imports.base import CatalogTable, Event, Key, column_of, describe, flat, folded, full_values, tell
from catalog.models import CustomerNumber, PartyAddress, Warehouse
from catalog.selectors import list_addresses, list_customer_numbers, list_warehouses
from catalog.services.directory import check_customer_number, check_party_address
from catalog.services.review import ask_orders
from catalog.services.warehouses import check_warehouse
from catalog.types import ADDRESS_FIELDS, CUSTOMER_NUMBER, PARTY_ADDRESS, WAREHOUSE, PartyKind, Pool

_ADDRESS_LABELS = {
    "name": _("Name on the address"),
    "address_line_1": _("Street and number"),
    "address_line_2": _("Address line 2"),
    "address_line_3": _("Address line 3"),
    "city": _("City"),
    "county": _("County"),
    "district": _("District"),
    "state_or_region": _("State or region"),
    "postal_code": _("Postal code"),
    "country_code": _("Country"),
    "phone": _("Phone"),
}
_REQUIRED_PARTS = ("address_line_1", "city", "country_code")
_ADDRESS = tuple(
    ImportField(column_of(part), label, is_required=part in _REQUIRED_PARTS) for part, label in _ADDRESS_LABELS.items()
)
_COLUMNS = {column_of(part) for part in ADDRESS_FIELDS}


def _unfolded(clean: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in clean.items() if name != "address"} | flat(clean["address"])


class WarehouseTable(CatalogTable):
    """Warehouses by their code."""

    name = "warehouses"
    label = _("Warehouses")
    right = Right.MANAGE_ITEMS
    see = Right.SEE_ITEMS
    help = _("One row for each warehouse, with its address.")
    fields = (
        ImportField("code", _("Code"), is_key=True, is_required=True),
        ImportField("name", _("Name"), is_required=True),
        ImportField("pool", _("Pool"), Kind.CHOICE, choices=Pool, default=Pool.OWN.value),
        ImportField("ship_from_party_id", _("Ship-from party id")),
        ImportField("time_zone", _("Time zone"), hint=_("Such as America/Los_Angeles.")),
        *_ADDRESS,
    )

    def normalise(self, values: dict[str, Any]) -> None:
        values["code"] = " ".join(values["code"].split())

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        found = Warehouse.objects.filter(code__in=[row.values["code"] for row in rows])
        return {(row.code,): row for row in (found.select_for_update().order_by("pk") if lock else found)}

    def key(self, values: Mapping[str, Any]) -> Key:
        return (values["code"],)

    def values(self, stored: Warehouse) -> dict[str, Any]:
        names = ("code", "name", "pool", "ship_from_party_id", "time_zone")
        return {name: getattr(stored, name) for name in names} | flat(stored.address)

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        return _unfolded(check_warehouse(values | {"address": folded(values)}))

    def write(self, rows: Sequence[Row], context: Context) -> None:
        new, changed, entries = [], [], []
        for row in rows:
            warehouse = row.known or Warehouse(created_at=context.now)
            _fill(warehouse, full_values(row, self.fields) if row.before is None else row.values)
            subject = Subject(WAREHOUSE, warehouse.public_id, warehouse.code)
            if row.before is None:
                # as the page does: an address without a name has the warehouse's
                warehouse.address = {"name": warehouse.name} | warehouse.address
                new.append(warehouse)
                entries.append(Event("catalog.warehouse_created", subject, {"warehouse": warehouse.code}))
            else:
                changed.append(warehouse)
                told = {"warehouse": warehouse.code} | describe(row)
                entries.append(Event("catalog.warehouse_changed", subject, told))
        insert_many(new)
        update_many(changed, ("name", "pool", "ship_from_party_id", "time_zone", "address"))
        tell(entries, context)

    def export(self) -> Iterator[Mapping[str, Any]]:
        for batch in iterate(list_warehouses(is_archived=False), Order("code", "code")):
            yield from map(self.values, batch)


class AddressTable(CatalogTable):
    """The directory of Amazon's fulfilment centres and bill-to parties, each from a day on."""

    name = "addresses"
    label = _("Amazon addresses")
    right = Right.MANAGE_ITEMS
    see = Right.SEE_ITEMS
    help = _("One row for each party and first day. A party that moves gets another row with its own first day.")
    fields = (
        ImportField("kind", _("Kind"), Kind.CHOICE, is_key=True, is_required=True, choices=PartyKind),
        ImportField("marketplace", _("Marketplace"), is_key=True, is_required=True),
        ImportField("party_id", _("Party id"), is_key=True, is_required=True),
        ImportField("valid_from", _("From"), Kind.DATE, is_key=True, is_required=True),
        *_ADDRESS,
        ImportField("time_zone", _("Time zone"), hint=_("Such as America/Phoenix.")),
        ImportField("tax_number", _("Tax number")),
        ImportField("source", _("Source")),
    )
    _OWN = ("kind", "marketplace", "party_id", "valid_from", "time_zone", "tax_number", "source")

    def normalise(self, values: dict[str, Any]) -> None:
        values["marketplace"] = values["marketplace"].upper()

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        found = PartyAddress.objects.filter(
            marketplace__in={row.values["marketplace"] for row in rows},
            kind__in={row.values["kind"] for row in rows},
            party_id__in={row.values["party_id"] for row in rows},
        )
        return {self._key(row): row for row in (found.select_for_update().order_by("pk") if lock else found)}

    def _key(self, row: PartyAddress) -> Key:
        return row.kind, row.marketplace, row.party_id, row.valid_from

    def key(self, values: Mapping[str, Any]) -> Key:
        return values["kind"], values["marketplace"], values["party_id"], values["valid_from"]

    def values(self, stored: PartyAddress) -> dict[str, Any]:
        return {name: getattr(stored, name) for name in self._OWN} | flat(stored.address)

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        return _unfolded(check_party_address(values | {"address": folded(values)}))

    def write(self, rows: Sequence[Row], context: Context) -> None:
        new, changed, entries = [], [], []
        for row in rows:
            address = row.known or PartyAddress(created_at=context.now)
            _fill(address, full_values(row, self.fields) if row.before is None else row.values)
            told = {
                "party": address.party_id, "marketplace": address.marketplace, "kind": address.kind,
                "day": address.valid_from.isoformat(),
            }  # fmt: skip
            subject = Subject(PARTY_ADDRESS, address.public_id, address.party_id)
            if row.before is None:
                new.append(address)
                entries.append(Event("catalog.address_added", subject, told))
            else:
                changed.append(address)
                entries.append(Event("catalog.address_changed", subject, told | describe(row)))
        insert_many(new)
        update_many(changed, ("address", "time_zone", "tax_number", "source"))
        tell(entries, context)
        ask_orders()

    def export(self) -> Iterator[Mapping[str, Any]]:
        for batch in iterate(list_addresses(), Order("party_id", "party_id")):
            yield from map(self.values, batch)


class CustomerNumberTable(CatalogTable):
    """The company's own numbers for Amazon."""

    name = "customer_numbers"
    label = _("Customer numbers")
    right = Right.MANAGE_ITEMS
    see = Right.SEE_ITEMS
    help = _("One row for each vendor code, and for each fulfilment centre that has a number of its own.")
    fields = (
        ImportField("vendor_code", _("Vendor code"), is_key=True, is_required=True),
        ImportField("ship_to_party", _("Fulfilment centre"), is_key=True),
        ImportField("number", _("Customer number"), is_required=True),
    )

    def normalise(self, values: dict[str, Any]) -> None:
        values["vendor_code"] = values["vendor_code"].upper()
        values.setdefault("ship_to_party", "")

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        found = CustomerNumber.objects.filter(vendor_code__in={row.values["vendor_code"] for row in rows})
        rows_found = found.select_for_update().order_by("pk") if lock else found
        return {(row.vendor_code, row.ship_to_party): row for row in rows_found}

    def key(self, values: Mapping[str, Any]) -> Key:
        return values["vendor_code"], values["ship_to_party"]

    def values(self, stored: CustomerNumber) -> dict[str, Any]:
        return {field.name: getattr(stored, field.name) for field in self.fields}

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        return check_customer_number(values)

    def write(self, rows: Sequence[Row], context: Context) -> None:
        new: list[CustomerNumber] = []
        changed: list[CustomerNumber] = []
        entries = []
        for row in rows:
            number = row.known or CustomerNumber()
            _fill(number, row.values)
            subject = Subject(CUSTOMER_NUMBER, number.public_id, number.vendor_code)
            code = "catalog.customer_number_added" if row.before is None else "catalog.customer_number_changed"
            (new if row.before is None else changed).append(number)
            entries.append(Event(code, subject, self.values(number) | ({"before": row.before} if row.before else {})))
        insert_many(new)
        update_many(changed, ("number",))
        tell(entries, context)

    def export(self) -> Iterator[Mapping[str, Any]]:
        for batch in iterate(list_customer_numbers(), Order("vendor_code", "vendor_code")):
            yield from map(self.values, batch)


def _fill(stored: Any, values: Mapping[str, Any]) -> None:
    """Give a row its values; of the address those parts that are there."""
    parts = {column_of(part): part for part in ADDRESS_FIELDS}
    for name, value in values.items():
        if name not in _COLUMNS:
            setattr(stored, name, value)
    given = {parts[name]: value for name, value in values.items() if name in _COLUMNS}
    if given:
        stored.address = {part: text for part, text in (stored.address | given).items() if text}
