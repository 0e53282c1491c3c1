"""How orders end by our own hand or by the clock, and how one from before the connection becomes work."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.core.errors import Invalid
from acorn.core.money import Money
from acorn.jobs.queue import enqueue
from acorn.work.services import close_items
from catalog.models import Commitment
from catalog.services.stock import release
from catalog.types import CommitmentState
from orders import rules
from orders.errors import OrderHasEnded, OrderNotFound
from orders.models import Acknowledgement, AcknowledgementLine, PurchaseOrder, PurchaseOrderLine
from orders.rules import Heard
from orders.selectors.answers import ShortClose, load_answers, price_short_close
from orders.services import stock
from orders.services.followup import Move, follow_up, real_deadlines
from orders.services.quantities import lines_of, settle_states
from orders.services.rulings import not_filled_percent
from orders.services.verification import lines_elsewhere, make_elsewhere
from orders.types import (
    ACKNOWLEDGE,
    ADOPT,
    ANSWER_UNPROVED,
    CHANGE,
    LAPSED,
    SETTLE_STOCK,
    STOCK_FREED,
    STOCK_SHORT,
    SUBJECT_KIND,
    TWO_CHANNELS,
    OrderState,
)
from vendors.selectors import read_clocks

_MAX_REASON = 1000
_ALL_WORK = (ACKNOWLEDGE, CHANGE, ADOPT, ANSWER_UNPROVED, TWO_CHANNELS, STOCK_SHORT, STOCK_FREED, LAPSED)


class Closed(NamedTuple):
    """An order that was closed short, and what was given up by that."""

    order: PurchaseOrder
    price: ShortClose
    # what Amazon may charge for what was confirmed
    charge: Money | None


@transaction.atomic
def close_short(*, public_id: str, reason: str, actor: Actor, now: datetime) -> Closed:
    """End an order with open quantity: a person, a reason, the cost. What has left the house stays to be invoiced and paid.

    The stock it held is free again, and nobody has to do anything about it any more. Amazon is not told: there is no
    document for it. Safe to repeat: the first reason stays. Raises OrderNotFound, OrderHasEnded, Invalid (no reason).
    """
    reason = reason.strip()
    if not reason or len(reason) > _MAX_REASON or "\x00" in reason:
        raise Invalid(fields={"reason": [_("Say in up to 1,000 characters why nothing more will be delivered.")]})
    order = PurchaseOrder.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if order is None:
        raise OrderNotFound
    lines = lines_of([order.pk])
    price = price_short_close(order, lines.get(order.pk, {}).values())
    if order.closed_short_at is not None:
        return Closed(order, price, None)
    if order.state in rules.ENDS or not price.eaches:
        raise OrderHasEnded
    charge = short_charge(order, now=now)
    order.closed_short_at, order.closed_short_reason = now, reason
    order.save(update_fields=["closed_short_at", "closed_short_reason"])
    settle_states({order.pk: order}, lines, [order.pk], actor=actor, now=now)
    release(reference=stock.subject_of(order), actor=actor, now=now, reason=reason[:300])
    for kind in _ALL_WORK:
        close_items(kind, dedupe_keys=[order.public_id], actor=actor, now=now)
    params = {"number": order.number, "eaches": price.eaches}
    if price.amount is not None:
        params |= {"amount": format(price.amount.amount, "f"), "currency": price.amount.currency}
    audit.record("orders.closed_short", subject=stock.subject_of(order), actor=actor, params=params, reason=reason)
    return Closed(order, price, charge)


def short_charge(order: PurchaseOrder, *, now: datetime) -> Money | None:
    """What Amazon charges for confirmed eaches that never come, by the rulebook; None where it names no share."""
    percent = not_filled_percent(order.marketplace, now.date())
    if percent is None or not order.currency:
        return None
    lines = PurchaseOrderLine.objects.filter(order=order, is_withdrawn=False, price_unit="").exclude(net_cost=None)
    worth = sum(
        (
            line.net_cost * min(line.open_eaches, max(0, line.accepted_eaches + line.backordered_eaches))
            for line in lines
            if line.net_cost is not None and line.currency == order.currency
        ),
        Decimal(0),
    )
    return Money(worth * percent / 100, order.currency).rounded()


@transaction.atomic
def adopt(*, public_ids: Collection[str], actor: Actor, now: datetime) -> int:
    """Take on orders from before the connection: they are work like any other from now on. How many were history.

    What Amazon's status says was answered counts as answered elsewhere, and its stock is promised as far as there is
    some. Safe to repeat; ids that name no order are left out.
    """
    orders = {
        order.pk: order
        for order in PurchaseOrder.objects.select_for_update(no_key=True)
        .filter(public_id__in=public_ids, is_history=True)
        .order_by("pk")
    }
    if not orders:
        return 0
    PurchaseOrder.objects.filter(pk__in=orders).update(is_history=False, adopted_at=now)
    _remember_answers(orders, now)
    close_items(ADOPT, dedupe_keys=[order.public_id for order in orders.values()], actor=actor, now=now)
    real = real_deadlines(orders.values())
    follow_up(
        [
            Move(
                order.public_id, order.number, order.vendor_code, None, OrderState(order.state), False,
                real[order.public_id], order.total_cost, order.currency, order.has_unseen_change,
            )
            for order in orders.values()
        ],
        actor=actor,
        now=now,
    )  # fmt: skip
    told = [audit.Entry(stock.subject_of(order), {"number": order.number}) for order in orders.values()]
    audit.record_many("orders.adopted", told, actor=actor)
    enqueue(SETTLE_STOCK, order_ids=list(orders))
    return len(orders)


def _remember_answers(orders: dict[int, PurchaseOrder], now: datetime) -> None:
    known, clocks = load_answers(list(orders)), read_clocks(list(orders.values()))
    rows: list[Acknowledgement] = []
    details: list[AcknowledgementLine] = []
    for key, lines in lines_of(orders).items():
        if key not in known:
            nothing: dict[str, Heard] = {}
            row = make_elsewhere(orders[key], nothing, clocks.now_at(orders[key].connection_id, now), now)
            if said := lines_elsewhere(row, lines.values()):
                rows.append(row)
                details += said
    Acknowledgement.objects.bulk_create(rows)
    AcknowledgementLine.objects.bulk_create(details)


def find_lapsed(*, now: datetime) -> int:
    """Look for orders that hold stock although nobody waits for it any more, and have each settled; how many there are.

    Due and not done: it does not matter when it ran last. Safe to repeat.
    """
    holders = Commitment.objects.filter(reference_kind=SUBJECT_KIND, state=CommitmentState.HELD).values("reference_id")
    waiting = (OrderState.NEW, OrderState.ACKNOWLEDGED, OrderState.PACKING)
    candidates = PurchaseOrder.objects.filter(public_id__in=holders, state__in=waiting, due_at__isnull=False)
    orders = list(candidates.only("pk", "due_at", "marketplace", "environment", "connection"))
    clocks = read_clocks(orders)
    late = [
        order.pk
        for order in orders
        if (at := stock.lapses_at(order)) is not None and at < clocks.now_at(order.connection_id, now)
    ]
    for start in range(0, len(late), 100):
        enqueue(SETTLE_STOCK, order_ids=late[start : start + 100])
    return len(late)
