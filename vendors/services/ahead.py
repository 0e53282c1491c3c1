"""Read the next page while this one is being stored.

Storing a page waits for the database, fetching one waits for Amazon, and the two need nothing of each other: the next
page's token is in the answer already. What is read ahead and then not needed has cost a request; its exchange and its
raw document are there like any other's.
"""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, TypeVar

from django.db import connection, connections

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class Ahead(Generic[Key, Found]):
    """One reader in a thread of its own, with its own database connection and the tenant of whoever made it.

    Inside a transaction of the caller's it reads nothing ahead: its connection could not see what is not committed.
    """

    def __init__(self, read: Callable[[Key], Found]) -> None:
        self._read = read
        self._key: Key | None = None
        self._found: Future[Found] | None = None
        self._pool: ThreadPoolExecutor | None = None
        if not connection.in_atomic_block:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")

    def expect(self, key: Key) -> None:
        """Begin to read what will be asked for next."""
        if self._pool is not None:
            self._key, self._found = key, self._pool.submit(copy_context().run, self._read, key)

    def take(self, key: Key) -> Found:
        """What was read ahead, if it is this; else read it now. Raises what reading raised."""
        found, expected = self._found, self._key
        self._key = self._found = None
        if found is not None and expected == key:
            return found.result()
        return self._read(key)

    def close(self) -> None:
        """Wait for the reader and let its database connection go."""
        if self._pool is not None:
            self._pool.submit(connections.close_all)
            self._pool.shutdown()
