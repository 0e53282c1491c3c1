"""Usage plans: a bucket per application, selling partner and operation."""

from __future__ import annotations

from collections.abc import Callable

from simulator.plans import Plan, PlanBook
from tests.simulator.client import ORDERS, STATUS, Client
from tests.support.simulator import World


def test_the_bucket_empties_and_fills_again() -> None:
    now = [1000.0]
    book = PlanBook(lambda: now[0])

    assert [book.take("w", "getPurchaseOrders") for _ in range(11)] == [True] * 10 + [False]
    now[0] += 0.25
    assert [book.take("w", "getPurchaseOrders") for _ in range(3)] == [True, True, False]
    now[0] += 3600
    assert [book.take("w", "getPurchaseOrders") for _ in range(11)] == [True] * 10 + [False]


def test_buckets_are_apart() -> None:
    book = PlanBook(lambda: 0.0)
    book.set("w", "getPurchaseOrders", Plan(1, 1))

    assert book.take("w", "getPurchaseOrders")
    assert not book.take("w", "getPurchaseOrders")
    assert book.take("w", "getPurchaseOrder")
    assert book.take("other", "getPurchaseOrders")
    assert [book.take("w", "getTransaction") for _ in range(21)].count(True) == 20


def test_too_many_requests_are_429_without_a_rate(world: World, client: Client) -> None:
    world.post("throttle", operation="getPurchaseOrders", rate=0.001, burst=2)

    answers = [client.get(ORDERS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.001"
    assert "x-amzn-RateLimit-Limit" not in answers[2].headers
    assert answers[2].json()["errors"][0]["code"] == "QuotaExceeded"
    assert client.get(STATUS).status_code == 200


def test_one_tenants_greed_costs_no_other(make_world: Callable[..., World]) -> None:
    greedy, modest = make_world(), make_world()
    greedy.post("throttle", rate=0.001, burst=1)
    client = Client(greedy)

    assert [client.get(ORDERS).status_code for _ in range(2)] == [200, 429]
    assert Client(modest).get(ORDERS).status_code == 200
    greedy.post("throttle")
    assert client.get(ORDERS).status_code == 200
