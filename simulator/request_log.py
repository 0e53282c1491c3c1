"""What was asked and how it was answered: the last requests of each world, and counts. Kept in memory only."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

_KEPT = 2000


@dataclass(frozen=True)
class Entry:
    at: int
    operation: str
    method: str
    path: str
    query: str
    status: int
    milliseconds: float
    request_id: str
    # The fault that shaped the answer, if one did.
    fault: str = ""


class RequestLog:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, deque[Entry]] = {}
        self._counts: dict[str, Counter[tuple[str, int]]] = {}

    def add(self, world: str, entry: Entry) -> None:
        with self._lock:
            self._entries.setdefault(world, deque(maxlen=_KEPT)).append(entry)
            self._counts.setdefault(world, Counter())[entry.operation, entry.status] += 1

    def latest(self, world: str, limit: int = 100, operation: str = "") -> list[dict[str, Any]]:
        """Newest first."""
        with self._lock:
            entries = list(self._entries.get(world, ()))
        chosen = [entry for entry in reversed(entries) if not operation or entry.operation == operation]
        return [asdict(entry) for entry in chosen[:limit]]

    def counts(self, world: str) -> dict[str, dict[str, int]]:
        """Requests since the last clearing, by operation and status; a reset connection counts as status 0."""
        found: dict[str, dict[str, int]] = {}
        with self._lock:
            for (operation, status), count in sorted(self._counts.get(world, Counter()).items()):
                found.setdefault(operation, {})[str(status)] = count
        return found

    def clear(self, world: str) -> None:
        with self._lock:
            self._entries.pop(world, None)
            self._counts.pop(world, None)
