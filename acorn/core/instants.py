"""Instants as PostgreSQL sends them, read quickly: with Django's own reader a page of rows costs more than its query."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.types.datetime import TimestamptzLoader


class _Reader(TimestamptzLoader):
    timezone = UTC  # what Django compares with the zone that it wants, and asks the server for

    def load(self, data: Any) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:  # an instant that Python lacks: psycopg says so
            return super().load(data)


def install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receiver of `connection_created`."""
    connection.connection.adapters.register_loader("timestamptz", _Reader)
