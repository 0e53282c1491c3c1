"""The tables of `data/`, read once."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from shipments.rules import CartonLimit, ClockRule, Shape, Term
from vendors.types import Severity

_FOLDER = Path(__file__).parent / "data"


@cache
def structures() -> Mapping[Shape, str]:
    """Which structure contents of each shape have."""
    return {Shape(*(row[name] == "yes" for name in Shape._fields)): row["structure"] for row in _rows("structures.csv")}


@cache
def asn_rules() -> tuple[Term, ...]:
    """What is demanded of an ASN where: the regional table."""
    return tuple(
        Term(
            row["rule"],
            row["scope"],
            row["freight"],
            row["terms"],
            date.fromisoformat(row["valid_from"]),
            Severity(row["severity"]) if row["severity"] else None,
            int(row["value"]) if row["value"] else None,
            row["source"],
        )
        for row in _rows("asn_rules.csv")
    )


@cache
def asn_clocks() -> tuple[ClockRule, ...]:
    """When an ASN has to leave, of all times and marketplaces."""
    return tuple(
        ClockRule(
            row["rule"],
            row["role"],
            row["scope"],
            row["freight"],
            {"yes": True, "no": False, "*": None}[row["on_pallets"]],
            date.fromisoformat(row["valid_from"]),
            row["anchor"],
            int(row["minutes"]),
            row["source"],
        )
        for row in _rows("asn_clocks.csv")
    )


@cache
def carton_limits() -> tuple[CartonLimit, ...]:
    """What a carton may weigh where, of all times."""
    return tuple(
        CartonLimit(row["limit"], row["scope"], date.fromisoformat(row["valid_from"]), int(row["value"]), row["source"])
        for row in _rows("carton_limits.csv")
    )


@cache
def carriers() -> Mapping[str, str]:
    """Names of carriers by SCAC: those that are often met; another code is not wrong for not being here."""
    return {row["scac"]: row["name"] for row in _rows("carriers.csv")}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
