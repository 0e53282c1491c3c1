"""From where the stock for an answer is taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from catalog.types import Availability, Place, Promise

LATER = "later"
"""How the keys of promises for back-ordered parts end."""


class Want(NamedTuple):
    """So many eaches of an item for one part of a line, needed on a day. The back-ordered part of a line `is_later`."""

    sequence: str
    is_later: bool
    item_id: int
    quantity: int
    needed_on: date | None

    def key(self, warehouse_id: int) -> str:
        """What the promise for this part is called within its order."""
        return f"{self.sequence}:{warehouse_id}" + (f":{LATER}" if self.is_later else "")


def sequence_of(key: str) -> str:
    """The line that a promise of this key is for."""
    return key.rsplit(":", 2 if is_for_later(key) else 1)[0]


def is_for_later(key: str) -> bool:
    """Whether a promise of this key is for the back-ordered part of a line."""
    return key.endswith(f":{LATER}")


@dataclass(frozen=True, slots=True)
class Allocation:
    """What is promised from where, and what each part lacks: by (sequence, is_later), in eaches."""

    promises: tuple[Promise, ...]
    missing: Mapping[tuple[str, bool], int]

    def lacks(self, sequence: str, *, is_later: bool) -> int:
        return self.missing.get((sequence, is_later), 0)


def allocate(
    wants: Sequence[Want], places: Iterable[Availability], held: Mapping[str, tuple[Place, int]]
) -> Allocation:
    """Find stock for all parts. What the order holds already (`held`, by key) is kept as far as it is still wanted.

    `places` come in the order in which stock is to be taken; their `committed` counts what is held. A part is taken from
    one place if one has it all, else from as many as it takes. Sooner needs go first, as the stock service does it.
    """
    by_item: dict[int, list[Availability]] = {}
    for place in places:
        by_item.setdefault(place.item_id, []).append(place)
    stock = _Stock(by_item, {_place(place): 0 for row in by_item.values() for place in row})
    kept = {want: _keep(want, held, by_item) for want in wants}
    # what is held and not wanted any more is free again, before anything is taken
    still = {promise.key: promise.quantity for promises in kept.values() for promise in promises}
    for key, (where, quantity) in held.items():
        if where in stock.taken:
            stock.taken[where] -= quantity - still.get(key, 0)
    promises: dict[str, Promise] = {}
    missing: dict[tuple[str, bool], int] = {}
    for want in sorted(wants, key=lambda want: (want.needed_on or date.min, want.is_later)):
        for promise in kept[want]:
            promises[promise.key] = promise
        lacking = want.quantity - sum(promise.quantity for promise in kept[want])
        bound = {promise.warehouse_id: promise.place for promise in kept[want]}
        for where, quantity in stock.take(want, lacking, bound):
            key = want.key(where.warehouse_id)
            before = promises[key].quantity if key in promises else 0
            promises[key] = Promise(key, *where, before + quantity, want.needed_on)
            lacking -= quantity
        if lacking > 0:
            missing[want.sequence, want.is_later] = lacking
    return Allocation(tuple(promises.values()), missing)


@dataclass
class _Stock:
    by_item: Mapping[int, Sequence[Availability]]
    taken: dict[Place, int]

    def free(self, place: Availability, day: date | None) -> int:
        return max(0, place.available_on(day) - self.taken[_place(place)])

    def take(self, want: Want, quantity: int, bound: Mapping[int, Place]) -> list[tuple[Place, int]]:
        """Take up to so much; from where. A warehouse has one promise per part: from one pool, the one that is `bound`."""
        rows = self.by_item.get(want.item_id, ())
        places = [row for row in rows if bound.get(row.warehouse_id, _place(row)) == _place(row)]
        whole = [place for place in places if quantity > 0 and self.free(place, want.needed_on) >= quantity]
        found: dict[int, tuple[Place, int]] = {}
        for place in whole[:1] or places:
            part = min(quantity, self.free(place, want.needed_on))
            if part > 0 and place.warehouse_id not in found:
                found[place.warehouse_id] = (_place(place), part)
                self.taken[_place(place)] += part
                quantity -= part
        return list(found.values())


def _keep(
    want: Want,
    held: Mapping[str, tuple[Place, int]],
    by_item: Mapping[int, Sequence[Availability]],
) -> list[Promise]:
    """What of a part is held already, no more than is wanted."""
    kept, quantity = [], want.quantity
    for place in by_item.get(want.item_id, ()):
        where, has = held.get(want.key(place.warehouse_id), (None, 0))
        if where == _place(place) and min(has, quantity) > 0:
            kept.append(Promise(want.key(place.warehouse_id), *where, min(has, quantity), want.needed_on))
            quantity -= min(has, quantity)
    return kept


def _place(row: Availability) -> Place:
    return Place(row.item_id, row.warehouse_id, row.pool)
