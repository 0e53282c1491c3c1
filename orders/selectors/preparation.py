"""What answered orders ask of the warehouse: what to take from where, and what still has to be made or bought by when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from catalog.models import Commitment, Item, StockBalance
from catalog.selectors.stock import list_inbound
from catalog.types import CommitmentState, Place, Purpose
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.rules import is_for_later
from orders.selectors.answers import load_answers
from orders.types import SUBJECT_KIND


class Part(NamedTuple):
    """What one order wants of a row, in eaches."""

    number: str
    ship_to: str
    eaches: int


@dataclass(frozen=True, slots=True)
class Pick:
    """One item to take in one warehouse (empty: no stock is kept of it), for one or more orders, by a day.

    `here` of the eaches lie in the warehouse; the rest is promised from what is still to arrive.
    """

    warehouse: str
    sku: str
    title: str
    case_pack: int
    day: date | None
    here: int
    parts: tuple[Part, ...]

    @property
    def eaches(self) -> int:
        return sum(part.eaches for part in self.parts)


@dataclass(frozen=True, slots=True)
class Missing:
    """An item of which more is promised than lies in the warehouses: how much is missing for which day.

    `inbound` is what is on its way, by day of arrival.
    """

    sku: str
    title: str
    case_pack: int
    by_day: tuple[tuple[date | None, int], ...]
    inbound: tuple[tuple[date, int], ...]

    @property
    def eaches(self) -> int:
        return sum(eaches for _day, eaches in self.by_day)


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a choice of orders asks of the warehouse, as of now."""

    orders: tuple[PurchaseOrder, ...]
    picks: tuple[Pick, ...]
    missing: tuple[Missing, ...]


class _Need(NamedTuple):
    item_id: int
    warehouse_id: int | None
    pool: str
    day: date | None
    is_later: bool
    eaches: int
    order: PurchaseOrder


def load_preparation(orders: Sequence[PurchaseOrder]) -> Preparation:
    """Picks of what was accepted, and what is missing for what was accepted or back-ordered.

    What has left the house is asked for no more. A constant number of statements, however many orders.
    """
    by_public_id = {order.public_id: order for order in orders}
    held = _held(by_public_id)
    unplaced = _unplaced(orders, {(need.order.pk, need.item_id) for need in held})
    needs = held + unplaced
    items = Item.objects.in_bulk({need.item_id for need in needs})
    here = _here(held)
    warehouses = dict(
        StockBalance.objects.filter(warehouse__in={need.warehouse_id for need in held})
        .values_list("warehouse_id", "warehouse__code")
        .distinct()
    )
    picks, lacking = _share_out(needs, here)
    found = [_pick(key, rows, items, warehouses) for key, rows in picks.items()]
    return Preparation(
        tuple(orders),
        tuple(sorted(found, key=lambda pick: (pick.warehouse, pick.sku))),
        tuple(sorted(_missing(lacking, items), key=lambda row: row.sku)),
    )


def _held(orders: Mapping[str, PurchaseOrder]) -> list[_Need]:
    """What the orders hold in stock."""
    rows = Commitment.objects.filter(
        reference_kind=SUBJECT_KIND, reference_id__in=list(orders), purpose=Purpose.AMAZON_LINE,
        state=CommitmentState.HELD, quantity__gt=0,
    )  # fmt: skip
    columns = (
        "key",
        "quantity",
        "needed_on",
        "reference_id",
        "balance__item_id",
        "balance__warehouse_id",
        "balance__pool",
    )
    return [
        _Need(item_id, warehouse_id, pool, day, is_for_later(key), eaches, orders[reference_id])
        for key, eaches, day, reference_id, item_id, warehouse_id, pool in rows.values_list(*columns)
    ]


def _unplaced(orders: Sequence[PurchaseOrder], placed: set[tuple[int, int]]) -> list[_Need]:
    """What was confirmed and is held nowhere: no stock is kept of it, or it is back-ordered without any in sight."""
    answers = {order_id: found[0] for order_id, found in load_answers([order.pk for order in orders]).items() if found}
    by_key = {order.pk: order for order in orders}
    lines = PurchaseOrderLine.objects.filter(order__in=orders, is_withdrawn=False, item__isnull=False)
    needs = []
    for line in lines.order_by("order_id", "position"):
        said = answers[line.order_id].said(line.sequence) if line.order_id in answers else None
        if said is None or line.item_id is None or (line.order_id, line.item_id) in placed:
            continue
        gone = max(line.shipped_eaches, line.received_eaches)
        for is_later, eaches, at in (
            (False, line.accepted_eaches - gone, said.scheduled_ship_at or said.scheduled_delivery_at),
            (True, line.backordered_eaches, said.backorder_ship_at or said.backorder_delivery_at),
        ):
            if eaches > 0:
                needs.append(_Need(line.item_id, None, "", at and at.date(), is_later, eaches, by_key[line.order_id]))
    return needs


def _here(needs: Iterable[_Need]) -> dict[Place, int]:
    """What lies in each place for these orders: what is on hand, less what others hold of it."""
    ours: dict[Place, int] = defaultdict(int)
    for need in needs:
        if need.warehouse_id is not None:
            ours[Place(need.item_id, need.warehouse_id, need.pool)] += need.eaches
    rows = StockBalance.objects.filter(item_id__in={place.item_id for place in ours})
    here = {}
    for item_id, warehouse_id, pool, on_hand, committed in rows.values_list(
        "item_id", "warehouse_id", "pool", "on_hand", "committed"
    ):
        place = Place(item_id, warehouse_id, pool)
        if place in ours:
            others = committed - ours[place]
            here[place] = max(0, min(on_hand, on_hand - others))
    return here


_PickKey = tuple[int, int | None]


def _share_out(
    needs: Sequence[_Need], here: dict[Place, int]
) -> tuple[dict[_PickKey, list[tuple[_Need, int]]], dict[int, dict[date | None, int]]]:
    """Give what is here to the earliest needs; what is left over is missing for its day."""
    picks: dict[_PickKey, list[tuple[_Need, int]]] = defaultdict(list)
    lacking: dict[int, dict[date | None, int]] = defaultdict(lambda: defaultdict(int))
    for need in sorted(needs, key=lambda need: (need.day or date.max, need.is_later, need.order.number)):
        is_kept = need.warehouse_id is not None
        place = Place(need.item_id, need.warehouse_id or 0, need.pool)
        taken = min(need.eaches, here.get(place, 0)) if is_kept else 0
        if is_kept:
            here[place] = here.get(place, 0) - taken
        if need.eaches > taken and (is_kept or need.is_later):
            lacking[need.item_id][need.day] += need.eaches - taken
        if not need.is_later:
            picks[need.item_id, need.warehouse_id].append((need, taken if is_kept else need.eaches))
    return picks, lacking


def _pick(
    key: _PickKey, rows: Sequence[tuple[_Need, int]], items: Mapping[int, Item], warehouses: Mapping[int, str]
) -> Pick:
    item_id, warehouse_id = key
    item = items[item_id]
    parts: dict[str, Part] = {}
    for need, _taken in rows:
        before = parts[need.order.number].eaches if need.order.number in parts else 0
        parts[need.order.number] = Part(need.order.number, need.order.ship_to_party, before + need.eaches)
    days = [need.day for need, _taken in rows if need.day]
    return Pick(
        warehouses.get(warehouse_id, "") if warehouse_id else "", item.sku, item.title, item.case_pack,
        min(days, default=None), sum(taken for _need, taken in rows), tuple(parts.values()),
    )  # fmt: skip


def _missing(lacking: Mapping[int, Mapping[date | None, int]], items: Mapping[int, Item]) -> list[Missing]:
    inbound: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for place, arriving in list_inbound(list(lacking)).items():
        for day, eaches in arriving:
            inbound[place.item_id][day] += eaches
    return [
        Missing(
            items[item_id].sku, items[item_id].title, items[item_id].case_pack,
            tuple(sorted(by_day.items(), key=lambda row: row[0] or date.max)), tuple(sorted(inbound[item_id].items())),
        )
        for item_id, by_day in lacking.items()
    ]  # fmt: skip
