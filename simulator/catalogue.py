"""What a world's vendor sells: a fixed assortment that follows from the world's seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from simulator.marketplaces import MARKETPLACES

_SIZE = 72
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"

_BRANDS = ("Nordlys", "Kestrel & Co", "Hanabi", "Bluefern", "Tall Pines", "Ostrava", "Lumio", "Parkside")
_ADJECTIVES = ("Stainless", "Insulated", "Folding", "Organic", "Double-wall", "Compact", "Heavy-duty", "Silicone")
_NOUNS = (
    "Water Bottle",
    "Chef Knife",
    "Storage Box",
    "Desk Lamp",
    "Yoga Mat",
    "Tea Infuser",
    "Cutting Board",
    "Travel Mug",
    "Garden Hose",
    "Bath Towel",
    "Bento Box",
    "Cable Organizer",
)
_VARIANTS = ("Black", "Sage Green", "Set of 2", "500 ml", "Large", "Natural Oak", "Navy", "6-Pack")
_BY_WEIGHT = ("Whole Almonds", "Roasted Coffee Beans", "Dried Mango", "Basmati Rice")


@dataclass(frozen=True)
class Product:
    asin: str
    sku: str
    # With its check digit; half of the vendor's SKUs are their EAN.
    ean: str
    title: str
    pack: int
    cost: Decimal
    list_price: Decimal
    weight_unit: str
    may_backorder: bool
    # Whether Amazon orders it by the case.
    by_case: bool
    # Food: each carton must say its lot and when it expires.
    is_perishable: bool


@lru_cache(maxsize=256)
def products(seed: str, country: str) -> tuple[Product, ...]:
    """The assortment; the same seed and marketplace always give the same."""
    marketplace = MARKETPLACES[country]
    rng = random.Random(f"{seed}:{country}:catalogue")  # noqa: S311 -- a repeatable world, no secret
    step = Decimal(1).scaleb(-marketplace.exponent)
    found = []
    for index in range(_SIZE):
        by_weight = index % 18 == 17
        brand = rng.choice(_BRANDS)
        name = (
            f"{rng.choice(_BY_WEIGHT)} {rng.choice((1, 2, 5))} kg"
            if by_weight
            else f"{rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)}, {rng.choice(_VARIANTS)}"
        )
        cost = (Decimal(rng.randint(180, 8900)) / 100 * marketplace.dollar).quantize(step)
        markup = Decimal(rng.randint(135, 210)) / 100
        asin = "B0" + "".join(rng.choices(_LETTERS, k=8))
        ean = _ean(rng) if rng.random() < 0.5 else ""
        found.append(
            Product(
                asin=asin,
                sku=ean or f"{brand[:2].upper()}-{rng.randint(100, 999)}-{index:02d}",
                ean=ean or _ean(random.Random(f"{seed}:{country}:ean:{index}")),  # noqa: S311 -- a repeatable world
                title=f"{brand} {name}",
                pack=rng.choice((4, 6, 6, 8, 10, 12, 12, 24)),
                cost=cost,
                list_price=(cost * markup).quantize(step),
                weight_unit=("KILOGRAMS" if marketplace.region != "NA" else "POUNDS") if by_weight else "",
                may_backorder=rng.random() < 0.6,
                by_case=rng.random() < 0.4,
                is_perishable=by_weight,
            )
        )
    return tuple(found)


def _ean(rng: random.Random) -> str:
    digits = [4, 0] + [rng.randrange(10) for _ in range(10)]
    check = -sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    return "".join(map(str, digits)) + str(check)
