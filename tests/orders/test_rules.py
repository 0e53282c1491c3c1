"""The decisions about orders, as tables."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders import clocks, rules
from orders.rules import Clock
from orders.types import FieldChange, LineQuantities, LineSnapshot, OrderSnapshot, OrderState

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
S = OrderState


def q(**eaches: int) -> LineQuantities:
    return LineQuantities(**{"ordered": 10} | eaches)


@pytest.mark.parametrize(
    ("line", "amazon_state", "stage"),
    [
        (q(), "New", S.NEW),
        (q(), "Sleeping", S.NEW),
        (q(), "Acknowledged", S.ACKNOWLEDGED),
        (q(), "Closed", S.CLOSED),
        (q(ordered=0), "New", S.CANCELLED),
        (q(ordered=0, accepted=10, cancelled=10), "Acknowledged", S.CANCELLED),  # cancelled after confirmation
        (q(ordered=-3), "New", S.CANCELLED),
        (q(rejected=10), "Acknowledged", S.REJECTED),
        (q(rejected=12), "New", S.REJECTED),
        (q(accepted=10), "Acknowledged", S.ACKNOWLEDGED),
        (q(accepted=10), "New", S.ACKNOWLEDGED),
        (q(accepted=6, rejected=4), "Acknowledged", S.ACKNOWLEDGED),
        (q(accepted=6, backordered=4), "Acknowledged", S.ACKNOWLEDGED),
        (q(ordered=15, accepted=10), "Acknowledged", S.NEW),  # Amazon added five after the answer
        (q(accepted=10, packed=3), "Acknowledged", S.PACKING),
        (q(accepted=10, packed=10), "Acknowledged", S.PACKING),
        (q(accepted=10, packed=10, shipped=4), "Acknowledged", S.PACKING),
        (q(accepted=10, shipped=10), "Acknowledged", S.SHIPPED),
        (q(accepted=6, rejected=4, shipped=6), "Acknowledged", S.SHIPPED),
        (q(accepted=10, received=1), "Acknowledged", S.SHIPPED),
        (q(accepted=10, shipped=10, received=9), "Acknowledged", S.SHIPPED),
        (q(accepted=10, received=10), "Acknowledged", S.RECEIVED),
        (q(accepted=10, received=11), "Closed", S.RECEIVED),
        (q(accepted=10, received=7), "Closed", S.RECEIVED),  # nothing more will come
        (q(accepted=10, shipped=10), "Closed", S.CLOSED),
        (q(accepted=10, received=7, invoiced=7), "Closed", S.INVOICED),
        (q(accepted=10, invoiced=10), "Acknowledged", S.INVOICED),
        (q(accepted=10, invoiced=10), "Closed", S.INVOICED),
        (q(accepted=10, received=7, invoiced=7, paid=7), "Closed", S.PAID),
        (q(accepted=10, shipped=10, received=10, invoiced=10, paid=10), "Acknowledged", S.PAID),
        (q(accepted=10, invoiced=4), "Closed", S.ACKNOWLEDGED),
    ],
)  # fmt: skip
def test_stage_of_a_line(line: LineQuantities, amazon_state: str, stage: OrderState) -> None:
    assert rules.line_stage(line, amazon_state) == stage


@pytest.mark.parametrize(
    ("lines", "amazon_state", "state"),
    [
        ([], "New", S.NEW),
        ([], "", S.NEW),
        ([], "Acknowledged", S.ACKNOWLEDGED),
        ([], "Closed", S.CLOSED),
        ([q(), q()], "Acknowledged", S.ACKNOWLEDGED),
        ([q(), q(accepted=10)], "Acknowledged", S.NEW),  # Amazon added a line after the answer
        ([q(), q(accepted=10)], "New", S.NEW),  # the least advanced one counts
        ([q(shipped=10, accepted=10), q(accepted=10)], "Acknowledged", S.ACKNOWLEDGED),
        ([q(shipped=10, accepted=10), q(rejected=10)], "Acknowledged", S.SHIPPED),  # a rejected line holds nothing back
        ([q(shipped=10, accepted=10), q(ordered=0)], "Acknowledged", S.SHIPPED),
        ([q(ordered=0), q(ordered=0)], "Acknowledged", S.CANCELLED),
        ([q(rejected=10), q(rejected=10)], "Closed", S.REJECTED),
        ([q(rejected=10), q(ordered=0)], "Closed", S.REJECTED),
        ([q(rejected=10), q()], "Closed", S.CLOSED),
        ([q(), q()], "Closed", S.CLOSED),
        ([q(received=10), q(received=10, paid=10)], "Closed", S.RECEIVED),
        ([q(received=10, paid=10), q(received=10, paid=10)], "Acknowledged", S.PAID),
        ([q(received=10, paid=10), q(received=10, paid=10)], "Closed", S.CLOSED),
        ([q(received=10, paid=10), q()], "Closed", S.CLOSED),
    ],
)
def test_state_of_an_order(lines: list[LineQuantities], amazon_state: str, state: OrderState) -> None:
    assert rules.derive_state(lines, amazon_state) == state


@given(
    lines=st.lists(st.builds(LineQuantities, *[st.integers(-5, 20)] * 10), max_size=5),
    amazon_state=st.sampled_from(["New", "Acknowledged", "Closed", ""]),
)
def test_every_order_has_a_state_whatever_the_order_of_its_lines(
    lines: list[LineQuantities], amazon_state: str
) -> None:
    state = rules.derive_state(lines, amazon_state)

    assert state in OrderState
    assert rules.derive_state(lines[::-1], amazon_state) == state


@pytest.mark.parametrize(
    ("state", "settled_at", "history"),
    [
        ("Closed", NOW - timedelta(days=1), True),
        ("Acknowledged", NOW - timedelta(days=1), True),
        ("Acknowledged", NOW, False),
        ("Closed", NOW + timedelta(days=1), False),
        ("Closed", None, True),
        ("New", NOW - timedelta(days=100), False),
        ("Sleeping", None, False),
    ],
)
def test_history(state: str, settled_at: datetime | None, history: bool) -> None:
    assert rules.is_history(amazon_state=state, settled_at=settled_at, connected_at=NOW) is history


# --- What changed -----------------------------------------------------------------------------------------------------


def line(sequence: str = "1", amount: int = 10, **fields: Any) -> LineSnapshot:
    values: dict[str, Any] = {
        "asin": "B1", "vendor_sku": "S1", "unit": "Eaches", "unit_size": 1, "net_cost": Decimal("2.50"),
        "list_price": None, "currency": "USD", "price_unit": "", "is_backorder_allowed": True,
    }  # fmt: skip
    return LineSnapshot(sequence=sequence, amount=amount, **values | fields)


def snapshot(*lines: LineSnapshot, **fields: Any) -> OrderSnapshot:
    values: dict[str, Any] = {
        "number": "PO000001", "amazon_state": "New", "type": "RegularOrder", "payment_method": "Invoice",
        "deal_code": "", "ordered_at": NOW, "changed_at": None, "state_changed_at": None, "ship_window_start": None,
        "ship_window_end": None, "delivery_window_start": None, "delivery_window_end": None, "vendor_code": "ACMUS",
        "ship_to_party": "PHX7", "bill_to_party": "", "buying_party": "", "parties": {}, "import_details": {},
        "lines": lines,
    }  # fmt: skip
    return OrderSnapshot(**values | fields)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (snapshot(line()), snapshot(line()), []),
        (snapshot(line()), snapshot(line(), changed_at=NOW, state_changed_at=NOW), []),
        (snapshot(line()), snapshot(line(net_cost=Decimal("2.5"))), []),
        (snapshot(line()), snapshot(line(amount=7)), [("1", "ordered_eaches", 10, 7)]),
        (snapshot(line()), snapshot(line(amount=0)), [("1", "ordered_eaches", 10, 0)]),
        (
            snapshot(line(amount=12)), snapshot(line(amount=1, unit="Cases", unit_size=12)),
            [("1", "ordered_quantity", {"amount": 12, "unit": "Eaches", "unit_size": 1},
              {"amount": 1, "unit": "Cases", "unit_size": 12})],
        ),
        (snapshot(line()), snapshot(line(is_backorder_allowed=False)), [("1", "backorder_allowed", True, False)]),
        (snapshot(line()), snapshot(line(net_cost=None)), [("1", "net_cost", Decimal("2.50"), None)]),
        (snapshot(line()), snapshot(amazon_state="Closed"),
         [("", "amazon_state", "New", "Closed"),
          ("1", "line", {"asin": "B1", "vendor_sku": "S1", "ordered_eaches": 10}, None)]),
        (snapshot(), snapshot(line("2")),
         [("2", "line", None, {"asin": "B1", "vendor_sku": "S1", "ordered_eaches": 10})]),
        (snapshot(lines=None), snapshot(line()),
         [("1", "line", None, {"asin": "B1", "vendor_sku": "S1", "ordered_eaches": 10})]),
        (snapshot(), snapshot(ship_to_party="ONT8", ship_window_end=NOW),
         [("", "ship_window_end", None, NOW), ("", "ship_to_party", "PHX7", "ONT8")]),
    ],
)  # fmt: skip
def test_diff(before: OrderSnapshot, after: OrderSnapshot, changes: list[tuple[Any, ...]]) -> None:
    assert rules.diff(before, after) == [FieldChange(*change) for change in changes]


def test_mere_progress_needs_no_eyes() -> None:
    progress = FieldChange("", "amazon_state", "New", "Acknowledged")

    assert not rules.needs_eyes([])
    assert not rules.needs_eyes([progress])
    assert rules.needs_eyes([progress, FieldChange("1", "ordered_eaches", 10, 8)])


def test_silence_about_lines_is_no_cancellation() -> None:
    known = snapshot(line())

    assert rules.merge(known, snapshot(line("2"))) == snapshot(line("2"))
    assert rules.merge(known, snapshot(lines=None, deal_code="D")) == snapshot(line(), deal_code="D")
    bare = snapshot(lines=None, ordered_at=None, vendor_code="", ship_to_party="", amazon_state="Closed")
    assert rules.merge(known, bare) == snapshot(line(), amazon_state="Closed")
    assert rules.merge(snapshot(lines=None), bare) == bare


money = st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False)
lines_strategy = st.builds(
    line, st.sampled_from("123"), st.integers(-10, 10**6), net_cost=st.none() | money, asin=st.text(max_size=5),
    unit=st.sampled_from(["Cases", "Eaches"]), unit_size=st.integers(1, 100),
)  # fmt: skip


@given(lines=st.none() | st.lists(lines_strategy, unique_by=lambda one: one.sequence).map(tuple), at=st.datetimes())
def test_snapshot_survives_its_text(lines: tuple[LineSnapshot, ...] | None, at: datetime) -> None:
    order = snapshot(
        lines=lines, ordered_at=at.replace(tzinfo=UTC), parties={"ship_to": {"address": {"name": "亚马逊"}}}
    )

    assert OrderSnapshot.from_json(order.to_json()) == order
    assert rules.diff(order, OrderSnapshot.from_json(order.to_json())) == []


# --- What is due when -------------------------------------------------------------------------------------------------

CLOCKS = [
    Clock("ACKNOWLEDGE", "*", date(2020, 1, 1), 24, "general"),
    Clock("ACKNOWLEDGE", "*", date(2026, 6, 1), 20, "general, newer"),
    Clock("ACKNOWLEDGE", "JP", date(2020, 1, 1), 48, "Japan"),
    Clock("ACKNOWLEDGE", "DE", date(2027, 1, 1), 12, "Germany, later"),
    Clock("SHIP", "*", date(2020, 1, 1), 1, "other"),
]


@pytest.mark.parametrize(
    ("marketplace", "on", "source"),
    [
        ("US", date(2026, 5, 31), "general"),
        ("US", date(2026, 6, 1), "general, newer"),
        ("JP", date(2026, 6, 1), "Japan"),
        ("DE", date(2026, 6, 1), "general, newer"),
        ("DE", date(2027, 1, 1), "Germany, later"),
        ("US", date(2019, 1, 1), None),
    ],
)
def test_clock_of_a_day_and_place(marketplace: str, on: date, source: str | None) -> None:
    clock = rules.find_clock(CLOCKS, kind="ACKNOWLEDGE", marketplace=marketplace, on=on)

    assert (clock.source if clock else None) == source


def test_deadline() -> None:
    due = {"kind": "ACKNOWLEDGE", "marketplace": "JP"}

    assert rules.due_at(CLOCKS, ordered_at=NOW, **due) == NOW + timedelta(hours=48)
    assert rules.due_at(CLOCKS, ordered_at=datetime(2019, 1, 1, tzinfo=UTC), **due) is None
    assert rules.due_at(CLOCKS, ordered_at=datetime.max.replace(tzinfo=UTC), **due) is None


def test_every_clock_of_ours_names_its_source() -> None:
    assert clocks.list_clocks()
    assert all(clock.source and clock.hours > 0 for clock in clocks.list_clocks())
