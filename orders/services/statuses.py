"""One page of Amazon's order status into the lines: confirmed, rejected, cancelled and received, in eaches."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from acorn.core.actor import Actor
from acorn.jobs.queue import enqueue
from catalog.models import Commitment
from catalog.types import CommitmentState
from orders import amazon
from orders.models import PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine, WaitingStatus
from orders.services.findings import Flagged, store_findings
from orders.services.followers import tell_followers
from orders.services.quantities import change_row, lines_of, lock_orders, set_quantities, settle_states
from orders.services.stale import StatusMove, ask_again
from orders.services.tables import store_quantities
from orders.services.verification import close_hearings, open_hearings
from orders.types import (
    SETTLE_STOCK,
    SUBJECT_KIND,
    Counts,
    OrderStatus,
    QuantitySource,
    RowFinding,
    StatusLine,
)
from vendors.models import Connection, VendorGroup

ACTOR = Actor.system("orders.pull_status")


class _Arrival(NamedTuple):
    place: int
    row: Any
    status: OrderStatus
    findings: tuple[RowFinding, ...]
    received_at: datetime


def ingest_statuses(
    *,
    connection: Connection,
    rows: Sequence[Any],
    findings: Iterable[tuple[int, str, dict[str, Any]]] = (),
    raw_document_id: int,
    received_at: datetime,
) -> Counts:
    """Store one page of a getPurchaseOrdersStatus answer, in the caller's transaction. Safe to repeat, in any order.

    Quantities are absolute: the same page twice, or an older page after a newer one, changes nothing. The first word
    about a line is not a change, each later difference is one. The status of an order that is not here yet waits for
    it. The number of statements does not depend on the number of rows, but for orders whose answer is proved by them, or
    was given elsewhere.
    """
    flagged: list[Flagged] = []
    arrivals = _sort_out(rows, received_at, flagged)
    with transaction.atomic(savepoint=False):
        # an order that arrives at this moment must find its waiting status, or we the order
        list(VendorGroup.objects.select_for_update(no_key=True).filter(pk=connection.group_id).values_list("pk"))
        found = PurchaseOrder.objects.filter(group_id=connection.group_id, number__in=list(arrivals))
        ids = dict(found.values_list("number", "id"))
        known = {ids[number]: arrival for number, arrival in arrivals.items() if number in ids}
        changed, odd, moves = _apply(known, received_at, raw_document_id)
        ask_again(connection, moves)
        flagged += odd
        _let_wait([arrival for number, arrival in arrivals.items() if number not in ids], connection, received_at)
        flagged += [
            Flagged(arrival.place, ids.get(number), number, finding, None)
            for number, arrival in arrivals.items()
            for finding in arrival.findings
        ]
        flagged += [
            Flagged(place, None, "", RowFinding(code, "", params), rows[place]) for place, code, params in findings
        ]
        store_findings(flagged, connection=connection, raw_document_id=raw_document_id, seen_at=received_at)
    return Counts(seen=len(rows), new=0, changed=changed, flagged=len({entry.place for entry in flagged}))


def apply_waiting(group_id: int, waiting: Iterable[Sequence[Any]], *, now: datetime) -> None:
    """Give orders that have just arrived the statuses (number, row, received at) that waited for them.

    Call in the transaction that stores the orders, which holds the lock on their vendor group.
    """
    rows = {number: (row, received_at) for number, row, received_at in waiting}
    ids = PurchaseOrder.objects.filter(group_id=group_id, number__in=list(rows)).values_list("number", "id")
    arrivals = {}
    for number, order_id in ids:
        text, received_at = rows[number]
        row = json.loads(text)
        status, _ = amazon.parse_status(row)
        if status is not None:
            arrivals[order_id] = _Arrival(0, row, status, (), received_at)
    _apply(arrivals, now)
    WaitingStatus.objects.filter(group_id=group_id, number__in=list(rows)).delete()


def _sort_out(rows: Sequence[Any], received_at: datetime, flagged: list[Flagged]) -> dict[str, _Arrival]:
    arrivals: dict[str, _Arrival] = {}
    for place, (row, (status, findings)) in enumerate(zip(rows, amazon.parse_statuses(rows), strict=True)):
        if status is None:
            flagged += [Flagged(place, None, "", finding, row) for finding in findings]
            continue
        twin = arrivals.get(status.number)
        if twin is None or _is_newer(status, twin.status):
            arrivals[status.number] = _Arrival(place, row, status, findings, received_at)
    return arrivals


def _is_newer(status: OrderStatus, twin: OrderStatus) -> bool:
    return twin.updated_at is None or (status.updated_at is not None and status.updated_at >= twin.updated_at)


def _let_wait(arrivals: list[_Arrival], connection: Connection, received_at: datetime) -> None:
    WaitingStatus.objects.bulk_create(
        [
            WaitingStatus(group_id=connection.group_id, number=arrival.status.number, row=json.dumps(arrival.row, default=str),
                          received_at=received_at)
            for arrival in arrivals
        ],
        update_conflicts=True,
        unique_fields=["tenant", "group", "number"],
        update_fields=["row", "received_at"],
    )  # fmt: skip


def _apply(
    arrivals: dict[int, _Arrival], now: datetime, raw_document_id: int | None = None
) -> tuple[int, list[Flagged], list[StatusMove]]:
    """Write the statuses of stored orders, by key; how many orders changed, what does not fit, whose status has come."""
    orders = lock_orders(arrivals)
    lines = lines_of(orders)
    received = {line.pk: line.received_eaches for row in lines.values() for line in row.values()}
    hearings = open_hearings(orders, {key: arrivals[key].received_at for key in orders})
    moves = [StatusMove(order, arrivals[order_id].status.updated_at) for order_id, order in orders.items()]
    touched: list[PurchaseOrderLine] = []
    changes: list[PurchaseOrderChange] = []
    odd: list[Flagged] = []
    for order_id, arrival in arrivals.items():
        for status in arrival.status.lines:
            line = lines.get(order_id, {}).get(status.sequence)
            if line is None:
                missing = RowFinding("orders.status_without_line", status.sequence, {})
                odd.append(Flagged(arrival.place, order_id, arrival.status.number, missing, None))
            elif line.status_seen_at is None or line.status_seen_at <= arrival.received_at:
                quantities = hearings[order_id].weigh(line, status) | _eaches(status)
                found = _bring_up_to_date(line, status, quantities, arrival.received_at)
                if found is not None:
                    touched.append(line)
                    changes += found
    store_quantities(touched)
    PurchaseOrderChange.objects.bulk_create(changes)
    order_ids = {line.order_id for line in touched}
    settle_states(orders, lines, order_ids, actor=ACTOR, now=now)
    close_hearings(hearings, lines, now=now)
    _have_receipts_settled(orders, touched)
    tell_followers({line.order_id for line in touched if line.received_eaches != received[line.pk]}, raw_document_id)
    return len(order_ids), odd, moves


def _have_receipts_settled(orders: Mapping[int, PurchaseOrder], touched: Iterable[PurchaseOrderLine]) -> None:
    """What arrived without a shipment of ours has left the house, and is promised no more."""
    arrived = {line.order_id for line in touched if line.received_eaches > line.shipped_eaches}
    if not arrived:
        return
    ids = {orders[order_id].public_id: order_id for order_id in arrived}
    holders = Commitment.objects.filter(
        reference_kind=SUBJECT_KIND, reference_id__in=ids, state=CommitmentState.HELD
    ).values_list("reference_id", flat=True)
    if found := sorted({ids[reference_id] for reference_id in holders}):
        enqueue(SETTLE_STOCK, order_ids=found)


def _bring_up_to_date(
    line: PurchaseOrderLine, status: StatusLine, eaches: dict[str, int], received_at: datetime
) -> list[PurchaseOrderChange] | None:
    """Set what differs on an unsaved line; its changes, or None where there is nothing to write."""
    is_first = line.status_seen_at is None
    found = set_quantities(line, eaches)
    details = {
        "amazon_confirmed_eaches": line.amazon_confirmed_eaches if status.accepted is None else status.accepted,
        "amazon_rejected_eaches": line.amazon_rejected_eaches if status.rejected is None else status.rejected,
        "confirmation_status": status.confirmation or line.confirmation_status,
        "receive_status": status.receiving or line.receive_status,
        "last_received_at": status.last_received_at or line.last_received_at,
        "original_eaches": line.original_eaches if status.original is None else status.original,
    }
    differing = {name: value for name, value in details.items() if getattr(line, name) != value}
    if not (is_first or found or differing):
        return None
    for name, value in {**differing, "status_seen_at": received_at}.items():
        setattr(line, name, value)
    if is_first:
        return []
    return [
        change_row(line, field, before, after, source=QuantitySource.ORDER_STATUS, now=received_at)
        for field, before, after in found
    ]


def _eaches(status: StatusLine) -> dict[str, int]:
    """What the status knows beside the answer, by column."""
    values = {"cancelled": status.cancelled, "received": status.received}
    return {name: value for name, value in values.items() if value is not None}
