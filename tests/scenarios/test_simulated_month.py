"""Weeks of a world that lives on by itself pass in seconds: what ACORN read of it is what Amazon holds, line by line."""

import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from orders.models import PurchaseOrder
from orders.types import ACKNOWLEDGE
from tests.scenarios.test_first_connection import connect, make_company, sync
from tests.support.api import Api
from tests.support.simulator import RunningSimulator, World, running_simulator

DAY = 86_400
# One after the other, a fault or two in every stretch of time.
FAULTS = itertools.cycle(
    [
        "throttled",
        "error_500",
        "reset_before",
        "cut_body",
        "dead_token",
        "empty_page",
        "truncated_json",
        "lwa_server_error",
    ]
)


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator() as running:
        yield running


@pytest.fixture
def world(simulator: RunningSimulator, settings: Any) -> World:
    settings.SPAPI_SIMULATOR_ENDPOINT = simulator.url
    settings.LWA_TOKEN_URL_SIMULATOR = simulator.token_url
    settings = {
        "orders": 80,
        "arrivals_per_hour": 0.4,
        "has_life": True,
        "answered_elsewhere_share": 0.7,
        "unshipped_share": 0.3,
    }
    world = simulator.create_world("a-month-us", vendor_group="VG1", vendor_codes=["VND00"], settings=settings)
    world.post("throttle", rate=1000, burst=1000)
    return world


def amazons(world: World) -> dict[str, list[tuple[Any, ...]]]:
    return {
        order["number"]: [
            (item["sequence"], item["ordered_eaches"], item["cancelled_eaches"], item["accepted_eaches"],
             item["rejected_eaches"], item["received_eaches"], Decimal(item["cost"]))
            for item in order["items"]
        ]
        for order in world.get("state")["orders"]
    }  # fmt: skip


def ours(api: Api) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for order in api.every("purchase-orders/", page_size=100):
        lines = api.get(f"purchase-orders/{order['id']}/")["lines"]
        found[order["number"]] = [
            (line["sequence"], line["ordered_eaches"], line["cancelled_eaches"], line["accepted_eaches"],
             line["rejected_eaches"], line["received_eaches"], Decimal(line["net_cost"]["amount"]))
            for line in lines
        ]  # fmt: skip
    return found


@pytest.mark.django_db(transaction=True)
def test_a_month_ends_with_amazons_view_and_ours_alike(world: World) -> None:
    api = make_company("acme")
    connection = connect(api, world)
    assert sync(api, connection)["state"] == "SUCCEEDED"
    for _ in range(10):
        world.post("clock", advance_seconds=3 * DAY)
        for operation in ("getPurchaseOrders", "getPurchaseOrdersStatus"):
            fault = next(FAULTS)
            world.add_fault(fault, **({} if fault.startswith("lwa") else {"operation": operation}))
        world.post("expire-tokens")
        assert sync(api, connection)["state"] == "SUCCEEDED"

    # the clock stands while both sides are asked
    world.post("clock", rate=0)
    world.delete("faults")
    assert sync(api, connection)["state"] == "SUCCEEDED"
    theirs = amazons(world)

    assert len(theirs) > 300
    found = ours(api)
    assert {number: (found.get(number), lines) for number, lines in theirs.items() if found.get(number) != lines} == {}
    assert found.keys() == theirs.keys()
    orders = world.get("state")["orders"]
    # nobody answered, or Amazon wants more than what was answered, and nothing has arrived of it
    waiting = {
        order["number"]
        for order in orders
        if order["state"] != "Closed"
        and any(
            not item["received_eaches"] and item["accepted_eaches"] + item["rejected_eaches"] < item["ordered_eaches"]
            for item in order["items"]
        )
    }
    with tenant_scope(Tenant.objects.get(slug="acme").pk):
        items = WorkItem.objects.filter(kind=ACKNOWLEDGE, closed_at=None)
        history = set(PurchaseOrder.objects.filter(is_history=True).values_list("number", flat=True))
        assert set(items.values_list("subject_label", flat=True)) == waiting - history
        states = dict(PurchaseOrder.objects.values_list("number", "amazon_state"))
    assert states == {order["number"]: order["state"] for order in orders}
