"""What is proposed for an order: the table row by row, and that no each is proposed twice."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acorn.core.money import Money
from catalog.types import Availability
from orders.rules import Charges, Held, WantedLine, WantedOrder, make_proposals
from orders.types import AnswerMode, Hold, Policy, PolicyTerms, Proposal, ProposedLine

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SHIP_BY = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
DELIVER_BY = SHIP_BY + timedelta(days=3)


def line(sequence: str = "1", ordered: int = 240, **fields: Any) -> WantedLine:
    values: dict[str, Any] = {
        "case_size": 1, "is_backorder_allowed": True, "po_cost": Decimal("2.50"), "item_id": 7, "sku": "MUG",
    }  # fmt: skip
    return WantedLine(sequence, ordered, **values | fields)


def order(*lines: WantedLine, number: str = "PO1", **fields: Any) -> WantedOrder:
    values: dict[str, Any] = {
        "public_id": f"po_{number}", "number": number, "vendor_code": "ACMUS", "ship_to_party": "PHX7", "currency": "USD",
        "ordered_at": NOW, "now": NOW, "ship_by": SHIP_BY, "deliver_by": DELIVER_BY, "lines": lines or (line(),),
    }  # fmt: skip
    return WantedOrder(**values | fields)


def stock(on_hand: int, *inbound: tuple[date, int], warehouse: int = 1, item: int = 7, **fields: int) -> Availability:
    return Availability(item, warehouse, "OWN", on_hand, fields.get("committed", 0), fields.get("buffer", 0), inbound)


def propose_all(
    *orders: WantedOrder, stocks: tuple[Availability, ...] = (), mode: AnswerMode = AnswerMode.PROPOSE, **terms: Any
) -> dict[str, Proposal]:
    policy = Policy("ACMUS", "pol_1", mode, PolicyTerms(**terms))
    return make_proposals(
        orders, policies={"ACMUS": policy}, stock=stocks, warehouse_ids={"A": 1, "B": 2}
    )  # fmt: skip


def propose(*lines: WantedLine, stocks: tuple[Availability, ...] = (), **options: Any) -> Proposal:
    return propose_all(order(*lines), stocks=stocks, **options)["po_PO1"]


def one(*args: Any, **options: Any) -> ProposedLine:
    return propose(*args, **options).lines[0]


def split(proposed: ProposedLine) -> tuple[int, int, int]:
    return proposed.answer.accepted, proposed.answer.backordered, proposed.answer.rejected


def codes(told: tuple[Mapping[str, Any], ...]) -> list[str]:
    return [each["code"].removeprefix("orders.why.") for each in told]


DECEMBER = date(2026, 12, 5)


@pytest.mark.parametrize(
    ("wanted", "stocks", "terms", "quantities", "reasons", "doubts"),
    [
        (line(), (stock(240),), {}, (240, 0, 0), ["available"], []),
        (line(), (stock(300, buffer=60),), {}, (240, 0, 0), ["available"], []),
        # inbound before the window ends is as good as stock
        (line(), (stock(180, (date(2026, 11, 30), 60)),), {}, (240, 0, 0), ["available"], []),
        (line(), (stock(180, (DECEMBER, 60)),), {}, (180, 60, 0), ["part_later"], []),
        (line(), (stock(0, (DECEMBER, 240)),), {}, (0, 240, 0), ["all_later"], []),
        (line(), (stock(180, (DECEMBER, 40)),), {}, (180, 40, 20), ["part_later", "nothing_expected"], ["rejects"]),
        (line(), (stock(180),), {}, (180, 0, 60), ["part", "nothing_expected"], ["rejects"]),
        (line(), (), {}, (0, 0, 240), ["nothing", "nothing_expected"], ["rejects"]),
        # beyond the horizon there is nothing to promise
        (line(), (stock(180, (DECEMBER, 60)),), {"backorder_days": 5}, (180, 0, 60), ["part", "nothing_expected"], ["rejects"]),
        (line(is_backorder_allowed=False), (stock(180, (DECEMBER, 60)),), {}, (180, 0, 60), ["part", "no_backorder_amazon"], ["rejects"]),
        (line(), (stock(180, (DECEMBER, 60)),), {"backorder_allowed": False}, (180, 0, 60), ["part", "no_backorder_policy"], ["rejects"]),
        # no part of a line: all of it later, or a person
        (line(), (stock(180, (DECEMBER, 60)),), {"partial_allowed": False}, (0, 240, 0), ["all_later"], []),
        (line(), (stock(180),), {"partial_allowed": False}, (0, 0, 0), ["part", "nothing_expected", "only_part"], ["only_part"]),
        (line(), (), {"partial_allowed": False}, (0, 0, 240), ["nothing", "nothing_expected"], ["rejects"]),
        # whole cases: Amazon's, ours, both
        (line(case_size=24, case_pack=24), (stock(100),), {}, (96, 0, 144), ["part", "nothing_expected", "whole_cases"], ["rejects"]),
        (line(case_pack=24), (stock(100),), {}, (96, 0, 144), ["part", "nothing_expected", "whole_cases"], ["rejects"]),
        (line(case_pack=24), (stock(100),), {"whole_cases": False}, (100, 0, 140), ["part", "nothing_expected"], ["rejects"]),
        (line(case_size=12, case_pack=24), (stock(100),), {}, (96, 0, 144), ["part", "nothing_expected", "whole_cases"], ["rejects", "other_pack"]),
        (line(ordered=36, case_pack=24), (stock(100),), {}, (36, 0, 0), ["available"], ["broken_case"]),
        # a case never from two warehouses
        (line(case_size=24, case_pack=24), (stock(130), stock(130, warehouse=2)), {}, (240, 0, 0), ["available"], []),
        (line(case_size=24, case_pack=24), (stock(20), stock(20, warehouse=2)), {}, (0, 0, 240), ["nothing", "nothing_expected", "whole_cases"], ["rejects"]),
        # only the warehouses of the policy
        (line(), (stock(240), stock(100, warehouse=2)), {"warehouses": ("B",)}, (100, 0, 140), ["part", "nothing_expected"], ["rejects"]),
        (line(), (stock(240),), {"warehouses": ("GONE",)}, (0, 0, 240), ["nothing", "nothing_expected"], ["rejects"]),
        (line(), (), {"uses_stock": False}, (240, 0, 0), ["no_stock_kept"], []),
        # nothing to say, nothing to decide
        (line(ordered=0), (), {}, (0, 0, 0), [], []),
        (line(ordered=-3), (), {}, (0, 0, 0), [], []),
        (line(is_final=True), (stock(240),), {}, (0, 0, 240), ["final"], []),
        (line(item_id=None, item_problem="UNKNOWN"), (stock(240),), {}, (0, 0, 0), ["unmapped"], ["unmapped"]),
        (line(item_status="PAUSED"), (stock(240),), {}, (0, 0, 0), ["paused"], ["paused"]),
        (line(item_status="OBSOLETE"), (stock(240),), {}, (0, 0, 240), ["obsolete"], ["rejects"]),
        # cost
        (line(agreed_cost=Decimal("2.5000")), (stock(240),), {}, (240, 0, 0), ["available"], []),
        (line(agreed_cost=Decimal("2.60")), (stock(240),), {}, (240, 0, 0), ["available"], ["cost_below"]),
        (line(agreed_cost=Decimal("2.60")), (stock(240),), {"cost_tolerance": Decimal(5)}, (240, 0, 0), ["available"], []),
        (line(agreed_cost=Decimal("2.40")), (stock(240),), {}, (240, 0, 0), ["available"], ["cost_above"]),
        (line(po_cost=None), (stock(240),), {}, (240, 0, 0), ["available"], ["no_cost"]),
    ],
)  # fmt: skip
def test_line_is_answered_as_the_table_says(
    wanted: WantedLine, stocks: tuple[Availability, ...], terms: dict[str, Any], quantities: tuple[int, int, int],
    reasons: list[str], doubts: list[str],
) -> None:  # fmt: skip
    proposed = one(wanted, stocks=stocks, **terms)

    assert (split(proposed), codes(proposed.answer.reasons), codes(proposed.doubts)) == (quantities, reasons, doubts)


def test_reason_names_the_figures_and_the_day() -> None:
    (reason,) = one(stocks=(stock(180, (DECEMBER, 60)),)).answer.reasons

    assert reason["params"] == {
        "ordered": 240, "accepted": 180, "day": "2026-12-01", "backordered": 60, "arrives": "2026-12-05",
    }  # fmt: skip


def test_dates_are_the_windows_and_the_day_after_the_arrival() -> None:
    answer = one(stocks=(stock(180, (DECEMBER, 60)),)).answer

    assert (answer.scheduled_ship_at, answer.scheduled_delivery_at) == (SHIP_BY, DELIVER_BY)
    assert (answer.backorder_ship_at, answer.backorder_delivery_at) == (
        datetime(2026, 12, 6, 8, 0, tzinfo=UTC), datetime(2026, 12, 9, 8, 0, tzinfo=UTC),
    )  # fmt: skip


def test_window_that_is_over_means_today_and_a_doubt() -> None:
    late = order(ship_by=NOW - timedelta(days=2), deliver_by=None)

    proposal = propose_all(late, stocks=(stock(240),))["po_PO1"]

    assert proposal.lines[0].answer.scheduled_ship_at == NOW
    assert codes(proposal.doubts) == ["window_over"]


@pytest.mark.parametrize(
    ("hold", "is_held"),
    [
        (Hold("ITEM", "MUG", "broken handle"), True),
        (Hold("VENDOR_CODE", "ACMUS", "contract"), True),
        (Hold("FC", "PHX7", "strike", NOW.date()), True),
        (Hold("FC", "PHX7", "strike", NOW.date() - timedelta(days=1)), False),
        (Hold("ITEM", "CUP", "other item"), False),
        (Hold("FC", "MUG", "other kind"), False),
    ],
)
def test_hold_keeps_a_line_for_a_person_until_its_end(hold: Hold, is_held: bool) -> None:
    proposed = one(stocks=(stock(240),), holds=(hold,))

    assert (split(proposed), codes(proposed.doubts)) == (((0, 0, 0), ["held"]) if is_held else ((240, 0, 0), []))
    if is_held:
        assert proposed.options[0].answer.accepted == 240


def test_hold_takes_nothing_from_others() -> None:
    held, free = order(number="A"), order(line(sku="CUP"), number="B", ship_by=SHIP_BY + timedelta(days=1))

    found = propose_all(held, free, stocks=(stock(240),), holds=(Hold("ITEM", "MUG", "broken"),))

    assert split(found["po_B"].lines[0]) == (240, 0, 0)


def test_always_ask_proposes_nothing_and_offers_what_stock_allows() -> None:
    proposal = propose(stocks=(stock(240),), mode=AnswerMode.ALWAYS_ASK)

    assert split(proposal.lines[0]) == (0, 0, 0)
    assert proposal.lines[0].options[0].answer.accepted == 240
    assert not proposal.is_clean


def test_rejections_are_clean_only_where_the_policy_may_say_them() -> None:
    wanted = (line(item_status="OBSOLETE"), line("2", item_id=8))

    def clean(*reasons: str) -> list[bool]:
        return [not each.doubts for each in propose(*wanted, reject_reasons=frozenset(reasons)).lines]

    assert clean() == [False, False]
    assert clean("TEMPORARILY_UNAVAILABLE") == [False, True]
    assert clean("OBSOLETE_PRODUCT") == [True, False]


def test_order_below_the_minimum_is_in_doubt() -> None:
    def doubts(least: Money) -> list[str]:
        return codes(propose(stocks=(stock(240),), min_order=least).doubts)

    assert doubts(Money(Decimal("600.01"), "USD")) == ["below_minimum"]
    assert doubts(Money(Decimal("600.00"), "USD")) == []
    assert doubts(Money(Decimal("999"), "EUR")) == []


def test_options_are_what_else_can_be_said() -> None:
    def options(*args: Any, **terms: Any) -> list[tuple[str, tuple[int, int, int]]]:
        found = one(*args, **terms).options
        return [
            (
                each.code.removeprefix("orders.option."),
                (each.answer.accepted, each.answer.backordered, each.answer.rejected),
            )
            for each in found
        ]

    assert options(stocks=(stock(240),)) == []
    assert options(stocks=(stock(180, (DECEMBER, 60)),)) == [("reject_rest", (180, 0, 60)), ("reject_all", (0, 0, 240))]
    assert options(stocks=(stock(180),)) == [("backorder_unfounded", (180, 60, 0)), ("reject_all", (0, 0, 240))]
    assert options(line(is_backorder_allowed=False), stocks=(stock(180),)) == [("reject_all", (0, 0, 240))]


def test_answers_are_priced_by_what_is_not_sold_and_what_amazon_charges() -> None:
    charges = Charges(late=Decimal(3), not_filled=Decimal(10))

    def prices(*stocks: Availability) -> tuple[Money | None, dict[str, Money | None]]:
        proposed = propose_all(order(charges=charges), stocks=stocks)["po_PO1"].lines[0]
        return proposed.at_risk, {each.code.removeprefix("orders.option."): each.at_risk for each in proposed.options}

    def usd(amount: str) -> Money:
        return Money(Decimal(amount), "USD")

    assert prices(stock(240)) == (usd("0.00"), {})
    assert prices(stock(180, (DECEMBER, 60))) == (
        usd("4.50"), {"reject_rest": usd("150.00"), "reject_all": usd("600.00")},
    )  # fmt: skip
    assert prices(stock(180)) == (
        usd("150.00"), {"backorder_unfounded": usd("15.00"), "reject_all": usd("600.00")},
    )  # fmt: skip


# --- many at once -----------------------------------------------------------------------------------------------------


def test_earliest_window_is_served_first_whatever_the_order_of_asking() -> None:
    late, early = order(number="LATE", ship_by=SHIP_BY + timedelta(days=2)), order(number="EARLY")

    for asked in ((late, early), (early, late)):
        found = propose_all(*asked, stocks=(stock(300),))

        assert split(found["po_EARLY"].lines[0]) == (240, 0, 0)
        assert split(found["po_LATE"].lines[0]) == (60, 0, 180)
        assert found["po_LATE"].lines[0].answer.reasons[-1] == {
            "code": "orders.why.others_first", "params": {"quantity": 240, "count": 1, "numbers": "EARLY"},
        }  # fmt: skip


def test_two_lines_of_one_item_do_not_get_the_same_stock() -> None:
    proposal = propose(line("1"), line("2"), stocks=(stock(300),))

    assert [split(each) for each in proposal.lines] == [(240, 0, 0), (60, 0, 180)]


def test_what_the_order_holds_already_is_its_own() -> None:
    held = order(held=(Held(7, 1, "OWN", 240),))

    found = propose_all(held, stocks=(stock(240, committed=240),))

    assert split(found["po_PO1"].lines[0]) == (240, 0, 0)


def test_what_another_order_holds_is_not_taken() -> None:
    early, holder = order(number="EARLY"), order(
        number="HOLDER", ship_by=SHIP_BY + timedelta(days=2), held=(Held(7, 1, "OWN", 240),)
    )  # fmt: skip

    found = propose_all(early, holder, stocks=(stock(240, committed=240),))

    assert split(found["po_EARLY"].lines[0])[0] == 0
    assert split(found["po_HOLDER"].lines[0]) == (240, 0, 0)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from([1, 6, 24]), st.integers(0, 20), st.booleans()), max_size=12),
    st.integers(-50, 600), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 300)), max_size=4), st.booleans(),
)  # fmt: skip
def test_every_line_is_answered_in_full_and_no_each_is_given_twice(
    wanted: list[tuple[int, int, int, bool]], on_hand: int, inbound: list[tuple[int, int]], partial: bool
) -> None:
    orders = [
        order(line(ordered=count * size, case_size=size, case_pack=size, is_backorder_allowed=backorder),
              number=f"N{place}", ship_by=NOW + timedelta(days=days))
        for place, (count, size, days, backorder) in enumerate(wanted)
    ]  # fmt: skip
    arriving = tuple(sorted((NOW.date() + timedelta(days=days), quantity) for days, quantity in inbound))
    shelf = Availability(7, 1, "OWN", on_hand, 0, 0, arriving)

    found = propose_all(*orders, stocks=(shelf,), partial_allowed=partial)

    promised = []
    for each in orders:
        proposed = found[each.public_id].lines[0]
        accepted, backordered, rejected = split(proposed)
        assert proposed.problem or accepted + backordered + rejected == each.lines[0].ordered
        assert all(part % each.lines[0].case_size == 0 and part >= 0 for part in (accepted, backordered, rejected))
        assert not backordered or (each.lines[0].is_backorder_allowed and proposed.answer.backorder_ship_at)
        promised += [(each.ship_by.date(), accepted)] if accepted and each.ship_by else []
        if backordered and proposed.answer.backorder_ship_at:
            promised.append((proposed.answer.backorder_ship_at.date(), backordered))
    for day in {day for day, _ in promised}:
        assert sum(quantity for due, quantity in promised if due <= day) <= max(shelf.available_on(day), 0)
