"""Purchase orders in the store: the inner state, the finished document, and the columns that filters look at."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from simulator.life import Planned
from simulator.order import Order

_COLUMNS = (
    "world, number, available_at, changed_at, updated_at, vendor_code, ship_to, state, status, has_cancelled, "
    "confirmations, receipts, inner, document"
)


def _row(world: str, order: Order) -> tuple[object, ...]:
    return (
        world,
        order.number,
        order.available_at,
        order.changed_at,
        order.updated_at,
        order.vendor_code,
        order.ship_to.code,
        order.state,
        order.status,
        order.has_cancelled,
        # One string per kind of status, each word between bars, so that a filter is one instr().
        f"|{'|'.join(sorted({line.confirmation for line in order.lines}))}|",
        f"|{'|'.join(sorted({line.receipt for line in order.lines}))}|",
        order.to_json(),
        json.dumps(order.document(), ensure_ascii=False, separators=(",", ":")),
    )


def save(connection: sqlite3.Connection, world: str, orders: Iterable[Order]) -> None:
    """Insert the orders, or overwrite those that exist."""
    connection.executemany(
        f"INSERT OR REPLACE INTO purchase_order ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (_row(world, order) for order in orders),
    )


def find(connection: sqlite3.Connection, world: str, number: str) -> Order | None:
    row = connection.execute(
        "SELECT inner FROM purchase_order WHERE world = ? AND number = ?", (world, number)
    ).fetchone()
    return Order.from_json(row["inner"]) if row else None


def get(connection: sqlite3.Connection, world: str, number: str) -> Order:
    """Raises LookupError."""
    order = find(connection, world, number)
    if order is None:
        raise LookupError(f"order {number!r} in world {world!r}")
    return order


def date_back(connection: sqlite3.Connection, world: str, now: int) -> None:
    """The clock was set back to `now`: no instant of an order's past may lie after it."""
    rows = connection.execute(
        "SELECT inner FROM purchase_order WHERE world = ? AND (updated_at > ? OR available_at > ? OR changed_at > ?)",
        (world, now, now, now),
    ).fetchall()
    orders = [Order.from_json(row["inner"]) for row in rows]
    for order in orders:
        order.date_back(now)
    save(connection, world, orders)


def plan(connection: sqlite3.Connection, world: str, number: str, plans: Iterable[Planned]) -> None:
    """Store what is to happen to an order later."""
    connection.executemany(
        "INSERT INTO event (world, due_at, number, action) VALUES (?, ?, ?, ?)",
        [(world, planned.due_at, number, json.dumps(planned.action)) for planned in plans],
    )
