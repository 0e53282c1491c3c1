"""What a posted document must look like: the strict schema that Amazon checks at the door, before it answers 202.

A form says which fields an object may have and which it must; anything else is refused with Amazon's sentence. Values of
enumerations are not looked at here: Amazon finds those out later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator import times

_DECIMAL = re.compile(r"-?(0|([1-9]\d*))(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


class MalformedError(Exception):
    """The body is not what the schema asks for; the message is Amazon's sentence about it."""


def instant(value: str) -> bool:
    """Whether it is a date and time."""
    try:
        times.parse(value)
    except ValueError:
        return False
    return True


def decimal(value: str) -> bool:
    """Whether it is a decimal number as text, the only way that Amazon takes one."""
    return _DECIMAL.fullmatch(value) is not None


def country(value: str) -> bool:
    """Whether it has the shape of an ISO 3166-1 alpha-2 code."""
    return _COUNTRY.fullmatch(value) is not None


@dataclass(frozen=True)
class Form:
    """An object: its fields in the schema's order (a type, a check of text, another form), and those that must be there."""

    fields: Mapping[str, Field]
    required: tuple[str, ...] = ()

    def check(self, value: object, name: str) -> None:
        """Raises MalformedError at the first thing that the form does not allow."""
        if not isinstance(value, dict):
            raise _invalid(name)
        for key, entry in value.items():
            if key not in self.fields:
                raise MalformedError(f"Invalid content was found starting with element '{key}'.")
            _check(entry, key, self.fields[key])
        if any(key not in value for key in self.required):
            expected = ", ".join(self.fields)
            raise MalformedError(
                f"The content of element '{name}' is not complete. One of '{{{expected}}}' is expected."
            )


@dataclass(frozen=True)
class Many:
    """A list of such values; `least` of them at least."""

    of: Field
    least: int = field(default=0, kw_only=True)


Field = type[str] | type[int] | Callable[[str], bool] | Form | Many


def _check(value: object, name: str, expected: Field) -> None:
    if isinstance(expected, Form):
        expected.check(value, name)
    elif isinstance(expected, Many):
        if not isinstance(value, list):
            raise _invalid(name)
        if len(value) < expected.least:
            raise MalformedError(f"The content of element '{name}' is not complete.")
        for entry in value:
            _check(entry, name, expected.of)
    elif isinstance(expected, type):
        if not isinstance(value, expected) or isinstance(value, bool):
            raise _invalid(name)
    elif not isinstance(value, str) or not expected(value):
        raise _invalid(name)


def _invalid(name: str) -> MalformedError:
    return MalformedError(f"The value of element '{name}' is not valid.")


# An address, which all vendor models spell alike.
ADDRESS = Form(
    {
        "name": str,
        "addressLine1": str,
        "addressLine2": str,
        "addressLine3": str,
        "city": str,
        "county": str,
        "district": str,
        "stateOrRegion": str,
        "postalCode": str,
        "countryCode": str,
        "phone": str,
    },
    ("name", "addressLine1", "countryCode"),
)
