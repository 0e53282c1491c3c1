"""Homes in the temporary folder, and programs that do as little as possible."""

import os
import pathlib
import sys
import tempfile
from collections.abc import Callable, Iterator

import pytest

from acorn.runner import postgres, valkey
from acorn.runner.home import Home
from acorn.runner.postgres import Postgres
from acorn.runner.processes import Program
from acorn.runner.supervisor import Supervisor
from acorn.runner.valkey import Valkey
from acorn.runner.venv import VENV


@pytest.fixture
def home() -> Iterator[Home]:
    # not tmp_path: pytest closes that to the user as whom root runs PostgreSQL
    with tempfile.TemporaryDirectory(prefix="acorn-runner-test-") as folder:
        pathlib.Path(folder).chmod(0o755)
        made = Home(pathlib.Path(folder) / "home")
        made.make()
        yield made


@pytest.fixture
def supervisor(home: Home) -> Iterator[Supervisor]:
    with Supervisor(home) as running:
        yield running


@pytest.fixture
def program(home: Home) -> Callable[..., Program]:
    """A tiny Python program that says when it has begun; `steps` is what it does then."""

    def make(name: str, steps: str, **more: object) -> Program:
        began = home.path / f"{name}.began"
        code = (
            f"import os, pathlib, signal, sys, time\npathlib.Path({str(began)!r}).write_text(str(os.getpid()))\n{steps}"
        )
        settings = {
            "command": (sys.executable, "-c", code),
            "env": dict(os.environ),
            "log": home.log(name),
            "cwd": home.path,
            "ready": began.exists,
            "before_start": lambda: began.unlink(missing_ok=True),
        }
        return Program(name=name, **(settings | more))

    return make


@pytest.fixture
def database(home: Home) -> Postgres:
    return Postgres(home, postgres.find_binaries(VENV, {}), durable=False)


@pytest.fixture
def broker(home: Home) -> Valkey:
    return Valkey(home, valkey.find_binary(VENV))
