"""What may depart: each rule by a shipment that it finds fault with, and none by a plain one."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from acorn.core.money import Money
from shipments import tables
from shipments.rules import (
    RELEASABLE,
    RULES,
    DepartureFacts,
    Goods,
    LineFacts,
    LineKey,
    OrderFacts,
    Party,
    Ruling,
    Tare,
    check_departure,
    choose_terms,
    freight_of,
    stops_departure,
    stops_notice,
)
from tests.shipments.notices import NOW, SSCC, box, line_of, notice, transport
from vendors.types import RuleFinding, Severity

OTHER_SSCC = "006141410000000029"
KEY = LineKey("PO000001", "1")
PLAIN = box(1, sscc=SSCC)
LINE = LineFacts(may_ship=12, net_cost=Decimal("2.50"), currency="USD")
ORDER = OrderFacts("ACMUS", "PHX7", window_end=NOW + timedelta(days=5))


def facts(told: Any = None, *, marketplace: str = "US", region: str = "NA", terms: str = "PREPAID",
          **fields: Any) -> DepartureFacts:  # fmt: skip
    told = told or notice(PLAIN)
    values: dict[str, Any] = {
        "now": NOW, "vendor_code": "ACMUS", "ship_to_party": "PHX7", "freight_terms": terms, "is_import": False,
        "terms": choose_terms(tables.asn_rules(), marketplace=marketplace, region=region,
                              freight=freight_of(told.transport.mode), terms=terms, on=NOW.date()),
        "orders": dict.fromkeys(told.orders, ORDER), "lines": dict.fromkeys(told.quantities, LINE),
        "carriers": frozenset(tables.carriers()) | {"ABCD"},
    }  # fmt: skip
    return DepartureFacts(told, **values | fields)


def found(told: DepartureFacts) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity.value) for finding in check_departure(told)]


def moved(**fields: Any) -> DepartureFacts:
    return facts(notice(PLAIN, transport=transport(**fields)))


def packed(*goods: Goods, line: LineFacts = LINE, **fields: Any) -> DepartureFacts:
    told = notice(box(1, *goods, sscc=SSCC, **fields))
    return facts(told, lines=dict.fromkeys(told.quantities, line))


def ordered(**fields: Any) -> DepartureFacts:
    return facts(orders={"PO000001": replace(ORDER, **fields)})


def lots(*pairs: tuple[str, date]) -> DepartureFacts:
    return packed(*(Goods("PO000001", "1", 6, lot, expires) for lot, expires in pairs))


NEXT_YEAR, SOON = date(2027, 12, 1), (NOW + timedelta(days=29)).date()
PALLET = {"pallet": 1, "sscc": SSCC}
FAULTS: list[tuple[DepartureFacts, str, str]] = [
    (facts(replace(notice(PLAIN), boxes=())), "NOTHING_PACKED", "BLOCK"),
    (facts(replace(notice(PLAIN), selling=Party(""))), "SELLING_PARTY_MISSING", "BLOCK"),
    (facts(replace(notice(PLAIN), ship_from=Party(""))), "SHIP_FROM_MISSING", "BLOCK"),
    (facts(replace(notice(PLAIN), ship_to=Party(""))), "SHIP_TO_MISSING", "BLOCK"),
    (moved(shipped_at=NOW + timedelta(minutes=6)), "SHIPPED_DATE_FUTURE", "BLOCK"),
    (moved(shipped_at=NOW - timedelta(days=7, seconds=1)), "SHIPPED_DATE_OLD", "BLOCK"),
    (moved(estimated_at=None), "ARRIVAL_MISSING", "BLOCK"),
    (moved(estimated_at=NOW - timedelta(days=1)), "ARRIVAL_BEFORE_DEPARTURE", "BLOCK"),
    (moved(bol_number=""), "BOL_MISSING", "BLOCK"),
    (moved(bol_number="X"), "BOL_FORMAT", "BLOCK"),
    (moved(bol_number="2026-11-24"), "BOL_FORMAT", "BLOCK"),
    (facts(shared_bol="SH-000009"), "BOL_SHARED", "CONFIRM"),
    (moved(pro_number=""), "PRO_MISSING", "BLOCK"),
    (moved(carrier_scac=""), "SCAC_MISSING", "BLOCK"),
    (moved(carrier_scac="UPSN - UNITED PARCELSERVICE INC"), "SCAC_FORMAT", "BLOCK"),
    (moved(carrier_scac="ZZZZ"), "SCAC_UNKNOWN", "WARN"),
    (facts(terms="COLLECT"), "ARN_MISSING", "BLOCK"),
    (moved(amazon_reference_number="ARN-1"), "ARN_FORMAT", "BLOCK"),
    (facts(is_import=True), "CONTAINERS_MISSING", "WARN"),
    (facts(notice(box(1, sscc=""))), "SSCC_MISSING", "BLOCK"),
    (facts(notice(box(1, **PALLET), tares=(Tare(1),))), "PALLET_SSCC_MISSING", "BLOCK"),
    (facts(notice(box(1, sscc="006141410000000013"))), "SSCC_WRONG", "BLOCK"),
    (facts(notice(box(1, **PALLET), tares=(Tare(1, SSCC),))), "SSCC_TWICE", "BLOCK"),
    (facts(used_ssccs=frozenset({SSCC})), "SSCC_REUSED", "BLOCK"),
    (facts(notice(PLAIN, transport=transport(mode="SMALL_PARCEL"))), "TRACKING_MISSING", "BLOCK"),
    (facts(notice(PLAIN, lines=(line_of(KEY, unit="Layers"),))), "UNIT_UNKNOWN", "BLOCK"),
    (facts(notice(PLAIN, lines=(line_of(KEY, unit="Cases", unit_size=5),))), "BROKEN_CASES", "BLOCK"),
    (packed(line=replace(LINE, may_ship=11)), "TOO_MANY", "BLOCK"),
    (ordered(vendor_code="OTHER"), "OTHER_VENDOR_CODE", "BLOCK"),
    (ordered(ship_to_party="ONT8"), "OTHER_CENTRE", "BLOCK"),
    (ordered(has_ended=True), "ORDER_ENDED", "BLOCK"),
    (ordered(is_answered=False, is_proved=False), "ORDER_NOT_ANSWERED", "BLOCK"),
    (ordered(has_unsettled_change=True), "ORDER_CHANGE_UNSETTLED", "CONFIRM"),
    (facts(void_labels=frozenset({SSCC})), "LABEL_VOID", "CONFIRM"),
    (packed(*(Goods(f"PO00000{n}", "1", 1) for n in range(1, 7))), "MIXED_ORDERS", "CONFIRM"),
    (lots(("A", NEXT_YEAR), ("B", NEXT_YEAR)), "MIXED_LOTS", "CONFIRM"),
    (packed(line=replace(LINE, tracks_lots=True)), "LOT_MISSING", "CONFIRM"),
    (packed(line=replace(LINE, tracks_expiry=True)), "EXPIRY_MISSING", "CONFIRM"),
    (lots(("A", SOON)), "EXPIRES_SOON", "CONFIRM"),
    (facts(notice(PLAIN, lines=(line_of(KEY, price_unit="POUNDS"),))), "SCALE_WEIGHT_MISSING", "CONFIRM"),
    (ordered(is_proved=False), "ORDER_UNPROVED", "WARN"),
    (ordered(window_end=NOW + timedelta(days=1)), "ARRIVAL_AFTER_WINDOW", "WARN"),
    (facts(deadline_at=NOW - timedelta(seconds=1)), "NOTICE_LATE", "WARN"),
]


def test_nothing_is_said_about_a_plain_shipment() -> None:
    assert found(facts()) == []
    assert found(facts(notice(PLAIN, transport=transport(mode="SMALL_PARCEL", bol_number="")))) == [
        ("TRACKING_MISSING", "BLOCK")
    ]


@pytest.mark.parametrize(("told", "rule", "severity"), FAULTS, ids=[entry[1] for entry in FAULTS])
def test_each_rule_finds_its_fault_and_no_other(told: DepartureFacts, rule: str, severity: str) -> None:
    assert found(told) == [(rule, severity)]


def test_every_rule_has_an_example() -> None:
    assert {rule.id for rule in RULES} == {rule for _, rule, _ in FAULTS}


def test_rules_of_the_table_are_regional_and_name_their_source() -> None:
    regional = {rule.id for rule in RULES if rule.is_regional}

    assert regional <= {row.rule for row in tables.asn_rules()}
    assert {row.rule for row in tables.asn_rules()} - regional == {
        "REPLACE_PERIOD", "SHORTAGE_WARNING", "SHORTAGE_WITHOUT_ARRIVAL",
    }  # fmt: skip
    assert all(row.source for row in tables.asn_rules())


@pytest.mark.parametrize(
    ("region", "marketplace", "mode", "missing"),
    [
        ("NA", "US", "LTL", {"BOL_MISSING": "BLOCK", "PRO_MISSING": "BLOCK", "SCAC_MISSING": "BLOCK"}),
        ("NA", "CA", "SMALL_PARCEL", {"PRO_MISSING": "BLOCK", "SCAC_MISSING": "BLOCK", "TRACKING_MISSING": "BLOCK"}),
        ("EU", "DE", "TRUCKLOAD", {"BOL_MISSING": "BLOCK"}),
        ("EU", "DE", "SMALL_PARCEL", {"BOL_MISSING": "BLOCK", "TRACKING_MISSING": "BLOCK"}),
        ("EU", "IN", "LTL", {"BOL_MISSING": "WARN"}),
        ("FE", "JP", "LTL", {"BOL_MISSING": "BLOCK", "PRO_MISSING": "WARN", "SCAC_MISSING": "WARN"}),
    ],
)
def test_what_is_demanded_differs_by_region_and_freight(
    region: str, marketplace: str, mode: str, missing: dict[str, str]
) -> None:
    told = notice(PLAIN, transport=transport(mode=mode, bol_number="", pro_number="", carrier_scac=""))

    assert dict(found(facts(told, region=region, marketplace=marketplace))) == missing


def only(told: DepartureFacts, **rulings: Ruling) -> RuleFinding:
    (finding,) = check_departure(told, rulings)
    return finding


def test_a_finding_names_its_places_and_what_it_would_cost() -> None:
    told = notice(box(1, sscc=SSCC), box(2, sscc=OTHER_SSCC), box(3, sscc="006141410000000036"))
    charged = Ruling(Severity.CONFIRM, Decimal(6))

    finding = only(facts(told, lines={KEY: replace(LINE, may_ship=36)}, void_labels=frozenset({SSCC, OTHER_SSCC})),
                   LABEL_VOID=charged)  # fmt: skip

    assert (finding.line, finding.params["count"]) == ("1, 2", 2)
    assert finding.at_risk == Money(Decimal("3.60"), "USD")  # 24 eaches of 2.50, 6 %


def test_a_charge_may_be_by_each_and_none_is_guessed() -> None:
    soon = lots(("A", SOON))
    ruling = Ruling(Severity.CONFIRM, Decimal(100), Money(Decimal(2), "USD"))

    assert only(soon, EXPIRES_SOON=ruling).at_risk == Money(Decimal("27.00"), "USD")
    assert only(soon).at_risk is None
    unpriced = packed(Goods("PO000001", "1", 6, "A", SOON), line=replace(LINE, net_cost=None))
    assert only(unpriced, EXPIRES_SOON=ruling).at_risk is None
    mixed = Ruling(Severity.CONFIRM, Decimal(100), Money(Decimal(2), "EUR"))
    assert only(soon, EXPIRES_SOON=mixed).at_risk == Money(Decimal("15.00"), "USD")


def test_orders_in_two_currencies_have_no_common_worth() -> None:
    told = notice(box(1, Goods("PO000001", "1", 5), Goods("PO000002", "1", 5), sscc=SSCC))
    lines = {LineKey("PO000001", "1"): LINE, LineKey("PO000002", "1"): replace(LINE, currency="CAD")}

    assert only(facts(told, lines=lines, deadline_at=NOW - timedelta(hours=1)),
                NOTICE_LATE=Ruling(Severity.WARN, Decimal(2))).at_risk is None  # fmt: skip


def test_the_rulebook_softens_opinions_and_never_what_amazon_cannot_read() -> None:
    void = facts(void_labels=frozenset({SSCC}))

    assert only(void, LABEL_VOID=Ruling(Severity.WARN)).severity == Severity.WARN
    assert only(moved(bol_number=""), BOL_MISSING=Ruling(Severity.WARN)).severity == Severity.BLOCK


def test_what_holds_the_truck_and_what_holds_the_asn() -> None:
    told = facts(notice(PLAIN, transport=transport(bol_number="", carrier_scac="ZZZZ")), void_labels=frozenset({SSCC}))
    findings = check_departure(told)

    assert [finding.rule for finding in findings] == ["BOL_MISSING", "LABEL_VOID", "SCAC_UNKNOWN"]
    assert [finding.rule for finding in stops_departure(findings)] == ["BOL_MISSING", "LABEL_VOID"]
    assert [finding.rule for finding in stops_departure(findings, frozenset({"LABEL_VOID"}))] == ["BOL_MISSING"]
    assert stops_departure(findings, frozenset({"LABEL_VOID", "BOL_MISSING"})) == []
    assert [finding.rule for finding in stops_notice(findings)] == ["BOL_MISSING"]
    empty = check_departure(facts(replace(notice(PLAIN), boxes=())))
    assert [f.rule for f in stops_departure(empty, frozenset({"NOTHING_PACKED"}))] == ["NOTHING_PACKED"]
    assert "NOTHING_PACKED" not in RELEASABLE


def test_many_places_are_counted() -> None:
    told = notice(*(box(n, sscc="") for n in range(1, 31)))

    finding = only(facts(told, lines={KEY: replace(LINE, may_ship=360)}))

    assert finding.line.endswith("12 +18")
    assert finding.params["count"] == 30
