"""Starting, recognising and stopping single processes."""

import contextlib
import dataclasses
import os
import pathlib
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import IO, Any, BinaryIO

from acorn.runner import interrupts
from acorn.runner.say import StopError

_PROC = pathlib.Path("/proc")


@dataclasses.dataclass(frozen=True)
class Account:
    """The ordinary user under which a program runs that refuses to run as root."""

    uid: int
    gid: int


@dataclasses.dataclass(frozen=True)
class Program:
    """How to start one long-running program and how to end it.

    `ready` says whether it can be used; `before_start` tidies what a killed predecessor left behind.
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    log: pathlib.Path
    cwd: pathlib.Path
    ready: Callable[[], bool] | None = None
    before_start: Callable[[], None] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10
    account: Account | None = None


def spawn(program: Program) -> subprocess.Popen[bytes]:
    """Start it in a session of its own, so that a Ctrl-C at the terminal reaches the runner alone."""
    if program.before_start:
        program.before_start()
    with open_log(program.log) as log:
        return subprocess.Popen(
            program.command,
            env=dict(program.env),
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
            **as_account(program.account),
        )


def as_account(account: Account | None) -> dict[str, Any]:
    """The arguments of Popen that give up root for good."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def open_log(path: pathlib.Path) -> BinaryIO:
    """A log for appending that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def identity(pid: int) -> str | None:
    """What tells this process from any other that ever had, or will have, its number; None if it is gone or a zombie."""
    if _PROC.joinpath("self").exists():
        try:
            # the second field is the name in brackets and may hold anything
            fields = _PROC.joinpath(str(pid), "stat").read_text(errors="replace").rpartition(")")[2].split()
            boot = _PROC.joinpath("sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{boot}/{fields[19]}"
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = shown.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def command_line(pid: int) -> str:
    """The words it was started with, empty if it is gone."""
    try:
        return _PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return shown.stdout.strip()


def stop(pid: int, known_as: str | None, stop_signal: signal.Signals, seconds: float) -> bool:
    """Ask process `pid` to end, wait, then kill what is left of its group; False if it had to be killed.

    A number that meanwhile belongs to another process is left alone. Safe to repeat.
    """
    if known_as is None or identity(pid) != known_as:
        return True
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, stop_signal)
    in_time = wait_until(lambda: identity(pid) != known_as, seconds)
    kill_group(pid)
    wait_until(lambda: identity(pid) != known_as, 5)
    return in_time


def kill_group(pid: int) -> None:
    """Kill every process of the session that `pid` led, so that no grandchild keeps a port or a file."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Poll `done` until it holds; False when `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: pathlib.Path | None = None,
    account: Account | None = None,
    on_line: Callable[[str], None] | None = None,
    failed: str,
    umask: int = 0o077,
    keep_open: Collection[int] = (),
) -> str:
    """Run a step to its end and return what it printed; StopError says `failed` and the last lines it printed.

    `keep_open` are locks that the step holds too: should we be killed, nobody begins before it has ended.
    """
    printed: list[str] = []

    def keep(text: str) -> None:
        printed.append(text)
        if on_line:
            on_line(text)

    if stream(command, on_line=keep, env=env, cwd=cwd, account=account, umask=umask, keep_open=keep_open):
        raise StopError(explained(failed, "\n".join(printed)))
    return "\n".join(printed)


def stream(
    command: Sequence[str],
    *,
    on_line: Callable[[str], None],
    env: Mapping[str, str] | None = None,
    cwd: pathlib.Path | None = None,
    account: Account | None = None,
    umask: int = -1,
    keep_open: Collection[int] = (),
) -> int:
    """Run a command to its end, hand on each line it prints, and return its exit code.

    When the run is interrupted, the command and its children are ended first.
    """
    process = None
    try:
        with interrupts.hold():
            process = subprocess.Popen(
                command,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
                umask=umask,
                pass_fds=tuple(keep_open),
                **as_account(account),
            )
        # in a thread: a grandchild that keeps the pipe open must not keep us
        reader = threading.Thread(target=_hand_on, args=(process.stdout, on_line), daemon=True)
        reader.start()
        code = process.wait()
        kill_group(process.pid)
        reader.join(5)
        return code
    except BaseException:
        if process:
            _end(process)
        raise


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(15)
    kill_group(process.pid)
    process.wait()


def _hand_on(pipe: IO[str], on_line: Callable[[str], None]) -> None:
    with pipe:
        for text in pipe:
            on_line(text.rstrip("\n"))


def explained(failed: str, printed: str) -> str:
    """The sentence, and what the program said itself; a full disk is named as what it is."""
    if "No space left on device" in printed or "Disk quota exceeded" in printed:
        return f"{failed} The disk is full: free some space and run the same command again."
    last = "\n".join(f"  {text}" for text in printed.strip().splitlines()[-15:])
    return f"{failed}\n{last}" if last else failed
