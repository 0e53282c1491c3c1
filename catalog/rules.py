"""What an identifier may look like and when two of them mean the same; which item a line means. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from babel import Locale

from acorn.core.gs1 import check_digit
from catalog.types import GTIN_KINDS, IdentifierKind, LineKey, Problem, Resolution

_ASIN = re.compile(r"[A-Z0-9]{10}")
# what Unicode's list of territories holds beside ISO 3166-1
_NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"])
# how many digits each kind has; a GTIN is any of them
_GTIN_LENGTHS = {
    IdentifierKind.EAN: (13, 8),
    IdentifierKind.UPC: (12,),
    IdentifierKind.GTIN: (14, 13, 12, 8),
}
_MAX_LENGTH = 100


def normalise_identifier(kind: str, value: str) -> str:
    """An identifier as it is stored and compared: full-width forms folded, ASINs in capitals, GTINs without separators.

    A SKU is compared exactly, but for blanks around it and runs of blanks inside. Safe to repeat.
    """
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    if kind == IdentifierKind.ASIN:
        return text.replace(" ", "").upper()
    if kind in GTIN_KINDS:
        return re.sub(r"[\s\-]", "", text)
    return text


def find_fault(kind: str, value: str) -> str:
    """What is wrong with a normalised identifier: empty, long, characters, asin, length or check_digit; "" if nothing."""
    if not value:
        return "empty"
    if len(value) > _MAX_LENGTH:
        return "long"
    if any(unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") for character in value):
        return "characters"
    if kind == IdentifierKind.ASIN:
        return "" if _ASIN.fullmatch(value) else "asin"
    if kind in GTIN_KINDS:
        return _find_gtin_fault(value, _GTIN_LENGTHS[IdentifierKind(kind)])
    return ""


def _find_gtin_fault(value: str, lengths: Collection[int]) -> str:
    if not (value.isascii() and value.isdigit() and len(value) in lengths):
        return "length"
    return "" if check_digit(value[:-1]) == value[-1] else "check_digit"


def is_gtin(text: str) -> bool:
    """Whether a text is a GS1 number of 8, 12, 13 or 14 digits with its check digit."""
    return _find_gtin_fault(text, _GTIN_LENGTHS[IdentifierKind.GTIN]) == ""


def gtin_forms(value: str) -> tuple[str, ...]:
    """The ways in which one GS1 number is written, longest first: a UPC is an EAN with a zero in front, and so on.

    What is no such number has itself as its only form.
    """
    if not is_gtin(value):
        return (value,)
    full = value.zfill(14)
    return tuple(full[14 - length :] for length in (14, 13, 12, 8) if full.startswith("0" * (14 - length)))


def spellings(kind: str, value: str) -> tuple[str, ...]:
    """Every stored value that means the same identifier."""
    return gtin_forms(value) if kind in GTIN_KINDS else (value,)


def is_same_kind(kind: str, other: str) -> bool:
    """Whether two kinds name things in the same way: all of GS1's numbers do."""
    return kind == other or (kind in GTIN_KINDS and other in GTIN_KINDS)


class Named(NamedTuple):
    """An identifier that counts: which item it names, where and from when until before when."""

    item_id: int
    kind: str
    value: str
    marketplace: str
    effective_from: date | None
    effective_until: date | None

    def holds_on(self, day: date) -> bool:
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_until is None or day < self.effective_until
        )


def values_of(key: LineKey) -> frozenset[str]:
    """Every stored value by which a line may be found."""
    return _values_of(key.asin, key.vendor_sku)


@lru_cache(maxsize=20_000)  # the same products come again on each page
def _values_of(asin: str, vendor_sku: str) -> frozenset[str]:
    sku = normalise_identifier(IdentifierKind.VENDOR_SKU, vendor_sku)
    return frozenset({normalise_identifier(IdentifierKind.ASIN, asin), sku, *gtin_forms(sku)} - {""})


def resolve(key: LineKey, identifiers: Iterable[Named]) -> Resolution:
    """Which item a line means, of identifiers with one of its `values_of`.

    An identifier of the line's marketplace counts before one that holds everywhere. Vendors send a UPC or EAN in place
    of their SKU, so that is looked for too, after the SKU itself. Where ASIN and SKU both lead somewhere they must lead
    to one item together, else the line is AMBIGUOUS and every item found is a candidate.
    """
    holding = [found for found in identifiers if found.holds_on(key.on)]
    sku = normalise_identifier(IdentifierKind.VENDOR_SKU, key.vendor_sku)
    asin = normalise_identifier(IdentifierKind.ASIN, key.asin)
    by_asin = _items(holding, [IdentifierKind.ASIN], {asin}, key.marketplace)
    by_sku = _items(holding, [IdentifierKind.VENDOR_SKU], {sku}, key.marketplace) or (
        _items(holding, GTIN_KINDS, set(gtin_forms(sku)), key.marketplace) if is_gtin(sku) else set()
    )
    meant = by_asin & by_sku if by_asin and by_sku else by_asin | by_sku
    if len(meant) == 1:
        return Resolution(meant.pop(), "")
    candidates = tuple(sorted(by_asin | by_sku))
    return Resolution(None, Problem.AMBIGUOUS if candidates else Problem.UNKNOWN, candidates)


def _items(holding: Sequence[Named], kinds: Collection[str], values: Collection[str], marketplace: str) -> set[int]:
    fitting = [found for found in holding if found.kind in kinds and found.value in values]
    for place in (marketplace, ""):
        if items := {found.item_id for found in fitting if found.marketplace == place}:
            return items
    return set()


# one of each unit in the unit that is stored; exact by definition
MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "in": Decimal("25.4")}
GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"), "lb": Decimal("453.59237")}


def to_stored(value: Decimal, unit: str) -> int:
    """A length or weight in the unit that is stored, to the nearest whole one, half up."""
    return int((value * (MILLIMETRES | GRAMS)[unit]).to_integral_value(ROUND_HALF_UP))


def in_unit(stored: int, unit: str) -> Decimal:
    """A stored length or weight in another unit, to two decimals."""
    return (stored / (MILLIMETRES | GRAMS)[unit]).quantize(Decimal("0.01"), ROUND_HALF_UP)


@cache
def list_countries() -> frozenset[str]:
    """The two-letter codes of ISO 3166-1."""
    codes = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY)
