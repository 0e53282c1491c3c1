"""Advance ship notices in the store, with what the judge asks of them: sent quantities and used labels."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from simulator.asn import Asn


def save(connection: sqlite3.Connection, world: str, asn: Asn) -> None:
    """Insert the notice, or overwrite it. A label once used stays used, even if a later version leaves it out."""
    if not asn.id:
        asn.id = connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM asn").fetchone()[0]
    connection.execute(
        "INSERT OR REPLACE INTO asn (id, world, identifier, vendor_code, posted_at, state, inner) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (asn.id, world, asn.identifier, asn.vendor_code, asn.posted_at, asn.state, asn.to_json()),
    )
    connection.execute("DELETE FROM asn_line WHERE asn = ?", (asn.id,))
    connection.executemany(
        "INSERT INTO asn_line (asn, world, number, line, eaches) VALUES (?, ?, ?, ?, ?)",
        [(asn.id, world, number, line, eaches) for (number, line), eaches in asn.quantities().items()],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO asn_label (world, code, asn, used_at) VALUES (?, ?, ?, ?)",
        [(world, code, asn.id, asn.posted_at) for code in asn.codes],
    )


def get(connection: sqlite3.Connection, world: str, asn_id: int) -> Asn:
    """Raises LookupError."""
    row = connection.execute("SELECT inner FROM asn WHERE world = ? AND id = ?", (world, asn_id)).fetchone()
    if row is None:
        raise LookupError(f"shipment {asn_id} in world {world!r}")
    return Asn.from_json(row["inner"])


def find(connection: sqlite3.Connection, world: str, identifier: str, since: int) -> Asn | None:
    """The notice of that identifier whose last version was posted since then."""
    row = connection.execute(
        "SELECT inner FROM asn WHERE world = ? AND identifier = ? AND posted_at > ? ORDER BY id DESC LIMIT 1",
        (world, identifier, since),
    ).fetchone()
    return Asn.from_json(row["inner"]) if row else None


def list_all(
    connection: sqlite3.Connection, world: str, *, identifier: str = "", number: str = "", limit: int = -1
) -> list[Asn]:
    """Newest first; of one identifier, or with goods of one order."""
    conditions, values = ["world = ?"], [world]
    if identifier:
        conditions.append("identifier = ?")
        values.append(identifier)
    if number:
        conditions.append("id IN (SELECT asn FROM asn_line WHERE world = ? AND number = ?)")
        values += [world, number]
    rows = connection.execute(
        f"SELECT inner FROM asn WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?", (*values, limit)
    )
    return [Asn.from_json(row["inner"]) for row in rows]


def sent_eaches(connection: sqlite3.Connection, world: str, number: str, but: int = 0) -> dict[str, int]:
    """What notices say was sent of each line of an order, leaving one notice out."""
    rows = connection.execute(
        "SELECT line, SUM(eaches) AS eaches FROM asn_line WHERE world = ? AND number = ? AND asn <> ? GROUP BY line",
        (world, number, but),
    )
    return {row["line"]: row["eaches"] for row in rows}


def used_labels(
    connection: sqlite3.Connection, world: str, codes: Iterable[str], since: int, but: int = 0
) -> list[str]:
    """Which of the labels another notice used since then."""
    found = []
    for code in codes:
        row = connection.execute(
            "SELECT 1 FROM asn_label WHERE world = ? AND code = ? AND used_at > ? AND asn <> ?",
            (world, code, since, but),
        ).fetchone()
        if row:
            found.append(code)
    return found


def is_on_the_way(connection: sqlite3.Connection, world: str, number: str) -> bool:
    """Whether a notice with goods of the order is not received yet."""
    return (
        connection.execute(
            "SELECT 1 FROM asn JOIN asn_line ON asn_line.asn = asn.id "
            "WHERE asn_line.world = ? AND asn_line.number = ? AND asn.state <> 'RECEIVED' LIMIT 1",
            (world, number),
        ).fetchone()
        is not None
    )


def date_back(connection: sqlite3.Connection, world: str, now: int) -> None:
    """The clock was set back to `now`: no instant of a notice's past may lie after it."""
    for asn in list_all(connection, world):
        asn.date_back(now)
        save(connection, world, asn)
    connection.execute("UPDATE asn_label SET used_at = ? WHERE world = ? AND used_at > ?", (now, world, now))
