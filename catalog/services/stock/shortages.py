"""«Promised more than there is»: a work item per balance, open while what is promised is not covered."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Sum

from acorn.accounts.types import Role
from acorn.core.actor import Actor, Subject
from acorn.work.services import Opening, close_items, open_items
from catalog.models import Commitment, StockBalance
from catalog.projection import find_shortage
from catalog.selectors.stock import list_inbound
from catalog.types import ITEM_STOCK, OVERSOLD, CommitmentState, Place


def follow_up(balance_ids: Collection[int], *, actor: Actor, now: datetime) -> None:
    """Open, change or close the work about these balances. Safe to repeat, in the caller's transaction.

    What is needed later and covered by inbound is no shortage; what is needed before it arrives is.
    """
    if not balance_ids:
        return
    balances = list(StockBalance.objects.filter(pk__in=balance_ids).select_related("item", "warehouse").order_by("pk"))
    promised = _promised_by_day([balance.pk for balance in balances])
    inbound = list_inbound({balance.item_id for balance in balances})
    openings, covered = [], []
    for balance in balances:
        place = Place(balance.item_id, balance.warehouse_id, balance.pool)
        short = find_shortage(balance.on_hand, promised.get(balance.pk, ()), inbound.get(place, ()))
        key = f"balance:{balance.pk}"
        if not short:
            covered.append(key)
            continue
        params = {
            "sku": balance.item.sku, "warehouse": balance.warehouse.code, "shortage": short,
            "on_hand": balance.on_hand, "committed": balance.committed,
        }  # fmt: skip
        subject = Subject(ITEM_STOCK, balance.item.public_id, balance.item.sku)
        openings.append(Opening(subject, params, dedupe_key=key))
    open_items(OVERSOLD, openings, now=now, role=Role.OPERATIONS)
    if covered:
        close_items(OVERSOLD, dedupe_keys=covered, actor=actor, now=now)


def _promised_by_day(balance_ids: Collection[int]) -> dict[int, list[tuple[date | None, int]]]:
    rows = (
        Commitment.objects.filter(balance_id__in=balance_ids, state=CommitmentState.HELD)
        .values_list("balance_id", "needed_on")
        .annotate(total=Sum("quantity"))
    )
    found: dict[int, list[tuple[date | None, int]]] = {}
    for balance_id, day, total in rows:
        found.setdefault(balance_id, []).append((day, int(total)))
    return found
