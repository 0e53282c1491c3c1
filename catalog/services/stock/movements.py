"""Goods that move without a count: broken, lost, found, or carried to another place."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from acorn.core.locks import wait_for_transaction_lock
from acorn.tenancy.scope import current_tenant_id
from catalog.errors import MovementDiffers, NotThere, StockPromised
from catalog.models import Item, StockBalance, StockEntry, Warehouse
from catalog.services.stock.book import Book, place_of
from catalog.types import ADDING, COUNT_SKEW, ITEM, TAKING, AdjustmentCause, EntryKind, Place


def adjust(
    *, item: Item, warehouse: Warehouse, pool: str, change: int, cause: str, reference: str, note: str = "",
    below_promised: bool = False, moved_at: datetime | None = None, source: str = "", actor: Actor, now: datetime,
) -> StockEntry:  # fmt: skip
    """Let a place have `change` eaches more or less, for a cause (AdjustmentCause); the entry of the ledger.

    Safe to repeat: a reference tells of one movement, and answers it as it was. What moved before the place was last
    counted was counted as moved: the entry then changes nothing. Raises NotThere where less lies there; StockPromised
    where what is promised would not be left, unless `below_promised` (then a work item opens); MovementDiffers for a
    reference of another movement; Invalid.
    """
    _check_change(change, cause, note)
    _check_moment(moved_at, now)
    key = f"adjustment:{reference}"
    place = Place(item.pk, warehouse.pk, pool)
    with transaction.atomic():
        if told := _find_told(key):
            _check_same(told, [(place, change, cause)], reference)
            return told[0]
        book = Book.open(actor=actor, now=now, places=[place])
        balance = book.by_place[place]
        _name(balance, item, warehouse)
        entry = book.move(
            balance, EntryKind.ADJUSTMENT, on_hand=change, key=key, as_of=moved_at, cause=cause, reason=note,
            source=source,
        )  # fmt: skip
        _check_left(entry, below_promised)
        book.write()
        params = {"sku": item.sku, "warehouse": warehouse.code, "pool": pool, "reference": reference, "cause": cause,
                  "change": f"{entry.on_hand_change:+}", "on_hand": balance.on_hand}  # fmt: skip
        audit.record("catalog.stock_adjusted", actor=actor, subject=_subject(item), params=params, reason=note)
    return entry


def move(
    *, item: Item, warehouse: Warehouse, pool: str, to_warehouse: Warehouse, to_pool: str, quantity: int,
    reference: str, note: str = "", below_promised: bool = False, moved_at: datetime | None = None, source: str = "",
    actor: Actor, now: datetime,
) -> tuple[StockEntry, StockEntry]:  # fmt: skip
    """Carry goods to another warehouse or pool; what the ledger says of where they were, and of where they are.

    Both or none. Promises stay where they are: `transfer` carries a promise. Safe to repeat, and refused, as `adjust`;
    each of the two places looks at its own last count.
    """
    here, there = Place(item.pk, warehouse.pk, pool), Place(item.pk, to_warehouse.pk, to_pool)
    if here == there:
        raise Invalid(fields={"to_warehouse": [_("The goods are there already. Choose another warehouse or pool.")]})
    if quantity <= 0:
        raise Invalid(fields={"quantity": [_("At least one must move.")]})
    _check_moment(moved_at, now)
    key = f"move:{reference}"
    with transaction.atomic():
        if told := _find_told(f"{key}:out", f"{key}:in"):
            _check_same(told, [(here, -quantity, ""), (there, quantity, "")], reference)
            return told[0], told[1]
        book = Book.open(actor=actor, now=now, places=[here, there])
        _name(book.by_place[here], item, warehouse)
        _name(book.by_place[there], item, to_warehouse)
        out = book.move(
            book.by_place[here], EntryKind.TRANSFER_OUT, on_hand=-quantity, key=f"{key}:out", as_of=moved_at,
            reason=note, source=source,
        )  # fmt: skip
        _check_left(out, below_promised)
        arrived = book.move(
            book.by_place[there], EntryKind.TRANSFER_IN, on_hand=quantity, key=f"{key}:in", as_of=moved_at,
            reason=note, source=source,
        )  # fmt: skip
        book.write()
        params = {"sku": item.sku, "quantity": quantity, "reference": reference, "source": _label(warehouse, pool),
                  "target": _label(to_warehouse, to_pool)}  # fmt: skip
        audit.record("catalog.stock_moved", actor=actor, subject=_subject(item), params=params, reason=note)
    return out, arrived


def _check_change(change: int, cause: str, note: str) -> None:
    if change == 0:
        raise Invalid(fields={"change": [_("Say how many more or less there are.")]})
    if change > 0 and cause in TAKING:
        raise Invalid(fields={"change": [_("This cause takes away: write less than 0.")]})
    if change < 0 and cause in ADDING:
        raise Invalid(fields={"change": [_("This cause adds: write more than 0.")]})
    if cause == AdjustmentCause.OTHER and not note.strip():
        raise Invalid(fields={"note": [_("Say in a few words what happened.")]})


def _check_moment(moved_at: datetime | None, now: datetime) -> None:
    if moved_at is not None and moved_at > now + COUNT_SKEW:
        raise Invalid(fields={"moved_at": [_("Goods cannot have moved in the future.")]})


def _check_left(entry: StockEntry, below_promised: bool) -> None:
    """What was taken away was there, and was nobody else's."""
    if entry.on_hand_change >= 0:
        return
    balance = entry.balance
    said: dict[str, Any] = {
        "sku": balance.item.sku, "warehouse": balance.warehouse.code, "committed": balance.committed,
        "on_hand": balance.on_hand - entry.on_hand_change, "asked": -entry.on_hand_change,
    }  # fmt: skip
    if balance.on_hand < 0:
        raise NotThere(**said)
    if balance.on_hand < balance.committed and not below_promised:
        raise StockPromised(**said)


def _find_told(*keys: str) -> list[StockEntry]:
    """What was told under these keys, in their order; whoever tells the same meanwhile waits until we are through."""
    wait_for_transaction_lock(f"stock:{current_tenant_id()}:{keys[0]}")
    known = {
        entry.key: entry
        for entry in StockEntry.objects.filter(key__in=keys).select_related("balance__item", "balance__warehouse")
    }
    return [known[key] for key in keys if key in known]


def _check_same(told: list[StockEntry], asked: list[tuple[Place, int, str]], reference: str) -> None:
    for entry, (place, change, cause) in zip(told, asked, strict=True):
        # an entry from before the last count says 0, whatever moved
        if place_of(entry.balance) != place or entry.on_hand_change not in (0, change) or entry.cause != cause:
            raise MovementDiffers(reference=reference)


def _name(balance: StockBalance, item: Item, warehouse: Warehouse) -> None:
    balance.item, balance.warehouse = item, warehouse


def _label(warehouse: Warehouse, pool: str) -> str:
    return warehouse.code if pool == warehouse.pool else f"{warehouse.code} / {pool}"


def _subject(item: Item) -> Subject:
    return Subject(ITEM, item.public_id, item.sku)
