"""The pages and endpoints of the outbox and of the rulebook, for those who may, those who may not, and strangers."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from acorn.accounts.types import Role
from acorn.core import clock
from acorn.core.money import Money
from acorn.rest.errors import handle
from acorn.tenancy.models import Tenant
from tests.factories.accounts import make_member, make_token, signed_in
from tests.support.api import Api
from tests.support.jobs import run_due_jobs
from tests.vendors.outbox.conftest import Desk, Owner
from vendors import services
from vendors.errors import DocumentBlocked
from vendors.models import OwnRule, Submission
from vendors.types import RuleFinding, Severity, SubmissionState

FINDING = RuleFinding(
    "CONFIRMED_CANCELLED",
    Severity.WARN,
    "vendors.submission_waits",
    "2",
    {},
    Money(Decimal("12.50"), "USD"),
    "a source",
)


@pytest.fixture
def olga(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.OPERATIONS))


@pytest.fixture
def victor(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.VIEWER))


@pytest.fixture
def charlie(other_tenant: Tenant) -> Client:
    return signed_in(make_member(other_tenant, Role.OWNER))


def text(answer: Any) -> str:
    return answer.content.decode()


def refused(desk: Desk) -> Submission:
    desk.world.add_fault("bad_request", operation="submitAcknowledgement")
    row = desk.submit(findings=[FINDING])
    run_due_jobs()
    return Submission.objects.get(pk=row.pk)


def test_a_refused_document_shows_everything_and_is_sent_again(desk: Desk, olga: Client, victor: Client) -> None:
    row = refused(desk)
    path = f"/submissions/{row.public_id}/"

    shown = text(olga.get(path))
    assert row.errors[0]["message"] in shown
    assert "a source" in shown
    assert "12.50" in shown
    assert "Sends 1 document (Test answer" in shown or "Sends 1 document" in shown
    assert "/exchanges/ex_" in shown
    assert "Send again" not in text(victor.get(path))
    assert victor.post(f"{path}retry/").status_code == 403
    assert olga.post(f"{path}retry/").status_code == 302
    run_due_jobs()

    assert len(desk.posts()) == 1
    assert olga.post(f"{path}retry/").status_code == 422, "it is under way"
    assert olga.post(f"{path}explode/").status_code == 404


def test_the_list_finds_filters_exports_and_acts_on_many(desk: Desk, olga: Client) -> None:
    first, second = desk.submit(), desk.submit()
    third = desk.submit(hold=True)

    assert first.subject_label in text(olga.get("/submissions/", {"search": first.subject_label.lower()}))
    assert second.subject_label not in text(olga.get("/submissions/", {"search": first.subject_label}))
    assert third.subject_label in text(olga.get("/submissions/", {"state": "HELD"}))
    exported = b"".join(olga.get("/submissions/", {"format": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert exported.count("sb_") == 3
    olga.post("/submissions/selected/hold/", {"selected": [first.public_id, third.public_id]})
    assert Submission.objects.filter(state="HELD").count() == 2
    olga.post("/submissions/selected/cancel/", {"all": "1", "query": "state=HELD"})

    assert sorted(Submission.objects.values_list("state", flat=True)) == ["CANCELLED", "CANCELLED", "READY"]


def test_a_stranger_finds_and_moves_nothing(desk: Desk, charlie: Client, other_tenant: Tenant) -> None:
    row = desk.submit(hold=True)
    for action in ("retry", "release", "cancel", "hold", "settle", "replay"):
        answer = charlie.post(f"/submissions/{row.public_id}/{action}/", {"connection": desk.connection.public_id})
        assert answer.status_code == 404
    charlie.post("/submissions/selected/cancel/", {"selected": [row.public_id]})
    api = Api(make_token(other_tenant))
    for action in ("retry", "release", "cancel", "hold"):
        api.post(f"submissions/{row.public_id}/{action}/", expect=404)
    assert api.get("submissions/")["results"] == []

    assert Submission.objects.get(pk=row.pk).state == SubmissionState.HELD


def test_the_api_tells_state_findings_and_exchanges(desk: Desk, tenant: Tenant) -> None:
    row = refused(desk)
    api = Api(make_token(tenant))

    told = api.get(f"submissions/{row.public_id}/")

    assert (told["id"], told["kind"], told["state"], told["transaction_id"]) == (
        row.public_id, "test.answer", "REJECTED", "",
    )  # fmt: skip
    assert told["subject"] == {"kind": "test.order", "id": row.subject_id, "label": row.subject_label}
    assert told["errors"] == row.errors
    (finding,) = told["findings"]
    assert finding["rule"] == "CONFIRMED_CANCELLED"
    assert finding["at_risk"] == {"amount": "12.50", "currency": "USD"}
    (exchange,) = told["exchanges"]
    assert (exchange["operation"], exchange["status"]) == ("submitAcknowledgement", 400)
    assert api.get("submissions/", search=row.subject_label)["results"][0]["id"] == row.public_id
    assert api.post(f"submissions/{row.public_id}/retry/", expect=200)["state"] == "READY"
    assert api.post(f"submissions/{row.public_id}/hold/", expect=200)["state"] == "HELD"
    assert api.post(f"submissions/{row.public_id}/release/", expect=200)["state"] == "READY"
    assert api.post(f"submissions/{row.public_id}/cancel/", expect=200)["state"] == "CANCELLED"
    assert api.post(f"submissions/{row.public_id}/release/", expect=409)["code"] == "SUBMISSION_MOVED"


def test_a_blocked_document_tells_its_findings_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        answer = handle(DocumentBlocked([FINDING]), {})

    assert answer.status_code == 422
    assert answer.data["code"] == "DOCUMENT_BLOCKED"
    assert answer.data["findings"][0]["message"] == "等待同一对象的前一份单据。"
    assert set(answer.data["findings"][0]) == {"rule", "line", "severity", "message", "fix", "at_risk", "source"}


def test_a_replay_goes_to_the_simulator_and_leaves_the_subject_alone(desk: Desk, owner: Owner, olga: Client) -> None:
    row = desk.submit()
    run_due_jobs()
    before = list(owner.states)
    production = Submission.objects.get(pk=row.pk)

    answer = olga.post(f"/submissions/{row.public_id}/replay/", {"connection": desk.connection.public_id}, follow=True)
    run_due_jobs()

    copy = Submission.objects.get(replay_of=row)
    assert copy.public_id in answer.redirect_chain[-1][0]
    assert (copy.payload, copy.environment, copy.subject_id) == (row.payload, "SIMULATOR", row.public_id)
    assert len(desk.posts()) == 2
    assert owner.states == before
    after = Submission.objects.get(pk=row.pk)
    assert (after.state, after.superseded_by_id) == (production.state, None)


def test_a_replay_through_the_real_amazon_is_refused(desk: Desk, olga: Client) -> None:
    row = desk.submit(hold=True)
    type(desk.connection).objects.filter(pk=desk.connection.pk).update(environment="PRODUCTION")

    answer = olga.post(f"/submissions/{row.public_id}/replay/", {"connection": desk.connection.public_id})

    assert answer.status_code == 422
    assert Submission.objects.count() == 1


def test_both_sides_of_a_contradiction_are_shown(desk: Desk, olga: Client) -> None:
    row = desk.submit()
    run_due_jobs()
    services.flag_contradiction(
        row.pk, code="vendors.submission_refused_after_proof", now=clock.now(),
        params={"by": "purchase-order-status", "amazon": "acceptedQuantity 4"},
    )  # fmt: skip

    assert "acceptedQuantity 4" in text(olga.get(f"/submissions/{row.public_id}/"))
    assert row.subject_label in text(olga.get("/submissions/", {"contradicted": "true"}))
    services.mark_verified(row.pk, by="purchase-order-status", now=clock.now())
    assert row.subject_label not in text(olga.get("/submissions/", {"contradicted": "true"}))


@pytest.mark.parametrize("path", ["/submissions/", "api"])
def test_the_number_of_queries_is_the_same_for_one_row_and_for_three(
    desk: Desk, olga: Client, tenant: Tenant, path: str
) -> None:
    api = Api(make_token(tenant))

    def count() -> int:
        with CaptureQueriesContext(database) as captured:
            _ = api.get("submissions/") if path == "api" else olga.get(path)
        return len(captured)

    desk.submit()
    count()
    one = count()
    desk.submit()
    desk.submit(hold=True)
    assert count() == one


def test_a_rule_is_corrected_by_those_who_may(tenant: Tenant, olga: Client) -> None:
    alice = signed_in(make_member(tenant, Role.OWNER, "alice@acme.example"))
    path = "/rules/rule/?rule=CONFIRMED_CANCELLED&marketplace=JP"
    given = {
        "valid_from": "2026-11-01",
        "severity": "CONFIRM",
        "percent": "2.5",
        "source": "notice",
        "reason": "told so",
    }

    assert "Borrowed" in text(alice.get("/rules/", {"marketplace": "JP"}))
    assert "Correct it" not in text(olga.get(path))
    assert olga.post(path, given).status_code == 403
    assert alice.post(path, given | {"reason": ""}).status_code == 422
    assert not OwnRule.objects.exists()
    assert alice.post(path, given).status_code == 302

    shown = text(alice.get(path))
    assert "told so" in shown
    assert "2.5 %" in shown
    assert "CONFIRMED_CANCELLED" in alice.get("/rules/", {"marketplace": "JP", "format": "csv"}).content.decode()
