from collections.abc import Sequence
from datetime import datetime

from acorn.audit.services import Entry, record_many
from acorn.core.actor import Actor, Subject
from acorn.jobs.queue import enqueue
from acorn.tenancy.bulk import insert_many
from acorn.tenancy.choices import chosen
from catalog.models import Identifier, IdentifierProposal, Item
from catalog.services.identifiers import changed_values
from catalog.services.search import index_items
from catalog.types import ITEM, TWO_PERSON_REVIEW, NewIdentifier, ProposalAction

_TOLD_AT_ONCE = 1_000  # values in the arguments of one job


def propose_many(
    wishes: Sequence[tuple[Item, NewIdentifier]], *, reason: str, actor: Actor, person: str, now: datetime
) -> None:
    """`propose_identifier` for a table of new ones, in a few statements and in the caller's transaction.

    The items are locked, the identifiers clean, and none of them is there or waits already: the caller has looked.
    """
    needs_second = chosen(TWO_PERSON_REVIEW)
    if needs_second:
        insert_many([_proposal(item, wanted, reason, actor, person, now) for item, wanted in wishes])
        enqueue("catalog.tell_waiting", dedupe_key="waiting")
    else:
        insert_many([_identifier(item, wanted, now) for item, wanted in wishes])
        for begin in range(0, len(wishes), _TOLD_AT_ONCE):
            values = changed_values(wanted for _item, wanted in wishes[begin : begin + _TOLD_AT_ONCE])
            enqueue("orders.resolve_lines", values=values)
    code = "catalog.identifier_proposed" if needs_second else "catalog.identifier_counted"
    record_many(code, [_entry(item, wanted) for item, wanted in wishes], actor=actor, reason=reason)
    index_items(list({item.pk: item for item, _wanted in wishes}.values()))


def _proposal(
    item: Item, wanted: NewIdentifier, reason: str, actor: Actor, person: str, now: datetime
) -> IdentifierProposal:
    return IdentifierProposal(
        item=item, action=ProposalAction.ADD, kind=wanted.kind, value=wanted.value, marketplace=wanted.marketplace,
        effective_from=wanted.effective_from, reason=reason, author_id=actor.id, author_label=actor.label[:200],
        author_person=person or actor.id, created_at=now,
    )  # fmt: skip


def _identifier(item: Item, wanted: NewIdentifier, now: datetime) -> Identifier:
    return Identifier(
        item=item, kind=wanted.kind, value=wanted.value, marketplace=wanted.marketplace,
        effective_from=wanted.effective_from, created_at=now,
    )  # fmt: skip


def _entry(item: Item, wanted: NewIdentifier) -> Entry:
    day = wanted.effective_from.isoformat() if wanted.effective_from else ""
    return Entry(
        Subject(ITEM, item.public_id, item.sku),
        {
            "sku": item.sku, "action": ProposalAction.ADD.value, "kind": wanted.kind, "value": wanted.value,
            "marketplace": wanted.marketplace, "day": day,
        },
    )  # fmt: skip
