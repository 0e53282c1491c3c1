"""What the demo asks the simulator's control API: the one place of the product that knows there is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

_SECONDS = 10


class SimulatorSilentError(Exception):
    """The simulator did not answer, or not as its documentation says; the message says what happened."""


@dataclass(frozen=True, slots=True)
class SimulatedWorld:
    """What a vendor knows of a world besides its orders (see docs/simulator.md)."""

    vendor_codes: tuple[str, ...]
    products: tuple[Mapping[str, Any], ...]
    parties: tuple[Mapping[str, Any], ...]


def read_world(name: str) -> SimulatedWorld:
    """A world's vendor codes, assortment and parties; a world that nobody has signed in to yet is made, as that would.

    Takes some seconds at most. Safe to repeat. Raises SimulatorSilentError.
    """
    try:
        world = _ask("GET", f"worlds/{name}") or _ask("POST", "worlds", {"name": name}) or {}
        products = _ask("GET", f"worlds/{name}/products") or {}
        parties = _ask("GET", f"worlds/{name}/directory") or {}
        return SimulatedWorld(tuple(world["vendor_codes"]), tuple(products["products"]), tuple(parties["parties"]))
    except (requests.RequestException, ValueError, KeyError) as problem:
        raise SimulatorSilentError(f"{settings.SPAPI_SIMULATOR_ENDPOINT}: {type(problem).__name__}") from problem


def _ask(method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """The answer; None for what is not there."""
    token = settings.SIMULATOR_CONTROL_TOKEN
    with requests.Session() as session:
        session.trust_env = False  # no proxy stands between us and a process of our own
        answer = session.request(
            method, f"{settings.SPAPI_SIMULATOR_ENDPOINT}/control/{path}", json=body, timeout=_SECONDS,
            headers={"Authorization": f"Bearer {token}"} if token else {}, allow_redirects=False,
        )  # fmt: skip
    if answer.status_code == requests.codes.not_found:
        return None
    answer.raise_for_status()
    return answer.json()
