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
    label = f"{item.sku} · {item.title}" if item.title else item.sku
    search.index(
        Subject(ITEM, item.public_id, label[:200]),
        codes=[item.sku, *codes],
        titles=[item.title, *item.titles.values()],
    )
