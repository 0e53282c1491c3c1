"""The one place where balances change: locked in the order of their keys, and explained by an entry each time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from acorn.core.actor import Actor, Subject
from acorn.core.locks import wait_for_transaction_lock
from acorn.tenancy.choices import chosen
from acorn.tenancy.scope import current_tenant_id
from catalog.models import Commitment, StockBalance, StockEntry
from catalog.selectors.stock import list_inbound
from catalog.services.stock.shortages import follow_up
from catalog.types import DEFAULT_BUFFER, Availability, CommitmentState, EntryKind, Place


@dataclass
class Book:
    """Balances locked for the rest of the transaction, and what is to be written about them. Ends with `write`."""

    actor: Actor
    now: datetime
    by_id: dict[int, StockBalance]
    _were_short: frozenset[int] = frozenset()
    _touched: set[int] = field(default_factory=set)
    _entries: list[tuple[StockEntry, Commitment | None]] = field(default_factory=list)
    _commitments: dict[tuple[str, str], Commitment] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        *,
        actor: Actor,
        now: datetime,
        places: Iterable[Place] = (),
        balance_ids: Iterable[int] = (),
        holders: Iterable[Subject] = (),
    ) -> "Book":
        """Lock the balances of places (made where they do not exist), and all those that holders have something of.

        Call once a transaction, inside `atomic`: locks are taken in the order of their keys, so that no two callers
        wait for each other. A holder's balances are known only once nobody else changes what it holds.
        """
        ordered = sorted(set(holders), key=lambda holder: (holder.kind, holder.id))
        for holder in ordered:
            wait_for_transaction_lock(f"stock:{current_tenant_id()}:{holder.kind}:{holder.id}")
        ids = {*balance_ids, *_find_balances(set(places)).values()}
        for holder in ordered:
            ids |= set(list_held(holder).values_list("balance_id", flat=True))
        locked = StockBalance.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        by_id = {balance.pk: balance for balance in locked}
        return cls(actor, now, by_id, frozenset(key for key, balance in by_id.items() if _is_thin(balance)))

    @cached_property
    def by_place(self) -> dict[Place, StockBalance]:
        return {place_of(balance): balance for balance in self.by_id.values()}

    @property
    def promised(self) -> list[int]:
        """Keys of the balances that something is promised of: what comes, or does not, matters to no others."""
        return [key for key, balance in self.by_id.items() if balance.committed]

    @cached_property
    def _inbound(self) -> dict[Place, tuple[tuple[date, int], ...]]:
        return list_inbound({balance.item_id for balance in self.by_id.values()})

    def available(self, balance: StockBalance, day: date | None) -> int:
        """Available to promise of a locked balance by a day, what was moved in this book included."""
        inbound = self._inbound.get(place_of(balance), ()) if day else ()
        return Availability(
            *place_of(balance), balance.on_hand, balance.committed, balance.buffer, inbound
        ).available_on(day)

    def hold(self, commitment: Commitment, quantity: int, *, reason: str = "") -> None:
        """Let a commitment hold this much; 0 releases it."""
        before = commitment.quantity if commitment.state == CommitmentState.HELD else 0
        commitment.state = CommitmentState.HELD if quantity else CommitmentState.RELEASED
        if quantity:
            commitment.quantity = quantity
        kind = EntryKind.RESERVE if quantity > before else EntryKind.RELEASE
        self._move_commitment(commitment, kind, committed=quantity - before, reason=reason)

    def consume(self, commitment: Commitment, quantity: int, *, key: str, as_of: datetime, source: str = "") -> None:
        """Let goods leave, and with them so much of what the commitment holds."""
        if quantity == commitment.quantity:
            commitment.state = CommitmentState.CONSUMED
        else:
            commitment.quantity -= quantity
        self._move_commitment(
            commitment, EntryKind.CONSUME, committed=-quantity, on_hand=-quantity, key=key, as_of=as_of, source=source
        )

    def keep(self, commitment: Commitment) -> None:
        """Store what was changed of a commitment beside its quantity."""
        commitment.changed_at = self.now
        self._commitments[commitment.reference_kind, commitment.key] = commitment
        self._touched.add(commitment.balance_id)

    def _move_commitment(self, commitment: Commitment, kind: EntryKind, **move: Any) -> None:
        self.keep(commitment)
        self.move(self.by_id[commitment.balance_id], kind, commitment=commitment, **move)

    def move(
        self,
        balance: StockBalance,
        kind: EntryKind,
        *,
        on_hand: int = 0,
        committed: int = 0,
        commitment: Commitment | None = None,
        key: str = "",
        as_of: datetime | None = None,
        cause: str = "",
        reason: str = "",
        source: str = "",
    ) -> StockEntry:
        """Change a balance and say so in the ledger. Goods that moved before the last count were counted as moved."""
        at = as_of or self.now
        if balance.counted_at is not None and at <= balance.counted_at:
            on_hand = 0
        balance.on_hand += on_hand
        balance.committed += committed
        self._touched.add(balance.pk)
        entry = StockEntry(
            balance=balance, kind=kind, on_hand_change=on_hand, committed_change=committed,
            on_hand_after=balance.on_hand, committed_after=balance.committed, key=key, as_of=at, at=self.now,
            cause=cause, reason=reason[:300], source=source[:60], actor_label=self.actor.label[:200],
        )  # fmt: skip
        self._entries.append((entry, commitment))
        return entry

    def write(self) -> None:
        """Store what was moved, and bring the work about shortages up to date."""
        new = [commitment for commitment in self._commitments.values() if commitment.pk is None]
        known = [commitment for commitment in self._commitments.values() if commitment.pk is not None]
        Commitment.objects.bulk_create(new)
        Commitment.objects.bulk_update(known, ["balance", "quantity", "state", "needed_on", "changed_at"])
        for entry, commitment in self._entries:
            entry.commitment_id = commitment.pk if commitment else None
        StockEntry.objects.bulk_create([entry for entry, _ in self._entries])
        touched = [self.by_id[key] for key in sorted(self._touched)]
        StockBalance.objects.bulk_update(touched, ["on_hand", "committed"])
        follow_up(
            [balance.pk for balance in touched if balance.pk in self._were_short or _is_thin(balance)],
            actor=self.actor,
            now=self.now,
        )


def place_of(balance: StockBalance) -> Place:
    return Place(balance.item_id, balance.warehouse_id, balance.pool)


def list_held(holder: Subject, keys: Collection[str] | None = None) -> Any:
    """What a holder holds, in the order of its keys."""
    held = Commitment.objects.filter(
        reference_kind=holder.kind, reference_id=holder.id, state=CommitmentState.HELD
    ).order_by("id")
    return held if keys is None else held.filter(key__in=keys)


def _is_thin(balance: StockBalance) -> bool:
    """More is promised than lies there: inbound may cover it, or a person must look."""
    return balance.committed > max(balance.on_hand, 0)


def _find_balances(places: set[Place]) -> dict[Place, int]:
    found = _read_balances(places)
    if missing := sorted(places - found.keys()):
        StockBalance.objects.bulk_create(
            [
                StockBalance(item_id=p.item_id, warehouse_id=p.warehouse_id, pool=p.pool, buffer=chosen(DEFAULT_BUFFER))
                for p in missing
            ],
            ignore_conflicts=True,
        )
        found = _read_balances(places)
    return found


def _read_balances(places: set[Place]) -> dict[Place, int]:
    rows = StockBalance.objects.filter(
        item_id__in={place.item_id for place in places}, warehouse_id__in={place.warehouse_id for place in places}
    ).values_list("item_id", "warehouse_id", "pool", "id")
    found = {Place(item_id, warehouse_id, pool): key for item_id, warehouse_id, pool, key in rows}
    return {place: found[place] for place in places if place in found}
