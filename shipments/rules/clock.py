"""When an ASN has to leave, by the dated rules of `data/asn_clocks.csv` and the company's own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from shipments.rules.terms import ANY

TRIGGER, DEADLINE = "TRIGGER", "DEADLINE"
OWN_RULE = "OWN"


class Moments(NamedTuple):
    """What an ASN's time is counted from, as far as it is known; all by Amazon's clock.

    Before the goods have left, `departure` is the planned one. `arrival` is the estimated one. `slot_request` is when a
    delivery slot was first asked for, `carrier_label` when the parcels got their tracking numbers.
    """

    departure: datetime | None = None
    appointment: datetime | None = None
    slot_request: datetime | None = None
    carrier_label: datetime | None = None
    arrival: datetime | None = None

    def at(self, anchor: str) -> datetime | None:
        """The moment that a row of the table names."""
        found: datetime | None = getattr(self, anchor.lower())
        return found


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A row: in `scope`, for a sort of freight on pallets or not, an ASN is due so many minutes after a moment."""

    rule: str
    role: str
    scope: str
    freight: str
    on_pallets: bool | None
    valid_from: date
    anchor: str
    minutes: int
    source: str


class Kind(NamedTuple):
    """What sort of shipment it is, for the choice of rules."""

    marketplace: str
    region: str
    freight: str
    on_pallets: bool


class Due(NamedTuple):
    """By when, and which rule says so."""

    at: datetime
    rule: str


def choose_clocks(rows: Iterable[ClockRule], kind: Kind, *, on: date) -> list[ClockRule]:
    """The rows that hold, of each rule the one of the narrowest scope, and of those the youngest."""
    places = {kind.marketplace: 3, kind.region: 2, ANY: 1}
    chosen: dict[tuple[str, str], ClockRule] = {}
    for row in rows:
        fits = row.scope in places and row.freight in (kind.freight, ANY) and row.valid_from <= on
        if not fits or row.on_pallets not in (None, kind.on_pallets):
            continue
        key = (row.role, row.rule)
        rival = chosen.get(key)
        if rival is None or (places[rival.scope], rival.valid_from) < (places[row.scope], row.valid_from):
            chosen[key] = row
    return list(chosen.values())


def find_deadline(rows: Iterable[ClockRule], moments: Moments, *, own_hours: int = 0) -> Due | None:
    """The earliest of all deadlines that can be counted; None where no moment is known.

    `own_hours` is the company's own rule: so long before the appointment, or the arrival where there is none.
    """
    return min(_deadlines(rows, moments, own_hours), default=None)


def find_trigger(rows: Iterable[ClockRule]) -> ClockRule | None:
    """At which moment the ASN ought to leave: the row of the narrowest demand, the slot before the departure."""
    triggers = [row for row in rows if row.role == TRIGGER]
    return max(triggers, key=lambda row: (row.on_pallets is not None, row.freight != ANY), default=None)


def _deadlines(rows: Iterable[ClockRule], moments: Moments, own_hours: int) -> Iterator[Due]:
    for row in rows:
        anchor = moments.at(row.anchor) if row.role == DEADLINE else None
        if anchor is not None:
            yield Due(anchor + timedelta(minutes=row.minutes), row.rule)
    arrival = moments.appointment or moments.arrival
    if own_hours > 0 and arrival is not None:
        yield Due(arrival - timedelta(hours=own_hours), OWN_RULE)
