"""Which items an unknown product may be."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q

from catalog.models import Identifier, Item
from catalog.selectors.items import search_items
from catalog.types import GTIN_KINDS
from orders import rules
from orders.models import UnmappedProduct
from orders.types import Told

_LOOKED_AT = 50


class SuggestedItem(NamedTuple):
    """An item with how well it fits (100 is certain), and why."""

    item: Item
    score: int
    reasons: tuple[Told, ...]


def suggest_items(product: UnmappedProduct) -> list[SuggestedItem]:
    """The items that a product may be, best first; a constant number of statements."""
    return suggest_for([product])[product.pk]


def suggest_for(products: Sequence[UnmappedProduct]) -> dict[int, list[SuggestedItem]]:
    """`suggest_items` for several products, by key. Words are looked for by the search index, once per product."""
    values = {value for product in products for value in (product.asin, product.vendor_sku) if value}
    forms = {value: _gtin_forms(value) for value in values}
    looked = values | {form for each in forms.values() for form in each}
    named: dict[str, list[Identifier]] = defaultdict(list)
    for row in Identifier.objects.filter(value__among=list(looked)):
        named[row.value].append(row)
    by_sku: dict[str, list[int]] = defaultdict(list)
    for pk, sku in Item.objects.filter(sku__among=list(values)).values_list("pk", "sku"):
        by_sku[sku].append(pk)
    wanted = {
        product.pk: _candidates_of(product, named, by_sku, forms.get(product.vendor_sku, ())) for product in products
    }
    items = Item.objects.in_bulk({pk for found in wanted.values() for pk in found})
    return {
        product.pk: _rank(product, wanted[product.pk], items, forms.get(product.vendor_sku, ())) for product in products
    }


def _gtin_forms(value: str) -> tuple[str, ...]:
    """How a GS1 number may be written otherwise: with or without zeros in front."""
    digits = value.lstrip("0")
    if not (value.isascii() and value.isdigit() and 8 <= len(value) <= 14):
        return ()
    return tuple(digits.zfill(length) for length in (8, 12, 13, 14) if length >= len(digits))


Fitting = dict[int, list[tuple[str, str, str]]]


def _candidates_of(
    product: UnmappedProduct, named: dict[str, list[Identifier]], by_sku: dict[str, list[int]], gtins: tuple[str, ...]
) -> Fitting:
    found: Fitting = defaultdict(list)
    for value in (product.asin, product.vendor_sku):
        for row in named.get(value, ()) if value else ():
            found[row.item_id].append((row.kind, row.value, row.marketplace))
    for value in gtins:
        for row in named.get(value, ()):
            if row.kind in GTIN_KINDS and value != product.vendor_sku:
                found[row.item_id].append((row.kind, row.value, row.marketplace))
    for pk in by_sku.get(product.vendor_sku, ()):
        found.setdefault(pk, [])
    words = sorted(rules.words_of(product.vendor_sku), key=len, reverse=True)[:2]
    for word in words:
        for pk in search_items(Item.objects.all(), word).values_list("pk", flat=True)[:_LOOKED_AT]:
            found.setdefault(pk, [])
    return found


def _rank(
    product: UnmappedProduct, fitting: Fitting, items: dict[int, Item], gtins: tuple[str, ...]
) -> list[SuggestedItem]:
    candidates = [
        rules.Candidate(pk, items[pk].sku, items[pk].title, tuple(found))
        for pk, found in fitting.items()
        if pk in items
    ]
    ranked = rules.rank(
        candidates, asin=product.asin, vendor_sku=product.vendor_sku, marketplace=product.marketplace, gtins=gtins
    )
    return [SuggestedItem(items[each.item_id], each.score, each.reasons) for each in ranked]


def find_choices(text: str, *, limit: int = 20) -> list[Item]:
    """Items that somebody looks for, by SKU, title or identifier."""
    if not text.strip():
        return []
    return list(
        search_items(Item.objects.filter(Q(status="ACTIVE") | Q(status="PAUSED")), text).order_by("sku")[:limit]
    )
