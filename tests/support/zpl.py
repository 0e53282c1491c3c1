"""A small printer: draws what a ZPL format says, as far as labels use the language, and keeps what it was told.

Written from the language's description, not from the code that it judges: it shares neither tables nor rounding with it.
"""

import re
from dataclasses import dataclass, field

from PIL import Image, ImageDraw
from reportlab.graphics.barcode import code128

_SIZE = re.compile(r"\^PW(\d+)\^LL(\d+)")
# ZPL II Programming Guide, ^BC, table of invocation codes
_INVOCATIONS = {">5": "CODE_C", ">6": "CODE_B", ">8": "FNC1", ">:": "START_B", ">;": "START_C"}


@dataclass
class Printed:
    """A label: its picture without the texts in the printer's own font, those texts with their places, and barcodes."""

    image: Image.Image
    texts: list[tuple[int, int, int, int, str]] = field(default_factory=list)
    barcodes: list[tuple[int, str]] = field(default_factory=list)
    pictures: list[tuple[int, int, Image.Image]] = field(default_factory=list)


def print_labels(zpl: str) -> list[Printed]:
    """Each `^XA…^XZ` as a printed label; an unknown command is an error."""
    formats = re.findall(r"\^XA(.*?)\^XZ", zpl, re.DOTALL)
    if re.sub(r"\^XA.*?\^XZ", "", zpl, flags=re.DOTALL).strip():
        raise ValueError("something is outside of the formats")
    return [_print(content) for content in formats]


def _print(content: str) -> Printed:
    size = _SIZE.search(content)
    assert size is not None
    label = Printed(Image.new("L", (int(size[1]), int(size[2])), 255))
    x = y = module = bar_height = font_height = font_width = 0
    is_hex = is_baseline = False
    barcode = False
    for command, told in re.findall(r"\^([A-Z][A-Z0-9])([^^]*)", content):
        numbers = told.strip().split(",")
        if command in ("FO", "FT"):
            x, y, is_baseline = int(numbers[0]), int(numbers[1]), command == "FT"
            barcode = is_hex = False
        elif command == "BY":
            module = int(numbers[0])
        elif command == "BC":
            assert (numbers[0], numbers[2:]) == ("N", ["N"] * 4)
            bar_height, barcode = int(numbers[1]), True
        elif command == "A0":
            assert numbers[0] == "N"
            font_height, font_width = int(numbers[1]), int(numbers[2])
        elif command == "FH":
            is_hex = True
        elif command == "FD":
            if barcode:
                assert not is_baseline
                _bars(label, x, y, module, bar_height, told)
            else:
                assert is_baseline
                text = re.sub(r"_([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), told) if is_hex else told
                label.texts.append((x, y, font_height, font_width, text))
        elif command == "GB":
            wide, high, _thick = map(int, numbers)
            ImageDraw.Draw(label.image).rectangle((x, y, x + wide - 1, y + high - 1), fill=0)
        elif command == "GF":
            picture = _graphic(told)
            label.pictures.append((x, y, picture))
            label.image.paste(0, (x, y), picture)
        else:
            assert command in ("FS", "LH", "PW", "LL"), command
    return label


def _bars(label: Printed, x: int, y: int, module: int, high: int, told: str) -> None:
    """The bars by another program's table."""
    widths = "".join(_WIDTHS[value] for value in _symbols(told)) + "2331112"
    pen = ImageDraw.Draw(label.image)
    for place, width in enumerate(map(int, widths)):
        if place % 2 == 0:
            pen.rectangle((x, y, x + width * module - 1, y + high - 1), fill=0)
        x += width * module
    label.barcodes.append((module, told))


_WIDTHS = [
    "".join(str(ord(letter.lower()) - 96) for letter in pattern)
    for _key, pattern in sorted(
        ((key, pattern) for key, pattern in code128._patterns.items() if isinstance(key, int)), key=lambda pair: pair[0]
    )
]


def _symbols(told: str) -> list[int]:
    values, place, pairs = [], 0, False
    while place < len(told):
        name = _INVOCATIONS.get(told[place : place + 2])
        if name:
            values.append({"CODE_C": 99, "CODE_B": 100, "FNC1": 102, "START_B": 104, "START_C": 105}[name])
            pairs = {"START_C": True, "CODE_C": True, "START_B": False, "CODE_B": False}.get(name, pairs)
            place += 2
        elif pairs:
            values.append(int(told[place : place + 2]))
            place += 2
        else:
            assert told[place] not in "^>~"
            values.append(ord(told[place]) - 32)
            place += 1
    assert values[0] in (104, 105)
    return [*values, (values[0] + sum(number * value for number, value in enumerate(values))) % 103]


def _graphic(told: str) -> Image.Image:
    kind, total, used, row, data = told.strip().split(",", 4)
    assert (kind, total) == ("A", used)
    wide, rows, line, count = 2 * int(row), [], "", 0
    for letter in data:
        if letter in "GHIJKLMNOPQRSTUVWXY":
            count += ord(letter) - ord("F")
        elif letter in "ghijklmnopqrstuvwxyz":
            count += 20 * (ord(letter) - ord("f"))
        elif letter == ",":
            line = line.ljust(wide, "0")
        elif letter == ":":
            assert line == ""
            line = rows[-1]
        else:
            line += letter * (count or 1)
            count = 0
        if len(line) == wide:
            rows.append(line)
            line = ""
        assert len(line) < wide
    assert (line, len(rows) * int(row)) == ("", int(total))
    return Image.frombytes("1", (4 * wide, len(rows)), bytes.fromhex("".join(rows)))
