"""Promises and counts: each counts once, in whatever order and however often it comes."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from acorn.core.actor import Subject
from acorn.core.errors import Invalid, NotFound
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from catalog.errors import InsufficientStock, NotHeld, PromiseDiffers
from catalog.models import Commitment, Inbound, Item, StockBalance, StockEntry
from catalog.projection import find_shortage
from catalog.selectors import availability
from catalog.services import stock
from catalog.types import COUNT_SKEW, CountRow, Place, Pool, Purpose
from tests.factories.catalog import make_warehouse
from tests.factories.stock import (
    ACTOR,
    NOW,
    assert_books_are_right,
    count,
    figures,
    holder,
    make_stocked_item,
    place,
    promise,
    reserve,
)

HOUR = timedelta(hours=1)


def _set(*promises: Any, name: str = "PO-1", short: bool = False) -> Any:
    return stock.set_promises(
        promises, purpose=Purpose.AMAZON_LINE, reference=holder(name), actor=ACTOR, now=NOW, short=short
    )


def _inbound(item: Item, quantity: int, on: date) -> None:
    Inbound.objects.create(
        item=item, warehouse=make_warehouse(), pool=Pool.OWN, quantity=quantity, expected_on=on, reference=str(on),
        changed_at=NOW,
    )  # fmt: skip


# --- Promises ---
def test_a_promise_is_out_of_everybodys_reach_and_counts_once(tenant: Tenant) -> None:
    item = make_stocked_item()

    first = reserve(item, 60)
    again = reserve(item, 60)

    assert again.pk == first.pk
    assert figures(item) == (100, 60)
    assert [a.available_on(None) for a in availability([item.pk])] == [40]
    assert_books_are_right()


def test_more_than_there_is_is_refused_with_what_there_is(tenant: Tenant) -> None:
    item = make_stocked_item()
    reserve(item, 60)

    with pytest.raises(InsufficientStock) as refusal, transaction.atomic():
        reserve(item, 41, "HOLD-2")

    assert refusal.value.params == {"sku": "SKU-1", "warehouse": "MAIN", "asked": 41, "available": 40}
    assert figures(item) == (100, 60)
    assert Commitment.objects.count() == 1


def test_reserving_is_all_or_nothing(tenant: Tenant) -> None:
    first, second = make_stocked_item("A"), make_stocked_item("B", 10)
    promises = [promise(first, 50, "1"), promise(second, 11, "2")]

    with pytest.raises(InsufficientStock), transaction.atomic():
        stock.reserve(promises, purpose=Purpose.MANUAL, reference=holder(), actor=ACTOR, now=NOW)

    assert not Commitment.objects.exists()
    assert figures(first) == (100, 0)


def test_two_promises_of_one_place_share_what_there_is(tenant: Tenant) -> None:
    item = make_stocked_item()

    with pytest.raises(InsufficientStock), transaction.atomic():
        stock.reserve(
            [promise(item, 60, "1"), promise(item, 60, "2")],
            purpose=Purpose.MANUAL, reference=holder(), actor=ACTOR, now=NOW,
        )  # fmt: skip

    assert figures(item) == (100, 0)


def test_the_same_key_for_something_else_is_refused(tenant: Tenant) -> None:
    item = make_stocked_item()
    reserve(item, 60)

    with pytest.raises(PromiseDiffers), transaction.atomic():
        reserve(item, 30)
    with pytest.raises(PromiseDiffers), transaction.atomic():
        reserve(item, 60, at=place(item, make_warehouse("EAST")))

    assert figures(item) == (100, 60)


def test_holders_of_two_kinds_may_have_the_same_id_and_keys(tenant: Tenant) -> None:
    item = make_stocked_item()
    order = Subject("orders.purchase_order", "SAME", "4Z32PABC")
    reserve(item, 60, "SAME")

    stock.reserve([promise(item, 30)], purpose=Purpose.AMAZON_LINE, reference=order, actor=ACTOR, now=NOW)
    assert figures(item) == (100, 90)
    stock.release(reference=order, actor=ACTOR, now=NOW)

    assert figures(item) == (100, 60)
    assert_books_are_right()


def test_a_promise_is_not_held_for_something_else_under_its_key(tenant: Tenant) -> None:
    item = make_stocked_item()
    reserve(item, 60)

    with pytest.raises(PromiseDiffers), transaction.atomic():
        stock.reserve([promise(item, 60)], purpose=Purpose.SHOP_ORDER, reference=holder(), actor=ACTOR, now=NOW)

    assert Commitment.objects.get().purpose == "MANUAL"


def test_a_late_repetition_of_a_reservation_does_not_bring_it_back(tenant: Tenant) -> None:
    item = make_stocked_item()
    reserve(item, 60)
    stock.release(reference=holder(), actor=ACTOR, now=NOW)

    late = reserve(item, 60)

    assert late.state == "RELEASED"
    assert figures(item) == (100, 0)


def test_the_buffer_is_never_promised(tenant: Tenant) -> None:
    item = make_stocked_item()
    StockBalance.objects.update(buffer=30)

    with pytest.raises(InsufficientStock), transaction.atomic():
        reserve(item, 71)

    assert reserve(item, 70).quantity == 70


def test_inbound_counts_for_the_days_after_it(tenant: Tenant) -> None:
    item = make_stocked_item(on_hand=10)
    _inbound(item, 50, date(2026, 12, 2))

    for day in (None, date(2026, 12, 2)):
        with pytest.raises(InsufficientStock), transaction.atomic():
            reserve(item, 60, needed_on=day)
    reserve(item, 60, needed_on=date(2026, 12, 3))

    (found,) = availability([item.pk])
    assert found.available_on(None) == -50
    assert found.available_on(date(2026, 12, 3)) == 0
    assert not WorkItem.objects.exists()
    assert_books_are_right()


def test_setting_promises_makes_up_the_difference_only(tenant: Tenant) -> None:
    item, other = make_stocked_item("A"), make_stocked_item("B")
    _set(promise(item, 60, "1"), promise(other, 10, "2"))

    _set(promise(item, 20, "1"))
    _set(promise(item, 20, "1"))

    assert figures(item) == (100, 20)
    assert figures(other) == (100, 0)
    entries = StockEntry.objects.filter(balance__item=item).exclude(kind="COUNT").order_by("id")
    assert [(entry.kind, entry.committed_change) for entry in entries] == [("RESERVE", 60), ("RELEASE", -40)]
    _set(promise(item, 100, "1"), promise(other, 5, "2"))
    assert figures(item) == (100, 100)
    assert figures(other) == (100, 5)
    assert_books_are_right()


def test_setting_promises_is_all_or_nothing_unless_short_will_do(tenant: Tenant) -> None:
    item, other = make_stocked_item("A"), make_stocked_item("B", 7)
    wanted = (promise(item, 60, "1"), promise(other, 10, "2"))

    with pytest.raises(InsufficientStock), transaction.atomic():
        _set(*wanted)
    assert figures(item) == (100, 0)
    (missing,) = _set(*wanted, short=True)

    assert (missing.promise.key, missing.held, missing.missing) == ("2", 7, 3)
    assert figures(item) == (100, 60)
    assert figures(other) == (7, 7)
    assert [shortfall.missing for shortfall in _set(*wanted, short=True)] == [3]
    assert_books_are_right()


def test_what_a_line_gives_back_another_of_the_order_may_take(tenant: Tenant) -> None:
    item = make_stocked_item()
    _set(promise(item, 100, "1"))

    assert _set(promise(item, 30, "1"), promise(item, 70, "2")) == []

    assert figures(item) == (100, 100)


def test_a_promise_moves_to_another_pool_under_its_key(tenant: Tenant) -> None:
    item = make_stocked_item()
    there = place(item, pool=Pool.THIRD_PARTY)
    count(item, 80, at=there)
    _set(promise(item, 60, "1"))

    _set(promise(item, 60, "1", at=there))

    assert figures(item) == (100, 0)
    assert figures(item, there) == (80, 60)
    assert_books_are_right()


def test_what_is_held_is_never_taken_away_for_lack_of_stock(tenant: Tenant) -> None:
    item = make_stocked_item()
    _set(promise(item, 60, "1"))
    count(item, 10, as_of=NOW)

    (missing,) = _set(promise(item, 80, "1"), short=True)

    assert missing.held == 60
    assert figures(item) == (10, 60)


def test_goods_leave_once_per_message(tenant: Tenant) -> None:
    item = make_stocked_item()
    _set(promise(item, 60, "1"))

    for _ in range(2):
        stock.consume({"1": 25}, reference=holder("PO-1"), key="SH-1", actor=ACTOR, now=NOW)
    assert figures(item) == (75, 35)
    for _ in range(2):
        stock.consume(None, reference=holder("PO-1"), key="SH-2", actor=ACTOR, now=NOW)

    assert figures(item) == (40, 0)
    assert Commitment.objects.get().state == "CONSUMED"
    assert_books_are_right()


def test_no_more_leaves_than_is_promised(tenant: Tenant) -> None:
    item = make_stocked_item()
    _set(promise(item, 60, "1"))

    with pytest.raises(NotHeld), transaction.atomic():
        stock.consume({"1": 61}, reference=holder("PO-1"), key="SH-1", actor=ACTOR, now=NOW)

    assert figures(item) == (100, 60)


def test_goods_that_left_before_the_count_were_counted_as_gone(tenant: Tenant) -> None:
    item = make_stocked_item()
    _set(promise(item, 60, "1"))
    count(item, 40, as_of=NOW)

    stock.consume(None, reference=holder("PO-1"), key="S", actor=ACTOR, now=NOW + HOUR, left_at=NOW - HOUR)

    assert figures(item) == (40, 0)
    assert_books_are_right()


def test_a_promise_is_split_and_moved_once(tenant: Tenant) -> None:
    item = make_stocked_item()
    east = place(item, make_warehouse("EAST"))
    count(item, 25, at=east)
    whole = reserve(item, 60)

    parts = {
        stock.split(whole.public_id, 20, key="part", actor=ACTOR, now=NOW).pk,
        stock.split(whole.public_id, 20, key="part", actor=ACTOR, now=NOW).pk,
    }
    moved = [
        stock.transfer(
            whole.public_id, warehouse_id=east.warehouse_id, pool=east.pool, quantity=25, key="east",
            actor=ACTOR, now=NOW,
        )
        for _ in range(2)
    ]  # fmt: skip

    assert len(parts) == 1
    assert moved[0].pk == moved[1].pk
    assert figures(item) == (100, 35)
    assert figures(item, east) == (25, 25)
    with pytest.raises(InsufficientStock), transaction.atomic():
        stock.transfer(
            whole.public_id, warehouse_id=east.warehouse_id, pool=east.pool, quantity=1, key="e2", actor=ACTOR, now=NOW
        )
    with pytest.raises(NotHeld), transaction.atomic():
        stock.split(whole.public_id, 16, key="more", actor=ACTOR, now=NOW)
    assert_books_are_right()


# --- Counts ---
def test_a_count_is_what_was_counted_and_what_moved_since(tenant: Tenant) -> None:
    item = make_stocked_item()
    _set(promise(item, 60, "1"))
    stock.consume({"1": 10}, reference=holder("PO-1"), key="S", actor=ACTOR, now=NOW, left_at=NOW)

    result = count(item, 97, as_of=NOW - HOUR)

    assert (result.is_applied, result.on_hand) == (True, 87)
    assert figures(item) == (87, 50)
    assert_books_are_right()


def test_counts_in_any_order_and_repeated_end_in_the_newest(tenant: Tenant) -> None:
    counts = [(NOW - 3 * HOUR, 10), (NOW - 2 * HOUR, 20), (NOW - HOUR, 30)]
    for number, order in enumerate(itertools.permutations([*counts, counts[2], counts[0]])):
        item = make_stocked_item(f"SKU{number}", None)
        applied = [count(item, on_hand, as_of=as_of).is_applied for as_of, on_hand in order]

        assert figures(item) == (30, 0)
        assert applied == [
            as_of > max((earlier for earlier, _ in order[:n]), default=as_of - HOUR)
            for n, (as_of, _) in enumerate(order)
        ]
    assert_books_are_right()


def test_many_counts_of_one_place_in_a_feed(tenant: Tenant) -> None:
    item = make_stocked_item("A", None)
    rows = [CountRow(place(item), 10 * hour, NOW - hour * HOUR) for hour in (3, 1, 2)]

    for expected in ([False, True, False], [False] * 3):
        results = stock.record_counts(rows, source="feed", actor=ACTOR, now=NOW)
        assert [result.is_applied for result in results] == expected
        assert {result.on_hand for result in results} == {10}

    assert figures(item) == (10, 0)


def test_of_two_counts_of_one_instant_the_one_told_last_holds(tenant: Tenant) -> None:
    item = make_stocked_item()

    assert count(item, 50).is_applied
    assert not count(item, 100).is_applied

    assert figures(item) == (50, 0)


@pytest.mark.parametrize(
    ("on_hand", "as_of", "field"), [(5, NOW + COUNT_SKEW + timedelta(seconds=1), "as_of"), (-1, NOW, "on_hand")]
)
def test_an_impossible_count_is_refused(tenant: Tenant, on_hand: int, as_of: Any, field: str) -> None:
    item = make_stocked_item()

    with pytest.raises(Invalid) as refusal:
        count(item, on_hand, as_of=as_of)

    assert list(refusal.value.fields) == [field]
    assert figures(item) == (100, 0)


def test_promised_more_than_there_is_opens_work_and_closes_it(tenant: Tenant) -> None:
    item = make_stocked_item()
    first, _second = reserve(item, 50), reserve(item, 30, "HOLD-2")

    count(item, 40, as_of=NOW)
    work = WorkItem.objects.get(closed_at=None)
    assert (work.kind, work.subject_label, work.params["shortage"]) == ("catalog.oversold", "SKU-1", 40)
    count(item, 60, as_of=NOW + timedelta(minutes=1))
    work.refresh_from_db()
    assert work.params["shortage"] == 20
    stock.release(reference=holder(first.reference_id), actor=ACTOR, now=NOW)

    work.refresh_from_db()
    assert (work.state, work.closed_at, work.closed_by) == ("DONE", NOW, ACTOR.label)
    assert figures(item) == (60, 30)


def test_a_feed_takes_as_many_statements_as_one_count(tenant: Tenant, django_assert_num_queries: Any) -> None:
    items = [make_stocked_item(f"S{number}", None) for number in range(30)]
    places = [place(item) for item in items]
    for size, number in ((1, 6), (30, 5)):
        rows = [CountRow(where, 5, NOW - timedelta(hours=2 - size // 30)) for where in places[:size]]
        with django_assert_num_queries(number):
            stock.record_counts(rows, source="feed", actor=ACTOR, now=NOW)


# --- Walls ---
def test_a_stranger_can_neither_see_nor_promise_nor_count(tenant: Tenant, other_tenant: Tenant) -> None:
    item = make_stocked_item()
    where = place(item)
    held = reserve(item, 10)

    with tenant_scope(other_tenant.pk):
        assert availability([item.pk]) == []
        with pytest.raises(NotFound), transaction.atomic():
            stock.split(held.public_id, 1, key="x", actor=ACTOR, now=NOW)
        assert stock.release(reference=holder(), actor=ACTOR, now=NOW) == []

    assert figures(item) == (100, 10)
    assert where == place(item)


def test_the_ledger_cannot_be_changed(tenant: Tenant) -> None:
    make_stocked_item()

    for change in (lambda: StockEntry.objects.update(on_hand_change=1), lambda: StockEntry.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("on_hand", "promised", "inbound", "expected"),
    [
        (10, [(None, 10)], [], 0),
        (10, [(None, 12)], [], 2),
        (0, [(date(2026, 12, 5), 5)], [(date(2026, 12, 4), 5)], 0),
        (0, [(date(2026, 12, 4), 5)], [(date(2026, 12, 4), 5)], 5),
        (0, [(date(2026, 12, 9), 5), (None, 3)], [(date(2026, 12, 4), 9)], 3),
        (-5, [], [], 0),
    ],
)
def test_shortage_is_that_of_the_worst_day(on_hand: int, promised: Any, inbound: Any, expected: int) -> None:
    assert find_shortage(on_hand, promised, inbound) == expected


def test_availability_takes_two_statements(tenant: Tenant, django_assert_num_queries: Any) -> None:
    items = [make_stocked_item(f"S{number}") for number in range(5)]
    _inbound(items[0], 5, date(2026, 12, 1))
    make_stocked_item("NEW", None)
    for some in (items[:1], items):
        with django_assert_num_queries(2):
            found = availability([item.pk for item in some])
        assert [a.item_id for a in found] == [item.pk for item in some]
    assert found[0].inbound == ((date(2026, 12, 1), 5),)
    assert found[0].place == Place(items[0].pk, make_warehouse().pk, "OWN")
