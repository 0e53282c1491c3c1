"""The ASNs and pickup requests we build, as the simulated Amazon judges them: taken, and nothing wrong with them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shipments import amazon
from shipments.amazon.details import parse_labels
from shipments.amazon.pickups import Pickup, PickupLine, PickupOrder, build_pickup
from shipments.rules import Box, Goods, LineKey, Notice, NoticeLine, Party, Tare, Transport, split_by_structure
from shipments.rules.sscc import make_ssccs
from shipments.tables import structures
from shipments.types import AsnType, PickupAction
from tests.shipments.notices import ADDRESS
from tests.simulator.client import CONFIRMATIONS, LABELS, SHIPMENTS, Client
from tests.simulator.shipments import acknowledged, pickup_request
from tests.support.simulator import World, running_simulator

_LIFE = date(2030, 1, 1)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with running_simulator() as simulator:
        yield simulator.create_world("notices", seed="notices", settings={"orders": 0})


def lines_of(order: dict[str, Any]) -> list[NoticeLine]:
    return [
        NoticeLine(
            order["purchaseOrderNumber"], item["itemSequenceNumber"], item["amazonProductIdentifier"],
            item["vendorProductIdentifier"], item["orderedQuantity"]["unitOfMeasure"],
            item["orderedQuantity"]["unitSize"],
        )
        for item in order["orderDetails"]["items"]
    ]  # fmt: skip


def eaches_of(order: dict[str, Any]) -> dict[LineKey, int]:
    quantities = {item["itemSequenceNumber"]: item["orderedQuantity"] for item in order["orderDetails"]["items"]}
    number = order["purchaseOrderNumber"]
    return {LineKey(number, key): each["amount"] * each["unitSize"] for key, each in quantities.items()}


def pack(rng: random.Random, orders: list[dict[str, Any]], *, share: bool, mix: bool) -> list[tuple[Goods, ...]]:
    """Everything in cartons of one line each, half of them thrown together by chance where they may be."""
    cases = []
    sizes = {line.key: line.unit_size for order in orders for line in lines_of(order)}
    for order in orders:
        for key, eaches in eaches_of(order).items():
            units = eaches // sizes[key]
            half = units // 2
            lots = [("A", half), ("B", units - half)] if half else [("A", units)]
            cases += [(Goods(*key, count * sizes[key], lot, _LIFE),) for lot, count in lots]
    if not mix:
        return cases
    mixed = []
    while cases:
        first = cases.pop()
        fits = [case for case in cases if (share or case[0].order == first[0].order) and case[0].line != first[0].line]
        if fits and rng.random() < 0.5:
            cases.remove(second := rng.choice(fits))
            first += second
        mixed.append(first)
    return mixed


def notices(
    rng: random.Random, orders: list[dict[str, Any]], serials: Iterator[int], *, pallets: int, share: bool, mix: bool,
    reference: str = "",
) -> list[Notice]:  # fmt: skip
    """The ASNs of everything in the orders: as many as the structure demands."""
    head = orders[0]["orderDetails"]
    contents = pack(rng, orders, share=share, mix=mix)
    labels = iter(make_ssccs("0", "0614141", (next(serials) for _ in range(len(contents) + pallets))))
    boxes = [
        Box(place, goods, next(labels), place % pallets + 1 if pallets else 0, f"1Z{place}", 400, 300, 250, 5250)
        for place, goods in enumerate(contents, start=1)
    ]
    tares = {place: Tare(place, next(labels), 1200, 1000, 1500, 250_000) for place in range(1, pallets + 1)}
    lines = [line for order in orders for line in lines_of(order)]
    products = {line.key: line.asin for line in lines}
    now = datetime.now(UTC)
    parts = split_by_structure(boxes, products, structures())
    return [
        Notice(
            f"SH-{next(serials)}", part.structure, Party(head["sellingParty"]["partyId"]), Party("WH1", ADDRESS),
            Party(head["shipToParty"]["partyId"]),
            Transport("LTL", "ROAD", now, now + timedelta(days=2), "ABFS", "PRO1", "ACME00000042", reference),
            tuple(line for line in lines if any(goods.line == line.key for box in part.boxes for goods in box.goods)),
            part.boxes, tuple(tares[place] for place in sorted({box.pallet for box in part.boxes} - {0})),
        )
        for part in parts
    ]  # fmt: skip


@pytest.mark.parametrize("country", ["US", "DE", "JP"])
@pytest.mark.parametrize("pallets", [0, 2])
@pytest.mark.parametrize(("share", "mix"), [(False, False), (False, True), (True, True)])
def test_amazon_takes_our_asns_and_finds_nothing_wrong(
    world: World, country: str, pallets: int, share: bool, mix: bool
) -> None:
    name = f"{country}-{pallets}-{share}-{mix}".lower()
    here = world.simulator.create_world(name, seed="notices", marketplace=country, settings={"orders": 0})
    client, rng, serials = Client(here), random.Random(name), iter(range(1, 10_000))
    orders = [acknowledged(here, client, lines=6) for _ in range(3)]

    made = notices(rng, orders, serials, pallets=pallets, share=share, mix=mix)
    for notice in made:
        body = amazon.build_confirmation(notice, type=AsnType.ORIGINAL, at=datetime.now(UTC))
        answer = client.post(CONFIRMATIONS, body)
        assert answer.status_code == 202, answer.text
        assert client.transaction(answer.json()["payload"]["transactionId"]).get("errors", []) == []

    taken = here.shipments()
    assert [found["defects"] for found in taken] == [[] for _ in made]
    sent = {LineKey(line["order"], line["line"]): line["eaches"] for found in taken for line in found["lines"]}
    assert sent == {key: eaches for order in orders for key, eaches in eaches_of(order).items()}


@pytest.mark.parametrize("kind", ["unknown_enum", "missing_optional", "naive_date", "null_list"])
def test_odd_shipments_and_labels_are_read_as_far_as_they_can_be(world: World, kind: str) -> None:
    client, now = Client(world), datetime.now(UTC)
    order = acknowledged(world, client, freight="collect")
    request = pickup_request(order, identifier=f"SH-{kind}", transportationDetails={"shipMode": "SmallParcel"})
    client.request_pickup(request)
    for operation in ("GetShipmentDetails", "GetShipmentLabels"):
        world.add_fault(kind, operation=operation)

    details = amazon.parse_details(client.pickups(vendorShipmentIdentifier=f"SH-{kind}")[0])
    labels = parse_labels(client.payload(LABELS, vendorShipmentIdentifier=f"SH-{kind}"))

    assert details is not None
    assert details.identifier == f"SH-{kind}"
    assert details.amazon_reference_number
    assert details.status_at is None or details.status_at > now - timedelta(minutes=5)
    assert len(labels) == (0 if kind == "null_list" else 3)


def test_amazon_sends_its_carrier_and_knows_the_reference_again(world: World) -> None:
    client, serials = Client(world), iter(range(1, 10_000))
    order = acknowledged(world, client, freight="collect", lines=3)
    head, now = order["orderDetails"], datetime.now(UTC)
    asked = Pickup(
        "SH-PICKUP", Party(head["sellingParty"]["partyId"]), Party("WH1", ADDRESS),
        Party(head["shipToParty"]["partyId"]), now + timedelta(days=7), "LTL", "ROAD", 0, 2, 0, 250_000, 90_000,
        (
            PickupOrder(
                order["purchaseOrderNumber"], now, None,
                tuple(
                    PickupLine(line.asin, line.vendor_sku, eaches_of(order)[line.key], line.unit, line.unit_size)
                    for line in lines_of(order)
                ),
            ),
        ),
    )  # fmt: skip

    answer = client.post(SHIPMENTS, build_pickup(asked, action=PickupAction.NEW, at=now))
    assert client.codes(answer.json()["payload"]["transactionId"]) == []
    (told,) = filter(None, map(amazon.parse_details, client.pickups(vendorShipmentIdentifier="SH-PICKUP")))
    assert told.status == "CarrierAssigned"
    (notice,) = notices(
        random.Random(0), [order], serials, pallets=2, share=False, mix=True, reference=told.amazon_reference_number
    )
    body = amazon.build_confirmation(notice, type=AsnType.ORIGINAL, at=now)

    assert client.codes(client.confirm(*body["shipmentConfirmations"])) == []
    (told,) = filter(None, map(amazon.parse_details, client.pickups(vendorShipmentIdentifier="SH-PICKUP")))
    assert told.status == "Shipped"
