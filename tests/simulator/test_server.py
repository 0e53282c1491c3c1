"""The simulator as a process: starts, keeps connections, serves many at once, stops, and remembers."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests

from simulator import app
from simulator.server import Server
from simulator.worlds import Settings
from tests.simulator.client import ORDERS, Client
from tests.simulator.documents import acknowledgement
from tests.support.simulator import RunningSimulator, World


def test_a_connection_is_kept(simulator: RunningSimulator) -> None:
    connection = http.client.HTTPConnection(simulator.url.removeprefix("http://"), timeout=10)
    connection.request("GET", "/control/health")
    first = connection.getresponse()
    assert json.loads(first.read()) == {"status": "ok"}
    socket = connection.sock

    connection.request("GET", "/control/health")
    connection.getresponse().read()

    assert first.version == 11
    assert connection.sock is socket


def test_many_at_once_lose_nothing(world: World) -> None:
    world.post("throttle", rate=10_000, burst=10_000)
    numbers = world.make_orders(60, lines=2)
    documents = {number: acknowledgement(world.order(number)["document"]) for number in numbers}

    def work(number: str) -> str:
        client = Client(world)
        client.numbers(limit=10)
        client.acknowledge(documents[number])
        state: str = client.order(number)["purchaseOrderState"]
        return state

    with ThreadPoolExecutor(12) as pool:
        states = list(pool.map(work, numbers))

    assert states == ["Acknowledged"] * 60
    assert world.request_counts()["submitAcknowledgement"] == {"202": 60}


def test_two_first_sign_ins_at_once_make_one_world(simulator: RunningSimulator) -> None:
    world = simulator.world("two-at-once")

    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(Client, [world] * 8))

    assert sum(world.get()["orders"].values()) == 40
    assert all(client.get(ORDERS).status_code == 200 for client in clients)


def test_unknown_paths_and_methods_are_404(simulator: RunningSimulator) -> None:
    for method, path in (("GET", "/vendor/orders/v2/purchaseOrders"), ("DELETE", ORDERS)):
        answer = requests.request(method, f"{simulator.url}{path}", timeout=10)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "NotFound")
        assert answer.headers["x-amzn-RequestId"]


def test_oversized_bodies_are_413(simulator: RunningSimulator) -> None:
    connection = http.client.HTTPConnection(simulator.url.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/vendor/orders/v1/acknowledgements")
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders()

    assert connection.getresponse().status == 413


def test_the_store_outlives_the_process(tmp_path: Path) -> None:
    store = tmp_path / "simulator.sqlite3"
    found = []
    for _ in range(2):
        application = app.build(store, settings=Settings(orders=7, arrivals_per_hour=0))
        server = Server(application)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        found.append(sorted(Client(RunningSimulator(server).world("kept")).numbers()))
        server.shutdown()
        server.server_close()
        application.amazon.store.close()

    assert found[0] == found[1]
    assert len(found[0]) == 7


def test_a_store_of_another_version_is_emptied(tmp_path: Path) -> None:
    store = tmp_path / "simulator.sqlite3"
    first = app.build(store, settings=Settings(orders=1))
    first.amazon.world_for_client("somebody")
    first.amazon.store.close()
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA user_version = 999")

    second = app.build(store)

    assert second.amazon.worlds() == []
    second.amazon.store.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_starts_with_its_address_and_stops_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "ACORN_HOME": str(tmp_path / "home"), "SIMULATOR_ORDERS": "3"}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0"], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().rpartition("Simulator: ")[2].strip()
        assert requests.get(f"{address}control/health", timeout=10).json() == {"status": "ok"}
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert (tmp_path / "home" / "simulator.sqlite3").exists()


def test_a_taken_port_is_said_in_a_sentence(simulator: RunningSimulator, tmp_path: Path) -> None:
    port = simulator.url.rpartition(":")[2]

    process = subprocess.run(
        [sys.executable, "-m", "simulator", "--port", port, "--store", str(tmp_path / "s.sqlite3")],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert process.returncode == 1
    assert process.stderr == f"The simulator cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_plain_wsgi_serves_it_too(tmp_path: Path) -> None:
    """Under any WSGI server a broken connection can only be shown as a short body."""
    application = app.build(tmp_path / "s.sqlite3", settings=Settings(orders=3, arrivals_per_hour=0))
    status: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/control/health",
        "QUERY_STRING": "",
        "CONTENT_LENGTH": "",
        "wsgi.input": None,
    }

    body = b"".join(application(environ, lambda line, _headers: status.append(line)))

    assert (status, body) == (["200 OK"], b'{"status":"ok"}')
    application.amazon.store.close()
