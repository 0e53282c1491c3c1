"""Labels as PDF: 4 × 6 inch pages, vectors and embedded fonts, written as they are drawn.

A document of any length needs the memory of a few labels: pages leave as soon as they are drawn, blocks that labels
share are written once and named by each page, and the fonts, with the letters that were used, come last.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator
from functools import cache

from shipments.labels import code128, fonts
from shipments.labels.label import LabelData, LabelTemplate
from shipments.labels.layout import HEIGHT, POINTS_PER_MM, WIDTH, Bars, LabelBlock, Mark, Text, lay_out

CONTENT_TYPE = "application/pdf"
_CATALOG, _PAGES = 1, 2
_CHUNK = 1 << 16
_MOST_SHARED = 2_000


def draw_pdf(labels: Iterable[LabelData], template: LabelTemplate) -> Iterator[bytes]:
    """One page per label, as the pieces of a PDF file; the same labels give the same bytes.

    Labels are taken one by one while their pages are drawn, so that whoever hands them over can count. Raises ValueError
    for a label whose number is no SSCC, and for no labels at all: a PDF has at least one page.
    """
    document = _Document()
    for label in labels:
        document.add_page(lay_out(label, template))
        if len(document.buffer) >= _CHUNK:
            yield document.take()
    document.end()
    yield document.take()


class _Document:
    def __init__(self) -> None:
        self.buffer = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        self._written = 0
        self._offsets = array("Q", [0, 0, 0])  # of object 0, which is none, the catalogue and the pages
        self._pages = array("L")
        self._shared: dict[LabelBlock, int] = {}
        self._characters: dict[str, set[str]] = {name: set() for name in fonts.FACES}

    def take(self) -> bytes:
        """What was written since the last time."""
        piece = bytes(self.buffer)
        self._written += len(piece)
        self.buffer.clear()
        return piece

    def add_page(self, blocks: Iterable[LabelBlock]) -> None:
        parts = []
        own: list[Mark] = []
        for block in blocks:
            if block.is_shared:
                parts.append(self._shared.get(block) or self._share(block))
            else:
                own += block.marks
        parts.append(self._stream(self._draw(own)))
        contents = " ".join([f"{part} 0 R" for part in parts])
        self._pages.append(self._object(f"<</Type/Page/Parent {_PAGES} 0 R/Contents[{contents}]>>".encode()))

    def _share(self, block: LabelBlock) -> int:
        if len(self._shared) >= _MOST_SHARED:
            self._shared.clear()
        self._shared[block] = self._stream(self._draw(block.marks))
        return self._shared[block]

    # --- marks --------------------------------------------------------------------------------------------------------

    def _draw(self, marks: Iterable[Mark]) -> bytes:
        return "\n".join([self._draw_one(mark) for mark in marks]).encode()

    def _draw_one(self, mark: Mark) -> str:
        if isinstance(mark, Text):
            return self._draw_text(mark)
        if isinstance(mark, Bars):
            return _draw_bars(mark)
        return f"{mark.x:g} {mark.y:g} {mark.width:g} {mark.height:g} re f"

    def _draw_text(self, mark: Text) -> str:
        parts = []
        for face, run in fonts.runs(mark.text, is_bold=mark.is_bold):
            self._characters[face].update([character for character, _glyph in run])
            codes = "".join([f"{glyph.code:04x}" for _character, glyph in run])
            parts.append(f"/{face} {mark.size:g} Tf<{codes}>Tj")
        return f"BT {mark.x:.2f} {mark.y:.2f} Td {' '.join(parts)} ET"

    # --- objects ------------------------------------------------------------------------------------------------------

    def _object(self, body: bytes, number: int = 0) -> int:
        offset = self._written + len(self.buffer)
        if number:
            self._offsets[number] = offset
        else:
            number = len(self._offsets)
            self._offsets.append(offset)
        self.buffer += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        return number

    def _stream(self, content: bytes, more: str = "") -> int:
        packed = zlib.compress(content, 6)
        head = f"<<{more}/Filter/FlateDecode/Length {len(packed)}>>stream\n"
        return self._object(head.encode() + packed + b"\nendstream")

    def end(self) -> None:
        if not self._pages:
            raise ValueError("no labels")
        faces = {name: self._font(name, used) for name, used in self._characters.items() if used}
        resources = "".join(f"/{name} {number} 0 R" for name, number in faces.items())
        kids = " ".join([f"{page} 0 R" for page in self._pages])
        self._object(
            f"<</Type/Pages/Count {len(self._pages)}/MediaBox[0 0 {WIDTH:g} {HEIGHT:g}]"
            f"/Resources<</Font<<{resources}>>>>/Kids[{kids}]>>".encode(),
            _PAGES,
        )
        # printed at its own size: barcodes that are scaled are not the barcodes that were checked
        self._object(f"<</Type/Catalog/Pages {_PAGES} 0 R/ViewerPreferences<</PrintScaling/None>>>>".encode(), _CATALOG)
        info = self._object(b"<</Title(Labels)/Producer(ACORN)>>")
        start = self._written + len(self.buffer)
        self.buffer += f"xref\n0 {len(self._offsets)}\n0000000000 65535 f \n".encode()
        self.buffer += "".join([f"{offset:010d} 00000 n \n" for offset in self._offsets[1:]]).encode()
        self.buffer += (
            f"trailer<</Size {len(self._offsets)}/Root {_CATALOG} 0 R/Info {info} 0 R>>\nstartxref\n{start}\n%%EOF\n"
        ).encode()

    def _font(self, name: str, used: set[str]) -> int:
        face, metrics = fonts.FACES[name], fonts.metrics(name)
        font_name = f"ACORNS+{face.postscript_name}"
        glyphs = {glyph: character for character in sorted(used) if (glyph := face.find(character))}
        content = face.embed(glyphs.values())
        if face.is_cid_keyed:
            key, file = "FontFile3", self._stream(content, "/Subtype/CIDFontType0C")
        else:
            key, file = "FontFile2", self._stream(content, f"/Length1 {len(content)}")
        box = " ".join(map(str, metrics["box"]))
        descriptor = self._object(
            f"<</Type/FontDescriptor/FontName/{font_name}/Flags 4/FontBBox[{box}]/ItalicAngle 0/StemV 80"
            f"/Ascent {metrics['ascent']}/Descent {metrics['descent']}/CapHeight {metrics['cap_height']}"
            f"/{key} {file} 0 R>>".encode()
        )
        widths = " ".join(f"{glyph.code}[{glyph.width}]" for glyph in sorted(glyphs, key=lambda glyph: glyph.code))
        kind = "/CIDFontType0" if face.is_cid_keyed else "/CIDFontType2/CIDToGIDMap/Identity"
        descendant = self._object(
            f"<</Type/Font/Subtype{kind}/BaseFont/{font_name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            f"/Supplement 0>>/FontDescriptor {descriptor} 0 R/DW 1000/W[{widths}]>>".encode()
        )
        to_unicode = self._stream(_unicode_map({glyph.code: character for glyph, character in glyphs.items()}))
        return self._object(
            f"<</Type/Font/Subtype/Type0/BaseFont/{font_name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]"
            f"/ToUnicode {to_unicode} 0 R>>".encode()
        )


def _draw_bars(mark: Bars) -> str:
    module = mark.module_mm * POINTS_PER_MM
    left = mark.x - mark.barcode.modules * module / 2
    bars = "".join([_bars(value, place) for place, value in enumerate((*mark.barcode.symbols, code128.STOP))])
    return f"q {module:.5f} 0 0 {mark.height:g} {left:.3f} {mark.y:g} cm {bars}f Q"


@cache
def _bars(value: int, place: int) -> str:
    """The bars of one symbol as rectangles of a module's width and of height 1, in its place."""
    start, parts = 11 * place, []
    widths = [int(width) for width in code128.PATTERNS[value]]
    for number, width in enumerate(widths):
        if number % 2 == 0:
            parts.append(f"{start} 0 {width} 1 re ")
        start += width
    return "".join(parts)


def _unicode_map(characters: dict[int, str]) -> bytes:
    """So that text can be searched and copied: which character each code is."""
    lines = [f"<{code:04x}><{character.encode('utf-16-be').hex()}>" for code, character in sorted(characters.items())]
    parts = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = "\n".join(f"{len(part)} beginbfchar\n{chr(10).join(part)}\nendbfchar" for part in parts)
    return (
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
        f"1 begincodespacerange<0000><ffff>endcodespacerange\n{body}\n"
        "endcmap CMapName currentdict/CMap defineresource pop end end"
    ).encode()
