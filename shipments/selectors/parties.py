"""Who sends, from where, to whom: with the address as the order has it, or the directory, or our own warehouse."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from catalog.selectors import find_addresses
from catalog.types import PartyKey, PartyKind
from orders.models import PurchaseOrder
from shipments.models import Shipment
from shipments.rules import Party


class Parties(NamedTuple):
    selling: Party
    ship_from: Party
    ship_to: Party


def load_parties(
    shipments: Sequence[Shipment], orders: Mapping[int, Sequence[PurchaseOrder]], days: Mapping[int, date]
) -> dict[int, Parties]:
    """The three sides of shipments, by shipment; give `orders` with their parties. One statement.

    Where the order came with the fulfilment centre's id alone, its address is the directory's on that day. A warehouse
    that Amazon has no name for is named by its code.
    """
    keys = {
        shipment.pk: PartyKey(
            PartyKind.FULFILMENT_CENTRE, shipment.marketplace, shipment.ship_to_party, days[shipment.pk]
        )
        for shipment in shipments
    }
    directory = find_addresses(list(keys.values()))
    found = {}
    for shipment in shipments:
        told = [order.parties for order in orders.get(shipment.pk, ())]
        selling = _first(told, "selling")
        known = directory.get(keys[shipment.pk])
        warehouse = shipment.warehouse
        found[shipment.pk] = Parties(
            Party(
                shipment.vendor_code, selling.get("address", {}), selling.get("tax", {}).get("tax_type", ""),
                selling.get("tax", {}).get("tax_number", ""),
            ),
            Party(warehouse.ship_from_party_id or warehouse.code, warehouse.address),
            Party(shipment.ship_to_party, _first(told, "ship_to").get("address") or (known.address if known else {})),
        )  # fmt: skip
    return found


def _first(told: Sequence[Mapping[str, Mapping[str, Mapping[str, str]]]], role: str) -> Mapping[str, Mapping[str, str]]:
    return next((parties[role] for parties in told if parties.get(role)), {})
