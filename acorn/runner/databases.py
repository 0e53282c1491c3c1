"""Backup and restore of the database, by PostgreSQL's own tools."""

import contextlib
import os
import pathlib
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from acorn.runner import postgres, processes, services, stack, venv
from acorn.runner.home import Home
from acorn.runner.say import StopError, step
from acorn.runner.supervisor import Supervisor

_RESTORING = "acorn_restoring"
_PREVIOUS = "acorn_before_restore"


def backup(environ: Mapping[str, str], file: pathlib.Path) -> None:
    """Write the whole database to `file` (pg_dump's custom format, mode 0600), which appears only once it is complete.

    Works while ACORN runs; where it does not, the database is started for the moment. Safe to repeat.
    """
    environ = stack.settings(environ)
    home = Home.from_environment(environ)
    with _services(home, environ) as env:
        if not env.get("DATABASE_BACKUP_URL"):
            raise StopError("Set DATABASE_BACKUP_URL to a role that may read every row (BYPASSRLS): the owner may not.")
        new = file.with_name(f".{file.name}.part")
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        processes.run(
            [_tool("pg_dump", environ), "--format=custom", f"--file={new}", "--no-password"],
            env=_connection(env["DATABASE_BACKUP_URL"]),
            failed="The database could not be backed up.",
        )
        new.replace(file)
    step(f"Backed up to {file} ({file.stat().st_size // 1000} kB)")


def restore(environ: Mapping[str, str], file: pathlib.Path) -> None:
    """Bring the database of this home back to what `file` holds. ACORN must not run.

    An embedded database is replaced only after the whole file is in a new one, and kept as acorn_before_restore until
    the next restore. A server of the user's own must have an empty database. Safe to repeat.
    """
    if not file.is_file():
        raise StopError(f"There is no file {file}.")
    environ = stack.settings(environ)
    home = Home.from_environment(environ)
    home.make()
    with home.locked(), Supervisor(home) as supervisor:
        home.stop_left_over()
        if environ.get("DATABASE_URL"):
            _restore_into(environ.get("DATABASE_OWNER_URL") or environ["DATABASE_URL"], file, environ)
        else:
            server = services.start_postgres(home, venv.VENV, supervisor, environ)
            server.administer(
                f"DROP DATABASE IF EXISTS {_RESTORING}",
                f"CREATE DATABASE {_RESTORING} OWNER app_own",
            )
            _restore_into(server.url("app_own", _RESTORING), file, environ)
            server.administer(
                f"DROP DATABASE IF EXISTS {_PREVIOUS}",
                f"ALTER DATABASE {postgres.DATABASE} RENAME TO {_PREVIOUS}",
                f"ALTER DATABASE {_RESTORING} RENAME TO {postgres.DATABASE}",
            )
            server.provide_roles()
    step(f"Restored from {file}. The next `make up` brings its tables up to date")


def _restore_into(url: str, file: pathlib.Path, environ: Mapping[str, str]) -> None:
    processes.run(
        [
            *(_tool("pg_restore", environ), "--exit-on-error", "--no-owner", "--single-transaction", "--no-password"),
            *("--dbname", unquote(urlsplit(url).path.lstrip("/")), str(file)),
        ],
        env=_connection(url),
        failed="The database could not be restored; nothing was changed.",
    )


@contextlib.contextmanager
def _services(home: Home, environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The addresses of the services, which are started for the length of the block where nothing runs."""
    if home.is_locked():
        yield home.published()
        return
    if not home.path.exists() and not environ.get("DATABASE_URL"):
        raise StopError(f"There is no installation in {home.path}.")
    home.make()
    with home.locked(), Supervisor(home) as supervisor:
        home.stop_left_over()
        yield services.start(home, venv.VENV, supervisor, environ)


def _tool(name: str, environ: Mapping[str, str]) -> str:
    return str(postgres.find_binaries(venv.VENV, environ) / name)


def _connection(url: str) -> dict[str, str]:
    """The variables through which PostgreSQL's tools find a database; a password is no word of a command line."""
    parts = urlsplit(url)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
        "PGHOST": unquote(parts.hostname or ""),
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
