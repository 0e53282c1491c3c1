from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from acorn.accounts.rights import Right
from acorn.core.flaws import Flaw, Flawed
from acorn.core.keyset import Order, iterate
from acorn.imports.types import Context, ImportField, Kind, Row
from catalog.imports.base import CatalogTable, Key, find_items, find_warehouses, full_values, normal_sku
from catalog.models import Inbound, Item, StockBalance, Warehouse
from catalog.services.stock import Announcement, expect_many, lock_places, record_counts
from catalog.types import COMING, CountRow, Place, Pool

_PART = 5_000


class _PlacedTable(CatalogTable):
    """Rows that name an item, a warehouse and a pool."""

    def normalise(self, values: dict[str, Any]) -> None:
        values["sku"] = normal_sku(values["sku"])

    def lock(self, rows: Sequence[Row], *, now: datetime) -> None:
        houses = {code: (key, pool) for code, key, pool in Warehouse.objects.values_list("code", "id", "pool")}
        places = set()
        for begin in range(0, len(rows), _PART):
            part = rows[begin : begin + _PART]
            skus = {normal_sku(row.values["sku"]) for row in part}
            items = dict(Item.objects.filter(sku__in=skus).values_list("sku", "id"))
            for row in part:
                item, house = items.get(normal_sku(row.values["sku"])), houses.get(row.values["warehouse"])
                if item and house:
                    places.add(Place(item, house[0], row.values.get("pool") or house[1]))
        lock_places(places, now=now)

    def _places(self, rows: Sequence[Row]) -> tuple[Any, Any]:
        """Items and warehouses by their keys; a row without a pool gets that of its warehouse."""
        items = find_items(rows)
        warehouses = find_warehouses(rows)
        for row in rows:
            if not row.flaws:
                row.values["pool"] = row.values.get("pool") or row.related["warehouse"].pool
        return items, warehouses


class CountTable(_PlacedTable):
    """What lies where, as counted at an instant."""

    name = "stock_counts"
    label = _("Stock counts")
    right = Right.MANAGE_STOCK
    see = Right.SEE_STOCK
    help = _(
        "One row for each SKU, warehouse and pool: how much lies there. A count that is older than the last one is refused."
    )
    fields = (
        ImportField("sku", _("SKU"), is_key=True, is_required=True),
        ImportField("warehouse", _("Warehouse"), is_key=True, is_required=True, hint=_("By its code.")),
        ImportField("pool", _("Pool"), Kind.CHOICE, is_key=True, choices=Pool, hint=_("Empty: the warehouse's.")),
        ImportField("on_hand", _("On hand"), Kind.INTEGER, is_required=True, hint=_("Eaches.")),
        ImportField("as_of", _("Counted at"), Kind.MOMENT, hint=_("Empty: when it is imported. Without a zone it is UTC.")),
        ImportField("reason", _("Reason")),
    )  # fmt: skip

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        items, warehouses = self._places(rows)
        found = StockBalance.objects.filter(item__in=items.keys(), warehouse__in=warehouses.keys())
        # a place that nobody has counted yet is news, even if nothing lies there
        found = found.exclude(counted_at=None, on_hand=0)
        known = {}
        for balance in found.select_for_update(no_key=True).order_by("pk") if lock else found:
            balance.item, balance.warehouse = items[balance.item_id], warehouses[balance.warehouse_id]
            known[balance.item.sku, balance.warehouse.code, balance.pool] = balance
        return known

    def key(self, values: Mapping[str, Any]) -> Key:
        return values["sku"], values["warehouse"], values["pool"]

    def values(self, stored: StockBalance) -> dict[str, Any]:
        return {
            "sku": stored.item.sku, "warehouse": stored.warehouse.code, "pool": stored.pool, "on_hand": stored.on_hand,
            "as_of": stored.counted_at, "reason": "",
        }  # fmt: skip

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["on_hand"] < 0:
            raise Flawed([Flaw("on_hand", "catalog.less_than_nothing")])
        return values

    def judge(self, row: Row) -> None:
        as_of = row.values.get("as_of")
        counted_at = row.known.counted_at if row.known else None
        if as_of and counted_at and as_of < counted_at:
            row.refuse("as_of", "catalog.count_is_older", at=counted_at.isoformat(timespec="seconds"))
        if row.before is not None:
            row.before["reason"] = row.values.get("reason", "")  # says why, and is no difference

    def write(self, rows: Sequence[Row], context: Context) -> None:
        counts = []
        for row in rows:
            values = full_values(row, self.fields)
            place = Place(row.related["item"].pk, row.related["warehouse"].pk, values["pool"])
            counts.append(CountRow(place, values["on_hand"], values["as_of"] or context.now, values["reason"]))
        record_counts(counts, source=f"import:{context.run}", actor=context.actor, now=context.now)

    def export(self) -> Iterator[Mapping[str, Any]]:
        rows = StockBalance.objects.select_related("item", "warehouse")
        for batch in iterate(rows, Order("id", "id")):
            yield from map(self.values, batch)


class InboundTable(_PlacedTable):
    """What is on its way, and when it comes."""

    name = "inbound"
    label = _("Inbound")
    right = Right.MANAGE_STOCK
    see = Right.SEE_STOCK
    help = _("One row for each SKU, warehouse and reference: how much comes on which day.")
    fields = (
        ImportField("sku", _("SKU"), is_key=True, is_required=True),
        ImportField("warehouse", _("Warehouse"), is_key=True, is_required=True, hint=_("By its code.")),
        ImportField("reference", _("Reference"), is_key=True, is_required=True, hint=_("Your order or container.")),
        ImportField("pool", _("Pool"), Kind.CHOICE, choices=Pool, hint=_("Empty: the warehouse's.")),
        ImportField("quantity", _("Quantity"), Kind.INTEGER, is_required=True, hint=_("Eaches.")),
        ImportField("expected_on", _("Expected on"), Kind.DATE, is_required=True),
    )

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        items, warehouses = self._places(rows)
        found = Inbound.objects.filter(item__in=items.keys(), warehouse__in=warehouses.keys())
        known = {}
        for inbound in found:
            inbound.item, inbound.warehouse = items[inbound.item_id], warehouses[inbound.warehouse_id]
            known[inbound.item.sku, inbound.warehouse.code, inbound.reference] = inbound
        return known

    def key(self, values: Mapping[str, Any]) -> Key:
        return values["sku"], values["warehouse"], values["reference"]

    def values(self, stored: Inbound) -> dict[str, Any]:
        return {
            "sku": stored.item.sku, "warehouse": stored.warehouse.code, "reference": stored.reference,
            "pool": stored.pool, "quantity": stored.quantity, "expected_on": stored.expected_on,
        }  # fmt: skip

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        flaws = [] if values["quantity"] > 0 else [Flaw("quantity", "catalog.less_than_one")]
        if not isinstance(values["expected_on"], date):
            flaws.append(Flaw("expected_on", "flaws.missing"))
        if len(values["reference"]) > 120:
            flaws.append(Flaw("reference", "flaws.too_long", {"limit": 120}))
        if flaws:
            raise Flawed(flaws)
        return values

    def judge(self, row: Row) -> None:
        if row.known and row.known.state not in COMING and row.changes:
            row.refuse("reference", "catalog.inbound_is_over")
        elif row.known and row.values["pool"] != row.known.pool:
            row.refuse("pool", "catalog.inbound_pool")

    def write(self, rows: Sequence[Row], context: Context) -> None:
        announced = [
            Announcement(
                row.related["item"], row.related["warehouse"], row.values["pool"], row.values["quantity"],
                row.values["expected_on"], row.values["reference"],
            )
            for row in rows
        ]  # fmt: skip
        expect_many(announced, actor=context.actor, now=context.now, import_run=context.run)

    def export(self) -> Iterator[Mapping[str, Any]]:
        rows = Inbound.objects.filter(state__in=COMING).select_related("item", "warehouse")
        for batch in iterate(rows, Order("id", "id")):
            yield from map(self.values, batch)
