"""A connection's health, told once and taken back."""

from datetime import timedelta

import pytest
import time_machine

from acorn.alerts.models import Alert
from acorn.audit.models import AuditEvent
from acorn.core import clock, messages
from acorn.work.models import WorkItem
from tests.factories.vendors import ACTOR, make_connection
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from tests.vendors.conftest import Shelf
from vendors import services
from vendors.errors import GroupAlreadyConnected
from vendors.models import Connection
from vendors.types import Health


def test_trouble_is_told_once_and_taken_back(connection: Connection) -> None:
    now = clock.now()
    for _ in range(2):
        services.record_health(
            connection_id=connection.pk, health=Health.FAILING, code="vendors.auth_revoked", now=now, actor=ACTOR
        )

    item = WorkItem.objects.get(closed_at=None)
    assert (item.kind, item.subject_id) == ("connection_failing", connection.public_id)
    assert connection.name in messages.render(item.code, item.params)
    alert = Alert.objects.get(resolved_at=None)
    assert (alert.times, alert.severity) == (2, "CRITICAL")

    services.record_health(connection_id=connection.pk, health=Health.OK, now=now, actor=ACTOR)

    assert not WorkItem.objects.filter(closed_at=None).exists()
    assert not Alert.objects.filter(resolved_at=None).exists()
    changes = AuditEvent.objects.filter(code__startswith="vendors.health_").order_by("id")
    assert [event.code for event in changes] == ["vendors.health_failing", "vendors.health_ok"]


def test_archiving_ends_the_trouble_and_the_schedule(connection: Connection) -> None:
    services.record_health(
        connection_id=connection.pk, health=Health.FAILING, code="vendors.auth_revoked", now=clock.now(), actor=ACTOR
    )

    services.archive(public_id=connection.public_id, actor=ACTOR, now=clock.now())

    assert not WorkItem.objects.filter(closed_at=None).exists()
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert services.SYNC_TASK not in run_due_jobs()


def test_the_schedule_syncs_every_quarter_of_an_hour(connection: Connection, shelf: Shelf) -> None:
    assert run_due_jobs() == []
    for round_number in range(1, 4):
        with time_machine.travel(clock.now() + timedelta(seconds=901 * round_number)):
            assert run_due_jobs().count(services.SYNC_TASK) == 1
    assert connection.sync_runs.filter(is_scheduled=True).count() == 3


def test_a_silent_day_after_a_busy_one_is_told(connection: Connection, world: World, shelf: Shelf) -> None:
    """Field note 17: an empty answer although orders exist."""

    def sync() -> None:
        services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now())
        run_due_jobs(hurry=True)

    sync()  # the first one reads half a year: what it finds is not of today
    world.make_orders(25)
    sync()
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        sync()
        told = Alert.objects.get(code="vendors.nothing_came")
        assert (told.resolved_at, told.params["before"]) == (None, 25)


def test_a_second_connection_of_the_group_waits_for_the_first_to_be_archived(connection: Connection) -> None:
    services.archive(public_id=connection.public_id, actor=ACTOR, now=clock.now())
    newer = make_connection(name="Newer")

    with pytest.raises(GroupAlreadyConnected):
        services.restore(public_id=connection.public_id, actor=ACTOR, now=clock.now())
    connection.refresh_from_db()
    assert connection.archived_at is not None
    services.archive(public_id=newer.public_id, actor=ACTOR, now=clock.now())
    services.restore(public_id=connection.public_id, actor=ACTOR, now=clock.now())
