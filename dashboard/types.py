from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at the top of Today: what it counts, where its list is, and how it went the last days.

    `amounts` are totals by currency, never added across currencies. `trend` has one value a day, oldest first.
    """

    label: str | Promise
    value: int
    url: str
    amounts: tuple[tuple[str, str], ...] = ()
    trend: tuple[int, ...] = ()
    is_urgent: bool = False


class Due(NamedTuple):
    """The next deadline of an order, by the clock of its world, and what has to be done by then."""

    at: datetime
    step: str | Promise
    is_answer: bool = False


class ShipmentProgress(NamedTuple):
    """A shipment that carries goods of an order, with the ASNs of it that stand."""

    shipment: Any
    asns: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class FulfilmentRow:
    """One order on the fulfilment board; the last two are in real time, to count down."""

    order: Any
    shares: Sequence[Any]
    shipments: Sequence[ShipmentProgress]
    due: Due | None
    real_due_at: datetime | None
    real_ordered_at: datetime | None


class Measured(NamedTuple):
    """Open orders by stage: all of them, those whose deadline is over, by the day on which something is due, and after."""

    stages: Mapping[str, int]
    late: Mapping[str, int]
    days: tuple[tuple[date, Mapping[str, int]], ...]
    later: Mapping[str, int]
