"""Bulk writing: rows go by COPY into temporary tables, and from there by one statement each into the real ones.

COPY into a table under row-level security is refused, and single INSERTs would cost a round trip per row.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from acorn.tenancy.db import copy_rows
from acorn.tenancy.scope import current_tenant_id
from orders.models import PurchaseOrder, PurchaseOrderLine

# what Amazon's order says: written when an order is new or has changed
_ORDER_CONTENT = (
    "amazon_state", "type", "payment_method", "deal_code", "ordered_at", "changed_at", "state_changed_at",
    "ship_window_start", "ship_window_end", "delivery_window_start", "delivery_window_end", "vendor_code",
    "ship_to_party", "bill_to_party", "buying_party", "parties", "import_details",
    "state", "due_at", "currency", "total_cost", "line_count", "total_eaches", "deadline_at", "deadline_kind",
    "finding_count", "version", "content_hash", "last_seen_at", "has_unseen_change", "connection_id",
)  # fmt: skip
_ORDER_ONCE = (
    "id", "public_id", "group_id", "environment", "marketplace", "number", "is_history", "first_seen_at",
)  # fmt: skip
ORDER_COLUMNS = _ORDER_ONCE + _ORDER_CONTENT
VERSION_COLUMNS = ("raw_document_id", "exchange_id", "place", "snapshot")

_LINE_CONTENT = (
    "asin", "vendor_sku", "ordered_amount", "ordered_unit", "unit_size", "net_cost", "list_price", "currency",
    "price_unit", "is_backorder_allowed", "position", "ordered_eaches",
)  # fmt: skip
# our own reading of it: a line that is promised keeps the item that was promised, unless Amazon now means another product
_LINE_ITEM = ("item_id", "item_problem")
LINE_COLUMNS = ("order_id", "sequence", *_LINE_CONTENT, *_LINE_ITEM)

# what others report about a line: written by `record_quantities` and the status alone
QUANTITY_COLUMNS = (
    "accepted_eaches", "backordered_eaches", "rejected_eaches", "cancelled_eaches", "packed_eaches", "shipped_eaches",
    "received_eaches", "invoiced_eaches", "paid_eaches", "original_eaches", "amazon_confirmed_eaches",
    "amazon_rejected_eaches", "confirmation_status", "receive_status", "last_received_at", "status_seen_at",
)  # fmt: skip

_ORDERS, _LINES, _VERSIONS = "orders_purchaseorder", "orders_purchaseorderline", "orders_purchaseorderversion"


def _name(prefix: str, columns: Sequence[str]) -> str:
    """A name that changes with the columns: a pooled connection may outlive a release."""
    return f"{prefix}_{zlib.crc32(','.join(columns).encode()):08x}"


def _list(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _assign(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}" = excluded."{column}"' for column in columns)


_INCOMING_ORDERS = _name("incoming_orders", ORDER_COLUMNS + VERSION_COLUMNS)
_INCOMING_LINES = _name("incoming_lines", LINE_COLUMNS)
# rows of orders are kept whole: compressing them for the way from here to there is work for nothing
_PREPARE = f"""
CREATE TEMP TABLE IF NOT EXISTS {_INCOMING_ORDERS} WITH (toast_tuple_target = 8160) ON COMMIT DELETE ROWS AS
  SELECT {", ".join(f'o."{column}"' for column in ORDER_COLUMNS)}, v.raw_document_id, v.exchange_id, v.place, v.snapshot
  FROM {_ORDERS} o, {_VERSIONS} v WITH NO DATA;
CREATE TEMP TABLE IF NOT EXISTS {_INCOMING_LINES} ON COMMIT DELETE ROWS AS
  SELECT {_list(LINE_COLUMNS)} FROM {_LINES} WITH NO DATA;
DELETE FROM {_INCOMING_ORDERS}; DELETE FROM {_INCOMING_LINES}
"""  # noqa: S608 -- names from code
# as the walls read it: a statement without parameters need not be taken apart each time
_TENANT = "current_setting('app.tenant')::bigint"
# New orders, with version 1, are plainly inserted: looking for a conflict first, as the known ones need it, costs a
# first sync a fifth of its writing.
_INSERT_ORDERS = f"""
INSERT INTO {_ORDERS} (tenant_id, {_list(ORDER_COLUMNS)})
SELECT {_TENANT}, {_list(ORDER_COLUMNS)} FROM {_INCOMING_ORDERS}
"""  # noqa: S608
_INSERT_LINES = f"""
INSERT INTO {_LINES} (tenant_id, {_list(LINE_COLUMNS)}, original_eaches)
SELECT {_TENANT}, {_list(LINE_COLUMNS)}, ordered_eaches FROM {_INCOMING_LINES}
"""  # noqa: S608
_IS_PROMISED = f"""{_LINES}.item_id IS NOT NULL AND {_LINES}.accepted_eaches + {_LINES}.backordered_eaches > 0
  AND {_LINES}.asin = excluded.asin AND {_LINES}.vendor_sku = excluded.vendor_sku"""
_STORE_NEW = f"""
{_INSERT_ORDERS} WHERE version = 1;
{_INSERT_LINES} WHERE order_id IN (SELECT id FROM {_INCOMING_ORDERS} WHERE version = 1)
"""  # noqa: S608
_STORE_CHANGED = f"""
{_INSERT_ORDERS} WHERE version > 1
ON CONFLICT (id) DO UPDATE SET {_assign(c for c in _ORDER_CONTENT if c != "has_unseen_change")},
  has_unseen_change = {_ORDERS}.has_unseen_change OR excluded.has_unseen_change;
{_INSERT_LINES} WHERE order_id IN (SELECT id FROM {_INCOMING_ORDERS} WHERE version > 1)
ON CONFLICT (order_id, sequence) DO UPDATE SET {_assign(_LINE_CONTENT)}, is_withdrawn = false,
  {", ".join(f'"{column}" = CASE WHEN {_IS_PROMISED} THEN {_LINES}."{column}" ELSE excluded."{column}" END' for column in _LINE_ITEM)}
"""  # noqa: S608
_STORE_VERSIONS = f"""
INSERT INTO {_VERSIONS}
  (tenant_id, order_id, number, seen_at, content_hash, raw_document_id, place, exchange_id, snapshot)
SELECT {_TENANT}, id, version, last_seen_at, content_hash, raw_document_id, place, exchange_id, snapshot
FROM {_INCOMING_ORDERS}
"""  # noqa: S608


_INCOMING_QUANTITIES = _name("incoming_quantities", QUANTITY_COLUMNS)
_PREPARE_QUANTITIES = f"""
CREATE TEMP TABLE IF NOT EXISTS {_INCOMING_QUANTITIES} ON COMMIT DELETE ROWS AS
  SELECT id, {_list(QUANTITY_COLUMNS)} FROM {_LINES} WITH NO DATA;
DELETE FROM {_INCOMING_QUANTITIES}
"""  # noqa: S608
_STORE_QUANTITIES = f"""
UPDATE {_LINES} l SET {", ".join(f'"{column}" = q."{column}"' for column in QUANTITY_COLUMNS)}
FROM {_INCOMING_QUANTITIES} q WHERE l.id = q.id AND l.tenant_id = %s
"""  # noqa: S608


def store_quantities(lines: Sequence[PurchaseOrderLine]) -> None:
    """Write the QUANTITY_COLUMNS of lines that were read, and locked with their orders, in this transaction."""
    if not lines:
        return
    rows = ((line.pk, *(getattr(line, column) for column in QUANTITY_COLUMNS)) for line in lines)
    with connection.cursor() as cursor:
        cursor.execute(_PREPARE_QUANTITIES)
        while cursor.nextset():
            pass
        copy_rows(_INCOMING_QUANTITIES, ("id", *QUANTITY_COLUMNS), rows)
        cursor.execute(_STORE_QUANTITIES, [current_tenant_id()])


_STORE_STATES = f"""
UPDATE {_ORDERS} o SET state = x.state FROM unnest(%s::bigint[], %s::text[]) AS x(id, state)
WHERE o.id = x.id AND o.tenant_id = %s
"""  # noqa: S608


def store_states(orders: Sequence[PurchaseOrder]) -> None:
    """Write the states of orders that are locked in this transaction."""
    if orders:
        with connection.cursor() as cursor:
            cursor.execute(
                _STORE_STATES, [[order.pk for order in orders], [order.state for order in orders], current_tenant_id()]
            )


_FINDING = {
    "public_id": "text", "connection_id": "bigint", "order_id": "bigint", "number": "text", "line": "text", "code": "text",
    "params": "jsonb", "raw_document_id": "bigint", "place": "int", "fingerprint": "text", "seen_at": "timestamptz",
}  # fmt: skip
_STORE_FINDINGS = f"""
INSERT INTO orders_finding (tenant_id, {_list(_FINDING)})
SELECT %s, {_list(_FINDING)}
FROM json_to_recordset(%s) AS x({", ".join(f'"{column}" {kind}' for column, kind in _FINDING.items())})
ON CONFLICT DO NOTHING
"""  # noqa: S608


def store_findings(findings: Sequence[Mapping[str, Any]]) -> None:
    """Keep findings, each by its columns, in one statement; one whose fingerprint is known is left out."""
    if findings:
        with connection.cursor() as cursor:
            cursor.execute(_STORE_FINDINGS, [current_tenant_id(), json.dumps(findings, default=str)])


_TAKE_KEYS = "SELECT nextval('orders_purchaseorder_id_seq') FROM generate_series(1, %s)"
_LOCK_GROUP = "SELECT 1 FROM vendors_vendorgroup WHERE id = %(group)s FOR NO KEY UPDATE"
_KNOWN = """
SELECT number, id, public_id, content_hash, version, state, is_history, ordered_at, first_seen_at, last_seen_at,
  closed_short_at, deadline_at
FROM orders_purchaseorder WHERE tenant_id = %(tenant)s AND group_id = %(group)s AND number = ANY(%(numbers)s)
ORDER BY id FOR NO KEY UPDATE
"""
_WAITING = """
SELECT number, row, received_at FROM orders_waitingstatus
WHERE tenant_id = %(tenant)s AND group_id = %(group)s AND number = ANY(%(numbers)s)
"""


def lock_known(group_id: int, numbers: list[str]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Known orders of these numbers, locked, and statuses that wait for them, in one message.

    First the vendor group is locked: one page of a group at a time, for two workers with the same page would both
    find its orders new. Each statement of the message sees what was committed while the one before it waited.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_LOCK_GROUP}; {_KNOWN}; {_WAITING}",
            {"tenant": current_tenant_id(), "group": group_id, "numbers": numbers},
        )
        cursor.nextset()
        known = cursor.fetchall()
        cursor.nextset()
        return known, cursor.fetchall()


def prepare(new: int) -> list[int]:
    """Make the temporary tables ready; keys for `new` orders, so that their lines can be written without a join."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_PREPARE}; {_TAKE_KEYS}", [new])
        while cursor.description is None:
            cursor.nextset()
        return [key for (key,) in cursor.fetchall()]


def store(orders: Iterable[Sequence[Any]], lines: Iterable[Sequence[Any]], *, are_new: bool, are_changed: bool) -> None:
    """Write orders (ORDER_COLUMNS + VERSION_COLUMNS), their lines (LINE_COLUMNS) and one version each, after `prepare`.

    New orders are inserted, known ones brought up to date; quantities other than the ordered one are left alone.
    `are_new` and `are_changed` say which of them there are: a page seldom has both, and planning costs as much for none.
    """
    copy_rows(_INCOMING_ORDERS, ORDER_COLUMNS + VERSION_COLUMNS, orders)
    copy_rows(_INCOMING_LINES, LINE_COLUMNS, lines)
    statements = [_STORE_NEW] * are_new + [_STORE_CHANGED] * are_changed
    with connection.cursor() as cursor:
        cursor.execute("; ".join([*statements, _STORE_VERSIONS]))
        while cursor.nextset():
            pass
