"""One page of purchase orders into the database: all of it or nothing, however often it comes."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from acorn.core.actor import Actor
from acorn.core.ids import new_public_id
from acorn.jobs.queue import enqueue
from acorn.search.services import add_labels
from catalog.selectors import resolve_items
from catalog.types import Resolution
from orders import amazon, rules
from orders.clocks import list_clocks
from orders.models import PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine, PurchaseOrderVersion
from orders.selectors.meaning import day_of, keys_of
from orders.services import tables
from orders.services.findings import Flagged, store_findings
from orders.services.followup import Move, follow_up
from orders.services.mapping import Arrived, find_oddities
from orders.services.statuses import apply_waiting
from orders.types import (
    SETTLE_STOCK,
    SUBJECT_KIND,
    Counts,
    DeadlineKind,
    FieldChange,
    LineQuantities,
    OrderSnapshot,
    OrderState,
    QuantitySource,
    RowFinding,
)
from vendors.models import Connection
from vendors.selectors import real_at

ACTOR = Actor.system("orders.pull")
# how far a line is that nobody has answered yet: for the state only the sign of its quantity counts
_UNTOUCHED, _CANCELLED = LineQuantities(1), LineQuantities(0)
# changes that may free stock which an order holds, or ask for more of it
_MOVES_STOCK = frozenset(
    {"amazon_state", "line", "ordered_eaches", "ordered_quantity", "ship_window_end", "delivery_window_end"}
)
# numeric(20,4) holds this much; beyond it a total is a mistake of Amazon's
_MAX_TOTAL = Decimal(10) ** 15


class _Known(NamedTuple):
    number: str
    id: int
    public_id: str
    content_hash: str
    version: int
    state: OrderState
    is_history: bool
    ordered_at: datetime
    first_seen_at: datetime
    last_seen_at: datetime
    closed_short_at: datetime | None
    deadline_at: datetime | None


class ReadOrder(NamedTuple):
    """An order of a page: what it says (None: not even a number), what is odd about it, its canonical text and hash."""

    order: OrderSnapshot | None
    findings: tuple[RowFinding, ...]
    text: str
    digest: str


class _Arrival(NamedTuple):
    """An order of this page, and its place in it."""

    place: int
    order: OrderSnapshot
    findings: tuple[RowFinding, ...]
    text: str
    digest: str


class _Write(NamedTuple):
    """An order to be written: new (`known` is None) or changed."""

    id: int
    public_id: str
    arrival: _Arrival
    known: _Known | None
    changes: list[FieldChange]
    quantities: dict[str, LineQuantities]


def read_orders(rows: Sequence[Any]) -> list[ReadOrder]:
    """What a page's rows say, one result per row. Pure, and the larger half of the work: it may run ahead of storing."""
    read = []
    for order, findings in amazon.parse_orders(rows):
        text = order.to_json() if order else ""
        read.append(ReadOrder(order, findings, text, _digest(text)))
    return read


def ingest_orders(
    *,
    connection: Connection,
    rows: Sequence[Any],
    read: Sequence[ReadOrder] | None = None,
    findings: Iterable[tuple[int, str, dict[str, Any]]] = (),
    raw_document_id: int,
    exchange_id: str,
    received_at: datetime,
) -> Counts:
    """Store one page of a getPurchaseOrders answer, in the caller's transaction. Safe to repeat, in any order.

    New and changed orders are written with a version and their changes; an unchanged one costs the time it was seen.
    An answer older than what is stored changes nothing. `read` is what `read_orders` made of the rows, if it ran before;
    `findings` are (row, code, params) of whoever fetched it.
    The number of statements does not depend on the number of rows.
    """
    flagged: list[Flagged] = []
    arrivals = _sort_out(rows, read_orders(rows) if read is None else read, flagged)
    with transaction.atomic(savepoint=False):
        rows_known, waiting = tables.lock_known(connection.group_id, list(arrivals))
        known = {row[0]: _Known(*row) for row in rows_known}
        writes, same = _sort_by_news(arrivals, known, received_at)
        odd = _store(writes, connection, raw_document_id, exchange_id, received_at)
        if waiting:
            apply_waiting(connection.group_id, waiting, now=received_at)
        _touch(same, received_at)
        ids = {write.arrival.order.number: write.id for write in writes}
        flagged += [
            Flagged(write.arrival.place, write.id, write.arrival.order.number, finding, None)
            for write in writes
            for finding in write.arrival.findings
        ]
        flagged += _outside_findings(findings, rows, ids | {entry.number: entry.id for entry in known.values()})
        store_findings([*flagged, *odd], connection=connection, raw_document_id=raw_document_id, seen_at=received_at)
    return Counts(
        seen=len(rows),
        new=sum(write.known is None for write in writes),
        changed=sum(bool(write.changes) for write in writes),
        flagged=len({entry.place for entry in flagged}),
    )


def _sort_out(rows: Sequence[Any], read: Sequence[ReadOrder], flagged: list[Flagged]) -> dict[str, _Arrival]:
    """Orders by number; rows without one go to `flagged`. Of two rows of one order the one changed last counts."""
    arrivals: dict[str, _Arrival] = {}
    for place, (row, (order, findings, text, digest)) in enumerate(zip(rows, read, strict=True)):
        if order is None:
            flagged += [Flagged(place, None, "", finding, row) for finding in findings]
            continue
        twin = arrivals.get(order.number)
        if twin is None or _changed(twin.order) <= _changed(order):
            arrivals[order.number] = _Arrival(place, order, findings, text, digest)
    return arrivals


def _changed(order: OrderSnapshot) -> float:
    latest = max(filter(None, (order.changed_at, order.state_changed_at, order.ordered_at)), default=None)
    return (latest - _EPOCH).total_seconds() if latest else 0.0


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _outside_findings(
    findings: Iterable[tuple[int, str, dict[str, Any]]], rows: Sequence[Any], ids: dict[str, int]
) -> list[Flagged]:
    found = []
    for place, code, params in findings:
        row = rows[place] if place < len(rows) else None
        order = amazon.parse_order(row).order
        number = order.number if order else ""
        found.append(Flagged(place, ids.get(number), number, RowFinding(code, "", params), row))
    return found


def _sort_by_news(
    arrivals: dict[str, _Arrival], known: dict[str, _Known], received_at: datetime
) -> tuple[list[_Write], list[int]]:
    """What has to be written, and the keys of the orders that only were seen again."""
    new: list[_Arrival] = []
    differing: list[tuple[_Arrival, _Known]] = []
    same: list[int] = []
    for number, arrival in arrivals.items():
        stored = known.get(number)
        if stored is None:
            new.append(arrival)
        elif stored.content_hash == arrival.digest or received_at < stored.last_seen_at:
            same.append(stored.id)
        else:
            differing.append((arrival, stored))
    ids = tables.prepare(len(new)) if new or differing else []
    writes = [_Write(key, new_public_id("po"), arrival, None, [], {}) for key, arrival in zip(ids, new, strict=True)]
    for write in _compare(differing):
        if write.known is not None and write.arrival.digest == write.known.content_hash:  # it only left something out
            same.append(write.id)
        else:
            writes.append(write)
    return writes, same


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _compare(differing: list[tuple[_Arrival, _Known]]) -> Iterator[_Write]:
    if not differing:
        return
    keys = [known.id for _, known in differing]
    before, quantities = _last_snapshots(keys), _quantities(keys)
    for arrival, known in differing:
        order = rules.merge(before[known.id], arrival.order)
        text = order.to_json()
        yield _Write(
            known.id, known.public_id, arrival._replace(order=order, text=text, digest=_digest(text)), known,
            rules.diff(before[known.id], order), quantities.get(known.id, {}),
        )  # fmt: skip


def _last_snapshots(order_ids: list[int]) -> dict[int, OrderSnapshot]:
    latest = PurchaseOrderVersion.objects.filter(order_id__in=order_ids, order__version=F("number"))
    return {key: OrderSnapshot.from_json(text) for key, text in latest.values_list("order_id", "snapshot")}


def _quantities(order_ids: list[int]) -> dict[int, dict[str, LineQuantities]]:
    columns = [f"{name}_eaches" for name in LineQuantities._fields]
    found: dict[int, dict[str, LineQuantities]] = {}
    rows = PurchaseOrderLine.objects.filter(order_id__in=order_ids).values_list("order_id", "sequence", *columns)
    for order_id, sequence, *eaches in rows:
        found.setdefault(order_id, {})[sequence] = LineQuantities(*eaches)
    return found


def _touch(order_ids: list[int], received_at: datetime) -> None:
    if order_ids:
        PurchaseOrder.objects.filter(pk__in=order_ids, last_seen_at__lt=received_at).update(last_seen_at=received_at)


# --- writing ----------------------------------------------------------------------------------------------------------


def _store(
    writes: list[_Write], connection: Connection, raw_document_id: int, exchange_id: str, received_at: datetime
) -> list[Flagged]:
    """Write orders and lines with what follows from them; what our own books say against them."""
    if not writes:
        return []
    order_rows: list[tuple[Any, ...]] = []
    line_rows: list[tuple[Any, ...]] = []
    moves: list[Move] = []
    page = _read_by_our_books(writes, connection, received_at)
    for write in writes:
        row, move = _rows_of(write, page, line_rows)
        order_rows.append((*row, raw_document_id, exchange_id, write.arrival.place, write.arrival.text))
        moves.append(move)
    tables.store(
        order_rows, line_rows, are_new=any(write.known is None for write in writes),
        are_changed=any(write.known is not None for write in writes),
    )  # fmt: skip
    _store_changes(writes, received_at)
    _have_stock_settled(writes)
    fresh = [move.subject for move in moves if move.before is None]
    add_labels(SUBJECT_KIND, fresh)
    follow_up(moves, actor=ACTOR, now=received_at)
    return [
        Flagged(write.arrival.place, write.id, write.arrival.order.number, finding, None)
        for write in writes
        for finding in page.odd.get(write.id, ())
    ]


def _have_stock_settled(writes: list[_Write]) -> None:
    """What Amazon changed in an order that holds stock, or should, is followed by its promises."""
    touched = [
        write.id
        for write in writes
        if any(line.accepted + line.backordered > 0 for line in write.quantities.values())
        and any(change.field in _MOVES_STOCK for change in write.changes)
    ]
    if touched:
        enqueue(SETTLE_STOCK, order_ids=touched)


class _Page(NamedTuple):
    """What is known about a page's orders beside what they say: by order, what each line means, and what is odd."""

    connection: Connection
    received_at: datetime
    meant: Mapping[int, Sequence[Resolution]]
    odd: Mapping[int, list[RowFinding]]


def _read_by_our_books(writes: list[_Write], connection: Connection, received_at: datetime) -> _Page:
    keys = [
        key
        for write in writes
        for key in keys_of(write.arrival.order.lines or (), connection.marketplace, _ordered_at(write, received_at))
    ]
    meanings = iter(resolve_items(keys))
    meant = {write.id: list(islice(meanings, len(write.arrival.order.lines or ()))) for write in writes}
    current = [
        Arrived(
            write.id, write.arrival.order, connection.marketplace, day_of(_ordered_at(write, received_at)),
            meant[write.id],
        )
        for write in writes
        if not _is_history(write, connection, received_at)
    ]  # fmt: skip
    return _Page(connection, received_at, meant, find_oddities(current))


def _ordered_at(write: _Write, received_at: datetime) -> datetime:
    return write.arrival.order.ordered_at or (write.known.ordered_at if write.known else received_at)


def _is_history(write: _Write, connection: Connection, received_at: datetime) -> bool:
    if write.known:
        return write.known.is_history
    order = write.arrival.order
    return rules.is_history(
        amazon_state=order.amazon_state,
        settled_at=order.state_changed_at or order.changed_at or _ordered_at(write, received_at),
        connected_at=connection.connected_at,
    )


def _rows_of(write: _Write, page: _Page, line_rows: list[tuple[Any, ...]]) -> tuple[tuple[Any, ...], Move]:
    """The order as a row of tables.ORDER_COLUMNS, and what it means for people; lines are added."""
    order, known = write.arrival.order, write.known
    connection, received_at = page.connection, page.received_at
    currency, total_cost, total_eaches, quantities = _add_lines(write, page, line_rows)
    ordered_at = _ordered_at(write, received_at)
    is_closed_short = known is not None and known.closed_short_at is not None
    state = rules.derive_state(quantities, order.amazon_state, is_closed_short=is_closed_short)
    history = _is_history(write, connection, received_at)
    deadline_at = _deadline(order, known, state, connection.marketplace, ordered_at)
    is_changed = rules.needs_eyes(write.changes)
    row = (
        write.id, write.public_id, connection.group_id, connection.environment, connection.marketplace, order.number,
        history, known.first_seen_at if known else received_at,
        *order[1:5], ordered_at, *order[6:16], _json(order.parties), _json(order.import_details),
        state.value, order.delivery_window_end or order.ship_window_end, currency, total_cost,
        len(order.lines or ()), total_eaches, deadline_at, DeadlineKind.ACKNOWLEDGE.value,
        len(write.arrival.findings) + len(page.odd.get(write.id, ())), known.version + 1 if known else 1, write.arrival.digest, received_at, is_changed,
        connection.pk,
    )  # fmt: skip
    move = Move(
        write.public_id, order.number, order.vendor_code, known.state if known else None, state, history,
        real_at(connection, deadline_at), total_cost, currency, is_changed,
    )  # fmt: skip
    return row, move


def _deadline(
    order: OrderSnapshot, known: _Known | None, state: OrderState, marketplace: str, ordered_at: datetime
) -> datetime | None:
    """By when to answer. An order that a change reopened is due so long after the change, until it is answered."""

    def due(since: datetime) -> datetime | None:
        return rules.due_at(list_clocks(), kind=DeadlineKind.ACKNOWLEDGE, marketplace=marketplace, ordered_at=since)

    due_at = due(ordered_at)
    if known is None or order.changed_at is None or state != OrderState.NEW:
        return due_at
    if known.state != OrderState.NEW:
        return due(max(order.changed_at, ordered_at))
    return max(filter(None, (due_at, known.deadline_at)), default=None)


def _add_lines(
    write: _Write, page: _Page, line_rows: list[tuple[Any, ...]]
) -> tuple[str, Decimal, int, set[LineQuantities]]:
    """(currency, total cost, total eaches, quantities that decide the state).

    A line priced by weight, or in another currency than the first line, has no part in the total.
    """
    lines = write.arrival.order.lines or ()
    currency = next((line.currency for line in lines if line.currency), "")
    total_cost, total_eaches = Decimal(0), 0
    quantities: set[LineQuantities] = set()
    for place, (line, (item_id, problem, _)) in enumerate(zip(lines, page.meant[write.id], strict=True)):
        eaches = line.eaches
        line_rows.append((write.id, *line, _position(line.sequence, place), eaches, item_id, problem))
        total_eaches += eaches
        if line.net_cost is not None and not line.price_unit and line.currency == currency:
            total_cost += line.net_cost * eaches
        if known := write.quantities.get(line.sequence):
            quantities.add(known._replace(ordered=eaches))
        elif eaches > 0:
            quantities.add(_UNTOUCHED)
    if lines:
        there = {line.sequence for line in lines}
        gone = [known for sequence, known in write.quantities.items() if sequence not in there]
        quantities |= {known._replace(ordered=0) for known in gone} or (set() if quantities else {_CANCELLED})
    return currency, max(-_MAX_TOTAL, min(total_cost, _MAX_TOTAL)), total_eaches, quantities


def _position(sequence: str, place: int) -> int:
    return int(sequence) if len(sequence) < 7 and sequence.isdecimal() else place + 1


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else "{}"


def _store_changes(writes: list[_Write], received_at: datetime) -> None:
    """Keep what changed; a line that Amazon's order no longer has is withdrawn: ordered 0, and never deleted."""
    rows = []
    withdrawn = Q()
    for write in writes:
        for change in write.changes:
            rows.append(
                PurchaseOrderChange(
                    order_id=write.id, seen_at=received_at, version=write.known.version + 1 if write.known else 1,
                    source=QuantitySource.PURCHASE_ORDER, line=change.line, field=change.field,
                    before=_plain(change.before), after=_plain(change.after),
                )
            )  # fmt: skip
            if change.field == "line" and change.after is None:
                withdrawn |= Q(order_id=write.id, sequence=change.line)
    if rows:
        PurchaseOrderChange.objects.bulk_create(rows)
    if withdrawn:
        PurchaseOrderLine.objects.filter(withdrawn).update(is_withdrawn=True, ordered_amount=0, ordered_eaches=0)


def _plain(value: Any) -> Any:
    """A value as the API writes it: money as text, instants with Z."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return f"{value:f}" if isinstance(value, Decimal) else value
