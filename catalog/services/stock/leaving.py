"""Goods that leave a warehouse for good, whatever the books had promised of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from acorn.core.actor import Actor, Subject
from catalog.models import Commitment, StockBalance
from catalog.services.stock.book import Book, list_held
from catalog.services.stock.promises import commitment_key
from catalog.types import EntryKind, Leaving


def let_leave(
    leavings: Sequence[Leaving], *, key: str, actor: Actor, now: datetime, left_at: datetime | None = None
) -> None:
    """Take what left off the places that it left from, and end the promises that it fulfils.

    A promise of the same place ends with its goods. One of another place is released, since the goods were taken here.
    What nobody had promised leaves all the same, where the place was ever counted: the truck has it. In the caller's
    transaction, once for each `key`, which names the message (a shipment, say).
    """
    with transaction.atomic(savepoint=False):
        book = Book.open(
            actor=actor, now=now, places=[leaving.place for leaving in leavings],
            holders=[leaving.reference for leaving in leavings],
        )  # fmt: skip
        held = {
            (reference, commitment.key): commitment
            for reference in dict.fromkeys(leaving.reference for leaving in leavings)
            for commitment in list_held(reference)
        }
        for leaving in leavings:
            _leave(book, leaving, held, key, left_at or now)
        book.write()


def _leave(
    book: Book,
    leaving: Leaving,
    held: Mapping[tuple[Subject, str], Commitment],
    key: str,
    left_at: datetime,
) -> None:
    here = book.by_place[leaving.place]
    named = [held.get((leaving.reference, commitment_key(leaving.reference, name))) for name in leaving.keys]
    promises = [commitment for commitment in named if commitment is not None]
    rest = leaving.quantity
    # those of this place first: their goods are the ones that left
    for commitment in sorted(promises, key=lambda commitment: commitment.balance_id != here.pk):
        part = min(rest, commitment.quantity)
        if part <= 0:
            continue
        rest -= part
        if commitment.balance_id == here.pk:
            book.consume(commitment, part, key=f"{key}:{commitment.public_id}", as_of=left_at)
        else:
            book.hold(commitment, commitment.quantity - part)
            _take(book, here, part, f"{key}:{commitment.public_id}", left_at)
    if rest:
        _take(book, here, rest, f"{key}:{leaving.reference.id}:{leaving.name}", left_at)


def _take(book: Book, balance: StockBalance, quantity: int, key: str, left_at: datetime) -> None:
    if balance.counted_at is not None or balance.on_hand:
        book.move(balance, EntryKind.CONSUME, on_hand=-quantity, key=key, as_of=left_at)
