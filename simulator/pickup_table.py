"""Pickups in the store."""

from __future__ import annotations

import sqlite3

from simulator.pickup import Pickup


def save(connection: sqlite3.Connection, world: str, pickup: Pickup) -> None:
    """Insert the pickup, or overwrite it."""
    if not pickup.id:
        pickup.id = connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM pickup").fetchone()[0]
    connection.execute(
        "INSERT OR REPLACE INTO pickup (id, world, identifier, arn, created_at, inner) VALUES (?, ?, ?, ?, ?, ?)",
        (pickup.id, world, pickup.identifier, pickup.arn, pickup.created_at, pickup.to_json()),
    )


def get(connection: sqlite3.Connection, world: str, pickup_id: int) -> Pickup:
    """Raises LookupError."""
    row = connection.execute("SELECT inner FROM pickup WHERE world = ? AND id = ?", (world, pickup_id)).fetchone()
    if row is None:
        raise LookupError(f"pickup {pickup_id} in world {world!r}")
    return Pickup.from_json(row["inner"])


def find(connection: sqlite3.Connection, world: str, identifier: str, since: int) -> Pickup | None:
    """The pickup of that identifier asked for since then."""
    row = connection.execute(
        "SELECT inner FROM pickup WHERE world = ? AND identifier = ? AND created_at > ? ORDER BY id DESC LIMIT 1",
        (world, identifier, since),
    ).fetchone()
    return Pickup.from_json(row["inner"]) if row else None


def find_by_arn(connection: sqlite3.Connection, world: str, arn: str) -> Pickup | None:
    row = connection.execute("SELECT inner FROM pickup WHERE world = ? AND arn = ?", (world, arn)).fetchone()
    return Pickup.from_json(row["inner"]) if row else None


def list_all(connection: sqlite3.Connection, world: str) -> list[Pickup]:
    """In the order in which they were asked for."""
    rows = connection.execute("SELECT inner FROM pickup WHERE world = ? ORDER BY created_at, id", (world,))
    return [Pickup.from_json(row["inner"]) for row in rows]


def date_back(connection: sqlite3.Connection, world: str, now: int) -> None:
    """The clock was set back to `now`: no instant of a pickup's past may lie after it."""
    for pickup in list_all(connection, world):
        pickup.date_back(now)
        save(connection, world, pickup)
