"""What a vendor knows of a world besides its orders: addresses and the assortment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator.marketplaces import MARKETPLACES
from tests.support.simulator import World

_ADDRESS = {"name", "address_line_1", "city", "state_or_region", "postal_code", "country_code"}


@pytest.mark.parametrize("country", sorted(MARKETPLACES))
def test_the_directory_has_every_party_that_orders_name(make_world: Callable[..., World], country: str) -> None:
    world = make_world(marketplace=country, settings={"orders": 30})

    parties = {(party["kind"], party["party_id"]): party for party in world.get("directory")["parties"]}

    for party in parties.values():
        assert set(party["address"]) == _ADDRESS
        assert all(value for name, value in party["address"].items() if name != "state_or_region")
        assert party["address"]["country_code"] == country
    assert parties["BILL_TO", f"AMZB{country}"]["tax_number"]
    for order in world.get("state")["orders"]:
        details = order["document"]["orderDetails"]
        for kind, name in (("FC", "shipToParty"), ("BILL_TO", "billToParty")):
            known = parties[kind, details[name]["partyId"]]["address"]
            printed = details[name].get("address")
            assert printed is None or printed["addressLine1"] == known["address_line_1"]


def check_digit(ean: str) -> int:
    return -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(ean[:12])) % 10


@pytest.mark.parametrize("country", ["US", "DE", "JP"])
def test_the_products_are_those_of_the_orders(make_world: Callable[..., World], country: str) -> None:
    world = make_world(marketplace=country, settings={"orders": 20})

    found: list[dict[str, Any]] = world.get("products")["products"]

    products = {product["asin"]: product for product in found}
    assert len(products) == len({product["ean"] for product in found}) == len(found)
    assert all(len(ean) == 13 and int(ean[12]) == check_digit(ean) for ean in (product["ean"] for product in found))
    assert check_digit("4006381333931") == 1  # a real one
    for order in world.get("state")["orders"]:
        for item in order["items"]:
            product = products[item["asin"]]
            assert (product["vendor_sku"], product["title"]) == (item["sku"], item["title"])
            assert item["unit"] == "Eaches" or item["unit_size"] == product["case_pack"]


def test_a_dropped_product_is_marked(world: World) -> None:
    asin = world.get("products")["products"][0]["asin"]
    world.post("settings", dropped_asins=[asin])

    dropped = [product["asin"] for product in world.get("products")["products"] if product["is_dropped"]]

    assert dropped == [asin]
