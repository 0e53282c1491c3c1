"""Labels as ZPL II, for printers with 203 or 300 dots per inch.

The same layout as the PDF. Barcodes are the printer's own, symbol by symbol as the PDF has them. Plain ASCII is printed
in the printer's own scalable font 0, narrowed so that it is never wider than what was measured; a line with any other
letter is sent as a picture from the PDF's fonts, since which letters a printer has depends on its firmware, its fonts
and its settings. So every printer prints every script, and nothing has to be loaded into it first.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from math import ceil

from PIL import Image, ImageDraw, ImageFont

from shipments.labels import code128, fonts
from shipments.labels.label import LabelData, LabelTemplate
from shipments.labels.layout import HEIGHT, Bars, LabelBlock, Mark, Rule, Text, lay_out

CONTENT_TYPE = "application/zpl"
RESOLUTIONS = (203, 300)
_SIZES = {203: (812, 1218), 300: (1200, 1800)}
# what is called 203 dpi is 8 dots a millimetre
_DOTS_PER_MM = {203: 8.0, 300: 300 / 25.4}
# font 0 is about as wide as the font that was measured; a tenth is to spare
_NARROW = 0.9
_ESCAPED = re.compile(r"[\^~_\\]")


def draw_zpl(labels: Iterable[LabelData], template: LabelTemplate, *, dpi: int = 203) -> Iterator[bytes]:
    """Each label as one ZPL format, in ASCII. Raises KeyError for another resolution, ValueError as `draw_pdf`."""
    wide, high = _SIZES[dpi]
    head = f"^XA^LH0,0^PW{wide}^LL{high}\n"
    for label in labels:
        blocks = lay_out(label, template)
        body = "".join([_draw_shared(block, dpi) if block.is_shared else _draw(block, dpi) for block in blocks])
        yield f"{head}{body}^XZ\n".encode("ascii")


def _draw(block: LabelBlock, dpi: int) -> str:
    return "".join([_draw_one(mark, dpi) for mark in block.marks])


_draw_shared = lru_cache(maxsize=2_000)(_draw)


def _draw_one(mark: Mark, dpi: int) -> str:
    if isinstance(mark, Text):
        return _draw_text(mark, dpi) if mark.text.isascii() else _draw_picture(mark, dpi)
    if isinstance(mark, Bars):
        return _draw_bars(mark, dpi)
    return _draw_rule(mark, dpi)


def _draw_text(mark: Text, dpi: int) -> str:
    size = round(mark.size * dpi / 72)
    told = _ESCAPED.sub(lambda found: f"_{ord(found[0]):02X}", mark.text)
    return f"^FT{_x(mark.x, dpi)},{_y(mark.y, dpi)}^A0N,{size},{int(size * _NARROW)}^FH^FD{told}^FS\n"


def _draw_bars(mark: Bars, dpi: int) -> str:
    module = round(mark.module_mm * _DOTS_PER_MM[dpi])
    left = round(mark.x * dpi / 72 - mark.barcode.modules * module / 2)
    top, high = _y(mark.y + mark.height, dpi), round(mark.height * dpi / 72)
    return f"^FO{left},{top}^BY{module}^BCN,{high},N,N,N,N^FD{_field(mark.barcode)}^FS\n"


def _draw_rule(mark: Rule, dpi: int) -> str:
    wide, high = (max(round(length * dpi / 72), 2) for length in (mark.width, mark.height))
    return f"^FO{_x(mark.x, dpi)},{_y(mark.y + mark.height, dpi)}^GB{wide},{high},{min(wide, high)}^FS\n"


def _x(points: float, dpi: int) -> int:
    return round(points * dpi / 72)


def _y(points: float, dpi: int) -> int:
    """Printers count from the top."""
    return round((HEIGHT - points) * dpi / 72)


# --- barcodes ---------------------------------------------------------------------------------------------------------


def _field(barcode: code128.Barcode) -> str:
    """A barcode's symbols as the printer is told them: each start, change of set and FNC1 by its invocation code."""
    start, *symbols, _check = barcode.symbols
    parts, is_pairs = [_INVOCATIONS[start]], start == code128.START_C
    for value in symbols:
        if value in _INVOCATIONS:
            parts.append(_INVOCATIONS[value])
            is_pairs = value == code128.CODE_C or (is_pairs and value == code128.FNC1)
        else:
            parts.append(f"{value:02}" if is_pairs else chr(value + 32))
    return "".join(parts)


_INVOCATIONS = {
    code128.CODE_C: ">5",
    code128.CODE_B: ">6",
    code128.FNC1: ">8",
    code128.START_B: ">:",
    code128.START_C: ">;",
}


# --- pictures ---------------------------------------------------------------------------------------------------------


def _draw_picture(mark: Text, dpi: int) -> str:
    scale = dpi / 72
    above, below = ceil(fonts.ASCENT * mark.size * scale), ceil(fonts.DESCENT * mark.size * scale)
    wide = ceil(fonts.width(mark.text, mark.size, is_bold=mark.is_bold) * scale)
    image = Image.new("1", (max(wide, 1), above + below))
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    place = 0.0
    for face, run in fonts.runs(mark.text, is_bold=mark.is_bold):
        for character, glyph in run:
            pen.text((place, above), character, fill=1, font=_font(face, mark.size * scale), anchor="ls")
            place += glyph.width * mark.size * scale / 1000
    return f"^FO{_x(mark.x, dpi)},{_y(mark.y, dpi) - above}{_graphic(image)}^FS\n"


@lru_cache(maxsize=64)
def _font(face: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts.FACES[face].path, size, layout_engine=ImageFont.Layout.BASIC)


def _graphic(image: Image.Image) -> str:
    """`^GFA` with the printer's own compression: repeated digits are counted, a row may end in zeros or repeat the last."""
    row = (image.width + 7) // 8
    digits = image.tobytes().hex().upper()
    rows = [digits[start : start + 2 * row] for start in range(0, len(digits), 2 * row)]
    packed, before = [], ""
    for line in rows:
        packed.append(":" if line == before else _pack(line))
        before = line
    return f"^GFA,{row * len(rows)},{row * len(rows)},{row},{''.join(packed)}"


def _pack(line: str) -> str:
    told = line.rstrip("0")
    parts = []
    for digit, run in groupby(told):
        count = len(list(run))
        # G to Y count 1 to 19, g to z 20 to 400
        twenties, ones = divmod(min(count, 419), 20)
        many = (chr(ord("f") + twenties) if twenties else "") + (chr(ord("F") + ones) if ones else "")
        parts.append(f"{many}{digit}" if count > 2 else digit * count)
    return "".join(parts) + ("," if len(told) < len(line) else "")
