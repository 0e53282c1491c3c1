"""The regional table of ASNs (`data/asn_rules.csv`): what is demanded where, of which freight, and by how bad a fault."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from vendors.types import Severity

TRUCK, PARCEL = "TRUCK", "PARCEL"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Term:
    """A row: in `scope` (a marketplace, a region, `*`), for a sort of freight and freight terms, from a day on.

    Without a severity the rule does not hold there. `value` is its number of days, orders or the like.
    """

    rule: str
    scope: str
    freight: str
    terms: str
    valid_from: date
    severity: Severity | None
    value: int | None
    source: str


def choose_terms(
    rows: Iterable[Term], *, marketplace: str, region: str, freight: str, terms: str, on: date
) -> dict[str, Term]:
    """The rows that hold, by rule: the marketplace's own before the region's, the exact before the general, the youngest.

    A rule of which no row fits is not in it: it asks nothing there.
    """
    places = {marketplace: 3, region: 2, ANY: 1}
    chosen: dict[str, tuple[tuple[int, bool, bool, date], Term]] = {}
    for row in rows:
        fits = row.scope in places and row.freight in (freight, ANY) and row.terms in (terms, ANY)
        if not fits or row.valid_from > on:
            continue
        rank = (places[row.scope], row.freight != ANY, row.terms != ANY, row.valid_from)
        if row.rule not in chosen or chosen[row.rule][0] < rank:
            chosen[row.rule] = (rank, row)
    return {rule: row for rule, (_, row) in chosen.items() if row.severity is not None}


def freight_of(mode: str) -> str:
    """Which sort of freight a mode is: parcels, or a truck of any load."""
    return PARCEL if mode == "SMALL_PARCEL" else TRUCK


def values_of(terms: Mapping[str, Term]) -> dict[str, int]:
    """The numbers of the rules that have one."""
    return {rule: row.value for rule, row in terms.items() if row.value is not None}
