"""What is there, what is promised of it and to whom, and what is coming."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.models import Commitment, Inbound, StockBalance, StockEntry
from catalog.types import PROMISABLE, Availability, CommitmentState, InboundState, Place


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
    """What is on its way to each place, by day of arrival, ascending: one statement."""
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
