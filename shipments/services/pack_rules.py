"""Empty cartons, and how items are packed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.flaws import Flaw, Flawed
from catalog.errors import ItemNotFound
from catalog.models import Item
from catalog.types import ITEM
from shipments.errors import CartonTypeExists, CartonTypeNotFound
from shipments.models import CartonType, PackRule
from shipments.types import CARTON_TYPE

TYPE_FIELDS = ("code", "name", "length_mm", "width_mm", "height_mm", "tare_g", "max_weight_g")
RULE_FIELDS = ("carton_type", "eaches_per_carton", "may_mix", "cartons_per_layer", "layers_per_pallet")
_LARGEST = 1_000_000_000
_LONGEST_MM = 100_000


@transaction.atomic
def create_carton_type(*, values: Mapping[str, Any], actor: Actor, now: datetime) -> CartonType:
    """A new carton type. Raises Flawed for what it can't be, CartonTypeExists when the code is taken."""
    row = CartonType(**check_carton_type(values), created_at=now)
    _save(row)
    audit.record("shipments.carton_type_created", actor=actor, subject=subject_of_type(row), params={"code": row.code})
    return row


@transaction.atomic
def change_carton_type(
    *, public_id: str, changes: Mapping[str, Any], is_archived: bool | None = None, actor: Actor, now: datetime
) -> CartonType:
    """Change what is given, take it out of use or back. Safe to repeat; cartons that were packed keep their measures.

    Raises CartonTypeNotFound, Flawed, CartonTypeExists.
    """
    row = CartonType.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if row is None:
        raise CartonTypeNotFound
    before = {name: getattr(row, name) for name in TYPE_FIELDS}
    after = check_carton_type(before | dict(changes))
    changed = [name for name in TYPE_FIELDS if after[name] != before[name]]
    if is_archived is not None and is_archived != (row.archived_at is not None):
        row.archived_at = now if is_archived else None
        changed.append("archived_at")
    if not changed:
        return row
    for name, value in after.items():
        setattr(row, name, value)
    _save(row)
    audit.record(
        "shipments.carton_type_changed", actor=actor, subject=subject_of_type(row),
        params={"code": row.code, "fields": ", ".join(changed)},
    )  # fmt: skip
    return row


@transaction.atomic
def set_pack_rule(*, item_public_id: str, values: Mapping[str, Any], actor: Actor, now: datetime) -> PackRule:
    """Say how an item is packed; what is left out is open. Safe to repeat. Raises ItemNotFound, Flawed.

    `carton_type` is one in use. Shipments that are planned already stay as they are.
    """
    item = Item.objects.select_for_update(no_key=True).filter(public_id=item_public_id).first()
    if item is None:
        raise ItemNotFound
    clean = check_pack_rule(values)
    before = PackRule.objects.filter(item=item).first()
    if before is not None and all(getattr(before, name) == clean[name] for name in RULE_FIELDS):
        return before
    rule, _created = PackRule.objects.update_or_create(item=item, defaults=clean | {"changed_at": now})
    audit.record("shipments.pack_rule_set", actor=actor, subject=subject_of_item(item), params=told(rule, item.sku))
    return rule


@transaction.atomic
def clear_pack_rule(*, item_public_id: str, actor: Actor, now: datetime) -> None:
    """Let an item be packed as if by no rule. Safe to repeat. Raises ItemNotFound."""
    item = Item.objects.select_for_update(no_key=True).filter(public_id=item_public_id).first()
    if item is None:
        raise ItemNotFound
    gone, _rows = PackRule.objects.filter(item=item).delete()
    if gone:
        audit.record(
            "shipments.pack_rule_cleared", actor=actor, subject=subject_of_item(item), params={"sku": item.sku}
        )


def check_carton_type(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a carton type as they are stored. Raises Flawed with everything that is wrong with them."""
    clean: dict[str, Any] = {
        "code": " ".join(str(values.get("code") or "").split()), "name": " ".join(str(values.get("name") or "").split()),
        "tare_g": values.get("tare_g") or 0,
    }  # fmt: skip
    flaws = [] if clean["code"] else [Flaw("code", "flaws.missing")]
    limits = {"code": 30, "name": 120}
    flaws += [Flaw(name, "flaws.too_long", {"limit": n}) for name, n in limits.items() if len(clean[name]) > n]
    for name in ("length_mm", "width_mm", "height_mm", "max_weight_g"):
        clean[name] = values.get(name)
        if clean[name] is None and name != "max_weight_g":
            flaws.append(Flaw(name, "flaws.missing"))
    flaws += _out_of_range(clean, ("length_mm", "width_mm", "height_mm"), 1, _LONGEST_MM)
    flaws += _out_of_range(clean, ("max_weight_g",), 1) + _out_of_range(clean, ("tare_g",), 0)
    if not flaws and clean["max_weight_g"] is not None and clean["max_weight_g"] <= clean["tare_g"]:
        flaws.append(Flaw("max_weight_g", "shipments.holds_nothing"))
    if flaws:
        raise Flawed(flaws)
    return clean


def check_pack_rule(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a pack rule as they are stored. Raises Flawed with everything that is wrong with them."""
    clean = {name: values.get(name) for name in RULE_FIELDS} | {"may_mix": bool(values.get("may_mix"))}
    flaws = _out_of_range(clean, ("eaches_per_carton", "cartons_per_layer", "layers_per_pallet"), 1)
    if (clean["cartons_per_layer"] is None) != (clean["layers_per_pallet"] is None):
        missing = "cartons_per_layer" if clean["cartons_per_layer"] is None else "layers_per_pallet"
        flaws.append(Flaw(missing, "shipments.half_a_pallet"))
    kind = clean["carton_type"]
    if kind is not None and kind.archived_at is not None:
        flaws.append(Flaw("carton_type", "shipments.carton_type_unknown", {"carton_type": kind.code}))
    if flaws:
        raise Flawed(flaws)
    return clean


def told(rule: PackRule, sku: str) -> dict[str, Any]:
    """A pack rule for the trail."""
    kind = rule.carton_type
    return {"sku": sku} | {name: getattr(rule, name) for name in RULE_FIELDS} | {"carton_type": kind and kind.code}


def subject_of_type(row: CartonType) -> Subject:
    return Subject(CARTON_TYPE, row.public_id, row.code)


def subject_of_item(item: Item) -> Subject:
    return Subject(ITEM, item.public_id, item.sku)


def _out_of_range(values: Mapping[str, Any], names: tuple[str, ...], least: int, most: int = _LARGEST) -> list[Flaw]:
    return [
        Flaw(name, "shipments.out_of_range", {"least": least, "most": most})
        for name in names
        if values[name] is not None and not least <= values[name] <= most
    ]


def _save(row: CartonType) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise CartonTypeExists(fields={"code": [_("Another carton type has this code.")]}, code=row.code) from None
