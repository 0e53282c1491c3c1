"""Batches of answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from acorn.core.errors import NotFound
from acorn.core.money import Money
from orders.models import AnswerBatch, AnswerBatchOrder
from orders.types import Outcome


def get_batch(public_id: str) -> AnswerBatch:
    """Raises NotFound."""
    found = AnswerBatch.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def list_batch_orders(batch: AnswerBatch) -> QuerySet[AnswerBatchOrder]:
    """What a batch says about each order, in its order, with what became of it."""
    rows = AnswerBatchOrder.objects.filter(batch=batch).order_by("position")
    return rows.select_related("order__connection", "acknowledgement__submission").defer(
        "order__parties", "order__import_details"
    )


@dataclass(frozen=True, slots=True)
class Destination:
    """What of a batch goes where: so many answers over so much, to one connection and environment."""

    connection: str
    environment: str
    orders: int
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class BatchTotals:
    """A batch in figures. `to_send` counts what can still go out."""

    orders: int
    to_send: int
    sent: int
    not_sent: int
    destinations: tuple[Destination, ...]

    @property
    def done(self) -> int:
        return self.orders - self.to_send


def sum_batch(batch: AnswerBatch) -> BatchTotals:
    """Two statements, however many orders."""
    rows = AnswerBatchOrder.objects.filter(batch=batch).order_by()
    counts = rows.aggregate(
        orders=Count("id"),
        to_send=Count("id", filter=Q(outcome=Outcome.WAITING)),
        sent=Count("id", filter=Q(outcome=Outcome.SENT)),
    )
    leaving = rows.filter(outcome__in=[Outcome.WAITING, Outcome.SENT])
    places = leaving.values_list("order__connection__name", "order__environment", "order__currency")
    found: dict[tuple[str, str], list[tuple[str, int, Decimal]]] = {}
    for name, environment, currency, orders, amount in places.annotate(n=Count("id"), total=Sum("amount")):
        found.setdefault((name, environment), []).append((currency, orders, amount))
    return BatchTotals(
        counts["orders"], counts["to_send"], counts["sent"], counts["orders"] - counts["to_send"] - counts["sent"],
        tuple(_destination(*place, parts) for place, parts in sorted(found.items())),
    )  # fmt: skip


def _destination(name: str, environment: str, parts: Sequence[tuple[str, int, Decimal]]) -> Destination:
    amounts = tuple(Money(amount, currency) for currency, _orders, amount in sorted(parts) if currency)
    return Destination(name, environment, sum(orders for _currency, orders, _amount in parts), amounts)
