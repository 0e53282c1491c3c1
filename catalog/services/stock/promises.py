"""Promising stock: each promise has a key within what it is for, and counts once, whoever repeats it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import models, transaction

from acorn.core.actor import Actor, Subject
from acorn.core.errors import NotFound
from catalog.errors import InsufficientStock, NotHeld, PromiseDiffers
from catalog.models import Commitment, Item, StockBalance, StockEntry, Warehouse
from catalog.services.stock.book import Book, list_held
from catalog.services.stock.taking import take
from catalog.types import CommitmentState, Place, Promise, Shortfall


def reserve(
    promises: Sequence[Promise], *, purpose: str, reference: Subject, actor: Actor, now: datetime
) -> list[Commitment]:
    """Hold stock for a reference, all of it or nothing; the commitments, in the order asked.

    Safe to repeat: a key that was reserved before is answered as it is now, held or not, and nothing is added. Raises
    InsufficientStock, or PromiseDiffers where a key holds another quantity or place, or for another purpose. In the caller's transaction;
    one promise of what is on hand is a transaction, and a message to the database, of its own where there is none.
    """
    if len(promises) == 1 and promises[0].needed_on is None:
        key = commitment_key(reference, promises[0].key)
        if taken := take(promises[0], key=key, purpose=purpose, reference=reference, actor=actor, now=now):
            return [taken]
    with transaction.atomic(savepoint=False):
        book = Book.open(actor=actor, now=now, places=[promise.place for promise in promises], holders=[reference])
        known = _find_commitments(reference, promises)
        shortfalls = []
        for promise in _soonest_first(promises):
            balance = book.by_place[promise.place]
            key = commitment_key(reference, promise.key)
            if key in known:
                _check_same(known[key], balance, promise, purpose)
                continue
            available = book.available(balance, promise.needed_on)
            if available < promise.quantity:
                shortfalls.append(Shortfall(promise, max(available, 0)))
                continue
            known[key] = _new_commitment(key, balance, promise.needed_on, purpose, reference, actor, now)
            book.hold(known[key], promise.quantity)
        _refuse(shortfalls)
        book.write()
    return [known[commitment_key(reference, promise.key)] for promise in promises]


def set_promises(
    promises: Sequence[Promise],
    *,
    purpose: str,
    reference: Subject,
    actor: Actor,
    now: datetime,
    short: bool = False,
    reason: str = "",
) -> list[Shortfall]:
    """Let a reference hold exactly these promises: more is reserved, less is released, what is not named is released.

    With `short` it takes what there is and says what is missing, soonest need first; what is held already is never
    taken away for lack of stock. Otherwise it raises InsufficientStock and changes nothing. Safe to repeat. In the
    caller's transaction; one call a transaction, for one reference.
    """
    with transaction.atomic(savepoint=False):
        book = Book.open(actor=actor, now=now, places=[promise.place for promise in promises], holders=[reference])
        known = _find_commitments(reference, promises)
        wanted = {commitment_key(reference, promise.key): promise for promise in promises}
        for key, commitment in known.items():
            asked = wanted[key].quantity if key in wanted else 0
            is_elsewhere = key in wanted and commitment.balance_id != book.by_place[wanted[key].place].pk
            if _held(commitment) and (is_elsewhere or asked < commitment.quantity):
                book.hold(commitment, 0 if is_elsewhere else asked, reason=reason)
        shortfalls = []
        for promise in _soonest_first(promises):
            key = commitment_key(reference, promise.key)
            balance = book.by_place[promise.place]
            held = _held(known[key]) if key in known else 0
            more = max(0, min(promise.quantity - held, book.available(balance, promise.needed_on)))
            if held + more < promise.quantity:
                shortfalls.append(Shortfall(promise, held + more))
            if more:
                if key not in known:
                    known[key] = _new_commitment(key, balance, promise.needed_on, purpose, reference, actor, now)
                known[key].balance, known[key].needed_on = balance, promise.needed_on
                book.hold(known[key], held + more, reason=reason)
            elif held and known[key].needed_on != promise.needed_on:
                known[key].needed_on = promise.needed_on
                book.keep(known[key])
        if not short:
            _refuse(shortfalls)
        book.write()
    return shortfalls


def release(
    *, reference: Subject, keys: Collection[str] | None = None, actor: Actor, now: datetime, reason: str = ""
) -> list[Commitment]:
    """Give back what a reference holds, or only the promises of these keys; what was released. Safe to repeat."""
    with transaction.atomic(savepoint=False):
        book = Book.open(actor=actor, now=now, holders=[reference])
        named = None if keys is None else [commitment_key(reference, key) for key in keys]
        released = list(list_held(reference, named))
        for commitment in released:
            book.hold(commitment, 0, reason=reason)
        book.write()
    return released


def consume(
    quantities: Mapping[str, int] | None,
    *,
    reference: Subject,
    key: str,
    actor: Actor,
    now: datetime,
    left_at: datetime | None = None,
    source: str = "",
) -> list[Commitment]:
    """Let promised goods leave the house: on hand and committed fall together. What was not counted before is returned.

    `quantities` is by the keys of promises, None for all that is held. Safe to repeat under the same `key`, which names
    the message (a shipment, say), while `source` says in the ledger who told of it. Goods that left before the last count of their place were counted as gone: only the
    promise ends. Raises NotHeld, and changes nothing, where a promise holds less.
    """
    with transaction.atomic(savepoint=False):
        book = Book.open(actor=actor, now=now, holders=[reference])
        named = None if quantities is None else {commitment_key(reference, name): n for name, n in quantities.items()}
        known = {
            commitment.key: commitment
            for commitment in _of(reference).select_related("balance")
            if named is None or commitment.key in named
        }
        told = set(
            StockEntry.objects.filter(key__in=[_entry_key(key, c) for c in known.values()]).values_list(
                "key", flat=True
            )
        )
        consumed = []
        for name, asked in (named or {name: _held(commitment) for name, commitment in known.items()}).items():
            commitment = known.get(name)
            if commitment is not None and _entry_key(key, commitment) in told:
                continue
            if commitment is None or _held(commitment) < asked:
                raise NotHeld(label=reference.label, held=_held(commitment) if commitment else 0, asked=asked)
            if asked:
                book.consume(commitment, asked, key=_entry_key(key, commitment), as_of=left_at or now, source=source)
                consumed.append(commitment)
        book.write()
    return consumed


def split(
    commitment_id: str, quantity: int, *, key: str, reference: Subject | None = None, purpose: str = "",
    actor: Actor, now: datetime,
) -> Commitment:  # fmt: skip
    """Let a part of a promise be a promise of its own, for the same reference or another; the new one.

    Safe to repeat under the same `key`. Raises NotFound, or NotHeld where there is less than `quantity` to split off.
    """
    return _carve(commitment_id, quantity, key=key, reference=reference, purpose=purpose, actor=actor, now=now)


def transfer(
    commitment_id: str, *, warehouse_id: int, pool: str, quantity: int, key: str, actor: Actor, now: datetime
) -> Commitment:
    """Let a promise, or a part of it, be kept from another place; the commitment there. The goods do not move.

    Safe to repeat under the same `key`. Raises NotFound, NotHeld, or InsufficientStock where the other place has less.
    """
    return _carve(commitment_id, quantity, key=key, to=(warehouse_id, pool), actor=actor, now=now)


def _carve(
    commitment_id: str,
    quantity: int,
    *,
    key: str,
    actor: Actor,
    now: datetime,
    reference: Subject | None = None,
    purpose: str = "",
    to: tuple[int, str] | None = None,
) -> Commitment:
    with transaction.atomic(savepoint=False):
        source = Commitment.objects.select_related("balance").filter(public_id=commitment_id).first()
        if source is None:
            raise NotFound
        target = Place(source.balance.item_id, *(to or (source.balance.warehouse_id, source.balance.pool)))
        holder = reference or reference_of(source)
        book = Book.open(actor=actor, now=now, balance_ids=[source.balance_id], places=[target], holders=[holder])
        made = _of(holder).filter(key=commitment_key(holder, key)).first()
        if made is not None:
            return made
        source.refresh_from_db()
        if not 0 < quantity <= _held(source):
            raise NotHeld(label=source.reference_label, held=_held(source), asked=quantity)
        promise = Promise(key, *target, quantity, source.needed_on)
        balance = book.by_place[target]
        book.hold(source, source.quantity - quantity)
        available = book.available(balance, source.needed_on)
        # what stays in its place was promised before: it needs no stock that was not there
        if balance.pk != source.balance_id and available < quantity:
            _refuse([Shortfall(promise, max(available, 0))])
        made = _new_commitment(
            commitment_key(holder, key), balance, source.needed_on, purpose or source.purpose, holder, actor, now
        )
        book.hold(made, quantity)
        book.write()
    return made


def commitment_key(reference: Subject, key: str) -> str:
    """How a promise is named among those to holders of one kind, in the whole company."""
    return f"{reference.id}:{key}"


def reference_of(commitment: Commitment) -> Subject:
    """Whose a commitment is."""
    return Subject(commitment.reference_kind, commitment.reference_id, commitment.reference_label)


def _of(reference: Subject) -> models.QuerySet[Commitment]:
    return Commitment.objects.filter(reference_kind=reference.kind, reference_id=reference.id).order_by("id")


def _held(commitment: Commitment) -> int:
    return commitment.quantity if commitment.state == CommitmentState.HELD else 0


def _soonest_first(promises: Sequence[Promise]) -> list[Promise]:
    return sorted(promises, key=lambda promise: promise.needed_on or date.min)


def _entry_key(key: str, commitment: Commitment) -> str:
    return f"{key}:{commitment.public_id}"


def _find_commitments(reference: Subject, promises: Sequence[Promise]) -> dict[str, Commitment]:
    """What the reference holds, and what it ever held under these keys."""
    keys = [commitment_key(reference, promise.key) for promise in promises]
    rows = _of(reference).filter(models.Q(state=CommitmentState.HELD) | models.Q(key__in=keys))
    return {commitment.key: commitment for commitment in rows}


def _check_same(commitment: Commitment, balance: StockBalance, promise: Promise, purpose: str) -> None:
    is_held = commitment.state == CommitmentState.HELD
    is_same = (commitment.balance_id, commitment.purpose) == (balance.pk, purpose)
    if not is_same or (is_held and commitment.quantity != promise.quantity):
        raise PromiseDiffers(key=commitment.reference_label)


def _new_commitment(
    key: str,
    balance: StockBalance,
    needed_on: date | None,
    purpose: str,
    reference: Subject,
    actor: Actor,
    now: datetime,
) -> Commitment:
    """Unsaved, and holding nothing yet."""
    return Commitment(
        balance=balance, purpose=purpose, reference_kind=reference.kind, reference_id=reference.id,
        reference_label=reference.label[:200], key=key, quantity=0, needed_on=needed_on,
        actor_label=actor.label[:200], created_at=now, changed_at=now,
    )  # fmt: skip


def _refuse(shortfalls: Sequence[Shortfall]) -> None:
    if shortfalls:
        promise = shortfalls[0].promise
        raise InsufficientStock(
            shortfalls,
            sku=Item.objects.values_list("sku", flat=True).get(pk=promise.item_id),
            warehouse=Warehouse.objects.values_list("code", flat=True).get(pk=promise.warehouse_id),
        )
