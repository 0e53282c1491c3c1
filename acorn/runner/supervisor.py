"""Keeps programs running: started in order, restarted when they die, stopped in the opposite order."""

import contextlib
import dataclasses
import subprocess
import time
from collections.abc import Callable

from acorn.runner import interrupts, processes
from acorn.runner.home import Home
from acorn.runner.processes import Program
from acorn.runner.say import StopError, error, step

_LONGEST_PAUSE = 30
# a program that has run this long is taken to be well again
_WELL_SECONDS = 60
# this many ends in a row while everything is being started
_HOPELESS = 3


@dataclasses.dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    identity: str | None
    started: float
    failures: int = 0
    restart_at: float | None = None


class Supervisor:
    """The running programs of one home. Use as a context manager: leaving it, however, stops all of them."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._children: list[_Child] = []

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_all()

    def start(self, program: Program, seconds: float = 60) -> None:
        """Start it and wait until it is ready. StopError with the end of its log if it dies or takes too long."""
        begun = program.log.stat().st_size if program.log.exists() else 0
        with interrupts.hold():
            child = self._spawn(program)
            self._children.append(child)
        ready = program.ready
        if ready is None:
            return
        if not processes.wait_until(lambda: child.process.poll() is not None or ready(), seconds):
            raise StopError(f"{program.name} was not ready after {seconds:.0f} s. Its log: {program.log}")
        if child.process.poll() is not None:
            raise StopError(_last_words(program, f"{program.name} ended at its start.", begun))

    def watch_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Keep the programs running until `done` holds; False when `seconds` have passed.

        StopError with the end of its log if one of them keeps ending: at a first start that will not heal.
        """
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                return False
            self._look_after_all()
            for child in self._children:
                if child.failures > _HOPELESS:
                    raise StopError(_last_words(child.program, f"{child.program.name} does not stay up."))
            time.sleep(0.2)
        return True

    def watch_until_interrupted(self) -> None:
        """Keep the programs running until somebody asks for the end, which is then the ordinary one."""
        with contextlib.suppress(interrupts.InterruptedRun):
            while True:
                self._look_after_all()
                time.sleep(0.2)

    def stop_all(self) -> None:
        """Stop every program, the last started first, each within its own limit. Safe to repeat."""
        with interrupts.hold():
            if self._children:
                step("Stopping")
            while self._children:
                child = self._children.pop()
                in_time = True
                if child.process.poll() is None:
                    in_time = self._stop(child)
                processes.kill_group(child.process.pid)
                child.process.wait()
                step(f"{child.program.name} stopped" if in_time else f"{child.program.name} had to be killed")

    def _stop(self, child: _Child) -> bool:
        child.process.send_signal(child.program.stop_signal)
        try:
            child.process.wait(child.program.stop_seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _spawn(self, program: Program) -> _Child:
        process = processes.spawn(program)
        try:
            self._home.write_down(program, process.pid)
        except OSError:
            # a full disk: what is written nowhere must not run
            processes.kill_group(process.pid)
            process.wait()
            raise
        return _Child(program, process, processes.identity(process.pid), time.monotonic())

    def _look_after_all(self) -> None:
        for place, child in enumerate(self._children):
            if child.restart_at is None:
                if child.process.poll() is not None:
                    self._plan_restart(child)
            elif time.monotonic() >= child.restart_at:
                with interrupts.hold():
                    again = self._spawn(child.program)
                    again.failures = child.failures
                    self._children[place] = again
                step(f"{child.program.name} started again")

    def _plan_restart(self, child: _Child) -> None:
        # a dead leader's own children could keep its port
        processes.kill_group(child.process.pid)
        if time.monotonic() - child.started > _WELL_SECONDS:
            child.failures = 0
        pause = min(2**child.failures, _LONGEST_PAUSE)
        child.failures += 1
        child.restart_at = time.monotonic() + pause
        error(
            f"{child.program.name} ended ({_reason(child.process.returncode)}); it starts again in {pause} s. Its log: {child.program.log}"
        )


def _last_words(program: Program, sentence: str, begun: int = 0) -> str:
    """The sentence, where the log is, and how it ends."""
    with program.log.open("rb") as log:
        log.seek(max(begun, program.log.stat().st_size - 4000))
        return processes.explained(f"{sentence} Its log: {program.log}", log.read().decode(errors="replace"))


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
