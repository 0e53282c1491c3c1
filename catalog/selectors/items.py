"""Items, their identifiers, and which item an order's line means."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject

from acorn.search.models import SearchKey
from acorn.search.rules import after_prefix, normalise_code, title_keys
from catalog import rules
from catalog.errors import ItemNotFound, ProposalNotFound
from catalog.models import Identifier, IdentifierProposal, Item
from catalog.types import (
    GTIN_KINDS,
    ITEM,
    IdentifierKind,
    IdentifierState,
    LineKey,
    Problem,
    ProposalAction,
    ProposalState,
    Resolution,
)

_MAX_WORDS = 10
_FEW_FOUND = 2_000
_UNKNOWN = Resolution(None, Problem.UNKNOWN)


def resolve_items(keys: Sequence[LineKey]) -> list[Resolution]:
    """Which item each line means, in the order of the keys; one statement, whatever their number (see `rules.resolve`).

    Lines repeat their products: a key that comes again costs no more than looking it up.
    """
    values = {key: rules.values_of(key) for key in set(keys)}
    wanted = set().union(*values.values())
    identifiers: dict[str, list[rules.Named]] = defaultdict(list)
    if wanted:
        for row in Identifier.objects.filter(value__among=wanted).values_list(*rules.Named._fields):
            found = rules.Named(*row)
            identifiers[found.value].append(found)
    meant = {
        key: _UNKNOWN
        if named.isdisjoint(identifiers)
        else rules.resolve(key, [found for value in named for found in identifiers.get(value, ())])
        for key, named in values.items()
    }
    return [meant[key] for key in keys]


def list_items() -> QuerySet[Item]:
    """The company's items with their identifiers and the proposals that wait."""
    waiting = (
        IdentifierProposal.objects.filter(state=ProposalState.PROPOSED).select_related("identifier").order_by("id")
    )
    return Item.objects.prefetch_related(
        Prefetch("identifiers", Identifier.objects.order_by("kind", "marketplace", "id"), to_attr="loaded_identifiers"),
        Prefetch("proposals", waiting, to_attr="waiting_proposals"),
    )


def list_item_rows() -> QuerySet[Item]:
    """The company's items with what a list shows, in one statement: `known`, its identifiers that have no end, each with
    kind and value; and whether it `is_waiting` for a second person."""
    known = Identifier.objects.filter(item=OuterRef("pk"), effective_until=None).order_by("value")
    waiting = IdentifierProposal.objects.filter(item=OuterRef("pk"), state=ProposalState.PROPOSED)
    shown = ArraySubquery(known.values(shown=JSONObject(kind="kind", value="value")))
    return Item.objects.annotate(known=shown, is_waiting=Exists(waiting))


def search_items(rows: QuerySet[Item], text: str) -> QuerySet[Item]:
    """The ones whose SKU or identifier begins with the text, or whose titles have all of its words."""
    code, words = normalise_code(text), sorted(title_keys(text))[:_MAX_WORDS]
    if not code:
        return rows.none() if text.strip() else rows
    found = _beginning_with(code)
    if words and words != [code]:  # what is one word of letters and digits is asked for as a code already
        titled = _beginning_with(words[0])
        for word in words[1:]:
            titled = titled.filter(subject_id__in=_beginning_with(word))
        found = found.union(titled, all=True)
    # a page names them twice, for its rows and for their number: what finds few items is looked up once
    few = list(found[: _FEW_FOUND + 1])
    if len(few) <= _FEW_FOUND:
        return rows.filter(public_id__among=[each["subject_id"] for each in few])
    return rows.filter(public_id__in=found)


def _beginning_with(key: str) -> QuerySet[SearchKey, dict[str, str]]:
    keys = SearchKey.objects.filter(kind=ITEM, key__gte=key, key__lt=after_prefix(key))
    return keys.order_by().values("subject_id")


def filter_items(rows: QuerySet[Item], *, search: str = "", sku: str = "", status: str = "") -> QuerySet[Item]:
    """The ones that fit; see `search_items`."""
    if sku:
        rows = rows.filter(sku=sku)
    if status:
        rows = rows.filter(status=status)
    return search_items(rows, search)


def lacking(rows: QuerySet[Item], kinds: Collection[str]) -> QuerySet[Item]:
    """The ones without a counting identifier of one of these kinds; GTIN stands for all of GS1's."""
    for kind in kinds:
        wanted = GTIN_KINDS if kind == IdentifierKind.GTIN else [kind]
        counting = Identifier.objects.filter(item=OuterRef("pk"), kind__in=wanted, effective_until=None)
        rows = rows.filter(~Exists(counting))
    return rows


def with_waiting(rows: QuerySet[Item]) -> QuerySet[Item]:
    """The ones with a proposal that waits for a second person."""
    waiting = IdentifierProposal.objects.filter(state=ProposalState.PROPOSED)
    return rows.filter(pk__in=waiting.values("item_id"))


def get_item(public_id: str) -> Item:
    """With identifiers and waiting proposals. Raises ItemNotFound."""
    found = list_items().filter(public_id=public_id).first()
    if found is None:
        raise ItemNotFound
    return found


def list_proposals() -> QuerySet[IdentifierProposal]:
    """With item and the identifier that they change."""
    return IdentifierProposal.objects.select_related("item", "identifier")


def filter_proposals(
    rows: QuerySet[IdentifierProposal], *, state: str = "", item: str = ""
) -> QuerySet[IdentifierProposal]:
    """The ones in this state, for this item (its public id)."""
    if state:
        rows = rows.filter(state=state)
    return rows.filter(item__public_id=item) if item else rows


def get_proposal(public_id: str) -> IdentifierProposal:
    """Raises ProposalNotFound."""
    found = list_proposals().filter(public_id=public_id).first()
    if found is None:
        raise ProposalNotFound
    return found


def list_waiting_proposals() -> QuerySet[IdentifierProposal]:
    """Proposals that wait for a second person, for the number in the navigation."""
    return IdentifierProposal.objects.filter(state=ProposalState.PROPOSED)


class Clash(NamedTuple):
    """Another item that has an identifier, or for which it waits."""

    item: str
    sku: str
    state: IdentifierState


class ShownIdentifier(NamedTuple):
    """An identifier as it is shown: one that counts, counted or waits. `proposal` is the id of what waits to change it."""

    id: str
    kind: str
    value: str
    marketplace: str
    state: IdentifierState
    proposal: str
    effective_from: date | None
    effective_until: date | None
    clashes: tuple[Clash, ...] = ()

    @property
    def kind_label(self) -> str:
        return str(IdentifierKind(self.kind).label)


def show_identifiers(items: Sequence[Item], *, today: date) -> dict[int, list[ShownIdentifier]]:
    """The identifiers of loaded items (see `list_items`) by item, with clashes: two statements in all."""
    shown = [(item, each) for item in items for each in _shown(item, today)]
    clashes = find_clashes([(item.pk, each.kind, each.value, each.marketplace) for item, each in shown])
    found: dict[int, list[ShownIdentifier]] = {item.pk: [] for item in items}
    for (item, each), others in zip(shown, clashes, strict=True):
        found[item.pk].append(each if each.state == IdentifierState.ENDED else each._replace(clashes=others))
    return found


def _shown(item: Any, today: date) -> Iterator[ShownIdentifier]:
    waiting: list[IdentifierProposal] = item.waiting_proposals
    changing = {proposal.identifier_id: proposal.public_id for proposal in waiting if proposal.identifier_id}
    for row in item.loaded_identifiers:
        is_over = row.effective_until is not None and row.effective_until <= today
        state = IdentifierState.ENDED if is_over else IdentifierState.ACTIVE
        yield ShownIdentifier(
            row.public_id, row.kind, row.value, row.marketplace, state, changing.get(row.pk, ""),
            row.effective_from, row.effective_until,
        )  # fmt: skip
    for proposal in waiting:
        if proposal.action != ProposalAction.END:
            yield ShownIdentifier(
                "", proposal.kind, proposal.value, proposal.marketplace, IdentifierState.PROPOSED, proposal.public_id,
                proposal.effective_from, None,
            )  # fmt: skip


def find_clashes(wishes: Sequence[tuple[int, str, str, str]]) -> list[tuple[Clash, ...]]:
    """For each (item, kind, value, marketplace) the other items of that identifier; two statements in all.

    Two marketplaces do not clash; one and "everywhere" neither: the special one counts before the general.
    """
    values = {spelling for _item, kind, value, _place in wishes for spelling in rules.spellings(kind, value)}
    if not values:
        return [() for _ in wishes]
    columns = ("item_id", "kind", "value", "marketplace", "item__public_id", "item__sku")
    counting = Identifier.objects.filter(value__in=values, effective_until=None)
    waiting = IdentifierProposal.objects.filter(value__in=values, state=ProposalState.PROPOSED)
    rows = [(row, IdentifierState.ACTIVE) for row in counting.values_list(*columns)]
    rows += [
        (row, IdentifierState.PROPOSED) for row in waiting.exclude(action=ProposalAction.END).values_list(*columns)
    ]
    return [_clashes_of(wish, rows) for wish in wishes]


def find_proposal_clashes(proposals: Sequence[IdentifierProposal]) -> dict[int, tuple[Clash, ...]]:
    """By proposal that waits: the other items of its identifier. What only ends clashes with nothing."""
    asking = [
        proposal for proposal in proposals
        if proposal.state == ProposalState.PROPOSED and proposal.action != ProposalAction.END
    ]  # fmt: skip
    wishes = [(each.item_id, each.kind, each.value, each.marketplace) for each in asking]
    return dict(zip((each.pk for each in asking), find_clashes(wishes), strict=True))


def touched_values(proposal: IdentifierProposal) -> list[str]:
    """Every stored way of writing the identifiers that a proposal brings, replaces or ends."""
    values = set(rules.spellings(proposal.kind, proposal.value))
    if proposal.identifier:
        values |= set(rules.spellings(proposal.kind, proposal.identifier.value))
    return sorted(values)


def _clashes_of(wish: tuple[int, str, str, str], rows: Iterable[tuple[Any, IdentifierState]]) -> tuple[Clash, ...]:
    wanted_item, wanted_kind, wanted_value, wanted_place = wish
    spellings = rules.spellings(wanted_kind, wanted_value)
    found: dict[int, Clash] = {}
    for (item_id, kind, value, marketplace, public_id, sku), state in rows:
        is_same = rules.is_same_kind(kind, wanted_kind) and value in spellings and marketplace == wanted_place
        if is_same and item_id != wanted_item:
            found.setdefault(item_id, Clash(public_id, sku, state))
    return tuple(sorted(found.values(), key=lambda clash: clash.sku))
