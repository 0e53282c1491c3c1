from dataclasses import dataclass

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
