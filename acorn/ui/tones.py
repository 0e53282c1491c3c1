"""What colour and shape a state has: one map per enum, registered by the app that owns the states.

    tones.register("orders.state", OrderState, {OrderState.NEW: Tone.AMBER, …})

A template then says `{% badge order.state "orders.state" %}` and shows colour, shape and the state's own word. Every
member needs a tone: forgetting one is a programming error at start, not a grey badge months later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices


class Tone(StrEnum):
    """Six, and what they mean everywhere."""

    NEUTRAL = "neutral"  # draft, closed
    BLUE = "blue"  # in progress
    GREEN = "green"  # done, verified
    AMBER = "amber"  # needs attention, due soon
    RED = "red"  # failed, overdue, refused
    VIOLET = "violet"  # simulated, presumed


@dataclass(frozen=True, slots=True)
class _States:
    choices: type[TextChoices]
    tones: Mapping[Any, Tone]


_REGISTRY: dict[str, _States] = {}


def register(kind: str, choices: type[TextChoices], tones: Mapping[Any, Tone]) -> None:
    """Give every member of an enum its tone. Raises ValueError for a missing one or a kind registered twice."""
    missing = [member.name for member in choices if member not in tones]
    if missing:
        raise ValueError(f"{kind} has no tone for {', '.join(missing)}")
    states = _States(choices, dict(tones))
    if _REGISTRY.setdefault(kind, states) != states:
        raise ValueError(f"tones of {kind} are registered twice")


def describe(kind: str, value: str) -> tuple[str, Tone]:
    """The word and the tone of a stored state. A value that the enum does not know is shown as it came, in neutral.

    Raises KeyError for a kind that nobody registered.
    """
    states = _REGISTRY[kind]
    try:
        member = states.choices(value)
    except ValueError:
        return str(value), Tone.NEUTRAL
    return str(member.label), states.tones[member]


def list_kinds() -> list[str]:
    return sorted(_REGISTRY)
