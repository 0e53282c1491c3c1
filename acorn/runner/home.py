"""ACORN_HOME: the one folder that holds all state of an installation, and who is using it."""

import base64
import contextlib
import fcntl
import json
import os
import pathlib
import random
import secrets
import socket
import time
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from acorn.runner import interrupts, processes
from acorn.runner.processes import Program
from acorn.runner.say import StopError

ROOT = pathlib.Path(__file__).resolve().parents[2]
# below the range from which the system takes ports for outgoing connections: a kept port stays free
_PORTS = range(20000, 32000)
LOG_BYTES = 10_000_000


class Home:
    """One ACORN_HOME. Files with secrets are 0600; the folder is closed to others.

    Root's PostgreSQL runs as another user, which must be able to pass through (not list) the folder.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path.resolve()
        self.logs = self.path / "logs"
        self._ledger = self.path / "processes.json"
        self._services = self.path / "services.json"
        self._lock: int | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Home":
        """ACORN_HOME, by default .acorn beside the code."""
        return cls(ROOT / pathlib.Path(environ.get("ACORN_HOME") or ".acorn").expanduser())

    def make(self) -> None:
        """Create the folders. Safe to repeat."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.logs.mkdir(mode=0o700, exist_ok=True)

    # --- who is using it ------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Be its only runner; StopError if another one is. The lock dies with the process that holds it."""
        descriptor = os.open(self.path / "runner.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StopError(
                    f"ACORN is already running from {self.path} (process {self.runner_pid() or 'unknown'}). "
                    "Stop it with `make down`, or choose another ACORN_HOME and PORT for a second one."
                ) from None
            write_private(self.path / "runner.pid", json.dumps([os.getpid(), processes.identity(os.getpid())]))
            yield
        finally:
            os.close(descriptor)

    def is_locked(self) -> bool:
        """Whether a runner is using it now."""
        try:
            descriptor = os.open(self.path / "runner.lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def runner_pid(self) -> int | None:
        """The process number of the runner that uses it now."""
        pid, known_as = read_json(self.path / "runner.pid", [0, None])
        return pid if known_as and processes.identity(pid) == known_as else None

    def write_down(self, program: Program, pid: int) -> None:
        """Remember a started process, so that a later runner can end it should this one be killed."""
        ledger = read_json(self._ledger, [])
        ledger = [entry for entry in ledger if entry["name"] != program.name]
        ledger.append(
            {
                "name": program.name,
                "pid": pid,
                "identity": processes.identity(pid),
                "signal": int(program.stop_signal),
                "seconds": program.stop_seconds,
            }
        )
        write_private(self._ledger, json.dumps(ledger))

    def left_over(self) -> list[dict[str, Any]]:
        """Processes of a runner that was killed, the last started first."""
        entries = reversed(read_json(self._ledger, []))
        return [
            entry for entry in entries if entry["identity"] and processes.identity(entry["pid"]) == entry["identity"]
        ]

    def stop_left_over(self) -> list[str]:
        """End them in order and return their names. Only for the holder of the lock. Safe to repeat."""
        stopped = []
        with interrupts.hold():
            for entry in self.left_over():
                processes.stop(entry["pid"], entry["identity"], entry["signal"], entry["seconds"])
                stopped.append(entry["name"])
            self._ledger.unlink(missing_ok=True)
        return stopped

    # --- what it remembers ----------------------------------------------------------------------------------------

    def secret(self, name: str, make: str = "token") -> str:
        """A generated secret, the same for the life of this home. `key` makes a key for a key ring, `token` a password."""
        path = self.path / "secrets.json"
        known = read_json(path, {})
        if name not in known:
            known[name] = _new_key(1) if make == "key" else secrets.token_urlsafe(48)
            write_private(path, json.dumps(known, indent=1))
        return known[name]

    def has_secrets(self) -> bool:
        """Whether any were generated yet."""
        return (self.path / "secrets.json").exists()

    def add_key(self) -> str:
        """Put a new key in front of the key ring: it seals from the next start on, the older ones still open."""
        ring = self.secret("ACORN_SECRET_KEYS", "key")
        newest = max(int(key.partition(":")[0].removeprefix("k")) for key in ring.split(","))
        path = self.path / "secrets.json"
        known = read_json(path, {}) | {"ACORN_SECRET_KEYS": f"{_new_key(newest + 1)},{ring}"}
        write_private(path, json.dumps(known, indent=1))
        return f"k{newest + 1}"

    def port(self, name: str) -> int:
        """A free port on the loopback address: the same as last time if that is still free.

        Ask before its program starts, and once: afterwards the port is taken, by that program.
        """
        path = self.path / "ports.json"
        known = read_json(path, {})
        if not is_free(known.get(name, 0)):
            known[name] = free_port(taken=set(known.values()))
            write_private(path, json.dumps(known))
        return known[name]

    def publish(self, env: Mapping[str, str]) -> None:
        """Tell manage.py and other commands where the services are."""
        write_private(self._services, json.dumps({"env": dict(env)}, indent=1))

    def published(self) -> dict[str, str]:
        """The environment of the services as last started."""
        return read_json(self._services, {}).get("env", {})

    def log(self, name: str) -> pathlib.Path:
        """The log of one program; a large one is put aside at the start, three of them are kept."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            for older, newer in ((3, 2), (2, 1)):
                with contextlib.suppress(FileNotFoundError):
                    path.with_suffix(f".log.{newer}").rename(path.with_suffix(f".log.{older}"))
            path.rename(path.with_suffix(".log.1"))
        return path


def _new_key(number: int) -> str:
    return f"k{number}:{base64.b64encode(os.urandom(32)).decode()}"


def is_free(port: int) -> bool:
    """Whether nothing listens there now."""
    if not port:
        return False
    with socket.socket() as trial:
        # a connection that has just ended must not make the port look taken
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(taken: Collection[int] = ()) -> int:
    """A port on which nothing listens."""
    for port in random.sample(_PORTS, 200):
        if port not in taken and is_free(port):
            return port
    raise StopError(f"No free port was found between {_PORTS.start} and {_PORTS.stop}.")


def write_private(path: pathlib.Path, text: str) -> None:
    """Replace a file in one step; nobody but the owner may read it, and no reader ever sees half of it."""
    new = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def read_json(path: pathlib.Path, default: Any) -> Any:
    """What is written there, or `default` if there is nothing."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return default
