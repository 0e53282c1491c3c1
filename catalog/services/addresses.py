"""What an address must be, wherever it comes from: form, API or import."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Invalid
from catalog.rules import list_countries
from catalog.types import ADDRESS_FIELDS

_LONGEST = 200
_REQUIRED = ("address_line_1", "city", "country_code")
_MISSING = _("This is needed.")

Problems = dict[str, list[str | Promise]]


def check_address(values: Mapping[str, Any], *, prefix: str = "address.") -> dict[str, str]:
    """The parts of an address that are there, trimmed, the country in capitals.

    Raises Invalid with a field for each part that is missing, too long or no country; `prefix` goes before its name.
    """
    parts = {name: " ".join(str(values.get(name) or "").split()) for name in ADDRESS_FIELDS}
    parts["country_code"] = parts["country_code"].upper()
    wrong: Problems = {prefix + name: [_MISSING] for name in _REQUIRED if not parts[name]}
    for name, text in parts.items():
        if len(text) > _LONGEST:
            wrong[prefix + name] = [_("This is too long: 200 characters at most.")]
    if parts["country_code"] and parts["country_code"] not in list_countries():
        wrong[f"{prefix}country_code"] = [_("This is no country. Give its two letters, such as US or DE.")]
    if wrong:
        raise Invalid(fields=wrong)
    return {name: text for name, text in parts.items() if text}


def check_time_zone(name: str) -> str:
    """The name of a time zone as it is known, or an empty text. Raises Invalid."""
    if name and name not in _time_zones():
        raise Invalid(fields={"time_zone": [_("This time zone is not known. Write it as America/New_York.")]})
    return name


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
