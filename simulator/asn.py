"""An advance ship notice as Amazon keeps it: its cartons, what is in them, what is wrong with it, what has arrived.

Quantities are eaches. A pallet of loose items counts as one carton here, and so do the goods of a notice that names no
cartons at all (where Amazon lets that pass).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator import times

EXPECTED, RECEIVED, MISSING = CARTON_STATES = ("EXPECTED", "RECEIVED", "MISSING")


@dataclass
class Content:
    """So many eaches of one order line, of one lot."""

    order: str
    line: str
    eaches: int
    lot: str = ""
    # As the notice said it.
    expiry: str = ""


@dataclass
class Carton:
    # The notice's own number of it.
    sequence: str
    # What its label says: SSCCs with their "00", or numbers of Amazon's.
    codes: list[str]
    # The place of its pallet in the notice, "" for none.
    pallet: str
    tracking: str
    contents: list[Content]
    state: str = EXPECTED
    # When it was booked in, or given up.
    at: int | None = None


# How far a client's clock may be from ours without harm.
SKEW = 5 * times.MINUTE
_IN_TIME = 30 * times.MINUTE
_BEFORE_APPOINTMENT = 6 * times.HOUR

# What Amazon fines: wrong with a notice that it took, or with the goods that came.
DEFECTS = {
    "LATE": "The notice came more than 30 minutes after the departure, or less than 6 hours before the appointment.",
    "STRUCTURE_MISMATCH": "The shipment structure is not that of its containers.",
    "TOO_MANY_ORDERS": "A carton holds goods of more than five orders.",
    "MISSING_EXPIRY": "A perishable product needs its lot and its expiry.",
    "EXPIRES_SOON": "A product expires within 30 days.",
    "MIXED_LOTS": "A carton holds several lots of one product.",
    "LABEL_NOT_IN_ASN": "A label on the dock is not in the notice.",
    "CONTENT_MISMATCH": "A carton holds less than the notice says.",
    "BOOKED_ELSEWHERE": "The dock booked goods to another order.",
}


@dataclass
class Defect:
    """One of DEFECTS, and where."""

    at: int
    code: str
    details: str = ""


@dataclass
class Asn:
    identifier: str
    vendor_code: str
    centre: str
    # When the first version and this one were posted, and what became of the goods.
    first_at: int
    posted_at: int
    shipped_at: int
    expected_at: int
    transaction: str
    mode: str = ""
    structure: str = ""
    bol: str = ""
    pro: str = ""
    scac: str = ""
    arn: str = ""
    versions: int = 1
    appointment_at: int | None = None
    arrived_at: int | None = None
    pallets: list[list[str]] = field(default_factory=list)
    cartons: list[Carton] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    # The store's own number, 0 until it is stored.
    id: int = 0

    @property
    def state(self) -> str:
        """ON_THE_WAY, ARRIVED, RECEIVING, RECEIVED: received once nothing is expected any more."""
        if self.arrived_at is None:
            return "ON_THE_WAY"
        states = {carton.state for carton in self.cartons}
        if EXPECTED not in states:
            return "RECEIVED"
        return "ARRIVED" if states == {EXPECTED} else "RECEIVING"

    @property
    def is_late(self) -> bool:
        """Whether Amazon was told too late. A replacement is as late as the original was."""
        misses = self.appointment_at is not None and self.first_at > self.appointment_at - _BEFORE_APPOINTMENT
        return misses or self.first_at > self.shipped_at + _IN_TIME + SKEW

    @property
    def contents(self) -> Iterator[Content]:
        for carton in self.cartons:
            yield from carton.contents

    @property
    def orders(self) -> list[str]:
        return sorted({content.order for content in self.contents})

    @property
    def codes(self) -> list[str]:
        """Every label of the shipment, pallets first."""
        return [code for codes in (*self.pallets, *(carton.codes for carton in self.cartons)) for code in codes]

    def quantities(self) -> Counter[tuple[str, str]]:
        """Eaches per order and line."""
        return sum_contents(self.contents)

    def waiting(self, state: str = EXPECTED) -> list[Carton]:
        return [carton for carton in self.cartons if carton.state == state]

    def date_back(self, now: int) -> None:
        """Date what happened later than now to now. The departure and what is still to come stay as they were said."""
        self.first_at, self.posted_at = min(self.first_at, now), min(self.posted_at, now)
        if self.arrived_at is not None:
            self.arrived_at = min(self.arrived_at, now)
        for carton in self.cartons:
            if carton.at is not None:
                carton.at = min(carton.at, now)
        for defect in self.defects:
            defect.at = min(defect.at, now)

    def to_json(self) -> str:
        return json.dumps(self, default=vars, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Asn:
        """The notice that `to_json` wrote."""
        value: dict[str, Any] = json.loads(text)
        cartons = [
            Carton(**{**carton, "contents": [Content(**content) for content in carton["contents"]]})
            for carton in value["cartons"]
        ]
        return cls(**{**value, "cartons": cartons, "defects": [Defect(**entry) for entry in value["defects"]]})


def sum_contents(contents: Iterable[Content]) -> Counter[tuple[str, str]]:
    """Eaches per order and line."""
    sums: Counter[tuple[str, str]] = Counter()
    for content in contents:
        sums[content.order, content.line] += content.eaches
    return sums
