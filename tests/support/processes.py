"""Work in a process of its own, so that a test can kill it."""

import os
from collections.abc import Callable

from django.db import connections


def in_a_process_of_its_own(work: Callable[[], object]) -> int:
    """Begin work in a child, as a worker would; the child's process id at once. It ends with 0 unless a signal ends it.

    The child opens database connections of its own. What it inherits is not closed but forgotten: behind a browser's
    event loop Django keeps a second set of connections, which the parent cannot see and the child would share with it.
    """
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            for inherited in connections.all(initialized_only=True):
                inherited.connection = None
            work()
        finally:
            os._exit(0)
    return child


def end_of(child: int) -> int:
    """Wait for a child; its exit code, or the signal that ended it, negative."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
