"""The commands of `python3 -m acorn.runner`; the Makefile gives them short names."""

import argparse
import contextlib
import errno
import os
import pathlib
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from acorn.runner import checks, databases, interrupts, locks, processes, services, stack, venv
from acorn.runner.home import ROOT, Home, free_port
from acorn.runner.say import StopError, error, line
from acorn.runner.supervisor import Supervisor

_Command = Callable[[argparse.Namespace], int | None]
_FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)


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
        if problem.errno in _FULL_DISK:
            error(
                f"The disk is full ({problem.filename or 'while writing'}): free some space and run the same command again."
            )
        elif problem.errno in _NO_RIGHT:
            error(f"{problem.strerror}: {problem.filename}. This user needs to be able to write there.")
        else:
            raise
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m acorn.runner")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: _Command, text: str, **more: Any) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, **more)
        added.set_defaults(run=run)
        return added

    def passing_on(name: str, run: _Command, text: str) -> None:
        # everything that follows belongs to the other program, options too
        command(name, run, text, prefix_chars="\0").add_argument("words", nargs=argparse.REMAINDER)

    command("up", lambda _: stack.up(os.environ), "install, start and watch everything")
    command("down", lambda _: stack.down(os.environ), "stop everything, keep the data")
    command("logs", _logs, "follow the logs")
    passing_on("exec", _exec, "run a command with the variables of the running services")
    command(
        "backup", lambda chosen: databases.backup(os.environ, chosen.file), "write the database to a file"
    ).add_argument("file", type=pathlib.Path)
    command(
        "restore", lambda chosen: databases.restore(os.environ, chosen.file), "bring the database back from a file"
    ).add_argument("file", type=pathlib.Path)
    command("new-key", _new_key, "put a new key in front of the key ring")
    passing_on("test", lambda chosen: checks.run(os.environ, chosen.words), "run every check and test")
    passing_on("pytest", _pytest, "run pytest with a throw-away database and broker")
    passing_on("bench", _bench, "measure against a throw-away database with ordinary durability")
    passing_on("screens", _screens, "photograph the main pages of a throw-away installation")
    command("lock", lambda _: locks.write_all(), "write the lock files anew")
    command("services", _services, "keep a database and a broker running in the foreground").add_argument(
        "--throw-away", "--throwaway", action="store_true", help="in a temporary folder, without flushing to the disk"
    )
    return parser


def _logs(_: argparse.Namespace) -> None:
    home = Home.from_environment(stack.settings(os.environ))
    logs = sorted(map(str, home.logs.glob("*.log")))
    if not logs:
        raise StopError(f"There are no logs in {home.logs} yet.")
    os.execvp("tail", ["tail", "-n", "20", "-F", *logs])


def _exec(chosen: argparse.Namespace) -> int:
    if not chosen.words:
        raise StopError("Which command? For example: python3 -m acorn.runner exec env")
    home = Home.from_environment(stack.settings(os.environ))
    if not home.is_locked():
        raise StopError(f"Nothing is running from {home.path}: start it with `make up`.")
    return _run(chosen.words, {**home.published(), **stack.settings(os.environ)})


def _new_key(_: argparse.Namespace) -> None:
    environ = stack.settings(os.environ)
    if environ.get("ACORN_SECRET_KEYS"):
        raise StopError("The key ring is set by ACORN_SECRET_KEYS: put the new key in front of it there.")
    name = Home.from_environment(environ).add_key()
    line(f"{name} seals from the next `make up` on. Then run: .venv/bin/python manage.py rotate_keys")


def _pytest(chosen: argparse.Namespace) -> int:
    with services.throw_away(venv.VENV, os.environ) as env:
        return _run([str(venv.python()), "-m", "pytest", *chosen.words], {**os.environ, **env})


def _bench(chosen: argparse.Namespace) -> int:
    venv.install(venv.TEST_LOCK)
    with services.throw_away(venv.VENV, os.environ, durable=True) as found:
        env = {**os.environ, **found}
        stack.prepare(env)
        return _run([str(venv.python()), "-m", "tests.bench", *chosen.words], env)


def _screens(chosen: argparse.Namespace) -> int:
    venv.install(venv.TEST_LOCK)
    with services.throw_away_home() as (home, supervisor):
        environ = services.without_services(os.environ)
        if browser := checks.find_browser(environ):
            environ["CHROMIUM"] = browser
        env = stack.start(home, supervisor, environ, free_port())
        return _run([str(venv.python()), "-m", "tests.screens", *chosen.words], env)


def _services(chosen: argparse.Namespace) -> None:
    if chosen.throw_away:
        with services.throw_away(venv.VENV, os.environ) as env:
            _print_exports(env)
            with contextlib.suppress(interrupts.InterruptedRun):
                while True:
                    signal.pause()
            return
    environ = stack.settings(os.environ)
    home = Home.from_environment(environ)
    home.make()
    with home.locked(), Supervisor(home) as supervisor:
        home.stop_left_over()
        env = services.start(home, venv.VENV, supervisor, environ)
        home.publish(env)
        _print_exports(env)
        supervisor.watch_until_interrupted()


def _print_exports(env: Mapping[str, str]) -> None:
    for name, value in env.items():
        line(f"export {name}={shlex.quote(value)}")


def _run(command: list[str], env: Mapping[str, str]) -> int:
    """Run a command at this terminal. It gets the terminal's Ctrl-C itself; any other end of ours ends it too."""
    process = None
    try:
        with interrupts.hold():
            process = subprocess.Popen(command, env=dict(env), cwd=ROOT)
        return process.wait()
    except interrupts.InterruptedRun:
        if process:
            _end(process)
        raise


def _end(process: subprocess.Popen[bytes]) -> None:
    for ask in (process.terminate, process.kill):
        if processes.wait_until(lambda: process.poll() is not None, 10):
            return
        ask()
    process.wait()
