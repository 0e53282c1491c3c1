from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.work.services import close_items
from orders.errors import ChangedAgain, OrderNotFound
from orders.models import PurchaseOrder
from orders.types import CHANGE, SUBJECT_KIND


@transaction.atomic
def mark_seen(*, public_id: str, version: int, actor: Actor, now: datetime) -> None:
    """Somebody has seen how Amazon changed an order, up to this version of it. Safe to repeat.

    Raises OrderNotFound, and ChangedAgain when a newer version has arrived that the person can't have seen.
    """
    order = PurchaseOrder.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if order is None:
        raise OrderNotFound
    if order.version != version:
        raise ChangedAgain
    _mark([order], actor=actor, now=now)


@transaction.atomic
def mark_many_seen(*, public_ids: Collection[str], actor: Actor, now: datetime) -> int:
    """`mark_seen` for a selection as it stands now; how many had an unseen change. Safe to repeat."""
    orders = list(
        PurchaseOrder.objects.select_for_update(no_key=True)
        .filter(public_id__in=public_ids, has_unseen_change=True)
        .order_by("pk")
    )
    _mark(orders, actor=actor, now=now)
    return len(orders)


def _mark(orders: list[PurchaseOrder], *, actor: Actor, now: datetime) -> None:
    unseen = [order for order in orders if order.has_unseen_change]
    if not unseen:
        return
    PurchaseOrder.objects.filter(pk__in=[order.pk for order in unseen]).update(
        has_unseen_change=False, changes_seen_at=now
    )
    close_items(CHANGE, dedupe_keys=[order.public_id for order in unseen], actor=actor, now=now)
    for order in unseen:
        audit.record(
            "orders.change_seen",
            subject=Subject(SUBJECT_KIND, order.public_id, order.number),
            actor=actor,
            params={"number": order.number, "version": order.version},
        )
