"""Identifiers: proposed by one person, approved by another, and then they count."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from acorn.jobs.queue import enqueue
from acorn.tenancy.choices import chosen
from acorn.tenancy.days import local_day
from acorn.work import services as work
from catalog import rules
from catalog.errors import (
    IdentifierEnds,
    IdentifierKnown,
    ItemNotFound,
    NotTheAuthor,
    OwnProposal,
    ProposalDecided,
    ProposalNotFound,
)
from catalog.models import Identifier, IdentifierProposal, Item
from catalog.services.search import index_item
from catalog.types import (
    ITEM,
    PROPOSAL_QUEUE,
    PROPOSALS_WAITING,
    TWO_PERSON_REVIEW,
    IdentifierKind,
    NewIdentifier,
    ProposalAction,
    ProposalState,
)

# what waits blocks the order lines that have it
_DECIDE_WITHIN = timedelta(days=2)
_FAULTS: dict[str, str | Promise] = {
    "empty": _("Give a value."),
    "long": _("Use at most 100 characters."),
    "characters": _("This text holds a character that cannot be stored."),
    "asin": _("An ASIN has 10 letters and digits, for example B0ABCD1234."),
    "length": _("This number has too many or too few digits, or something that is no digit."),
    "check_digit": _("The last digit does not fit the others: a digit is mistyped."),
}


class Outcome(NamedTuple):
    """What became of a wish: the identifier if it counts at once, else the proposal that waits for a second person."""

    identifier: Identifier | None
    proposal: IdentifierProposal | None


@transaction.atomic
def propose_identifier(
    *,
    item_public_id: str,
    wanted: NewIdentifier | None = None,
    replaces: str = "",
    ends: str = "",
    effective_from: date | None = None,
    reason: str = "",
    actor: Actor,
    person: str,
    now: datetime,
) -> Outcome:
    """Give an item an identifier, put one in place of another (`replaces`: its id), or end one (`ends`: its id).

    It waits for a second person; where the company has switched that off it counts at once, and the audit says so.
    What is replaced or ended holds until the day before `effective_from` (None: today, the company's day). An
    identifier of another item is allowed: whoever approves sees the clash. `person` is the public id of the person
    behind a session or token, "" for a token without one. Raises ItemNotFound, Invalid, IdentifierKnown, IdentifierEnds.
    """
    item = Item.objects.select_for_update(no_key=True).filter(public_id=item_public_id).first()
    if item is None:
        raise ItemNotFound
    if ends or replaces:
        old = Identifier.objects.filter(item=item, public_id=ends or replaces).first()
        if old is None:
            raise Invalid(fields={"identifier": [_("This item has no such identifier.")]})
        _check_end(old, effective_from)
        if ends:
            wanted = NewIdentifier(old.kind, old.value, old.marketplace, effective_from)
        elif wanted is not None:
            wanted = wanted._replace(kind=old.kind, marketplace=old.marketplace, effective_from=effective_from)
    else:
        old = None
    if wanted is None:
        raise Invalid(fields={"value": [_FAULTS["empty"]]})
    action = ProposalAction.END if ends else ProposalAction.REPLACE if replaces else ProposalAction.ADD
    clean = wanted if ends else clean_identifier(wanted)
    (outcome,) = submit(item, action, [clean], old, reason=reason, actor=actor, person=person, now=now)
    index_item(item)
    return outcome


@transaction.atomic
def approve_proposal(
    public_id: str, *, reason: str = "", actor: Actor, person: str, now: datetime
) -> Identifier | None:
    """Let a proposal count, as a second person; the identifier that came about, None where one only ended.

    Raises ProposalNotFound, ProposalDecided, OwnProposal (nothing is changed then), IdentifierKnown or IdentifierEnds
    where the item changed meanwhile. Of two approvers at once one is told that it is settled.
    """
    proposal = _lock_waiting(public_id)
    is_alone = proposal.author_person == (person or actor.id)
    if is_alone and chosen(TWO_PERSON_REVIEW):
        raise OwnProposal
    item = Item.objects.select_for_update(no_key=True).get(pk=proposal.item_id)
    wanted = NewIdentifier(proposal.kind, proposal.value, proposal.marketplace, proposal.effective_from)
    action = ProposalAction(proposal.action)
    found = _make_count(item, action, wanted, proposal.identifier, now)
    _decide(proposal, ProposalState.APPROVED, reason, actor, person, now)
    code = "catalog.identifier_approved_alone" if is_alone else "catalog.identifier_approved"
    _record(code, item, action, wanted, proposal.identifier, actor, reason, author=proposal.author_label)
    _tell_orders([wanted, proposal.identifier])
    return found


@transaction.atomic
def refuse_proposal(
    public_id: str, *, reason: str = "", actor: Actor, person: str, now: datetime
) -> IdentifierProposal:
    """Say no to a proposal: it never counts. Raises ProposalNotFound or ProposalDecided."""
    proposal = _lock_waiting(public_id)
    _decide(proposal, ProposalState.REFUSED, reason, actor, person, now)
    _record_decision("catalog.identifier_refused", proposal, actor, reason)
    return proposal


@transaction.atomic
def withdraw_proposal(
    public_id: str, *, reason: str = "", actor: Actor, person: str, now: datetime
) -> IdentifierProposal:
    """Take one's own proposal back. Raises ProposalNotFound, ProposalDecided or NotTheAuthor."""
    proposal = _lock_waiting(public_id)
    if proposal.author_person != (person or actor.id):
        raise NotTheAuthor(author=proposal.author_label)
    _decide(proposal, ProposalState.WITHDRAWN, reason, actor, person, now)
    _record_decision("catalog.identifier_withdrawn", proposal, actor, reason)
    return proposal


def tell_waiting(*, actor: Actor, now: datetime) -> None:
    """Keep the one thing on Today that says how many proposals wait for a second person. Safe to repeat."""
    waiting = IdentifierProposal.objects.filter(state=ProposalState.PROPOSED)
    count, since = waiting.count(), waiting.order_by("created_at").values_list("created_at", flat=True).first()
    if since is None:
        work.close_item(PROPOSALS_WAITING, dedupe_key="waiting", actor=actor, now=now)
        return
    work.open_item(
        PROPOSALS_WAITING, subject=Subject(PROPOSAL_QUEUE, "", ""), dedupe_key="waiting", now=now, role="OPERATIONS",
        params={"count": count}, deadline_at=since + _DECIDE_WITHIN,
    )  # fmt: skip


def clean_identifier(wanted: NewIdentifier) -> NewIdentifier:
    """Normalised. Raises Invalid with a sentence for the field that is wrong."""
    if wanted.kind not in IdentifierKind.values:
        raise Invalid(fields={"kind": [_("Choose one of the kinds of identifiers.")]})
    value = rules.normalise_identifier(wanted.kind, wanted.value)
    if fault := rules.find_fault(wanted.kind, value):
        raise Invalid(fields={"value": [_FAULTS[fault]]})
    marketplace = wanted.marketplace.strip().upper()
    if marketplace and not (len(marketplace) == 2 and marketplace.isascii() and marketplace.isalpha()):
        raise Invalid(fields={"marketplace": [_("Give the two letters of a marketplace, or nothing for all of them.")]})
    return wanted._replace(value=value, marketplace=marketplace)


def submit(
    item: Item,
    action: ProposalAction,
    wanted: Sequence[NewIdentifier],
    old: Identifier | None = None,
    *,
    reason: str,
    actor: Actor,
    person: str,
    now: datetime,
) -> list[Outcome]:
    """Make clean identifiers of one locked item count, or wait, as the company has chosen; in the caller's transaction."""
    needs_second = chosen(TWO_PERSON_REVIEW)
    outcomes = []
    for each in wanted:
        if needs_second:
            if action != ProposalAction.END:
                _check_new(item, each)
            outcome = Outcome(None, _propose(item, action, each, old, reason, actor, person, now))
            code = "catalog.identifier_proposed"
        else:
            outcome = Outcome(_make_count(item, action, each, old, now), None)
            code = "catalog.identifier_counted"
        _record(code, item, action, each, old, actor, reason)
        outcomes.append(outcome)
    if needs_second and wanted:
        enqueue("catalog.tell_waiting", dedupe_key="waiting")
    elif wanted:
        _tell_orders([*wanted, old])
    return outcomes


def _propose(
    item: Item,
    action: ProposalAction,
    wanted: NewIdentifier,
    old: Identifier | None,
    reason: str,
    actor: Actor,
    person: str,
    now: datetime,
) -> IdentifierProposal:
    return IdentifierProposal.objects.create(
        item=item, action=action, identifier=old, kind=wanted.kind, value=wanted.value, marketplace=wanted.marketplace,
        effective_from=wanted.effective_from, reason=reason, author_id=actor.id, author_label=actor.label[:200],
        author_person=person or actor.id, created_at=now,
    )  # fmt: skip


def _make_count(
    item: Item, action: ProposalAction, wanted: NewIdentifier, old: Identifier | None, now: datetime
) -> Identifier | None:
    """The item's identifiers after the change. The item is locked."""
    day = wanted.effective_from
    if old is not None:
        old.refresh_from_db()
        day = day or local_day(now)
        wanted = wanted._replace(effective_from=day)
        _check_end(old, day)
        old.effective_until = day
        old.save(update_fields=["effective_until"])
    found = None
    if action != ProposalAction.END:
        _check_new(item, wanted, but_waiting=True)
        found = Identifier.objects.create(
            item=item, kind=wanted.kind, value=wanted.value, marketplace=wanted.marketplace, effective_from=day,
            created_at=now,
        )  # fmt: skip
    return found


def _check_end(old: Identifier, day: date | None) -> None:
    """What ends twice, or before it began, is a mistake. Raises IdentifierEnds or Invalid."""
    if old.effective_until is not None:
        raise IdentifierEnds(value=old.value, day=old.effective_until.isoformat())
    if day and old.effective_from and day < old.effective_from:
        text = str(_("{value} holds from {day} only; choose that day or a later one."))
        shown = text.format(value=old.value, day=old.effective_from.isoformat())
        raise Invalid(fields={"effective_from": [shown]})


def _check_new(item: Item, wanted: NewIdentifier, *, but_waiting: bool = False) -> None:
    """Raises IdentifierKnown where the item has the identifier on a day from then on, or it waits already."""
    same = {
        "item": item,
        "kind": wanted.kind,
        "value__in": rules.spellings(wanted.kind, wanted.value),
        "marketplace": wanted.marketplace,
    }
    known = Identifier.objects.filter(**same).exclude(effective_until=F("effective_from"))
    if wanted.effective_from:
        known = known.exclude(effective_until__lte=wanted.effective_from)
    waiting = IdentifierProposal.objects.filter(**same, state=ProposalState.PROPOSED).exclude(action=ProposalAction.END)
    if known.exists() or (not but_waiting and waiting.exists()):
        raise IdentifierKnown(sku=item.sku, value=wanted.value)


def _lock_waiting(public_id: str) -> IdentifierProposal:
    proposal = (
        IdentifierProposal.objects.select_for_update(of=("self",))
        .select_related("item", "identifier")
        .filter(public_id=public_id)
        .first()
    )
    if proposal is None:
        raise ProposalNotFound
    if proposal.state != ProposalState.PROPOSED:
        state = ProposalState(proposal.state).label
        raise ProposalDecided(state=state, person=proposal.decider_label)
    return proposal


def _decide(
    proposal: IdentifierProposal, state: ProposalState, reason: str, actor: Actor, person: str, now: datetime
) -> None:
    proposal.state = state
    proposal.decider_label = actor.label[:200]
    proposal.decider_person = person or actor.id
    proposal.decided_at = now
    proposal.decision_reason = reason
    proposal.save(update_fields=["state", "decider_label", "decider_person", "decided_at", "decision_reason"])
    index_item(proposal.item)
    enqueue("catalog.tell_waiting", dedupe_key="waiting")


def _record_decision(code: str, proposal: IdentifierProposal, actor: Actor, reason: str) -> None:
    wanted = NewIdentifier(proposal.kind, proposal.value, proposal.marketplace, proposal.effective_from)
    action = ProposalAction(proposal.action)
    _record(code, proposal.item, action, wanted, proposal.identifier, actor, reason, author=proposal.author_label)


def _record(
    code: str,
    item: Item,
    action: ProposalAction,
    wanted: NewIdentifier,
    old: Identifier | None,
    actor: Actor,
    reason: str,
    **more: str,
) -> None:
    value = f"{old.value} → {wanted.value}" if old and action == ProposalAction.REPLACE else wanted.value
    audit.record(
        code, actor=actor, subject=Subject(ITEM, item.public_id, item.sku), reason=reason,
        params={
            "sku": item.sku, "action": action.value, "kind": wanted.kind, "value": value,
            "marketplace": wanted.marketplace,
            "day": wanted.effective_from.isoformat() if wanted.effective_from else "", **more,
        },
    )  # fmt: skip


def changed_values(identifiers: Iterable[NewIdentifier | Identifier | None]) -> list[str]:
    """Every stored way of writing these identifiers."""
    found = {spelling for each in identifiers if each for spelling in rules.spellings(each.kind, each.value)}
    return sorted(found)


def _tell_orders(changed: Iterable[NewIdentifier | Identifier | None]) -> None:
    """Have the order lines that name one of these identifiers looked at again, however it is written."""
    enqueue("orders.resolve_lines", values=changed_values(changed))
