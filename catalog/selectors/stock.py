"""What is there, what is promised of it and to whom, and what is coming."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from acorn.work.models import WorkItem
from acorn.work.selectors import list_waiting
from catalog.errors import CommitmentNotFound, InboundNotFound
from catalog.models import Commitment, Inbound, Item, StockBalance, StockEntry, Warehouse
from catalog.projection import Day, arriving_before, project
from catalog.selectors.items import search_items
from catalog.types import OVERSOLD, PROMISABLE, Availability, CommitmentState, InboundState, Place


def availability(
    item_ids: Collection[int], *, warehouse_ids: Collection[int] | None = None, pools: Sequence[str] = PROMISABLE
) -> list[Availability]:
    """What items have in each warehouse and pool, in the order of their keys: two statements, however many items.

    Places of warehouses that are in use, with a balance or something inbound. Nothing is locked: `reserve` decides.
    """
    rows = StockBalance.objects.filter(item_id__in=item_ids, pool__in=pools, warehouse__archived_at=None)
    if warehouse_ids is not None:
        rows = rows.filter(warehouse_id__in=warehouse_ids)
    columns = ("item_id", "warehouse_id", "pool", "on_hand", "committed", "buffer")
    figures = {
        Place(item_id, warehouse_id, pool): (on_hand, committed, buffer)
        for item_id, warehouse_id, pool, on_hand, committed, buffer in rows.values_list(*columns)
    }
    inbound = list_inbound(item_ids, warehouse_ids=warehouse_ids, pools=pools)
    found = []
    for place in sorted(figures.keys() | inbound.keys()):
        on_hand, committed, buffer = figures.get(place, (0, 0, 0))
        found.append(Availability(*place, on_hand, committed, buffer, inbound.get(place, ())))
    return found


@dataclass(frozen=True, slots=True)
class Level:
    """What an item has in one warehouse and pool, as programs read it."""

    item: Item
    warehouse: Warehouse
    pool: str
    on_hand: int
    committed: int
    buffer: int
    inbound: int
    counted_at: datetime | None

    @property
    def sku(self) -> str:
        return self.item.sku

    @property
    def available_to_promise(self) -> int:
        return self.on_hand - self.committed - self.buffer + self.inbound


def list_balances() -> QuerySet[StockBalance]:
    """Every balance of warehouses in use, with item and warehouse."""
    return StockBalance.objects.filter(warehouse__archived_at=None).select_related("item", "warehouse")


def levels_of(balances: Sequence[StockBalance], *, on: date | None = None) -> list[Level]:
    """Balances as levels: one statement for what is inbound before the day, none without a day."""
    inbound = list_inbound({balance.item_id for balance in balances}) if on else {}
    found = []
    for balance in balances:
        coming = inbound.get(Place(balance.item_id, balance.warehouse_id, balance.pool), ())
        found.append(
            Level(
                balance.item, balance.warehouse, balance.pool, balance.on_hand, balance.committed, balance.buffer,
                arriving_before(coming, on), balance.counted_at,
            )
        )  # fmt: skip
    return found


def levels_of_item(item: Item, *, on: date | None = None) -> list[Level]:
    """One item in every warehouse in use: where it has had no stock yet, and stock could be promised, with zeros."""
    balances = list(list_balances().filter(item=item))
    places = {(balance.warehouse_id, balance.pool) for balance in balances}
    balances += [
        StockBalance(item=item, warehouse=warehouse, pool=warehouse.pool, on_hand=0, committed=0, buffer=0)
        for warehouse in Warehouse.objects.filter(archived_at=None, pool__in=PROMISABLE)
        if (warehouse.pk, warehouse.pool) not in places
    ]
    for balance in balances:
        balance.item = item
    return levels_of(sorted(balances, key=lambda balance: (balance.warehouse.code, balance.pool)), on=on)


def find_item_by_sku(sku: str) -> Item | None:
    return Item.objects.filter(sku=sku).first()


def find_items(skus: Collection[str]) -> dict[str, Item]:
    """The company's items by SKU, of those asked for."""
    return {item.sku: item for item in Item.objects.filter(sku__in=skus)}


def find_warehouses() -> dict[str, Warehouse]:
    """Warehouses in use, by code and by id; a code wins."""
    rows = list(Warehouse.objects.filter(archived_at=None))
    return {row.public_id: row for row in rows} | {row.code: row for row in rows}


def find_warehouse(name: str) -> Warehouse | None:
    """A warehouse in use, by its code or its id."""
    found = Warehouse.objects.filter(Q(code=name) | Q(public_id=name), archived_at=None)
    return found.order_by(Case(When(code=name, then=0), default=1)).first()


def list_commitments(
    *, sku: str = "", warehouse: str = "", reference: str = "", state: str = "", purpose: str = ""
) -> QuerySet[Commitment]:
    """Who holds stock, and who held it, with item and warehouse."""
    rows = Commitment.objects.select_related("balance__item", "balance__warehouse")
    given = {
        "balance__item__sku": sku, "balance__warehouse__code": warehouse, "reference_id": reference, "state": state,
        "purpose": purpose,
    }  # fmt: skip
    return rows.filter(**{name: value for name, value in given.items() if value})


def get_commitment(public_id: str) -> Commitment:
    """Raises CommitmentNotFound."""
    found = list_commitments().filter(public_id=public_id).first()
    if found is None:
        raise CommitmentNotFound
    return found


def list_all_inbound(*, sku: str = "", state: str = "") -> QuerySet[Inbound]:
    """What is on its way and what has come, with item and warehouse."""
    rows = Inbound.objects.select_related("item", "warehouse")
    given = {"item__sku": sku, "state": state}
    return rows.filter(**{name: value for name, value in given.items() if value})


def get_inbound(public_id: str) -> Inbound:
    """Raises InboundNotFound."""
    found = list_all_inbound().filter(public_id=public_id).first()
    if found is None:
        raise InboundNotFound
    return found


def get_balances(item: Item) -> list[StockBalance]:
    """An item's balances in warehouses in use, by warehouse."""
    return list(list_balances().filter(item=item).order_by("warehouse__code", "pool"))


def list_entries(item: Item) -> QuerySet[StockEntry]:
    """The ledger of an item, with warehouses."""
    return StockEntry.objects.filter(balance__item=item).select_related("balance__warehouse")


def list_all_entries(*, sku: str = "", warehouse: str = "", kind: str = "") -> QuerySet[StockEntry]:
    """The ledger of everything, with items and warehouses."""
    rows = StockEntry.objects.select_related("balance__item", "balance__warehouse")
    given = {"balance__item__sku": sku, "balance__warehouse__code": warehouse, "kind": kind}
    return rows.filter(**{name: value for name, value in given.items() if value})


def list_held(item: Item) -> QuerySet[Commitment]:
    """Who holds an item's stock, what is needed first first."""
    rows = Commitment.objects.filter(balance__item=item, state=CommitmentState.HELD)
    return rows.select_related("balance__warehouse").order_by(F("needed_on").asc(nulls_first=True), "id")


def project_item(item: Item, today: date) -> list[Day]:
    """What lies there and can be promised, day by day, in the pools that can be: until all that is known has happened.

    At least three weeks and at most half a year. Three statements.
    """
    places = availability([item.pk])
    rows = Commitment.objects.filter(
        balance__item=item, balance__pool__in=PROMISABLE, balance__warehouse__archived_at=None,
        state=CommitmentState.HELD,
    )  # fmt: skip
    promised = [(day, int(total)) for day, total in rows.values_list("needed_on").annotate(total=Sum("quantity"))]
    inbound = [arrival for place in places for arrival in place.inbound]
    last = max([day for day, _ in inbound] + [day for day, _ in promised if day], default=today)
    return project(
        today,
        min(max((last - today).days + 4, 21), 180),
        on_hand=sum(place.on_hand for place in places),
        kept_back=sum(place.buffer for place in places),
        promised=promised,
        inbound=inbound,
    )


def search_balances(rows: QuerySet[StockBalance], text: str) -> QuerySet[StockBalance]:
    """Those of items whose SKU, identifiers or title fit."""
    return rows.filter(item__in=search_items(Item.objects.all(), text).values("pk"))


def list_oversold() -> QuerySet[WorkItem]:
    """Places in which more is promised than there is, for the number in the navigation."""
    return list_waiting(OVERSOLD)


def find_wrong_balances() -> list[StockBalance]:
    """Balances that are not the sum of their ledger, or not of what is held of them: there must be none."""
    entries = StockEntry.objects.filter(balance=OuterRef("pk")).order_by().values("balance")
    held = Commitment.objects.filter(balance=OuterRef("pk"), state=CommitmentState.HELD).order_by().values("balance")
    return list(
        StockBalance.objects.annotate(
            told_on_hand=Coalesce(Subquery(entries.annotate(n=Sum("on_hand_change")).values("n")), 0),
            told_committed=Coalesce(Subquery(entries.annotate(n=Sum("committed_change")).values("n")), 0),
            held=Coalesce(Subquery(held.annotate(n=Sum("quantity")).values("n")), 0),
        )
        .exclude(on_hand=F("told_on_hand"), committed=F("told_committed"), told_committed=F("held"))
        .order_by("pk")
    )


def list_inbound(
    item_ids: Collection[int], *, warehouse_ids: Collection[int] | None = None, pools: Sequence[str] | None = None
) -> dict[Place, tuple[tuple[date, int], ...]]:
    """What is on its way to each place and not overdue, by day of arrival, ascending: one statement."""
    rows = Inbound.objects.filter(item_id__in=item_ids, state=InboundState.EXPECTED, warehouse__archived_at=None)
    if warehouse_ids is not None:
        rows = rows.filter(warehouse_id__in=warehouse_ids)
    if pools is not None:
        rows = rows.filter(pool__in=pools)
    found: dict[Place, list[tuple[date, int]]] = {}
    columns = ("item_id", "warehouse_id", "pool", "expected_on")
    for item_id, warehouse_id, pool, day, total in (
        rows.values_list(*columns).annotate(total=Sum("quantity")).order_by(*columns)
    ):
        found.setdefault(Place(item_id, warehouse_id, pool), []).append((day, int(total)))
    return {place: tuple(days) for place, days in found.items()}
