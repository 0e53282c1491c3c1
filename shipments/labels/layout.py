"""Where everything stands on a label of 4 × 6 inches: one description, which PDF and ZPL draw alike.

Lengths are points (1/72 inch), from the lower left corner. Text is fitted into its box: it shrinks, wraps, and at the
smallest size is cut, which `LabelBlock.faults` tells; nothing is ever drawn outside its zone. Blocks that many labels
share are made once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from shipments.labels import code128, fonts
from shipments.labels.label import LabelData, LabelKind, LabelTemplate, Zone
from shipments.rules import sscc as rules

WIDTH, HEIGHT = 288.0, 432.0
POINTS_PER_MM = 72 / 25.4
# modules of the SSCC: 0.5 mm, GS1's least for logistics being 0.495 mm; of others what fits. All are whole dots at 203 dpi.
SSCC_MODULE_MM = 0.5
_MODULES_MM = (0.5, 0.375, 0.25)
# GS1 wants bars of at least 1.25 inch on logistic labels
SSCC_BAR_HEIGHT = 90.0
_LEADING = 1.12
# more orders than that are named, but have no room for barcodes
MOST_BARCODES = 6
_SMALL = 6.0
# no line of so many letters fits anywhere: what comes after is not even measured
_MOST_LETTERS = 2_000


class Box(NamedTuple):
    """A part of the label."""

    left: float
    bottom: float
    right: float
    top: float


# zones, from the lower left to the upper right corner; ITEM and COUNT share a band with their figures at the right
ZONES: dict[Zone, Box] = {
    Zone.FROM: Box(8, 332, 124, 424),
    Zone.TO: Box(124, 332, 280, 424),
    Zone.CARRIER: Box(8, 302, 280, 332),
    Zone.ORDER: Box(8, 204, 280, 302),
    Zone.ITEM: Box(8, 152, 280, 204),
    Zone.COUNT: Box(8, 122, 280, 152),
    Zone.SSCC: Box(8, 8, 280, 122),
}
_FIGURES = 200.0
_PAD = 3.0


class Text(NamedTuple):
    """A clean text on its base line."""

    x: float
    y: float
    size: float
    text: str
    is_bold: bool = False


class Bars(NamedTuple):
    """A barcode: `x` is its middle, `y` the foot of its bars."""

    x: float
    y: float
    module_mm: float
    height: float
    barcode: code128.Barcode


class Rule(NamedTuple):
    """A black rectangle."""

    x: float
    y: float
    width: float
    height: float


Mark = Text | Bars | Rule


@dataclass(frozen=True, eq=False)
class LabelBlock:
    """Marks that stand together. `is_shared`: other labels have the very same block. `faults` are what a person should
    know: (code, what it is about), the codes being those of `list_faults`."""

    marks: tuple[Mark, ...]
    is_shared: bool
    faults: tuple[tuple[str, str], ...] = ()


def lay_out(label: LabelData, template: LabelTemplate) -> list[LabelBlock]:
    """Everything on a label. Raises ValueError if `sscc` is no SSCC: a label without its number must not exist."""
    if rules.find_sscc_fault(label.sscc):
        raise ValueError(f"{label.sscc!r} is no SSCC")
    return [
        _frame(template, label.kind == LabelKind.PALLET, label.cases > 0),
        _address(Zone.FROM, "", label.ship_from),
        _address(Zone.TO, label.ship_to_code, label.ship_to),
        _carrier(label.carrier, label.pro_number, label.bol_number),
        _orders(label.purchase_orders),
        _item(template, label.item_code, label.item_title, label.eaches),
        _count(label, template),
        _sscc(label.sscc),
    ]


def list_faults(label: LabelData, template: LabelTemplate) -> list[tuple[str, str]]:
    """What a person should know before a label is printed, as (code, about what), empty if all is well:

    `ZONE_EMPTY` (a mandatory zone, its name), `TEXT_CUT` (too long even at the smallest size), `NO_GLYPH` (characters
    that no font here has), `NO_BARCODE` (an order number that can't be one, or too many of them).
    """
    has = {
        Zone.FROM: any(label.ship_from),
        Zone.TO: any(label.ship_to),
        Zone.CARRIER: bool(label.carrier or label.pro_number or label.bol_number),
        Zone.ORDER: any(label.purchase_orders),
        Zone.ITEM: label.eaches > 0,
        Zone.COUNT: 0 < label.position <= label.count,
        Zone.SSCC: True,
    }
    empty = [("ZONE_EMPTY", zone.value) for zone in Zone if zone in template.zones[label.kind] and not has[zone]]
    return [*empty, *(fault for block in lay_out(label, template) for fault in block.faults)]


def _shared(make: Callable[..., tuple[list[Mark], list[tuple[str, str]]]]) -> Callable[..., LabelBlock]:
    @lru_cache(maxsize=512)
    def make_once(*arguments: Any) -> LabelBlock:
        marks, faults = make(*arguments)
        return LabelBlock(tuple(marks), True, tuple(dict.fromkeys(faults)))

    return make_once


@_shared
def _frame(template: LabelTemplate, is_pallet: bool, has_cases: bool) -> tuple[list[Mark], list[tuple[str, str]]]:
    """The lines between zones, and the captions."""
    marks: list[Mark] = [Rule(8, box.bottom - 0.4, 272, 0.8) for zone, box in ZONES.items() if zone != Zone.SSCC]
    marks.append(Rule(ZONES[Zone.TO].left - 0.4, ZONES[Zone.TO].bottom, 0.8, 92))
    marks.append(Rule(_FIGURES - 0.4, ZONES[Zone.COUNT].bottom, 0.8, 82))
    marks += [Rule(8 + third - 0.4, 302, 0.8, 30) for third in _THIRDS[1:]]
    carrier, order = ZONES[Zone.CARRIER], ZONES[Zone.ORDER]
    captions = [
        (word, ZONES[zone].left, ZONES[zone].top)
        for word, zone in (("FROM", Zone.FROM), ("TO", Zone.TO), ("ITEM", Zone.ITEM), ("SSCC", Zone.SSCC))
    ]
    captions += [(word, carrier.left + third, carrier.top) for word, third in zip(_CARRIER, _THIRDS, strict=True)]
    captions += [("ORDER", order.left, order.top), ("QUANTITY", _FIGURES, ZONES[Zone.ITEM].top)]
    captions += [("PALLET" if is_pallet else "CARTON", ZONES[Zone.COUNT].left, ZONES[Zone.COUNT].top)]
    captions += [("CASES", _FIGURES, ZONES[Zone.COUNT].top)] if has_cases else []
    marks += [Text(x + _PAD, y - 0.95 * _SMALL, _SMALL, template.word(word)) for word, x, y in captions]
    return marks, []


_CARRIER = ("CARRIER", "PRO", "BOL")
_THIRDS = (0.0, 92.0, 182.0)


@_shared
def _address(zone: Zone, code: str, lines: tuple[str, ...]) -> tuple[list[Mark], list[tuple[str, str]]]:
    box = _below_caption(ZONES[zone])
    marks: list[Mark] = []
    faults: list[tuple[str, str]] = []
    if code:
        head = Box(box.left, box.top - 18, box.right, box.top)
        marks, faults = _fill(head, [code], largest=16, smallest=7, is_bold=True)
        box = box._replace(top=head.bottom - 1)
    more_marks, more_faults = _fill(box, lines, largest=10, smallest=4.5)
    return marks + more_marks, faults + more_faults


@_shared
def _carrier(*values: str) -> tuple[list[Mark], list[tuple[str, str]]]:
    zone = _below_caption(ZONES[Zone.CARRIER])
    ends = (*_THIRDS[1:], 272.0)
    boxes = [
        zone._replace(left=8 + start + _PAD, right=8 + end - _PAD) for start, end in zip(_THIRDS, ends, strict=True)
    ]
    filled = [_fill(box, [value], largest=11, smallest=4.5) for box, value in zip(boxes, values, strict=True)]
    return [mark for marks, _ in filled for mark in marks], [fault for _, faults in filled for fault in faults]


@_shared
def _orders(numbers: tuple[str, ...]) -> tuple[list[Mark], list[tuple[str, str]]]:
    """One order: large, and its barcode across. Several: each in its cell. More than there are cells: their numbers."""
    zone = _below_caption(ZONES[Zone.ORDER])
    told = [text for text in (fonts.clean(number[:_MOST_LETTERS]) for number in numbers) if text]
    if len(told) > MOST_BARCODES:
        marks, faults = _fill(zone, [", ".join(told)], largest=12, smallest=4.5, is_bold=True)
        return marks, [*faults, ("NO_BARCODE", str(len(told)))]
    if len(told) == 1:
        return _order(told[0], zone, text_size=17, bar_height=56)
    columns, rows = 2, 3
    wide, high = (zone.right - zone.left) / columns, (zone.top - zone.bottom) / rows
    cells = [
        Box(zone.left + wide * (place % columns), zone.top - high * (place // columns + 1),
            zone.left + wide * (place % columns + 1) - _PAD, zone.top - high * (place // columns))
        for place in range(len(told))
    ]  # fmt: skip
    filled = [_order(text, cell, text_size=8, bar_height=15) for text, cell in zip(told, cells, strict=True)]
    return [mark for marks, _ in filled for mark in marks], [fault for _, faults in filled for fault in faults]


def _order(text: str, box: Box, *, text_size: float, bar_height: float) -> tuple[list[Mark], list[tuple[str, str]]]:
    head = box._replace(bottom=box.top - text_size * 1.25)
    marks, faults = _fill(head, [text], largest=text_size, smallest=4.5, is_bold=True)
    barcode = code128.encode(text) if code128.is_drawable(text) else None
    module = barcode and next(
        (
            size
            for size in _MODULES_MM
            if (barcode.modules + 2 * code128.QUIET_MODULES) * size * POINTS_PER_MM <= box.right - box.left
        ),
        None,
    )
    if barcode is None or module is None:
        return marks, [*faults, ("NO_BARCODE", text)]
    foot = head.bottom - bar_height
    return [*marks, Bars((box.left + box.right) / 2, foot, module, bar_height, barcode)], faults


@_shared
def _item(template: LabelTemplate, code: str, title: str, eaches: int) -> tuple[list[Mark], list[tuple[str, str]]]:
    box = _below_caption(ZONES[Zone.ITEM])
    figures = box._replace(left=_FIGURES + _PAD)
    told = box._replace(right=_FIGURES - _PAD)
    marks, faults = _fill(figures, [str(eaches)], largest=24, smallest=8, is_bold=True)
    if not (code or title):
        mixed, _ = _fill(told, [template.word("MIXED")], largest=22, smallest=8, is_bold=True)
        return marks + mixed, faults
    head = told._replace(bottom=told.top - 16)
    named, named_faults = _fill(head, [code], largest=13, smallest=5, is_bold=True)
    described, described_faults = _fill(told._replace(top=head.bottom), [title], largest=9, smallest=4.5)
    return marks + named + described, faults + named_faults + described_faults


def _count(label: LabelData, template: LabelTemplate) -> LabelBlock:
    box = _below_caption(ZONES[Zone.COUNT])
    text = f"{label.position} {template.word('OF')} {label.count}"
    marks, faults = _fill(box._replace(right=_FIGURES - _PAD), [text], largest=17, smallest=8, is_bold=True)
    if label.cases:
        figures = box._replace(left=_FIGURES + _PAD)
        more_marks, more_faults = _fill(figures, [str(label.cases)], largest=17, smallest=8, is_bold=True)
        marks, faults = marks + more_marks, faults + more_faults
    return LabelBlock(tuple(marks), False, tuple(faults))


def _sscc(sscc: str) -> LabelBlock:
    barcode = code128.encode_gs1(rules.with_identifier(sscc))
    text = rules.to_text(sscc)
    foot = ZONES[Zone.SSCC].bottom + 16
    middle = WIDTH / 2
    start = middle - fonts.width(text, 12) / 2
    return LabelBlock(
        (Bars(middle, foot, SSCC_MODULE_MM, SSCC_BAR_HEIGHT, barcode), Text(start, foot - 12, 12, text)), False
    )


def _below_caption(box: Box) -> Box:
    return Box(box.left + _PAD, box.bottom + 2, box.right - _PAD, box.top - _SMALL - 2.5)


def _fill(
    box: Box, lines: Iterable[str], *, largest: float, smallest: float, is_bold: bool = False
) -> tuple[list[Mark], list[tuple[str, str]]]:
    told = [line for line in (fonts.clean(line[:_MOST_LETTERS]) for line in lines) if line]
    size, fitted, is_cut = fonts.fit(
        told, wide=box.right - box.left, high=box.top - box.bottom, largest=largest, smallest=smallest,
        leading=_LEADING, is_bold=is_bold,
    )  # fmt: skip
    faults = [("TEXT_CUT", told[-1])] if is_cut else []
    faults += [("NO_GLYPH", missing)] if (missing := fonts.find_undrawable("".join(told))) else []
    return list(_stack(box, size, fitted, is_bold)), faults


def _stack(box: Box, size: float, lines: Iterable[str], is_bold: bool) -> Iterator[Text]:
    for place, line in enumerate(lines):
        yield Text(box.left, box.top - size * (fonts.ASCENT + place * _LEADING), size, line, is_bold)
