"""The pull loop against the real simulator: laws 1 and 2, attacked."""

import itertools
import time
from typing import Any

import pytest

from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.files.models import RawDocument
from acorn.jobs.models import Job
from tests.factories.vendors import ACTOR
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from tests.vendors.conftest import TASK, Shelf
from vendors import services
from vendors.models import Connection, Exchange, SyncCursor, SyncRun, SyncStep, SyncWindow
from vendors.spapi import rates
from vendors.types import Health, SyncState


def sync(connection: Connection, **more: Any) -> SyncRun:
    run = services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now(), **more)
    run_due_jobs(hurry=True)
    run.refresh_from_db()
    return run


def test_first_sync_reads_six_months_and_proves_it(connection: Connection, world: World, shelf: Shelf) -> None:
    run = sync(connection)

    assert run.state == SyncState.SUCCEEDED
    assert run.errors == []
    assert len(shelf.orders) == 40
    assert run.counts["new"] == 40
    step = SyncStep.objects.get()
    assert step.windows_done == step.windows_total == SyncWindow.objects.count()
    assert step.position == {}
    assert {cursor.proven_until for cursor in SyncCursor.objects.all()} == {step.until}
    assert RawDocument.objects.count() == Exchange.objects.filter(operation="getPurchaseOrders").count()
    connection.refresh_from_db()
    assert connection.health == Health.OK
    covered = SyncWindow.objects.filter(axis="created").order_by("starts_at")
    assert all(after.starts_at < before.ends_at for before, after in itertools.pairwise(covered))


def test_second_sync_reads_only_what_is_new(connection: Connection, world: World, shelf: Shelf) -> None:
    sync(connection)
    numbers = world.make_orders(2)
    world.change(shelf.open_order(), "quantity")

    run = sync(connection)

    assert run.counts["new"] == 2
    assert run.counts["changed"] == 1
    assert set(numbers) <= set(shelf.orders)
    assert SyncStep.objects.order_by("id").last().windows_done == 2  # type: ignore[union-attr]


def test_each_page_with_rows_has_one_audit_event(connection: Connection, shelf: Shelf) -> None:
    sync(connection)

    pages = AuditEvent.objects.filter(code="vendors.page_pulled")
    assert sum(event.params["seen"] for event in pages) == sum(shelf.times.values())


@pytest.mark.parametrize(
    "kind",
    [
        "throttled",
        "error_500",
        "error_503_html",
        "not_json",
        "truncated_json",
        "reset_before",
        "reset_after",
        "cut_body",
        "empty_page",
        "dead_token",
        "lwa_server_error",
    ],
)
def test_faults_lose_nothing(connection: Connection, world: World, shelf: Shelf, kind: str) -> None:
    world.add_fault(kind, times=3)

    run = sync(connection)

    assert run.state == SyncState.SUCCEEDED
    assert len(shelf.orders) == 40


def test_our_own_share_of_the_quota_is_waited_for_in_place(
    connection: Connection, world: World, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A used-up bucket costs a moment's wait, no trip through the Job table and no 429."""
    monkeypatch.setitem(rates.PUBLISHED, "getPurchaseOrders", rates.Plan(25, 10))
    world.post("throttle", rate=25, burst=10)
    started = time.monotonic()

    run = sync(connection)

    assert run.state == SyncState.SUCCEEDED
    assert time.monotonic() - started > 1
    assert Job.objects.get(name=TASK).attempts == 1
    assert not Exchange.objects.filter(status=429).exists()
