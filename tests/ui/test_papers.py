"""Papers in both forms: nothing is lost on a page's edge, and a number stays a number."""

import io
from datetime import date
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from acorn.ui.papers import PDF, XLSX, Column, Paper, Section, draw

COLUMNS = [Column("SKU"), Column("数量", is_numeric=True), Column("Day"), Column("Done", is_tick=True)]


def _paper(rows: int, heading: str = "仓库 MAIN") -> Paper:
    found = [[f"SKU-{place} <b>&", place, date(2026, 11, 23), None] for place in range(rows)]
    return Paper(
        "拣货单", [("Company", "Acme & Co <Ltd>")], [Section(heading, COLUMNS, found, ["Total", rows, None, ""])]
    )


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 300])
def test_every_row_is_on_some_page(rows: int) -> None:
    body, content_type = draw(_paper(rows), "pdf")

    assert content_type == PDF
    assert body.startswith(b"%PDF-")
    assert (body.count(b"/Type /Page\n") > 1) == (rows == 300)


def test_a_row_may_be_longer_than_a_page() -> None:
    long = ", ".join(f"PO{place:06d} → PHX7: 10" for place in range(900))
    paper = Paper("Picks", [], [Section("MAIN", COLUMNS, [[long, 1, None, None], ["SKU-2", 2, None, None]])])

    body, _content_type = draw(paper, "pdf")

    assert body.count(b"/Type /Page\n") > 2


def test_a_sheet_keeps_numbers_and_days() -> None:
    body, content_type = draw(_paper(3, "a/b[c]:*?\\" + "x" * 60), "xlsx")

    assert content_type == XLSX
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    (name,) = book.sheet_names
    assert len(name) <= 31
    rows = book.get_sheet_by_name(name).to_python()
    assert rows[5][:3] == ["SKU-1 <b>&", 1, date(2026, 11, 23)]
    assert rows[-1][:2] == ["Total", 3]


def test_a_decimal_and_an_odd_character_do_no_harm() -> None:
    rows = [["\u202e\x07😀 المنتج", Decimal("1.50"), None, ""]]
    paper = Paper("T", [], [Section("S", COLUMNS, rows)])

    for form in ("pdf", "xlsx"):
        assert draw(paper, form)[0]


def test_another_form_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        draw(_paper(1), "doc")
