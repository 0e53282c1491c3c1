"""A simulated world's clock on the product's side: heard, kept, and reckoned by; real connections keep real time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from acorn.core import clock
from acorn.jobs.models import Job
from acorn.jobs.types import JobState
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from tests.vendors.conftest import Shelf
from tests.vendors.test_pulling import sync
from vendors import gateway, selectors, services
from vendors.gateway import clocks
from vendors.models import Connection, SyncCursor, SyncStep
from vendors.services import pulling
from vendors.spapi.endpoints import Environment
from vendors.spapi.exchange import ExchangeRecord
from vendors.spapi.marketplaces import Region
from vendors.types import SyncState

DAY = 86_400


def read(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def world_now(connection: Connection) -> datetime:
    return selectors.now_at(read(connection), clock.now())


def near(left: datetime, right: datetime) -> bool:
    return abs(left - right) < timedelta(seconds=5)


# --- hearing it -------------------------------------------------------------------------------------------------------


def call(connection: Connection, **headers: str) -> ExchangeRecord:
    return ExchangeRecord(
        Environment(connection.environment), Region.NA, "VG", "getPurchaseOrders", "GET", "https://x", {}, b"", 200,
        {name.replace("_", "-"): value for name, value in headers.items()}, b"", "", clock.now(), 10, "", "", "", None,
    )  # fmt: skip


@pytest.mark.parametrize("environment", ["PRODUCTION", "SANDBOX"])
def test_amazon_itself_is_not_asked_for_the_time(connection: Connection, environment: str) -> None:
    Connection.objects.filter(pk=connection.pk).update(environment=environment)
    real = read(connection)

    clocks.hear(real, call(real, **{"X-Simulator-Clock": "2031-01-01T00:00:00.000Z; rate=60; epoch=9"}))

    assert (read(connection).clock_real_at, read(connection).clock) == (None, None)
    now = clock.now()
    assert selectors.now_at(read(connection), now) == now


def test_a_clock_on_the_row_of_a_real_connection_counts_for_nothing(connection: Connection) -> None:
    now = clock.now()
    Connection.objects.filter(pk=connection.pk).update(
        environment="PRODUCTION", clock_real_at=now, clock_world_at=now + timedelta(days=90), clock_rate=60
    )

    assert selectors.now_at(read(connection), now) == now
    assert selectors.real_at(read(connection), now) == now
    assert selectors.read_clocks().now_at(connection.pk, now) == now


def test_the_first_answer_sets_the_clock_and_the_same_time_writes_nothing(
    connection: Connection, world: World, django_assert_num_queries: Any
) -> None:
    gateway.client_for(connection).get_purchase_orders(limit=1)
    heard = read(connection)
    assert heard.clock is not None
    assert near(world_now(connection), clock.now())
    assert near(heard.connected_at, heard.created_at)
    assert not Job.objects.filter(name="vendors.follow_clock").exists()

    again = call(heard, **{"x-simulator-clock": f"{clock.now():%Y-%m-%dT%H:%M:%S}Z; rate=1; epoch={heard.clock_epoch}"})
    with django_assert_num_queries(0):
        clocks.hear(heard, again)


def test_a_jump_is_heard_and_told_once(connection: Connection, world: World) -> None:
    client = gateway.client_for(connection)
    client.get_purchase_orders(limit=1)
    world.post("clock", advance_seconds=30 * DAY, rate=60)

    client.get_purchase_orders(limit=1)
    client.get_purchase_orders(limit=1)

    assert timedelta(days=30) <= world_now(connection) - clock.now() < timedelta(days=31)
    assert connection.clock == read(connection).clock
    assert near(read(connection).connected_at, connection.created_at)  # it was connected before the jump
    assert Job.objects.filter(name="vendors.follow_clock", state=JobState.QUEUED).count() == 1


def test_a_connection_to_another_time_was_made_at_that_time(connection: Connection, world: World) -> None:
    world.post("clock", now="2026-06-01T00:00:00Z", rate=0)

    gateway.client_for(connection).get_purchase_orders(limit=1)

    assert read(connection).connected_at == datetime(2026, 6, 1, tzinfo=UTC)


def test_the_test_of_a_connection_asks_at_its_own_time(connection: Connection, world: World) -> None:
    world.post("clock", advance_seconds=30 * DAY)
    for _ in range(2):
        assert services.test_connection(public_id=connection.public_id, actor=pulling._ACTOR, now=clock.now()).is_ok

    asked = world.get("requests")["requests"][0]["query"]
    assert f"createdBefore={world_now(connection):%Y-%m-%d}" in asked


# --- syncs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [60 * DAY, -60 * DAY])
def test_a_first_sync_finds_the_half_year_before_that_time(
    connection: Connection, world: World, shelf: Shelf, seconds: int
) -> None:
    world.post("clock", advance_seconds=seconds)
    numbers = world.make_orders(3)
    listed = {order["number"] for order in world.get("orders", limit=1000)["orders"]}

    run = sync(connection)

    assert run.state == SyncState.SUCCEEDED
    assert set(numbers) <= set(shelf.orders) <= listed
    assert {cursor.proven_until for cursor in SyncCursor.objects.all()} == {SyncStep.objects.get().until}
    assert near(SyncStep.objects.get().until, world_now(connection))
    if seconds < 0:
        assert set(shelf.orders) == listed


def test_a_clock_set_forward_between_syncs(connection: Connection, world: World, shelf: Shelf) -> None:
    sync(connection)
    world.post("clock", advance_seconds=20 * DAY)
    numbers = world.make_orders(2)
    world.post("clock", advance_seconds=20 * DAY)
    later = world.make_orders(2)

    run = sync(connection)

    assert run.state == SyncState.SUCCEEDED
    assert {*numbers, *later} <= set(shelf.orders)
    assert run.counts["new"] == 4


def test_a_clock_set_back_loses_nothing_and_crashes_nothing(connection: Connection, world: World, shelf: Shelf) -> None:
    world.post("clock", advance_seconds=40 * DAY)
    sync(connection)
    world.post("clock", advance_seconds=-30 * DAY)
    early = world.make_orders(2)  # dated before what is proven, on ground that was read without them
    world.post("clock", advance_seconds=90 * DAY)
    late = world.make_orders(2)
    changed = shelf.open_order()
    world.change(changed, "quantity")

    run = sync(connection)

    assert run.state == SyncState.SUCCEEDED
    assert {*early, *late} <= set(shelf.orders)
    assert shelf.orders[changed] == world.order(changed)["document"]
    assert sync(connection).state == SyncState.SUCCEEDED


def test_a_clock_set_back_in_the_middle_of_a_pull(connection: Connection, world: World, shelf: Shelf) -> None:
    turned: list[str] = []

    def turn(page: services.PulledPage) -> None:
        if len(shelf.windows) == 3 and not turned:
            world.post("clock", advance_seconds=-50 * DAY)
            turned.extend(world.make_orders(2))

    shelf.before_page = turn
    run = sync(connection)

    assert run.state == SyncState.SUCCEEDED
    assert set(shelf.orders) == {order["number"] for order in world.get("orders", limit=1000)["orders"]}
    assert set(turned) <= set(shelf.orders)
    assert near(SyncCursor.objects.get(axis="created").proven_until, world_now(connection))


def test_a_page_that_was_read_before_the_clock_went_back_proves_nothing(
    connection: Connection, world: World, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker hears of it after this one has fetched its page and before it stores it."""
    sync(connection)
    step = SyncStep.objects.get()
    Connection.objects.filter(pk=connection.pk).update(clock_epoch=7)
    SyncCursor.objects.all().delete()
    pull = pulling._Pull(None, step, [], shelf.ingest, None)  # type: ignore[arg-type]
    assert pull._is_still_true()

    Connection.objects.filter(pk=connection.pk).update(clock_epoch=8)

    assert not pull._is_still_true()


def test_a_clock_that_stands_hides_nothing(connection: Connection, world: World, shelf: Shelf) -> None:
    world.post("clock", rate=0)
    for _ in range(2):
        numbers = world.make_orders(2)
        sync(connection)
        assert set(numbers) <= set(shelf.orders)

    world.change(numbers[0], "quantity")
    sync(connection)

    assert shelf.orders[numbers[0]] == world.order(numbers[0])["document"]


def test_a_reset_world_is_read_again(connection: Connection, world: World, shelf: Shelf) -> None:
    sync(connection)
    world.post("reset")

    sync(connection)

    assert set(shelf.times.values()) >= {2}
    assert min(shelf.times.values()) >= 2


@pytest.mark.parametrize("rate", [600, 10_000])
def test_a_fast_clock_is_kept_up_with(connection: Connection, world: World, shelf: Shelf, rate: int) -> None:
    world.post("clock", rate=rate)

    for _ in range(3):
        numbers = world.make_orders(2)
        for _ in range(2):
            assert sync(connection).state == SyncState.SUCCEEDED

    assert set(numbers) <= set(shelf.orders)
    assert shelf.orders.keys() == {order["number"] for order in world.get("orders", limit=1000)["orders"]}


# --- the schedule -----------------------------------------------------------------------------------------------------


def scheduled(connection: Connection) -> tuple[int, float]:
    """The interval of its syncs, and in how many seconds the next one is due."""
    job = Job.objects.get(name=services.SYNC_TASK, state=JobState.QUEUED, args__connection_id=connection.pk)
    return job.repeat_seconds or 0, (job.due_at - clock.now()).total_seconds()


def test_scheduled_syncs_follow_the_clock(connection: Connection, world: World, shelf: Shelf) -> None:
    assert scheduled(connection)[0] == settings.SYNC_INTERVAL_SECONDS

    world.post("clock", rate=90)
    sync(connection)
    interval, due_in = scheduled(connection)
    assert interval == settings.SYNC_INTERVAL_SECONDS // 90
    assert due_in <= interval

    world.post("clock", rate=1)
    sync(connection)
    assert scheduled(connection)[0] == settings.SYNC_INTERVAL_SECONDS


def test_an_archived_connection_is_not_woken(connection: Connection, world: World) -> None:
    world.post("clock", rate=60)
    gateway.client_for(connection).get_purchase_orders(limit=1)
    services.archive(public_id=connection.public_id, actor=pulling._ACTOR, now=clock.now())

    run_due_jobs(hurry=True)

    assert not Job.objects.filter(name=services.SYNC_TASK, state=JobState.QUEUED).exists()
