"""One cell into one value: what is taken, and what is refused with a word about it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from acorn.core import messages
from acorn.imports.types import FileMapping, ImportField, Kind, RowKind
from acorn.imports.values import read_cell


def _read(kind: Kind, cell: Any, **mapping: Any) -> Any:
    field = ImportField("f", "F", kind, choices=RowKind if kind == Kind.CHOICE else None)
    value, flaw = read_cell(field, cell, FileMapping(**mapping))
    if flaw is None:
        return value
    assert messages.is_registered(flaw.code)
    assert "{" not in str(flaw) or "{" in str(cell)
    return flaw.code


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        (2.7, "auto", Decimal("2.7")),
        (0.1 + 0.2, "auto", Decimal("0.3")),
        ("1,234.50", "auto", Decimal("1234.5")),
        ("1.234,50", "auto", Decimal("1234.5")),
        ("2,5", "auto", Decimal("2.5")),
        ("1 234,5", "auto", Decimal("1234.5")),
        ("1,234", "auto", "imports.ambiguous_number"),
        ("1,234", ".", Decimal(1234)),
        ("1,234", ",", Decimal("1.234")),
        ("1.234.567", ",", Decimal(1234567)),
        ("-3", "auto", Decimal(-3)),
        ("12 pcs", "auto", "imports.not_a_number"),
        ("1.2.3", ".", "imports.not_a_number"),
        ("1,2,3", ".", "imports.not_a_number"),
        ("1e5", "auto", "imports.not_a_number"),
        ("NaN", "auto", "imports.not_a_number"),
        (float("inf"), "auto", "imports.not_a_number"),
        (".", "auto", "imports.not_a_number"),
        ("", "auto", None),
        (True, "auto", "imports.not_a_number"),
        ({"d": "2026-01-01"}, "auto", "imports.not_a_number"),
        ({"e": True}, "auto", "imports.formula_failed"),
    ],
)
def test_numbers(cell: Any, decimal: str, value: Any) -> None:
    assert _read(Kind.DECIMAL, cell, decimal=decimal) == value


@pytest.mark.parametrize(
    ("cell", "order", "value"),
    [
        ("2026-12-31", "YMD", date(2026, 12, 31)),
        ("2026/1/5", "YMD", date(2026, 1, 5)),
        ("2026年12月31日", "YMD", date(2026, 12, 31)),
        ("31.12.2026", "DMY", date(2026, 12, 31)),
        ("12/31/2026", "MDY", date(2026, 12, 31)),
        ("31.12.2026", "YMD", "imports.not_a_date"),
        ("01/02/26", "DMY", "imports.not_a_date"),
        ("2026-02-30", "YMD", "imports.not_a_date"),
        ("soon", "YMD", "imports.not_a_date"),
        (46023.0, "YMD", "imports.serial_date"),
        (7, "YMD", "imports.not_a_date"),
        ({"d": "2026-01-01T00:00:00"}, "YMD", date(2026, 1, 1)),
    ],
)
def test_dates(cell: Any, order: str, value: Any) -> None:
    assert _read(Kind.DATE, cell, date_format=order) == value


def test_texts_keep_what_they_are() -> None:
    assert _read(Kind.TEXT, 4006381333931.0) == "4006381333931"
    assert _read(Kind.TEXT, 1.5e17) == "imports.digits_lost"
    assert _read(Kind.TEXT, '="00123"') == "00123"
    assert _read(Kind.TEXT, "=1+1") == "imports.formula"
    assert _read(Kind.TEXT, "'=1+1") == "=1+1"
    assert _read(Kind.TEXT, "'+49 30") == "+49 30"
    assert _read(Kind.TEXT, "'s-Hertogenbosch") == "'s-Hertogenbosch"
    assert _read(Kind.TEXT, "a\x00b") == "imports.characters"
    assert _read(Kind.TEXT, "x" * 5_001) == "flaws.too_long"


def test_measures_moments_flags_and_choices() -> None:
    assert _read(Kind.LENGTH, "12,5", units={"f": "cm"}) == 125
    assert _read(Kind.LENGTH, 10, units={"f": "in"}) == 254
    assert _read(Kind.WEIGHT, 1, units={"f": "lb"}) == 454
    assert _read(Kind.WEIGHT, 0) == "imports.measure"
    assert _read(Kind.INTEGER, 1.5) == "imports.not_whole"
    assert _read(Kind.INTEGER, 3e9) == "imports.too_large"
    assert _read(Kind.MOMENT, "2026-01-01T10:00:00Z") == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert _read(Kind.MOMENT, "2026/1/1 10:00") == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert _read(Kind.MOMENT, "yesterday") == "imports.not_a_date"
    assert [_read(Kind.FLAG, text) for text in ("Yes", "否", 1, "maybe")] == [
        True,
        False,
        True,
        "imports.not_yes_or_no",
    ]
    assert [_read(Kind.CHOICE, text) for text in ("new", "被拒绝", "x")] == ["NEW", "REFUSED", "flaws.choice"]


@example(kind=Kind.LENGTH, cell=1e40, decimal="auto")
@given(
    kind=st.sampled_from(list(Kind)),
    cell=st.one_of(
        st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.dates().map(lambda day: {"d": day.isoformat()}),
        st.from_regex(r"[-+]?[0-9.,' ]{1,12}", fullmatch=True), st.just({"e": True}), st.just({"t": "10:00:00"}),
    ),
    decimal=st.sampled_from(["auto", ".", ","]),
)  # fmt: skip
def test_no_cell_makes_reading_fail(kind: Kind, cell: Any, decimal: str) -> None:
    _read(kind, cell, decimal=decimal)
