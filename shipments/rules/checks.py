"""Whether a shipment may depart as it is: a table of rules, each a question to what its ASN would say.

What Amazon would refuse, or fine, is asked here first; it tells little, and late. Which fields it demands differs by
region, freight and freight terms: `data/asn_rules.csv`. What a fault costs is in the rulebook.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from acorn.core.money import Money
from shipments.rules.notices import Box, LineKey, Notice, count_eaches
from shipments.rules.sscc import find_sscc_fault
from shipments.rules.terms import Term
from vendors.types import RuleFinding, Severity

_MODEL = "Amazon's official model vendorShipments.json"
_GUIDE = "Amazon Vendor Shipments API guide, last full edition 2021"
_FIELD = "Field reports"
_OURS = "ACORN: label, carton and ASN say the same"
_UNITS = ("Cases", "Eaches")
_SCAC = re.compile(r"[A-Z]{2,4}", re.ASCII)
_ARN = re.compile(r"\d{6,20}", re.ASCII)
_DATE = re.compile(r"(19|20)\d\d[-/.]?(0[1-9]|1[0-2])[-/.]?([0-2]\d|3[01])([T ]?\d\d:?\d\d(:?\d\d)?)?", re.ASCII)
# a person's clock, or the API's, may be a little ahead of Amazon's
_SKEW = timedelta(minutes=5)
# more places than these are counted, not named
_NAMED = 12


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What bears on an order line in the shipment. `may_ship` is what may still leave, this shipment's eaches included."""

    may_ship: int
    net_cost: Decimal | None = None
    currency: str = ""
    tracks_lots: bool = False
    tracks_expiry: bool = False


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What bears on an order in the shipment."""

    vendor_code: str
    ship_to_party: str
    has_ended: bool = False
    is_answered: bool = True
    is_proved: bool = True
    has_unsettled_change: bool = False
    window_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class DepartureFacts:
    """What an ASN would say at `now`, Amazon's time, and what bears on it. `terms` are the rows that hold there and then.

    `void_labels` are SSCCs whose label is of other contents, or was never printed; `used_ssccs` those that an earlier
    ASN of the last year named; `shared_bol` is another shipment with the same bill of lading on another truck.
    """

    notice: Notice
    now: datetime
    vendor_code: str
    ship_to_party: str
    freight_terms: str
    is_import: bool
    terms: Mapping[str, Term]
    orders: Mapping[str, OrderFacts]
    lines: Mapping[LineKey, LineFacts]
    carriers: frozenset[str] = frozenset()
    void_labels: frozenset[str] = frozenset()
    used_ssccs: frozenset[str] = frozenset()
    shared_bol: str = ""
    deadline_at: datetime | None = None

    @property
    def boxes(self) -> tuple[Box, ...]:
        return self.notice.boxes

    def worth(self, eaches: Mapping[LineKey, int]) -> Money | None:
        """What these eaches are worth at the orders' costs; None where nobody can say: a cost is missing, or by weight."""
        total: Money | None = None
        by_key = {line.key: line for line in self.notice.lines}
        for key, number in eaches.items():
            line = self.lines.get(key)
            if line is None or line.net_cost is None or not line.currency or by_key[key].price_unit:
                return None
            part = Money(line.net_cost * number, line.currency)
            if total is not None and total.currency != part.currency:
                return None
            total = part if total is None else total + part
        return total


class Ruling(NamedTuple):
    """What is known of a rule on the day: how bad, what it costs (share of the goods' worth, charge per each), who says so."""

    severity: Severity
    percent: Decimal | None = None
    per_each: Money | None = None
    source: str = ""


class Hit(NamedTuple):
    """A place where a rule finds fault: its name, the goods that it is about, and what its message says."""

    place: str = ""
    eaches: Mapping[LineKey, int] = {}
    params: Mapping[str, Any] = {}


Find = Callable[[DepartureFacts], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table; its message is `shipments.rule.<id>`. A rule of the regional table asks only where that says so.

    `charge` is the row of the rulebook that says what it costs, where that has another name.
    """

    id: str
    severity: Severity
    source: str
    find: Find = field(repr=False)
    is_regional: bool = False
    charge: str = ""

    @property
    def code(self) -> str:
        return f"shipments.rule.{self.id.lower()}"


def check_departure(facts: DepartureFacts, rulings: Mapping[str, Ruling] | None = None) -> list[RuleFinding]:
    """Everything that is to be said about a shipment, the worst first: one finding a rule, with all its places.

    What Amazon would refuse blocks; what it would fine, or what makes label, carton and ASN differ, needs a person's yes.
    """
    found = []
    for rule in RULES:
        term = facts.terms.get(rule.id)
        if rule.is_regional and term is None:
            continue
        hits = list(rule.find(facts))
        if not hits:
            continue
        severity, source = (term.severity or rule.severity, term.source) if term else (rule.severity, rule.source)
        ruling = (rulings or {}).get(rule.id) or Ruling(severity)
        # what Amazon cannot read is no matter of opinion
        severity = severity if severity == Severity.BLOCK else ruling.severity
        places = [hit.place for hit in hits if hit.place]
        params = {**hits[0].params, "places": _shorten(places), "count": len(hits)}
        found.append(
            RuleFinding(
                rule.id, severity, rule.code, _shorten(places), params, _at_risk(facts, hits, ruling),
                ruling.source or source,
            )
        )  # fmt: skip
    rank = {Severity.BLOCK: 0, Severity.CONFIRM: 1, Severity.WARN: 2}
    return sorted(found, key=lambda finding: rank[finding.severity])


def stops_departure(findings: Iterable[RuleFinding], released: frozenset[str] = frozenset()) -> list[RuleFinding]:
    """The findings that hold the truck, less those that a person released, by their rules."""
    return [
        finding
        for finding in findings
        if finding.severity != Severity.WARN and finding.rule not in released & RELEASABLE
    ]


def stops_notice(findings: Iterable[RuleFinding]) -> list[RuleFinding]:
    """The findings that hold an ASN of goods that have left: what Amazon would refuse."""
    return [finding for finding in findings if finding.severity == Severity.BLOCK]


def _at_risk(facts: DepartureFacts, hits: Sequence[Hit], ruling: Ruling) -> Money | None:
    if ruling.percent is None and ruling.per_each is None:
        return None
    eaches: Counter[LineKey] = Counter()
    for hit in hits:
        eaches.update(hit.eaches or facts.notice.quantities)
    worth = facts.worth(eaches)
    if worth is None:
        return None
    risk = worth * ((ruling.percent or Decimal(0)) / 100)
    if ruling.per_each is not None and ruling.per_each.currency == risk.currency:
        risk += ruling.per_each * sum(eaches.values())
    return risk.rounded()


def _shorten(places: Sequence[str]) -> str:
    names = list(dict.fromkeys(places))
    more = f" +{len(names) - _NAMED}" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _when(is_wrong: object, **params: Any) -> Iterator[Hit]:
    if is_wrong:
        yield Hit(params=params)


def _box_hit(box: Box, **params: Any) -> Hit:
    return Hit(str(box.position), count_eaches([box]), params)


def _line_hit(key: LineKey, number: int, **params: Any) -> Hit:
    return Hit(f"{key.order} {key.sequence}", {key: number}, params)


def _order_hits(facts: DepartureFacts, is_wrong: Callable[[OrderFacts], object]) -> Iterator[Hit]:
    for number, order in facts.orders.items():
        if is_wrong(order):
            eaches = {key: value for key, value in facts.notice.quantities.items() if key.order == number}
            yield Hit(number, eaches, {"order": number, "ship_to": order.ship_to_party})


# --- the head ---------------------------------------------------------------------------------------------------------


def _no_bol(facts: DepartureFacts) -> Iterator[Hit]:
    return _when(not facts.notice.transport.bol_number)


def _odd_bol(facts: DepartureFacts) -> Iterator[Hit]:
    number = facts.notice.transport.bol_number
    return _when(number and (len(number) < 2 or _DATE.fullmatch(number)), value=number)


def _shared_bol(facts: DepartureFacts) -> Iterator[Hit]:
    return _when(facts.shared_bol, value=facts.notice.transport.bol_number, shipment=facts.shared_bol)


def _no_pro(facts: DepartureFacts) -> Iterator[Hit]:
    return _when(not facts.notice.transport.pro_number)


def _no_scac(facts: DepartureFacts) -> Iterator[Hit]:
    return _when(not facts.notice.transport.carrier_scac)


def _odd_scac(facts: DepartureFacts) -> Iterator[Hit]:
    scac = facts.notice.transport.carrier_scac
    return _when(scac and not _SCAC.fullmatch(scac), value=scac)


def _unknown_scac(facts: DepartureFacts) -> Iterator[Hit]:
    scac = facts.notice.transport.carrier_scac
    return _when(facts.carriers and _SCAC.fullmatch(scac) and scac not in facts.carriers, value=scac)


def _no_arn(facts: DepartureFacts) -> Iterator[Hit]:
    return _when(not facts.notice.transport.amazon_reference_number)


def _odd_arn(facts: DepartureFacts) -> Iterator[Hit]:
    number = facts.notice.transport.amazon_reference_number
    return _when(number and not _ARN.fullmatch(number), value=number)


def _future(facts: DepartureFacts) -> Iterator[Hit]:
    return _when(facts.notice.transport.shipped_at > facts.now + _SKEW)


def _long_gone(facts: DepartureFacts) -> Iterator[Hit]:
    days = facts.terms["SHIPPED_DATE_OLD"].value or 0
    return _when(facts.notice.transport.shipped_at < facts.now - timedelta(days=days), days=days)


def _no_arrival(facts: DepartureFacts) -> Iterator[Hit]:
    return _when(facts.notice.transport.estimated_at is None)


def _crossed(facts: DepartureFacts) -> Iterator[Hit]:
    at = facts.notice.transport.estimated_at
    return _when(at is not None and at < facts.notice.transport.shipped_at)


def _no_containers(facts: DepartureFacts) -> Iterator[Hit]:
    return _when(facts.is_import and not facts.notice.import_details.get("import_containers"))


def _late(facts: DepartureFacts) -> Iterator[Hit]:
    return _when(facts.deadline_at is not None and facts.deadline_at < facts.now)


# --- what is in it ----------------------------------------------------------------------------------------------------


def _no_sscc(facts: DepartureFacts) -> Iterator[Hit]:
    return (_box_hit(box) for box in facts.boxes if not box.sscc)


def _no_pallet_sscc(facts: DepartureFacts) -> Iterator[Hit]:
    return (Hit(str(tare.position)) for tare in facts.notice.tares if not tare.sscc)


def _plates(facts: DepartureFacts) -> Iterator[tuple[str, str, Mapping[LineKey, int]]]:
    """Each SSCC with its place and what it stands for."""
    for box in facts.boxes:
        if box.sscc:
            yield box.sscc, str(box.position), count_eaches([box])
    for tare in facts.notice.tares:
        if tare.sscc:
            yield tare.sscc, f"P{tare.position}", count_eaches(b for b in facts.boxes if b.pallet == tare.position)


def _odd_sscc(facts: DepartureFacts) -> Iterator[Hit]:
    return (Hit(place, eaches) for code, place, eaches in _plates(facts) if find_sscc_fault(code))


def _twin_ssccs(facts: DepartureFacts) -> Iterator[Hit]:
    counts = Counter(code for code, _, _ in _plates(facts))
    return (Hit(place, eaches) for code, place, eaches in _plates(facts) if counts[code] > 1)


def _used_ssccs(facts: DepartureFacts) -> Iterator[Hit]:
    return (Hit(place, eaches) for code, place, eaches in _plates(facts) if code in facts.used_ssccs)


def _void_labels(facts: DepartureFacts) -> Iterator[Hit]:
    return (Hit(place, eaches) for code, place, eaches in _plates(facts) if code in facts.void_labels)


def _no_tracking(facts: DepartureFacts) -> Iterator[Hit]:
    return (_box_hit(box) for box in facts.boxes if not box.tracking_number)


def _many_orders(facts: DepartureFacts) -> Iterator[Hit]:
    most = facts.terms["MIXED_ORDERS"].value or 0
    return (_box_hit(box, most=most) for box in facts.boxes if len({goods.order for goods in box.goods}) > most)


def _mixed_lots(facts: DepartureFacts) -> Iterator[Hit]:
    products = {line.key: line.asin or line.vendor_sku for line in facts.notice.lines}
    for box in facts.boxes:
        lots: dict[str, set[Any]] = {}
        for goods in box.goods:
            lots.setdefault(products[goods.line], set()).add((goods.lot_number, goods.expires_on))
        if any(len(found) > 1 for found in lots.values()):
            yield _box_hit(box)


def _no_lot(facts: DepartureFacts) -> Iterator[Hit]:
    return _untracked(facts, lambda line: line.tracks_lots, "lot_number")


def _no_expiry(facts: DepartureFacts) -> Iterator[Hit]:
    return _untracked(facts, lambda line: line.tracks_expiry, "expires_on")


def _untracked(facts: DepartureFacts, tracks: Callable[[LineFacts], bool], name: str) -> Iterator[Hit]:
    for box in facts.boxes:
        missing = {
            goods.line: goods.eaches
            for goods in box.goods
            if goods.line in facts.lines and tracks(facts.lines[goods.line]) and not getattr(goods, name)
        }
        if missing:
            yield Hit(str(box.position), missing)


def _expires(facts: DepartureFacts) -> Iterator[Hit]:
    days = facts.terms["EXPIRES_SOON"].value or 0
    last = (facts.now + timedelta(days=days)).date()
    for box in facts.boxes:
        short = {goods.line: goods.eaches for goods in box.goods if goods.expires_on and goods.expires_on < last}
        if short:
            yield Hit(str(box.position), short, {"days": days})


def _no_scale_weight(facts: DepartureFacts) -> Iterator[Hit]:
    by_weight = {line.key for line in facts.notice.lines if line.price_unit}
    for box in facts.boxes:
        if any(goods.line in by_weight and goods.scale_weight_g is None for goods in box.goods):
            yield _box_hit(box)


def _odd_unit(facts: DepartureFacts) -> Iterator[Hit]:
    return (_line_hit(line.key, 0, unit=line.unit) for line in facts.notice.lines if line.unit not in _UNITS)


def _broken_cases(facts: DepartureFacts) -> Iterator[Hit]:
    sizes = {line.key: line.unit_size for line in facts.notice.lines if line.unit == "Cases"}
    for box in facts.boxes:
        for goods in box.goods:
            if goods.eaches % sizes.get(goods.line, 1):
                yield _box_hit(box, eaches=goods.eaches, unit_size=sizes[goods.line])


# --- against the orders -----------------------------------------------------------------------------------------------


def _too_many(facts: DepartureFacts) -> Iterator[Hit]:
    for key, eaches in facts.notice.quantities.items():
        line = facts.lines.get(key)
        if line is not None and eaches > line.may_ship:
            yield _line_hit(key, eaches - line.may_ship, eaches=eaches, may_ship=max(0, line.may_ship))


def _other_vendor(facts: DepartureFacts) -> Iterator[Hit]:
    return _order_hits(facts, lambda order: order.vendor_code != facts.vendor_code)


def _other_centre(facts: DepartureFacts) -> Iterator[Hit]:
    return _order_hits(facts, lambda order: order.ship_to_party != facts.ship_to_party)


def _unsettled(facts: DepartureFacts) -> Iterator[Hit]:
    return _order_hits(facts, lambda order: order.has_unsettled_change)


def _ended(facts: DepartureFacts) -> Iterator[Hit]:
    return _order_hits(facts, lambda order: order.has_ended)


def _unanswered(facts: DepartureFacts) -> Iterator[Hit]:
    return _order_hits(facts, lambda order: not order.is_answered and not order.has_ended)


def _unproved(facts: DepartureFacts) -> Iterator[Hit]:
    return _order_hits(facts, lambda order: order.is_answered and not order.is_proved)


def _after_window(facts: DepartureFacts) -> Iterator[Hit]:
    at = facts.notice.transport.estimated_at
    return _order_hits(facts, lambda order: at and order.window_end and at > order.window_end)


_B, _C, _W = Severity.BLOCK, Severity.CONFIRM, Severity.WARN
_DEFECT = "ASN_DEFECT"
RULES: Sequence[Rule] = (
    Rule("NOTHING_PACKED", _B, _MODEL, lambda facts: _when(not facts.boxes)),
    Rule("SELLING_PARTY_MISSING", _B, _MODEL, lambda facts: _when(not facts.notice.selling.party_id)),
    Rule("SHIP_FROM_MISSING", _B, _MODEL, lambda facts: _when(not facts.notice.ship_from.party_id)),
    Rule("SHIP_TO_MISSING", _B, _MODEL, lambda facts: _when(not facts.notice.ship_to.party_id)),
    Rule("SHIPPED_DATE_FUTURE", _B, f"{_MODEL}: not in the future", _future),
    Rule("SHIPPED_DATE_OLD", _B, _GUIDE, _long_gone, is_regional=True),
    Rule("ARRIVAL_MISSING", _B, _GUIDE, _no_arrival, is_regional=True),
    Rule("ARRIVAL_BEFORE_DEPARTURE", _B, _MODEL, _crossed),
    Rule("BOL_MISSING", _B, _MODEL, _no_bol, is_regional=True),
    Rule("BOL_FORMAT", _B, f"{_MODEL}: no date and no single character", _odd_bol),
    Rule("BOL_SHARED", _C, f"{_MODEL}: unique for every shipment", _shared_bol),
    Rule("PRO_MISSING", _B, _MODEL, _no_pro, is_regional=True),
    Rule("SCAC_MISSING", _B, _MODEL, _no_scac, is_regional=True),
    Rule("SCAC_FORMAT", _B, f"{_MODEL}: two to four letters", _odd_scac),
    Rule("SCAC_UNKNOWN", _W, "ACORN's list of carriers", _unknown_scac),
    Rule("ARN_MISSING", _B, _MODEL, _no_arn, is_regional=True),
    Rule("ARN_FORMAT", _B, f"{_FIELD}: digits that Amazon gave out; invented ones are refused", _odd_arn),
    Rule("CONTAINERS_MISSING", _W, f"{_MODEL}: importContainers", _no_containers),
    Rule("SSCC_MISSING", _B, _GUIDE, _no_sscc, is_regional=True),
    Rule("PALLET_SSCC_MISSING", _B, f"{_MODEL}: palletIdentifiers", _no_pallet_sscc),
    Rule("SSCC_WRONG", _B, f"{_MODEL}: 00 and 18 digits, the last a check digit", _odd_sscc),
    Rule("SSCC_TWICE", _B, _MODEL, _twin_ssccs),
    Rule("SSCC_REUSED", _B, _MODEL, _used_ssccs, is_regional=True),
    Rule("TRACKING_MISSING", _B, _MODEL, _no_tracking, is_regional=True),
    Rule("UNIT_UNKNOWN", _B, _MODEL, _odd_unit),
    Rule("BROKEN_CASES", _B, f"{_MODEL}: a whole number of the order's unit", _broken_cases),
    Rule("TOO_MANY", _B, f"{_GUIDE}: no more than was confirmed", _too_many),
    Rule("OTHER_VENDOR_CODE", _B, f"{_GUIDE}: one vendor code", _other_vendor),
    Rule("OTHER_CENTRE", _B, f"{_GUIDE}: one fulfilment centre", _other_centre),
    Rule("ORDER_ENDED", _B, _GUIDE, _ended),
    Rule("ORDER_NOT_ANSWERED", _B, _GUIDE, _unanswered),
    Rule("ORDER_CHANGE_UNSETTLED", _C, "ACORN: somebody settles a change before the truck leaves", _unsettled),
    Rule("LABEL_VOID", _C, _OURS, _void_labels, charge=_DEFECT),
    Rule("MIXED_ORDERS", _C, "Vendor manual", _many_orders, is_regional=True, charge=_DEFECT),
    Rule("MIXED_LOTS", _C, f"{_GUIDE}: one lot and expiry of a product in a carton", _mixed_lots, charge=_DEFECT),
    Rule("LOT_MISSING", _C, f"{_MODEL}: mandatory for perishable items", _no_lot, charge=_DEFECT),
    Rule("EXPIRY_MISSING", _C, f"{_MODEL}: mandatory for perishable items", _no_expiry, charge=_DEFECT),
    Rule("EXPIRES_SOON", _C, _FIELD, _expires, is_regional=True),
    Rule("SCALE_WEIGHT_MISSING", _C, f"{_MODEL}: totalWeight", _no_scale_weight, charge=_DEFECT),
    Rule("ORDER_UNPROVED", _W, "ACORN: sent is not done", _unproved),
    Rule("ARRIVAL_AFTER_WINDOW", _W, f"{_FIELD}: PO on-time", _after_window, charge="PO_LATE"),
    Rule("NOTICE_LATE", _W, _MODEL, _late, charge=_DEFECT),
)  # fmt: skip
"""The decision table: what is asked, how bad a yes is by default, and where that is written."""

# nothing on the truck, or nobody to send it to: there is no departure that one could let go
RELEASABLE = frozenset(rule.id for rule in RULES) - {"NOTHING_PACKED", "SELLING_PARTY_MISSING", "SHIP_TO_MISSING"}
