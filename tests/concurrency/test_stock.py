"""Many at once on the same stock: nothing is sold twice, nothing is lost, nobody waits for ever."""

import multiprocessing
import random
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from acorn.core.errors import Invalid
from acorn.imports.models import ImportRun
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.errors import InsufficientStock, MovementDiffers, NotHeld, NotThere, PromiseDiffers, StockPromised
from catalog.models import Commitment, Item, StockBalance, StockEntry
from catalog.services import stock
from catalog.types import CountRow, Purpose
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
from tests.factories.tenancy import make_tenant
from tests.imports.files import csv, upload, write
from tests.support.reserving import Done, reserve_many

pytestmark = pytest.mark.django_db(transaction=True)


def _together(company: Tenant, *works: Callable[[], Any]) -> list[Any]:
    """Run all at once, each in a thread with a connection of its own; what each returned or raised."""
    barrier = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            with tenant_scope(company.pk):
                barrier.wait(10)
                found[place] = work()
        except Exception as error:  # noqa: BLE001 -- the caller looks at it
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_many_processes_never_sell_a_piece_twice() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        item = make_stocked_item(on_hand=300)
        where = place(item)
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(4), context.Queue()
    database = connections["default"].settings_dict["NAME"]
    # 400 names, each asked for by two processes and twice by each
    jobs = [
        context.Process(target=reserve_many, args=(database, company.pk, [where], names, 2, ready, results))
        for names in (range(200), range(200), range(200, 400), range(200, 400))
    ]
    for job in jobs:
        job.start()
    done = [Done(*results.get(timeout=100)) for _ in jobs]
    for job in jobs:
        job.join(30)

    with tenant_scope(company.pk):
        assert figures(item) == (300, 300)
        assert Commitment.objects.count() == StockEntry.objects.filter(kind="RESERVE").count() == 300
        assert sum(one.kept for one in done) == 600
        assert sum(one.refused for one in done) == 200
        assert_books_are_right()


def test_a_storm_of_everything_leaves_the_books_right() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        items = [make_stocked_item(f"S{number}", 60) for number in range(4)]
        east = make_warehouse("EAST").pk
        for item in items:
            count(item, 40, at=place(item, make_warehouse("EAST")))
        places = {item.pk: place(item) for item in items}
        houses = [make_warehouse(), make_warehouse("EAST")]

        def storm(seed: int) -> Callable[[], list[str]]:
            dice = random.Random(seed)

            def act() -> list[str]:
                return [_act(dice, seed) for _ in range(25)]

            return act

        def _act(dice: random.Random, seed: int) -> str:
            name = f"PO-{dice.randrange(6)}"
            wanted = [
                promise(item, dice.randrange(1, 25), str(n), at=places[item.pk])
                for n, item in enumerate(dice.sample(items, dice.randrange(1, 4)))
            ]
            kind = dice.choice(["set", "short", "reserve", "release", "consume", "count", "transfer", "adjust", "move"])
            common: dict[str, Any] = {"reference": holder(name), "actor": ACTOR, "now": NOW}
            try:
                if kind in ("set", "short"):
                    stock.set_promises(wanted, purpose=Purpose.AMAZON_LINE, short=kind == "short", **common)
                elif kind == "reserve":
                    reserve(dice.choice(items), dice.randrange(1, 9), f"R-{dice.random()}")
                elif kind == "release":
                    stock.release(**common)
                elif kind == "consume":
                    stock.consume(None, key=f"S-{dice.random()}", **common)
                elif kind == "count":
                    as_of = NOW + timedelta(seconds=dice.randrange(200))
                    rows = [CountRow(places[item.pk], dice.randrange(120), as_of) for item in dice.sample(items, 3)]
                    stock.record_counts(rows, source="storm", actor=ACTOR, now=NOW)
                elif kind == "adjust":
                    stock.adjust(
                        item=dice.choice(items), warehouse=dice.choice(houses), pool="OWN", change=dice.randrange(-9, 9),
                        cause="OTHER", note="storm", reference=f"A-{dice.randrange(40)}", actor=ACTOR,
                        below_promised=dice.random() < 0.5, now=NOW + timedelta(minutes=5),
                    )  # fmt: skip
                elif kind == "move":
                    here, there = dice.sample(houses, 2)
                    stock.move(
                        item=dice.choice(items), warehouse=here, pool="OWN", to_warehouse=there, to_pool="OWN",
                        quantity=dice.randrange(1, 9), reference=f"M-{dice.randrange(40)}", actor=ACTOR,
                        below_promised=dice.random() < 0.5, now=NOW + timedelta(minutes=5),
                    )  # fmt: skip
                else:
                    held = Commitment.objects.filter(state="HELD").order_by("?").first()
                    if held:
                        stock.transfer(
                            held.public_id, warehouse_id=east, pool="OWN", quantity=1, key=f"T-{dice.random()}",
                            actor=ACTOR, now=NOW,
                        )  # fmt: skip
            except (InsufficientStock, Invalid, MovementDiffers, NotHeld, NotThere, PromiseDiffers, StockPromised):
                return "refused"
            return kind

        results = _together(company, *[storm(seed) for seed in range(6)])

        assert [result for result in results if isinstance(result, Exception)] == []
        assert len({kind for kinds in results for kind in kinds}) == 10
        assert_books_are_right()


def test_a_count_and_a_reservation_at_once() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        for attempt in range(10):
            item = make_stocked_item(f"S{attempt}", 10)

            def lower(item: Item = item) -> Any:
                return count(item, 4, as_of=NOW)

            def take(item: Item = item, attempt: int = attempt) -> Any:
                return reserve(item, 10, f"H{attempt}")

            _count, taken = _together(company, lower, take)

            is_taken = not isinstance(taken, InsufficientStock)
            assert figures(item) == (4, 10 if is_taken else 0)
            assert not isinstance(taken, Exception) or not is_taken
        assert_books_are_right()


def test_the_first_stock_of_a_place_told_by_several_at_once() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        items = [make_stocked_item(f"S{number}", None) for number in range(20)]
        places = [place(item) for item in items]

        def tell(order: int) -> Callable[[], Any]:
            rows = [CountRow(where, 7, NOW) for where in places[::order]]
            return lambda: stock.record_counts(rows, source="feed", actor=ACTOR, now=NOW)

        results = _together(company, tell(1), tell(-1), tell(1))

        assert [sum(result.is_applied for result in rows) for rows in results].count(20) == 1
        assert StockBalance.objects.filter(on_hand=7).count() == StockEntry.objects.count() == 20


def test_goods_that_are_carried_both_ways_at_once_neither_appear_nor_vanish() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        item = make_stocked_item(on_hand=500)
        east = make_warehouse("EAST")
        count(item, 500, at=place(item, east))

        def carry(number: int) -> Callable[[], Any]:
            here, there = (make_warehouse(), east) if number % 2 else (east, make_warehouse())

            def act() -> None:
                # every reference by two callers at once
                for turn in range(20):
                    stock.move(
                        item=item, warehouse=here, pool="OWN", to_warehouse=there, to_pool="OWN", quantity=number + 1,
                        reference=f"M-{number % 4}-{turn}", actor=ACTOR, now=NOW,
                    )  # fmt: skip

            return act

        results = _together(company, *[carry(number) for number in (0, 1, 2, 3)], *[carry(n) for n in (0, 1, 2, 3)])

        assert results == [None] * 8
        assert StockEntry.objects.filter(kind="TRANSFER_OUT").count() == 80
        assert (figures(item), figures(item, place(item, east))) == ((460, 0), (540, 0))
        assert_books_are_right()


def test_an_import_part_by_part_and_a_feed_in_another_order_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("acorn.imports.services.BATCH", 1)
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        items = [make_stocked_item(f"S{number}", 10) for number in range(6)]
        places = [place(item) for item in items]
        runs = [
            upload(
                csv("sku,warehouse,on_hand", *(f"S{n},MAIN,{20 + turn}" for n in reversed(range(6)))), "stock_counts"
            )
            for turn in range(4)
        ]

        def bring() -> list[str]:
            for run in runs:
                write(run)
            return [ImportRun.objects.get(pk=run.pk).state for run in runs]

        def feed() -> None:
            for turn in range(12):
                rows = [CountRow(where, 50 + turn, NOW + timedelta(seconds=turn)) for where in places]
                stock.record_counts(rows, source="feed", actor=ACTOR, now=NOW + timedelta(minutes=1))

        imported, *fed = _together(company, bring, feed, feed)

        assert (imported, fed) == (["DONE"] * 4, [None, None])
        assert_books_are_right()
