"""Policies: what may be decided, what they send by themselves, and everything that must keep them from it."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from acorn.accounts.services import tenants
from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.core.actor import Actor
from acorn.core.money import Money
from acorn.jobs.models import Job
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.models import Commitment, StockBalance
from orders import rules, services
from orders.errors import PolicyInvalid, TrialMissing
from orders.models import (
    Acknowledgement,
    AnswerPolicy,
    PolicyDecision,
    PolicyTrial,
    PolicyTrialRow,
    PurchaseOrder,
    PurchaseOrderLine,
)
from orders.types import POLICIES_SEND, AnswerMode, Hold, PassableWarning, PolicyTerms, TrialState
from tests.factories.accounts import ApiClient, api_client
from tests.factories.orders import NOW, give_items, item, make_answer, make_connection, make_order, order, pull
from tests.factories.tenancy import make_tenant
from tests.support.jobs import run_due_jobs
from vendors.models import Connection, Submission
from vendors.types import RuleFinding, Severity

ME = Actor.system("test")
CODE = "ACMUS"


def make_policy(mode: AnswerMode = AnswerMode.SEND_WHEN_CLEAN, **terms: Any) -> AnswerPolicy:
    """A policy as it stands after its trial."""
    return AnswerPolicy.objects.create(
        vendor_code=CODE, mode=mode, terms=PolicyTerms(**terms).stored(), actor_label="me", created_at=NOW
    )


def make_ready(link: Connection, number: str = "PO000001", on_hand: int | None = 1000, **fields: Any) -> PurchaseOrder:
    """An order that can be answered in full."""
    stored = make_order(link, number, **fields)
    give_items(stored, on_hand)
    return stored


def send(times: int = 1) -> int:
    return sum(services.answer_by_policies(now=NOW) for _ in range(times))


def reasons() -> list[list[str]]:
    return [[each["code"] for each in row.reasons] for row in PolicyDecision.objects.order_by("id")]


@pytest.fixture
def link(tenant: Tenant) -> Connection:
    return make_connection()


# --- what it sends ----------------------------------------------------------------------------------------------------


def test_clean_order_is_answered_once_and_its_stock_is_promised(link: Connection) -> None:
    stored = make_ready(link)
    policy = make_policy()

    assert send(times=3) == 1

    (answer,) = Acknowledgement.objects.all()
    assert (answer.origin, answer.order_id) == ("POLICY", stored.pk)
    (decision,) = PolicyDecision.objects.all()
    assert (decision.acknowledgement_id, decision.policy_id, decision.reasons) == (answer.pk, policy.pk, [])
    assert [line.accepted_eaches for line in PurchaseOrderLine.objects.all()] == [10]
    assert sum(Commitment.objects.values_list("quantity", flat=True)) == 10
    assert Submission.objects.count() == 1


def test_job_that_runs_twice_sends_once(link: Connection) -> None:
    make_ready(link)
    make_policy()
    services.ask_policies()

    assert run_due_jobs().count("orders.answer_by_policy") == 1
    services.ask_policies()
    run_due_jobs()

    assert Acknowledgement.objects.count() == PolicyDecision.objects.count() == 1


@pytest.mark.parametrize("mode", [AnswerMode.PROPOSE, AnswerMode.ALWAYS_ASK])
def test_other_modes_send_nothing(link: Connection, mode: AnswerMode) -> None:
    make_ready(link)
    make_policy(mode)

    assert send() == 0
    assert not Acknowledgement.objects.exists()


def test_no_policy_sends_nothing(link: Connection) -> None:
    make_ready(link)
    AnswerPolicy.objects.create(
        vendor_code="OTHER", mode=AnswerMode.SEND_WHEN_CLEAN, terms={}, actor_label="me", created_at=NOW
    )

    assert send() == 0


def test_youngest_row_counts(link: Connection) -> None:
    make_ready(link)
    make_policy()
    make_policy(AnswerMode.PROPOSE)

    assert send() == 0


# --- what it must never send ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "terms", "expected"),
    [
        ({"item": None, "item_problem": "UNKNOWN"}, {}, "orders.why.unmapped"),
        ({"ordered_unit": "Cases", "unit_size": 5, "ordered_amount": 2}, {}, "orders.why.other_pack"),
        ({"net_cost": None}, {}, "orders.why.no_cost"),
        ({}, {"holds": (Hold("FC", "PHX7", "strike"),)}, "orders.why.held"),
        ({}, {"min_order": Money(Decimal(100), "USD")}, "orders.why.below_minimum"),
        ({}, {"max_order_amount": Money(Decimal(24), "USD")}, "orders.auto.amount_cap"),
        ({}, {"max_order_amount": Money(Decimal(1000), "EUR")}, "orders.auto.amount_cap"),
        ({}, {"max_orders_per_hour": 0}, "orders.auto.hour_cap"),
    ],
)
def test_unclean_order_is_never_sent_and_says_why_once(
    link: Connection, spoil: dict[str, Any], terms: dict[str, Any], expected: str
) -> None:
    make_ready(link)
    PurchaseOrderLine.objects.update(**spoil)
    make_policy(**terms)

    assert send(times=3) == 0

    assert reasons() == [[expected]]
    assert not Acknowledgement.objects.exists()
    assert not Submission.objects.exists()


def warning(rule: str, severity: Severity = Severity.WARN, *, is_borrowed: bool = False) -> RuleFinding:
    return RuleFinding(rule, severity, f"orders.rule.{rule.lower()}", is_borrowed=is_borrowed)


@pytest.mark.parametrize(
    ("finding", "terms", "keeps"),
    [
        (warning("DATE_MISSING"), {}, True),
        (warning("DATE_MISSING"), {"passing_warnings": frozenset({"DATE_MISSING"})}, False),
        (warning("DATE_MISSING"), {"passing_warnings": frozenset({"DATE_AFTER_WINDOW"})}, True),
        (warning("DATE_MISSING", Severity.CONFIRM), {"passing_warnings": frozenset({"DATE_MISSING"})}, True),
        (warning("DATE_MISSING", Severity.BLOCK), {"passing_warnings": frozenset({"DATE_MISSING"})}, True),
        (warning("DATE_MISSING", is_borrowed=True), {}, False),
        # borrowed rules only warn, whatever they ask for at home
        (warning("CONFIRMED_CANCELLED", is_borrowed=True), {}, True),
        (warning("FIRST_REJECTION"), {}, True),
        (warning("FIRST_REJECTION", is_borrowed=True), {}, True),
        (warning("FIRST_REJECTION"), {"reject_reasons": frozenset({"TEMPORARILY_UNAVAILABLE"})}, False),
        (warning("TWO_CHANNELS"), {"passing_warnings": frozenset(PassableWarning.values)}, True),
    ],
)
def test_warnings_that_keep_a_policy_from_sending(finding: RuleFinding, terms: dict[str, Any], keeps: bool) -> None:
    assert rules.find_stops([finding], PolicyTerms(**terms)) == ([finding] if keeps else [])


def test_what_may_be_let_pass_only_warns() -> None:
    only_warn = {rule.id for rule in rules.RULES if rule.severity == Severity.WARN}

    assert set(PassableWarning.values) == only_warn - {"FIRST_REJECTION", "LATE_CHANGE", "TWO_CHANNELS"}


@pytest.mark.parametrize(("passing", "sent"), [(frozenset(), 0), (frozenset({"DATE_MISSING"}), 1)])
def test_a_warning_that_the_terms_let_pass_keeps_nothing(link: Connection, passing: frozenset[str], sent: int) -> None:
    make_ready(link, shipWindow=None, deliveryWindow=None)
    make_policy(passing_warnings=passing)

    assert send() == sent

    assert reasons() == ([[]] if sent else [["orders.rule.date_missing"]])
    assert (Submission.objects.count(), Commitment.objects.count()) == (sent, sent)


def test_nothing_is_rejected_unless_the_reason_is_switched_on(link: Connection) -> None:
    make_ready(link, on_hand=4)
    make_policy()

    assert send() == 0
    assert reasons() == [["orders.why.rejects"]]

    make_policy(reject_reasons=frozenset({"OBSOLETE_PRODUCT"}))
    assert send() == 0

    make_policy(reject_reasons=frozenset({"TEMPORARILY_UNAVAILABLE"}))
    assert send() == 1
    line = PurchaseOrderLine.objects.get()
    assert (line.accepted_eaches, line.rejected_eaches) == (4, 6)


def test_obsolete_is_never_said_without_a_person_even_where_it_is_proposed(link: Connection) -> None:
    make_ready(link)
    PurchaseOrderLine.objects.get().item.__class__.objects.update(status="OBSOLETE")
    make_policy()

    assert send() == 0
    assert reasons() == [["orders.why.rejects"]]


def test_switch_of_the_company_stops_all_policies(link: Connection) -> None:
    make_ready(link)
    make_policy()
    tenants.choose(key=POLICIES_SEND, value=False, actor=ME)

    assert send() == 0
    assert not PolicyDecision.objects.exists()

    tenants.choose(key=POLICIES_SEND, value=True, actor=ME)
    assert send() == 1


def test_cap_of_an_hour_holds_and_ends(link: Connection) -> None:
    for place in range(3):
        make_ready(link, f"PO00000{place}")
    make_policy(max_orders_per_hour=2)

    assert send() == 2
    assert reasons()[-1] == ["orders.auto.hour_cap"]
    assert services.answer_by_policies(now=NOW + timedelta(minutes=59)) == 0
    assert services.answer_by_policies(now=NOW + timedelta(minutes=61)) == 1


def test_order_that_a_person_answered_is_left_alone(link: Connection) -> None:
    stored = make_ready(link)
    make_answer(stored)
    make_policy()
    # Amazon adds to the order: it waits again, but for a person
    pull(link, order(items=[item("1", 20)]), at=NOW + timedelta(hours=1))

    assert PurchaseOrder.objects.get().state == "NEW"
    assert send() == 0
    assert Acknowledgement.objects.count() == 1


def test_change_by_amazon_after_the_look_keeps_it_from_sending(
    link: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(link)
    make_policy()
    propose = services.policies.selectors.propose

    def changed_meanwhile(*args: Any, **kwargs: Any) -> Any:
        found = propose(*args, **kwargs)
        pull(link, order(items=[item("1", 20)]), at=NOW + timedelta(hours=1))
        return found

    monkeypatch.setattr("orders.services.policies.selectors.propose", changed_meanwhile)

    assert send() == 0
    assert not Acknowledgement.objects.exists()


def test_stock_that_goes_after_the_look_keeps_it_from_sending(
    link: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(link, on_hand=10)
    make_policy()
    propose = services.policies.selectors.propose

    def taken_meanwhile(*args: Any, **kwargs: Any) -> Any:
        found = propose(*args, **kwargs)
        StockBalance.objects.update(buffer=5)
        return found

    monkeypatch.setattr("orders.services.policies.selectors.propose", taken_meanwhile)

    assert send() == 0
    assert not Acknowledgement.objects.exists()
    assert not Submission.objects.exists()
    assert reasons() == [["orders.rule.insufficient_stock"]]


def test_history_is_left_alone(link: Connection) -> None:
    make_ready(link)
    PurchaseOrder.objects.update(is_history=True)
    make_policy()

    assert send() == 0


def test_another_companys_policy_and_orders_are_out_of_reach(link: Connection, other_tenant: Tenant) -> None:
    make_ready(link)
    with tenant_scope(other_tenant.pk):
        make_policy()
        assert send() == 0

    assert send() == 0
    assert not Acknowledgement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_senders_and_a_person_at_once_make_one_answer() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        make_ready(make_connection())
        make_policy()
        stored = PurchaseOrder.objects.get()
    barrier = threading.Barrier(3)

    def person() -> None:
        make_answer(stored)

    def work(job: Any) -> None:
        try:
            with tenant_scope(company.pk):
                barrier.wait(10)
                job()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(job,)) for job in (send, send, person)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    with tenant_scope(company.pk):
        by_policy = Acknowledgement.objects.filter(origin="POLICY").count()
        assert by_policy <= 1
        assert by_policy == PolicyDecision.objects.exclude(acknowledgement=None).count()
        assert Acknowledgement.objects.count() == Submission.objects.count() == 1
        assert sum(Commitment.objects.values_list("quantity", flat=True)) == 10


# --- deciding and trying ----------------------------------------------------------------------------------------------


def decide(mode: AnswerMode, **terms: Any) -> AnswerPolicy:
    return services.set_policy(
        vendor_code=CODE, mode=mode, terms=PolicyTerms(**terms), reason="quarter end", actor=ME, now=clock.now()
    )


def test_decision_is_a_new_row_with_its_reason_and_told_to_the_audit(tenant: Tenant) -> None:
    first = decide(AnswerMode.PROPOSE, backorder_days=7)
    assert decide(AnswerMode.PROPOSE, backorder_days=7).pk == first.pk

    second = decide(AnswerMode.ALWAYS_ASK, backorder_days=7)

    assert [row.pk for row in AnswerPolicy.objects.order_by("id")] == [first.pk, second.pk]
    assert AuditEvent.objects.filter(code="orders.policy_changed").count() == 2
    event = AuditEvent.objects.filter(code="orders.policy_changed").latest("id")
    assert (event.params["before"], event.params["mode"], event.reason) == ("PROPOSE", "ALWAYS_ASK", "quarter end")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"backorder_days": -1}, "backorder_days"),
        ({"cost_tolerance": Decimal(101)}, "cost_tolerance"),
        ({"min_order": Money(Decimal(-1), "USD")}, "min_order"),
        ({"max_order_amount": Money(Decimal(1), "usd")}, "max_order_amount"),
        ({"warehouses": ("A", "A")}, "warehouses"),
        ({"holds": (Hold("ITEM", "MUG", ""),)}, "holds"),
        ({"reject_reasons": frozenset({"BORED"})}, "reject_reasons"),
    ],
)
def test_terms_that_cannot_be_followed_are_refused(tenant: Tenant, terms: dict[str, Any], field: str) -> None:
    with pytest.raises(PolicyInvalid) as refusal:
        decide(AnswerMode.PROPOSE, **terms)

    assert list(refusal.value.fields) == [field]
    assert not AnswerPolicy.objects.exists()


def test_policy_may_send_only_after_a_trial_of_these_very_terms(link: Connection) -> None:
    with pytest.raises(TrialMissing):
        decide(AnswerMode.SEND_WHEN_CLEAN)
    services.start_trial(vendor_code=CODE, terms=PolicyTerms(), days=90, actor=ME, now=clock.now())
    with pytest.raises(TrialMissing):
        decide(AnswerMode.SEND_WHEN_CLEAN)
    run_due_jobs()

    with pytest.raises(TrialMissing):
        decide(AnswerMode.SEND_WHEN_CLEAN, backorder_days=3)
    decide(AnswerMode.SEND_WHEN_CLEAN)

    assert Job.objects.filter(name="orders.answer_by_policy", state="QUEUED").exclude(repeat_seconds=None).count() == 1
    decide(AnswerMode.PROPOSE)
    assert not Job.objects.filter(name="orders.answer_by_policy", state="QUEUED").exists()


def test_trial_tells_what_would_have_been_done_and_what_was(link: Connection) -> None:
    stored = make_ready(link, on_hand=None)
    make_ready(link, "PO000002", on_hand=1000)
    for each in (stored, PurchaseOrder.objects.get(number="PO000002")):
        PurchaseOrder.objects.filter(pk=each.pk).update(first_seen_at=clock.now())
        PurchaseOrderLine.objects.filter(order=each).update(accepted_eaches=10)
    PurchaseOrder.objects.update(state="ACKNOWLEDGED", ordered_at=clock.now())
    PurchaseOrder.objects.update(ship_window_end=clock.now() + timedelta(days=5))
    before = (Acknowledgement.objects.count(), Submission.objects.count(), Commitment.objects.count())

    trial = services.start_trial(vendor_code=CODE, terms=PolicyTerms(), days=90, actor=ME, now=clock.now())
    run_due_jobs()

    trial = PolicyTrial.objects.get(pk=trial.pk)
    assert (trial.state, trial.order_count) == (TrialState.DONE, 2)
    assert {row.number for row in PolicyTrialRow.objects.all()} == {"PO000001", "PO000002"}
    assert (Acknowledgement.objects.count(), Submission.objects.count(), Commitment.objects.count()) == before


# --- API --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def api(tenant: Tenant) -> ApiClient:
    return api_client(tenant)


def test_api_decides_and_lists(api: ApiClient) -> None:
    body = {
        "vendor_code": CODE, "mode": "PROPOSE", "reason": "start",
        "terms": {
            "warehouses": ["MAIN"], "min_order": {"amount": "100.00", "currency": "USD"},
            "holds": [{"kind": "FC", "value": "PHX7", "reason": "strike", "until": "2026-12-24"}],
            "reject_reasons": ["TEMPORARILY_UNAVAILABLE"], "cost_tolerance": "1.5",
        },
    }  # fmt: skip

    answer = api.post_json("/api/v1/answer-policies/", body)

    assert answer.status_code == 201, answer.content
    (row,) = api.get("/api/v1/answer-policies/").json()["results"]
    assert row == answer.json()
    assert row["terms"]["holds"] == body["terms"]["holds"]
    assert (row["terms"]["backorder_days"], row["terms"]["uses_stock"], row["mode"]) == (28, True, "PROPOSE")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"vendor_code": CODE, "mode": "SEND_WHEN_CLEAN"}, 409),
        ({"vendor_code": CODE, "mode": "SOMETIMES"}, 400),
        ({"vendor_code": "", "mode": "PROPOSE"}, 400),
        ({"vendor_code": CODE, "mode": "PROPOSE", "terms": {"backorder_days": 9999}}, 400),
        ({"vendor_code": CODE, "mode": "PROPOSE", "terms": {"warehouses": ["A", "A"]}}, 400),
    ],
)
def test_api_refuses_what_cannot_be_followed(api: ApiClient, body: dict[str, Any], status: int) -> None:
    assert api.post_json("/api/v1/answer-policies/", body).status_code == status
    assert not AnswerPolicy.objects.exists()
