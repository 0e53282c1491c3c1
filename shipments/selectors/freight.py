"""What is in a shipment, told as its papers tell it: handling units with their goods, sums, parties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from acorn.core.money import Money
from orders.models import PurchaseOrder, PurchaseOrderLine
from shipments.models import Pallet, Shipment
from shipments.rules import Party
from shipments.selectors.parties import Parties, load_parties
from shipments.selectors.shipments import LoadedCarton, load_cartons, load_pallets


class Content(NamedTuple):
    """Goods of one order line in one carton. `value` is at the order's cost; None where nobody can say."""

    order: str
    sequence: str
    sku: str
    title: str
    asin: str
    eaches: int
    case_pack: int
    lot_number: str
    expires_on: date | None
    origin_country: str
    value: Money | None


class Unit(NamedTuple):
    """A carton, on a pallet or loose (0). Weight in grams, gross; None where nobody weighed it."""

    position: int
    pallet: int
    sscc: str
    tracking_number: str
    weight_g: int | None
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Freight:
    """A shipment as its papers show it."""

    shipment: Shipment
    parties: Parties
    orders: tuple[PurchaseOrder, ...]
    units: tuple[Unit, ...]
    pallets: tuple[Pallet, ...]

    @property
    def eaches(self) -> int:
        return sum(content.eaches for unit in self.units for content in unit.contents)

    @property
    def is_weighed(self) -> bool:
        return bool(self.units) and all(unit.weight_g for unit in self.units)


def load_freight(shipment: Shipment, on: date) -> Freight:
    """All of a shipment; a constant number of statements, whatever is in it."""
    orders = list(PurchaseOrder.objects.filter(pk__in=shipment.orders.values("order_id")).order_by("number"))
    cartons = load_cartons([shipment.pk])[shipment.pk]
    rows = PurchaseOrderLine.objects.filter(order__in=orders).select_related("item")
    lines = {(line.order_id, line.sequence): line for line in rows}
    numbers = {order.pk: order.number for order in orders}
    return Freight(
        shipment,
        load_parties([shipment], {shipment.pk: orders}, {shipment.pk: on})[shipment.pk],
        tuple(orders),
        tuple(_unit(carton, lines, numbers) for carton in cartons),
        tuple(load_pallets([shipment.pk])[shipment.pk]),
    )


def _unit(carton: LoadedCarton, lines: Mapping[tuple[int, str], PurchaseOrderLine], numbers: Mapping[int, str]) -> Unit:
    contents = []
    for part in carton.contents:
        line = lines[part.order_id, part.sequence]
        item = line.item
        contents.append(
            Content(
                numbers[part.order_id], part.sequence, item.sku if item else line.vendor_sku or line.asin,
                item.title if item else "", line.asin, part.eaches, item.case_pack if item else line.unit_size,
                part.lot_number, part.expires_on, part.origin_country or (item.origin_country if item else ""),
                _value(line, part.eaches),
            )
        )  # fmt: skip
    row = carton.row
    return Unit(row.position, carton.pallet, row.sscc, row.tracking_number, row.weight_g, tuple(contents))


def _value(line: PurchaseOrderLine, eaches: int) -> Money | None:
    if line.net_cost is None or line.price_unit or not line.currency:
        return None
    return Money(line.net_cost * eaches, line.currency)


def address_text(party: Party) -> str:
    """An address in one line; the id alone where nobody knows it."""
    names = ("name", "address_line_1", "address_line_2", "address_line_3", "postal_code", "city", "state_or_region",
             "country_code")  # fmt: skip
    known = [party.address[name] for name in names if party.address.get(name)]
    return ", ".join([party.party_id, *known]) if party.party_id else ", ".join(known)


def sum_values(contents: Sequence[Content]) -> dict[str, Decimal]:
    """The worth of goods by currency; what has no value is left out."""
    found: dict[str, Decimal] = {}
    for content in contents:
        if content.value is not None:
            found[content.value.currency] = found.get(content.value.currency, Decimal()) + content.value.amount
    return found
