"""docker-compose.yml starts what `make up` starts, and gives the owner of the database to migrations only."""

import os
from typing import Any

import pytest
import yaml

from acorn.runner import stack
from acorn.runner.home import ROOT, Home


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_commands_are_those_of_make_up(home: Home, services: dict[str, Any]) -> None:
    env = {"PORT": "8000", "BIND_ADDRESS": "0.0.0.0", "SIMULATOR_PORT": "8100"}
    started = {program.name: list(program.command[1:]) for program in stack.programs_of(home, env)}

    composed = {name: services[name]["command"][1:] for name in started}

    assert composed == started


def test_image_starts_the_web_server_by_default(services: dict[str, Any]) -> None:
    command = (ROOT / "Dockerfile").read_text().partition("\nCMD ")[2].replace("\\\n", "")

    assert yaml.safe_load(command) == services["web"]["command"]


def test_only_migrations_know_the_owner(services: dict[str, Any]) -> None:
    told = {name for name, service in services.items() if "app_own" in str(service.get("environment"))}
    blanked = {name for name in ("web", "worker", "beat") if services[name]["environment"]["APP_OWN_PASSWORD"] == ""}

    assert told == {"migrate"}
    assert blanked == {"web", "worker", "beat"}


def test_every_lasting_service_has_a_health_check(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "healthcheck" not in service} == {"migrate"}


def test_roles_script_is_executable() -> None:
    assert os.access(ROOT / "docker/roles.sh", os.X_OK)
