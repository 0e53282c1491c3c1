"""The ordinary way of a document, and what people may do to it."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from acorn.core import clock
from tests.factories.vendors import ACTOR
from tests.support.jobs import run_due_jobs
from tests.vendors.outbox.conftest import Desk, Owner
from vendors import services
from vendors.errors import DocumentBlocked
from vendors.models import Exchange, Submission, SubmissionEvent
from vendors.selectors import body_text
from vendors.types import RuleFinding, Severity, SubmissionState


def reload(row: Submission) -> Submission:
    return Submission.objects.get(pk=row.pk)


def test_a_document_leaves_once_byte_by_byte_and_is_presumed_accepted(desk: Desk, owner: Owner, settings: Any) -> None:
    settings.SUBMISSION_PRESUMED_SECONDS = 60
    row = desk.submit()
    assert row.state == SubmissionState.READY

    run_due_jobs()

    row = reload(row)
    (post,) = desk.posts()
    assert (row.state, row.transaction_id, row.attempts) == (SubmissionState.SENT, post["id"], 1)
    sent = Exchange.objects.get(operation="submitAcknowledgement")
    assert json.loads(row.payload) == post["request"]
    assert body_text(sent.request_body) == row.payload
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        run_due_jobs()
        assert reload(row).state == SubmissionState.PROCESSING
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        run_due_jobs()
    row = reload(row)
    assert (row.state, row.code) == (SubmissionState.PRESUMED_ACCEPTED, "vendors.submission_presumed")
    steps = SubmissionEvent.objects.filter(submission=row).order_by("id").values_list("before", "state", "exchange_id")
    polled = Exchange.objects.filter(operation="getTransaction").order_by("id")[0].public_id
    assert list(steps) == [
        ("", "READY", ""),
        ("READY", "SENDING", ""),
        ("SENDING", "SENT", sent.public_id),
        ("SENT", "PROCESSING", polled),
        ("PROCESSING", "PRESUMED_ACCEPTED", ""),
    ]
    assert owner.states == ["SENT", "PROCESSING", "PRESUMED_ACCEPTED"]
    assert len(desk.posts()) == 1


def test_a_rolled_back_decision_sends_nothing(desk: Desk) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        desk.submit()
        raise RuntimeError
    run_due_jobs()

    assert desk.posts() == []
    assert not Submission.objects.exists()


def test_the_same_key_makes_one_submission(desk: Desk) -> None:
    number = desk.order()
    first = desk.submit(number, key="k")
    again = desk.submit(number, key="k", body={"acknowledgements": []})
    run_due_jobs()

    assert again.pk == first.pk
    assert len(desk.posts()) == 1
    assert desk.submit(number, key="k").state == SubmissionState.SENT


def test_a_blocking_finding_stops_the_document(desk: Desk) -> None:
    finding = RuleFinding("SUM_DIFFERS", Severity.BLOCK, "vendors.submission_waits", "1")
    with pytest.raises(DocumentBlocked) as refusal:
        desk.submit(findings=[finding])

    assert refusal.value.findings == (finding,)
    assert not Submission.objects.exists()


def test_a_newer_document_supersedes_what_has_not_left(desk: Desk) -> None:
    number = desk.order()
    older = desk.submit(number, hold=True)
    newer = desk.submit(number, body=desk.body(number, "Backordered"))
    run_due_jobs()

    older = reload(older)
    assert (older.state, older.superseded_by_id) == (SubmissionState.SUPERSEDED, newer.pk)
    assert [post["request"] for post in desk.posts()] == [json.loads(newer.payload)]


def test_a_held_document_waits_for_its_release(desk: Desk) -> None:
    row = desk.submit()
    services.hold(public_id=row.public_id, actor=ACTOR, now=clock.now())
    run_due_jobs()
    assert desk.posts() == []

    services.release(public_id=row.public_id, actor=ACTOR, now=clock.now())
    run_due_jobs()

    assert len(desk.posts()) == 1


def test_a_cancelled_document_never_leaves(desk: Desk) -> None:
    row = desk.submit()
    services.cancel(public_id=row.public_id, actor=ACTOR, now=clock.now())
    run_due_jobs()

    assert desk.posts() == []
    assert reload(row).state == SubmissionState.CANCELLED
