"""What a label says, and what is demanded of it where: values without a database.

What Amazon demands, the captions' language and the order of an address are dated data, in shipments/data.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from babel import Locale

_DATA = Path(__file__).resolve().parent.parent / "data"
_EVERYWHERE = "*"


class LabelKind(StrEnum):
    CARTON = "CARTON"
    CARTON_ON_PALLET = "CARTON_ON_PALLET"
    PALLET = "PALLET"


class Zone(StrEnum):
    """A part of the label: the letters are those of Amazon's manual for North America."""

    FROM = "FROM"  # A
    TO = "TO"  # B
    CARRIER = "CARRIER"  # C and D
    ORDER = "ORDER"  # E
    ITEM = "ITEM"  # E
    COUNT = "COUNT"  # E
    SSCC = "SSCC"  # F


@dataclass(frozen=True, slots=True)
class LabelData:
    """One label. `sscc` is the 18 digits; addresses are lines (see `LabelTemplate.address_lines`).

    Without `item_code` and `item_title` the contents are mixed. `eaches` is the whole contents. It is number `position`
    of `count` cartons, or pallets, of the shipment. `cases` is how many case packs a carton has, or cartons a pallet; 0
    says nothing. `ship_to_code` is the fulfilment centre.
    """

    kind: LabelKind
    sscc: str
    ship_from: tuple[str, ...]
    ship_to: tuple[str, ...]
    purchase_orders: tuple[str, ...]
    eaches: int
    position: int
    count: int
    ship_to_code: str = ""
    item_code: str = ""
    item_title: str = ""
    cases: int = 0
    carrier: str = ""
    pro_number: str = ""
    bol_number: str = ""


@dataclass(frozen=True, eq=False)
class LabelTemplate:
    """How labels look in some marketplaces from a day on. `zones` are mandatory, by kind."""

    id: str
    marketplaces: frozenset[str]
    valid_from: date
    language: str
    address: str
    zones: Mapping[LabelKind, frozenset[Zone]]
    source: str

    def word(self, name: str) -> str:
        """A caption in the template's language."""
        return _words()[self.language][name]

    def address_lines(self, parts: Mapping[str, str]) -> tuple[str, ...]:
        """An address in the order that is usual there. `parts` has the fields of `catalog.types.ADDRESS_FIELDS`; what is
        missing leaves no gap. The country is named in capitals, in English, as postal services want it."""
        known = {name: str(value or "").strip() for name, value in parts.items()}
        code = known.get("country_code", "").upper()
        known["country"] = (Locale("en").territories.get(code) or code).upper()
        lines = (_PART.sub(lambda part: known.get(part[1], ""), line) for line in self.address.split("|"))
        return tuple(filter(None, (re.sub(r"\s+", " ", line).strip(" ,-") for line in lines)))


_PART = re.compile(r"\{(\w+)\}")


def find_template(marketplace: str, on: date) -> LabelTemplate:
    """The template of a marketplace on a day; that for everywhere where none is known."""
    rows = [row for row in list_templates() if row.valid_from <= on]
    for scope in (marketplace, _EVERYWHERE):
        if known := [row for row in rows if scope in row.marketplaces]:
            return max(known, key=lambda row: row.valid_from)
    return next(row for row in list_templates() if _EVERYWHERE in row.marketplaces)


@lru_cache(maxsize=1)
def list_templates() -> tuple[LabelTemplate, ...]:
    """Every template as it is delivered."""
    with (_DATA / "label_templates.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_read(row) for row in csv.DictReader(file))


def _read(row: Mapping[str, str]) -> LabelTemplate:
    return LabelTemplate(
        row["template"],
        frozenset(row["marketplaces"].split()),
        date.fromisoformat(row["valid_from"]),
        row["language"],
        row["address"],
        {kind: frozenset(map(Zone, row[kind.lower()].split())) for kind in LabelKind},
        row["source"],
    )


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    with (_DATA / "label_words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {language: {row["word"]: row[language] for row in rows} for language in rows[0] if language != "word"}
