"""How an item's measures and origin read."""

from babel import Locale
from django.utils import translation

from acorn.ui import formats
from catalog import rules
from catalog.models import Item


def describe_size(item: Item) -> dict[str, str]:
    """Length × width × height by unit; empty where nothing is known, with a dash for a side that is not."""
    sides = (item.length_mm, item.width_mm, item.height_mm)
    if not any(sides):
        return {}
    return {unit: " × ".join(_number(side, unit) for side in sides) for unit in rules.MILLIMETRES}


def describe_weight(item: Item) -> dict[str, str]:
    """The weight by unit; empty where it is not known."""
    return {unit: _number(item.weight_g, unit) for unit in rules.GRAMS} if item.weight_g else {}


def name_of_country(code: str) -> str:
    """`CN · China`, in the reader's language; empty for none."""
    if not code:
        return ""
    names = Locale.parse((translation.get_language() or "en").replace("-hans", "_Hans"), sep="_").territories
    return f"{code} · {names.get(code, code)}"


def _number(value: int | None, unit: str) -> str:
    return "–" if value is None else formats.number(rules.in_unit(value, unit).normalize())
