"""Where a higher app adds to the page of a lower one, by name and without an import.

A higher app calls `register("orders.order", Panel(...))` in `AppConfig.ready()`; the lower page renders
`collect("orders.order", order)`. Each panel costs a constant number of queries (tests/guards counts them).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Panel:
    """`load(subject)` reads what `template` shows; a panel whose load returns None is left out.

    With a `right` it is shown only to those who have it.
    """

    name: str
    title: str | Promise
    template: str
    load: Callable[[Any], dict[str, Any] | None]
    right: str = ""


_PANELS: dict[str, list[Panel]] = {}


def register(place: str, panel: Panel) -> None:
    """Add a panel to a place; a second panel of the same name replaces the first, so that reloading is harmless."""
    panels = _PANELS.setdefault(place, [])
    panels[:] = [known for known in panels if known.name != panel.name] + [panel]


def list_places() -> dict[str, list[Panel]]:
    return {place: list(panels) for place, panels in _PANELS.items()}


def collect(place: str, subject: Any, may: Callable[[Any], bool] | None = None) -> list[dict[str, Any]]:
    """The panels of a place with their data, in the order of registration.

    `may` tells whether the reader has a right (`request.membership.may`); without it no panel with a right is shown.
    """
    shown = [panel for panel in _PANELS.get(place, []) if not panel.right or (may is not None and may(panel.right))]
    loaded = [(panel, panel.load(subject)) for panel in shown]
    return [{"panel": panel, **data} for panel, data in loaded if data is not None]
