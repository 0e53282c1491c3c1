import os
import pathlib
import shutil
import signal
import subprocess

import psycopg
import pytest

from acorn.runner import postgres, processes
from acorn.runner.home import Home
from acorn.runner.postgres import Postgres
from acorn.runner.say import StopError
from acorn.runner.supervisor import Supervisor
from acorn.runner.venv import VENV


def _start(supervisor: Supervisor, database: Postgres) -> None:
    database.initialise()
    supervisor.start(database.program())
    database.provide_roles()


def _one(url: str, statement: str) -> tuple[object, ...]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchone() or ()


def test_roles_have_exactly_the_rights_they_need(supervisor: Supervisor, database: Postgres) -> None:
    _start(supervisor, database)

    asked = (
        "SELECT rolsuper, rolbypassrls, rolcreatedb, has_schema_privilege('public', 'USAGE'),"
        " has_schema_privilege('public', 'CREATE') FROM pg_roles WHERE rolname = current_user"
    )
    rights = {role: _one(database.url(role), asked) for role in postgres.ROLES}
    assert rights == {
        "app_own": (False, False, True, True, True),
        "app_rw": (False, False, False, True, False),
        "app_backup": (False, True, False, True, False),
    }


def test_wrong_password_is_refused(supervisor: Supervisor, database: Postgres) -> None:
    _start(supervisor, database)

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(database.url("app_rw").replace("app_rw:", "app_rw:x"))


def test_chinese_letters_count_as_letters(supervisor: Supervisor, database: Postgres) -> None:
    _start(supervisor, database)

    assert _one(database.url("app_rw"), "SELECT '亚马逊' ~ '^[[:alpha:]]+$'") == (True,)


def test_owner_makes_test_databases_that_the_runtime_role_may_enter(supervisor: Supervisor, database: Postgres) -> None:
    _start(supervisor, database)

    with psycopg.connect(database.url("app_own"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE test_acorn")

    assert _one(database.url("app_rw", "test_acorn"), "SELECT has_schema_privilege('public', 'USAGE')") == (True,)


def test_killed_server_starts_again_with_its_rows(home: Home, supervisor: Supervisor) -> None:
    database = Postgres(home, postgres.find_binaries(VENV, {}))
    _start(supervisor, database)
    with psycopg.connect(database.url("app_own")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    [entry] = home.left_over()

    os.kill(entry["pid"], signal.SIGKILL)

    def again() -> bool:
        return any(each["pid"] != entry["pid"] for each in home.left_over()) and database.is_ready()

    assert supervisor.watch_until(again, 30)
    assert _one(database.url("app_own"), "SELECT number FROM kept") == (42,)


def test_interrupted_initialisation_is_begun_anew(home: Home, supervisor: Supervisor, database: Postgres) -> None:
    half = home.path / "postgres" / "data.new-1234"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")

    _start(supervisor, database)

    assert database.is_ready()
    assert not half.exists()


def test_pid_file_that_names_a_stranger_is_no_obstacle(home: Home, supervisor: Supervisor, database: Postgres) -> None:
    database.initialise()
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    (home.path / "postgres" / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n/elsewhere\n")

    supervisor.start(database.program())

    assert database.is_ready()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_server_that_nobody_remembers_is_stopped_first(home: Home, supervisor: Supervisor, database: Postgres) -> None:
    database.initialise()
    forgotten = processes.spawn(database.program())
    assert processes.wait_until(database.is_ready, 30)

    supervisor.start(database.program())

    assert forgotten.wait(10) == 0
    assert database.is_ready()


def test_data_of_another_version_is_a_sentence(home: Home, database: Postgres) -> None:
    data = home.path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")

    with pytest.raises(StopError, match=r"was made by PostgreSQL 12, this is PostgreSQL \d+"):
        database.initialise()


def test_chosen_folder_without_programs_is_a_sentence(tmp_path: pathlib.Path) -> None:
    with pytest.raises(StopError, match="there is no initdb in it"):
        postgres.find_binaries(VENV, {"PG_BIN_DIR": str(tmp_path)})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_root_with_a_closed_home_opens_no_folder(home: Home) -> None:
    closed = home.path.parent / "closed"
    closed.mkdir(mode=0o700)
    inside = Home(closed / "home")
    inside.make()

    with Supervisor(inside) as supervisor:
        database = Postgres(inside, postgres.find_binaries(VENV, {}), durable=False)
        _start(supervisor, database)
        outside = pathlib.Path(database.program().cwd).parent
        ready = database.is_ready()

    try:
        assert ready
        assert closed.stat().st_mode & 0o777 == 0o700
        assert not outside.is_relative_to(closed)
    finally:
        shutil.rmtree(outside)
