"""5,000 carton labels of 4 × 6 inches with Chinese in the address, against ReportLab drawing the same marks.

Ours is everything: texts fitted into their boxes, barcodes encoded, pages streamed, fonts cut down and embedded. The floor
gets each text with its place and size, and each barcode's text, for nothing; it draws them with ReportLab's own canvas,
Code 128 and forms (one for each block that labels share), with the same fonts, and saves. Both are process time, since
one processor draws and others may be busy; the labels of the last round are read back by an independent decoder.
"""

import argparse
import io
import statistics
import time
from collections.abc import Sequence

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from acorn.ui.papers import _truetype
from shipments.labels import LabelData, draw_pdf, draw_zpl, fonts
from shipments.labels.layout import HEIGHT, POINTS_PER_MM, WIDTH, Bars, LabelBlock, Mark, Text, lay_out
from tests.bench.figures import Figure
from tests.factories.labels import US, make_labels
from tests.support.barcodes import expected, read, render

LABELS, ROUNDS = 5_000, 3
BUDGET, LEAST_A_SECOND = 1.5, 2_000


def run(options: argparse.Namespace) -> list[Figure]:
    """Seconds for all labels, the median of three rounds."""
    labels = list(make_labels(max(200, round(LABELS * options.scale))))
    list(draw_pdf(labels[:50], US))  # tables of fonts are read once by a process
    names = _register_fonts(labels)
    drawn = [lay_out(label, US) for label in labels]
    rounds = []
    for _ in range(ROUNDS):
        fonts._subset.cache_clear()  # as if nobody had printed these letters before
        started = time.process_time()
        pdf = b"".join(draw_pdf(labels, US))
        ours = time.process_time() - started
        rounds.append((ours, _floor(drawn, names)))
    started = time.process_time()
    zpl_bytes = sum(map(len, draw_zpl(labels, US)))
    zpl = time.process_time() - started
    for label, page in zip(labels[::97], render(pdf, dpi=203, every=97), strict=True):
        if read(page) != expected(label.sscc, *label.purchase_orders):
            raise AssertionError(f"{label.sscc} reads otherwise")
    ratio = statistics.median(ours / floor for ours, floor in rounds)
    ours, floor = (statistics.median(values) for values in zip(*rounds, strict=True))
    a_second = len(labels) / ours
    notes = {
        "labels": len(labels),
        "labels_per_second": round(a_second),
        "floor_per_second": round(len(labels) / floor),
        "bytes_per_label": round(len(pdf) / len(labels)),
        "zpl_labels_per_second": round(len(labels) / zpl),
        "zpl_bytes_per_label": round(zpl_bytes / len(labels)),
        "rounds": [{"ours": round(a, 3), "floor": round(b, 3)} for a, b in rounds],
    }
    is_kept = ratio <= BUDGET and a_second >= LEAST_A_SECOND
    budget = f"≤ {BUDGET:g} × ReportLab, ≥ {LEAST_A_SECOND} labels/s"
    return [Figure("labels", ours, floor, ratio, budget, is_kept, notes=notes)]


def _register_fonts(labels: Sequence[LabelData]) -> dict[str, str]:
    """ReportLab embeds TrueType only: Noto Sans SC is converted for it beforehand."""
    texts = "".join(text for label in labels[:1] for text in (*label.ship_from, *label.ship_to, label.item_title))
    names = {}
    for name, face in fonts.FACES.items():
        file = io.BytesIO(_truetype("".join(sorted(set(texts))))) if face.is_cid_keyed else face.path
        names[name] = f"bench-{name}"
        pdfmetrics.registerFont(TTFont(names[name], file))
    return names


def _floor(drawn: Sequence[Sequence[LabelBlock]], names: dict[str, str]) -> float:
    started = time.process_time()
    canvas = Canvas(io.BytesIO(), pagesize=(WIDTH, HEIGHT), pageCompression=1)
    forms: dict[LabelBlock, str] = {}
    for blocks in drawn:
        for block in blocks:
            if block.is_shared and block not in forms:
                forms[block] = f"form{len(forms)}"
                canvas.beginForm(forms[block])
                _draw(canvas, block.marks, names)
                canvas.endForm()
        for block in blocks:
            if block.is_shared:
                canvas.doForm(forms[block])
            else:
                _draw(canvas, block.marks, names)
        canvas.showPage()
    canvas.save()
    return time.process_time() - started


def _draw(canvas: Canvas, marks: Sequence[Mark], names: dict[str, str]) -> None:
    for mark in marks:
        if isinstance(mark, Text):
            place = mark.x
            for face, run in fonts.runs(mark.text, is_bold=mark.is_bold):
                canvas.setFont(names[face], mark.size)
                canvas.drawString(place, mark.y, "".join(character for character, _glyph in run))
                place += sum(glyph.width for _character, glyph in run) * mark.size / 1000
        elif isinstance(mark, Bars):
            module = mark.module_mm * POINTS_PER_MM
            code = Code128(_content(mark), barWidth=module, barHeight=mark.height, quiet=0, humanReadable=0)
            code.drawOn(canvas, mark.x - mark.barcode.modules * module / 2, mark.y)
        else:
            canvas.rect(mark.x, mark.y, mark.width, mark.height, stroke=0, fill=1)


def _content(mark: Bars) -> str:
    """A barcode as ReportLab wants it: FNC1 is a letter of its own."""
    start, *symbols, _check = mark.barcode.symbols
    is_pairs, text = start == 105, ""
    for value in symbols:
        if value in (99, 100):
            is_pairs = value == 99
        elif value == 102:
            text += "\xf1"
        else:
            text += f"{value:02}" if is_pairs else chr(value + 32)
    return text
