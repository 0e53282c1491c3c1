"""Law 1 for jobs: nothing is lost, nothing runs twice at once, and a crash leaves a state that a later run finishes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import TestCase

from acorn.core import clock
from acorn.core.actor import Actor, ActorKind
from acorn.core.errors import NotFound
from acorn.jobs import queue, services
from acorn.jobs.models import Job
from acorn.jobs.registry import UnknownTask
from acorn.jobs.run import GiveUp, JobRun, LeaseLost, RetryLater, execute, sweep
from acorn.jobs.types import JobState
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import NoActiveTenant, find_tenant_id, no_tenant_scope, tenant_scope
from tests.support.jobs import run_due_jobs, temporary_task


class Recorder:
    """A task that notes how it was called and does what the test says."""

    def __init__(self) -> None:
        self.calls: list[tuple[int | None, dict[str, Any]]] = []
        self.given_up: list[str] = []
        self.action: Any = lambda run, args: None

    def __call__(self, run: JobRun, **args: Any) -> None:
        self.calls.append((find_tenant_id(), args))
        self.action(run, args)

    def give_up(self, run: JobRun, code: str, params: dict[str, Any]) -> None:
        self.given_up.append(code)


@pytest.fixture
def task() -> Iterator[Recorder]:
    recorder = Recorder()
    with temporary_task("test.task", recorder, max_attempts=3, give_up=recorder.give_up):
        yield recorder


def test_a_job_runs_once_in_its_own_tenant(task: Recorder, tenant: Tenant, other_tenant: Tenant) -> None:
    job = queue.enqueue("test.task", order_id=7)

    with tenant_scope(other_tenant.pk):
        assert execute(job.pk) is True
        assert execute(job.pk) is False, "a second delivery of the same message must do nothing"

    assert task.calls == [(tenant.pk, {"order_id": 7})]
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert job.attempts == 1


def test_an_archived_company_has_no_job_until_it_is_restored(task: Recorder, tenant: Tenant) -> None:
    job = queue.enqueue("test.task")
    Tenant.objects.update(archived_at=clock.now())

    sweep()
    assert execute(job.pk) is False, "somebody else's broker message is as old as it likes"
    job.refresh_from_db()
    assert (job.state, job.published_at) == (JobState.QUEUED, None)
    assert task.calls == []

    Tenant.objects.update(archived_at=None)
    assert execute(job.pk) is True


def test_enqueue_outside_a_tenant_is_refused(task: Recorder, db: None) -> None:
    with no_tenant_scope(), pytest.raises(NoActiveTenant):
        queue.enqueue("test.task")
    assert not Job.objects.exists()


def test_enqueue_of_an_unknown_task_is_refused(tenant: Tenant) -> None:
    with pytest.raises(UnknownTask):
        queue.enqueue("test.nobody")
    assert not Job.objects.exists()


def test_a_rolled_back_transaction_leaves_no_job(task: Recorder, tenant: Tenant) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        queue.enqueue("test.task")
        raise RuntimeError
    assert not Job.objects.exists()


def test_requests_with_one_key_fold_into_the_waiting_job(task: Recorder, tenant: Tenant) -> None:
    later = clock.now() + timedelta(hours=1)
    waiting = queue.enqueue("test.task", dedupe_key="k", due_at=later)

    joined = queue.enqueue("test.task", dedupe_key="k")

    assert joined.pk == waiting.pk
    assert joined.due_at < later, "the earlier due time counts"
    assert Job.objects.count() == 1


def test_a_request_while_its_twin_runs_is_run_afterwards(task: Recorder, tenant: Tenant) -> None:
    def request_again(run: JobRun, args: dict[str, Any]) -> None:
        if len(task.calls) == 1:
            again = queue.enqueue("test.task", dedupe_key="k")
            assert execute(again.pk) is False, "two twins ran at once"

    task.action = request_again
    queue.enqueue("test.task", dedupe_key="k")

    run_due_jobs()

    assert len(task.calls) == 2
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.SUCCEEDED}


def test_retry_later_waits_and_gives_up_after_the_last_attempt(task: Recorder, tenant: Tenant) -> None:
    def fail(run: JobRun, args: dict[str, Any]) -> None:
        raise RetryLater(30, "test.busy", who="Amazon")

    task.action = fail
    job = queue.enqueue("test.task")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(3):
            assert execute(job.pk) is True
            assert execute(job.pk) is False, "it ran again before its time"
            traveller.shift(31)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.message_code, job.message_params) == (
        JobState.FAILED, 3, "test.busy", {"who": "Amazon"},
    )  # fmt: skip
    assert task.given_up == ["test.busy"]


def test_a_wait_that_does_not_count_never_uses_up_the_attempts(task: Recorder, tenant: Tenant) -> None:
    def busy(run: JobRun, args: dict[str, Any]) -> None:
        raise RetryLater(1, "test.busy", counts=False)

    task.action = busy
    job = queue.enqueue("test.task")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(10):
            assert execute(job.pk) is True
            traveller.shift(2)

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def test_give_up_fails_at_once(task: Recorder, tenant: Tenant) -> None:
    def refuse(run: JobRun, args: dict[str, Any]) -> None:
        raise GiveUp("test.revoked")

    task.action = refuse
    job = queue.enqueue("test.task")
    execute(job.pk)

    job.refresh_from_db()
    assert (job.state, job.message_code) == (JobState.FAILED, "test.revoked")
    assert task.given_up == ["test.revoked"]


def test_a_crash_is_tried_again_and_shows_no_internals(task: Recorder, tenant: Tenant) -> None:
    def crash(run: JobRun, args: dict[str, Any]) -> None:
        raise ValueError("secret detail")

    task.action = crash
    job = queue.enqueue("test.task")
    execute(job.pk)

    job.refresh_from_db()
    assert (job.state, job.message_code) == (JobState.QUEUED, "jobs.crashed")
    assert job.message_params == {"reference": job.public_id}


def test_a_dead_workers_job_is_taken_over_and_its_ghost_may_not_write(task: Recorder, tenant: Tenant) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:

        def outlive_the_lease(run: JobRun, args: dict[str, Any]) -> None:
            if len(task.calls) > 1:
                return
            traveller.shift(timedelta(minutes=10))
            sweep()
            assert execute(run.job.pk) is True, "nobody took the job over"
            with pytest.raises(LeaseLost):
                run.progress(1, 2)
            raise LeaseLost

        task.action = outlive_the_lease
        job = queue.enqueue("test.task")
        execute(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 2)
    assert len(task.calls) == 2


def test_a_job_that_kills_its_workers_ends_failed(task: Recorder, tenant: Tenant) -> None:
    job = queue.enqueue("test.task")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(4):
            Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(
                state=JobState.RUNNING, lease_token="dead", lease_until=clock.now(), attempts=job.attempts + 1
            )
            traveller.shift(1)
            sweep()
            job.refresh_from_db()

    assert (job.state, job.message_code) == (JobState.FAILED, "jobs.worker_lost")
    assert task.given_up == ["jobs.worker_lost"]


def test_a_repeating_job_goes_on_after_success_and_after_failure(task: Recorder, tenant: Tenant) -> None:
    def fail_first(run: JobRun, args: dict[str, Any]) -> None:
        if len(task.calls) == 1:
            raise GiveUp("test.revoked")

    task.action = fail_first
    with time_machine.travel(clock.now(), tick=False) as traveller:
        queue.ensure_repeating("test.task", every_seconds=900, dedupe_key="c:1", connection_id=1)
        queue.ensure_repeating("test.task", every_seconds=900, dedupe_key="c:1", connection_id=1)
        for _ in range(3):
            run_due_jobs()
            traveller.shift(901)

    assert task.calls == [(tenant.pk, {"connection_id": 1})] * 3
    assert Job.objects.filter(state=JobState.QUEUED, repeat_seconds=900).count() == 1


def test_a_shorter_interval_brings_the_waiting_job_forward(task: Recorder, tenant: Tenant) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        queue.ensure_repeating("test.task", every_seconds=900, dedupe_key="c:1")
        run_due_jobs()
        for seconds, due_in in ((10, 10), (900, 10), (5, 5)):
            queue.ensure_repeating("test.task", every_seconds=seconds, dedupe_key="c:1")

            waiting = Job.objects.get(state=JobState.QUEUED)
            assert (waiting.repeat_seconds, waiting.due_at) == (seconds, clock.now() + timedelta(seconds=due_in))
        traveller.shift(6)
        run_due_jobs()

    assert len(task.calls) == 2


def test_what_repeats_by_the_second_does_not_wait_for_the_sweep(task: Recorder, tenant: Tenant) -> None:
    queue.ensure_repeating("test.task", every_seconds=900, dedupe_key="slow")
    queue.ensure_repeating("test.task", every_seconds=5, dedupe_key="fast")
    with TestCase.captureOnCommitCallbacks(execute=True):
        run_due_jobs()

    told = {job.dedupe_key: job.published_at for job in Job.objects.filter(state=JobState.QUEUED)}
    assert told["slow"] is None
    assert told["fast"] is not None


def test_a_stopped_repetition_ends(task: Recorder, tenant: Tenant) -> None:
    queue.ensure_repeating("test.task", every_seconds=900, dedupe_key="c:1")

    queue.stop_repeating("test.task", dedupe_key="c:1")

    assert run_due_jobs() == []
    assert list(Job.objects.values_list("state", flat=True)) == [JobState.CANCELLED]


def test_a_cancelled_job_stops_at_its_next_step_and_stays_cancelled(task: Recorder, tenant: Tenant) -> None:
    def cancel_myself(run: JobRun, args: dict[str, Any]) -> None:
        services.cancel_job(public_id=run.job.public_id, actor=Actor(ActorKind.USER, "us_1", "Ann"))
        run.progress(1, 2)
        raise AssertionError("it went on after being cancelled")

    task.action = cancel_myself
    job = queue.enqueue("test.task")
    execute(job.pk)

    job.refresh_from_db()
    assert (job.state, job.message_params) == (JobState.CANCELLED, {"who": "Ann"})


def test_a_stranger_cannot_retry_or_cancel_a_job(task: Recorder, tenant: Tenant, other_tenant: Tenant) -> None:
    job = queue.enqueue("test.task")
    with tenant_scope(other_tenant.pk):
        for attack in (
            lambda: services.retry_job(public_id=job.public_id, actor=Actor(ActorKind.USER, "us_2", "Charlie")),
            lambda: services.cancel_job(public_id=job.public_id, actor=Actor(ActorKind.USER, "us_2", "Charlie")),
        ):
            with pytest.raises(NotFound):
                attack()

    job.refresh_from_db()
    assert job.state == JobState.QUEUED
