"""The broker only says "look now": what it loses, the sweep finds; what it repeats, nobody does twice."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.db import connection

from acorn.core import clock
from acorn.jobs import queue
from acorn.jobs.models import Job
from acorn.jobs.run import JobRun, RetryLater, execute, sweep
from acorn.jobs.types import JobState
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from tests.factories.tenancy import make_tenant
from tests.support.jobs import temporary_task


@pytest.fixture
def ran() -> Iterator[list[int]]:
    calls: list[int] = []
    with temporary_task("test.task", lambda run, number, **_: calls.append(number)):
        yield calls


@pytest.fixture
def broker() -> Iterator[Any]:
    """The real broker, empty before and after: messages of the test's jobs can be counted and lost."""
    with current_app.connection_for_write() as link:
        client = link.default_channel.client
        client.delete("default")
        yield client
        client.delete("default")


def _messages(broker: Any, job: Job) -> int:
    """How often the broker holds "look at this job"; the sweep also publishes the platform's own."""
    bodies = [json.loads(base64.b64decode(json.loads(raw)["body"])) for raw in broker.lrange("default", 0, -1)]
    return sum(body[0] == [job.pk] for body in bodies)


@pytest.mark.django_db(transaction=True)
def test_a_job_is_published_on_commit_to_its_queue(ran: list[int], broker: Any) -> None:
    with tenant_scope(make_tenant("acme").pk):
        queue.enqueue("test.task", number=1)

    assert broker.llen("default") == 1
    assert Job.objects.get().published_at is not None


@pytest.mark.django_db(transaction=True)
def test_an_emptied_broker_loses_nothing(ran: list[int], broker: Any) -> None:
    with tenant_scope(make_tenant("acme").pk):
        job = queue.enqueue("test.task", number=1)
    broker.flushdb()

    sweep()
    assert _messages(broker, job) == 0, "published again although it may still be under way"
    with time_machine.travel(clock.now() + timedelta(seconds=settings.JOBS_REPUBLISH_SECONDS + 1)):
        sweep()

    assert _messages(broker, job) == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_stop_the_caller(ran: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app.tasks[queue.RUN_TASK], "apply_async", unreachable)
    with tenant_scope(make_tenant("acme").pk):
        job = queue.enqueue("test.task", number=1)

    job.refresh_from_db()
    assert (job.state, job.published_at) == (JobState.QUEUED, None)


@pytest.mark.django_db(transaction=True)
def test_a_noisy_tenant_has_only_its_share_under_way(ran: list[int], broker: Any) -> None:
    with tenant_scope(make_tenant("noisy").pk):
        for number in range(50):
            queue.enqueue("test.task", number=number)
    with tenant_scope(make_tenant("quiet").pk):
        quiet = queue.enqueue("test.task", number=99)

    assert broker.llen("default") == settings.JOBS_IN_FLIGHT_PER_TENANT + 1
    quiet.refresh_from_db()
    assert quiet.published_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_job_publishes_the_tenants_next(ran: list[int], broker: Any) -> None:
    with tenant_scope(make_tenant("acme").pk):
        jobs = [queue.enqueue("test.task", number=number) for number in range(settings.JOBS_IN_FLIGHT_PER_TENANT + 1)]

    execute(jobs[0].pk)

    assert broker.llen("default") == settings.JOBS_IN_FLIGHT_PER_TENANT + 1
    assert not Job.objects.filter(state=JobState.QUEUED, published_at=None).exists()


def test_a_short_wait_is_published_with_its_delay(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[dict[str, Any]] = []
    monkeypatch.setattr(current_app.tasks[queue.RUN_TASK], "apply_async", lambda **options: published.append(options))

    def busy(run: JobRun, **_: Any) -> None:
        raise RetryLater(2, "test.busy")

    with temporary_task("test.busy", busy):
        job = queue.enqueue("test.busy")
        execute(job.pk)

    assert [(options["args"], options["countdown"]) for options in published] == [((job.pk,), 2)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_racing_for_one_job_run_it_once(ran: list[int]) -> None:
    with tenant_scope(make_tenant("acme").pk):
        job = queue.enqueue("test.task", number=1)
    gate = threading.Barrier(4)
    results: list[bool] = []

    def race() -> None:
        gate.wait()
        results.append(execute(job.pk))
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [False, False, False, True]
    assert ran == [1]


def test_jobs_of_an_archived_company_wait_until_it_is_back(ran: list[int], tenant: Tenant) -> None:
    job = queue.enqueue("test.task", number=1)
    Job.objects.update(published_at=None)
    Tenant.objects.filter(pk=tenant.pk).update(archived_at=clock.now())

    assert queue.publish_due(tenant.pk) == 0
    Tenant.objects.filter(pk=tenant.pk).update(archived_at=None)
    assert queue.publish_due(tenant.pk) == 1
    assert Job.objects.get().pk == job.pk
