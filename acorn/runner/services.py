"""The database and the broker of a home: servers of the user's own where the environment names them, else embedded ones."""

import contextlib
import os
import pathlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping

from acorn.runner import postgres, valkey
from acorn.runner.home import Home, is_free
from acorn.runner.say import StopError, step
from acorn.runner.supervisor import Supervisor

_ROLES = {"DATABASE_URL": "app_rw", "DATABASE_OWNER_URL": "app_own", "DATABASE_BACKUP_URL": "app_backup"}
SERVICE_VARIABLES = (*_ROLES, "REDIS_URL")
_THROW_AWAY = "acorn-throw-away-"
# crash recovery after a kill may take its time
_START_SECONDS = 300


def start(
    home: Home, venv: pathlib.Path, supervisor: Supervisor, environ: Mapping[str, str], *, durable: bool = True
) -> dict[str, str]:
    """Start what the environment does not name, and return the variables through which everybody finds the services."""
    env = {
        name: environ[name]
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL")
        if environ.get(name)
    }
    if "DATABASE_URL" not in env:
        database = start_postgres(home, venv, supervisor, environ, durable=durable)
        env |= {name: database.url(role) for name, role in _ROLES.items()}
    if "REDIS_URL" not in env:
        broker = valkey.Valkey(home, valkey.find_binary(venv), durable=durable)
        _start_on_free_port(supervisor, broker)
        env["REDIS_URL"] = broker.url()
        step("Valkey is up")
    env["SECRET_KEY"] = environ.get("SECRET_KEY") or home.secret("SECRET_KEY")
    env["ACORN_SECRET_KEYS"] = environ.get("ACORN_SECRET_KEYS") or home.secret("ACORN_SECRET_KEYS", "key")
    env["ACORN_HOME"] = str(home.path)
    return env


def start_postgres(
    home: Home, venv: pathlib.Path, supervisor: Supervisor, environ: Mapping[str, str], *, durable: bool = True
) -> postgres.Postgres:
    """Start the embedded database, made first if there is none, with its roles."""
    if (home.path / "postgres" / "data").exists() and not home.has_secrets():
        raise StopError(
            f"{home.path / 'secrets.json'} is missing: without it neither the database nor the credentials in it can be "
            "opened. Put it back; or, to begin anew without any data, remove the folder."
        )
    server = postgres.Postgres(home, postgres.find_binaries(venv, environ), durable=durable)
    server.initialise()
    _start_on_free_port(supervisor, server)
    server.provide_roles()
    step("PostgreSQL is up")
    return server


def _start_on_free_port(supervisor: Supervisor, server: "postgres.Postgres | valkey.Valkey") -> None:
    """Start it; should another program take the port at the last moment, choose another one."""
    for last in (False, False, True):
        try:
            supervisor.start(server.program(), _START_SECONDS)
        except StopError:
            if last or is_free(server.port):
                raise
            del server.port
        else:
            return


@contextlib.contextmanager
def throw_away_home() -> Iterator[tuple[Home, Supervisor]]:
    """A home in a temporary folder; its programs end and it is removed at the end of the block."""
    _sweep()
    home = Home(pathlib.Path(tempfile.mkdtemp(prefix=_THROW_AWAY)))
    try:
        home.make()
        with home.locked(), Supervisor(home) as supervisor:
            yield home, supervisor
    finally:
        shutil.rmtree(home.path, ignore_errors=True)


@contextlib.contextmanager
def throw_away(venv: pathlib.Path, environ: Mapping[str, str], *, durable: bool = False) -> Iterator[dict[str, str]]:
    """The variables of throw-away services. What the environment says about real ones is ignored."""
    with throw_away_home() as (home, supervisor):
        yield start(home, venv, supervisor, without_services(environ), durable=durable)


def without_services(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without anybody's real database, broker, keys or home: a test must never reach them."""
    private = {*SERVICE_VARIABLES, "SECRET_KEY", "ACORN_SECRET_KEYS", "ACORN_HOME"}
    return {name: value for name, value in environ.items() if name not in private}


def _sweep() -> None:
    """Remove what throw-away runs left behind that were killed."""
    for path in pathlib.Path(tempfile.gettempdir()).glob(f"{_THROW_AWAY}*"):
        home = Home(path)
        with contextlib.suppress(OSError, StopError):
            # a young one may be about to be locked
            if path.stat().st_uid == os.geteuid() and time.time() - path.stat().st_mtime > 60:
                with home.locked():
                    home.stop_left_over()
                shutil.rmtree(path, ignore_errors=True)
