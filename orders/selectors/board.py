"""The board: current orders by stage, each with how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from acorn.core.money import Money
from orders.models import PurchaseOrder
from orders.selectors.answers import StageShare, stage_shares
from orders.types import OrderState

STAGES = (
    OrderState.NEW, OrderState.ACKNOWLEDGED, OrderState.PACKING, OrderState.SHIPPED, OrderState.RECEIVED,
    OrderState.INVOICED, OrderState.PAID,
)  # fmt: skip
_CARDS = 12


@dataclass(frozen=True, slots=True)
class Card:
    """One order on the board."""

    order: PurchaseOrder
    shares: Sequence[StageShare]


@dataclass(frozen=True, slots=True)
class Stage:
    """One column: how many orders are in a stage, how many eaches, worth how much; the ones that are due first."""

    state: OrderState
    orders: int
    eaches: int
    amounts: tuple[Money, ...]
    cards: tuple[Card, ...]


def load_board(rows: QuerySet[PurchaseOrder]) -> list[Stage]:
    """Every stage with its orders that are due first. Three statements, however many orders."""
    rows = rows.filter(is_history=False, state__in=STAGES).order_by()
    sums: dict[str, list[tuple[str, int, int, Money]]] = {state: [] for state in STAGES}
    for state, currency, orders, eaches, amount in rows.values_list("state", "currency").annotate(
        n=Count("id"), eaches=Sum("total_eaches"), amount=Sum("total_cost")
    ):
        sums[state].append((currency, orders, eaches, Money(amount, currency)))
    first = rows.annotate(
        place=Window(RowNumber(), partition_by=F("state"), order_by=[F("due_at").asc(nulls_last=True), F("id").asc()])
    ).filter(place__lte=_CARDS)
    cards = list(
        first.only(
            "public_id", "number", "state", "environment", "connection", "vendor_code", "ship_to_party", "ordered_at",
            "deadline_at", "due_at", "total_eaches", "has_unseen_change",
        ).order_by("state", "place")
    )  # fmt: skip
    shares = stage_shares([order.pk for order in cards])
    return [
        Stage(
            state,
            sum(orders for _currency, orders, _eaches, _amount in sums[state]),
            sum(eaches for _currency, _orders, eaches, _amount in sums[state]),
            tuple(amount for currency, _orders, _eaches, amount in sums[state] if currency),
            tuple(Card(order, shares.get(order.pk, ())) for order in cards if order.state == state),
        )
        for state in STAGES
    ]
