"""How the planner fills cartons and pallets, and what a shipment's state is: pure."""

import itertools
from datetime import date

import pytest

from shipments import rules
from shipments.rules import (
    CartonLimit,
    EmptyCarton,
    ItemPacking,
    Limits,
    PlanLine,
    Progress,
    find_limit,
    plan_cartons,
    put_on_pallets,
)
from shipments.types import Content, PackedCarton

BOX = EmptyCarton(7, 400, 300, 200, tare_g=500, max_weight_g=10_000)


def line(order: int, eaches: int, goods: ItemPacking, sequence: str = "1", unit: int = 1) -> PlanLine:
    return PlanLine(order, sequence, eaches, unit, goods)


def held(cartons: list[PackedCarton]) -> list[list[tuple[int, int]]]:
    """What is in each carton, as (order, eaches)."""
    return [[(content.order_id, content.eaches) for content in carton.contents] for carton in cartons]


def test_a_case_pack_to_a_carton_and_the_rest_in_a_smaller_one() -> None:
    cartons = plan_cartons([line(1, 26, ItemPacking(1, 12))], Limits())

    assert held(cartons) == [[(1, 12)], [(1, 12)], [(1, 2)]]


def test_rests_share_a_carton_where_their_rules_allow_it() -> None:
    mixing = [ItemPacking(key, 10, BOX, may_mix=True) for key in (1, 2)]
    cartons = plan_cartons(
        [line(1, 13, mixing[0]), line(1, 4, mixing[1], "2"), line(2, 5, ItemPacking(3, 10))], Limits()
    )

    assert held(cartons) == [[(1, 10)], [(1, 3), (1, 4)], [(2, 5)]] or held(cartons) == [
        [(1, 10)], [(2, 5)], [(1, 3), (1, 4)],
    ]  # fmt: skip


def test_a_mixed_carton_is_full_when_the_shares_are() -> None:
    goods = [ItemPacking(key, 10, BOX, may_mix=True) for key in range(3)]
    cartons = plan_cartons([line(1, 6, each, str(number)) for number, each in enumerate(goods)], Limits())

    assert held(cartons) == [[(1, 6), (1, 4)], [(1, 2), (1, 6)]]


def test_no_more_orders_share_a_carton_than_the_marketplace_allows() -> None:
    goods = ItemPacking(1, 100, BOX, may_mix=True)
    cartons = plan_cartons([line(order, 1, goods) for order in range(7)], Limits(orders_per_mixed_carton=5))

    assert [len(carton.contents) for carton in cartons] == [5, 2]


def test_lines_of_an_item_with_lots_share_no_carton() -> None:
    wine = ItemPacking(1, 12, BOX, may_mix=True, is_apart=True)
    glass = ItemPacking(2, 12, BOX, may_mix=True)

    cartons = plan_cartons([line(1, 2, wine), line(1, 3, glass, "2"), line(2, 2, wine)], Limits())

    assert held(cartons) == [[(1, 2), (1, 3)], [(2, 2)]]


def test_no_carton_is_heavier_than_it_may_be_unless_one_item_is() -> None:
    light = plan_cartons([line(1, 30, ItemPacking(1, 24, BOX, weight_g=900))], Limits())
    capped = plan_cartons([line(1, 30, ItemPacking(1, 24, weight_g=900))], Limits(max_weight_g=5_000))
    heavy = plan_cartons([line(1, 2, ItemPacking(1, 1, BOX, weight_g=40_000))], Limits())

    assert held(light) == [[(1, 10)]] * 3
    assert [carton.weight_g for carton in light] == [9_500] * 3
    assert max(carton.weight_g or 0 for carton in capped) <= 5_000
    assert held(heavy) == [[(1, 1)], [(1, 1)]]


def test_a_weight_that_no_carton_has_is_no_weight() -> None:
    (carton,) = plan_cartons([line(1, 4, ItemPacking(1, 4, weight_g=2_000_000_000))], Limits())

    assert carton.weight_g is None


def test_cases_are_never_parted() -> None:
    by_weight = plan_cartons([line(1, 24, ItemPacking(1, 8, BOX, weight_g=900), unit=6)], Limits())
    mixed = plan_cartons([line(1, 18, ItemPacking(1, 20, BOX, may_mix=True), unit=6)], Limits())

    assert all(eaches % 6 == 0 for carton in [*held(by_weight), *held(mixed)] for _, eaches in carton)
    assert sum(eaches for carton in held(by_weight) for _, eaches in carton) == 24


def test_nothing_is_lost_or_doubled_whatever_the_rules() -> None:
    for per, mix, unit, weight, most in itertools.product(
        (1, 7, 12), (False, True), (1, 6), (None, 700), (None, 5_000)
    ):
        goods = ItemPacking(1, per, BOX if mix else None, may_mix=mix, weight_g=weight, volume_cm3=600 if mix else None)
        lines = [line(order, eaches * unit, goods, unit=unit) for order, eaches in enumerate((1, 5, 13, 40))]

        cartons = plan_cartons(lines, Limits(most, 5))

        packed = [(content.order_id, content.eaches) for carton in cartons for content in carton.contents]
        assert all(eaches > 0 and eaches % unit == 0 for _, eaches in packed)
        for each in lines:
            assert sum(eaches for order, eaches in packed if order == each.order_id) == each.eaches


def test_cartons_that_stack_alike_share_pallets() -> None:
    goods = ItemPacking(1, 10, cartons_per_layer=2, layers_per_pallet=2)
    cartons = [PackedCarton((Content(1, "1", 10),)) for _ in range(6)]

    stacked = put_on_pallets(cartons, [goods, goods, None, goods, goods, goods])

    assert [carton.pallet for carton in stacked] == [1, 1, 0, 1, 1, 2]


def test_the_marketplaces_own_limit_counts_before_the_regions_and_the_youngest_before_the_older() -> None:
    rows = [
        CartonLimit("WEIGHT_G", "EU", date(2021, 1, 1), 23_000, ""),
        CartonLimit("WEIGHT_G", "EU", date(2026, 1, 1), 15_000, ""),
        CartonLimit("WEIGHT_G", "DE", date(2021, 1, 1), 20_000, ""),
    ]

    def limit(marketplace: str, on: date) -> int | None:
        return find_limit(rows, "WEIGHT_G", marketplace=marketplace, region="EU", on=on)

    assert limit("FR", date(2025, 12, 31)) == 23_000
    assert limit("FR", date(2026, 1, 1)) == 15_000
    assert limit("DE", date(2026, 1, 1)) == 20_000
    assert find_limit(rows, "WEIGHT_G", marketplace="US", region="NA", on=date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("progress", "state"),
    [
        (Progress(), "PLANNED"),
        (Progress(cartons=3), "PLANNED"),
        (Progress(cartons=3, packed=1), "PACKING"),
        (Progress(cartons=3, packed=3), "PACKED"),
        (Progress(cartons=3, packed=3, is_cancelled=True), "CANCELLED"),
        (Progress(cartons=3, packed=3, shipped=10, has_departed=True), "DEPARTED"),
        (Progress(shipped=10, has_departed=True, has_arrived=True), "ARRIVED"),
        (Progress(shipped=10, received=4, has_departed=True), "ARRIVED"),
        (Progress(shipped=10, received=10, has_departed=True), "RECEIVED"),
        (Progress(shipped=10, received=12, has_departed=True), "RECEIVED"),
        (Progress(shipped=10, received=4, has_departed=True, is_settled=True), "RECEIVED"),
        (Progress(has_departed=True), "DEPARTED"),
    ],
)
def test_how_far_a_shipment_is(progress: Progress, state: str) -> None:
    assert rules.derive_state(progress) == state


def test_equal_contents_are_equal_in_whatever_order() -> None:
    one, two = Content(1, "1", 4, "L1"), Content(2, "1", 5, expires_on=date(2027, 1, 1))

    assert rules.hash_contents([one, two]) == rules.hash_contents([two, one])
    changes = [one._replace(eaches=5), one._replace(lot_number="L2"), one._replace(expires_on=date(2027, 1, 1))]
    assert len({rules.hash_contents([each, two]) for each in [one, *changes]}) == 4
    merged = rules.merge_contents([one, two, one._replace(eaches=3, scale_weight_g=70)])
    assert [(content.eaches, content.scale_weight_g) for content in merged] == [(7, 70), (5, None)]
