"""A world's own clock: told with each answer, set forward, set back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.simulator.client import ACKNOWLEDGEMENTS, ORDERS, STATUS, Client, sign_in
from tests.simulator.documents import acknowledgement
from tests.support.simulator import World

_HEADER = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z); rate=(\d+(?:\.\d+)?); epoch=(\d+)")


def told(answer: requests.Response) -> tuple[datetime, float, int]:
    """The clock of an answer: instant, rate, epoch."""
    match = _HEADER.fullmatch(answer.headers["x-simulator-clock"])
    assert match
    return datetime.fromisoformat(match[1]), float(match[2]), int(match[3])


def test_each_answer_says_what_time_it_is(world: World, client: Client) -> None:
    world.post("clock", now="2026-06-01T00:00:00Z", rate=0)
    number = world.make_orders(1)[0]
    world.add_fault("error_500", operation="getPurchaseOrders")

    answers = [
        sign_in(world),
        sign_in(world, client_secret="wrong"),
        client.get(ORDERS),
        client.get(ORDERS),
        client.get(f"{ORDERS}/{number}"),
        client.get(STATUS, createdAfter="nonsense"),
        client.post(ACKNOWLEDGEMENTS, {}),
        client.get(f"{ORDERS}/MISSING1"),
    ]

    assert [answer.status_code for answer in answers] == [200, 401, 500, 200, 200, 400, 400, 404]
    assert {told(answer)[:2] for answer in answers} == {(datetime(2026, 6, 1, tzinfo=UTC), 0.0)}


def test_a_new_world_keeps_real_time(client: Client) -> None:
    at, rate, _ = told(client.get(ORDERS))

    assert rate == 1
    assert abs(at - datetime.now(UTC)) < timedelta(seconds=2)


def test_strangers_learn_no_time(world: World) -> None:
    answer = requests.get(f"{world.simulator.url}{ORDERS}", headers={"x-amz-access-token": "Atza|no"}, timeout=10)

    assert answer.status_code == 403
    assert "x-simulator-clock" not in answer.headers


def test_only_a_clock_set_back_begins_a_new_epoch(world: World, client: Client) -> None:
    def epoch() -> int:
        return told(client.get(ORDERS))[2]

    first = epoch()
    world.post("clock", advance_seconds=86_400)
    world.post("clock", rate=50)
    world.post("clock", rate=0)
    assert epoch() == first

    world.post("clock", advance_seconds=-60)
    second = epoch()
    world.post("reset")

    assert first < second < told(sign_in(world))[2]


def test_a_clock_set_back_undoes_nothing(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"acknowledgement_delay_seconds": 60})
    client = Client(world)
    world.post("clock", now="2026-06-30T00:00:00Z", rate=0)
    answered, waiting = world.make_orders(2)
    client.acknowledge(acknowledgement(client.order(answered)))
    world.post("clock", advance_seconds=61)
    world.change(answered, "window", days=2)
    transaction = client.acknowledge(acknowledgement(client.order(waiting)))

    world.post("clock", now="2026-06-01T00:00:00Z")

    assert client.order(answered)["purchaseOrderState"] == "Acknowledged"
    assert client.order(answered)["orderDetails"]["purchaseOrderChangedDate"] == "2026-06-01T00:00:00Z"
    assert client.status(answered)["lastUpdatedDate"] == "2026-06-01T00:00:00.000Z"
    assert client.transaction(transaction)["status"] == "Processing"
    window = {"updatedAfter": "2026-05-31T23:59:00Z", "updatedBefore": "2026-06-01T00:01:00Z"}
    assert set(client.numbers(STATUS, **window)) == {answered, waiting}

    world.post("clock", advance_seconds=61)
    assert client.order(waiting)["purchaseOrderState"] == "Acknowledged"


def test_orders_go_on_arriving_after_a_clock_was_set_back(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"arrivals_per_hour": 2})
    world.post("clock", advance_seconds=20 * 86_400)
    world.post("clock", advance_seconds=-20 * 86_400)
    before = world.get("orders")["total"]

    world.post("clock", advance_seconds=86_400)

    assert world.get("orders")["total"] > before + 20


@pytest.mark.parametrize("rate", [0.5, 10_000])
def test_the_rate_is_told_as_it_is(world: World, client: Client, rate: float) -> None:
    world.post("clock", rate=rate)

    assert told(client.get(ORDERS))[1] == rate
