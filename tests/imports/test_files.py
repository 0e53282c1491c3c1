"""Files of every make, and files that were made to do harm: a clear word, never a crash, and nothing half done."""

import io
import json
import zipfile
from typing import Any

import pytest
import xlsxwriter

from acorn.core import messages
from acorn.imports.exporting import CsvLines, write_workbook
from acorn.imports.models import ImportPreview
from acorn.imports.registry import find_table
from acorn.imports.types import FileMapping
from acorn.tenancy.models import Tenant
from catalog.models import Item
from tests.factories.catalog import make_item
from tests.imports.files import bring, csv, upload, xlsx


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_texts_come_in_by_every_usual_encoding(tenant: Tenant, encoding: str) -> None:
    rows = csv("SKU;标题", "A-1;落地灯，黄铜", encoding=encoding)

    assert bring(rows).state == "DONE"

    assert Item.objects.get().title == "落地灯，黄铜"


def test_the_encoding_can_be_said_where_the_guess_is_wrong(tenant: Tenant) -> None:
    rows = csv("sku,title", "A-1,Müller größer", encoding="cp1252")

    bring(rows, mapping=FileMapping(columns={"sku": "sku", "title": "title"}, encoding="cp1252"))

    assert Item.objects.get().title == "Müller größer"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found_and_line_breaks_in_quotes_begin_no_row(tenant: Tenant, separator: str) -> None:
    rows = csv(separator.join(["sku", "title"]), separator.join(["A-1", '"two\nlines"']), separator.join(["A-2", "x"]))

    bring(rows)

    assert list(Item.objects.order_by("sku").values_list("title", flat=True)) == ["two lines", "x"]


def test_a_workbook_comes_in_with_its_dates_numbers_and_codes(tenant: Tenant) -> None:
    rows = xlsx(["SKU", "Title", "Case pack", "Has lots"], [4006381333931, "Lamp", 6, True], [], ["A-2", "", 1, False])

    run = bring(rows, name="items.xlsx")

    assert run.counts["NEW"] == 2
    assert list(Item.objects.order_by("sku").values_list("sku", "case_pack", "tracks_lots")) == [
        ("4006381333931", 6, True), ("A-2", 1, False),
    ]  # fmt: skip


def _book(write: Any) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("Data")
    sheet.write_row(0, 0, ["sku", "title", "case_pack"])
    write(book, sheet)
    book.close()
    return buffer.getvalue()


def _zip(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _edited(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A workbook with one of its parts rewritten."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            assert name != part or old in text
            target.writestr(name, text.replace(old, new) if name == part else text)
    return buffer.getvalue()


GOOD = xlsx(["sku", "title"], ["A-1", "Lamp"])
SHEET = "xl/worksheets/sheet1.xml"

BAD = {
    "empty": (b"", "imports.empty"),
    "blank": (b"\r\n , \r\n".replace(b",", b" "), "imports.empty"),
    "only a header": (csv("sku,title"), "imports.no_rows"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "imports.old_excel"),
    "no workbook": (_zip(**{"a.txt": b"x"}), "imports.unreadable"),
    "cut off": (GOOD[: len(GOOD) // 2], "imports.unreadable"),
    "damaged": (GOOD.replace(b"xl/workbook.xml", b"xl/workbook.xmX"), "imports.unreadable"),
    "zip bomb": (_zip(**{"xl/workbook.xml": b"<x/>", "bomb": b"\0" * (1_100 << 20)}), "imports.unfolds"),
    "many parts": (_zip(**{f"p{number}": b"" for number in range(5_100)}), "imports.unfolds"),
    # a cell at the far end makes a dense table of 17 thousand million cells
    "far cell": (_edited(GOOD, SHEET, b'r="B2"', b'r="XFD1048576"'), "imports.unfolds"),
    "merged header": (_book(lambda book, sheet: sheet.merge_range("B1:C1", "both")), "imports.merged_header"),
    "duplicate header": (csv("sku,title,title", "A-1,x,y"), "imports.duplicate_header"),
    "not text": (b"sku,title\n\xff\xfe\xfd\x81\x8d,\x00\x01", "imports.encoding"),
    "wide": (csv(",".join(["sku"] * 400), "x"), "imports.too_many_rows"),
    "endless quote": (b'sku,title\nA-1,"' + b"x" * 200_000, "imports.broken_row"),
}


@pytest.mark.parametrize(("content", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_in_words_and_nothing_happens(tenant: Tenant, content: bytes, code: str) -> None:
    run = upload(content, name="bad")

    assert (run.state, run.message_code) == ("FAILED", code)
    assert "{" not in messages.render(run.message_code, run.message_params)
    assert messages.render_fix(run.message_code, run.message_params)
    assert not Item.objects.exists()


def test_more_rows_than_the_limit_are_refused(tenant: Tenant, settings: Any) -> None:
    settings.IMPORT_MAX_ROWS = 3

    assert upload(csv("sku", *(f"A-{number}" for number in range(3)))).state == "PREVIEW"
    assert upload(csv("sku", *(f"A-{number}" for number in range(4)))).message_code == "imports.too_many_rows"
    assert upload(xlsx(["sku"], *([f"A-{number}"] for number in range(4)))).message_code == "imports.too_many_rows"


def _failing(book: Any, sheet: Any) -> None:
    sheet.write_row(1, 0, ["A-1", "Lamp"])
    sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
    sheet.write_row(2, 0, ["A-2", "Chair"])
    sheet.write_formula("C3", "=2*3", None, 6)


def test_a_formula_counts_by_its_value_and_one_that_failed_is_refused_by_row_and_column(tenant: Tenant) -> None:
    run = upload(_book(_failing))

    assert (run.counts["NEW"], run.counts["REFUSED"]) == (1, 1)
    row = ImportPreview.objects.get(run=run, kind="REFUSED")
    assert (row.number, row.flaws) == (2, [["case_pack", "imports.formula_failed", {}]])
    assert ImportPreview.objects.get(run=run, kind="NEW").values["case_pack"] == 6


def test_the_second_row_about_the_same_thing_is_refused(tenant: Tenant) -> None:
    run = upload(csv("sku,title", "A-1,x", "A-2,y", " A-1 ,z"))

    row = ImportPreview.objects.get(run=run, kind="REFUSED")
    assert (row.number, row.flaws) == (4, [["sku", "imports.twice", {"row": 2}]])


def test_columns_that_are_not_known_wait_for_a_person(tenant: Tenant) -> None:
    run = upload(csv("Artikel,Name", "A-1,x"))

    assert run.state == "COLUMNS"
    assert run.sample["headers"] == ["Artikel", "Name"]
    assert json.dumps(run.sample["rows"]) == '[["A-1", "x"]]'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "'quoted", 'a,b;c"d', "落地灯"])
def test_an_export_is_no_formula_and_imports_as_what_it_was(tenant: Tenant, text: str) -> None:
    make_item("A-1", title=text)
    table = find_table("items")
    assert table is not None
    content = b"".join(CsvLines(table))

    assert not any(
        cell.startswith(("=", "+", "-", "@")) for cell in content.decode("utf-8-sig").splitlines()[1].split(",")
    )
    assert upload(content).counts["SAME"] == 1
    assert upload(write_workbook(table).read(), name="x.xlsx").counts["SAME"] == 1
