"""A simulator that all tests of this folder share; each test takes a world of its own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator

import pytest

from tests.simulator.client import Client
from tests.support.simulator import RunningSimulator, World, running_simulator

_turn = itertools.count(1)


@pytest.fixture(scope="session")
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator() as running:
        yield running


@pytest.fixture
def make_world(request: pytest.FixtureRequest, simulator: RunningSimulator) -> Callable[..., World]:
    """A new world, empty unless `settings` say otherwise. Whatever ran before, a test meets the same chances."""
    seed = f"{request.node.nodeid}{os.environ.get('SIMULATOR_SEED', '')}"

    def make(name: str = "", **values: object) -> World:
        settings = {"orders": 0, **dict(values.pop("settings", {}))}  # type: ignore[call-overload]
        name = f"test-{next(_turn)}{name and '-'}{name}"
        return simulator.create_world(name, **{"seed": seed, "settings": settings, **values})

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    """A signed-in client of the world."""
    return Client(world)
