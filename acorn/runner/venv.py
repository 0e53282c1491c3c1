"""The virtual environment beside the code: exactly what the lock says, checked by hash."""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator

from acorn.runner import processes
from acorn.runner.home import ROOT, read_json, write_private
from acorn.runner.say import StopError, line, step

VENV = ROOT / ".venv"
RUNTIME_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
# every lock whose packages are in a finished environment; "installing" while it is being made
_MARKER = "acorn-locks.json"
_MEGABYTES = {RUNTIME_LOCK: 700, TEST_LOCK: 1500}


def python() -> pathlib.Path:
    """The interpreter that has the packages."""
    path = VENV / "bin" / "python"
    if not path.exists():
        raise StopError("The packages are not installed yet: run `make up` or `make test` first.")
    return path


def install(lock: pathlib.Path) -> None:
    """Make `.venv` hold what `lock` names. Does nothing if it does; an interrupted installation is begun anew.

    Safe to repeat and to run twice at once. An environment made by hand is added to, not replaced; a linked one
    belongs to somebody else and is used as it is.
    """
    if VENV.is_symlink():
        return
    with _alone() as held:
        for rest in ROOT.glob(".venv.old-*"):
            shutil.rmtree(rest, ignore_errors=True)
        marker = read_json(VENV / _MARKER, {"finished": True, "locks": []})
        works = _works()
        if works and marker["finished"] and _digest(lock) in marker["locks"]:
            return
        require_space(ROOT, _MEGABYTES[lock])
        if VENV.exists() and not (works and marker["finished"]):
            step("The last installation was cut short; it begins anew")
            discarded = ROOT / f".venv.old-{secrets.token_hex(4)}"
            VENV.rename(discarded)
            shutil.rmtree(discarded, ignore_errors=True)
        VENV.mkdir(mode=0o755, exist_ok=True)
        _mark(finished=False, locks=[])
        if not (VENV / "bin" / "python").exists():
            create(VENV)
        install_into(VENV, lock, held)
        # the test lock contains the runtime lock
        covered = [RUNTIME_LOCK, TEST_LOCK] if lock == TEST_LOCK else [lock]
        _mark(finished=True, locks=[_digest(each) for each in covered])


def create(folder: pathlib.Path) -> None:
    """An empty environment with pip in it."""
    if not importlib.util.find_spec("ensurepip") or not importlib.util.find_spec("venv"):
        name = f"python3.{sys.version_info.minor}-venv"
        raise StopError(
            f"This Python has no ensurepip, so no virtual environment can be made. Install it and run the same command again "
            f"(Debian and Ubuntu: apt install {name})."
        )
    processes.run(
        [sys.executable, "-m", "venv", str(folder)], failed="No virtual environment could be made.", umask=0o022
    )


def install_into(folder: pathlib.Path, lock: pathlib.Path, *held: int) -> None:
    """Install the packages of a lock, checked by hash; nothing is built from source. pip keeps the locks `held`."""
    interpreter = str(folder / "bin" / "python")
    if subprocess.run([interpreter, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        processes.run([interpreter, "-m", "ensurepip"], failed="pip could not be installed.", umask=0o022)
    total = len(re.findall(r"^[\w.-]+==", lock.read_text(), re.MULTILINE))
    step(f"Installing about {total} packages from {lock.name}")
    seen = 0

    def on_line(text: str) -> None:
        nonlocal seen
        if text.startswith("Collecting "):
            seen += 1
            if seen % 20 == 0:
                step(f"  {seen} of about {total} fetched")
        elif text.startswith("Installing collected packages"):
            step("  all fetched, unpacking")

    processes.run(
        [
            *(
                interpreter,
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--progress-bar",
                "off",
            ),
            *("--only-binary", ":all:", "--require-hashes", "-r", str(lock)),
        ],
        on_line=on_line,
        failed=f"The packages of {lock.name} could not be installed.",
        umask=0o022,
        keep_open=held,
    )
    step("Packages are installed")


def require_space(folder: pathlib.Path, megabytes: int) -> None:
    """StopError if the disk cannot take what comes next: better now than in the middle of it."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise StopError(
            f"The disk of {folder} has {free} MB left, this needs about {megabytes} MB: "
            "free some space and run the same command again."
        )


@contextlib.contextmanager
def _alone() -> Iterator[int]:
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            line("Another command is installing packages here; waiting for it.")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _works() -> bool:
    interpreter = VENV / "bin" / "python"
    if not interpreter.exists():
        return False
    return subprocess.run([interpreter, "-c", ""], capture_output=True, check=False).returncode == 0


def _mark(*, finished: bool, locks: list[str]) -> None:
    write_private(VENV / _MARKER, json.dumps({"finished": finished, "locks": locks}))


def _digest(lock: pathlib.Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()
