"""Stored messages are a code and its parameters; the text is made when somebody reads it, in their language.

An app registers its codes once, in `AppConfig.ready()`:

    messages.register({"orders.naive_date": Message(_("The date {value} came without a time zone."), fix=_("…"))})

A guard test checks that every code that is stored is registered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

_REGISTRY: dict[str, "Message"] = {}


@dataclass(frozen=True, slots=True)
class Message:
    """`text` says what happened; `fix` says what to do next, and may be empty."""

    text: str | Promise
    fix: str | Promise = ""


class _Params(dict[str, Any]):
    """Shows a missing parameter as its name: an old row must stay readable after a text gained a field."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def register(messages: Mapping[str, Message]) -> None:
    """Make codes known. Registering a code twice with different texts is a programming error (ValueError)."""
    for code, message in messages.items():
        if _REGISTRY.setdefault(code, message) != message:
            raise ValueError(f"message code {code} is registered twice")


def is_registered(code: str) -> bool:
    return code in _REGISTRY


def list_codes() -> list[str]:
    return sorted(_REGISTRY)


def render(code: str, params: Mapping[str, Any] | None = None) -> str:
    """What happened, in the active language. An unknown code is shown as it is: the record outlives its text."""
    message = _REGISTRY.get(code)
    return str(message.text).format_map(_Params(params or {})) if message else code


def render_fix(code: str, params: Mapping[str, Any] | None = None) -> str:
    """What to do next, in the active language; empty where there is nothing to do."""
    message = _REGISTRY.get(code)
    return str(message.fix).format_map(_Params(params or {})) if message else ""
