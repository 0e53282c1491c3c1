"""Acknowledging: what the door refuses, what fails later, what is passed over in silence, what the status then says."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.simulator.client import ACKNOWLEDGEMENTS, Client
from tests.simulator.documents import acknowledgement
from tests.support.simulator import ControlError, World


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


@pytest.mark.parametrize("dates", [{}, {"scheduledShipDate": "2027-01-15T08:00:00Z"},
                                   {"scheduledDeliveryDate": "2027-01-20T08:00:00Z"}])  # fmt: skip
def test_a_backorder_needs_its_date(world: World, client: Client, dates: dict[str, str]) -> None:
    order = new_order(world, client, backorder=True)
    document = acknowledgement(order, {"1": [("Backordered", amount(order))]})
    part = document["items"][0]["itemAcknowledgements"][0]
    del part["scheduledShipDate"]
    part.update(dates)

    transaction = client.transaction(client.acknowledge(document))

    codes = [error["code"] for error in transaction.get("errors", [])]
    assert codes == ([] if dates else ["MISSING_BACKORDER_DATE"])


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


# -- taken back, refused, lost, posted twice ---------------------------------------------------------------------------


def take_back(order: dict[str, Any], count: int) -> dict[str, Any]:
    return acknowledgement(order, {"1": [("Accepted", amount(order) - count), ("Rejected", count)]})


def test_confirmed_units_are_taken_back(client: Client, order: dict[str, Any]) -> None:
    client.acknowledge(acknowledgement(order))
    client.acknowledge(take_back(order, 3))

    assert quantities(line_status(client, order)) == ("PARTIALLY_ACCEPTED", amount(order) - 3, 3)


@pytest.mark.parametrize(
    ("settings", "hours", "followed"),
    [
        ({}, 1, True),
        ({}, 49, False),
        ({"follows_late_changes": True}, 49, True),
        ({"follows_changes": False}, 1, False),
        ({"follows_changes": False, "follows_late_changes": True}, 49, False),
    ],
)
def test_the_settings_say_whether_amazon_follows(
    make_world: Callable[..., World], settings: dict[str, bool], hours: int, followed: bool
) -> None:
    world = make_world(settings=settings)
    client = Client(world)
    order = new_order(world, client)
    client.acknowledge(acknowledgement(order))
    world.post("clock", advance_seconds=hours * 3600)

    transaction = client.acknowledge(take_back(order, 2))

    assert quantities(line_status(client, order))[1] == amount(order) - (2 if followed else 0)
    assert client.transaction(transaction)["status"] == "Processing"  # not followed: in silence


def test_a_change_by_amazon_gives_two_days_anew(world: World, client: Client, order: dict[str, Any]) -> None:
    number = order["purchaseOrderNumber"]
    client.acknowledge(acknowledgement(order))
    world.post("clock", advance_seconds=49 * 3600)
    world.change(number, "quantity", line="1", amount=amount(order) + 6)
    assert quantities(line_status(client, order)) == ("PARTIALLY_ACCEPTED", amount(order), 0)

    client.acknowledge(acknowledgement(client.order(number)))

    assert quantities(line_status(client, order)) == ("ACCEPTED", amount(order) + 6, 0)


def test_amazons_cancellation_is_net_and_shown_as_what_was_cancelled(
    world: World, client: Client, order: dict[str, Any]
) -> None:
    number, whole = order["purchaseOrderNumber"], amount(order)
    client.acknowledge(acknowledgement(order))

    world.change(number, "quantity", line="1", amount=whole - 3)

    quantity = client.status(number)["itemStatus"][0]["orderedQuantity"]
    assert quantity["orderedQuantity"]["amount"] == whole - 3
    details = quantity["orderedQuantityDetails"]
    assert [entry["cancelledQuantity"]["amount"] for entry in details if "cancelledQuantity" in entry] == [3]
    assert [entry["orderedQuantity"]["amount"] for entry in details if "orderedQuantity" in entry] == [whole]
    assert quantities(line_status(client, order)) == ("ACCEPTED", whole - 3, 0)
    assert client.order(number)["orderDetails"]["items"][0]["orderedQuantity"]["amount"] == whole - 3


def test_a_refusal_has_the_code_and_the_words_it_was_given(world: World, client: Client, order: dict[str, Any]) -> None:
    said = {"code": "INVALID_SHIP_DATE", "message": "The ship date is not valid.", "details": "line 1"}
    world.add_fault("refused", operation="submitAcknowledgement", params=said)

    refused = client.acknowledge(acknowledgement(order))

    assert client.transaction(refused) == {"transactionId": refused, "status": "Failure", "errors": [said]}
    assert client.order(order["purchaseOrderNumber"]) == order

    client.acknowledge(acknowledgement(order))
    assert client.order(order["purchaseOrderNumber"])["purchaseOrderState"] == "Acknowledged"


def test_a_refusal_may_come_late(world: World, client: Client, order: dict[str, Any]) -> None:
    world.add_fault("refused", params={"seconds": 1200})
    transaction = client.acknowledge(acknowledgement(order))

    world.post("clock", advance_seconds=1100)
    assert client.transaction(transaction)["status"] == "Processing"
    world.post("clock", advance_seconds=101)

    assert client.transaction(transaction)["status"] == "Failure"
    assert client.order(order["purchaseOrderNumber"]) == order


@pytest.mark.parametrize("seconds", ["soon", -1, True, 10**9])
def test_a_refusal_comes_after_a_number_of_seconds(world: World, seconds: object) -> None:
    with pytest.raises(ControlError) as refused:
        world.add_fault("refused", params={"seconds": seconds})

    assert refused.value.status == 400


def test_what_amazon_reduced_meanwhile_cannot_be_accepted(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"acknowledgement_delay_seconds": 60})
    client = Client(world)
    order = new_order(world, client)
    transaction = client.acknowledge(acknowledgement(order))
    world.change(order["purchaseOrderNumber"], "quantity", line="1", amount=amount(order) - 1)

    world.post("clock", advance_seconds=61)

    assert client.transaction(transaction)["errors"][0]["code"] == "INVALID_QUANTITY"
    assert quantities(line_status(client, order, "2"))[0] == "UNCONFIRMED"


def posted(world: World) -> list[tuple[str, str]]:
    """What was posted, oldest first: what getTransaction says of it, and what really became of it."""
    return [(entry["status"], entry["outcome"]) for entry in reversed(world.get("transactions")["transactions"])]


def test_a_connection_cut_after_the_document_was_taken(world: World, client: Client, order: dict[str, Any]) -> None:
    world.add_fault("reset_after", operation="submitAcknowledgement")
    body = {"acknowledgements": [acknowledgement(order)]}

    with pytest.raises(requests.ConnectionError):
        client.post(ACKNOWLEDGEMENTS, body)

    assert quantities(line_status(client, order)) == ("ACCEPTED", amount(order), 0)
    assert len(line_status(client, order)["acknowledgementStatusDetails"]) == 1
    (transaction,) = world.get("transactions")["transactions"]
    assert (transaction["request"], transaction["outcome"]) == (body, "taken")
    assert world.request_counts()["submitAcknowledgement"] == {"0": 1}


def test_a_connection_cut_before_it_leaves_nothing(world: World, client: Client, order: dict[str, Any]) -> None:
    world.add_fault("reset_before", operation="submitAcknowledgement")

    with pytest.raises(requests.ConnectionError):
        client.post(ACKNOWLEDGEMENTS, {"acknowledgements": [acknowledgement(order)]})

    assert client.order(order["purchaseOrderNumber"]) == order
    assert posted(world) == []


def test_the_same_body_twice_is_counted_twice_and_changes_nothing(
    world: World, client: Client, order: dict[str, Any]
) -> None:
    document = take_back(order, 1)
    client.acknowledge(document)
    before = [quantities(line_status(client, order, sequence)) for sequence in "123"]

    client.acknowledge(document)

    assert [quantities(line_status(client, order, sequence)) for sequence in "123"] == before
    assert posted(world) == [("Processing", "taken")] * 2


def test_the_transactions_say_what_really_became_of_each(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"acknowledgement_delay_seconds": 60})
    client = Client(world)
    orders = [new_order(world, client) for _ in range(4)]
    for order, fault in zip(orders, ("", "lost_document", "refused", "vague_failure"), strict=True):
        if fault:
            world.add_fault(fault)
        client.acknowledge(acknowledgement(order))
    assert posted(world) == [("Processing", "waiting")] * 4

    world.post("clock", advance_seconds=61)

    assert posted(world) == [
        ("Processing", "taken"),
        ("Processing", "lost"),
        ("Failure", "failed"),
        ("Failure", "failed"),
    ]


# -- in Vendor Central -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("everything", "state", "word"), [("accept", "Acknowledged", "ACCEPTED"), ("reject", "Closed", "REJECTED")]
)
def test_somebody_answers_all_in_vendor_central(
    world: World, client: Client, order: dict[str, Any], everything: str, state: str, word: str
) -> None:
    answered = world.post(f"orders/{order['purchaseOrderNumber']}/answer", all=everything)

    assert answered["state"] == state
    assert {line_status(client, order, sequence)["confirmationStatus"] for sequence in "123"} == {word}
    assert client.order(order["purchaseOrderNumber"])["purchaseOrderState"] == state
    assert posted(world) == []
    assert answered["items"][0]["history"]["answers"][0]["by"] == "Vendor Central"


def test_somebody_answers_line_by_line_in_eaches(world: World, client: Client) -> None:
    order = new_order(world, client, backorder=True)
    path = f"orders/{order['purchaseOrderNumber']}/answer"
    size = order["orderDetails"]["items"][0]["orderedQuantity"]["unitSize"]
    whole = amount(order)

    world.post(path, lines=[{"sequence": "1", "accepted": 2 * size, "backordered": size, "reason": "ObsoleteProduct"}])
    assert quantities(line_status(client, order, "1")) == ("PARTIALLY_ACCEPTED", 3, whole - 3)
    assert quantities(line_status(client, order, "2"))[0] == "ACCEPTED"  # a first answer's other lines

    world.post(path, lines=[{"sequence": "1", "accepted": whole * size}])
    assert quantities(line_status(client, order, "1")) == ("ACCEPTED", whole, 0)
    assert len(line_status(client, order, "2")["acknowledgementStatusDetails"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"all": "maybe"},
        {"lines": "1"},
        {"lines": [1]},
        {"lines": [{"sequence": "99", "accepted": 1}]},
        {"lines": [{"sequence": "1", "accepted": -1}]},
        {"lines": [{"sequence": "1", "accepted": 10**9}]},
        {"lines": [{"sequence": "1", "accepted": "all"}]},
        {"lines": [{"sequence": "1"}, {"sequence": "1"}]},
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(world: World, order: dict[str, Any], body: dict[str, Any]) -> None:
    number = order["purchaseOrderNumber"]

    with pytest.raises(ControlError) as refused:
        world.post(f"orders/{number}/answer", **body)

    assert refused.value.status == 409
    assert world.order(number)["document"] == order


def test_what_was_first_rejected_cannot_be_answered_in_vendor_central_either(
    world: World, client: Client, order: dict[str, Any]
) -> None:
    path = f"orders/{order['purchaseOrderNumber']}/answer"
    client.acknowledge(acknowledgement(order, {"1": [("Rejected", amount(order))]}))

    with pytest.raises(ControlError):
        world.post(path, lines=[{"sequence": "1", "accepted": 1}])
    world.post(path, all="accept")

    assert quantities(line_status(client, order, "1"))[0] == "REJECTED"


def test_part_of_the_new_orders_is_answered_elsewhere(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"has_life": True, "answered_elsewhere_share": 0.5, "unshipped_share": 0})
    numbers = world.make_orders(40)

    world.post("clock", advance_seconds=86_400)

    answered = [world.order(number) for number in numbers if world.order(number)["state"] != "New"]
    assert 8 < len(answered) < 32
    assert all(
        entry["by"] == "Vendor Central"
        for order in answered
        for line in order["items"]
        for entry in line["history"]["answers"]
    )

    world.post("clock", advance_seconds=60 * 86_400)
    accepted = [order for order in map(world.order, numbers) if any(line["accepted_eaches"] for line in order["items"])]
    assert accepted
    assert {order["state"] for order in accepted} == {"Closed"}
    assert all(
        line["receipt"] != "NOT_RECEIVED" for order in accepted for line in order["items"] if line["accepted_eaches"]
    )


# -- what is not sent --------------------------------------------------------------------------------------------------


def test_what_was_confirmed_and_never_sent_is_cancelled(world: World, client: Client, order: dict[str, Any]) -> None:
    number, whole = order["purchaseOrderNumber"], amount(order)
    client.acknowledge(take_back(order, 1))
    size = order["orderDetails"]["items"][0]["orderedQuantity"]["unitSize"]
    world.post(f"orders/{number}/receive", line="1", eaches=size)

    gone = world.post(f"orders/{number}/expire")

    assert gone["state"] == "Closed"
    assert quantities(line_status(client, order)) == ("PARTIALLY_ACCEPTED", 1, 1)
    assert [item["ordered"] for item in gone["items"]] == [2, 0, 0]
    assert gone["items"][0]["cancelled_eaches"] == (whole - 2) * size
    assert client.order(number)["orderDetails"]["purchaseOrderChangedDate"]


@pytest.mark.parametrize(
    ("share", "arrived"), [(0, {"RECEIVED"}), (1, {"NOT_RECEIVED", "PARTIALLY_RECEIVED", "RECEIVED"})]
)
def test_a_share_of_what_was_confirmed_never_arrives(
    make_world: Callable[..., World], share: float, arrived: set[str]
) -> None:
    world = make_world(settings={"has_life": True, "unshipped_share": share})
    numbers = world.make_orders(12, lines=2)
    for number in numbers:
        world.post(f"orders/{number}/answer", all="accept")

    world.post("clock", advance_seconds=75 * 86_400)

    orders = [world.order(number) for number in numbers]
    assert {order["state"] for order in orders} == {"Closed"}
    confirmed = [line for order in orders for line in order["items"] if line["ordered"] or line["cancelled_eaches"]]
    assert {line["receipt"] for line in confirmed if line["accepted_eaches"]} <= arrived
    assert any(line["receipt"] != "RECEIVED" for line in confirmed) or not share


def test_nobody_answers_in_time(world: World, client: Client, order: dict[str, Any]) -> None:
    number = order["purchaseOrderNumber"]

    assert world.post(f"orders/{number}/lapse")["state"] == "Closed"
    assert quantities(line_status(client, order))[0] == "UNCONFIRMED"
    failed = client.acknowledge(acknowledgement(order))
    client.order(number)
    assert client.transaction(failed)["errors"][0]["code"] == "ORDER_CLOSED"
    with pytest.raises(ControlError):
        world.post(f"orders/{number}/expire")
