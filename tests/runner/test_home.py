import json
import os
import pathlib
import socket
import stat
import subprocess
import sys

import pytest

from acorn.runner import home as home_module
from acorn.runner.home import ROOT, Home, is_free, write_private
from acorn.runner.say import StopError


def _mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_home_is_closed_to_others(home: Home) -> None:
    assert _mode(home.path) == (0o711 if os.geteuid() == 0 else 0o700)
    assert _mode(home.logs) == 0o700


def test_secret_is_made_once_and_private(home: Home) -> None:
    first = home.secret("app_rw")

    assert first == Home(home.path).secret("app_rw")
    assert first != home.secret("app_own")
    assert _mode(home.path / "secrets.json") == 0o600


def test_key_is_a_key_ring(home: Home) -> None:
    assert home.secret("ACORN_SECRET_KEYS", "key").startswith("k1:")
    assert len(home.secret("ACORN_SECRET_KEYS", "key")) == len("k1:") + 44


def test_new_key_stands_in_front_and_the_old_one_stays(home: Home) -> None:
    old = home.secret("ACORN_SECRET_KEYS", "key")

    assert home.add_key() == "k2"

    new, _, rest = home.secret("ACORN_SECRET_KEYS", "key").partition(",")
    assert rest == old
    assert new.startswith("k2:")


def test_services_are_published_privately(home: Home) -> None:
    home.publish({"REDIS_URL": "redis://"})

    assert home.published() == {"REDIS_URL": "redis://"}
    assert _mode(home.path / "services.json") == 0o600


def test_port_is_kept_while_it_is_free(home: Home) -> None:
    port = home.port("web")

    assert home.port("web") == port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert not is_free(port)
        assert home.port("web") != port


def test_ports_of_one_home_differ(home: Home) -> None:
    assert home.port("postgres") != home.port("valkey")


def test_second_runner_of_a_home_is_refused_with_a_sentence(home: Home) -> None:
    with home.locked():
        second = subprocess.run(
            [sys.executable, "-m", "acorn.runner", "services"],
            cwd=ROOT,
            env={**os.environ, "ACORN_HOME": str(home.path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert second.returncode == 1
    assert second.stdout == ""
    assert second.stderr == (
        f"ACORN is already running from {home.path} (process {os.getpid()}). "
        "Stop it with `make down`, or choose another ACORN_HOME and PORT for a second one.\n"
    )


def test_lock_ends_with_its_holder(home: Home) -> None:
    with home.locked():
        assert home.is_locked()

    assert not home.is_locked()
    with home.locked():
        pass


def test_half_written_file_is_never_seen(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home.path / "state.json"
    write_private(path, json.dumps({"a": 1}))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(home_module.pathlib.Path, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        write_private(path, json.dumps({"a": 2}))

    assert home_module.read_json(path, None) == {"a": 1}


def test_large_log_is_put_aside(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module, "LOG_BYTES", 3)
    for text in ("first", "second", "third", "fourth", "fifth"):
        home.log("web").write_text(text)
    home.log("web")

    kept = {path.name: path.read_text() for path in home.logs.iterdir()}
    assert kept == {"web.log.1": "fifth", "web.log.2": "fourth", "web.log.3": "third"}


def test_no_free_port_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module, "is_free", lambda _: False)

    with pytest.raises(StopError, match="No free port"):
        home_module.free_port()
