"""An identifier takes two people: who they are, what counts when, and who loses a race."""

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from acorn.accounts.models import ApiToken
from acorn.audit.models import AuditEvent
from acorn.core import messages
from acorn.core.actor import Actor, ActorKind
from acorn.core.errors import DomainError, Invalid
from acorn.jobs.models import Job
from acorn.search.models import SearchKey
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.errors import (
    IdentifierEnds,
    IdentifierKnown,
    NotTheAuthor,
    OwnProposal,
    ProposalDecided,
    ProposalNotFound,
    SkuTaken,
)
from catalog.models import Identifier, IdentifierProposal, Item
from catalog.selectors import resolve_items
from catalog.services import (
    approve_proposal,
    change_item,
    create_item,
    propose_identifier,
    refuse_proposal,
    withdraw_proposal,
)
from catalog.types import LineKey, NewIdentifier, Problem, ProposalState, Resolution
from tests.factories.accounts import make_token, make_user
from tests.factories.catalog import ALICE, BOB, NOW, make_item, two_person_review
from tests.factories.tenancy import make_tenant

DAY = date(2026, 11, 20)
ASIN = NewIdentifier("ASIN", "B000000001", "US")


def _item(*identifiers: NewIdentifier) -> Item:
    item, _outcomes = create_item(
        sku="SKU-1", title="红色 Mug", identifiers=identifiers, actor=ALICE, person="us_alice", now=NOW
    )
    return item


def _propose(item: Item, wanted: NewIdentifier | None = ASIN, **how: Any) -> IdentifierProposal:
    values: dict[str, Any] = {"actor": ALICE, "person": "us_alice", "now": NOW} | how
    outcome = propose_identifier(item_public_id=item.public_id, wanted=wanted, **values)
    assert outcome.proposal is not None
    return outcome.proposal


def _resolved(asin: str = "B000000001", marketplace: str = "US", on: date = DAY) -> Resolution:
    (found,) = resolve_items([LineKey(asin, "", marketplace, on)])
    return found


def _codes() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("code", flat=True))


def test_it_counts_once_another_person_has_approved(tenant: Tenant) -> None:
    item = _item(ASIN)
    proposal = IdentifierProposal.objects.get()
    assert (proposal.state, _resolved()) == ("PROPOSED", Resolution(None, Problem.UNKNOWN))

    found = approve_proposal(proposal.public_id, actor=BOB, person="us_bob", now=NOW)

    assert found == Identifier.objects.get()
    assert _resolved() == Resolution(item.pk, "")
    assert _resolved(marketplace="DE") == Resolution(None, Problem.UNKNOWN)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.author_person, proposal.decider_person) == ("APPROVED", "us_alice", "us_bob")
    assert _codes() == ["catalog.item_created", "catalog.identifier_proposed", "catalog.identifier_approved"]
    event = AuditEvent.objects.get(code="catalog.identifier_approved")
    assert (
        messages.render(event.code, event.params) == "Approved for SKU-1, proposed by Alice: Add ASIN B000000001 (US)."
    )


def test_nobody_approves_what_they_proposed_by_session_or_token(tenant: Tenant) -> None:
    proposal = _propose(_item())
    before = IdentifierProposal.objects.values().get()
    token = Actor(ActorKind.TOKEN, "tok_1", "ERP")

    for actor, person in ((ALICE, "us_alice"), (token, "us_alice"), (Actor(ActorKind.USER, "us_alice", "A."), "")):
        with pytest.raises(OwnProposal):
            approve_proposal(proposal.public_id, actor=actor, person=person, now=NOW)

    assert IdentifierProposal.objects.values().get() == before
    assert not Identifier.objects.exists()
    assert "catalog.identifier_approved" not in _codes()


def test_a_token_without_a_person_counts_as_itself(tenant: Tenant) -> None:
    first, second = Actor(ActorKind.TOKEN, "tok_1", "ERP"), Actor(ActorKind.TOKEN, "tok_2", "WMS")
    proposal = _propose(_item(), actor=first, person="")

    with pytest.raises(OwnProposal):
        approve_proposal(proposal.public_id, actor=first, person="", now=NOW)
    assert approve_proposal(proposal.public_id, actor=second, person="", now=NOW)


def test_the_person_behind_a_token_is_who_made_it(tenant: Tenant) -> None:
    user = make_user("maker@acme.example")
    make_token(tenant, name="made", created_by=user)
    make_token(tenant, name="command line")

    assert ApiToken.objects.get(name="made").person() == user.public_id
    assert ApiToken.objects.get(name="command line").person() == ""


def test_without_a_second_person_it_counts_at_once_and_the_audit_says_so(tenant: Tenant) -> None:
    two_person_review(False)

    item = _item(ASIN)

    assert not IdentifierProposal.objects.exists()
    assert _resolved() == Resolution(item.pk, "")
    event = AuditEvent.objects.get(code="catalog.identifier_counted")
    assert "without a second person" in messages.render(event.code, event.params)


def test_switched_off_later_the_author_may_approve_and_the_audit_says_so(tenant: Tenant) -> None:
    proposal = _propose(_item())
    two_person_review(False)

    approve_proposal(proposal.public_id, actor=ALICE, person="us_alice", now=NOW)

    assert _codes()[-1] == "catalog.identifier_approved_alone"


@pytest.mark.parametrize("settle", [approve_proposal, refuse_proposal, withdraw_proposal])
def test_what_is_settled_stays_settled(tenant: Tenant, settle: Any) -> None:
    item = _item()
    ended = {
        refuse_proposal: ("us_bob", "REFUSED"),
        withdraw_proposal: ("us_alice", "WITHDRAWN"),
        approve_proposal: ("us_bob", "APPROVED"),
    }
    for number, (first, (person, state)) in enumerate(ended.items()):
        proposal = _propose(item, NewIdentifier("ASIN", f"B00000000{number}"))
        first(proposal.public_id, actor=BOB, person=person, now=NOW)
        with pytest.raises(ProposalDecided):
            settle(proposal.public_id, actor=BOB, person="us_bob", now=NOW)
        proposal.refresh_from_db()
        assert proposal.state == state
    assert Identifier.objects.count() == 1


def test_only_the_author_withdraws(tenant: Tenant) -> None:
    proposal = _propose(_item())

    with pytest.raises(NotTheAuthor):
        withdraw_proposal(proposal.public_id, actor=BOB, person="us_bob", now=NOW)
    withdraw_proposal(proposal.public_id, actor=Actor(ActorKind.TOKEN, "tok_1", "ERP"), person="us_alice", now=NOW)

    proposal.refresh_from_db()
    assert proposal.state == ProposalState.WITHDRAWN


def test_replacing_ends_the_old_one_the_day_before(tenant: Tenant) -> None:
    item = make_item("SKU-1", ("ASIN", "B000000001", "US"))
    old = Identifier.objects.get()
    day = date(2026, 12, 1)
    proposal = _propose(item, NewIdentifier("", "B000000002"), replaces=old.public_id, effective_from=day)
    assert _resolved(on=day) == Resolution(item.pk, "")

    approve_proposal(proposal.public_id, actor=BOB, person="us_bob", now=NOW)

    assert _resolved("B000000001", on=date(2026, 11, 30)) == Resolution(item.pk, "")
    assert _resolved("B000000001", on=day) == Resolution(None, Problem.UNKNOWN)
    assert _resolved("B000000002", on=date(2026, 11, 30)) == Resolution(None, Problem.UNKNOWN)
    assert _resolved("B000000002", on=day) == Resolution(item.pk, "")


def test_ending_without_a_day_ends_today_in_the_companys_zone(tenant: Tenant) -> None:
    tenant.time_zone = "Asia/Shanghai"
    tenant.save()
    item = make_item("SKU-1", ("ASIN", "B000000001", "US"))
    late = NOW.replace(hour=20)  # the next day in Shanghai
    proposal = _propose(item, None, ends=Identifier.objects.get().public_id, now=late)

    assert approve_proposal(proposal.public_id, actor=BOB, person="us_bob", now=late) is None

    assert Identifier.objects.get().effective_until == date(2026, 11, 21)


def test_an_identifier_ends_once_and_not_before_it_began(tenant: Tenant) -> None:
    item = _item()
    two_person_review(False)
    how: dict[str, Any] = {"item_public_id": item.public_id, "actor": ALICE, "person": "us_alice", "now": NOW}
    propose_identifier(wanted=ASIN._replace(effective_from=DAY), **how)
    old = Identifier.objects.get()

    with pytest.raises(Invalid):
        propose_identifier(ends=old.public_id, effective_from=date(2026, 11, 19), **how)
    propose_identifier(ends=old.public_id, effective_from=date(2026, 12, 1), **how)
    with pytest.raises(IdentifierEnds):
        propose_identifier(ends=old.public_id, effective_from=date(2026, 12, 5), **how)

    old.refresh_from_db()
    assert old.effective_until == date(2026, 12, 1)


def test_two_wishes_to_end_the_same_one_do_not_both_count(tenant: Tenant) -> None:
    item = make_item("SKU-1", ("ASIN", "B000000001", "US"))
    old = Identifier.objects.get()
    first = _propose(item, None, ends=old.public_id)
    second = _propose(item, NewIdentifier("", "B000000002"), replaces=old.public_id)
    approve_proposal(first.public_id, actor=BOB, person="us_bob", now=NOW)

    with pytest.raises(IdentifierEnds):
        approve_proposal(second.public_id, actor=BOB, person="us_bob", now=NOW)

    second.refresh_from_db()
    assert second.state == ProposalState.PROPOSED
    assert Identifier.objects.count() == 1


def test_the_same_identifier_twice_is_refused_however_it_is_written(tenant: Tenant) -> None:
    item = make_item("SKU-1", ("EAN", "0036000291452"))
    _propose(item)

    with pytest.raises(IdentifierKnown):
        _propose(item)
    with pytest.raises(IdentifierKnown):
        _propose(item, NewIdentifier("EAN", "0036000291452"))

    assert IdentifierProposal.objects.count() == 1


def test_another_items_identifier_may_be_proposed_and_makes_lines_ambiguous(tenant: Tenant) -> None:
    other = make_item("SKU-2", ("ASIN", "B000000001", "US"))
    item = _item()
    proposal = _propose(item)

    approve_proposal(proposal.public_id, actor=BOB, person="us_bob", now=NOW)

    assert _resolved() == Resolution(None, Problem.AMBIGUOUS, tuple(sorted((item.pk, other.pk))))


def test_a_sku_belongs_to_one_item(tenant: Tenant) -> None:
    _item()

    with pytest.raises(SkuTaken) as refused:
        _item()
    assert list(refused.value.fields) == ["sku"]
    other = make_item("SKU-2")
    with pytest.raises(SkuTaken):
        change_item(public_id=other.public_id, actor=ALICE, now=NOW, sku="SKU-1")

    assert sorted(Item.objects.values_list("sku", flat=True)) == ["SKU-1", "SKU-2"]


def test_creating_is_all_or_nothing(tenant: Tenant) -> None:
    with pytest.raises(Invalid) as refused:
        _item(ASIN, NewIdentifier("EAN", "4006381333932"))

    assert list(refused.value.fields) == ["identifiers.1.value"]
    with pytest.raises(DomainError):
        _item(ASIN, ASIN)
    assert (Item.objects.count(), IdentifierProposal.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_facts_are_checked_and_each_change_is_audited(tenant: Tenant) -> None:
    item = _item()
    wrong: list[dict[str, Any]] = [
        {"case_pack": 0}, {"origin_country": "EU"}, {"length_mm": -1}, {"titles": {"?": "x"}}, {"status": "GONE"},
        {"title": "x" * 301}, {"sku": " "}, {"weight_g": 2**31},
    ]  # fmt: skip
    for facts in wrong:
        with pytest.raises(Invalid):
            change_item(public_id=item.public_id, actor=ALICE, now=NOW, **facts)

    for _ in range(2):
        change_item(public_id=item.public_id, actor=ALICE, now=NOW, case_pack=12, origin_country="cn")

    item.refresh_from_db()
    assert (item.case_pack, item.origin_country) == (12, "CN")
    changes = AuditEvent.objects.filter(code="catalog.item_changed").order_by("id")
    assert [(event.params["field"], event.params["before"], event.params["after"]) for event in changes] == [
        ("case_pack", 1, 12), ("origin_country", "", "CN"),
    ]  # fmt: skip


def test_an_item_is_found_by_all_of_its_names(tenant: Tenant) -> None:
    item = make_item("SKU-1", ("UPC", "036000291452"), title="红色马克杯 Mug")
    _propose(item)

    keys = set(SearchKey.objects.filter(subject_id=item.public_id).values_list("key", flat=True))

    assert {"sku1", "036000291452", "0036000291452", "b000000001", "红色", "马克", "mug"} <= keys


def test_orders_look_again_at_lines_that_name_what_has_changed(tenant: Tenant) -> None:
    def asked() -> list[list[str]]:
        return [job.args["values"] for job in Job.objects.filter(name="orders.resolve_lines").order_by("id")]

    item = _item(NewIdentifier("UPC", "036000291452"))
    assert asked() == []
    approve_proposal(IdentifierProposal.objects.get().public_id, actor=BOB, person="us_bob", now=NOW)
    assert asked() == [["00036000291452", "0036000291452", "036000291452"]]

    two_person_review(False)
    how: dict[str, Any] = {"item_public_id": item.public_id, "actor": ALICE, "person": "us_alice", "now": NOW}
    propose_identifier(wanted=ASIN, **how)
    propose_identifier(
        wanted=NewIdentifier("", "B000000002"), replaces=Identifier.objects.get(kind="ASIN").public_id, **how
    )
    assert asked()[1:] == [["B000000001"], ["B000000001", "B000000002"]]


def test_resolving_costs_one_statement(tenant: Tenant) -> None:
    counts = []
    for number in range(1, 4):
        make_item(f"SKU-{number}", ("ASIN", f"B00000000{number}"), ("VENDOR_SKU", f"V-{number}"))
        keys = [LineKey(f"B00000000{each}", f"V-{each}", "US", DAY) for each in range(1, number + 1)]
        with CaptureQueriesContext(connection) as queries:
            found = resolve_items(keys)
        assert all(resolution.item_id for resolution in found)
        counts.append(len(queries))

    assert counts == [1, 1, 1]
    assert resolve_items([]) == []


def test_another_companys_identifiers_resolve_nothing(tenant: Tenant, other_tenant: Tenant) -> None:
    proposal = _propose(_item())
    make_item("SKU-2", ("ASIN", "B000000001", "US"))

    with tenant_scope(other_tenant.pk):
        assert _resolved() == Resolution(None, Problem.UNKNOWN)
        for settle in (approve_proposal, refuse_proposal, withdraw_proposal):
            with pytest.raises(ProposalNotFound):
                settle(proposal.public_id, actor=BOB, person="us_bob", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_approvers_at_once_one_is_told_that_it_is_settled() -> None:
    tenant = make_tenant("acme")
    with tenant_scope(tenant.pk):
        proposal = _propose(_item())
    barrier, ended = Barrier(2), []

    def approve(person: str) -> None:
        with tenant_scope(tenant.pk):
            barrier.wait()
            try:
                approve_proposal(
                    proposal.public_id, actor=Actor(ActorKind.USER, person, person), person=person, now=NOW
                )
                ended.append("approved")
            except ProposalDecided:
                ended.append("told")
        connections.close_all()

    threads = [Thread(target=approve, args=(person,)) for person in ("us_bob", "us_carol")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ended) == ["approved", "told"]
    with tenant_scope(tenant.pk):
        assert Identifier.objects.count() == 1
        assert AuditEvent.objects.filter(code="catalog.identifier_approved").count() == 1
