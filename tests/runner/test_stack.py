import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from acorn.runner import processes, stack
from acorn.runner.home import ROOT, Home
from acorn.runner.say import StopError


def _runner(home: Home, *words: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "acorn.runner", *words],
        cwd=ROOT,
        env={**_bare_environment(), "ACORN_HOME": str(home.path), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _bare_environment() -> dict[str, str]:
    """Without the addresses of the services that the tests themselves use."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}


@pytest.fixture
def services(home: Home) -> Iterator[subprocess.Popen[str]]:
    """A runner that keeps a database and a broker."""
    running = _runner(home, "services")
    assert processes.wait_until(lambda: "REDIS_URL" in home.published(), 60)
    yield running
    running.send_signal(signal.SIGTERM)
    running.wait()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_taken_port_is_a_sentence_before_anything_starts(home: Home, taken_port: int) -> None:
    running = _runner(home, "up", PORT=str(taken_port))
    printed, _ = running.communicate()

    assert running.returncode == 1
    assert printed == (
        f"PORT {taken_port} cannot be used (Address already in use): choose another, "
        f"for example PORT={taken_port % 64000 + 1} make up\n"
    )
    assert not (home.path / "postgres").exists()


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1"])
def test_port_that_is_none_is_a_sentence(home: Home, port: str) -> None:
    with pytest.raises(StopError, match=r"must be a number from 1 to 65535"):
        stack._web_port({"PORT": port})


def test_second_run_of_a_home_names_the_first(home: Home, services: subprocess.Popen[str]) -> None:
    second = _runner(home, "up")
    printed, _ = second.communicate()

    assert second.returncode == 1
    assert printed.startswith(f"ACORN is already running from {home.path} (process {services.pid}).")


def test_down_stops_in_order_and_keeps_the_data(home: Home, services: subprocess.Popen[str]) -> None:
    pids = [entry["pid"] for entry in home.left_over()]

    finished = _runner(home, "down")
    printed, _ = finished.communicate()
    told, _ = services.communicate()

    assert finished.returncode == 0
    assert printed.endswith("Everything is stopped; the data is kept\n")
    assert [text.split("  ")[-1] for text in told.splitlines()[-3:]] == [
        "Stopping",
        "valkey stopped",
        "postgres stopped",
    ]
    assert len(pids) == 2
    assert [processes.identity(pid) for pid in pids] == [None, None]
    assert (home.path / "postgres" / "data" / "PG_VERSION").exists()


def test_down_stops_what_a_killed_runner_left(home: Home, services: subprocess.Popen[str]) -> None:
    pids = [entry["pid"] for entry in home.left_over()]
    services.kill()
    services.wait()

    finished = _runner(home, "down")
    printed, _ = finished.communicate()

    assert printed == "Stopped what a killed run had left: valkey, postgres.\n"
    assert [processes.identity(pid) for pid in pids] == [None, None]


def test_down_where_nothing_runs_says_so(home: Home) -> None:
    finished = _runner(home, "down")

    assert finished.communicate()[0] == f"Nothing is running from {home.path}.\n"
    assert finished.returncode == 0


def test_exec_gives_the_addresses_of_what_runs(home: Home, services: subprocess.Popen[str]) -> None:
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    finished = _runner(home, "exec", sys.executable, "-c", code)
    seen = json.loads(finished.communicate()[0])

    assert {name: seen[name] for name in home.published()} == home.published()


def test_servers_of_ones_own_are_used_and_not_started(home: Home) -> None:
    running = _runner(home, "services", DATABASE_URL="postgres://mine/acorn", REDIS_URL="redis://mine/0")
    assert processes.wait_until(lambda: "REDIS_URL" in home.published(), 60)
    running.send_signal(signal.SIGTERM)
    running.communicate()

    published = home.published()
    assert (published["DATABASE_URL"], published["REDIS_URL"]) == ("postgres://mine/acorn", "redis://mine/0")
    assert "DATABASE_OWNER_URL" not in published
    assert home.left_over() == []


def test_file_of_settings_yields_to_the_environment(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "ROOT", tmp_path)
    (tmp_path / ".env").write_text(
        "# PORT=1\nPORT=8001\nexport LOG_LEVEL='DEBUG'\nPUBLIC_URL=https://a.example?b=c\n\nnonsense\n"
    )

    assert stack.settings({"PORT": "9"}) == {"PORT": "9", "LOG_LEVEL": "DEBUG", "PUBLIC_URL": "https://a.example?b=c"}


def test_greeting_names_the_addresses_in_use_and_the_demo(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    logins = [{"email": "li@demo.example", "password": "correct horse", "tenant": "Demo", "role": "owner"}]
    (home.path / "demo.json").write_text(json.dumps({"logins": logins}))

    stack._greet(home, {"PORT": "8000", "SPAPI_SIMULATOR_ENDPOINT": "http://127.0.0.1:28366"})

    printed = capsys.readouterr().out
    assert "  ACORN      http://127.0.0.1:8000/\n" in printed
    assert "  simulator  http://127.0.0.1:28366/\n" in printed
    assert "  sign in    li@demo.example  correct horse  (Demo, owner)\n" in printed
    assert not (home.path / "ports.json").exists()


def _usable_by_anybody(python: str | None) -> bool:
    """Whether an ordinary user can run this Python, read the code and the packages."""
    if os.geteuid() != 0 or not python:
        return False
    nobody = pwd.getpwnam("nobody")
    test = 'test -r "$1/acorn/runner/cli.py" && ls "$1/.venv/lib" && "$2" -c "import sys; sys.exit(sys.version_info < (3, 11))"'
    return (
        subprocess.run(
            ["/bin/sh", "-c", test, "sh", ROOT, python],
            cwd="/",
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )


_PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin")


@pytest.mark.skipif(
    not _usable_by_anybody(_PYTHON), reason="needs root, and a Python and a clone that anybody can read"
)
def test_ordinary_user_needs_no_rights(tmp_path_factory: pytest.TempPathFactory, home: Home) -> None:
    nobody = pwd.getpwnam("nobody")
    theirs = home.path.parent / "theirs"
    theirs.mkdir()
    os.chown(theirs, nobody.pw_uid, nobody.pw_gid)
    running = subprocess.Popen(
        [_PYTHON or "", "-B", "-m", "acorn.runner", "services"],
        cwd=ROOT,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        env={**_bare_environment(), "HOME": str(theirs), "ACORN_HOME": str(theirs / "home")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    used = Home(theirs / "home")
    ready = processes.wait_until(lambda: running.poll() is not None or "REDIS_URL" in used.published(), 60)
    running.send_signal(signal.SIGINT)
    printed, _ = running.communicate()

    assert ready
    assert running.returncode == 0, printed
    assert {path.owner() for path in used.path.rglob("*")} == {"nobody"}
    assert [text.split("  ")[-1] for text in printed.splitlines()[-2:]] == ["valkey stopped", "postgres stopped"]
