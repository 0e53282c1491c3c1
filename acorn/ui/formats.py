"""How values read, in the active language and time zone. Pure text; the tags put the markup round it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import format_currency, format_decimal
from django.utils import timezone
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from acorn.core.money import Money, exponent
from acorn.ui.tones import Tone

RELATIVE_WITHIN = timedelta(hours=48)
_MAX_DECIMALS = 6  # a unit price's precision in the database


def locale() -> Locale:
    """The active language as Babel knows it."""
    return _locale(get_language() or "en")


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(to_locale(language))


def money(value: Money) -> str:
    """`USD 12,480.00`: the code always, the currency's decimals at least, and no digit of the price hidden."""
    return _money(value.amount, value.currency, get_language() or "en")


# a page of hundreds of lines says the same few figures over and over
@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, language: str) -> str:
    decimals = max(exponent(currency), _decimals(amount))
    digits = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    pattern = f"¤¤\u00a0{digits};¤¤\u00a0-{digits}"
    return format_currency(amount, currency, pattern, _locale(language), currency_digits=False)


def _decimals(amount: Decimal) -> int:
    digits = -int(amount.normalize().as_tuple().exponent)
    return min(max(digits, 0), _MAX_DECIMALS)


def number(value: int | Decimal) -> str:
    """`3,481`, with the language's separators."""
    return _number(value, get_language() or "en")


@lru_cache(maxsize=4096)
def _number(value: int | Decimal, language: str) -> str:
    return format_decimal(value, locale=_locale(language))


def quantity(eaches: int, amount: int | None = None, unit_size: int | None = None) -> str:
    """`240 (20 cases × 12)`: eaches first, the ordered unit in brackets where it differs."""
    text = number(eaches)
    if not amount or not unit_size or unit_size == 1:
        return text
    cases = ngettext("{count} case × {size}", "{count} cases × {size}", amount)
    return f"{text} ({cases.format(count=number(amount), size=number(unit_size))})"


def moment(value: datetime, *, seconds: bool = False) -> str:
    """`2026-11-23 21:45` in the active zone: sorts as it reads, the same width in every row and language."""
    return _local(value).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def day(value: date | datetime) -> str:
    """`2026-11-23`; an instant is the day that it is in the active zone."""
    return (_local(value) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


def _local(value: datetime) -> datetime:
    """In the active zone; as it is where the first or the last day of the calendar has no such hour."""
    try:
        return timezone.localtime(value)
    except OverflowError:
        return value


def utc(value: datetime) -> str:
    """`2026-11-23T20:45:00Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def relative(value: datetime, now: datetime) -> str:
    """`2 hours ago`, `in 5 minutes`."""
    delta = value - now
    if abs(delta) < timedelta(minutes=1):
        return _("just now")
    if abs(delta) < timedelta(hours=1):
        return format_timedelta(delta, granularity="minute", threshold=1, add_direction=True, locale=locale())
    # hours up to two days
    return format_timedelta(delta, granularity="hour", threshold=2, add_direction=True, locale=locale())


def span(delta: timedelta) -> str:
    """A length of time in its one or two largest units: `3d`, `26h`, `1h 20min`, `4min`. The browser counts the same."""
    minutes = max(int(abs(delta).total_seconds()) // 60, 0)
    if minutes >= 48 * 60:
        return _unit(minutes // 1440, "day")
    if minutes >= 120:
        return _unit(minutes // 60, "hour")
    if minutes > 60:
        return f"{_unit(1, 'hour')} {_unit(minutes - 60, 'minute')}"
    return _unit(minutes, "minute")


def unit_texts() -> dict[str, str]:
    """How lengths of time are written; the page hands them to the browser, so that both use the same words."""
    return _unit_texts(get_language() or "en")


@cache
def _unit_texts(_language: str) -> dict[str, str]:
    return {
        "day": _("{count}d"),
        "hour": _("{count}h"),
        "minute": _("{count}min"),
        "left": _("{time} left"),
        "overdue": _("overdue by {time}"),
    }


def _unit(count: int, unit: str) -> str:
    return unit_texts()[unit].format(count=count)


def countdown(deadline: datetime, now: datetime) -> str:
    """`3h left`, or `overdue by 3h`."""
    text = unit_texts()["overdue" if deadline < now else "left"]
    return text.format(time=span(deadline - now))


def urgency(deadline: datetime, started: datetime | None, now: datetime) -> Tone:
    """Amber in the last quarter of the clock, red in the last tenth and when overdue.

    Without a start the clock is taken as four days, so amber means less than a day.
    """
    if deadline <= now:
        return Tone.RED
    total = deadline - started if started and started < deadline else timedelta(days=4)
    left = (deadline - now) / total
    return Tone.RED if left <= 0.1 else Tone.AMBER if left <= 0.25 else Tone.NEUTRAL


def as_money(value: Any, currency: str = "") -> Money | None:
    """Money from Money, or from an amount and a currency; None from nothing."""
    if value is None or value == "":
        return None
    return value if isinstance(value, Money) else Money(Decimal(str(value)), currency)
