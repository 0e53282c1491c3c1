"""Acknowledging: what the door refuses, what fails later, what is passed over in silence, what the status then says."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.client import ACKNOWLEDGEMENTS, Client
from tests.simulator.documents import acknowledgement
from tests.support.simulator import World


def new_order(world: World, client: Client, **condition: Any) -> dict[str, Any]:
    """A new order of three lines with at least four units each; `backorder` says what its first line allows."""
    for _ in range(60):
        order: dict[str, Any] = world.order(world.make_orders(1, lines=3)[0])["document"]
        items = order["orderDetails"]["items"]
        if min(item["orderedQuantity"]["amount"] for item in items) < 4:
            continue
        if "backorder" in condition and items[0]["isBackOrderAllowed"] is not condition["backorder"]:
            continue
        return order
    raise AssertionError("no such order came")


def amount(order: dict[str, Any], sequence: str = "1") -> int:
    quantity: int = order["orderDetails"]["items"][int(sequence) - 1]["orderedQuantity"]["amount"]
    return quantity


def line_status(client: Client, order: dict[str, Any], sequence: str = "1") -> dict[str, Any]:
    items: list[dict[str, Any]] = client.status(order["purchaseOrderNumber"])["itemStatus"]
    return items[int(sequence) - 1]["acknowledgementStatus"]


def quantities(status: dict[str, Any]) -> tuple[str, int, int]:
    return status["confirmationStatus"], status["acceptedQuantity"]["amount"], status["rejectedQuantity"]["amount"]


@pytest.fixture
def order(world: World, client: Client) -> dict[str, Any]:
    return new_order(world, client)


def test_accepting_all_acknowledges_the_order_and_stays_processing(client: Client, order: dict[str, Any]) -> None:
    transaction_id = client.acknowledge(acknowledgement(order))

    assert client.order(order["purchaseOrderNumber"])["purchaseOrderState"] == "Acknowledged"
    for sequence in "123":
        assert quantities(line_status(client, order, sequence)) == ("ACCEPTED", amount(order, sequence), 0)
    assert client.transaction(transaction_id) == {"transactionId": transaction_id, "status": "Processing"}


def test_backordered_reads_back_as_accepted(world: World, client: Client) -> None:
    order = new_order(world, client, backorder=True)
    whole = amount(order)

    client.acknowledge(acknowledgement(order, {"1": [("Accepted", whole - 2), ("Backordered", 2)]}))

    assert quantities(line_status(client, order)) == ("ACCEPTED", whole, 0)


def test_omitted_lines_are_rejected(client: Client, order: dict[str, Any]) -> None:
    client.acknowledge(acknowledgement(order, {"2": []}))

    assert quantities(line_status(client, order, "1"))[0] == "ACCEPTED"
    assert quantities(line_status(client, order, "2")) == ("REJECTED", 0, amount(order, "2"))


def test_quantity_left_unsaid_is_rejected(client: Client, order: dict[str, Any]) -> None:
    client.acknowledge(acknowledgement(order, {"1": [("Accepted", amount(order) - 1)]}))

    assert quantities(line_status(client, order)) == ("PARTIALLY_ACCEPTED", amount(order) - 1, 1)


def test_first_rejected_is_final_and_passed_over_in_silence(client: Client, order: dict[str, Any]) -> None:
    client.acknowledge(acknowledgement(order, {"1": [("Rejected", amount(order))]}))

    transaction_id = client.acknowledge(acknowledgement(order))

    assert quantities(line_status(client, order)) == ("REJECTED", 0, amount(order))
    assert client.transaction(transaction_id)["status"] == "Processing"


def test_accepted_may_become_rejected_and_each_answer_replaces_the_last(client: Client, order: dict[str, Any]) -> None:
    client.acknowledge(acknowledgement(order))
    client.acknowledge(acknowledgement(order, {"1": [("Rejected", amount(order))], "2": [("Accepted", 1)], "3": []}))

    assert quantities(line_status(client, order, "1")) == ("REJECTED", 0, amount(order))
    assert quantities(line_status(client, order, "2")) == ("PARTIALLY_ACCEPTED", 1, amount(order, "2") - 1)
    # A line that a later answer leaves out keeps its earlier one.
    assert quantities(line_status(client, order, "3")) == ("ACCEPTED", amount(order, "3"), 0)
    details = line_status(client, order, "1")["acknowledgementStatusDetails"]
    assert [entry["rejectedQuantity"]["amount"] for entry in details] == [amount(order), 0]


def test_rejecting_all_closes_the_order(client: Client, order: dict[str, Any]) -> None:
    answers = {sequence: [("Rejected", amount(order, sequence))] for sequence in "123"}
    client.acknowledge(acknowledgement(order, answers))

    assert client.order(order["purchaseOrderNumber"])["purchaseOrderState"] == "Closed"
    assert client.status(order["purchaseOrderNumber"])["purchaseOrderStatus"] == "CLOSED"


def test_quantities_are_not_heard_after_two_days(world: World, client: Client, order: dict[str, Any]) -> None:
    client.acknowledge(acknowledgement(order))
    world.post("clock", advance_seconds=49 * 3600)

    client.acknowledge(acknowledgement(order, {"1": [("Rejected", amount(order))]}))

    assert quantities(line_status(client, order)) == ("ACCEPTED", amount(order), 0)


Spoil = Callable[[dict[str, Any]], None]


def item(document: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = document["items"][0]
    return first


def spoil_cost(value: str | None) -> Spoil:
    def spoil(document: dict[str, Any]) -> None:
        if value is None:
            del item(document)["netCost"]
        else:
            item(document)["netCost"] = {**item(document)["netCost"], "amount": value}

    return spoil


def spoil_answer(**values: Any) -> Spoil:
    return lambda document: item(document)["itemAcknowledgements"][0].update(values)


def spoil_amount(value: int) -> Spoil:
    return lambda document: item(document)["itemAcknowledgements"][0]["acknowledgedQuantity"].update(amount=value)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda document: document.update(purchaseOrderNumber="0MISSING"), "INVALID_ORDER_ID"),
        (lambda document: document.update(sellingParty={"partyId": "OTHER"}), "INVALID_SELLING_PARTY"),
        (lambda document: item(document).update(vendorProductIdentifier="not-this"), "INVALID_ITEM"),
        (lambda document: document["items"].append(copy.deepcopy(item(document))), "DUPLICATE_ITEM"),
        (spoil_cost(None), "INVALID_NET_COST"),
        (spoil_cost("0"), "INVALID_NET_COST"),
        (spoil_cost("-1.00"), "INVALID_NET_COST"),
        (spoil_cost("9999999.00"), "INVALID_NET_COST"),
        (spoil_answer(acknowledgementCode="ACCEPTED"), "INVALID_ENUM"),
        (spoil_answer(acknowledgementCode="Rejected"), "MISSING_REJECTION_REASON"),
        (spoil_answer(acknowledgementCode="Rejected", rejectionReason="OutOfStock"), "INVALID_ENUM"),
        (spoil_amount(0), "INVALID_QUANTITY"),
        (spoil_amount(-1), "INVALID_QUANTITY"),
        (spoil_amount(10_000_000), "INVALID_QUANTITY"),
    ],
)
def test_a_document_that_fails_says_so_later_and_changes_nothing(
    client: Client, order: dict[str, Any], spoil: Spoil, code: str
) -> None:
    document = acknowledgement(order)
    spoil(document)

    transaction = client.transaction(client.acknowledge(document))

    assert transaction["status"] == "Failure"
    assert transaction["errors"][0]["code"] == code
    assert client.order(order["purchaseOrderNumber"]) == order
    assert quantities(line_status(client, order)) == ("UNCONFIRMED", 0, 0)


def test_one_bad_order_fails_the_whole_document(world: World, client: Client, order: dict[str, Any]) -> None:
    other = new_order(world, client)
    bad = {**acknowledgement(other), "sellingParty": {"partyId": "OTHER"}}

    transaction = client.transaction(client.acknowledge(acknowledgement(order), bad))

    assert transaction["status"] == "Failure"
    assert client.order(order["purchaseOrderNumber"])["purchaseOrderState"] == "New"


def test_backorder_only_where_it_is_allowed(world: World, client: Client) -> None:
    order = new_order(world, client, backorder=False)

    transaction = client.transaction(
        client.acknowledge(acknowledgement(order, {"1": [("Backordered", amount(order))]}))
    )

    assert [error["code"] for error in transaction["errors"]] == ["BACKORDER_NOT_ALLOWED"]


def test_closed_orders_take_no_answer(world: World, client: Client, order: dict[str, Any]) -> None:
    world.post(f"orders/{order['purchaseOrderNumber']}/cancel")

    transaction = client.transaction(client.acknowledge(acknowledgement(order)))

    assert [error["code"] for error in transaction["errors"]] == ["ORDER_CLOSED"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.clear(),
        lambda body: body.update(acknowledgements=[]),
        lambda body: body.update(marketplaceIds=["ATVPDKIKX0DER"]),
        lambda body: body["acknowledgements"][0].pop("acknowledgementDate"),
        lambda body: body["acknowledgements"][0].update(acknowledgementDate="today"),
        lambda body: body["acknowledgements"][0].update(sellingParty={}),
        lambda body: body["acknowledgements"][0]["items"][0].pop("orderedQuantity"),
        lambda body: body["acknowledgements"][0]["items"][0]["netCost"].update(amount=12.5),
        lambda body: body["acknowledgements"][0]["items"][0]["netCost"].update(amount="12,50"),
        lambda body: body["acknowledgements"][0]["items"][0].update(extra="field"),
    ],
)
def test_the_door_refuses_what_the_schema_does_not_allow(client: Client, order: dict[str, Any], spoil: Spoil) -> None:
    body = {"acknowledgements": [acknowledgement(order)]}
    spoil(body)

    answer = client.post(ACKNOWLEDGEMENTS, body)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")
    assert client.order(order["purchaseOrderNumber"]) == order


def test_another_content_type_is_415(client: Client) -> None:
    answer = client.session.post(
        f"{client.base}{ACKNOWLEDGEMENTS}", data="<xml/>", headers={"Content-Type": "text/xml"}, timeout=10
    )

    assert answer.status_code == 415


def test_effects_show_after_the_delay(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"acknowledgement_delay_seconds": 1800})
    client = Client(world)
    order = new_order(world, client)
    number = order["purchaseOrderNumber"]

    transaction_id = client.acknowledge(acknowledgement(order))

    assert client.order(number)["purchaseOrderState"] == "New"
    world.post("clock", advance_seconds=1799)
    assert client.order(number)["purchaseOrderState"] == "New"
    world.post("clock", advance_seconds=2)
    assert client.order(number)["purchaseOrderState"] == "Acknowledged"
    assert client.transaction(transaction_id)["status"] == "Processing"


def test_obsolete_twice_in_a_row_ends_the_product(world: World, client: Client) -> None:
    world.post("throttle", rate=1000, burst=1000)

    def call_all_obsolete() -> set[str]:
        order = new_order(world, client)
        document = acknowledgement(order, {sequence: [("Rejected", amount(order, sequence))] for sequence in "123"})
        for entry in document["items"]:
            entry["itemAcknowledgements"][0]["rejectionReason"] = "ObsoleteProduct"
        client.acknowledge(document)
        client.order(order["purchaseOrderNumber"])
        return {entry["amazonProductIdentifier"] for entry in order["orderDetails"]["items"]}

    once: set[str] = set()
    while not (twice := once & (called := call_all_obsolete())):
        once |= called
        world.post("clock", advance_seconds=49 * 3600)

    assert set(world.get()["settings"]["dropped_asins"]) == twice
    for number in world.make_orders(20, lines=20):
        assert twice.isdisjoint(entry["asin"] for entry in world.order(number)["items"])
