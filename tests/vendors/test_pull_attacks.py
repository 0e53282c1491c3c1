"""Law 1, attacked: killed workers, lost messages, stolen Jobs, dying tokens, races."""

import os
import signal
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache

from acorn.core import clock
from acorn.files.models import RawDocument
from acorn.jobs.models import Job
from acorn.jobs.run import JobRun, execute, sweep
from acorn.jobs.services import cancel_job
from acorn.jobs.types import JobState
from acorn.tenancy.models import TenantSetting
from tests.factories.vendors import ACTOR, make_connection
from tests.support.jobs import run_due_jobs
from tests.support.processes import end_of, in_a_process_of_its_own
from tests.support.simulator import World
from tests.vendors.conftest import TASK, Shelf
from vendors import services
from vendors.models import Connection, Exchange, SyncCursor, SyncRun, SyncStep, SyncWindow
from vendors.services import pulling
from vendors.types import Health, PageCounts, SyncState


def start(connection: Connection, **more: Any) -> tuple[SyncRun, Job]:
    run = services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now(), **more)
    return run, Job.objects.get(name=TASK, dedupe_key=f"step:{run.steps.get().pk}", state=JobState.QUEUED)


def finish(run: SyncRun) -> SyncRun:
    run_due_jobs(hurry=True)
    return SyncRun.objects.get(pk=run.pk)


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Counter:
    """Calls `action` the nth time it is called itself."""

    def __init__(self, nth: int, action: Any) -> None:
        self.left, self.action = nth, action

    def __call__(self, *_: Any, **__: Any) -> None:
        self.left -= 1
        if self.left == 0:
            self.action()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["after_the_answer", "inside_the_transaction", "between_two_pages"])
def test_a_worker_killed_at_any_line_loses_and_doubles_nothing(
    connection: Connection, world: World, shelf: Shelf, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each order is a row under a unique key; `times` in it counts how often a committed page brought it."""
    shelf.page_size = 3

    def ingest(page: services.PulledPage) -> PageCounts:
        rows = page.payload["orders"]
        for order in rows:
            TenantSetting.objects.create(key=f"{page.raw_document_id}:{order['purchaseOrderNumber']}", value=1)
        if where == "inside_the_transaction":
            killer()
        return PageCounts(len(rows), len(rows), 0, 0)

    killer = Counter(10, kill_me)
    monkeypatch.setattr(Shelf, "ingest", lambda self, page: ingest(page))
    if where == "after_the_answer":
        store = pulling.store_raw
        monkeypatch.setattr(pulling, "store_raw", lambda *args, **kwargs: (killer(), store(*args, **kwargs))[1])
    elif where == "between_two_pages":
        position = pulling._Pull._position
        monkeypatch.setattr(pulling._Pull, "_position", lambda *args: (killer(), position(*args))[1])
    run, job = start(connection)

    assert end_of(in_a_process_of_its_own(lambda: execute(job.pk))) == -signal.SIGKILL
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    committed = TenantSetting.objects.count()
    killer.left = 0

    with time_machine.travel(clock.now() + timedelta(seconds=settings.JOBS_LEASE_SECONDS + 1)):
        sweep()
    assert finish(run).state == SyncState.SUCCEEDED

    stored = [key.split(":")[1] for key in TenantSetting.objects.values_list("key", flat=True)]
    created = list(SyncWindow.objects.filter(axis="created"))
    assert len(set(stored)) == 40
    assert TenantSetting.objects.count() == run.steps.get().counts["seen"], "counts tell what was committed, once"
    assert committed <= run.steps.get().counts["seen"]
    assert sum(window.rows for window in SyncWindow.objects.all()) == run.steps.get().counts["seen"]
    assert len({(window.starts_at, window.ends_at) for window in created}) == len(created), "no window proven twice"


def test_a_broker_that_lost_everything_is_made_good_by_the_sweep(connection: Connection, shelf: Shelf) -> None:
    run, job = start(connection)
    Job.objects.filter(pk=job.pk).update(published_at=clock.now())
    store = pulling.gateway.calls._store(settings.REDIS_URL)
    store.flushdb()
    cache.clear()
    shelf.before_page = Counter(5, store.flushdb)  # and again mid-way: tokens and quotas are gone, too

    with time_machine.travel(clock.now() + timedelta(seconds=settings.JOBS_REPUBLISH_SECONDS + 1)):
        sweep()
        job.refresh_from_db()
        assert job.published_at is not None
        assert clock.now() - job.published_at < timedelta(seconds=5)

    assert finish(run).state == SyncState.SUCCEEDED
    assert len(shelf.orders) == 40


def test_a_task_that_runs_twice_does_its_work_once(connection: Connection, shelf: Shelf) -> None:
    run, job = start(connection)
    assert execute(job.pk) is True
    before = (SyncWindow.objects.count(), RawDocument.objects.count(), dict(shelf.times))

    assert execute(job.pk) is False
    services.pull(JobRun(job, "whatever"), sync_step_id=run.steps.get().pk, axes=[], ingest=shelf.ingest)

    assert (SyncWindow.objects.count(), RawDocument.objects.count(), dict(shelf.times)) == before


def test_a_worker_taken_for_dead_writes_nothing_when_it_comes_back(
    connection: Connection, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hangs in a call so long that its Job is given to another; then its answer arrives after all."""
    run, job = start(connection)
    fetch = pulling._Pull._fetch

    def steal() -> None:
        Job.objects.filter(pk=job.pk).update(lease_token="another worker")

    theft = Counter(7, steal)
    monkeypatch.setattr(pulling._Pull, "_fetch", lambda *args: (theft(), fetch(*args))[1])

    assert execute(job.pk) is True

    step = SyncStep.objects.get()
    assert step.windows_done == len(shelf.windows) == 6
    assert SyncWindow.objects.count() == 6
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    assert finish(run).state == SyncState.SUCCEEDED
    assert len(shelf.orders) == 40


def test_two_runs_of_one_resource_go_one_after_the_other(connection: Connection, shelf: Shelf) -> None:
    first, job = start(connection)
    seen: list[SyncRun] = []

    def ask_again() -> None:
        second, waiting = start(connection)
        assert second.pk != first.pk, "one that runs may have passed what changed just now"
        assert services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now()).pk == second.pk
        scheduled = services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now(), is_scheduled=True)
        assert scheduled.pk == first.pk
        execute(waiting.pk)
        waiting.refresh_from_db()
        assert (waiting.state, waiting.message_code) == (JobState.QUEUED, "vendors.sync_waits")
        assert waiting.attempts == 0
        assert waiting.due_at > clock.now()
        seen.append(second)

    shelf.before_page = Counter(3, ask_again)
    execute(job.pk)

    second_job = Job.objects.get(dedupe_key=f"step:{seen[0].steps.get().pk}")
    assert second_job.due_at <= clock.now(), "the end of the first wakes the second"
    assert finish(first).state == finish(seen[0]).state == SyncState.SUCCEEDED


def test_a_dead_token_reads_the_window_again_in_halves(connection: Connection, world: World, shelf: Shelf) -> None:
    shelf.page_size = 1
    world.add_fault("dead_token", times=4)

    run = finish(start(connection)[0])

    assert run.state == SyncState.SUCCEEDED
    assert len(shelf.orders) == 40
    lengths = {window.ends_at - window.starts_at for window in SyncWindow.objects.all()}
    assert any(length <= timedelta(days=3.5) for length in lengths)
    assert max(lengths) == timedelta(days=7)


def test_tokens_that_always_die_end_the_run_and_say_so(connection: Connection, world: World, shelf: Shelf) -> None:
    shelf.page_size = 1
    world.make_orders(3)  # in one instant: no window is short enough for one page
    world.add_fault("dead_token", times=None)

    run = finish(start(connection)[0])

    assert run.state == SyncState.FAILED
    assert [error["code"] for error in run.errors] == ["vendors.token_died"]
    cursor = SyncCursor.objects.filter(axis="created").first()
    covered = SyncWindow.objects.filter(axis="created").order_by("-ends_at").first()
    assert (cursor and cursor.proven_until) == (covered and covered.ends_at), "the cursor stays on proven ground"


def test_revoked_credentials_end_the_run_and_call_for_a_person(
    connection: Connection, world: World, shelf: Shelf
) -> None:
    world.add_fault("lwa_invalid_grant")

    run = finish(start(connection)[0])

    assert run.state == SyncState.FAILED
    assert [error["code"] for error in run.errors] == ["vendors.auth_revoked"]
    connection.refresh_from_db()
    assert (connection.health, connection.health_code) == (Health.FAILING, "vendors.auth_revoked")
    with time_machine.travel(clock.now() + timedelta(seconds=10)):  # the shared refusal is forgotten
        assert finish(start(connection)[0]).state == SyncState.SUCCEEDED
    connection.refresh_from_db()
    assert (connection.health, connection.health_code) == (Health.OK, "")


def test_trouble_that_lasts_ends_the_run_without_moving_the_cursor(
    connection: Connection, world: World, shelf: Shelf
) -> None:
    world.add_fault("error_500", operation="getPurchaseOrders", times=None)

    run = finish(start(connection)[0])

    assert run.state == SyncState.FAILED
    assert not SyncCursor.objects.exists()
    assert Exchange.objects.filter(error_class="Unavailable").count() == 8, "every attempt was recorded"
    assert run.errors[0]["code"] == "vendors.unavailable"


def test_a_cancelled_job_does_not_block_the_next_sync(connection: Connection, shelf: Shelf) -> None:
    first, job = start(connection)
    shelf.before_page = Counter(3, lambda: cancel_job(public_id=job.public_id, actor=ACTOR))
    execute(job.pk)
    assert len(shelf.windows) == 3

    second = finish(start(connection)[0])

    first.refresh_from_db()
    assert (first.state, first.errors[0]["code"]) == (SyncState.FAILED, "vendors.sync_stopped")
    assert second.state == SyncState.SUCCEEDED
    assert len(shelf.orders) == 40


def test_a_long_pull_passes_on_after_its_time(
    connection: Connection, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "LONGEST_JOB_SECONDS", 0.05)
    shelf.page_size = 2

    run = finish(start(connection)[0])

    assert run.state == SyncState.SUCCEEDED
    assert Job.objects.filter(name=TASK).count() > 2
    assert len(shelf.orders) == 40
    assert sum(window.rows for window in SyncWindow.objects.all()) == run.counts["seen"]


def test_findings_make_the_run_partial(connection: Connection, shelf: Shelf) -> None:
    shelf.finding = "answer.outside_window"

    run = finish(start(connection)[0])

    assert run.state == SyncState.PARTIAL
    assert [(error["code"], error["count"] > 1) for error in run.errors] == [("answer.outside_window", True)]
    connection.refresh_from_db()
    assert connection.health == Health.OK


def test_environments_do_not_mix(connection: Connection, world: World, shelf: Shelf, settings: Any) -> None:
    settings.LWA_TOKEN_URL = "http://127.0.0.1:9/token"
    settings.SPAPI_ENDPOINTS = {region: f"http://127.0.0.1:9/{region}" for region in ("NA", "EU", "FE")}
    real = make_connection(world, environment="PRODUCTION")

    result = services.test_connection(public_id=real.public_id, actor=ACTOR, now=clock.now())

    assert (result.is_ok, result.code) == (False, "vendors.network")
    assert world.request_counts() == {}
    assert {exchange.environment for exchange in Exchange.objects.all()} == {"PRODUCTION"}
