"""What a carton is by its contents, whether a packing is possible, and which cartons of a new one are ones that there were."""

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shipments.types import Content, PackedCarton
from vendors.types import RuleFinding, Severity


def hash_contents(contents: Iterable[Content]) -> str:
    """32 hex digits that are equal for equal contents, in whatever order they are named.

    A label holds for the contents that it was printed for: same orders, lines, quantities, lots and dates.
    """
    rows = sorted(
        (
            content.order_id, content.sequence, content.eaches, content.lot_number, str(content.expires_on or ""),
            str(content.manufactured_on or ""), content.origin_country, content.scale_weight_g or 0,
        )
        for content in contents
    )  # fmt: skip
    return hashlib.blake2b(repr(rows).encode(), digest_size=16).hexdigest()


def match_cartons(before: Sequence[PackedCarton], after: Sequence[PackedCarton]) -> list[int | None]:
    """For each carton of a new packing the place of the one that it was, or None for a new one.

    It stays the same one where its contents are the same and so is its number; where no number is named, the first one
    left with these contents. Each is used once.
    """
    hashes = [hash_contents(carton.contents) for carton in before]
    by_number = {carton.sscc: place for place, carton in enumerate(before) if carton.sscc}
    wanted = [hash_contents(carton.contents) for carton in after]
    found: list[int | None] = []
    for carton, content_hash in zip(after, wanted, strict=True):
        place = by_number.get(carton.sscc)
        is_same = place is not None and hashes[place] == content_hash
        found.append(by_number.pop(carton.sscc) if is_same else None)
    used = set(found)
    free: dict[str, deque[int]] = defaultdict(deque)
    for place, content_hash in enumerate(hashes):
        if place not in used:
            free[content_hash].append(place)
    for number, carton in enumerate(after):
        if not carton.sscc and (left := free[wanted[number]]):
            found[number] = left.popleft()
    return found


def merge_contents(contents: Iterable[Content]) -> tuple[Content, ...]:
    """The same contents, where what is the same line, lot and expiry stands once."""
    merged: dict[tuple[int, str, str, date | None], Content] = {}
    for content in contents:
        key = (content.order_id, content.sequence, content.lot_number, content.expires_on)
        if (other := merged.get(key)) is not None:
            weights = [weight for weight in (other.scale_weight_g, content.scale_weight_g) if weight is not None]
            content = content._replace(
                eaches=other.eaches + content.eaches,
                manufactured_on=other.manufactured_on or content.manufactured_on,
                origin_country=other.origin_country or content.origin_country,
                scale_weight_g=sum(weights) if weights else None,
            )
        merged[key] = content
    return tuple(merged.values())


BEYOND_SHIPPABLE = "BEYOND_SHIPPABLE"


class LineRoom(NamedTuple):
    """What a shipment may hold of an order line: `free` eaches, or the `held` ones it holds already; `name` for people."""

    name: str
    free: int
    held: int = 0
    unit_size: int = 1


def check_packing(cartons: Sequence[PackedCarton], lines: Mapping[tuple[int, str], LineRoom]) -> list[RuleFinding]:
    """Why a shipment can't be packed like this; empty if it can. `lines` are those of its orders, by order and sequence.

    What is in the shipment already may stay in it, even where Amazon wants it no more.
    """
    findings: list[RuleFinding] = []
    totals: Counter[tuple[int, str]] = Counter()
    for number, carton in enumerate(cartons, start=1):
        place = carton.sscc or number
        if not carton.contents:
            findings.append(_finding("EMPTY_CARTON", "", carton=place))
        for content in carton.contents:
            line = lines.get((content.order_id, content.sequence))
            if line is None:
                findings.append(_finding("NOT_IN_SHIPMENT", content.sequence, carton=place, line=content.sequence))
                continue
            totals[content.order_id, content.sequence] += content.eaches
            if content.eaches % line.unit_size:
                findings.append(
                    _finding(
                        "BROKEN_CASE", line.name, carton=place, line=line.name, eaches=content.eaches,
                        unit_size=line.unit_size,
                    )
                )  # fmt: skip
    for key, eaches in totals.items():
        line = lines[key]
        if eaches > max(line.free, line.held):
            findings.append(_finding(BEYOND_SHIPPABLE, line.name, line=line.name, eaches=eaches, shippable=line.free))
    numbers = Counter(carton.sscc for carton in cartons if carton.sscc)
    findings += [_finding("SSCC_TWICE", "", sscc=sscc) for sscc, times in numbers.items() if times > 1]
    return findings


_SOURCES = {
    "BROKEN_CASE": "Official model vendorShipments: quantities in the order's own unit",
    "SSCC_TWICE": "GS1 General Specifications: one SSCC names one carton",
}


def _finding(rule: str, where: str, /, **params: object) -> RuleFinding:
    return RuleFinding(rule, Severity.BLOCK, f"shipments.{rule.lower()}", where, params, source=_SOURCES.get(rule, ""))
