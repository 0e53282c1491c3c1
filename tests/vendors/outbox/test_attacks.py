"""Laws 1 and 4, attacked: a document is sent once as far as Amazon can tell, or stops where a person sees it."""

import os
import signal
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connections

from acorn.core import clock
from acorn.jobs.models import Job
from acorn.jobs.run import execute, sweep
from acorn.jobs.types import JobState
from acorn.tenancy.scope import current_tenant_id, tenant_scope
from acorn.work.models import WorkItem
from tests.factories.vendors import ACTOR, make_connection
from tests.support.jobs import run_due_jobs
from tests.support.processes import end_of, in_a_process_of_its_own
from tests.vendors.outbox.conftest import Desk, Owner
from vendors import services
from vendors.gateway import calls
from vendors.models import Connection, Exchange, Submission, SubmissionEvent, VendorGroup
from vendors.services import sending
from vendors.services.moves import SEND_TASK
from vendors.types import Health, SubmissionState

S = SubmissionState


def reload(row: Submission) -> Submission:
    return Submission.objects.get(pk=row.pk)


def job_of(row: Submission) -> Job:
    return Job.objects.get(name=SEND_TASK, dedupe_key=f"submission:{row.pk}", state__in=["QUEUED", "RUNNING"])


def later(seconds: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(seconds=seconds))


def kill_me(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def let_time_pass(row: Submission, *, until: set[str]) -> Submission:
    """Half a minute at a time, with the sweep of each minute, until the submission is where it should be."""
    seconds = 0
    while reload(row).state not in until:
        seconds += 30
        assert seconds < 7200, f"still {reload(row).state}"
        with later(seconds):
            sweep()
            run_due_jobs()
    return reload(row)


def patch_death(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    if where == "before_it_is_claimed":
        monkeypatch.setattr(sending, "_claim", kill_me)
    elif where == "before_the_claim_is_committed":
        real = sending.move
        monkeypatch.setattr(sending, "move", lambda *a, **k: (real(*a, **k), kill_me()))
    elif where == "before_it_is_posted":
        monkeypatch.setattr(sending.gateway.Outlet, "post", kill_me)
    elif where == "before_the_exchange_is_recorded":
        monkeypatch.setattr("vendors.gateway.recorder._insert", lambda row: kill_me() if "POST" in row.method else None)
    elif where == "before_it_is_recorded":
        monkeypatch.setattr(sending, "_record_sent", kill_me)
    elif where == "before_the_record_is_committed":
        monkeypatch.setattr(sending, "poll_soon", kill_me)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_found", [True, False])
@pytest.mark.parametrize(
    ("where", "has_left", "is_known"),
    [
        ("before_it_is_claimed", False, True),
        ("before_the_claim_is_committed", False, True),
        ("before_it_is_posted", False, False),
        ("before_it_is_recorded", True, False),
        ("before_the_record_is_committed", True, False),
    ],
)
def test_a_worker_killed_at_any_line(
    desk: Desk,
    owner: Owner,
    where: str,
    has_left: bool,
    is_known: bool,
    is_found: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = desk.submit()

    def read(submission_id: int) -> None:
        """What the order's status would show."""
        if is_found and desk.posts():
            services.settle_unknown(submission_id, taken=True, by="purchase-order-status", now=clock.now())

    owner.read = read
    with monkeypatch.context() as patch:
        patch_death(patch, where)
        assert end_of(in_a_process_of_its_own(lambda: execute(job_of(row).pk))) == -signal.SIGKILL
    assert len(desk.posts()) == has_left
    assert reload(row).state == (S.READY if is_known else S.SENDING)

    row = let_time_pass(row, until={S.PRESUMED_ACCEPTED})

    is_lost_sight_of = has_left and not is_found
    assert len(desk.posts()) == (2 if is_lost_sight_of else 1)
    assert len({str(post["request"]) for post in desk.posts()}) == 1, "the same bytes"
    assert SubmissionEvent.objects.filter(submission=row, state=S.UNKNOWN).exists() is not is_known
    assert (owner.read_backs > 0) is not is_known
    if is_lost_sight_of:
        resent = SubmissionEvent.objects.get(submission=row, code="vendors.submission_resent")
        unknown = SubmissionEvent.objects.get(submission=row, before=S.SENDING, state=S.UNKNOWN)
        assert (resent.at - unknown.at).total_seconds() >= django_settings.SUBMISSION_SIMULATOR_READBACK_SECONDS


def test_a_broker_that_lost_everything_is_made_good_by_the_sweep(desk: Desk) -> None:
    row = desk.submit()
    Job.objects.update(published_at=clock.now())
    calls._store(django_settings.REDIS_URL).flushdb()
    cache.clear()

    with later(django_settings.JOBS_REPUBLISH_SECONDS + 1):
        sweep()
        assert clock.now() - job_of(row).published_at < timedelta(seconds=5)  # type: ignore[operator]
        run_due_jobs()

    assert len(desk.posts()) == 1
    assert reload(row).state in (S.SENT, S.PROCESSING)


def test_jobs_that_got_lost_altogether_are_made_anew(desk: Desk) -> None:
    row = desk.submit()
    Job.objects.all().delete()

    with later(61):
        services.sweep(connection_id=desk.connection.pk, now=clock.now())
        run_due_jobs()
    assert len(desk.posts()) == 1
    Job.objects.all().delete()
    with later(200):
        services.sweep(connection_id=desk.connection.pk, now=clock.now())
        run_due_jobs()

    assert reload(row).state == S.PRESUMED_ACCEPTED
    assert len(desk.posts()) == 1


@pytest.mark.django_db(transaction=True)
def test_twin_workers_send_one_document(desk: Desk) -> None:
    row = desk.submit()
    tenant_id = current_tenant_id()
    barrier = threading.Barrier(4)

    class Run:
        def keep(self) -> None: ...

    def work() -> None:
        try:
            with tenant_scope(tenant_id):
                barrier.wait(10)
                services.send(Run(), submission_id=row.pk)  # type: ignore[arg-type]
        except sending.RetryLater:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(desk.posts()) == 1
    assert reload(row).state == S.SENT


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_after_the_lease_still_counts(desk: Desk, owner: Owner, settings: Any) -> None:
    """A worker hangs in its call so long that it is taken for dead; then Amazon answers after all."""
    settings.SUBMISSION_LEASE_SECONDS = 1
    desk.world.add_fault("delay", operation="submitAcknowledgement", params={"seconds": 4})
    row = desk.submit()
    job = job_of(row)
    child = in_a_process_of_its_own(lambda: execute(job.pk))
    while reload(row).state != S.SENDING:
        pass
    with later(2):
        services.sweep(connection_id=desk.connection.pk, now=clock.now())
        Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED)
        run_due_jobs()
        assert reload(row).state == S.UNKNOWN

    assert end_of(child) == 0

    row = reload(row)
    (post,) = desk.posts()
    assert (row.state, row.transaction_id) == (S.SENT, post["id"])
    row = let_time_pass(row, until={S.PRESUMED_ACCEPTED})
    assert len(desk.posts()) == 1


@pytest.mark.parametrize(
    ("kind", "has_left"),
    [("reset_after", True), ("cut_body", True), ("truncated_json", True), ("not_json", True), ("reset_before", False),
     ("error_500", False), ("error_503_html", False)],
)  # fmt: skip
@pytest.mark.parametrize("is_found", [True, False])
def test_an_answer_that_is_lost_is_looked_for_first(
    desk: Desk, owner: Owner, kind: str, has_left: bool, is_found: bool
) -> None:
    desk.world.add_fault(kind, operation="submitAcknowledgement")

    def read(submission_id: int) -> None:
        if is_found and desk.posts():
            services.settle_unknown(submission_id, taken=True, by="purchase-order-status", now=clock.now())

    owner.read = read
    row = desk.submit()
    with time_machine.travel(clock.now(), tick=False):
        job = job_of(row)
        execute(job.pk)
    row = reload(row)
    posts = len(desk.posts())
    assert row.state == S.UNKNOWN
    assert SubmissionEvent.objects.get(submission=row, state=S.UNKNOWN).exchange_id, "the evidence"

    row = let_time_pass(row, until={S.PRESUMED_ACCEPTED})

    assert owner.read_backs > 0
    assert len(desk.posts()) == (posts if posts and is_found else posts + 1)
    assert len({str(post["request"]) for post in desk.posts()}) == 1


def test_what_amazon_does_not_have_is_sent_again_at_once(desk: Desk, owner: Owner) -> None:
    desk.world.add_fault("reset_before", operation="submitAcknowledgement")
    row = desk.submit()
    owner.read = lambda pk: services.settle_unknown(pk, taken=False, by="purchase-order-status", now=clock.now())
    run_due_jobs()
    with later(31):
        run_due_jobs()

    assert reload(row).state in (S.SENT, S.PROCESSING)
    assert len(desk.posts()) == 1


def test_an_outcome_that_stays_unknown_is_shown_to_a_person(desk: Desk, owner: Owner) -> None:
    desk.world.add_fault("reset_after", operation="submitAcknowledgement", times=None)
    row = desk.submit()

    for minute in range(60):
        with later(60 * minute):
            sweep()
            run_due_jobs()

    row = reload(row)
    assert (row.state, row.code, row.resends) == (S.UNKNOWN, "vendors.submission_ask", 3)
    assert len(desk.posts()) == 4
    assert WorkItem.objects.filter(kind="submission_unknown", closed_at=None).count() == 1
    desk.world.delete("faults")
    services.settle_by_person(public_id=row.public_id, actor=ACTOR, now=clock.now())
    assert reload(row).state == S.SENT
    assert not WorkItem.objects.filter(kind__startswith="submission", closed_at=None).exists()


def test_amazons_429_is_no_attempt(desk: Desk) -> None:
    desk.world.add_fault("throttled", operation="submitAcknowledgement", times=2)
    row = desk.submit()
    row = let_time_pass(row, until={S.SENT, S.PROCESSING})

    assert row.attempts == 1
    assert len(desk.posts()) == 1
    assert [each.status for each in Exchange.objects.filter(operation="submitAcknowledgement").order_by("id")] == [
        429, 429, 202,
    ]  # fmt: skip


def test_a_400_is_a_refusal_in_amazons_words(desk: Desk) -> None:
    desk.world.add_fault("bad_request", operation="submitAcknowledgement")
    row = desk.submit()
    run_due_jobs()

    row = reload(row)
    assert row.state == S.REJECTED
    assert row.errors[0]["message"]
    assert row.params["amazon"] == row.errors[0]["message"]
    assert desk.posts() == []
    assert WorkItem.objects.filter(kind="submission_rejected", closed_at=None).count() == 1
    services.retry(public_id=row.public_id, actor=ACTOR, now=clock.now())
    run_due_jobs()
    assert len(desk.posts()) == 1
    assert not WorkItem.objects.filter(kind__startswith="submission", closed_at=None).exists()


@pytest.mark.parametrize(
    ("fault", "code"),
    [({"kind": "forbidden", "operation": "submitAcknowledgement"}, "vendors.permission_denied"),
     ({"kind": "lwa_invalid_grant"}, "vendors.auth_revoked"), ({"kind": "lwa_invalid_client"}, "vendors.auth_failed")],
)  # fmt: skip
def test_a_connection_that_does_not_work_keeps_the_document_and_says_so(
    desk: Desk, fault: dict[str, Any], code: str
) -> None:
    desk.world.add_fault(**fault, times=1)
    row = desk.submit()
    run_due_jobs()

    row = reload(row)
    assert (row.state, row.code, desk.posts()) == (S.READY, code, [])
    desk.connection.refresh_from_db()
    assert (desk.connection.health, desk.connection.health_code) == (Health.FAILING, code)
    with later(10):  # repaired: what waited is sent, long before its next attempt
        services.record_health(connection_id=desk.connection.pk, health=Health.OK, now=clock.now())
        run_due_jobs()
    assert len(desk.posts()) == 1
    assert reload(row).state in (S.SENT, S.PROCESSING)


def test_a_connection_of_another_environment_carries_nothing(desk: Desk) -> None:
    """Law 10: whatever was done to the rows, a document made for one environment does not leave through another."""
    row = desk.submit()
    Submission.objects.filter(pk=row.pk).update(environment="PRODUCTION")
    run_due_jobs()

    assert (reload(row).state, reload(row).code) == (S.FAILED, "vendors.submission_wrong_environment")
    assert desk.posts() == []


def test_a_connection_of_another_group_carries_nothing(desk: Desk) -> None:
    row = desk.submit()
    other = VendorGroup.objects.create(environment="SIMULATOR", region="NA", code="OTHER")
    Connection.objects.filter(pk=desk.connection.pk).update(group=other)
    run_due_jobs()

    assert (reload(row).state, reload(row).code) == (S.FAILED, "vendors.submission_wrong_environment")
    assert desk.posts() == []


def test_an_archived_connection_hands_over_to_its_successor(desk: Desk) -> None:
    row = desk.submit(hold=True)
    lost = desk.submit()
    services.archive(public_id=desk.connection.public_id, actor=ACTOR, now=clock.now())
    run_due_jobs()
    assert (reload(lost).state, reload(lost).code) == (S.FAILED, "vendors.submission_archived")

    successor = make_connection(desk.world, name="New")
    services.release(public_id=row.public_id, actor=ACTOR, now=clock.now())
    run_due_jobs()

    assert len(desk.posts()) == 1
    assert reload(row).connection_id == successor.pk


def test_a_newer_document_waits_for_one_that_may_be_under_way(desk: Desk, owner: Owner) -> None:
    desk.world.add_fault("reset_after", operation="submitAcknowledgement")
    number = desk.order()
    older = desk.submit(number)
    run_due_jobs()
    assert reload(older).state == S.UNKNOWN
    newer = desk.submit(number, body=desk.body(number, "Rejected"))
    run_due_jobs()
    assert (reload(newer).state, len(desk.posts())) == (S.READY, 1)

    newer = let_time_pass(newer, until={S.PRESUMED_ACCEPTED})

    older = reload(older)
    assert (older.state, older.superseded_by_id) == (S.SUPERSEDED, newer.pk)
    assert len(desk.posts()) == 2, "the older one is not sent again: the newer one replaces it"


def test_a_document_that_crashes_its_worker_ends_where_a_person_sees_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(sending, "_way_out", crash)
    row = desk.submit()
    for hour in range(12):
        with later(3600 * hour):
            run_due_jobs()

    assert (reload(row).state, reload(row).code) == (S.FAILED, "jobs.crashed")
    assert WorkItem.objects.filter(kind="submission_failed", closed_at=None).count() == 1


@pytest.mark.parametrize("status", ["Failure", "Processing"])
def test_a_late_refusal_counts(desk: Desk, status: str) -> None:
    desk.world.add_fault("vague_failure", operation="submitAcknowledgement") if status == "Failure" else None
    desk.world.add_fault("unknown_transaction", operation="getTransaction", times=3)
    row = desk.submit()
    end = S.REJECTED if status == "Failure" else S.PRESUMED_ACCEPTED
    row = let_time_pass(row, until={end})

    assert row.state == end
    assert bool(row.errors) == (status == "Failure")


def test_a_status_that_cannot_be_read_blocks_nothing(desk: Desk) -> None:
    desk.world.add_fault("error_500", operation="getTransaction", times=None)
    row = let_time_pass(desk.submit(), until={S.PRESUMED_ACCEPTED})
    assert row.code == "vendors.submission_presumed_unread"
    assert row.poll_exchange_id
    desk.connection.refresh_from_db()
    assert desk.connection.health != Health.FAILING


def test_the_status_is_asked_for_within_30_seconds_and_then_every_minute(desk: Desk, settings: Any) -> None:
    settings.SUBMISSION_PRESUMED_SECONDS = settings.SUBMISSION_SIMULATOR_PRESUMED_SECONDS = 900
    row = desk.submit()
    for seconds in range(0, 900, 5):
        with later(seconds):
            run_due_jobs()

    asked = list(
        Exchange.objects.filter(operation="getTransaction").order_by("started_at").values_list("started_at", flat=True)
    )
    sent_at = reload(row).sent_at
    assert sent_at is not None
    gaps = [after - before for before, after in zip([sent_at, *asked], asked, strict=False)]
    assert gaps[0] <= timedelta(seconds=30)
    assert max(gaps[1:]) <= timedelta(seconds=60)
