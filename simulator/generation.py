"""Making orders: each follows from the world's seed and its running number, so a world can be made twice alike."""

from __future__ import annotations

import random
from dataclasses import dataclass

from simulator import times
from simulator.catalogue import Product, products
from simulator.marketplaces import Centre, Marketplace
from simulator.order import Line, Order, Ordered, Party, Window
from simulator.worlds import World

# The prefix of its code, and what its name ends in.
BILL_TO = ("AMZB", "billing")
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SPACE = 36**7
# Shares no factor with 36, so that each index below 36**7 has a number of its own; odd-looking on purpose.
_STRIDE = 51_539_607_551

_KINDS = ("RegularOrder", "ConsignedOrder", "NewProductIntroduction", "RushOrder")
_PAYMENTS = {"ConsignedOrder": "Consignment"}
_IMPORT_TERMS = ("FreeOnBoard", "FreeCarrier", "ExWorks", "DeliverDutyPaid")
_IMPORT_PAYMENTS = ("PrepaidBySeller", "FOBPortOfCall", "PaidByBuyer")
_PORTS = ("YANTIAN, CHINA", "NINGBO, CHINA", "NHAVA SHEVA, INDIA")
_CONTAINERS = ("2-20'HC,1-45'", "1-40'HC", "1-20',1-45'HC")


def rng_for(world: World, purpose: object) -> random.Random:
    """A source of chance that depends on nothing but the world's seed and what it is for."""
    return random.Random(f"{world.seed}:{purpose}")  # noqa: S311 -- a repeatable world, no secret


def order_number(world: World, index: int) -> str:
    """Eight capitals and digits beginning with a digit; no two indexes share one."""
    start = rng_for(world, "numbers").randrange(_SPACE)
    value = (start + index * _STRIDE) % _SPACE
    letters = ""
    for _ in range(7):
        value, place = divmod(value, 36)
        letters += _LETTERS[place]
    return f"{1 + index % 9}{letters}"


@dataclass(frozen=True)
class Wish:
    """What a new order must be; what is not said is left to chance."""

    line_count: int | None = None
    vendor_code: str = ""
    centre: str = ""
    # collect (only a ship window), prepaid (only a delivery window) or both.
    freight: str = ""


ANY = Wish()
FREIGHTS = ("collect", "prepaid", "both")


def make_order(world: World, index: int, available_at: int, wish: Wish = ANY) -> Order:
    """A new order as it stands the moment Amazon's API first shows it."""
    rng = rng_for(world, f"order:{index}")
    market = world.marketplace
    vendor = rng.randrange(len(world.vendor_codes))
    kind = rng.choices(_KINDS, (86, 4, 6, 4))[0]
    # Most orders show within the hour after Amazon placed them, a few a day later.
    ordered_at = available_at - (rng.randint(5, 70) * times.MINUTE if rng.random() < 0.95 else 26 * times.HOUR)
    freight = FREIGHTS.index(wish.freight) if wish.freight else vendor
    vendor = world.vendor_codes.index(wish.vendor_code) if wish.vendor_code else vendor
    ship_window, delivery_window = _windows(rng, freight, ordered_at)
    centre = rng.choice(market.centres)
    centre = next((c for c in market.centres if c.code == wish.centre), centre)
    order = Order(
        number=order_number(world, index),
        vendor_code=world.vendor_codes[vendor],
        currency=market.currency,
        kind=kind,
        payment_method=_PAYMENTS.get(kind, "Invoice"),
        ordered_at=ordered_at,
        available_at=available_at,
        state="New",
        state_changed_at=ordered_at,
        updated_at=ordered_at,
        buying=amazon_party(market, "AMZN", "buying"),
        selling=selling_party(world, world.vendor_codes[vendor]),
        ship_to=ship_to_party(market, centre),
        bill_to=amazon_party(market, *BILL_TO),
        deal_code=f"DEAL{rng.randint(1000, 9999)}" if rng.random() < 0.06 else "",
        ship_window=ship_window,
        delivery_window=delivery_window,
        import_details=_import_details(rng) if rng.random() < 0.05 else {},
    )
    assortment = [p for p in products(world.seed, market.country) if p.asin not in world.settings.dropped_asins]
    count = wish.line_count or rng.choices((1, 2, 3, 4, 6, 9, 14), (22, 18, 16, 14, 14, 10, 6))[0]
    # A bench may ask for more lines than there are products; they then come round again.
    chosen = [product for _ in range(0, count, len(assortment)) for product in rng.sample(assortment, len(assortment))]
    order.lines = [
        make_line(rng, product, sequence, ordered_at) for sequence, product in enumerate(chosen[:count], start=1)
    ]
    return order


def make_line(rng: random.Random, product: Product, sequence: int, at: int) -> Line:
    cases = max(1, int(rng.lognormvariate(2.0, 0.9)))
    unit = "Cases" if product.by_case else "Eaches"
    whole_cases = product.by_case or rng.random() < 0.7
    eaches = cases * product.pack if whole_cases else cases * product.pack + rng.randint(1, product.pack - 1)
    other_unit = "Eaches" if unit == "Cases" else "Cases"
    return Line(
        sequence=str(sequence),
        asin=product.asin,
        sku=product.sku,
        title=product.title,
        unit=unit,
        pack=product.pack,
        may_backorder=product.may_backorder,
        cost=str(product.cost),
        list_price=str(product.list_price) if rng.random() < 0.8 else "",
        weight_unit=product.weight_unit,
        receive_unit=other_unit if rng.random() < 0.2 else unit,
        ordered=[Ordered(at, cases if unit == "Cases" else eaches)],
    )


def _windows(rng: random.Random, freight: int, ordered_at: int) -> tuple[Window | None, Window | None]:
    """Collect vendor codes are told when to ship, prepaid ones when to deliver, some both."""
    start = times.start_of_day(ordered_at) + rng.randint(2, 6) * times.DAY + 7 * times.HOUR
    end = start + rng.randint(4, 11) * times.DAY
    ship = (start, end)
    delivery = (start + 3 * times.DAY, end + 4 * times.DAY)
    return [(ship, None), (None, delivery), (ship, delivery)][freight % 3]


def _import_details(rng: random.Random) -> dict[str, str]:
    terms = rng.choice(_IMPORT_TERMS)
    details = {
        "methodOfPayment": rng.choice(_IMPORT_PAYMENTS),
        "internationalCommercialTerms": terms,
        "importContainers": rng.choice(_CONTAINERS),
        "shippingInstructions": "Pallet loads preferred; floor-loaded containers by agreement only.",
    }
    if terms == "FreeOnBoard":
        details["portOfDelivery"] = rng.choice(_PORTS)
    return details


def ship_to_party(market: Marketplace, centre: Centre) -> Party:
    return Party(centre.code, centre_address(market, centre)) if market.shows_addresses else Party(centre.code)


def centre_address(market: Marketplace, centre: Centre) -> dict[str, str]:
    """Where a fulfilment centre is, whether or not the marketplace's orders say so."""
    address = {
        "name": f"Amazon {centre.code}",
        "addressLine1": centre.line,
        "city": centre.city,
        "postalCode": centre.postal_code,
        "countryCode": market.country,
    }
    if centre.state:
        address["stateOrRegion"] = centre.state
    return address


def amazon_party(market: Marketplace, prefix: str, purpose: str) -> Party:
    party = amazon_record(market, prefix, purpose)
    return party if market.shows_addresses else Party(party.code)


def amazon_record(market: Marketplace, prefix: str, purpose: str) -> Party:
    """One of Amazon's own parties in full, whether or not the marketplace's orders say so."""
    first = market.centres[0]
    address = {
        "name": f"Amazon {market.country} {purpose}",
        "addressLine1": first.line,
        "city": first.city,
        "postalCode": first.postal_code,
        "countryCode": market.country,
    }
    if first.state:
        address["stateOrRegion"] = first.state
    tax = {"taxRegistrationType": market.tax_type, "taxRegistrationNumber": f"{market.country}{814_584_193:09d}"}
    return Party(f"{prefix}{market.country}", address, tax)


def selling_party(world: World, vendor_code: str) -> Party:
    if not world.marketplace.shows_addresses:
        return Party(vendor_code)
    return Party(
        vendor_code,
        {
            "name": f"Vendor {vendor_code}",
            "addressLine1": "12 Harbour Road",
            "city": world.marketplace.centres[0].city,
            "countryCode": world.marketplace.country,
        },
    )


def random_digits(purpose: str, count: int) -> str:
    """A number of so many digits that follows from its purpose."""
    rng = random.Random(f"{purpose}:digits")  # noqa: S311 -- a repeatable world, no secret
    return str(rng.randrange(10 ** (count - 1), 10**count))
