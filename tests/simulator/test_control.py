"""The control API beyond what the other tests use of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from tests.simulator.client import ORDERS, STATUS, Client, sign_in
from tests.support.simulator import STILL, ControlError, RunningSimulator, World, running_simulator


def test_a_world_is_described_with_its_credentials(make_world: Callable[..., World]) -> None:
    world = make_world("jp", vendor_group="987654321", vendor_codes=["KOTO1", "KOTO2"])

    found = world.get()

    assert (found["marketplace"], found["region"], found["currency"]) == ("JP", "FE", "JPY")
    assert (found["vendor_group"], found["vendor_codes"]) == ("987654321", ["KOTO1", "KOTO2"])
    assert found["client_id"] == world.client_id
    answer = sign_in(world, client_secret=found["client_secret"], refresh_token=found["refresh_token"])
    assert answer.status_code == 200


def test_any_client_id_has_a_world_of_its_own(simulator: RunningSimulator) -> None:
    for client_id in ("amzn1.application-oa2-client.0a1B2c", "my own id!", "my own id?"):
        form = {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "client_secret": "simulator-x",
            "refresh_token": "Atzr|simulator-x",
        }
        assert requests.post(simulator.token_url, data=form, timeout=10).status_code == 200

    names = {world["client_id"]: world["name"] for world in simulator.control("GET", "worlds")["worlds"]}
    assert names["amzn1.application-oa2-client.0a1B2c"] == "0a1b2c"
    assert {names["my own id!"], names["my own id?"]} == {"my-own-id", "my-own-id-2"}


def test_bulk_seed_makes_what_is_asked(world: World) -> None:
    assert world.post("seed", orders=500, lines=10, days=20) == {"created": 500}

    listed = world.get("orders", limit=2)
    assert (listed["total"], [order["lines"] for order in listed["orders"]]) == (500, [10, 10])


def test_more_lines_than_products(world: World) -> None:
    number = world.make_orders(1, lines=200)[0]

    assert [item["sequence"] for item in world.order(number)["items"]] == [str(n) for n in range(1, 201)]


def test_request_log_counts_and_clears(world: World, client: Client) -> None:
    client.get(ORDERS, limit=5)
    client.get(STATUS, limit=0)

    found = world.get("requests")
    assert found["counts"] == {
        "getPurchaseOrders": {"200": 1},
        "getPurchaseOrdersStatus": {"400": 1},
        "token": {"200": 1},
    }
    latest = found["requests"][0]
    assert (latest["operation"], latest["query"], latest["status"]) == ("getPurchaseOrdersStatus", "limit=0", 400)
    assert [entry["operation"] for entry in world.get("requests", operation="token")["requests"]] == ["token"]

    world.delete("requests")
    assert world.request_counts() == {}


def test_reset_brings_back_the_first_day(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"orders": 5})
    client = Client(world)
    first = sorted(client.numbers())
    world.make_orders(3)
    world.add_fault("error_500", times=None)
    world.post("throttle", rate=0.1, burst=1)
    world.post("clock", advance_seconds=86400)

    world.post("reset")

    assert client.get(ORDERS).status_code == 403  # its tokens are gone
    assert sorted(Client(world).numbers()) == first
    assert world.get()["faults"] == []


def test_deleted_worlds_are_gone(make_world: Callable[..., World]) -> None:
    world = make_world()
    client = Client(world)

    world.simulator.control("DELETE", f"worlds/{world.name}")

    assert client.get(ORDERS).status_code == 403
    with pytest.raises(ControlError) as missing:
        world.get()
    assert missing.value.status == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("worlds", {}, 400),
        ("worlds", {"name": "Not A Name"}, 400),
        ("worlds", {"name": "fine-1", "marketplace": "XX"}, 400),
        ("worlds", {"name": "fine-2", "settings": {"colour": "red"}}, 400),
        ("worlds/{}/settings", {"orders": "many"}, 400),
        ("worlds/{}/settings", {"has_life": 1}, 400),
        ("worlds/{}/settings", {"arrivals_per_hour": 100_000}, 400),
        ("worlds/{}/clock", {"advance_seconds": 1e12}, 400),
        ("worlds/{}/clock", {"advance_seconds": "nan"}, 400),
        ("worlds/{}/clock", {"rate": -1}, 400),
        ("worlds/{}/clock", {"now": "yesterday"}, 400),
        ("worlds/{}/orders", {"count": 0}, 400),
        ("worlds/{}/orders", {"count": "x"}, 400),
        ("worlds/{}/seed", {"orders": 10**9}, 400),
        ("worlds/{}/throttle", {"operation": "getAll", "rate": 1}, 400),
        ("worlds/{}/receive", {}, 409),
        ("worlds/nowhere/orders", {}, 404),
        ("nothing", {}, 404),
        ("worlds/{}/state", {}, 405),
    ],
)
def test_refusals_are_sentences(
    simulator: RunningSimulator, world: World, path: str, body: dict[str, object], status: int
) -> None:
    with pytest.raises(ControlError) as refused:
        simulator.control("POST", path.format(world.name), body)

    assert refused.value.status == status
    assert str(refused.value).endswith(".")


def test_a_name_is_taken_once(world: World) -> None:
    with pytest.raises(ControlError) as refused:
        world.simulator.create_world(world.name)

    assert refused.value.status == 409


def test_a_page_of_another_site_may_not_control(simulator: RunningSimulator) -> None:
    foreign = requests.get(f"{simulator.url}/control/worlds", headers={"Origin": "https://evil.example"}, timeout=10)
    own = requests.get(f"{simulator.url}/control/worlds", headers={"Origin": simulator.url}, timeout=10)

    assert (foreign.status_code, own.status_code) == (403, 200)


def test_control_token_is_asked_for_where_one_is_set() -> None:
    with running_simulator(STILL, control_token="open sesame") as simulator:
        url = f"{simulator.url}/control/worlds"

        assert requests.get(url, timeout=10).status_code == 403
        assert requests.get(url, headers={"Authorization": "Bearer wrong"}, timeout=10).status_code == 403
        assert requests.get(url, headers={"Authorization": "Bearer open sesame"}, timeout=10).status_code == 200
        # Amazon's own side stays open to clients.
        assert sign_in(simulator.world("w")).status_code == 200
