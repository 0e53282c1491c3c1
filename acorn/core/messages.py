"""Stored messages are a code and its parameters; the text is made when somebody reads it, in their language.

An app registers its codes once, in `AppConfig.ready()`:

    messages.register({"orders.naive_date": Message(_("The date {value} came without a time zone."), fix=_("…"))})

A parameter that is itself a code (a role, a state) is shown in words by naming its vocabulary:
`_("{email} was invited as {role:accounts.role}.")`, with `messages.register_words("accounts.role", Role)`.

A guard test checks that every code that is stored is registered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_REGISTRY: dict[str, "Message"] = {}
_WORDS: dict[str, Callable[[str], str]] = {}


@dataclass(frozen=True, slots=True)
class Message:
    """`text` says what happened; `fix` says what to do next, and may be empty.

    Routine is what happens all day without anybody asking, such as reading a page: lists leave it out at first.
    """

    text: str | Promise
    fix: str | Promise = ""
    is_routine: bool = False


class _Text(str):
    """A parameter's text; with a vocabulary as its format it is shown in that vocabulary's words, if it has one."""

    __slots__ = ()

    def __format__(self, vocabulary: str) -> str:
        find = _WORDS.get(vocabulary)
        return str(find(str(self)) if find else self)


class _Params(dict[str, Any]):
    """Shows a missing parameter as its name: an old row must stay readable after a text gained a field."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, bool):
            return _Text(_("yes") if value else _("no"))
        return _Text(value) if isinstance(value, str) else value

    def __missing__(self, key: str) -> str:
        return _Text("{" + key + "}")


def register(messages: Mapping[str, Message]) -> None:
    """Make codes known. Registering a code twice with different texts is a programming error (ValueError)."""
    for code, message in messages.items():
        if _REGISTRY.setdefault(code, message) != message:
            raise ValueError(f"message code {code} is registered twice")


def register_words(vocabulary: str, choices: Mapping[str, str | Promise] | type[TextChoices]) -> None:
    """Name a vocabulary that parameters are shown in; a value that it lacks is shown as it is.

    Several values in one parameter, with ", " between them, are shown word by word. A mapping may grow later.
    """
    known: Mapping[str, Any] = choices if isinstance(choices, Mapping) else dict(choices.choices)
    _WORDS[vocabulary] = lambda value: ", ".join(str(known.get(part, part)) for part in value.split(", "))


def word(vocabulary: str, value: str) -> str:
    """One value in a vocabulary's words."""
    return format(_Text(value), vocabulary)


def is_registered(code: str) -> bool:
    return code in _REGISTRY


def list_codes() -> list[str]:
    return sorted(_REGISTRY)


def list_routine_codes() -> list[str]:
    return sorted(code for code, message in _REGISTRY.items() if message.is_routine)


def render(code: str, params: Mapping[str, Any] | None = None) -> str:
    """What happened, in the active language. An unknown code is shown as it is: the record outlives its text."""
    if code not in _REGISTRY:
        return code
    text, _fix = _translated(code, get_language())
    return text.format_map(_Params(params or {}))


def render_fix(code: str, params: Mapping[str, Any] | None = None) -> str:
    """What to do next, in the active language; empty where there is nothing to do."""
    if code not in _REGISTRY:
        return ""
    _text, fix = _translated(code, get_language())
    return fix.format_map(_Params(params or {})) if fix else ""


@cache  # a page of hundreds of lines says the same few messages over and over, and a code keeps its text
def _translated(code: str, _language: str | None) -> tuple[str, str]:
    message = _REGISTRY[code]
    return str(message.text), str(message.fix)
