"""What may leave as an answer: each rule by an order that it finds fault with, and none by a plain one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acorn.core import messages
from acorn.core.money import Money
from orders import rules
from orders.rules import AnswerFacts, LineFacts, Ruling
from orders.types import LineAnswer, OrderState
from vendors.types import Severity

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
END = NOW + timedelta(days=10)
SHIP = NOW + timedelta(days=5)
LATER = NOW + timedelta(days=30)


def answer(
    accepted: int = 0, backordered: int = 0, rejected: int = 0, sequence: str = "1", **fields: Any
) -> LineAnswer:
    values: dict[str, Any] = {"scheduled_ship_at": SHIP} if accepted else {}
    if backordered:
        values["backorder_ship_at"] = LATER
    if rejected:
        values["rejection_reason"] = "TEMPORARILY_UNAVAILABLE"
    return LineAnswer(sequence, accepted, backordered, rejected, **values | fields)


def line(said: LineAnswer | None = None, **fields: Any) -> LineFacts:
    values: dict[str, Any] = {
        "sequence": "1", "ordered": 12, "unit": "Eaches", "unit_size": 1, "is_backorder_allowed": True,
        "is_withdrawn": False, "net_cost": Decimal("2.50"), "currency": "USD", "price_unit": "", "has_item": True,
    }  # fmt: skip
    return LineFacts(answer=said, **values | fields)


def facts(*lines: LineFacts, **fields: Any) -> AnswerFacts:
    values: dict[str, Any] = {
        "amazon_state": "New", "state": OrderState.NEW, "vendor_code": "ACMUS", "now": NOW, "window_end": END,
        "changeable_until": NOW + timedelta(hours=48), "is_answered_elsewhere": False,
        "answers": tuple(one.answer for one in lines if one.answer),
    }  # fmt: skip
    return AnswerFacts(lines=lines, **values | fields)


def found(order: AnswerFacts) -> list[tuple[str, str]]:
    return [(finding.rule, finding.line) for finding in rules.check_answer(order)]


CASES = {"unit": "Cases", "unit_size": 6}
WITHDRAWN = {"is_withdrawn": True, "ordered": 0}


@pytest.mark.parametrize(
    "order",
    [
        facts(line(answer(12))),
        facts(line(answer(6, 6))),
        facts(line(answer(6, 0, 6))),
        facts(line(answer(6, 6), **CASES)),
        facts(line(answer(12), **CASES, available=12)),
        facts(line(answer(12), before=answer(12))),
        facts(line(answer(0, 0, 12), has_item=False, before=answer(0, 0, 12))),
        facts(line(answer(12)), line(None, sequence="2", ordered=0)),
        facts(line(answer(12)), line(None, sequence="2", **WITHDRAWN)),
        facts(line(answer(12)), line(answer(sequence="2"), sequence="2", ordered=0)),
        facts(line(answer(12, net_cost=Decimal("2.5000")))),
        facts(line(answer(12)), state=OrderState.REJECTED),  # the lines say whether it can be answered once more
        # Amazon itself cancelled 8 of the 12 that were confirmed: nothing is taken back
        facts(line(answer(4), ordered=4, before=answer(12)), now=NOW + timedelta(days=3), changeable_until=NOW),
    ],
)
def test_a_plain_answer_has_no_fault(order: AnswerFacts) -> None:
    assert found(replace(order, now=NOW)) == []


@pytest.mark.parametrize(
    ("rule", "order"),
    [
        ("ORDER_CLOSED", facts(line(answer(12)), amazon_state="Closed")),
        ("ORDER_CLOSED", facts(line(answer(12)), state=OrderState.CLOSED_SHORT)),
        ("NOTHING_TO_ANSWER", facts(line(None, ordered=0))),
        ("NOTHING_TO_ANSWER", facts()),
        ("SELLING_PARTY_MISSING", facts(line(answer(12)), vendor_code="")),
        ("LINE_UNKNOWN", facts(line(answer(12)), answers=(answer(12), answer(12, sequence="7")))),
        ("LINE_TWICE", facts(line(answer(12)), answers=(answer(12), answer(12)))),
        ("TWO_CHANNELS", facts(line(answer(12)), is_answered_elsewhere=True)),
    ],
)
def test_faults_of_the_order(rule: str, order: AnswerFacts) -> None:
    assert found(order) == [(rule, "")]


@pytest.mark.parametrize(
    ("rule", "one"),
    [
        ("LINE_MISSING", line(None)),
        ("WRONG_SUM", line(answer(11))),
        ("WRONG_SUM", line(answer(12, 1))),
        ("WRONG_SUM", line(answer())),
        ("NOT_WHOLE_CASES", line(answer(7, 5), **CASES)),
        ("NOT_WHOLE_CASES", line(answer(6, 0, 6), unit="Cases", unit_size=12)),
        ("UNKNOWN_UNIT", line(answer(12), unit="Pallets")),
        ("BACKORDER_NOT_ALLOWED", line(answer(6, 6), is_backorder_allowed=False)),
        ("BACKORDER_NOT_ALLOWED", line(answer(6, 6), is_backorder_allowed=None)),
        ("UNMAPPED_ITEM", line(answer(6, 0, 6), has_item=False)),
        ("INSUFFICIENT_STOCK", line(answer(12), available=11)),
        ("INSUFFICIENT_STOCK", line(answer(12), available=-4)),
        ("BACKORDER_UNFOUNDED", line(answer(6, 6), available_later=5)),
        ("REJECTION_REASON_MISSING", line(answer(6, 0, 6, rejection_reason=""))),
        ("REJECTION_REASON_MISSING", line(answer(6, 0, 6, rejection_reason="BECAUSE"))),
        ("OBSOLETE_PRODUCT", line(answer(6, 0, 6, rejection_reason="OBSOLETE_PRODUCT"))),
        ("REJECTED_IS_FINAL", line(answer(12), before=answer(0, 0, 12), is_final=True)),
        ("FIRST_REJECTION", line(answer(0, 0, 12))),
        ("DATE_MISSING", line(answer(12, scheduled_ship_at=None))),
        ("BACKORDER_DATE_MISSING", line(answer(6, 6, backorder_ship_at=None))),
        ("DATE_IN_PAST", line(answer(12, scheduled_ship_at=NOW - timedelta(days=1)))),
        ("DATE_TOO_FAR", line(answer(6, 6, backorder_ship_at=NOW + timedelta(days=400)))),
        ("DATES_CROSSED", line(answer(12, scheduled_delivery_at=NOW + timedelta(days=1)))),
        ("DATES_CROSSED", line(answer(6, 6, backorder_delivery_at=LATER - timedelta(days=1)))),
        ("DATE_AFTER_WINDOW", line(answer(12, scheduled_ship_at=LATER))),
        ("BACKORDER_IN_WINDOW", line(answer(6, 6, backorder_ship_at=SHIP))),
        ("COST_MISSING", line(answer(12), net_cost=None)),
        ("COST_MISSING", line(answer(12), currency="")),
        ("COST_NOT_POSITIVE", line(answer(12), net_cost=Decimal(0))),
        ("COST_NOT_POSITIVE", line(answer(12, net_cost=Decimal(-1)))),
        ("COST_ABOVE_ORDER", line(answer(12, net_cost=Decimal("2.51")))),
        ("COST_BELOW_ORDER", line(answer(12, net_cost=Decimal("2.49")))),
        ("COST_BELOW_ORDER", line(answer(12, net_cost=Decimal("2.49")), price_unit="POUNDS")),
        ("CONFIRMED_CANCELLED", line(answer(6, 0, 6), before=answer(12))),
    ],
)  # fmt: skip
def test_faults_of_a_line(rule: str, one: LineFacts) -> None:
    assert found(facts(one)) == [(rule, "1")]


@pytest.mark.parametrize(
    ("rule", "one"),
    [
        ("LINE_WITHDRAWN", line(answer(12, sequence="2"), sequence="2", **WITHDRAWN)),
        ("NOTHING_ORDERED", line(answer(12, sequence="2"), sequence="2", ordered=0)),
        ("NOTHING_ORDERED", line(answer(12, sequence="2"), sequence="2", ordered=-12)),
        ("NEGATIVE_ORDERED", line(None, sequence="2", ordered=-12)),
    ],
)
def test_faults_of_a_line_that_is_gone(rule: str, one: LineFacts) -> None:
    assert found(facts(line(answer(12)), one)) == [(rule, "2")]


def test_a_negative_quantity_is_no_way_to_a_right_sum() -> None:
    assert found(facts(line(answer(18, 0, -6)))) == [("NEGATIVE_QUANTITY", "1")]


@pytest.mark.parametrize(
    ("said", "before", "at_risk"),
    [
        (answer(12), answer(12), None),
        (answer(12, scheduled_ship_at=END), answer(12), None),  # dates may always change
        (answer(12), answer(6, 0, 6), Money(Decimal("15.00"), "USD")),
        (answer(12, net_cost=Decimal("2.40")), answer(12, net_cost=Decimal("2.50")), Money(Decimal("1.20"), "USD")),
    ],
)
def test_quantities_and_costs_after_the_time_for_it(
    said: LineAnswer, before: LineAnswer, at_risk: Money | None
) -> None:
    order = facts(line(said, before=before), changeable_until=NOW - timedelta(seconds=1))

    late = [finding for finding in rules.check_answer(order) if finding.rule == "LATE_CHANGE"]

    assert [finding.at_risk for finding in late] == ([] if at_risk is None else [at_risk])
    assert "LATE_CHANGE" not in [rule for rule, _ in found(replace(order, changeable_until=NOW))]


def test_money_at_stake_is_named() -> None:
    (cancelled,) = rules.check_answer(facts(line(answer(6, 0, 6), before=answer(12))))
    (cheaper,) = rules.check_answer(facts(line(answer(12, net_cost=Decimal("2.25")))))
    (by_weight,) = rules.check_answer(facts(line(answer(12, net_cost=Decimal("2.25")), price_unit="POUNDS")))

    assert cancelled.at_risk == Money(Decimal("15.00"), "USD")
    assert cheaper.at_risk == Money(Decimal("3.00"), "USD")
    assert by_weight.at_risk is None


def test_the_rulebook_goes_before_the_table() -> None:
    order = facts(line(answer(12, scheduled_ship_at=LATER)))
    strict = {"DATE_AFTER_WINDOW": Ruling(Severity.BLOCK, Decimal(3), "the contract")}

    (finding,) = rules.check_answer(order, strict)

    assert (finding.severity, finding.source, finding.at_risk) == (
        Severity.BLOCK, "the contract", Money(Decimal("0.90"), "USD"),
    )  # fmt: skip
    assert rules.check_answer(order)[0].at_risk is None


def test_what_stops_a_document() -> None:
    blocked = rules.check_answer(facts(line(answer(11))))
    asked = rules.check_answer(facts(line(answer(6, 0, 6, rejection_reason="OBSOLETE_PRODUCT"))))
    warned = rules.check_answer(facts(line(answer(0, 0, 12))))

    assert rules.stops(blocked, rules.CONFIRMABLE)
    assert rules.stops(asked)
    assert not rules.stops(asked, frozenset({"OBSOLETE_PRODUCT"}))
    assert not rules.stops(warned)


def test_every_rule_has_its_sentence_its_fix_and_its_source() -> None:
    assert len({rule.id for rule in rules.RULES}) == len(rules.RULES) > 30
    for rule in rules.RULES:
        assert messages.is_registered(rule.code), rule.code
        assert messages.render_fix(rule.code), rule.code
        assert rule.source


quantity = st.integers(-3, 30)
answers = st.builds(
    LineAnswer, st.just("1"), quantity, quantity, quantity,
    st.sampled_from(["", "OBSOLETE_PRODUCT", "TEMPORARILY_UNAVAILABLE", "X"]),
    *[st.none() | st.integers(-20, 500).map(lambda days: NOW + timedelta(days=days))] * 4,
    st.none() | st.decimals(-5, 10, places=2), st.just(()),
)  # fmt: skip


@given(
    said=st.none() | answers, before=st.none() | answers, ordered=st.integers(-5, 30), size=st.integers(1, 6),
    unit=st.sampled_from(["Cases", "Eaches", "Pounds"]), cost=st.none() | st.decimals(-1, 5, places=2),
    available=st.none() | st.integers(-5, 30), state=st.sampled_from(OrderState), flags=st.tuples(*[st.booleans()] * 4),
)  # fmt: skip
def test_what_passes_is_whole(
    said: LineAnswer | None, before: LineAnswer | None, ordered: int, size: int, unit: str, cost: Decimal | None,
    available: int | None, state: OrderState, flags: tuple[bool, ...],
) -> None:  # fmt: skip
    one = line(
        said, before=before, ordered=ordered, unit=unit, unit_size=size, net_cost=cost, available=available,
        is_backorder_allowed=flags[0], has_item=flags[1], is_withdrawn=flags[2], is_final=flags[3],
    )  # fmt: skip

    findings = rules.check_answer(facts(one, state=state))

    for finding in findings:
        assert messages.render(finding.code, finding.params)
    if rules.stops(findings, rules.CONFIRMABLE):
        return
    assert said is not None
    assert said.answered == ordered > 0
    assert min(said.accepted, said.backordered, said.rejected) >= 0
    assert unit == "Eaches" or not any(part % size for part in (said.accepted, said.backordered, said.rejected))
    assert one.cost is not None
    assert one.cost > 0
    assert available is None or said.accepted <= max(0, available)
    assert not flags[2]
    assert not flags[3] or said.rejected == ordered
