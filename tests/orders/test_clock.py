"""Orders of a world that keeps another time: what is history, when an answer is due, and what a page says about it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from acorn.core import clock
from acorn.core.actor import Actor
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from dashboard.selectors import today_figures
from orders.models import Finding, PurchaseOrder
from orders.selectors import tell_real_time
from orders.services import follow_clock
from orders.types import ACKNOWLEDGE
from tests.factories.accounts import make_member, signed_in
from tests.factories.orders import make_answer
from tests.factories.vendors import make_connection
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from vendors import services
from vendors.models import Connection, Submission

DAY = timedelta(days=1)
SOON = timedelta(seconds=20)


@pytest.fixture(autouse=True)
def _no_quota(world: World) -> None:
    world.post("throttle", rate=1000, burst=1000)


def sync(connection: Connection) -> None:
    run = services.start_sync(connection_id=connection.pk, actor=Actor.system("test"), now=clock.now())
    run_due_jobs(hurry=True)
    run.refresh_from_db()
    assert run.state == "SUCCEEDED"


def advance(world: World, delta: timedelta, **more: Any) -> None:
    world.post("clock", advance_seconds=delta.total_seconds(), **more)


def item_of(order: PurchaseOrder) -> WorkItem:
    return WorkItem.objects.get(kind=ACKNOWLEDGE, dedupe_key=order.public_id, closed_at=None)


def test_a_deadline_on_today_is_real_and_the_orders_own_is_not(tenant: object, world: World) -> None:
    advance(world, 100 * DAY, rate=60)
    (number,) = world.make_orders()
    connection = make_connection(world)
    sync(connection)
    order = PurchaseOrder.objects.get(number=number)

    assert order.deadline_at == order.ordered_at + DAY
    assert order.ordered_at > clock.now() + 90 * DAY
    real = item_of(order).deadline_at
    assert real is not None
    assert abs(real - clock.now()) < DAY / 60 + SOON
    tell_real_time([order])
    assert order.real_deadline_at is not None
    assert abs(order.real_deadline_at - real) < SOON


def test_a_jump_of_the_clock_moves_the_deadlines_of_what_is_open(tenant: object, world: World) -> None:
    (number,) = world.make_orders()
    connection = make_connection(world)
    sync(connection)
    order = PurchaseOrder.objects.get(number=number)
    before = item_of(order).deadline_at
    assert before is not None
    assert order.deadline_at is not None
    assert abs(before - order.deadline_at) < SOON

    advance(world, timedelta(hours=20))
    sync(connection)
    after = item_of(order).deadline_at
    assert after is not None
    assert abs(before - timedelta(hours=20) - after) < SOON

    advance(world, timedelta(hours=-20), rate=0)
    sync(connection)
    assert item_of(order).deadline_at is None  # a clock that stands never gets there
    assert WorkItem.objects.filter(kind=ACKNOWLEDGE, dedupe_key=order.public_id).count() == 1


def test_deadlines_of_real_connections_stay_when_a_simulated_clock_moves(tenant: object, world: World) -> None:
    (number,) = world.make_orders()
    connection = make_connection(world)
    sync(connection)
    order = PurchaseOrder.objects.get(number=number)
    item = item_of(order)
    Connection.objects.filter(pk=connection.pk).update(environment="PRODUCTION")
    PurchaseOrder.objects.update(environment="PRODUCTION")
    Connection.objects.filter(pk=connection.pk).update(clock_world_at=clock.now() + 50 * DAY, clock_real_at=clock.now())

    follow_clock(connection_id=connection.pk)

    assert item_of(order).deadline_at == order.deadline_at
    assert item.deadline_at is not None


def test_what_was_answered_before_the_connection_by_its_own_clock_is_history(tenant: object, world: World) -> None:
    """The world is two months behind: what it dates before our connection is history, and what comes later is not."""
    advance(world, -60 * DAY)
    connection = make_connection(world)
    sync(connection)
    assert PurchaseOrder.objects.filter(amazon_state="Acknowledged").exists()
    assert not PurchaseOrder.objects.filter(amazon_state="Acknowledged", is_history=False).exists()

    (number,) = world.make_orders()
    world.post(f"orders/{number}/close")
    sync(connection)

    assert not PurchaseOrder.objects.get(number=number).is_history


def test_orders_from_the_future_are_not_odd(tenant: object, world: World) -> None:
    advance(world, 200 * DAY)
    numbers = world.make_orders(3)
    sync(make_connection(world))

    assert PurchaseOrder.objects.filter(number__in=numbers).count() == 3
    assert not Finding.objects.filter(code__startswith="answer.").exists()


def test_the_page_counts_down_to_the_real_instant_and_shows_the_worlds(tenant: Tenant, world: World) -> None:
    world.post("clock", now="2026-06-01T12:00:00Z", rate=0)
    (number,) = world.make_orders()
    sync(make_connection(world))
    order = PurchaseOrder.objects.get(number=number)

    browser = signed_in(make_member(tenant))
    for page in (browser.get(url).content.decode() for url in ("/orders/", f"/orders/{order.public_id}/")):
        assert "countdown" not in page
        assert f"{order.deadline_at:%Y-%m-%dT%H:%M:%SZ}" in page
    assert datetime(2026, 6, 1, tzinfo=UTC) < order.ordered_at


def test_orders_of_a_world_came_so_long_ago_as_it_is_there(tenant: Tenant, world: World) -> None:
    advance(world, -100 * DAY, rate=0)
    world.make_orders(2)
    sync(make_connection(world))
    there = clock.now() - 100 * DAY
    recent = PurchaseOrder.objects.filter(ordered_at__gte=there - 14 * DAY).count()
    assert recent >= 2

    figures = {str(figure.label): figure for figure in today_figures(now=clock.now(), zone=UTC)}

    found = figures["Orders in 14 days"]
    assert found.value == recent
    assert sum(found.trend[-2:]) >= 2


def test_an_answer_is_dated_by_the_worlds_clock(tenant: Tenant, world: World) -> None:
    world.post("clock", now="2026-06-01T12:00:00Z", rate=0)
    (number,) = world.make_orders()
    sync(make_connection(world))
    order = PurchaseOrder.objects.get(number=number)

    make_answer(order, at=clock.now())

    (said,) = json.loads(Submission.objects.get().payload)["acknowledgements"]
    assert said["acknowledgementDate"] == "2026-06-01T12:00:00Z"
