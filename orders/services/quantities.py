"""The one door to the quantity columns of order lines: absolute eaches, by whoever knows them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from acorn.core.actor import Actor
from orders import rules
from orders.models import PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine
from orders.services.followup import Move, follow_up, real_deadlines
from orders.services.tables import store_quantities, store_states
from orders.types import LineQuantities, OrderState, QuantitySource, ReportedQuantities

_COLUMNS = {name: f"{name}_eaches" for name in LineQuantities._fields if name != "ordered"}


def record_quantities(
    source: QuantitySource, reports: Iterable[ReportedQuantities], *, actor: Actor, now: datetime
) -> int:
    """Set absolute quantities of lines; how many lines changed. Safe to repeat: the same values change nothing.

    Runs in the caller's transaction and locks the orders in the order of their keys. Each changed value becomes a row
    of the order's history, the states are derived anew, and work items follow. Unknown lines are left out. Raises
    KeyError for a column that does not exist; `ordered` belongs to Amazon's order alone.
    """
    wanted = {(report.order_id, report.sequence): report.eaches for report in reports}
    with transaction.atomic(savepoint=False):
        orders = lock_orders({order_id for order_id, _ in wanted})
        lines = lines_of(orders)
        changed, changes = [], []
        for order_id, sequence in wanted:
            line = lines.get(order_id, {}).get(sequence)
            if line is not None and (found := set_quantities(line, wanted[order_id, sequence])):
                changed.append(line)
                changes += [
                    change_row(line, name, before, after, source=source, now=now) for name, before, after in found
                ]
        store_quantities(changed)
        PurchaseOrderChange.objects.bulk_create(changes)
        settle_states(orders, lines, {line.order_id for line in changed}, actor=actor, now=now)
    return len(changed)


def lock_orders(order_ids: Collection[int]) -> dict[int, PurchaseOrder]:
    """Orders by key, locked in the order of their keys until the transaction ends."""
    locked = PurchaseOrder.objects.select_for_update(no_key=True).filter(pk__in=order_ids).order_by("pk")
    return {order.pk: order for order in locked}


def lines_of(order_ids: Iterable[int]) -> dict[int, dict[str, PurchaseOrderLine]]:
    """All lines of orders, by order and sequence."""
    found: dict[int, dict[str, PurchaseOrderLine]] = {}
    for line in PurchaseOrderLine.objects.filter(order_id__in=list(order_ids)):
        found.setdefault(line.order_id, {})[line.sequence] = line
    return found


def set_quantities(line: PurchaseOrderLine, eaches: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Set columns on an unsaved line; what differs, as (column, before, after)."""
    found = []
    for name, value in eaches.items():
        column = _COLUMNS[name]
        before = getattr(line, column)
        if before != value:
            setattr(line, column, value)
            found.append((column, before, value))
    return found


def change_row(
    line: PurchaseOrderLine, field: str, before: Any, after: Any, *, source: QuantitySource, now: datetime
) -> PurchaseOrderChange:
    """One row of the order's history, unsaved."""
    return PurchaseOrderChange(
        order_id=line.order_id, seen_at=now, version=None, source=source, line=line.sequence, field=field,
        before=before, after=after,
    )  # fmt: skip


def settle_states(
    orders: Mapping[int, PurchaseOrder],
    lines: Mapping[int, Mapping[str, PurchaseOrderLine]],
    touched: Collection[int],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Derive the states of touched orders anew, store the ones that differ, bring work items up to date."""
    moves: list[Move] = []
    differing: list[PurchaseOrder] = []
    for order_id in sorted(touched):
        order = orders[order_id]
        before = OrderState(order.state)
        after = rules.derive_state(
            _counting(lines.get(order_id, {}).values()), order.amazon_state,
            is_closed_short=order.closed_short_at is not None,
        )  # fmt: skip
        if after == before:
            continue
        order.state = after
        differing.append(order)
        moves.append(
            Move(
                order.public_id, order.number, order.vendor_code, before, after, order.is_history, order.deadline_at,
                order.total_cost, order.currency, False,
            )
        )  # fmt: skip
    if differing:
        store_states(differing)
        real = real_deadlines(differing)
        follow_up([move._replace(deadline_at=real[move.public_id]) for move in moves], actor=actor, now=now)


def _counting(lines: Iterable[PurchaseOrderLine]) -> Sequence[LineQuantities]:
    return [line.quantities for line in lines]
