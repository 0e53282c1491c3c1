from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.accounts.rights import Right
from acorn.core.keyset import Order, iterate
from acorn.imports.services import plain
from acorn.imports.types import Context, ImportField, Kind, Row
from acorn.tenancy.bulk import insert_many, update_many
from catalog.imports.base import CatalogTable, Event, Key, find_items, full_values, normal_sku, tell
from catalog.models import Identifier, IdentifierProposal, Item
from catalog.rules import normalise_identifier, spellings
from catalog.services.identifiers import clean_identifier
from catalog.services.items import check_facts, subject_of
from catalog.services.many_identifiers import propose_many
from catalog.services.search import index_items
from catalog.types import IdentifierKind, ItemStatus, NewIdentifier, ProposalAction, ProposalState


class ItemTable(CatalogTable):
    """Items by their SKU, without their identifiers: these take two people."""

    name = "items"
    label = _("Items")
    right = Right.MANAGE_ITEMS
    see = Right.SEE_ITEMS
    help = _(
        "One row for each SKU. ASIN, EAN and other identifiers are a table of their own, since a second person approves them."
    )
    fields = (
        ImportField("sku", _("SKU"), is_key=True, is_required=True),
        ImportField("title", _("Title")),
        ImportField("status", pgettext_lazy("of a thing", "Status"), Kind.CHOICE, choices=ItemStatus, default=ItemStatus.ACTIVE.value),
        ImportField("case_pack", _("Case pack"), Kind.INTEGER, default=1, hint=_("Eaches in a case.")),
        ImportField("length_mm", _("Length"), Kind.LENGTH, hint=_("Of one each; millimetres unless the columns say otherwise.")),
        ImportField("width_mm", _("Width"), Kind.LENGTH),
        ImportField("height_mm", _("Height"), Kind.LENGTH),
        ImportField("weight_g", _("Weight"), Kind.WEIGHT, hint=_("Of one each; grams unless the columns say otherwise.")),
        ImportField("origin_country", _("Country of origin")),
        ImportField("shelf_life_days", _("Shelf life in days"), Kind.INTEGER),
        ImportField("tracks_lots", _("Has lots"), Kind.FLAG, default=False),
        ImportField("tracks_expiry", _("Has expiry dates"), Kind.FLAG, default=False),
    )  # fmt: skip

    def normalise(self, values: dict[str, Any]) -> None:
        values["sku"] = normal_sku(values["sku"])

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        found = Item.objects.filter(sku__in=[row.values["sku"] for row in rows])
        return {(item.sku,): item for item in (found.select_for_update(no_key=True).order_by("pk") if lock else found)}

    def key(self, values: Mapping[str, Any]) -> Key:
        return (values["sku"],)

    def values(self, stored: Item) -> dict[str, Any]:
        return {field.name: getattr(stored, field.name) for field in self.fields}

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        return check_facts(values)

    def write(self, rows: Sequence[Row], context: Context) -> None:
        new, changed, renamed, entries = [], [], [], []
        for row in rows:
            if row.before is None:
                item = Item(**full_values(row, self.fields), created_at=context.now, changed_at=context.now)
                new.append(item)
                entries.append(Event("catalog.item_created", subject_of(item), {"sku": item.sku}))
                continue
            item = row.known
            item.changed_at = context.now
            for name, before, after in row.changes:
                setattr(item, name, after)
                told = {"sku": item.sku, "field": name, "before": plain(before), "after": plain(after)}
                entries.append(Event("catalog.item_changed", subject_of(item), told))
            changed.append(item)
            if "title" in row.values and row.before["title"] != item.title:
                renamed.append(item)
        insert_many(new)
        update_many(changed, [field.name for field in self.fields if not field.is_key] + ["changed_at"])
        index_items(new, are_new=True)
        index_items(renamed)
        tell(entries, context)

    def export(self) -> Iterator[Mapping[str, Any]]:
        for batch in iterate(Item.objects.all(), Order("id", "id")):
            yield from map(self.values, batch)


class IdentifierTable(CatalogTable):
    """What others call the items. New ones wait for a second person, unless the company has switched that off."""

    name = "identifiers"
    label = _("Identifiers")
    right = Right.MANAGE_ITEMS
    see = Right.SEE_ITEMS
    help = _(
        "One row for each identifier. New ones count once a second person has approved them; what is there is never changed by an import."
    )
    fields = (
        ImportField("sku", _("SKU"), is_key=True, is_required=True),
        ImportField("kind", _("Kind"), Kind.CHOICE, is_key=True, is_required=True, choices=IdentifierKind),
        ImportField("value", _("Identifier"), is_key=True, is_required=True),
        ImportField("marketplace", _("Marketplace"), is_key=True, hint=_("Empty where it holds everywhere.")),
        ImportField("effective_from", _("Counts from"), Kind.DATE, hint=_("Empty: always.")),
    )

    def normalise(self, values: dict[str, Any]) -> None:
        values["sku"] = normal_sku(values["sku"])
        values.setdefault("marketplace", "")

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        items = find_items(rows, lock=lock)
        for row in rows:
            # a value is compared as it is stored; what can't be is refused by `check`
            if not row.flaws:
                row.values["marketplace"] = row.values["marketplace"].upper()
                row.values["value"] = normalise_identifier(row.values["kind"], row.values["value"])
        known: dict[Key, Any] = {}
        counting = Identifier.objects.filter(item__in=items.keys(), effective_until=None)
        waiting = IdentifierProposal.objects.filter(
            ~Q(action=ProposalAction.END), item__in=items.keys(), state=ProposalState.PROPOSED
        )
        for each in [*waiting, *counting]:
            each.item = items[each.item_id]
            for spelling in spellings(each.kind, each.value):
                known[each.item.sku, each.kind, spelling, each.marketplace] = each
        return known

    def key(self, values: Mapping[str, Any]) -> Key:
        return values["sku"], values["kind"], values["value"], values["marketplace"]

    def values(self, stored: Identifier | IdentifierProposal) -> dict[str, Any]:
        return {
            "sku": stored.item.sku, "kind": stored.kind, "value": stored.value, "marketplace": stored.marketplace,
            "effective_from": stored.effective_from,
        }  # fmt: skip

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        clean = clean_identifier(_wanted(values))
        return values | {"value": clean.value, "marketplace": clean.marketplace}

    def judge(self, row: Row) -> None:
        if row.before is not None:
            row.before["value"] = row.values["value"]  # another way of writing it is no change
        if row.changes:
            row.refuse("effective_from", "catalog.identifier_not_changed_here")

    def write(self, rows: Sequence[Row], context: Context) -> None:
        wishes = [(row.related["item"], _wanted(full_values(row, self.fields))) for row in rows]
        propose_many(wishes, reason="", actor=context.actor, person=context.person, now=context.now)

    def export(self) -> Iterator[Mapping[str, Any]]:
        for batch in iterate(Identifier.objects.filter(effective_until=None).select_related("item"), Order("id", "id")):
            yield from map(self.values, batch)


def _wanted(values: Mapping[str, Any]) -> NewIdentifier:
    return NewIdentifier(values["kind"], values["value"], values["marketplace"], values["effective_from"])
