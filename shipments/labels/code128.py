"""Code 128 (ISO/IEC 15417), as the bars of PO numbers and, with FNC1 in front, as GS1-128.

The shortest form: digits go in pairs where that saves a symbol. What can be drawn is what any printer language can name
without escapes.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

START_B, START_C, FNC1, CODE_B, CODE_C = 104, 105, 102, 100, 99
# bar, space, bar, space, bar, space of each symbol, in modules; the last is the stop pattern with its final bar
_PATTERNS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
PATTERNS = _PATTERNS.split()
STOP = 106
QUIET_MODULES = 10
_DRAWABLE = re.compile(r"[0-9A-Za-z ./+$%-]{1,40}")
_DIGITS = re.compile(r"\d*", re.ASCII)


class Barcode(NamedTuple):
    """The values of the symbols, from the start to the check symbol; the stop pattern follows always."""

    symbols: tuple[int, ...]

    @property
    def modules(self) -> int:
        """How wide it is, without the quiet zones."""
        return 11 * len(self.symbols) + 13

    def bars(self) -> Iterator[tuple[int, int]]:
        """Each bar's place and width, in modules from the left."""
        place = 0
        for value in (*self.symbols, STOP):
            for number, width in enumerate(map(int, PATTERNS[value])):
                if number % 2 == 0:
                    yield place, width
                place += width


def is_drawable(text: str) -> bool:
    """Whether a text may become a barcode on a label."""
    return _DRAWABLE.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def encode(text: str) -> Barcode:
    """The barcode of a text that `is_drawable`; ValueError for any other."""
    if not is_drawable(text):
        raise ValueError(f"{text!r} is no barcode")
    return _with_check(list(_symbols(text)))


def encode_gs1(digits: str) -> Barcode:
    """GS1-128 of an application identifier and its value, an even number of digits in all."""
    return _with_check([START_C, FNC1, *(int(digits[place : place + 2]) for place in range(0, len(digits), 2))])


def _symbols(text: str) -> Iterator[int]:
    place = 0
    run = _run(text, 0)
    in_pairs = run == len(text) == 2 or run >= 4
    yield START_C if in_pairs else START_B
    while place < len(text):
        run = _run(text, place)
        if in_pairs and run >= 2:
            yield int(text[place : place + 2])
            place += 2
        elif in_pairs:
            yield CODE_B
            in_pairs = False
        # a change to pairs and back pays from 6 digits on, at the end from 4; an odd one stays outside
        elif run % 2 == 0 and (run >= 6 or (run >= 4 and place + run == len(text))):
            yield CODE_C
            in_pairs = True
        else:
            yield ord(text[place]) - 32
            place += 1


def _run(text: str, place: int) -> int:
    match = _DIGITS.match(text, place)
    return len(match[0]) if match else 0


def _with_check(symbols: list[int]) -> Barcode:
    check = sum(max(place, 1) * value for place, value in enumerate(symbols)) % 103
    return Barcode((*symbols, check))
