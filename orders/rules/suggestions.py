"""Which item an unknown product may be: ranked, with reasons."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from orders.rules.proposal import told
from orders.types import Told

_WORD = re.compile(r"[^\W_]{3,}")
_POINTS = {"same_value": 60, "same_gtin": 60, "same_sku": 50, "elsewhere": 40, "near_sku": 25, "words": 5}
_MOST = 8


class Candidate(NamedTuple):
    """An item that may be meant: its SKU and title, and the identifiers (kind, value, marketplace) that fit the product."""

    item_id: int
    sku: str
    title: str
    fitting: tuple[tuple[str, str, str], ...]


class Suggestion(NamedTuple):
    """An item, how well it fits (100 is certain), and why."""

    item_id: int
    score: int
    reasons: tuple[Told, ...]


def words_of(text: str) -> frozenset[str]:
    """The words by which a vendor SKU and a title may be alike: three letters or digits and more, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(text))


def rank(
    candidates: Iterable[Candidate], *, asin: str, vendor_sku: str, marketplace: str, gtins: Iterable[str] = ()
) -> list[Suggestion]:
    """The best candidates first; none that only shares one word.

    | why                                                              | points      |
    |------------------------------------------------------------------|-------------|
    | an identifier of the same marketplace is the product's           | 60          |
    | its EAN or UPC is the product's vendor SKU                       | 60          |
    | its own SKU is the product's vendor SKU                          | 50          |
    | an identifier of another marketplace or time is the product's    | 40          |
    | one SKU is the beginning of the other                            | 25          |
    | each word of the vendor SKU in its title or SKU                  | 5, up to 20 |
    """
    found = []
    for each in candidates:
        reasons = list(_reasons(each, asin, vendor_sku, marketplace, frozenset(gtins)))
        score = sum(points for points, _ in reasons)
        if score > _POINTS["words"]:
            found.append(Suggestion(each.item_id, min(score, 100), tuple(reason for _, reason in reasons)))
    return sorted(found, key=lambda suggestion: (-suggestion.score, suggestion.item_id))[:_MOST]


def _reasons(
    each: Candidate, asin: str, vendor_sku: str, marketplace: str, gtins: frozenset[str]
) -> Iterable[tuple[int, Told]]:
    for kind, value, place in each.fitting:
        if value in gtins and kind in ("EAN", "UPC", "GTIN"):
            yield _POINTS["same_gtin"], told("orders.suggest.same_gtin", value=value)
        elif place in ("", marketplace):
            yield _POINTS["same_value"], told("orders.suggest.same_value", value=value)
        else:
            yield _POINTS["elsewhere"], told("orders.suggest.elsewhere", value=value, marketplace=place)
    ours, theirs = each.sku.casefold(), vendor_sku.casefold()
    if theirs and ours == theirs:
        yield _POINTS["same_sku"], told("orders.suggest.same_sku", sku=each.sku)
    elif min(len(ours), len(theirs)) >= 3 and (ours.startswith(theirs) or theirs.startswith(ours)):
        yield _POINTS["near_sku"], told("orders.suggest.near_sku", sku=each.sku)
    if shared := sorted(words_of(vendor_sku) & words_of(f"{each.title} {each.sku}")):
        yield min(_POINTS["words"] * len(shared), 20), told("orders.suggest.words", words=", ".join(shared))
