"""What an address must be, wherever it comes from: form, API or import."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from acorn.core.flaws import Flaw, Flawed
from catalog.rules import list_countries
from catalog.types import ADDRESS_FIELDS

_LONGEST = 200
_REQUIRED = ("address_line_1", "city", "country_code")


def check_address(values: Mapping[str, Any], *, prefix: str = "address.") -> dict[str, str]:
    """The parts of an address that are there, trimmed, the country in capitals.

    Raises Flawed with each part that is missing, too long or no country; `prefix` goes before its name.
    """
    parts = {name: text for name in ADDRESS_FIELDS if (text := one_line(values.get(name)))}
    country = parts["country_code"] = parts.get("country_code", "").upper()
    flaws = [Flaw(prefix + name, "flaws.missing") for name in _REQUIRED if not parts.get(name)]
    flaws += [flaw for name, text in parts.items() if (flaw := find_too_long(prefix + name, text, _LONGEST))]
    if country and country not in list_countries():
        flaws.append(Flaw(f"{prefix}country_code", "flaws.country", {"value": country[:20]}))
    if flaws:
        raise Flawed(flaws)
    return parts


def check_time_zone(name: str) -> str:
    """The name of a time zone as it is known, or an empty text. Raises Flawed."""
    if name and name not in _time_zones():
        raise Flawed([Flaw("time_zone", "flaws.time_zone", {"value": name[:60]})])
    return name


def one_line(value: Any) -> str:
    """A text without line breaks and doubled blanks."""
    return " ".join(str(value or "").split())


def find_too_long(field: str, text: str, limit: int) -> Flaw | None:
    return Flaw(field, "flaws.too_long", {"limit": limit}) if len(text) > limit else None


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
