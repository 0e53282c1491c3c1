"""The tables of `data/`, read once."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from shipments.rules import Shape

_FOLDER = Path(__file__).parent / "data"


@cache
def structures() -> Mapping[Shape, str]:
    """Which structure contents of each shape have."""
    return {Shape(*(row[name] == "yes" for name in Shape._fields)): row["structure"] for row in _rows("structures.csv")}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
