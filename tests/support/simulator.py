"""A simulator for tests: a real server on a free port of this machine, gone when the test is done.

Worlds are still unless a test asks otherwise: nothing arrives, nothing goes on by itself, effects show at once.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from simulator import app
from simulator.server import Server
from simulator.worlds import CLIENT_ID_PREFIX, REFRESH_TOKEN_PREFIX, SECRET_PREFIX, Settings

STILL = Settings(
    orders=40,
    arrivals_per_hour=0,
    has_life=False,
    acknowledgement_delay_seconds=0,
    shipment_delay_seconds=0,
    reference_delay_seconds=0,
    carrier_delay_seconds=0,
    labels_missing_share=0,
    receive_loss_share=0,
    misload_share=0,
    transaction_delay_seconds=0,
)


class ControlError(Exception):
    """The control API refused; `status` and the sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class RunningSimulator:
    """A simulator that runs, and its control API."""

    def __init__(self, server: Server) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.token_url = f"{self.url}/auth/o2/token"
        self.application = server.application

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call of the control API, ``path`` below ``/control/``. Raises ControlError."""
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = Request(f"{self.url}/control/{path}", data, {"Content-Type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=60) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except HTTPError as error:
            raise ControlError(error.code, json.load(error)["error"]) from error

    def create_world(self, name: str, **values: Any) -> World:
        """A new world; see the control API for the values. Its credentials follow the documented convention."""
        self.control("POST", "worlds", {"name": name, **values})
        return World(self, name)

    def world(self, name: str) -> World:
        """A world that exists, or will at its first sign-in."""
        return World(self, name)


class World:
    """One world of the simulator: its credentials, and what a test does to it."""

    def __init__(self, simulator: RunningSimulator, name: str) -> None:
        self.simulator = simulator
        self.name = name
        self.client_id = f"{CLIENT_ID_PREFIX}{name}"
        self.client_secret = f"{SECRET_PREFIX}secret"
        self.refresh_token = f"{REFRESH_TOKEN_PREFIX}{name}"

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self.simulator.control("POST", f"worlds/{self.name}/{path}", body)

    def get(self, path: str = "", **query: Any) -> dict[str, Any]:
        tail = f"/{path}" if path else ""
        return self.simulator.control("GET", f"worlds/{self.name}{tail}" + (f"?{urlencode(query)}" if query else ""))

    def delete(self, path: str) -> dict[str, Any]:
        return self.simulator.control("DELETE", f"worlds/{self.name}/{path}")

    def make_orders(self, count: int = 1, lines: int | None = None) -> list[str]:
        """New orders, available this moment; returns their numbers."""
        numbers: list[str] = self.post("orders", count=count, lines=lines)["numbers"]
        return numbers

    def order(self, number: str) -> dict[str, Any]:
        """Amazon's own view of an order, line by line."""
        return self.get(f"orders/{number}")

    def change(self, number: str, change: str, **values: Any) -> dict[str, Any]:
        """One of window, quantity, cancel_item, cost, new_item, centre, type, freight."""
        return self.post(f"orders/{number}/change", change=change, **values)

    def shipments(self, **narrow: Any) -> list[dict[str, Any]]:
        """Amazon's own view of the advance ship notices, newest first; of one `identifier` or one `order`."""
        found: list[dict[str, Any]] = self.get("asns", **narrow)["asns"]
        return found

    def pickups(self, **narrow: Any) -> list[dict[str, Any]]:
        """Amazon's own view of the pickups, newest first; of one `identifier` or one `order`."""
        found: list[dict[str, Any]] = self.get("pickups", **narrow)["pickups"]
        return found

    def add_fault(self, kind: str, **values: Any) -> dict[str, Any]:
        return self.post("faults", kind=kind, **values)

    def request_counts(self) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = self.get("requests")["counts"]
        return counts


@contextmanager
def running_simulator(
    settings: Settings = STILL, *, clock: Callable[[], float] = time.time, control_token: str = ""
) -> Iterator[RunningSimulator]:
    """A simulator on a free port with an empty store; `settings` are those of the worlds made in it."""
    with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        application = app.build(
            Path(folder) / "simulator.sqlite3", clock=clock, settings=settings, control_token=control_token
        )
        server = Server(application)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield RunningSimulator(server)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
            application.amazon.store.close()
