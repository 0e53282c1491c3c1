"""The letters of labels: Source Sans Pro for every European script, Noto Sans SC for Chinese and Japanese.

A text is measured, drawn into a PDF, and drawn as a picture for printers, by the same outlines.
"""

import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import font_source_sans_pro
import pylopdf_fonts_zh_cn
from fontTools import subset
from fontTools.ttLib import TTFont

# the names that drawings use: regular and bold of the European scripts, and what is in neither of them
REGULAR, BOLD, CHINESE = "R", "B", "C"
_PATHS = {
    REGULAR: font_source_sans_pro.font_files_ttf["SourceSansPro"],
    BOLD: font_source_sans_pro.font_files_ttf["SourceSansProBold"],
    CHINESE: str(pylopdf_fonts_zh_cn.sans_path()),
}
_NO_GLYPH = 0


class Glyph(NamedTuple):
    """How a character is drawn: the face, its code there, and how far it moves on in 1/1000 of the size."""

    face: str
    code: int
    width: int


@dataclass(frozen=True)
class Face:
    """A font file. Its codes are what a PDF with `Identity-H` shows: glyph numbers, or CIDs where the font has such."""

    name: str
    path: str

    @cached_property
    def _tables(self) -> tuple[dict[int, str], dict[str, tuple[int, int]], dict[str, int]]:
        font = TTFont(self.path, lazy=True)
        return font.getBestCmap(), font["hmtx"].metrics, font.getReverseGlyphMap()

    @cached_property
    def postscript_name(self) -> str:
        return str(TTFont(self.path, lazy=True)["name"].getDebugName(6))

    @property
    def is_cid_keyed(self) -> bool:
        return self.name == CHINESE

    def find(self, character: str) -> Glyph | None:
        cmap, metrics, numbers = self._tables
        name = cmap.get(ord(character))
        if name is None:
            return None
        code = int(name.removeprefix("cid")) if self.is_cid_keyed else numbers[name]
        return Glyph(self.name, code, metrics[name][0])

    def embed(self, characters: Iterable[str]) -> bytes:
        """The font with the glyphs of these characters only, under the codes that `find` gives."""
        return _subset(self.path, "".join(sorted(set(characters))), self.is_cid_keyed)


@lru_cache(maxsize=8)
def _subset(path: str, characters: str, is_cid_keyed: bool) -> bytes:
    font = TTFont(path, lazy=True)
    options = subset.Options(
        layout_features=[], notdef_outline=True, hinting=False, name_IDs=[], retain_gids=not is_cid_keyed
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "name", "post"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    if is_cid_keyed:
        return bytes(font["CFF "].compile(font))
    del font["cmap"], font["OS/2"]  # a PDF names glyphs by their codes
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


FACES = {name: Face(name, path) for name, path in _PATHS.items()}


class _Glyphs(dict[str, Glyph]):
    """Every character that was asked for so far, in regular or bold."""

    def __init__(self, face: str) -> None:
        self._faces = (FACES[face], FACES[CHINESE])

    def __missing__(self, character: str) -> Glyph:
        found = next(filter(None, (face.find(character) for face in self._faces)), None)
        self[character] = found or Glyph(self._faces[0].name, _NO_GLYPH, 650)
        return self[character]


_GLYPHS = {False: _Glyphs(REGULAR), True: _Glyphs(BOLD)}


def clean(text: str) -> str:
    """A text as it can be drawn: composed, on one line, without marks that nobody sees."""
    shown = (c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in shown).split())


def find_undrawable(text: str) -> str:
    """The characters of a clean text that no font here has, each once; a label shows an empty box for each."""
    return "".join(dict.fromkeys(c for c in text if _GLYPHS[False][c].code == _NO_GLYPH))


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    """How wide a text is, in the unit of the size."""
    glyphs = _GLYPHS[is_bold]
    return sum([glyphs[character].width for character in text]) * size / 1000


def runs(text: str, *, is_bold: bool = False) -> Iterator[tuple[str, list[tuple[str, Glyph]]]]:
    """Stretches of a text that one face draws: the face's name, and each character with its glyph."""
    glyphs = _GLYPHS[is_bold]
    for face, run in groupby(((character, glyphs[character]) for character in text), key=lambda pair: pair[1].face):
        yield face, list(run)


def fit(
    lines: Iterable[str],
    *,
    wide: float,
    high: float,
    largest: float,
    smallest: float,
    leading: float,
    is_bold: bool = False,
) -> tuple[float, list[str], bool]:
    """The largest size, down in half points, at which clean lines fit a box: size, lines, and whether it was necessary to
    cut. Down to three quarters of the largest size lines stay whole, below they are wrapped; at the smallest size the
    last line that there is room for ends with "…". The box must be high enough for one line of that size."""
    told = list(lines)
    longest = max((width(line, 1, is_bold=is_bold) for line in told), default=0)
    size = largest
    while size >= largest * 0.75:
        if longest * size <= wide and len(told) <= _room(high, size, leading):
            return size, told, False
        size -= 0.5
    size = largest
    while True:
        wrapped = [part for line in told for part in _wrap(line, wide, size, is_bold)]
        room = _room(high, size, leading)
        if len(wrapped) <= room:
            return size, wrapped, False
        if size <= smallest:
            return size, [*wrapped[: room - 1], _cut(wrapped[room - 1], wide, size, is_bold)], True
        size = max(size - 0.5, smallest)


# from the top of an accent to the base line, and from there to the foot of a letter, in sizes
ASCENT, DESCENT = 0.9, 0.25


def _room(high: float, size: float, leading: float) -> int:
    """How many lines of a size there are in a height."""
    return max(int((high / size - ASCENT - DESCENT) / leading + 1.001), 0)


def _wrap(line: str, wide: float, size: float, is_bold: bool) -> list[str]:
    if width(line, size, is_bold=is_bold) <= wide:
        return [line]
    found, current, end = [], "", 0.0
    for atom in _atoms(line):
        more = width(atom, size, is_bold=is_bold)
        if end + width(atom.rstrip(), size, is_bold=is_bold) <= wide:
            current, end = current + atom, end + more
            continue
        if current.strip():
            found.append(current.rstrip())
        current, end = "", 0.0
        for character in atom:  # one word may be longer than a line
            step = width(character, size, is_bold=is_bold)
            if end + step > wide and current.strip():
                found.append(current.rstrip())
                current, end = "", 0.0
            current, end = current + character, end + step
    return [*found, current.rstrip()] if current.strip() else found


def _atoms(line: str) -> Iterator[str]:
    """Where a line may break: after a blank, and on both sides of a Chinese or Japanese character."""
    word = ""
    for character in line:
        if unicodedata.east_asian_width(character) in "WF":
            if word:
                yield word
            yield character
            word = ""
        else:
            word += character
            if character == " ":
                yield word
                word = ""
    if word:
        yield word


def _cut(line: str, wide: float, size: float, is_bold: bool) -> str:
    while line and width(f"{line}…", size, is_bold=is_bold) > wide:
        line = line[:-1].rstrip()
    return f"{line}…"


def metrics(name: str) -> dict[str, Any]:
    """What a PDF wants to be told of a face, in 1/1000 of the size."""
    font = TTFont(FACES[name].path, lazy=True)
    head, hhea, os2 = font["head"], font["hhea"], font["OS/2"]
    return {
        "box": (head.xMin, head.yMin, head.xMax, head.yMax),
        "ascent": hhea.ascent,
        "descent": hhea.descent,
        "cap_height": os2.sCapHeight,
    }
