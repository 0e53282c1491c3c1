"""What people and programs hold by hand, and how much of a place is never promised."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from catalog.errors import CommitmentNotFound, HeldByOrder, ReservationEnded
from catalog.models import Commitment, Item, Warehouse
from catalog.services.stock.book import Book
from catalog.services.stock.promises import reserve
from catalog.types import ITEM, RESERVATION, SHOP_RESERVATION, CommitmentState, Place, Promise, Purpose

# an order's stock follows its lines: whoever wants it back answers the order anew
_HOLDERS = {Purpose.MANUAL: RESERVATION, Purpose.SHOP_ORDER: SHOP_RESERVATION}
BY_HAND = tuple(_HOLDERS)


def hold(
    *, item: Item, warehouse: Warehouse, pool: str, quantity: int, reference: str, purpose: str = Purpose.MANUAL,
    needed_on: date | None = None, reason: str = "", actor: Actor, now: datetime,
) -> Commitment:  # fmt: skip
    """Hold stock by hand, under a reference of the caller's own.

    Safe to repeat: the same reference for the same purpose, item and place is the same reservation, held once. Raises
    InsufficientStock; PromiseDiffers where the reference holds another quantity there; ReservationEnded where it was
    released, or the goods have left, since.
    """
    if purpose not in BY_HAND:
        raise Invalid(fields={"purpose": [_("Stock for Amazon's orders is held by answering them.")]})
    holder = Subject(_HOLDERS[Purpose(purpose)], reference, reference)
    promise = Promise(f"{item.pk}:{warehouse.pk}:{pool}", item.pk, warehouse.pk, pool, quantity, needed_on)
    with transaction.atomic():
        (held,) = reserve([promise], purpose=purpose, reference=holder, actor=actor, now=now)
        if held.state != CommitmentState.HELD:
            raise ReservationEnded(reference=reference)
        if held.created_at == now:
            params = {"sku": item.sku, "warehouse": warehouse.code, "quantity": quantity, "reference": reference}
            _tell("catalog.stock_held", item, params, actor, reason)
    return held


def release_holds(public_ids: Sequence[str], *, actor: Actor, now: datetime, reason: str = "") -> list[Commitment]:
    """Give back what is held by hand; all of these as they are now. Safe to repeat: what has ended stays as it is.

    Raises CommitmentNotFound, or HeldByOrder for what an order of Amazon's holds; nothing is released then.
    """
    wanted = Commitment.objects.filter(public_id__in=public_ids)
    with transaction.atomic():
        book = Book.open(actor=actor, now=now, balance_ids=wanted.values_list("balance_id", flat=True))
        found = list(wanted.select_related("balance__item", "balance__warehouse").order_by("id"))
        if len(found) < len(set(public_ids)):
            raise CommitmentNotFound
        for commitment in found:
            if commitment.purpose not in BY_HAND:
                raise HeldByOrder(order=commitment.reference_label)
            if commitment.state != CommitmentState.HELD:
                continue
            book.hold(commitment, 0, reason=reason)
            item = commitment.balance.item
            params = {
                "sku": item.sku, "warehouse": commitment.balance.warehouse.code, "quantity": commitment.quantity,
                "reference": commitment.reference_label,
            }  # fmt: skip
            _tell("catalog.stock_released", item, params, actor, reason)
        book.write()
    return found


def set_buffer(
    *, item: Item, warehouse: Warehouse, pool: str, buffer: int, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Keep so many eaches of a place back from every new promise. Safe to repeat. Raises Invalid for less than none."""
    if buffer < 0:
        raise Invalid(fields={"buffer": [_("There cannot be less than nothing.")]})
    with transaction.atomic():
        book = Book.open(actor=actor, now=now, places=[Place(item.pk, warehouse.pk, pool)])
        (balance,) = book.by_id.values()
        before, balance.buffer = balance.buffer, buffer
        if before == buffer:
            return
        balance.save(update_fields=["buffer"])
        params = {"sku": item.sku, "warehouse": warehouse.code, "before": before, "after": buffer}
        _tell("catalog.buffer_changed", item, params, actor, reason)


def _tell(code: str, item: Item, params: dict[str, object], actor: Actor, reason: str) -> None:
    audit.record(code, actor=actor, subject=Subject(ITEM, item.public_id, item.sku), params=params, reason=reason)
