"""Listing orders: windows, filters, paging that shifts, what is silently ignored."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from tests.simulator.client import ORDERS, STATUS, Client, moment, sign_in
from tests.simulator.documents import acknowledgement
from tests.support.simulator import RunningSimulator, World

LISTS = pytest.mark.parametrize("path", [ORDERS, STATUS])


def all_numbers(client: Client, path: str, **parameters: object) -> list[str]:
    """Read to the end; the same filters go with each token."""
    seen: list[str] = []
    token = None
    while True:
        payload = client.payload(path, **parameters, **({"nextToken": token} if token else {}))
        seen += [row["purchaseOrderNumber"] for row in payload["ordersStatus" if path == STATUS else "orders"]]
        token = payload.get("pagination", {}).get("nextToken")
        if token is None:
            return seen


def test_first_sign_in_makes_a_world_with_a_history(simulator: RunningSimulator) -> None:
    world = simulator.world("made-on-first-use")

    assert sign_in(world).status_code == 200

    assert sum(world.get()["orders"].values()) == 40


def test_the_same_seed_makes_the_same_world(make_world: Callable[..., World]) -> None:
    first, second, other = (
        make_world(seed=seed, vendor_codes=["ABCD1", "ABCD2"], settings={"orders": 15}) for seed in ("s", "s", "t")
    )

    numbers = all_numbers(Client(first), ORDERS)

    assert numbers == all_numbers(Client(second), ORDERS)
    assert numbers != all_numbers(Client(other), ORDERS)


@LISTS
def test_paging_shows_each_order_once(make_world: Callable[..., World], path: str) -> None:
    client = Client(make_world(settings={"orders": 25}))

    seen = all_numbers(client, path, limit=10)

    assert len(seen) == len(set(seen)) == 25
    assert all_numbers(client, path, limit=10, sortOrder="DESC") == seen[::-1]


def test_token_is_a_cursor_so_rows_shift_beneath_it(world: World, client: Client) -> None:
    """Newest first, one row a page: what arrives meanwhile is before the cursor, and this reading never shows it."""
    world.post("seed", orders=3, lines=1, days=3)
    first = client.payload(ORDERS, limit=1, sortOrder="DESC")
    at, number = json.loads(base64.b64decode(first["pagination"]["nextToken"]))
    assert isinstance(at, int)
    assert number == first["orders"][0]["purchaseOrderNumber"]

    late = world.make_orders(1)[0]
    token = first["pagination"]["nextToken"]
    rest = client.numbers(limit=100, sortOrder="DESC", nextToken=token)

    assert len(rest) == 2
    assert late not in rest
    assert late in client.numbers()


def test_a_row_that_changes_while_it_is_paged_leaves_the_window(world: World, client: Client) -> None:
    numbers = world.make_orders(3)
    for number in numbers:
        world.change(number, "window")
    window = {"changedAfter": moment(minutes=5), "changedBefore": moment()}
    first = client.payload(ORDERS, limit=1, **window)
    waiting = next(number for number in numbers if number != first["orders"][0]["purchaseOrderNumber"])

    world.change(waiting, "window")
    rest = client.numbers(limit=100, nextToken=first["pagination"]["nextToken"], **window)

    assert waiting not in rest
    assert waiting in client.numbers(changedAfter=window["changedBefore"])


@LISTS
def test_created_means_became_available(world: World, client: Client, path: str) -> None:
    before = moment(seconds=5)
    numbers = world.make_orders(2)
    placed = client.order(numbers[0])["orderDetails"]["purchaseOrderDate"]

    assert placed < before  # Amazon placed it earlier than it showed it
    assert sorted(client.numbers(path, createdAfter=before, createdBefore=moment(seconds=-5))) == sorted(numbers)
    assert client.numbers(path, createdAfter=moment(days=3), createdBefore=before) == []


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        (ORDERS, {"createdAfter": moment(days=8), "createdBefore": moment()}),
        (ORDERS, {"changedAfter": moment(days=8), "changedBefore": moment()}),
        (STATUS, {"updatedAfter": moment(days=8), "updatedBefore": moment()}),
        (ORDERS, {"createdAfter": moment(), "createdBefore": moment(days=1)}),
        (ORDERS, {"createdBefore": "2019-09-2100:00:00", "createdAfter": "2019-08-20T14:00:00"}),
        (STATUS, {"updatedBefore": "2019-09-2100:00:00"}),
        (ORDERS, {"limit": 0}),
        (ORDERS, {"limit": 101}),
        (ORDERS, {"limit": "ten"}),
        (ORDERS, {"sortOrder": "asc"}),
        (ORDERS, {"purchaseOrderState": "NEW"}),
        (ORDERS, {"poItemState": "Open"}),
        (ORDERS, {"includeDetails": "perhaps"}),
        (ORDERS, {"nextToken": "not a token"}),
        (STATUS, {"purchaseOrderStatus": "Open"}),
        (STATUS, {"itemConfirmationStatus": "Accepted"}),
        (STATUS, {"itemReceiveStatus": "PARTIALLY_RECEIVE"}),
    ],
)
def test_bad_parameters_are_400_with_a_rate(client: Client, path: str, parameters: dict[str, str]) -> None:
    answer = client.get(path, **parameters)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] in ("InvalidRequest", "InvalidInput")
    assert answer.headers["x-amzn-RateLimit-Limit"] == "10.0"
    assert answer.headers["x-amzn-RequestId"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"createdBefor": moment(days=5)},
        {"CreatedAfter": moment(days=-5)},
        {"marketplaceIds": "ATVPDKIKX0DER"},
        {"createdAfter": moment(days=-5)[:10]},  # a bare date
    ],
)
def test_unknown_parameters_and_bare_dates_filter_nothing(
    world: World, client: Client, parameters: dict[str, str]
) -> None:
    numbers = world.make_orders(2)

    assert sorted(client.numbers(**parameters)) == sorted(numbers)


def test_seven_days_are_allowed_and_zones_are_heard(world: World, client: Client) -> None:
    number = world.make_orders(1)[0]

    assert client.numbers(createdAfter=moment(days=6.9), createdBefore=moment(minutes=-5)) == [number]
    naive = {"createdAfter": moment(days=1)[:19], "createdBefore": moment(minutes=-5)[:19]}
    assert client.numbers(**naive) == [number]
    beijing = moment(hours=-7)[:19] + "+08:00"  # an hour ago there
    assert client.numbers(createdAfter=beijing) == [number]


def test_nothing_is_older_than_half_a_year(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"orders": 30})
    client = Client(world)
    oldest = client.numbers(limit=1)[0]

    world.post("clock", advance_seconds=100 * 86400)

    assert 0 < len(all_numbers(client, ORDERS)) < 30
    assert client.get(f"{ORDERS}/{oldest}").status_code == 404


def test_changed_filters_see_changes_only(world: World, client: Client) -> None:
    changed, _same = world.make_orders(2)
    before = moment(seconds=1)
    world.change(changed, "quantity", line="1", amount=1)

    window = {"changedAfter": before, "changedBefore": moment(seconds=-5)}
    assert client.numbers(**window) == [changed]
    assert client.numbers(isPOChanged="true") == [changed]
    assert client.order(changed)["orderDetails"]["purchaseOrderChangedDate"] > before[:19]


def test_cancelled_items_are_zero_and_can_be_asked_for(world: World, client: Client) -> None:
    number, _other = world.make_orders(2, lines=2)
    world.change(number, "cancel_item", line="2")

    assert client.numbers(poItemState="Cancelled") == [number]
    amounts = [item["orderedQuantity"]["amount"] for item in client.order(number)["orderDetails"]["items"]]
    assert amounts[0] > 0
    assert amounts[1] == 0


def test_state_vendor_code_and_centre_filters(world: World, client: Client) -> None:
    numbers = world.make_orders(12)
    world.post(f"orders/{numbers[0]}/cancel")

    assert client.numbers(purchaseOrderState="Closed") == numbers[:1]
    assert sorted(client.numbers(purchaseOrderState="New")) == sorted(numbers[1:])
    for number in numbers[:3]:
        details = client.order(number)["orderDetails"]
        code, centre = details["sellingParty"]["partyId"], details["shipToParty"]["partyId"]
        of_code = client.payload(ORDERS, orderingVendorCode=code)["orders"]
        assert {order["orderDetails"]["sellingParty"]["partyId"] for order in of_code} == {code}
        of_centre = client.payload(STATUS, shipToPartyId=centre)["ordersStatus"]
        assert {order["shipToParty"]["partyId"] for order in of_centre} == {centre}


def test_without_details_only_number_and_state_come(world: World, client: Client) -> None:
    number = world.make_orders(1)[0]

    orders = client.payload(ORDERS, includeDetails="false")["orders"]

    assert orders == [{"purchaseOrderNumber": number, "purchaseOrderState": "New"}]


def test_status_filters_look_at_any_item(world: World, client: Client) -> None:
    first, second = world.make_orders(2, lines=2)
    order = client.order(first)
    client.acknowledge(
        acknowledgement(order, {"2": [("Rejected", order["orderDetails"]["items"][1]["orderedQuantity"]["amount"])]})
    )
    world.post(f"orders/{first}/receive", line="1", eaches=1)

    def found(**parameters: str) -> list[str]:
        return client.numbers(STATUS, **parameters)

    assert found(itemConfirmationStatus="REJECTED") == [first]
    assert found(itemConfirmationStatus="ACCEPTED") == [first]
    assert found(itemConfirmationStatus="UNCONFIRMED") == [second]
    assert found(itemReceiveStatus="NOT_RECEIVED", purchaseOrderNumber=second) == [second]
    assert found(itemReceiveStatus="RECEIVED", purchaseOrderNumber=second) == []
    assert sorted(found(purchaseOrderStatus="OPEN")) == sorted([first, second])
    assert found(updatedAfter=moment(minutes=1), updatedBefore=moment(seconds=-5)) == [first]


def test_one_order_by_number(client: Client, world: World) -> None:
    number = world.make_orders(1)[0]

    assert client.order(number)["purchaseOrderNumber"] == number
    assert client.get(f"{ORDERS}/null").status_code == 400
    missing = client.get(f"{ORDERS}/0MISSING")
    assert (missing.status_code, missing.json()["errors"][0]["code"]) == (404, "ResourceNotFound")
    assert missing.headers["x-amzn-RateLimit-Limit"]


@pytest.mark.parametrize(("country", "has_address"), [("US", False), ("DE", True), ("JP", True)])
def test_addresses_come_by_region(make_world: Callable[..., World], country: str, has_address: bool) -> None:
    world = make_world(marketplace=country)
    details = Client(world).order(world.make_orders(1)[0])["orderDetails"]

    assert ("address" in details["shipToParty"]) is has_address
    assert details["items"][0]["netCost"]["currencyCode"] == {"US": "USD", "DE": "EUR", "JP": "JPY"}[country]


def test_a_world_is_as_varied_as_real_life(make_world: Callable[..., World]) -> None:
    client = Client(make_world(settings={"orders": 400}))
    documents = [order for page in pages(client) for order in page]
    details = [order["orderDetails"] for order in documents]
    items = [item for detail in details for item in detail["items"]]

    assert len({detail["sellingParty"]["partyId"] for detail in details}) == 3
    assert len({detail["shipToParty"]["partyId"] for detail in details}) == 8
    assert {detail["purchaseOrderType"] for detail in details} == {
        "RegularOrder",
        "ConsignedOrder",
        "NewProductIntroduction",
        "RushOrder",
    }
    assert {order["purchaseOrderState"] for order in documents} == {"New", "Acknowledged", "Closed"}
    assert {item["orderedQuantity"]["unitOfMeasure"] for item in items} == {"Cases", "Eaches"}
    assert {(bool(d.get("shipWindow")), bool(d.get("deliveryWindow"))) for d in details} == {
        (True, False),
        (False, True),
        (True, True),
    }
    assert any("unitOfMeasure" in item["netCost"] for item in items)
    assert any("dealCode" in detail for detail in details)
    assert any("importDetails" in detail for detail in details)
    assert any("listPrice" not in item for item in items)
    assert any("purchaseOrderChangedDate" in detail for detail in details)
    assert any(item["orderedQuantity"]["amount"] == 0 for item in items)


def pages(client: Client) -> list[list[dict[str, object]]]:
    found, token = [], None
    while True:
        payload = client.payload(ORDERS, **({"nextToken": token} if token else {}))
        found.append(payload["orders"])
        token = payload.get("pagination", {}).get("nextToken")
        if token is None:
            return found
