"""Papers that were made of orders."""

from collections.abc import Sequence

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor
from orders.models import PurchaseOrder
from orders.services.stock import subject_of


def note_paper(orders: Sequence[PurchaseOrder], *, kind: str, form: str, actor: Actor) -> None:
    """Note in each order's record that a paper of it was made: two people must not pick the same order unawares."""
    with transaction.atomic():
        for order in orders:
            audit.record(
                "orders.paper_made", subject=subject_of(order), actor=actor,
                params={"number": order.number, "paper": kind, "form": form, "count": len(orders)},
            )  # fmt: skip
