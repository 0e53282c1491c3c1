"""Goods that leave a warehouse: what was promised of them ends, and the books say what the truck has."""

import pytest
from django.db import IntegrityError, transaction

from acorn.core.actor import Subject
from acorn.tenancy.models import Tenant
from catalog.models import Commitment, Item, StockBalance, StockEntry
from catalog.services import stock
from catalog.types import CommitmentState, Leaving, Place, Promise, Purpose
from tests.factories.catalog import make_warehouse
from tests.factories.stock import ACTOR, NOW, assert_books_are_right, make_stocked_item

HOLDER = Subject("orders.purchase_order", "po_1", "PO000001")


def place(item: Item, code: str = "MAIN") -> Place:
    return Place(item.pk, make_warehouse(code).pk, "OWN")


def promise(item: Item, quantity: int, *, key: str = "1:main", code: str = "MAIN") -> None:
    stock.reserve(
        [Promise(key, *place(item, code), quantity)],
        purpose=Purpose.AMAZON_LINE, reference=HOLDER, actor=ACTOR, now=NOW,
    )  # fmt: skip


def leave(item: Item, quantity: int, *keys: str, key: str = "shipment:1") -> None:
    with transaction.atomic():
        stock.let_leave(
            [Leaving(HOLDER, "1", keys or ("1:main",), place(item), quantity)], key=key, actor=ACTOR, now=NOW
        )


def figures(item: Item, code: str = "MAIN") -> tuple[int, int]:
    row = StockBalance.objects.get(item=item, warehouse__code=code)
    return row.on_hand, row.committed


def test_a_promise_ends_with_its_goods(tenant: Tenant) -> None:
    item = make_stocked_item(on_hand=100)
    promise(item, 60)

    leave(item, 40)

    assert figures(item) == (60, 20)
    leave(item, 20, key="shipment:2")
    assert figures(item) == (40, 0)
    assert Commitment.objects.get().state == CommitmentState.CONSUMED
    assert_books_are_right()


def test_what_nobody_promised_leaves_all_the_same(tenant: Tenant) -> None:
    item = make_stocked_item(on_hand=100)
    promise(item, 10)

    leave(item, 25)

    assert figures(item) == (75, 0)
    assert_books_are_right()


def test_goods_leave_where_they_lie_and_a_promise_elsewhere_is_given_back(tenant: Tenant) -> None:
    item = make_stocked_item(on_hand=100)
    other = make_warehouse("EAST")
    stock.adjust(
        item=item, warehouse=other, pool="OWN", change=50, cause="FOUND", reference="found", actor=ACTOR, now=NOW
    )
    promise(item, 5)
    promise(item, 30, key="1:east", code="EAST")

    leave(item, 20, "1:east", "1:main")

    assert (figures(item), figures(item, "EAST")) == ((80, 0), (50, 15))
    assert_books_are_right()


def test_where_nothing_was_ever_counted_nothing_is_taken(tenant: Tenant) -> None:
    item = make_stocked_item(on_hand=None)

    leave(item, 20)

    assert not StockEntry.objects.exists()
    assert figures(item) == (0, 0)


def test_the_same_departure_takes_nothing_twice(tenant: Tenant) -> None:
    item = make_stocked_item(on_hand=100)
    leave(item, 20)

    with pytest.raises(IntegrityError), transaction.atomic():
        leave(item, 20)

    assert figures(item) == (80, 0)
