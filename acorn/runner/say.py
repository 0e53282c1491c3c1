"""What the runner says: one sentence a line, with the seconds since it began; colours only on a terminal."""

import contextlib
import os
import sys
import time
from typing import TextIO

_began = time.monotonic()
_COLOURS = {"good": "32", "bad": "31;1", "dim": "2", "head": "1"}


class StopError(Exception):
    """A sentence for the person at the keyboard. The runner prints it, without a traceback, and ends with exit code 1."""


def line(text: str = "", *, style: str = "") -> None:
    """Print one line. A terminal that has gone away is no reason to stop: there may be processes to stop in order."""
    with contextlib.suppress(OSError, ValueError):
        print(_painted(text, style), flush=True)


def step(text: str) -> None:
    """Print what has just been reached, and when."""
    seconds = f"{time.monotonic() - _began:6.1f} s"
    with contextlib.suppress(OSError, ValueError):
        print(f"{_painted(seconds, 'dim')}  {text}", flush=True)


def error(text: str) -> None:
    """Print a sentence about what went wrong, on standard error."""
    with contextlib.suppress(OSError, ValueError):
        print(_painted(text, "bad", stream=sys.stderr), file=sys.stderr, flush=True)


def _painted(text: str, style: str, stream: TextIO | None = None) -> str:
    stream = stream or sys.stdout
    if not style or not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\033[{_COLOURS[style]}m{text}\033[0m"
