"""The simulator's memory: one SQLite file, many readers, one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Raise it with any change of the schema: a store of another version is emptied, since worlds can be made again.
_VERSION = 6

_SCHEMA = """
CREATE TABLE IF NOT EXISTS world (
    name TEXT PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    client_secret TEXT NOT NULL,
    refresh_token TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    vendor_group TEXT NOT NULL,
    vendor_codes TEXT NOT NULL,
    seed TEXT NOT NULL,
    settings TEXT NOT NULL,
    clock_real INTEGER NOT NULL,
    clock_world INTEGER NOT NULL,
    clock_rate REAL NOT NULL,
    clock_epoch INTEGER NOT NULL,
    next_order INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS access_token (
    token TEXT PRIMARY KEY,
    world TEXT NOT NULL,
    scope TEXT NOT NULL,
    refresh_token TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS access_token_world ON access_token (world);
CREATE TABLE IF NOT EXISTS refresh_token (
    token TEXT NOT NULL,
    world TEXT NOT NULL,
    is_revoked INTEGER NOT NULL,
    PRIMARY KEY (world, token)
);
CREATE TABLE IF NOT EXISTS authorization_code (
    code TEXT PRIMARY KEY,
    world TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS purchase_order (
    world TEXT NOT NULL,
    number TEXT NOT NULL,
    available_at INTEGER NOT NULL,
    changed_at INTEGER,
    updated_at INTEGER NOT NULL,
    vendor_code TEXT NOT NULL,
    ship_to TEXT NOT NULL,
    state TEXT NOT NULL,
    status TEXT NOT NULL,
    has_cancelled INTEGER NOT NULL,
    confirmations TEXT NOT NULL,
    receipts TEXT NOT NULL,
    inner TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (world, number)
);
CREATE INDEX IF NOT EXISTS order_available ON purchase_order (world, available_at, number);
CREATE INDEX IF NOT EXISTS order_changed ON purchase_order (world, changed_at, number) WHERE changed_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS order_updated ON purchase_order (world, updated_at, number);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY,
    world TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    number TEXT NOT NULL,
    action TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_due ON event (world, due_at, id);
CREATE INDEX IF NOT EXISTS event_number ON event (world, number);
CREATE TABLE IF NOT EXISTS asn (
    id INTEGER PRIMARY KEY,
    world TEXT NOT NULL,
    identifier TEXT NOT NULL,
    vendor_code TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    inner TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS asn_identifier ON asn (world, identifier);
CREATE TABLE IF NOT EXISTS asn_line (
    asn INTEGER NOT NULL,
    world TEXT NOT NULL,
    number TEXT NOT NULL,
    line TEXT NOT NULL,
    eaches INTEGER NOT NULL,
    PRIMARY KEY (asn, number, line)
);
CREATE INDEX IF NOT EXISTS asn_line_order ON asn_line (world, number);
CREATE TABLE IF NOT EXISTS asn_label (
    world TEXT NOT NULL,
    code TEXT NOT NULL,
    asn INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (world, code, asn)
);
CREATE TABLE IF NOT EXISTS pickup (
    id INTEGER PRIMARY KEY,
    world TEXT NOT NULL,
    identifier TEXT NOT NULL,
    arn TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    inner TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS pickup_identifier ON pickup (world, identifier);
CREATE INDEX IF NOT EXISTS pickup_arn ON pickup (world, arn);
CREATE TABLE IF NOT EXISTS vendor_transaction (
    id TEXT PRIMARY KEY,
    world TEXT NOT NULL,
    operation TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    errors TEXT NOT NULL,
    request TEXT NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS vendor_transaction_world ON vendor_transaction (world, created_at);
"""


class Store:
    """Connections to the file. Reading never waits for writing (WAL); writing is serialised by one lock."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._writer = self._connect()
        self._depth = 0
        self._prepare()

    def _prepare(self) -> None:
        version = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            tables = self._writer.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for table in tables:
                self._writer.execute(f"DROP TABLE {table['name']}")
        self._writer.executescript(_SCHEMA)
        self._writer.execute(f"PRAGMA user_version = {_VERSION}")

    def _connect(self) -> sqlite3.Connection:
        # Threads come and go with connections of clients, so our connections are lent to threads, not owned by them.
        connection = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, timeout=30)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        # A simulator may lose its last second in a power cut; it may not wait for the disk.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-16384")
        return connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees what is committed."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone; nested uses by the same thread join the outer one. Rolls back on any error."""
        with self._lock:
            if self._depth == 0:
                self._writer.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._writer
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._writer.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._writer.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()
