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
from shipments.rules.deadlines import DeadlineFacts, earliest_pickup, next_deadline, opens_at
from shipments.rules.notices import Box, Goods, LineKey, Notice, NoticeLine, Party, Tare, Transport, count_eaches
from shipments.rules.packing import (
    BEYOND_SHIPPABLE,
    LineRoom,
    check_packing,
    hash_contents,
    match_cartons,
    merge_contents,
)
from shipments.rules.pickups import PICKUP_RULES, PickupFacts, PickupRuling, check_pickup
from shipments.rules.plan import (
    CartonLimit,
    EmptyCarton,
    ItemPacking,
    Limits,
    PlanLine,
    find_limit,
    plan_cartons,
    put_on_pallets,
)
from shipments.rules.quantities import confirmed_eaches, shippable_eaches, size_of_unit, whole_units
from shipments.rules.receipts import share_received
from shipments.rules.replace import Obstacle, Replacing, find_obstacles
from shipments.rules.states import Progress, derive_state
from shipments.rules.structure import Part, Shape, split_by_structure
from shipments.rules.terms import ANY, Term, choose_terms, freight_of, values_of

__all__ = [
    "ANY",
    "BEYOND_SHIPPABLE",
    "PICKUP_RULES",
    "RELEASABLE",
    "RULES",
    "Box",
    "CartonLimit",
    "ClockRule",
    "DeadlineFacts",
    "DepartureFacts",
    "Due",
    "EmptyCarton",
    "Goods",
    "ItemPacking",
    "Kind",
    "Limits",
    "LineFacts",
    "LineKey",
    "LineRoom",
    "Moments",
    "Notice",
    "NoticeLine",
    "Obstacle",
    "OrderFacts",
    "Part",
    "Party",
    "PickupFacts",
    "PickupRuling",
    "PlanLine",
    "Progress",
    "Replacing",
    "Ruling",
    "Shape",
    "Tare",
    "Term",
    "Transport",
    "check_departure",
    "check_packing",
    "check_pickup",
    "choose_clocks",
    "choose_terms",
    "confirmed_eaches",
    "count_eaches",
    "derive_state",
    "earliest_pickup",
    "find_deadline",
    "find_limit",
    "find_obstacles",
    "find_trigger",
    "freight_of",
    "hash_contents",
    "match_cartons",
    "merge_contents",
    "next_deadline",
    "opens_at",
    "plan_cartons",
    "put_on_pallets",
    "share_received",
    "shippable_eaches",
    "size_of_unit",
    "split_by_structure",
    "stops_departure",
    "stops_notice",
    "values_of",
    "whole_units",
]
