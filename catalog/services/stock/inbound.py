"""What is on its way: announced, moved to another day, arrived, or never coming."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from catalog.errors import InboundEnded, InboundNotFound
from catalog.models import Inbound, Item, Warehouse
from catalog.services.stock.book import Book
from catalog.services.stock.shortages import follow_up
from catalog.types import COUNT_SKEW, ITEM, EntryKind, InboundState, Place


def expect_inbound(
    *, item: Item, warehouse: Warehouse, pool: str, quantity: int, expected_on: date, reference: str,
    actor: Actor, now: datetime,
) -> Inbound:  # fmt: skip
    """Announce goods, or say anew how many come and when: one arrival an item, warehouse and reference.

    The pool is that of the first announcement. Safe to repeat; once they have arrived or were cancelled, a late
    repetition changes nothing. A later day may leave what was promised uncovered: then a work item opens.
    """
    with transaction.atomic():
        book = Book.open(actor=actor, now=now, places=[Place(item.pk, warehouse.pk, pool)])
        inbound, is_new = Inbound.objects.get_or_create(
            item=item, warehouse=warehouse, reference=reference,
            defaults={"pool": pool, "quantity": quantity, "expected_on": expected_on, "changed_at": now},
        )  # fmt: skip
        inbound.item, inbound.warehouse = item, warehouse
        is_same = (quantity, expected_on) == (inbound.quantity, inbound.expected_on)
        if not is_new and (is_same or inbound.state != InboundState.EXPECTED):
            return inbound
        inbound.quantity, inbound.expected_on, inbound.changed_at = quantity, expected_on, now
        inbound.save(update_fields=["quantity", "expected_on", "changed_at"])
        _tell("catalog.inbound_expected", inbound, actor)
        follow_up(book.by_id.keys(), actor=actor, now=now)
    return inbound


def receive_inbound(
    public_id: str, *, quantity: int | None = None, arrived_at: datetime | None = None, actor: Actor, now: datetime
) -> Inbound:
    """Goods have arrived, all that were announced or another quantity: on hand grows by them.

    Safe to repeat: they arrive once. Goods that arrived before the last count of their place were counted with it.
    Raises InboundNotFound, InboundEnded for what was cancelled, or Invalid for an arrival in the future.
    """
    if arrived_at is not None and arrived_at > now + COUNT_SKEW:
        raise Invalid(fields={"arrived_at": [_("Goods cannot have arrived in the future.")]})
    with transaction.atomic():
        inbound, book = _lock(public_id, actor, now)
        if inbound.state == InboundState.ARRIVED:
            return inbound
        if inbound.state == InboundState.CANCELLED:
            raise InboundEnded(reference=inbound.reference)
        inbound.state = InboundState.ARRIVED
        inbound.arrived_quantity = inbound.quantity if quantity is None else quantity
        inbound.arrived_at = arrived_at or now
        inbound.changed_at = now
        inbound.save(update_fields=["state", "arrived_quantity", "arrived_at", "changed_at"])
        (balance,) = book.by_id.values()
        book.move(
            balance, EntryKind.RECEIPT, on_hand=inbound.arrived_quantity, key=f"inbound:{inbound.public_id}",
            as_of=inbound.arrived_at, reason=inbound.reference,
        )  # fmt: skip
        _tell("catalog.inbound_arrived", inbound, actor)
        book.write()
    return inbound


def cancel_inbound(public_id: str, *, reason: str = "", actor: Actor, now: datetime) -> Inbound:
    """It never comes. Safe to repeat. Raises InboundNotFound, or InboundEnded for what has arrived."""
    with transaction.atomic():
        inbound, book = _lock(public_id, actor, now)
        if inbound.state == InboundState.CANCELLED:
            return inbound
        if inbound.state == InboundState.ARRIVED:
            raise InboundEnded(reference=inbound.reference)
        inbound.state, inbound.changed_at = InboundState.CANCELLED, now
        inbound.save(update_fields=["state", "changed_at"])
        _tell("catalog.inbound_cancelled", inbound, actor, reason)
        follow_up(book.by_id.keys(), actor=actor, now=now)
    return inbound


def _lock(public_id: str, actor: Actor, now: datetime) -> tuple[Inbound, Book]:
    """The balance first: whoever changes what comes to a place does so one after the other."""
    known = Inbound.objects.filter(public_id=public_id).first()
    if known is None:
        raise InboundNotFound
    book = Book.open(actor=actor, now=now, places=[Place(known.item_id, known.warehouse_id, known.pool)])
    return Inbound.objects.select_related("item", "warehouse").select_for_update(of=("self",)).get(pk=known.pk), book


def _tell(code: str, inbound: Inbound, actor: Actor, reason: str = "") -> None:
    params = {
        "sku": inbound.item.sku, "warehouse": inbound.warehouse.code, "reference": inbound.reference,
        "quantity": inbound.quantity if inbound.arrived_quantity is None else inbound.arrived_quantity,
        "day": inbound.expected_on.isoformat(),
    }  # fmt: skip
    subject = Subject(ITEM, inbound.item.public_id, inbound.item.sku)
    audit.record(code, actor=actor, subject=subject, params=params, reason=reason)
