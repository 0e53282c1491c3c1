from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from acorn.accounts.rights import Right
from acorn.core.keyset import Order, iterate
from acorn.imports.types import Context, ImportField, Kind, Row
from acorn.tenancy.bulk import insert_many, update_many
from catalog.imports.base import CatalogTable, Event, Key, describe, find_items, full_values, normal_sku, tell
from shipments.models import CartonType, PackRule
from shipments.selectors import list_carton_types, list_pack_rules
from shipments.services.pack_rules import (
    RULE_FIELDS,
    TYPE_FIELDS,
    check_carton_type,
    check_pack_rule,
    subject_of_item,
    subject_of_type,
    told,
)


class CartonTypeTable(CatalogTable):
    """Empty cartons, one row for each code."""

    name = "carton_types"
    label = _("Carton types")
    right = Right.PACK
    see = Right.SEE_SHIPMENTS
    help = _("One row for each empty carton that you pack into.")
    fields = (
        ImportField("code", _("Code"), is_key=True, is_required=True),
        ImportField("name", _("Name")),
        ImportField("length_mm", _("Length"), Kind.LENGTH, is_required=True, hint=_("Outside.")),
        ImportField("width_mm", _("Width"), Kind.LENGTH, is_required=True, hint=_("Outside.")),
        ImportField("height_mm", _("Height"), Kind.LENGTH, is_required=True, hint=_("Outside.")),
        ImportField("tare_g", _("Empty weight"), Kind.WEIGHT, default=0),
        ImportField("max_weight_g", _("Greatest weight"), Kind.WEIGHT, hint=_("With what is in it.")),
    )

    def normalise(self, values: dict[str, Any]) -> None:
        values["code"] = " ".join(values["code"].split())

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        found = CartonType.objects.filter(code__in=[row.values["code"] for row in rows])
        return {(row.code,): row for row in (found.select_for_update().order_by("pk") if lock else found)}

    def key(self, values: Mapping[str, Any]) -> Key:
        return (values["code"],)

    def values(self, stored: CartonType) -> dict[str, Any]:
        return {name: getattr(stored, name) for name in TYPE_FIELDS}

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        return check_carton_type(values)

    def write(self, rows: Sequence[Row], context: Context) -> None:
        new, changed, events = [], [], []
        for row in rows:
            stored = row.known or CartonType(created_at=context.now)
            for name, value in (full_values(row, self.fields) if row.before is None else row.values).items():
                setattr(stored, name, value)
            subject = subject_of_type(stored)
            if row.before is None:
                new.append(stored)
                events.append(Event("shipments.carton_type_created", subject, {"code": stored.code}))
            else:
                changed.append(stored)
                events.append(Event("shipments.carton_type_changed", subject, {"code": stored.code} | describe(row)))
        insert_many(new)
        update_many(changed, TYPE_FIELDS)
        tell(events, context)

    def export(self) -> Iterator[Mapping[str, Any]]:
        for batch in iterate(list_carton_types(is_archived=False), Order("code", "code")):
            yield from map(self.values, batch)


class PackRuleTable(CatalogTable):
    """How items are packed, one row for each SKU."""

    name = "pack_rules"
    label = _("Pack rules")
    right = Right.PACK
    see = Right.SEE_SHIPMENTS
    help = _("One row for each SKU. What is empty is left open: a case pack to a carton, never mixed, no pallets.")
    fields = (
        ImportField("sku", _("SKU"), is_key=True, is_required=True),
        ImportField("carton_type", _("Carton type"), hint=_("By its code.")),
        ImportField("eaches_per_carton", _("Eaches per carton"), Kind.INTEGER),
        ImportField("may_mix", _("May be mixed"), Kind.FLAG, default=False),
        ImportField("cartons_per_layer", _("Cartons per layer"), Kind.INTEGER),
        ImportField("layers_per_pallet", _("Layers per pallet"), Kind.INTEGER),
    )

    def normalise(self, values: dict[str, Any]) -> None:
        values["sku"] = normal_sku(values["sku"])
        if "carton_type" in values:
            values["carton_type"] = " ".join(values["carton_type"].split())

    def load(self, rows: Sequence[Row], *, lock: bool) -> Mapping[Key, Any]:
        items = find_items(rows)
        codes = {code for row in rows if (code := row.values.get("carton_type"))}
        types = {row.code: row for row in CartonType.objects.filter(code__in=codes, archived_at=None)}
        for row in rows:
            code = row.values.get("carton_type")
            if code and code not in types:
                row.refuse("carton_type", "shipments.carton_type_unknown", carton_type=code[:30])
            row.related["carton_type"] = types.get(code or "")
        found = list_pack_rules().filter(item__in=items.keys())
        if lock:
            found = found.select_for_update(of=("self",), no_key=True).order_by("pk")
        return {(rule.item.sku,): rule for rule in found}

    def key(self, values: Mapping[str, Any]) -> Key:
        return (values["sku"],)

    def values(self, stored: PackRule) -> dict[str, Any]:
        kind = stored.carton_type
        return {name: getattr(stored, name) for name in RULE_FIELDS} | {
            "sku": stored.item.sku, "carton_type": kind.code if kind else "",
        }  # fmt: skip

    def check(self, values: dict[str, Any]) -> dict[str, Any]:
        return values | check_pack_rule(values | {"carton_type": None}) | {"carton_type": values["carton_type"]}

    def write(self, rows: Sequence[Row], context: Context) -> None:
        new: list[PackRule] = []
        changed: list[PackRule] = []
        events: list[Event] = []
        for row in rows:
            rule = row.known or PackRule(item=row.related["item"])
            given = full_values(row, self.fields) if row.before is None else row.values
            for name in set(given) - {"sku", "carton_type"}:
                setattr(rule, name, given[name])
            if "carton_type" in given:
                rule.carton_type = row.related["carton_type"]
            rule.changed_at = context.now
            (new if row.before is None else changed).append(rule)
            item = row.related["item"]
            events.append(Event("shipments.pack_rule_set", subject_of_item(item), told(rule, item.sku)))
        insert_many(new)
        update_many(changed, (*RULE_FIELDS, "changed_at"))
        tell(events, context)

    def export(self) -> Iterator[Mapping[str, Any]]:
        for batch in iterate(list_pack_rules(), Order("id", "id")):
            yield from map(self.values, batch)
