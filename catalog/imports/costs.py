from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.accounts.rights import Right
from acorn.core.keyset import Order, iterate
from acorn.imports.types import Context, ImportField, Kind, Row
from acorn.tenancy.bulk import insert_many, update_many
from catalog.imports.base import CatalogTable, Event, Key, describe, find_items, full_values, normal_sku, tell
from catalog.models import AgreedCost
from catalog.selectors import list_costs
from catalog.services.costs import LATER, check_cost, subject_of, told
from catalog.services.review import ask_orders
from catalog.types import CostStatus

_STORED = ("cost", "valid_until", "status", "note", "decided_at")


class CostTable(CatalogTable):
    """Agreed costs: one row for each SKU, vendor code, currency, first day and deal."""

    name = "agreed_costs"
    label = _("Agreed costs")
    right = Right.MANAGE_COSTS
    see = Right.SEE_COSTS
    help = _(
        "One row for each SKU, vendor code, currency and first day. What was agreed keeps its amount: a new cost is a new row with its own first day."
    )
    fields = (
        ImportField("sku", _("SKU"), is_key=True, is_required=True),
        ImportField("vendor_code", _("Vendor code"), is_key=True, is_required=True),
        ImportField("currency", _("Currency"), is_key=True, is_required=True),
        ImportField("cost", _("Cost"), Kind.DECIMAL, is_required=True, hint=_("Of one each.")),
        ImportField("valid_from", _("First day"), Kind.DATE, is_key=True, is_required=True),
        ImportField("valid_until", _("Last day"), Kind.DATE),
        ImportField("deal_code", _("Deal"), is_key=True),
        ImportField(
            "status", pgettext_lazy("of a thing", "Status"), Kind.CHOICE, choices=CostStatus, default=CostStatus.ACTIVE.value,
            hint=_("Active unless the file says otherwise."),
        ),
        ImportField("note", _("Note")),
    )  # fmt: skip

    def normalise(self, values: dict[str, Any]) -> None:
        values["sku"] = normal_sku(values["sku"])
        values["vendor_code"] = values["vendor_code"].upper()
        values["currency"] = values["currency"].upper()
        values["deal_code"] = " ".join(values.get("deal_code", "").split())

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        items = find_items(rows)
        found = AgreedCost.objects.filter(item__in=items.keys()).exclude(status=CostStatus.REFUSED)
        known = {}
        for cost in found.select_for_update(no_key=True).order_by("pk") if lock else found:
            cost.item = items[cost.item_id]
            known[cost.item.sku, cost.vendor_code, cost.currency, cost.valid_from, cost.deal_code] = cost
        return known

    def key(self, values: Mapping[str, Any]) -> Key:
        return values["sku"], values["vendor_code"], values["currency"], values["valid_from"], values["deal_code"]

    def values(self, stored: AgreedCost) -> dict[str, Any]:
        return {field.name: getattr(stored, field.name) for field in self.fields if field.name != "sku"} | {
            "sku": stored.item.sku
        }

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        return values | check_cost(values)

    def judge(self, row: Row) -> None:
        status = row.values.get("status", CostStatus.ACTIVE)
        if row.before is None:
            if status == CostStatus.REFUSED:
                row.refuse("status", "catalog.cost_new_refused")
            return
        if row.known.status == CostStatus.ACTIVE:
            for name, _before, _after in row.changes:
                if name not in LATER:
                    row.refuse(name, "catalog.cost_is_history")

    def write(self, rows: Sequence[Row], context: Context) -> None:
        new, changed, entries = [], [], []
        for row in rows:
            if row.before is None:
                cost = self._new(row, context)
                new.append(cost)
                entries.append(Event("catalog.cost_created", subject_of(cost), told(cost) | {"status": cost.status}))
            else:
                cost = row.known
                if row.values.get("status", cost.status) != cost.status:
                    cost.decided_at = context.now
                for name, _before, after in row.changes:
                    setattr(cost, name, after)
                changed.append(cost)
                entries.append(Event("catalog.cost_changed", subject_of(cost), {"sku": cost.item.sku} | describe(row)))
        insert_many(new)
        update_many(changed, _STORED)
        tell(entries, context)
        ask_orders()

    def _new(self, row: Row, context: Context) -> AgreedCost:
        values = full_values(row, self.fields)
        del values["sku"]
        return AgreedCost(
            item=row.related["item"], **values, author_label=context.actor.label[:200],
            created_at=context.now, decided_at=context.now if values["status"] == CostStatus.ACTIVE else None,
        )  # fmt: skip

    def export(self) -> Iterator[Mapping[str, Any]]:
        for batch in iterate(list_costs().exclude(status=CostStatus.REFUSED), Order("id", "id")):
            for cost in batch:
                yield self.values(cost)
