"""One cell into one value, or what is wrong with it. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import translation

from acorn.core.flaws import Flaw
from acorn.imports.types import LENGTHS, WEIGHTS, FileMapping, ImportField, Kind

_LONGEST = 5_000
_FLAGS = {
    **dict.fromkeys(("1", "true", "yes", "y", "x", "是", "有"), True),
    **dict.fromkeys(("0", "false", "no", "n", "否", "无"), False),
}
# what begins a formula in a spreadsheet: our own exports put an apostrophe before it
_NEUTRALISED = re.compile("'[=+\\-@\t\r\n＝＋－＠]")
_FORCED_TEXT = re.compile(r'="([^"]*)"')
_DATE = re.compile(r"(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})\s*日?")
_FIRST_DAY = date(1899, 12, 30)  # of the serial numbers of spreadsheets
_SERIALS = range(20_000, 80_000)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_MANY_DIGITS = 10**15


class Faulty(Exception):
    """The cell can't be taken; `code` and `params` say why."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def read_cell(field: ImportField, cell: Any, mapping: FileMapping) -> tuple[Any, Flaw | None]:
    """The value of a cell; a flaw instead where there is none. An empty cell is `field.empty`."""
    try:
        cell = _clean(cell)
        if cell is None or cell == "":
            return (field.empty, Flaw(field.name, "flaws.missing")) if field.is_required else (field.empty, None)
        return _READERS[field.kind](field, cell, mapping), None
    except Faulty as fault:
        return field.empty, Flaw(field.name, fault.code, fault.params)


def shown(cell: Any) -> str:
    """A cell as a message quotes it."""
    text = str(_as_text(cell)) if not isinstance(cell, dict) else next(map(str, cell.values()), "")
    return text if len(text) <= 60 else f"{text[:60]}…"


def _clean(cell: Any) -> Any:
    """Without what spreadsheets add: blanks around, apostrophes that say «text»."""
    if isinstance(cell, dict):
        if "e" in cell:
            raise Faulty("imports.formula_failed")
        return cell
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if forced := _FORCED_TEXT.fullmatch(text):
        text = forced[1].strip()
    elif text.startswith("="):
        raise Faulty("imports.formula", value=shown(text))
    elif _NEUTRALISED.match(text):
        text = text[1:]
    if "\x00" in text or any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise Faulty("imports.characters")
    if len(text) > _LONGEST:
        raise Faulty("flaws.too_long", limit=_LONGEST)
    return text


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if abs(cell) >= _MANY_DIGITS:
            raise Faulty("imports.digits_lost", value=f"{cell:.0f}")
        return format(_as_decimal(cell).normalize(), "f")
    if isinstance(cell, dict):
        if "d" in cell:
            return str(cell["d"]).removesuffix("T00:00:00")
        return str(cell.get("t", ""))
    return str(cell)


def _as_decimal(number: float) -> Decimal:
    """As the spreadsheet shows it: 15 digits, without the dust of binary fractions."""
    try:
        found = Decimal(f"{number:.15g}")
    except InvalidOperation:
        raise Faulty("imports.not_a_number", value=str(number)) from None
    if not found.is_finite():
        raise Faulty("imports.not_a_number", value=str(number))
    return found


def _read_text(field: ImportField, cell: Any, mapping: FileMapping) -> str:
    return _as_text(cell)


def _read_decimal(field: ImportField, cell: Any, mapping: FileMapping) -> Decimal:
    if isinstance(cell, bool | dict):
        raise Faulty("imports.not_a_number", value=shown(cell))
    if isinstance(cell, int | float):
        return _as_decimal(cell)
    text = re.sub(r"[\s\u00a0\u202f'’]", "", cell)
    sign = mapping.decimal
    if sign == "auto":
        if "," in text and "." in text:
            sign = "," if text.rfind(",") > text.rfind(".") else "."
        elif "," in text:
            if _GROUPED.fullmatch(text):
                raise Faulty("imports.ambiguous_number", value=shown(cell))
            sign = ","
        else:
            sign = "."
    group = "," if sign == "." else "."
    whole, _point, fraction = text.partition(sign)
    if group in fraction or (group in whole and not re.fullmatch(rf"[+-]?\d{{1,3}}(\{group}\d{{3}})+", whole)):
        raise Faulty("imports.not_a_number", value=shown(cell))
    plain = f"{whole.replace(group, '')}.{fraction or 0}"
    if not re.fullmatch(r"[+-]?\d{0,20}\.\d{1,20}", plain) or (plain.lstrip("+-").startswith(".0") and not whole):
        raise Faulty("imports.not_a_number", value=shown(cell))
    return Decimal(plain)


def _read_integer(field: ImportField, cell: Any, mapping: FileMapping) -> int:
    number = _read_decimal(field, cell, mapping)
    if number != number.to_integral_value():
        raise Faulty("imports.not_whole", value=shown(cell))
    if abs(number) > 2_000_000_000:
        raise Faulty("imports.too_large", value=shown(cell))
    return int(number)


def _measure(units: dict[str, Any], usual: str) -> Callable[[ImportField, Any, FileMapping], int]:
    def read(field: ImportField, cell: Any, mapping: FileMapping) -> int:
        factor = Decimal(str(units[mapping.units.get(field.name, usual)]))
        exact = _read_decimal(field, cell, mapping) * factor
        # asked before it is rounded: a huge number cannot be
        number = exact.quantize(Decimal(1), ROUND_HALF_UP) if abs(exact) <= 2_000_000_000 else Decimal(0)
        if number < 1:
            raise Faulty("imports.measure", value=shown(cell))
        return int(number)

    return read


def _read_date(field: ImportField, cell: Any, mapping: FileMapping) -> date:
    if isinstance(cell, dict) and "d" in cell:
        return datetime.fromisoformat(cell["d"]).date()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell in _SERIALS:
            day = _FIRST_DAY + timedelta(days=int(cell))
            raise Faulty("imports.serial_date", value=shown(cell), day=day.isoformat())
        raise Faulty("imports.not_a_date", value=shown(cell))
    found = _DATE.fullmatch(_as_text(cell).split("T")[0].removesuffix(" 00:00:00").removesuffix(" 0:00"))
    order = mapping.date_format
    if found is None or len(found[1 + order.index("Y")]) != 4:
        raise Faulty("imports.not_a_date", value=shown(cell))
    parts = dict(zip(order, map(int, found.groups()), strict=True))
    try:
        return date(parts["Y"], parts["M"], parts["D"])
    except ValueError:
        raise Faulty("imports.not_a_date", value=shown(cell)) from None


def _read_moment(field: ImportField, cell: Any, mapping: FileMapping) -> datetime:
    """RFC 3339, or a day and a time; without a zone it is UTC."""
    text = cell["d"] if isinstance(cell, dict) and "d" in cell else _as_text(cell)
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        day, _blank, clock = text.partition(" ")
        found = datetime.combine(_read_date(field, day, mapping), datetime.min.time())
        if clock:
            try:
                found = datetime.combine(found.date(), datetime.strptime(clock, "%H:%M").time())  # noqa: DTZ007
            except ValueError:
                raise Faulty("imports.not_a_date", value=shown(cell)) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _read_flag(field: ImportField, cell: Any, mapping: FileMapping) -> bool:
    if isinstance(cell, bool):
        return cell
    found = _FLAGS.get(_as_text(cell).lower())
    if found is None:
        raise Faulty("imports.not_yes_or_no", value=shown(cell))
    return found


_CHOICES: dict[tuple[str, str], dict[str, str]] = {}


def _read_choice(field: ImportField, cell: Any, mapping: FileMapping) -> str:
    """By its code, or by its word in any of our languages."""
    choices = field.choices
    if choices is None:
        raise TypeError(f"{field.name} has no choices")
    known = _CHOICES.get((choices.__module__, choices.__qualname__))
    if known is None:
        known = {value.lower(): value for value in choices.values}
        for language in ("en", "zh-hans"):
            with translation.override(language):
                known |= {str(label).lower(): value for value, label in choices.choices}
        _CHOICES[choices.__module__, choices.__qualname__] = known
    found = known.get(_as_text(cell).lower())
    if found is None:
        raise Faulty("flaws.choice", value=shown(cell), choices=", ".join(choices.values))
    return found


_READERS: dict[Kind, Callable[[ImportField, Any, FileMapping], Any]] = {
    Kind.TEXT: _read_text,
    Kind.INTEGER: _read_integer,
    Kind.DECIMAL: _read_decimal,
    Kind.DATE: _read_date,
    Kind.MOMENT: _read_moment,
    Kind.FLAG: _read_flag,
    Kind.CHOICE: _read_choice,
    Kind.LENGTH: _measure(LENGTHS, "mm"),
    Kind.WEIGHT: _measure(WEIGHTS, "g"),
}
