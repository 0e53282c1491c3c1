"""The dated rules of `data/clocks.csv`, read once. Each names its source."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

from orders.rules import Clock

_FILE = Path(__file__).parent / "data" / "clocks.csv"


@cache
def list_clocks() -> tuple[Clock, ...]:
    """Every known clock, of all times and marketplaces."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Clock(
                kind=row["kind"],
                marketplace=row["marketplace"],
                valid_from=date.fromisoformat(row["valid_from"]),
                hours=int(row["hours"]),
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )
