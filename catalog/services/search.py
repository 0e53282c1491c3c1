from collections.abc import Sequence

from acorn.core.actor import Subject
from acorn.search import services as search
from catalog import rules
from catalog.models import Identifier, IdentifierProposal, Item
from catalog.types import ITEM, ProposalState


def index_item(item: Item) -> None:
    """Make an item findable by its SKU, its titles, and every identifier that counts, counted or waits. Safe to repeat."""
    counted = Identifier.objects.filter(item=item).values_list("kind", "value")
    waiting = IdentifierProposal.objects.filter(item=item, state=ProposalState.PROPOSED).values_list("kind", "value")
    codes = {spelling for kind, value in counted.union(waiting) for spelling in rules.spellings(kind, value)}
    search.index(
        subject_of(item),
        codes=[item.sku, *codes],
        titles=[item.title, *item.titles.values()],
    )


def subject_of(item: Item) -> Subject:
    """An item as a hit of the search shows it."""
    label = f"{item.sku} · {item.title}" if item.title else item.sku
    return Subject(ITEM, item.public_id, label[:200])


def index_items(items: Sequence[Item], *, are_new: bool = False) -> None:
    """`index_item` for many, in a handful of statements."""
    by_key = {item.pk: item for item in items}
    codes: dict[int, set[str]] = {pk: {item.sku} for pk, item in by_key.items() if pk}
    waiting = IdentifierProposal.objects.filter(state=ProposalState.PROPOSED)
    for rows in (Identifier.objects.all(), waiting):
        for pk, kind, value in rows.filter(item__in=codes).values_list("item", "kind", "value"):
            codes[pk].update(rules.spellings(kind, value))
    search.index_many(
        [
            search.Entry(
                subject_of(item), codes.get(item.pk, {item.sku}) if item.pk else {item.sku},
                [item.title, *item.titles.values()],
            )
            for item in items
        ],
        are_new=are_new,
    )  # fmt: skip
