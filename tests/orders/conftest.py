"""A real simulator, for what is pulled over the wire."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.simulator import RunningSimulator, World, running_simulator


@pytest.fixture(scope="session")
def _simulator() -> Iterator[RunningSimulator]:
    with running_simulator() as running:
        yield running


@pytest.fixture
def world(_simulator: RunningSimulator, settings: Any, request: pytest.FixtureRequest) -> World:
    """A world of the test's own with 40 orders in six months, as this installation's simulated Amazon."""
    settings.SPAPI_SIMULATOR_ENDPOINT = _simulator.url
    settings.LWA_TOKEN_URL_SIMULATOR = _simulator.token_url
    name = request.node.name.lower().replace("_", "-").translate(str.maketrans("[]", "--"))
    return _simulator.create_world(name[:60])
