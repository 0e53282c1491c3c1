"""What a company may choose for itself: typed, with a default, read through one function.

An app registers its settings in `AppConfig.ready()`; `acorn.accounts.services.tenants.choose` writes them, audited.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acorn.tenancy.models import TenantSetting

_REGISTRY: dict[str, "Choice"] = {}
# what each is called, for the audit trail; grows as apps register theirs
LABELS: dict[str, str | Promise] = {}


@dataclass(frozen=True, slots=True)
class Choice:
    """`kind` is bool, int or str; `label` and `help` are what the settings page shows.

    With an `api_name` it is also part of `GET` and `PATCH tenant/` in the API. `find_fault` says in a sentence what is
    wrong with a value of this kind; empty if nothing.
    """

    key: str
    kind: type
    default: Any
    label: str | Promise
    help: str | Promise = ""
    api_name: str = ""
    find_fault: Callable[[Any], str | Promise] | None = None


def find_out_of_range(least: int, most: int, value: int) -> str | Promise:
    """For `find_fault` of a number: `partial(find_out_of_range, 0, 365)`."""
    return "" if least <= value <= most else _("This number is too small or too large.")


def register(*choices: Choice) -> None:
    """Make settings known; a second, different registration of a key is a programming error (ValueError)."""
    for choice in choices:
        if _REGISTRY.setdefault(choice.key, choice) != choice:
            raise ValueError(f"setting {choice.key} is registered twice")
        LABELS[choice.key] = choice.label


def list_choices() -> list[Choice]:
    return list(_REGISTRY.values())


def get_choice(key: str) -> Choice:
    """The description of a setting. Raises KeyError for a key that no app registered."""
    return _REGISTRY[key]


def chosen_by_api_name() -> dict[str, Any]:
    """The active tenant's value of every setting that the API names, in one query."""
    named = [choice for choice in _REGISTRY.values() if choice.api_name]
    rows = TenantSetting.objects.filter(key__in=[choice.key for choice in named])
    stored = dict(rows.values_list("key", "value"))
    return {choice.api_name: stored.get(choice.key, choice.default) for choice in named}


def chosen(key: str) -> Any:
    """The active tenant's value, or the default. Raises KeyError for a key that no app registered."""
    choice = _REGISTRY[key]
    stored = TenantSetting.objects.filter(key=key).values_list("value", flat=True).first()
    return choice.default if stored is None else stored
