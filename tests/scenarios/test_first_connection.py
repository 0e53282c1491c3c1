"""The whole road: a new company connects, six months of orders arrive, one changes, and the change explains itself."""

import io
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from tests.support.api import Api
from tests.support.jobs import run_due_jobs
from tests.support.simulator import RunningSimulator, World, running_simulator

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator() as running:
        yield running


@pytest.fixture
def world(simulator: RunningSimulator, settings: Any) -> World:
    settings.SPAPI_SIMULATOR_ENDPOINT = simulator.url
    settings.LWA_TOKEN_URL_SIMULATOR = simulator.token_url
    name = f"world-{next(_NUMBERS)}"
    world = simulator.create_world(name, marketplace="US", vendor_group="VG1", vendor_codes=["VND00"])
    world.post("throttle", rate=1000, burst=1000)  # six months are 81 calls: ten a second would take their time
    return world


def make_company(slug: str) -> Api:
    printed = io.StringIO()
    call_command(
        "create_tenant", "--slug", slug, "--name", slug.title(), "--owner-email", f"owner@{slug}.example",
        "--owner-password", "a-long-password-1", stdout=printed,
    )  # fmt: skip
    return Api(json.loads(printed.getvalue())["token"])


def connect(api: Api, world: World) -> str:
    connection = api.post(
        "vendor-connections/",
        {
            "name": "Simulated US",
            "region": "NA",
            "marketplace": "US",
            "environment": "SIMULATOR",
            "client_id": world.client_id,
            "client_secret": world.client_secret,
            "refresh_token": world.refresh_token,
            "vendor_group_code": "VG1",
            "vendor_codes": ["VND00"],
        },
    )
    assert world.client_secret not in json.dumps(connection)
    assert world.refresh_token not in json.dumps(connection)
    identifier: str = connection["id"]
    return identifier


def sync(api: Api, connection: str) -> Any:
    run = api.post(f"vendor-connections/{connection}/sync/", expect=202)
    run_due_jobs(hurry=True)
    return api.get(f"sync-runs/{run['id']}/")


@pytest.mark.django_db(transaction=True)
def test_six_months_of_orders_arrive_line_by_line(world: World) -> None:
    api = make_company("acme")
    connection = connect(api, world)

    run = sync(api, connection)

    assert (run["state"], run["errors"]) == ("SUCCEEDED", [])
    amazons = {order["number"]: world.order(order["number"]) for order in world.get("orders", limit=1000)["orders"]}
    ours = {order["number"]: order for order in api.every("purchase-orders/", page_size=7)}
    assert ours.keys() == amazons.keys()
    for number, order in ours.items():
        detail = api.get(f"purchase-orders/{order['id']}/")
        assert [
            (line["sequence"], line["asin"], line["vendor_sku"], line["ordered_quantity"]["unit"],
             line["ordered_eaches"], line["accepted_eaches"], line["rejected_eaches"], line["received_eaches"])
            for line in detail["lines"]
        ] == [
            (item["sequence"], item["asin"], item["sku"], item["unit"],
             item["ordered_eaches"], item["accepted_eaches"], item["rejected_eaches"], item["received_eaches"])
            for item in amazons[number]["items"]
        ], number  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_change_at_amazon_shows_what_from_and_to(world: World) -> None:
    api = make_company("acme")
    connection = connect(api, world)
    (number,) = world.make_orders(1, lines=2)
    sync(api, connection)
    (order,) = api.get("purchase-orders/", search=number)["results"]
    before = api.get(f"purchase-orders/{order['id']}/")
    assert api.every(f"purchase-orders/{order['id']}/history/") == []

    world.change(number, "cancel_item")
    run = sync(api, connection)

    assert run["state"] == "SUCCEEDED"
    after = api.get(f"purchase-orders/{order['id']}/")
    changed = [
        (old["sequence"], old["ordered_eaches"], new["ordered_eaches"])
        for old, new in zip(before["lines"], after["lines"], strict=True)
        if old["ordered_eaches"] != new["ordered_eaches"]
    ]
    assert [entry[2] for entry in changed] == [0]
    history = api.every(f"purchase-orders/{order['id']}/history/")
    assert {"line", "field", "from", "to", "seen_at"} == set(history[0])
    assert [entry["line"] for entry in history if entry["field"] == "ordered_eaches"] == [changed[0][0]]


@pytest.mark.django_db(transaction=True)
def test_a_second_sync_changes_nothing(world: World) -> None:
    api = make_company("acme")
    connection = connect(api, world)
    sync(api, connection)

    def read() -> list[Any]:
        # the last hour is read twice: an order of it is seen again
        orders = [api.get(f"purchase-orders/{order['id']}/") for order in api.every("purchase-orders/")]
        return [{name: value for name, value in order.items() if name != "last_seen_at"} for order in orders]

    before = read()

    run = sync(api, connection)

    assert run["state"] == "SUCCEEDED"
    assert read() == before


FAULTS = [
    "throttled", "error_500", "error_503_html", "not_json", "truncated_json", "reset_before", "reset_after", "cut_body",
    "empty_page", "dead_token", "ignore_sort",
]  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("operation", ["getPurchaseOrders", "getPurchaseOrdersStatus"])
@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_on_the_way_loses_and_doubles_nothing(world: World, operation: str, kind: str) -> None:
    api = make_company("acme")
    connection = connect(api, world)
    world.add_fault(kind, operation=operation, times=2, skip=1)

    run = sync(api, connection)

    assert run["state"] == "SUCCEEDED"
    ours = [order["number"] for order in api.every("purchase-orders/")]
    assert sorted(ours) == sorted(order["number"] for order in world.get("orders", limit=1000)["orders"])


ODD = [
    "unknown_enum",
    "missing_optional",
    "money_number",
    "naive_date",
    "null_list",
    "negative_quantity",
    "row_outside",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ODD)
def test_odd_data_is_stored_and_flagged(world: World, kind: str) -> None:
    api = make_company("acme")
    connection = connect(api, world)
    world.add_fault(kind, operation="getPurchaseOrders", times=None)

    run = sync(api, connection)

    assert run["state"] in ("SUCCEEDED", "PARTIAL")
    ours = {order["number"] for order in api.every("purchase-orders/")}
    assert ours >= {order["number"] for order in world.get("orders", limit=1000)["orders"]}
    if kind == "row_outside":
        assert run["state"] == "PARTIAL"
        assert run["errors"] != []


@pytest.mark.django_db(transaction=True)
def test_a_strangers_ids_do_not_exist(world: World) -> None:
    api = make_company("acme")
    connection = connect(api, world)
    run = sync(api, connection)
    (order, *_) = api.get("purchase-orders/")["results"]

    charlie = make_company("charlie")

    for path in (
        f"purchase-orders/{order['id']}/",
        f"purchase-orders/{order['id']}/history/",
        f"vendor-connections/{connection}/",
        f"sync-runs/{run['id']}/",
    ):
        charlie.get(path, expect=404)
    charlie.post(f"vendor-connections/{connection}/sync/", expect=404)
    assert charlie.every("purchase-orders/") == []
    assert charlie.every("exchanges/") == []
