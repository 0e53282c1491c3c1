"""The commands of `python3 -m acorn.runner`."""

import argparse
import errno
import os
import shlex
import signal
import subprocess
from collections.abc import Mapping

from acorn.runner import interrupts, processes, services
from acorn.runner.home import ROOT, Home
from acorn.runner.say import StopError, error, line
from acorn.runner.supervisor import Supervisor
from acorn.runner.venv import VENV, python


def main(arguments: list[str]) -> int:
    """Run one command; the exit code is 0, that of the program it ran, 1 after a clear sentence, or 130 when interrupted."""
    chosen = _parser().parse_args(arguments)
    interrupts.install()
    try:
        return chosen.run(chosen) or 0
    except StopError as stop:
        error(str(stop))
        return 1
    except interrupts.InterruptedRun:
        return 130
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        error(
            f"The disk is full ({problem.filename or 'while writing'}): free some space and run the same command again."
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m acorn.runner")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("services", help="keep a database and a broker running in the foreground")
    command.add_argument(
        "--throw-away", "--throwaway", action="store_true", help="in a temporary folder, without flushing to disk"
    )
    command.set_defaults(run=_services)

    command = commands.add_parser("pytest", help="run pytest with a throw-away database and broker", prefix_chars="\0")
    command.add_argument("words", nargs=argparse.REMAINDER)
    command.set_defaults(run=_pytest)

    command = commands.add_parser(
        "exec", help="run a command with the variables of the running services", prefix_chars="\0"
    )
    command.add_argument("words", nargs=argparse.REMAINDER)
    command.set_defaults(run=_exec)
    return parser


def _services(chosen: argparse.Namespace) -> None:
    if chosen.throw_away:
        with services.throw_away(VENV, os.environ) as env:
            _print_exports(env)
            _wait()
    home = Home.from_environment(os.environ)
    home.make()
    with home.locked(), Supervisor(home) as supervisor:
        home.stop_left_over()
        env = services.start(home, VENV, supervisor, os.environ)
        home.publish(env)
        _print_exports(env)
        supervisor.watch()


def _pytest(chosen: argparse.Namespace) -> int:
    with services.throw_away(VENV, os.environ) as env:
        return _run([str(python()), "-m", "pytest", *chosen.words], env)


def _exec(chosen: argparse.Namespace) -> int:
    if not chosen.words:
        raise StopError("Which command? For example: python3 -m acorn.runner exec env")
    home = Home.from_environment(os.environ)
    if not home.is_locked():
        raise StopError(f"Nothing is running from {home.path}: start it with `make up`.")
    env = home.published()
    return _run(chosen.words, {name: value for name, value in env.items() if name not in os.environ})


def _wait() -> None:
    while True:
        signal.pause()


def _print_exports(env: Mapping[str, str]) -> None:
    for name, value in env.items():
        line(f"export {name}={shlex.quote(value)}")


def _run(command: list[str], env: Mapping[str, str]) -> int:
    """Run a command at this terminal. It gets the terminal's Ctrl-C itself; any other end of ours ends it too."""
    with interrupts.hold():
        process = subprocess.Popen(command, env={**os.environ, **env}, cwd=ROOT)
    try:
        return process.wait()
    except interrupts.InterruptedRun:
        if not processes.wait_until(lambda: process.poll() is not None, 10):
            process.kill()
        process.wait()
        raise
