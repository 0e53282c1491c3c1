"""Ctrl-C and SIGTERM, turned into one exception that never arrives while a process is being started."""

import contextlib
import signal
from collections.abc import Iterator

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_held = 0
_pending = False


class InterruptedRun(BaseException):
    """Someone asked for an orderly end. Raised once; later signals are ignored, since every step of the end has a limit."""


def install() -> None:
    """Listen from now on. A shell starts background jobs with SIGINT ignored, so the handler is always set by us."""
    for number in _SIGNALS:
        signal.signal(number, _on_signal)


@contextlib.contextmanager
def hold() -> Iterator[None]:
    """Put off the exception to the end of the block: a process is started and written down, or neither."""
    global _held
    _held += 1
    try:
        yield
    finally:
        _held -= 1
        if _pending and not _held:
            _raise_once()


def _on_signal(_number: int, _frame: object) -> None:
    global _pending
    _pending = True
    if not _held:
        _raise_once()


def _raise_once() -> None:
    global _pending
    _pending = False
    for number in _SIGNALS:
        # not SIG_IGN: children started from here on would inherit it and could not be stopped
        signal.signal(number, lambda *_: None)
    raise InterruptedRun
