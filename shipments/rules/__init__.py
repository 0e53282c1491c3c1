"""Pure decisions about shipments, one module per noun; what other layers call is named here."""

from shipments.rules.checks import (
    RELEASABLE,
    RULES,
    DepartureFacts,
    LineFacts,
    OrderFacts,
    Ruling,
    check_departure,
    stops_departure,
    stops_notice,
)
from shipments.rules.clock import ClockRule, Due, Kind, Moments, choose_clocks, find_deadline, find_trigger
from shipments.rules.notices import Box, Goods, LineKey, Notice, NoticeLine, Party, Tare, Transport, count_eaches
from shipments.rules.replace import Obstacle, Replacing, find_obstacles
from shipments.rules.structure import Part, Shape, split_by_structure
from shipments.rules.terms import Term, choose_terms, freight_of, values_of

__all__ = [
    "RELEASABLE",
    "RULES",
    "Box",
    "ClockRule",
    "DepartureFacts",
    "Due",
    "Goods",
    "Kind",
    "LineFacts",
    "LineKey",
    "Moments",
    "Notice",
    "NoticeLine",
    "Obstacle",
    "OrderFacts",
    "Part",
    "Party",
    "Replacing",
    "Ruling",
    "Shape",
    "Tare",
    "Term",
    "Transport",
    "check_departure",
    "choose_clocks",
    "choose_terms",
    "count_eaches",
    "find_deadline",
    "find_obstacles",
    "find_trigger",
    "freight_of",
    "split_by_structure",
    "stops_departure",
    "stops_notice",
    "values_of",
]
