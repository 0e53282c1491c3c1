"""What a vendor knows of a world besides its orders: the addresses behind its party ids, and its own assortment."""

from __future__ import annotations

from typing import Any

from simulator.catalogue import products
from simulator.generation import BILL_TO, amazon_record, centre_address
from simulator.worlds import World

_NAMES = {
    "name": "name",
    "addressLine1": "address_line_1",
    "city": "city",
    "stateOrRegion": "state_or_region",
    "postalCode": "postal_code",
    "countryCode": "country_code",
}


def list_parties(world: World) -> list[dict[str, Any]]:
    """Every fulfilment centre, then who pays: the ids that the world's orders carry, with their addresses."""
    market = world.marketplace
    payer = amazon_record(market, *BILL_TO)
    centres = [_party("FC", centre.code, centre_address(market, centre)) for centre in market.centres]
    return [*centres, _party("BILL_TO", payer.code, payer.address, payer.tax["taxRegistrationNumber"])]


def _party(kind: str, code: str, address: dict[str, str], tax_number: str = "") -> dict[str, Any]:
    return {
        "party_id": code,
        "kind": kind,
        "name": address["name"],
        "address": {ours: address.get(amazons, "") for amazons, ours in _NAMES.items()},
        "tax_number": tax_number,
    }


def list_products(world: World) -> list[dict[str, Any]]:
    """The assortment that the world's orders are made of. `cost` is per each, or per unit of weight where one is given."""
    return [
        {
            "asin": product.asin,
            "vendor_sku": product.sku,
            "ean": product.ean,
            "title": product.title,
            "case_pack": product.pack,
            "cost": str(product.cost),
            "list_price": str(product.list_price),
            "currency": world.marketplace.currency,
            "weight_unit": product.weight_unit,
            "ordered_by_case": product.by_case,
            "may_backorder": product.may_backorder,
            "is_perishable": product.is_perishable,
            "is_dropped": product.asin in world.settings.dropped_asins,
        }
        for product in products(world.seed, world.marketplace.country)
    ]
