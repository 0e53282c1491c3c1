"""Labels as PDF: what is printed is what was asked for, read back by an independent decoder."""

import tracemalloc
from collections.abc import Iterator

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.graphics.barcode import code128 as reportlab_code128

from shipments.labels import (
    LabelData,
    LabelKind,
    LabelTemplate,
    code128,
    draw_pdf,
    fonts,
    layout,
    list_faults,
    list_templates,
)
from shipments.labels.label import Zone
from shipments.rules.sscc import Sscc
from tests.factories.labels import PREFIX, US, make_label, make_labels
from tests.support.barcodes import expected, read, render


def _pdf(*labels: LabelData) -> bytes:
    return b"".join(draw_pdf(labels, US))


def _text(pdf: bytes, page: int = 0) -> str:
    return pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range().replace("\r\n", "\n")


# --- barcodes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dpi", [203, 300])
def test_every_barcode_is_what_the_label_says(dpi: int) -> None:
    labels = [
        make_label(0),
        make_label(999_999_999, purchase_orders=("12345678",)),
        make_label(3, purchase_orders=("4Z32PABC", "5Q88QWER", "12345678", "ABCDEFGH", "Z9Y8X7W6"), item_code="", item_title=""),
        make_label(4, kind=LabelKind.PALLET, purchase_orders=("4Z32PABC", "1A2B3C4D"), sscc=str(Sscc("9", "6901234567", 7))),
        make_label(5, kind=LabelKind.PALLET, purchase_orders=tuple(f"4Z32PA{number:02}" for number in range(40))),
        make_label(6, purchase_orders=("PO-2026/000017 a.b",)),
    ]  # fmt: skip

    pages = [read(page) for page in render(_pdf(*labels), dpi=dpi)]

    assert pages == [
        expected(label.sscc, *(label.purchase_orders if len(label.purchase_orders) <= layout.MOST_BARCODES else ()))
        for label in labels
    ]


def test_many_numbers_decode() -> None:
    """Every symbol of the pairs, in a run with shared blocks."""
    labels = list(make_labels(100))

    for label, page in zip(labels, render(_pdf(*labels), dpi=203), strict=True):
        assert read(page) == expected(label.sscc, *label.purchase_orders)


def test_the_patterns_are_those_of_the_standard() -> None:
    """Against the table of another implementation, whose letters are widths: a to d bars, A to D spaces."""
    theirs = [
        "".join(str(ord(letter.lower()) - 96) for letter in pattern)
        for _key, pattern in sorted(reportlab_code128._patterns.items(), key=lambda pair: _value(pair[0]))
    ]
    assert code128.PATTERNS[:106] == theirs[:106]


def _value(key: object) -> int:
    return int(str(key)) if str(key).isdigit() else 999


@given(text=st.from_regex(r"[0-9A-Za-z ./+$%-]{1,40}", fullmatch=True))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_every_text_that_is_drawable_reads_back(text: str) -> None:
    assert _decode(code128.encode(text)) == text


def _decode(barcode: code128.Barcode) -> str:
    """By the standard's tables of sets B and C, with the check symbol."""
    *symbols, check = barcode.symbols
    assert (symbols[0] + sum(place * value for place, value in enumerate(symbols))) % 103 == check
    pairs, text = symbols[0] == 105, ""
    for value in symbols[1:]:
        if value in (99, 100):
            pairs = value == 99
        else:
            text += f"{value:02}" if pairs else chr(value + 32)
    return text


@pytest.mark.parametrize("text", ["", "Bestellung ä", "A^FS", "A>B", "a_b", "\n", "x" * 41])
def test_what_is_no_barcode_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no barcode"):
        code128.encode(text)


@pytest.mark.parametrize("sscc", ["", "006141411234567891", "0" * 20, "abc"])
def test_a_label_without_a_right_number_is_not_drawn(sscc: str) -> None:
    with pytest.raises(ValueError, match="no SSCC"):
        _pdf(make_label(sscc=sscc))


def test_no_labels_are_no_document() -> None:
    with pytest.raises(ValueError, match="no labels"):
        _pdf()


# --- text -------------------------------------------------------------------------------------------------------------


def test_the_text_is_there_and_can_be_copied() -> None:
    text = _text(_pdf(make_label(7, item_title="Łódź kettle, чайник, βραστήρας, 湯沸かし器")))

    for told in (
        "深圳市华强北电子有限公司", "Phoenix, AZ 85043-4428", "PHX6", "4Z32PABC", "B08N5WRWNW", "8 of 5000",
        "Łódź kettle, чайник, βραστήρας, 湯沸かし器", "(00) 0 0614141 000000007 4",
    ):  # fmt: skip
        assert told in text


_NASTY = st.text(st.characters(codec="utf-8", exclude_categories=[]), max_size=200) | st.sampled_from(
    [
        "W" * 300,
        "中" * 300,
        "a b " * 100,
        "",
        " ",
        "\x00\n\r\t",
        "é́́́",
        "שלום",
        "ﷺ" * 50,
        "😀" * 9,
        "\u202eabc",
        "Ｗ" * 80,
    ]
)
LABELS = st.builds(
    LabelData,
    kind=st.sampled_from(LabelKind), sscc=st.integers(0, 10**9 - 1).map(lambda serial: str(Sscc("0", PREFIX, serial))),
    ship_from=st.lists(_NASTY, max_size=12).map(tuple), ship_to=st.lists(_NASTY, max_size=12).map(tuple),
    purchase_orders=st.lists(_NASTY, max_size=9).map(tuple), eaches=st.integers(0, 10**12),
    position=st.integers(0, 10**9), count=st.integers(0, 10**9), ship_to_code=_NASTY, item_code=_NASTY, item_title=_NASTY,
    cases=st.integers(0, 10**9), carrier=_NASTY, pro_number=_NASTY, bol_number=_NASTY,
)  # fmt: skip


@given(label=LABELS)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_nothing_ever_leaves_its_zone(label: LabelData) -> None:
    for mark in _marks(label):
        assert _zone_of(mark) is not None, mark
    list_faults(label, US)


@pytest.mark.parametrize("template", list_templates(), ids=lambda template: template.id)
@pytest.mark.parametrize("orders", [("4Z32PABC",), ("4Z32PABC", "12345678", "x" * 20), tuple("ABCDEFGH")])
def test_no_letter_is_in_a_barcode_or_its_quiet_zone(template: LabelTemplate, orders: tuple[str, ...]) -> None:
    marks = list(_marks(make_label(purchase_orders=orders, kind=LabelKind.PALLET, pro_number="Ålesund (½)"), template))
    texts = [mark for mark in marks if isinstance(mark, layout.Text)]
    codes = [mark for mark in marks if isinstance(mark, layout.Bars)]

    for mark in marks:
        assert _zone_of(mark) is not None, mark
    for code in codes:
        left, right, bottom, top = _extent(code)
        for text in texts:
            text_left, text_right, text_bottom, text_top = _extent(text)
            apart = text_right <= left or right <= text_left or text_top <= bottom + 0.01 or top <= text_bottom + 0.01
            assert apart, (code, text)


def _marks(label: LabelData, template: LabelTemplate = US) -> Iterator[layout.Mark]:
    blocks = layout.lay_out(label, template)
    return (mark for block in blocks for mark in block.marks if not isinstance(mark, layout.Rule))


def _zone_of(mark: layout.Mark) -> Zone | None:
    """The zone that holds all of a mark."""
    left, right, bottom, top = _extent(mark)
    inside = [
        zone
        for zone, box in layout.ZONES.items()
        if box.left <= left and right <= box.right + 0.01 and box.bottom <= bottom and top <= box.top + 0.01
    ]
    return inside[0] if inside else None


def _extent(mark: layout.Mark) -> tuple[float, float, float, float]:
    """Left, right, bottom, top: of letters from their feet to their accents, of barcodes with their quiet zones."""
    if isinstance(mark, layout.Text):
        right = mark.x + fonts.width(mark.text, mark.size, is_bold=mark.is_bold)
        return mark.x, right, mark.y - fonts.DESCENT * mark.size, mark.y + fonts.ASCENT * mark.size
    assert isinstance(mark, layout.Bars)
    half = (mark.barcode.modules / 2 + code128.QUIET_MODULES) * mark.module_mm * layout.POINTS_PER_MM
    return mark.x - half, mark.x + half, mark.y, mark.y + mark.height


def test_letters_stay_in_their_zones_as_a_reader_sees_them() -> None:
    """Measured in the drawn document, by another program."""
    label = make_label(
        ship_from=("深圳市华强北路一〇五八号华强电子世界一号楼三层三〇一至三〇九室有限责任公司" * 3,) * 3,
        ship_to=("Amazon EU S.à r.l., Niederlassung Deutschland, c/o Sehr Langer Firmenname mbH & Co. KG",
                 "Ul. Czekoladowa 1, Bielany Wrocławskie, hala numer trzynaście", "55-040 Kobierzyce", "POLAND"),
        item_title="An item whose title nobody wanted to shorten, for it says everything there is to say " * 3,
    )  # fmt: skip
    page = pypdfium2.PdfDocument(_pdf(label))[0].get_textpage()
    boxes = [page.get_charbox(place) for place in range(page.count_chars()) if page.get_text_range(place, 1).strip()]

    assert len(boxes) > 500
    for left, bottom, right, top in boxes:
        assert any(
            box.left <= left and right <= box.right and box.bottom <= bottom and top <= box.top
            for box in layout.ZONES.values()
        ), (left, bottom, right, top)


def test_long_lines_shrink_then_wrap_then_are_cut() -> None:
    box = {"wide": 100, "high": 40, "largest": 10, "smallest": 5, "leading": 1.1}
    assert fonts.fit(["short", "lines"], **box) == (10, ["short", "lines"], False)
    size, lines, is_cut = fonts.fit(["a little too long for size 10"], **box)
    assert (size, lines, is_cut) == (9, ["a little too long for size 10"], False)
    size, lines, is_cut = fonts.fit(["a line that has to be wrapped to fit at ten"], **box)
    assert (size, len(lines), is_cut) == (10, 2, False)
    size, lines, is_cut = fonts.fit(["中" * 500], **box)
    assert (size, lines[-1][-1], is_cut) == (5, "…", True)
    assert all(fonts.width(line, size) <= 100 for line in lines)


# --- what a person should know ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({}, []),
        ({"ship_from": ("",), "purchase_orders": ()}, [("ZONE_EMPTY", "FROM"), ("ZONE_EMPTY", "ORDER")]),
        ({"eaches": 0, "position": 0}, [("ZONE_EMPTY", "ITEM"), ("ZONE_EMPTY", "COUNT")]),
        ({"kind": LabelKind.PALLET, "eaches": 0, "purchase_orders": ()}, []),
        ({"kind": LabelKind.CARTON_ON_PALLET, "ship_to": ()}, []),
        ({"carrier": "", "pro_number": "", "bol_number": ""}, []),
        ({"purchase_orders": ("Ä1",)}, [("NO_BARCODE", "Ä1")]),
        ({"purchase_orders": ("X" * 40,)}, [("NO_BARCODE", "X" * 40)]),
        ({"purchase_orders": tuple("ABCDEFG")}, [("NO_BARCODE", "7")]),
        ({"ship_to": ("Amazon", "ישראל")}, [("NO_GLYPH", "ישראל")]),
        ({"pro_number": "W" * 200}, [("TEXT_CUT", "W" * 200)]),
    ],
)  # fmt: skip
def test_faults_are_told(values: dict[str, object], faults: list[tuple[str, str]]) -> None:
    assert list_faults(make_label(**values), US) == faults


# --- the document -----------------------------------------------------------------------------------------------------


def test_the_same_labels_give_the_same_bytes() -> None:
    assert _pdf(*make_labels(20)) == _pdf(*make_labels(20))


def test_a_page_is_four_by_six_inches_and_printed_at_its_size() -> None:
    pdf = _pdf(make_label())

    assert pypdfium2.PdfDocument(pdf)[0].get_size() == (288, 432)
    assert b"/PrintScaling/None" in pdf
    assert b"/FontFile2" in pdf
    assert b"/FontFile3" in pdf


def test_fonts_are_embedded_as_what_the_document_says_they_are() -> None:
    """TrueType outlines, and a bare CFF with CIDs: another kind is drawn by some readers only."""
    starts = [fonts.FACES[name].embed("A1")[:4] for name in (fonts.REGULAR, fonts.BOLD)]

    assert starts == [b"\x00\x01\x00\x00"] * 2
    assert fonts.FACES[fonts.CHINESE].embed("中")[:2] == b"\x01\x00"


def test_labels_stream_in_the_memory_of_a_few() -> None:
    taken = 0

    def labels() -> Iterator[LabelData]:
        nonlocal taken
        for label in make_labels(3_000):
            taken += 1
            yield label

    list(draw_pdf(make_labels(50), US))  # what is made once
    tracemalloc.start()
    seen = []
    size = 0
    for piece in draw_pdf(labels(), US):
        seen.append(taken)
        size += len(piece)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert seen[0] < 500
    assert len(seen) > 10
    assert size > 1_000_000
    assert peak < 12_000_000
