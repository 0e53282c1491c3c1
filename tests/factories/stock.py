"""Items with stock, and who holds it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from acorn.core.actor import Actor, Subject
from catalog.models import Commitment, Inbound, Item, StockBalance, StockEntry, Warehouse
from catalog.services import stock
from catalog.types import RESERVATION, CommitmentState, CountRow, Place, Pool, Promise, Purpose
from tests.factories.catalog import make_item, make_warehouse

ACTOR = Actor.system("test")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def make_stocked_item(sku: str = "SKU-1", on_hand: int | None = 100, **fields: Any) -> Item:
    """An item with so much in the warehouse MAIN; None leaves it without a balance."""
    item = make_item(sku, **fields)
    if on_hand is not None:
        count(item, on_hand)
    return item


def place(item: Item, warehouse: Warehouse | None = None, pool: str = Pool.OWN) -> Place:
    return Place(item.pk, (warehouse or make_warehouse()).pk, pool)


def count(
    item: Item, on_hand: int, *, as_of: datetime = NOW - timedelta(days=1), now: datetime = NOW, at: Place | None = None
) -> Any:
    return stock.record_count(CountRow(at or place(item), on_hand, as_of), source="test", actor=ACTOR, now=now)


def make_inbound(item: Item, quantity: int = 50, on: date = date(2026, 12, 2), reference: str = "PO-77") -> Inbound:
    return stock.expect_inbound(
        item=item, warehouse=make_warehouse(), pool=Pool.OWN, quantity=quantity, expected_on=on, reference=reference,
        actor=ACTOR, now=NOW,
    )  # fmt: skip


def holder(name: str = "HOLD-1") -> Subject:
    return Subject(RESERVATION, name, name)


def promise(item: Item, quantity: int, key: str = "1", *, at: Place | None = None, needed_on: Any = None) -> Promise:
    return Promise(key, *(at or place(item)), quantity, needed_on)


def reserve(item: Item, quantity: int, name: str = "HOLD-1", **fields: Any) -> Commitment:
    return stock.reserve(
        [promise(item, quantity, **fields)], purpose=Purpose.MANUAL, reference=holder(name), actor=ACTOR, now=NOW
    )[0]


def figures(item: Item, at: Place | None = None) -> tuple[int, int]:
    """On hand and committed."""
    where = at or place(item)
    balance = StockBalance.objects.get(item=item, warehouse_id=where.warehouse_id, pool=where.pool)
    return balance.on_hand, balance.committed


def assert_books_are_right() -> None:
    """Every balance is the sum of its ledger and of what is held of it, and each entry follows from the one before."""
    for balance in StockBalance.objects.all():
        on_hand = committed = 0
        for entry in StockEntry.objects.filter(balance=balance).order_by("id"):
            on_hand += entry.on_hand_change
            committed += entry.committed_change
            assert (entry.on_hand_after, entry.committed_after) == (on_hand, committed)
        held = Commitment.objects.filter(balance=balance, state=CommitmentState.HELD).values_list("quantity", flat=True)
        assert (balance.on_hand, balance.committed) == (on_hand, committed)
        assert balance.committed == sum(held)
