"""What became of a posted document: ``GET /vendor/transactions/v1/transactions/{id}``."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator import times
from simulator.faults import Fault
from simulator.http import Request, Response, amazon_error, json_response
from simulator.store import Store
from simulator.worlds import World

Problem = dict[str, str]

_REFUSAL = {"code": "INVALID_REQUEST", "message": "The document was refused.", "details": ""}


def problem(code: str, message: str, details: str = "") -> Problem:
    """One thing that is wrong with a document, as getTransaction tells it."""
    return {"code": code, "message": message, "details": details}


def new_id(at: int, is_stamped: bool) -> str:
    """Amazon's ids have two layouts: a bare GUID, and one that opens with the time it was made."""
    guid = str(uuid.uuid4())
    return f"{times.compact(at)}-{guid}" if is_stamped else guid


def open_transaction(
    connection: sqlite3.Connection,
    world: World,
    operation: str,
    request: dict[str, Any],
    at: int,
    note: dict[str, Any] | None = None,
) -> str:
    """A new transaction that is Processing; `note` is what a fault wants to become of it: its kind and params. Returns its id."""
    count = connection.execute("SELECT COUNT(*) FROM vendor_transaction WHERE world = ?", (world.name,)).fetchone()[0]
    transaction_id = new_id(at, is_stamped=count % 2 == 0)
    connection.execute(
        "INSERT INTO vendor_transaction VALUES (?, ?, ?, ?, 'Processing', '[]', ?, 'waiting')",
        (transaction_id, world.name, operation, at, json.dumps({"body": request, "note": note or {}})),
    )
    return transaction_id


@dataclass(frozen=True)
class Posted:
    """A document as it was posted, and when."""

    transaction: str
    body: dict[str, Any]
    at: int


def get_posted(connection: sqlite3.Connection, transaction_id: str) -> Posted:
    row = connection.execute(
        "SELECT request, created_at FROM vendor_transaction WHERE id = ?", (transaction_id,)
    ).fetchone()
    return Posted(transaction_id, json.loads(row["request"])["body"], row["created_at"])


def overrule(connection: sqlite3.Connection, transaction_id: str) -> bool:
    """Whether a fault decided what becomes of the document; then that has come about."""
    row = connection.execute("SELECT request FROM vendor_transaction WHERE id = ?", (transaction_id,)).fetchone()
    note = json.loads(row["request"])["note"]
    match note.get("kind"):
        case "lost_document":
            lose(connection, transaction_id)
        case "vague_failure":
            fail(connection, transaction_id, [problem("NotAvailable", "NotAvailable")] * 6)
        case "refused":
            refusal = {name: str(note.get(name) or default) for name, default in _REFUSAL.items()}
            fail(connection, transaction_id, [refusal])
        case _:
            return False
    return True


def fail(connection: sqlite3.Connection, transaction_id: str, errors: Sequence[Problem]) -> None:
    connection.execute(
        "UPDATE vendor_transaction SET status = 'Failure', outcome = 'failed', errors = ? WHERE id = ?",
        (json.dumps(errors), transaction_id),
    )


def succeed(connection: sqlite3.Connection, transaction_id: str, status: str) -> None:
    """The document took effect; `status` is the last word the world gives about that, often still Processing."""
    connection.execute(
        "UPDATE vendor_transaction SET status = ?, outcome = 'taken' WHERE id = ?", (status, transaction_id)
    )


def lose(connection: sqlite3.Connection, transaction_id: str) -> None:
    """Nothing will ever come of it, and nobody says so."""
    connection.execute("UPDATE vendor_transaction SET outcome = 'lost' WHERE id = ?", (transaction_id,))


def list_latest(store: Store, world: str, limit: int) -> list[dict[str, Any]]:
    """Newest first: what was posted, what getTransaction says, and what really became of it (waiting, taken, failed, lost)."""
    with store.read() as connection:
        rows = connection.execute(
            "SELECT * FROM vendor_transaction WHERE world = ? ORDER BY created_at DESC, rowid DESC LIMIT ?",
            (world, limit),
        ).fetchall()
    return [
        {
            "id": row["id"],
            "operation": row["operation"],
            "created_at": times.text(row["created_at"]),
            "status": row["status"],
            "outcome": row["outcome"],
            "errors": json.loads(row["errors"]),
            "request": json.loads(row["request"])["body"],
        }
        for row in rows
    ]


def get_transaction(
    store: Store, now: Callable[[World], int], world: World, _request: Request, transaction_id: str, faults: list[Fault]
) -> Response:
    if not 36 <= len(transaction_id) <= 64:
        return amazon_error(400, "InvalidInput", "Invalid transmission ID.")
    with store.read() as connection:
        row = connection.execute(
            "SELECT * FROM vendor_transaction WHERE world = ? AND id = ?", (world.name, transaction_id)
        ).fetchone()
    # An id is not known at once, and then looks just like a wrong one.
    fresh_until = now(world) - int(world.settings.transaction_delay_seconds * 1000)
    is_hidden = row is None or row["created_at"] > fresh_until
    if is_hidden or any(fault.kind == "unknown_transaction" for fault in faults):
        return amazon_error(404, "ResourceNotFound", "The requested transaction was not found.", transaction_id)
    status: dict[str, Any] = {"transactionId": transaction_id, "status": row["status"]}
    if row["status"] == "Failure":
        status["errors"] = json.loads(row["errors"])
    return json_response({"payload": {"transactionStatus": status}})
