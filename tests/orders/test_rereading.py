"""What Amazon does to an order without calling it a change: found by its status, read by its number."""

from datetime import timedelta
from typing import Any

import pytest

from acorn.core import clock
from acorn.jobs.models import Job
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from orders.models import PurchaseOrder, PurchaseOrderChange, PurchaseOrderVersion
from orders.services.stale import StatusMove, ask_again
from orders.types import ACKNOWLEDGE, READ_AGAIN
from tests.factories.vendors import make_connection
from tests.orders.test_tasks import sync
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from vendors.models import Connection, Exchange


@pytest.fixture
def connection(tenant: Tenant, world: World) -> Connection:
    world.post("throttle", rate=1000, burst=1000)
    return make_connection(world)


def known_order(world: World, connection: Connection) -> str:
    """A new order that is stored, and older than the hour that each sync reads again."""
    (number,) = world.make_orders()
    world.post("clock", advance_seconds=7200)
    sync(connection)
    sync(connection)
    return number


def state(number: str) -> str:
    return PurchaseOrder.objects.get(number=number).amazon_state


def asked() -> list[list[int]]:
    return [job.args["order_ids"] for job in Job.objects.filter(name=READ_AGAIN).order_by("id")]


def test_a_first_sync_reads_no_order_twice(connection: Connection) -> None:
    sync(connection)

    assert asked() == []
    assert not Exchange.objects.filter(operation="getPurchaseOrder").exists()


def test_an_order_that_amazon_closes_unanswered_leaves_today(connection: Connection, world: World) -> None:
    number = known_order(world, connection)
    order = PurchaseOrder.objects.get(number=number)
    open_items = WorkItem.objects.filter(kind=ACKNOWLEDGE, dedupe_key=order.public_id, closed_at=None)
    assert open_items.exists()
    world.post(f"orders/{number}/close")

    sync(connection)

    assert state(number) == "Closed"
    assert not open_items.exists()
    assert [change.field for change in PurchaseOrderChange.objects.filter(order=order)] == ["amazon_state"]
    assert PurchaseOrderVersion.objects.filter(order=order).count() == 2


def test_an_order_that_came_a_day_late_is_watched_too(connection: Connection, world: World) -> None:
    """What Amazon placed long before it showed it has a status older than any window of ours, until something happens."""
    numbers = [known_order(world, connection) for _ in range(4)]
    for number in numbers:
        world.post(f"orders/{number}/answer", all="accept")

    sync(connection)

    assert {state(number) for number in numbers} == {"Acknowledged"}


def test_what_was_answered_elsewhere_is_acknowledged_here_too(connection: Connection, world: World) -> None:
    number = known_order(world, connection)
    world.post(f"orders/{number}/answer", all="accept")

    sync(connection)

    assert state(number) == "Acknowledged"


def test_a_closed_order_is_not_read_again(connection: Connection, world: World) -> None:
    number = known_order(world, connection)
    world.post(f"orders/{number}/close")
    sync(connection)
    before = len(asked())

    sync(connection)  # its status still lies in the hour that is read twice

    assert len(asked()) == before


@pytest.mark.parametrize("kind", ["throttled", "error_500", "reset_before", "cut_body", "truncated_json"])
def test_a_fault_on_the_way_delays_it(connection: Connection, world: World, kind: str) -> None:
    numbers = [known_order(world, connection) for _ in range(3)]
    for number in numbers:
        world.post(f"orders/{number}/close")
    world.add_fault(kind, operation="getPurchaseOrder", skip=1, times=2)

    sync(connection)
    run_due_jobs(hurry=True)

    assert {state(number) for number in numbers} == {"Closed"}
    read = Exchange.objects.filter(operation="getPurchaseOrder", status=200, error_class="")
    assert read.count() == 3  # none twice


def test_an_order_that_amazon_no_longer_shows_stays_as_it_is(connection: Connection, world: World) -> None:
    number = known_order(world, connection)
    order = PurchaseOrder.objects.get(number=number)
    PurchaseOrder.objects.filter(pk=order.pk).update(number="0UNKNOWN")

    ask_again(connection, [StatusMove(order, None)])
    run_due_jobs(hurry=True)

    assert state("0UNKNOWN") == order.amazon_state
    assert Job.objects.get(name=READ_AGAIN).state == "SUCCEEDED"


@pytest.mark.parametrize(("minutes", "again"), [(-10, False), (-4, True), (10, True), (None, True)])
def test_a_real_order_that_was_read_since_is_left_alone(
    connection: Connection, world: World, minutes: int | None, again: bool
) -> None:
    number = known_order(world, connection)
    Connection.objects.filter(pk=connection.pk).update(environment="PRODUCTION")
    real: Any = Connection.objects.get(pk=connection.pk)
    order = PurchaseOrder.objects.get(number=number)
    moved = None if minutes is None else order.last_seen_at + timedelta(minutes=minutes)

    ask_again(real, [StatusMove(order, moved)])

    assert asked() == ([[order.pk]] if again else [])
    assert order.last_seen_at <= clock.now()
