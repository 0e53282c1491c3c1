"""Documents for people's hands: tables as PDF to print, as XLSX to go on with. In the reader's language, Chinese embedded.

A document is described once, and drawn in either form: a title, facts about it, sections of a table each.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from xml.sax.saxutils import escape

import pylopdf_fonts_zh_cn
import xlsxwriter
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as EmbeddedFont
from reportlab.platypus import KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from acorn.core.ids import new_public_id
from acorn.ui import formats

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINE, _HEAD, _SOFT = HexColor("#c4cbd3"), HexColor("#eff1f3"), HexColor("#586271")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `width` is its share of the page, `is_tick` an empty box for a pen (in XLSX an empty cell)."""

    label: str
    width: float = 1
    is_numeric: bool = False
    is_tick: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a heading. Values are texts, whole numbers, decimals or days; None is empty."""

    heading: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    totals: Sequence[Any] | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: `facts` are told above the tables as label and value, `foot` on each page."""

    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section] = field(default_factory=tuple)
    foot: str = ""
    page: str = "{page} / {pages}"


def draw(paper: Paper, form: str) -> tuple[bytes, str]:
    """The document as `pdf` or `xlsx`, with its content type. Raises KeyError for another form."""
    make, content_type = {"pdf": (to_pdf, PDF), "xlsx": (to_xlsx, XLSX)}[form]
    return make(paper), content_type


# --- PDF --------------------------------------------------------------------------------------------------------------


def to_pdf(paper: Paper) -> bytes:
    """Landscape A4: text stays text, each table repeats its head on each page, the font is embedded."""
    font = _font(_texts(paper))
    try:
        return _Pdf(paper, font).draw()
    finally:
        pdfmetrics._fonts.pop(font, None)  # each document embeds its own, and none outlives it


class _Pdf:
    def __init__(self, paper: Paper, font: str) -> None:
        self.paper, self.font = paper, font
        style = partial(ParagraphStyle, fontName=font, wordWrap="CJK")
        self.title = style("title", fontSize=16, leading=20)
        self.heading = style("heading", fontSize=11, leading=15, spaceBefore=5 * mm, spaceAfter=1.5 * mm)
        self.text = style("text", fontSize=8.5, leading=11)
        self.figure = style("figure", fontSize=8.5, leading=11, alignment=2)
        self.small = style("small", fontSize=8, leading=11, textColor=_SOFT)
        self.small_figure = style("small_figure", parent=self.small, alignment=2)
        self.pages = 0

    def draw(self) -> bytes:
        # the number of pages is known when all of them are drawn: so they are drawn twice
        self._build()
        return self._build()

    def _build(self) -> bytes:
        file = io.BytesIO()
        document = SimpleDocTemplate(
            file, pagesize=landscape(A4), leftMargin=12 * mm, rightMargin=12 * mm, topMargin=12 * mm,
            bottomMargin=14 * mm, title=self.paper.title, author="ACORN", creator="ACORN",
        )  # fmt: skip
        document.build(self._story(document.width), onFirstPage=self._foot, onLaterPages=self._foot)
        self.pages = document.page
        return file.getvalue()

    def _story(self, width: float) -> list[Any]:
        story: list[Any] = [Paragraph(escape(self.paper.title), self.title), Spacer(1, 1.5 * mm)]
        story += [Paragraph(f"{escape(label)}: {escape(value)}", self.small) for label, value in self.paper.facts]
        for section in self.paper.sections:
            table = self._table(section, width)
            heading = Paragraph(escape(section.heading), self.heading)
            story += [KeepTogether([heading, table])] if len(section.rows) < 8 else [heading, table]
        return story

    def _table(self, section: Section, width: float) -> LongTable:
        columns = section.columns
        rows = [[Paragraph(escape(column.label), self._style(column, is_head=True)) for column in columns]]
        rows += [self._row(columns, row) for row in section.rows]
        if section.totals is not None:
            rows.append(self._row(columns, section.totals, is_total=True))
        shares = sum(column.width for column in columns)
        table = LongTable(rows, [width * column.width / shares for column in columns], repeatRows=1, splitInRow=1)
        rules: list[tuple[Any, ...]] = [
            ("BACKGROUND", (0, 0), (-1, 0), _HEAD), ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5), ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ]  # fmt: skip
        last = -2 if section.totals is not None else -1
        rules += [
            ("BOX", (place, 1), (place, last), 0.8, _SOFT) for place, column in enumerate(columns) if column.is_tick
        ]
        rules += [
            ("INNERGRID", (place, 1), (place, last), 0.8, _SOFT)
            for place, column in enumerate(columns)
            if column.is_tick
        ]
        table.setStyle(TableStyle(rules))
        return table

    def _row(self, columns: Sequence[Column], row: Sequence[Any], *, is_total: bool = False) -> list[Any]:
        return [
            Paragraph(f"<b>{escape(_shown(value))}</b>" if is_total else escape(_shown(value)), self._style(column))
            for column, value in zip(columns, row, strict=True)
        ]

    def _style(self, column: Column, *, is_head: bool = False) -> ParagraphStyle:
        if is_head:
            return self.small_figure if column.is_numeric else self.small
        return self.figure if column.is_numeric else self.text

    def _foot(self, canvas: Any, document: Any) -> None:
        canvas.setFont(self.font, 8)
        canvas.setFillColor(_SOFT)
        canvas.drawString(12 * mm, 7 * mm, self.paper.foot)
        page = self.paper.page.format(page=document.page, pages=self.pages or document.page)
        canvas.drawRightString(document.pagesize[0] - 12 * mm, 7 * mm, page)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    return formats.number(value) if isinstance(value, int | Decimal) else str(value)


def _texts(paper: Paper) -> str:
    """Every character that the document may need."""
    found = [paper.title, paper.foot, paper.page, "0123456789 .,:;-–/()ACORN?"]
    found += [text for fact in paper.facts for text in fact]
    for section in paper.sections:
        found += [section.heading, *(column.label for column in section.columns)]
        rows = [*section.rows, *([section.totals] if section.totals is not None else [])]
        found += [_shown(value) for row in rows for value in row]
    return "".join(found)


def _font(texts: str) -> str:
    """Register a font that holds the characters of these texts, as far as Noto Sans SC has them; its name.

    reportlab embeds TrueType outlines, the font comes with others: the few glyphs of a document are converted in memory.
    """
    name = new_public_id("font")
    font = EmbeddedFont(name, io.BytesIO(_truetype("".join(sorted(set(texts))))))
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    return name


@lru_cache(maxsize=8)
def _truetype(characters: str) -> bytes:
    font = TTFont(pylopdf_fonts_zh_cn.sans_path(), lazy=True)
    options = subset.Options(layout_features=[], notdef_outline=True, hinting=False, name_IDs=[1, 2, 4, 6])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    names, outlines = font.getGlyphOrder(), font.getGlyphSet()
    font["loca"], glyf, maxp = newTable("loca"), newTable("glyf"), newTable("maxp")
    glyf.glyphOrder, glyf.glyphs = names, {name: _glyph(outlines, name) for name in names}
    font["glyf"] = glyf
    del font["CFF "]
    glyf.compile(font)
    maxp.tableVersion, maxp.numGlyphs, maxp.maxZones = 0x00010000, len(names), 1
    for limit in _LIMITS:
        setattr(maxp, limit, 0)
    font["maxp"] = maxp
    maxp.compile(font)
    post = font["post"]
    post.formatType, post.extraNames, post.mapping, post.glyphOrder = 3.0, [], {}, names
    font.sfntVersion = "\x00\x01\x00\x00"
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


_LIMITS = (
    "maxPoints", "maxContours", "maxCompositePoints", "maxCompositeContours", "maxTwilightPoints", "maxStorage",
    "maxFunctionDefs", "maxInstructionDefs", "maxStackElements", "maxSizeOfInstructions", "maxComponentElements",
    "maxComponentDepth",
)  # fmt: skip


def _glyph(outlines: Any, name: str) -> Any:
    pen = TTGlyphPen(outlines)
    outlines[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
    return pen.glyph()


# --- XLSX -------------------------------------------------------------------------------------------------------------


def to_xlsx(paper: Paper) -> bytes:
    """A sheet per section. Numbers are numbers, days are days; a text is never run as a formula."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, options)
    head = book.add_format({"bold": True, "bg_color": "#EFF1F3", "bottom": 1})
    title, bold = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, section in enumerate(paper.sections, 1):
        sheet = book.add_worksheet(_sheet_name(section.heading, place))
        sheet.write_string(0, 0, paper.title, title)
        for row, (label, value) in enumerate(paper.facts, 1):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, value)
        first = len(paper.facts) + 2
        for column, described in enumerate(section.columns):
            sheet.write_string(first, column, described.label, head)
            sheet.set_column(column, column, max(8, 9 * described.width))
        for row, values in enumerate(section.rows, first + 1):
            for column, value in enumerate(values):
                _write(sheet, row, column, value, day if isinstance(value, date) else None)
        if section.totals is not None:
            for column, value in enumerate(section.totals):
                _write(sheet, first + 1 + len(section.rows), column, value, bold)
        sheet.freeze_panes(first + 1, 0)
        if section.rows:
            sheet.autofilter(first, 0, first + len(section.rows), len(section.columns) - 1)
    book.close()
    return file.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | Decimal):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value.replace(tzinfo=None) if isinstance(value, datetime) else value, style)
    else:
        sheet.write_string(row, column, str(value), style)


def _sheet_name(heading: str, place: int) -> str:
    """A name that spreadsheets take: 31 characters, none of theirs, never twice the same."""
    bare = "".join(" " if character in "[]:*?/\\'" else character for character in heading).strip()
    return f"{place} {bare}"[:31]
