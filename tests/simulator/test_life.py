"""What happens to orders: by the control API's hand, and by themselves as the world's time passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from simulator import life, times
from simulator.order import Answer, Line, Order, Ordered, Party, Received
from tests.simulator.client import ORDERS, Client
from tests.simulator.documents import acknowledgement
from tests.support.simulator import ControlError, World


def details(world: World, number: str) -> dict[str, Any]:
    found: dict[str, Any] = world.order(number)["document"]["orderDetails"]
    return found


# -- the numbers of a line ---------------------------------------------------------------------------------------------


def a_line(*ordered: int, unit: str = "Eaches", pack: int = 6, **values: Any) -> Line:
    return Line(
        "1",
        "B000000001",
        "SKU",
        "",
        unit,
        pack,
        True,
        "2.50",
        ordered=[Ordered(turn, n) for turn, n in enumerate(ordered)],
        **values,
    )


def an_order(*lines: Line) -> Order:
    party = Party("X")
    return Order(
        "1ABCDEFG",
        "VND00",
        "USD",
        "RegularOrder",
        "Invoice",
        0,
        0,
        "New",
        0,
        0,
        party,
        party,
        party,
        party,
        lines=list(lines),
    )


def test_orders_and_cancellations_are_deltas_and_their_sum_is_net() -> None:
    document = an_order(a_line(150, -50)).status_document()

    quantity = document["itemStatus"][0]["orderedQuantity"]
    assert quantity["orderedQuantity"]["amount"] == 100
    assert [(list(entry)[1], list(entry.values())[1]["amount"]) for entry in quantity["orderedQuantityDetails"]] == [
        ("cancelledQuantity", 50),
        ("orderedQuantity", 150),
    ]


@pytest.mark.parametrize(
    ("ordered", "answers", "expected"),
    [
        ((10,), [], ("UNCONFIRMED", 0, 0)),
        ((10,), [(10, 0, 0)], ("ACCEPTED", 10, 0)),
        ((10,), [(6, 4, 0)], ("ACCEPTED", 10, 0)),
        ((10,), [(6, 0, 4)], ("PARTIALLY_ACCEPTED", 6, 4)),
        ((10,), [(0, 0, 10)], ("REJECTED", 0, 10)),
        ((10, 5), [(10, 0, 0)], ("PARTIALLY_ACCEPTED", 10, 0)),
        ((10, -4), [(10, 0, 0)], ("ACCEPTED", 6, 0)),
        ((10, -10), [], ("UNCONFIRMED", 0, 0)),
    ],
)
def test_confirmation_of_a_line(ordered: tuple[int, ...], answers: list[Any], expected: tuple[str, int, int]) -> None:
    line = a_line(*ordered, answers=[Answer(0, *amounts) for amounts in answers])

    assert (line.confirmation, line.accepted, line.rejected) == expected


@pytest.mark.parametrize(
    ("unit", "receive_unit", "eaches", "shown"),
    [
        ("Cases", "Eaches", 12, (12, "Eaches", 1)),
        ("Eaches", "Cases", 12, (2, "Cases", 6)),
        ("Eaches", "Cases", 13, (13, "Eaches", 1)),
        ("Cases", "Cases", 12, (2, "Cases", 6)),
    ],
)
def test_receipts_may_be_in_the_other_unit(
    unit: str, receive_unit: str, eaches: int, shown: tuple[int, str, int]
) -> None:
    line = a_line(10, unit=unit, receive_unit=receive_unit, received=[Received(0, eaches)])

    quantity = an_order(line).status_document()["itemStatus"][0]["receivingStatus"]["receivedQuantity"]

    assert tuple(quantity.values()) == shown


def test_an_order_survives_the_store() -> None:
    order = an_order(a_line(10, answers=[Answer(5, 1, 2, 3, "ObsoleteProduct")], received=[Received(7, 8)]))
    order.ship_window = (times.DAY, 2 * times.DAY)

    assert Order.from_json(order.to_json()) == order


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_each_change_of_an_order_shows_what_it_changes(world: World) -> None:
    number = world.make_orders(1, lines=3)[0]
    before = details(world, number)
    assert "purchaseOrderChangedDate" not in before

    world.change(number, "quantity", line="1", amount=77)
    world.change(number, "cancel_item", line="2")
    world.change(number, "cost", line="3", cost="1.23")
    world.change(number, "new_item")
    world.change(number, "window", days=3)
    world.change(number, "centre")
    world.change(number, "type", type="RushOrder")
    after = details(world, number)

    amounts = [item["orderedQuantity"]["amount"] for item in after["items"]]
    assert amounts[:2] == [77, 0]
    assert len(amounts) == 4
    assert after["items"][2]["netCost"]["amount"] == "1.23"
    assert after["shipToParty"] != before["shipToParty"]
    assert after["purchaseOrderType"] == "RushOrder"
    assert after["purchaseOrderChangedDate"] > after["purchaseOrderDate"]
    for window in ("shipWindow", "deliveryWindow"):
        if window in before:
            moved = [times.parse(part) for part in after[window].split("--")]
            assert moved == [times.parse(part) + 3 * times.DAY for part in before[window].split("--")]


def test_freight_change_swaps_the_windows(world: World) -> None:
    number = world.make_orders(1)[0]
    had_ship_window = "shipWindow" in details(world, number)

    world.change(number, "freight")

    assert ("shipWindow" in details(world, number)) is not had_ship_window
    assert ("deliveryWindow" in details(world, number)) is had_ship_window


def test_cancelling_and_taking_it_back(world: World) -> None:
    number = world.make_orders(1, lines=2)[0]
    before = [item["ordered"] for item in world.order(number)["items"]]

    cancelled = world.post(f"orders/{number}/cancel")
    restored = world.post(f"orders/{number}/restore")

    assert (cancelled["state"], [item["ordered"] for item in cancelled["items"]]) == ("Closed", [0, 0])
    assert (restored["state"], [item["ordered"] for item in restored["items"]]) == ("New", before)


def test_receiving_in_parts_closes_the_order(world: World, client: Client) -> None:
    number = world.make_orders(1, lines=2)[0]
    client.acknowledge(acknowledgement(client.order(number)))

    first = world.post(f"orders/{number}/receive", line="1", eaches=1)
    assert (first["items"][0]["received_eaches"], first["state"], first["status"]) == (1, "Acknowledged", "OPEN")

    rest = world.post(f"orders/{number}/receive")
    assert (rest["state"], rest["status"]) == ("Closed", "CLOSED")
    assert [item["receipt"] for item in rest["items"]] == ["RECEIVED", "RECEIVED"]
    assert all(item["received_eaches"] == item["ordered_eaches"] for item in rest["items"])


def test_closing_short_leaves_the_status_open(world: World, client: Client) -> None:
    number = world.make_orders(1)[0]
    client.acknowledge(acknowledgement(client.order(number)))
    client.order(number)

    closed = world.post(f"orders/{number}/close")

    assert (closed["state"], closed["status"]) == ("Closed", "OPEN")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("orders/{}/change", {"change": "colour"}, 409),
        ("orders/{}/change", {"change": "quantity", "line": "99"}, 409),
        ("orders/{}/change", {"change": "quantity", "amount": "many"}, 409),
        ("orders/{}/change", {"change": "cost", "cost": "free"}, 409),
        ("orders/{}/change", {"change": "type", "type": "Gift"}, 409),
        ("orders/{}/change", {"change": "centre", "centre": "XXX9"}, 409),
        ("orders/{}/receive", {}, 409),
        ("orders/{}/restore", {}, 409),
        ("orders/0MISSING/cancel", {}, 404),
    ],
)
def test_the_impossible_is_refused_and_nothing_changes(
    world: World, path: str, body: dict[str, Any], status: int
) -> None:
    number = world.make_orders(1)[0]
    before = world.order(number)

    with pytest.raises(ControlError) as refused:
        world.post(path.format(number), **body)

    assert refused.value.status == status
    assert world.order(number) == before


def test_closed_orders_do_not_change(world: World) -> None:
    number = world.make_orders(1)[0]
    world.post(f"orders/{number}/cancel")

    with pytest.raises(ControlError):
        world.change(number, "window")


@pytest.mark.parametrize("change", list(life.CHANGES))
def test_change_one_picks_the_youngest(world: World, change: str) -> None:
    world.post("seed", orders=2, lines=2, days=5)
    number = world.make_orders(1, lines=2)[0]

    assert world.post("change", change=change)["number"] == number


# -- by itself ---------------------------------------------------------------------------------------------------------


def test_orders_arrive_with_time_alike_in_like_worlds(make_world: Callable[..., World]) -> None:
    settings = {"arrivals_per_hour": 4}
    worlds = [make_world(seed="arrivals", vendor_codes=["ABCD1"], settings=settings) for _ in range(2)]

    found = []
    for world in worlds:
        world.post("clock", advance_seconds=86400)
        found.append(sorted(Client(world).numbers()))

    assert 60 < len(found[0]) < 140
    assert abs(len(found[0]) - len(found[1])) <= 1  # a world's clock runs on between the two questions
    assert set(found[0]) <= set(found[1]) or set(found[1]) <= set(found[0])


def test_arrivals_can_be_stopped(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"arrivals_per_hour": 50})
    world.post("settings", arrivals_per_hour=0)

    world.post("clock", advance_seconds=86400)

    assert Client(world).numbers() == []


def test_what_amazon_added_and_nobody_answered_ends_with_the_window(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"has_life": True, "changed_share": 0, "cancelled_share": 0, "unshipped_share": 0})
    client = Client(world)
    (number,) = world.make_orders(1, lines=1)
    client.acknowledge(acknowledgement(world.order(number)["document"]))
    world.change(number, "new_item", amount=5)

    world.post("clock", advance_seconds=70 * 86400)

    order = world.order(number)
    assert order["state"] == "Closed"
    assert [(line["cancelled_eaches"] > 0, line["accepted_eaches"] > 0) for line in order["items"]] == [
        (False, True),
        (True, False),
    ]


def test_what_is_confirmed_arrives_in_time(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"has_life": True})
    client = Client(world)
    for number in world.make_orders(8, lines=2):
        client.acknowledge(acknowledgement(world.order(number)["document"]))

    world.post("clock", advance_seconds=70 * 86400)
    orders = world.get("state")["orders"]

    assert {order["state"] for order in orders} == {"Closed"}
    received = [item["received_eaches"] for order in orders for item in order["items"]]
    assert any(received)
    assert all(
        item["received_eaches"] <= max(item["accepted_eaches"], item["ordered_eaches"] + item["cancelled_eaches"])
        for order in orders
        for item in order["items"]
    )


def test_history_is_coherent(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"orders": 300})
    now = world.get()["now"]

    for order in world.get("state")["orders"]:
        assert order["ordered_at"] < order["available_at"] <= now
        assert order["updated_at"] <= now
        if order["changed_at"]:
            assert order["ordered_at"] < order["changed_at"] <= now
        for item in order["items"]:
            assert item["ordered"] >= 0
            assert item["received_eaches"] <= item["ordered_eaches"] + item["cancelled_eaches"]
            if order["state"] == "New":
                assert item["confirmation"] == "UNCONFIRMED"
            if item["received_eaches"]:
                assert item["confirmation"] != "UNCONFIRMED"


def test_a_clock_can_stop_and_run_fast(world: World, client: Client) -> None:
    stopped = world.post("clock", rate=0, now="2026-06-01T00:00:00Z")
    assert (stopped["now"], world.get()["now"]) == ("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z")

    number = world.make_orders(1)[0]

    assert world.order(number)["available_at"] == "2026-06-01T00:00:00Z"
    assert client.get(ORDERS).status_code == 200  # sign-in keeps real time
    world.post("clock", rate=10_000)
    assert world.get()["clock_rate"] == 10_000


def test_nobody_answers_and_amazon_gives_up(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"has_life": True})
    world.make_orders(6)

    world.post("clock", advance_seconds=45 * 86400)

    assert {order["state"] for order in world.get("state")["orders"]} == {"Closed"}


def test_no_order_of_the_past_waits_for_an_answer_for_ever(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"orders": 300})
    now = datetime.fromisoformat(world.get()["now"])

    waiting = [order["available_at"] for order in world.get("state")["orders"] if order["state"] == "New"]

    assert waiting
    assert all(now - datetime.fromisoformat(available) < timedelta(days=45) for available in waiting)


def test_a_month_of_hundreds_of_orders_passes_in_seconds(make_world: Callable[..., World]) -> None:
    world = make_world(
        settings={"orders": 300, "has_life": True, "arrivals_per_hour": 1, "answered_elsewhere_share": 0.5}
    )
    started = time.monotonic()

    world.post("clock", advance_seconds=30 * 86_400)

    assert time.monotonic() - started < 20  # about one on a quiet machine
    assert world.get("orders")["total"] > 900
    assert world.get("orders", state="New")["total"] < 900
