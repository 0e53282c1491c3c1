"""Sign in, list, page to the end: the road everything else stands on."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulator.client import ORDERS, STATUS, Client, moment, sign_in
from tests.support.simulator import RunningSimulator, World


def test_first_sign_in_makes_a_world_with_a_history(simulator: RunningSimulator) -> None:
    world = simulator.world("made-on-first-use")

    assert sign_in(world).status_code == 200

    assert sum(world.get()["orders"].values()) == 40


def test_paging_shows_each_order_once(make_world: Callable[..., World]) -> None:
    client = Client(make_world(settings={"orders": 25}))

    for path in (ORDERS, STATUS):
        seen, token = [], None
        while True:
            payload = client.payload(path, limit=10, **({"nextToken": token} if token else {}))
            seen += [row["purchaseOrderNumber"] for row in payload["ordersStatus" if path == STATUS else "orders"]]
            token = payload.get("pagination", {}).get("nextToken")
            if token is None:
                break
        assert len(seen) == len(set(seen)) == 25


def test_a_new_order_is_in_the_window_of_its_arrival(client: Client, world: World) -> None:
    before = moment(seconds=5)
    numbers = world.make_orders(3)

    found = client.numbers(createdAfter=before, createdBefore=moment(seconds=-5))

    assert sorted(found) == sorted(numbers)
    assert client.numbers(createdAfter=moment(days=3), createdBefore=before) == []
