"""Pure decisions about shipments, one module per noun; what other layers call is named here."""

from shipments.rules.notices import Box, Goods, LineKey, Notice, NoticeLine, Party, Tare, Transport, count_eaches
from shipments.rules.structure import Part, Shape, split_by_structure

__all__ = [
    "Box",
    "Goods",
    "LineKey",
    "Notice",
    "NoticeLine",
    "Part",
    "Party",
    "Shape",
    "Tare",
    "Transport",
    "count_eaches",
    "split_by_structure",
]
