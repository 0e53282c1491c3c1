"""Faults on demand: each kind does what its sentence says, and the next call is well again."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from simulator.faults import KINDS
from tests.simulator.client import ORDERS, STATUS, Client, moment, sign_in
from tests.simulator.documents import acknowledgement
from tests.support.simulator import ControlError, World


@pytest.fixture
def number(world: World) -> str:
    return world.make_orders(1, lines=2)[0]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("throttled", 429, "QuotaExceeded"),
        ("error_500", 500, "InternalFailure"),
        ("forbidden", 403, "Unauthorized"),
        ("bad_request", 400, "InvalidInput"),
    ],
)
def test_errors_of_amazons_shape(client: Client, world: World, kind: str, status: int, code: str) -> None:
    world.add_fault(kind)

    answer = client.get(ORDERS)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    assert ("x-amzn-RateLimit-Limit" in answer.headers) is (status == 400)
    assert client.get(ORDERS).status_code == 200


@pytest.mark.parametrize(("kind", "status"), [("error_503_html", 503), ("not_json", 200)])
def test_html_where_json_belongs(client: Client, world: World, kind: str, status: int) -> None:
    world.add_fault(kind)

    answer = client.get(ORDERS)

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_truncated_json_matches_its_length(client: Client, world: World, number: str) -> None:
    world.add_fault("truncated_json")

    answer = client.get(ORDERS)

    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_cut_body_is_shorter_than_it_says(world: World, client: Client, number: str) -> None:
    world.add_fault("cut_body")
    connection = http.client.HTTPConnection(world.simulator.url.removeprefix("http://"), timeout=10)
    connection.request("GET", ORDERS, headers={"x-amz-access-token": str(client.session.headers["x-amz-access-token"])})

    answer = connection.getresponse()

    assert answer.status == 200
    with pytest.raises(http.client.IncompleteRead):
        answer.read()


@pytest.mark.parametrize(("kind", "has_effect"), [("reset_before", False), ("reset_after", True)])
def test_reset_connection_with_and_without_effect(
    world: World, client: Client, number: str, kind: str, has_effect: bool
) -> None:
    document = acknowledgement(client.order(number))
    world.add_fault(kind, operation="submitAcknowledgement")

    with pytest.raises(requests.ConnectionError):
        client.acknowledge(document)

    assert client.order(number)["purchaseOrderState"] == ("Acknowledged" if has_effect else "New")
    assert world.request_counts()["submitAcknowledgement"] == {"0": 1}


def test_delay_outlasts_a_patient_client(world: World, client: Client) -> None:
    world.add_fault("delay", params={"seconds": 1})

    with pytest.raises(requests.Timeout):
        client.session.get(f"{client.base}{ORDERS}", timeout=0.2)

    assert client.get(ORDERS).status_code == 200


@pytest.mark.parametrize("path", [ORDERS, STATUS])
def test_empty_page_comes_with_a_token_and_loses_nothing(world: World, client: Client, path: str) -> None:
    numbers = world.make_orders(3)
    world.add_fault("empty_page", times=2)

    first = client.payload(path, limit=2)
    second = client.payload(path, limit=2, nextToken=first["pagination"]["nextToken"])
    rest = client.numbers(path, limit=2, nextToken=second["pagination"]["nextToken"])

    key = "ordersStatus" if path == STATUS else "orders"
    assert (first[key], second[key]) == ([], [])
    assert len(rest) == 2
    assert set(rest) <= set(numbers)


def test_dead_token_befalls_only_calls_with_one(world: World, client: Client) -> None:
    world.make_orders(2)
    world.add_fault("dead_token")
    token = client.payload(ORDERS, limit=1)["pagination"]["nextToken"]

    dead = client.get(ORDERS, limit=1, nextToken=token)

    assert (dead.status_code, dead.json()["errors"][0]["code"]) == (400, "InvalidInput")
    assert client.get(ORDERS, limit=1).status_code == 200


def first_item(row: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = (row.get("itemStatus") or row["orderDetails"]["items"])[0]
    return item


Odd = Callable[[dict[str, Any], dict[str, Any]], bool]


@pytest.mark.parametrize(
    ("kind", "is_odd_order", "is_odd_status"),
    [
        (
            "unknown_enum",
            lambda o: o["orderDetails"]["purchaseOrderType"] == "SubscriptionOrder",
            lambda s: s["purchaseOrderStatus"] == "ON_HOLD",
        ),
        (
            "missing_optional",
            lambda o: "netCost" not in first_item(o),
            lambda s: "acknowledgementStatus" not in first_item(s),
        ),
        (
            "money_number",
            lambda o: isinstance(first_item(o)["netCost"]["amount"], int | float),
            lambda s: isinstance(first_item(s)["netCost"]["amount"], int | float),
        ),
        (
            "naive_date",
            lambda o: not o["orderDetails"]["purchaseOrderDate"].endswith("Z"),
            lambda s: not s["lastUpdatedDate"].endswith("Z"),
        ),
        ("null_list", lambda o: o["orderDetails"]["items"] is None, lambda s: s["itemStatus"] is None),
        (
            "negative_quantity",
            lambda o: first_item(o)["orderedQuantity"]["amount"] == -3,
            lambda s: first_item(s)["orderedQuantity"]["orderedQuantity"]["amount"] == -3,
        ),
        ("missing_receiving", None, lambda s: "receivingStatus" not in first_item(s)),
    ],
)
def test_odd_data_in_the_first_row(
    world: World,
    client: Client,
    number: str,
    kind: str,
    is_odd_order: Callable[[dict[str, Any]], bool] | None,
    is_odd_status: Callable[[dict[str, Any]], bool],
) -> None:
    world.add_fault(kind, operation="getPurchaseOrdersStatus")
    odd = client.payload(STATUS)["ordersStatus"][0]
    well = client.payload(STATUS)["ordersStatus"][0]
    assert (is_odd_status(odd), is_odd_status(well)) == (True, False)

    if is_odd_order is not None:
        world.add_fault(kind, operation="getPurchaseOrders")
        odd = client.payload(ORDERS)["orders"][0]
        well = client.payload(ORDERS)["orders"][0]
        assert (is_odd_order(odd), is_odd_order(well)) == (True, False)
        world.add_fault(kind, operation="getPurchaseOrder")
        assert is_odd_order(client.order(number))


def test_row_outside_the_window(world: World, client: Client, number: str) -> None:
    world.change(number, "window")
    after = moment(hours=1)
    world.add_fault("row_outside")

    rows = client.payload(ORDERS, changedAfter=after, changedBefore=moment(seconds=-5))["orders"]

    assert [row["purchaseOrderNumber"] for row in rows] == [number, f"0{number[1:]}"]
    assert rows[1]["orderDetails"]["purchaseOrderChangedDate"] < after
    assert client.numbers(changedAfter=after, changedBefore=moment(seconds=-5)) == [number]


def test_times_skip_rate_and_removal(world: World, client: Client) -> None:
    world.add_fault("error_500", times=2, skip=1)
    assert [client.get(ORDERS).status_code for _ in range(4)] == [200, 500, 500, 200]

    fault = world.add_fault("error_500", times=None)
    assert [client.get(ORDERS).status_code for _ in range(2)] == [500, 500]
    world.delete(f"faults/{fault['id']}")
    assert client.get(ORDERS).status_code == 200

    world.post("throttle", rate=1000, burst=1000)
    world.add_fault("error_500", times=None, rate=0.5)
    statuses = {client.get(ORDERS).status_code for _ in range(40)}
    assert statuses == {200, 500}


def test_a_fault_stays_with_its_world_and_operation(
    world: World, client: Client, make_world: Callable[..., World]
) -> None:
    world.add_fault("error_500", operation="getPurchaseOrdersStatus")

    assert Client(make_world()).get(STATUS).status_code == 200
    assert client.get(ORDERS).status_code == 200
    assert client.get(STATUS).status_code == 500


def test_sign_in_fails_too(world: World) -> None:
    world.add_fault("error_503_html", operation="token")

    assert sign_in(world).status_code == 503
    assert sign_in(world).status_code == 200


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "earthquake"},
        {"kind": "empty_page", "operation": "getTransaction"},
        {"kind": "error_500", "operation": "getEverything"},
        {"kind": "error_500", "times": 0},
        {"kind": "error_500", "rate": 2},
    ],
)
def test_senseless_faults_are_refused_with_a_sentence(world: World, values: dict[str, Any]) -> None:
    with pytest.raises(ControlError) as refused:
        world.post("faults", **values)

    assert refused.value.status == 400
    assert world.get("faults")["faults"] == []


def test_each_kind_is_listed_with_its_meaning(world: World) -> None:
    kinds = world.get("faults")["kinds"]

    assert set(kinds) == set(KINDS)
    assert all(entry["meaning"] and entry["operations"] for entry in kinds.values())
