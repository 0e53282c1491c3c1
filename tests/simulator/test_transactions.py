"""Transaction status, with its quirks."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.simulator.client import TRANSACTIONS, Client
from tests.simulator.documents import acknowledgement
from tests.support.simulator import World


def send_one(world: World, client: Client) -> str:
    return client.acknowledge(acknowledgement(client.order(world.make_orders(1)[0])))


def test_ids_have_two_layouts(world: World, client: Client) -> None:
    guid = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

    stamped, bare = send_one(world, client), send_one(world, client)

    assert re.fullmatch(rf"\d{{14}}-{guid}", stamped)
    assert re.fullmatch(guid, bare)


def test_fresh_id_is_unknown_at_first(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"transaction_delay_seconds": 60})
    client = Client(world)
    transaction_id = send_one(world, client)

    early = client.get(f"{TRANSACTIONS}/{transaction_id}")
    world.post("clock", advance_seconds=61)

    assert (early.status_code, early.json()["errors"][0]["code"]) == (404, "ResourceNotFound")
    assert client.transaction(transaction_id)["status"] == "Processing"


def test_processing_stays_for_ever_unless_the_world_says_otherwise(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"transaction_end": "Success"})
    client = Client(world)

    assert client.transaction(send_one(world, client))["status"] == "Success"


def test_vague_failure_names_no_field_and_changes_nothing(world: World, client: Client) -> None:
    number = world.make_orders(1)[0]
    world.add_fault("vague_failure")

    transaction = client.transaction(client.acknowledge(acknowledgement(client.order(number))))

    assert transaction["status"] == "Failure"
    assert [error["code"] for error in transaction["errors"]] == ["NotAvailable"] * 6
    assert client.order(number)["purchaseOrderState"] == "New"


def test_lost_document_is_processing_without_effect(world: World, client: Client) -> None:
    number = world.make_orders(1)[0]
    world.add_fault("lost_document")

    transaction_id = client.acknowledge(acknowledgement(client.order(number)))

    assert client.transaction(transaction_id)["status"] == "Processing"
    assert client.order(number)["purchaseOrderState"] == "New"


def test_status_may_fail_by_itself(world: World, client: Client) -> None:
    transaction_id = send_one(world, client)
    world.add_fault("unknown_transaction")

    assert client.get(f"{TRANSACTIONS}/{transaction_id}").status_code == 404
    assert client.get(f"{TRANSACTIONS}/{transaction_id}").status_code == 200


def test_ids_of_another_world_and_nonsense_are_refused(
    world: World, client: Client, make_world: Callable[..., World]
) -> None:
    transaction_id = send_one(world, client)

    assert Client(make_world()).get(f"{TRANSACTIONS}/{transaction_id}").status_code == 404
    assert client.get(f"{TRANSACTIONS}/Tran0904").status_code == 400
