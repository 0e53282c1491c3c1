"""What was odd in an answer, told once per oddity."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from acorn.core.ids import new_public_id
from orders.services import tables
from orders.types import RowFinding
from vendors.models import Connection


class Flagged(NamedTuple):
    """A finding and where it belongs; `order_id` and `number` are empty for a row in quarantine."""

    place: int
    order_id: int | None
    number: str
    finding: RowFinding
    row: Any


def store_findings(
    flagged: Iterable[Flagged], *, connection: Connection, raw_document_id: int, seen_at: datetime
) -> None:
    """Keep findings; one that is known already is not told again. Safe to repeat, in the caller's transaction."""
    tables.store_findings(
        [
            {
                "public_id": new_public_id("fd"), "connection_id": connection.pk, "order_id": entry.order_id,
                "number": entry.number, "line": entry.finding.line, "code": entry.finding.code,
                "params": dict(entry.finding.params), "raw_document_id": raw_document_id, "place": entry.place,
                "fingerprint": _fingerprint(connection.group_id, entry), "seen_at": seen_at,
            }
            for entry in flagged
        ]
    )  # fmt: skip


def _fingerprint(group_id: int, entry: Flagged) -> str:
    about = entry.number or _text(entry.row)
    text = _text([group_id, about, entry.finding.code, entry.finding.line, dict(entry.finding.params)])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _text(value: Any) -> str:
    try:
        return json.dumps(value, default=str)
    except (TypeError, ValueError, RecursionError):  # what came was no JSON in the first place
        return type(value).__name__
