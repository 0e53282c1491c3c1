"""How items are packed, and into what."""

from collections.abc import Collection
from dataclasses import replace

from django.db.models import QuerySet

from acorn.search.rules import after_prefix
from catalog.models import Item
from shipments.errors import CartonTypeNotFound
from shipments.models import CartonType, PackRule
from shipments.rules import EmptyCarton, ItemPacking


def list_pack_rules() -> QuerySet[PackRule]:
    """The company's pack rules with item and carton type."""
    return PackRule.objects.select_related("item", "carton_type")


def get_pack_rule(item: Item) -> PackRule:
    """How an item is packed, with carton type; an unsaved rule that leaves all open where there is none."""
    return list_pack_rules().filter(item=item).first() or PackRule(item=item)


def list_carton_types(*, search: str = "", is_archived: bool | None = None) -> QuerySet[CartonType]:
    """The company's carton types; the search looks at the beginning of the code."""
    found = CartonType.objects.all()
    if search:
        found = found.filter(code__gte=search, code__lt=after_prefix(search))
    return found if is_archived is None else found.filter(archived_at__isnull=not is_archived)


def get_carton_type(public_id: str) -> CartonType:
    """Raises CartonTypeNotFound."""
    found = CartonType.objects.filter(public_id=public_id).first()
    if found is None:
        raise CartonTypeNotFound
    return found


def load_goods(item_ids: Collection[int]) -> dict[int, ItemPacking]:
    """How items are packed, by item; two statements. Without a rule: a case pack to a carton, never mixed."""
    rules = {rule.item_id: rule for rule in PackRule.objects.filter(item_id__in=item_ids).select_related("carton_type")}
    return {item.pk: _goods(item, rules.get(item.pk)) for item in Item.objects.filter(pk__in=item_ids)}


def _goods(item: Item, rule: PackRule | None) -> ItemPacking:
    sides = (item.length_mm, item.width_mm, item.height_mm)
    volume = sides[0] * sides[1] * sides[2] / 1000 if sides[0] and sides[1] and sides[2] else None
    plain = ItemPacking(
        item.pk, item.case_pack, weight_g=item.weight_g, volume_cm3=volume,
        is_apart=item.tracks_lots or item.tracks_expiry,
    )  # fmt: skip
    if rule is None:
        return plain
    return replace(
        plain, per_carton=rule.eaches_per_carton or item.case_pack, box=_box(rule.carton_type), may_mix=rule.may_mix,
        cartons_per_layer=rule.cartons_per_layer, layers_per_pallet=rule.layers_per_pallet,
    )  # fmt: skip


def _box(kind: CartonType | None) -> EmptyCarton | None:
    if kind is None:
        return None
    return EmptyCarton(kind.pk, kind.length_mm, kind.width_mm, kind.height_mm, kind.tare_g, kind.max_weight_g)
