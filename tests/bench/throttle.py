"""Four worker processes against a plan of ten requests a second: how much of it they use, and whether they are refused.

Each worker asks the shared bucket before each request, as the client does, and waits when told to. A counting server
keeps Amazon's own bucket of the same plan: a request that finds it empty is a 429, and must not happen.
"""

import argparse
import multiprocessing
import os
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import redis
import requests

from tests.bench.figures import Figure
from vendors.spapi.credentials import Credentials
from vendors.spapi.endpoints import Environment
from vendors.spapi.marketplaces import Region
from vendors.spapi.operations import GET_PURCHASE_ORDERS
from vendors.spapi.throttle import BucketKey, Throttle

RATE, BURST, WORKERS = 10.0, 10.0, 4
WARM_UP_SECONDS, SECONDS = 3.0, 20.0
BUDGET = 0.95


class Amazon:
    """Counts what arrives, and refuses what is above the plan."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.tokens, self.at = BURST, time.monotonic()
        self.arrived: list[float] = []
        self.refused = 0

    def ask(self) -> bool:
        with self.lock:
            now = time.monotonic()
            self.tokens = min(BURST, self.tokens + (now - self.at) * RATE)
            self.at = now
            if self.tokens < 1:
                self.refused += 1
                return False
            self.tokens -= 1
            self.arrived.append(now)
            return True


def run(options: argparse.Namespace) -> list[Figure]:
    """Quota used in the steady state, after the burst is spent; broken by a single 429."""
    amazon = Amazon()
    server = _serve(amazon)
    seconds = max(5.0, SECONDS * options.scale)
    until = time.time() + WARM_UP_SECONDS + seconds
    key = secrets.token_hex(8)
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_work, args=(server.server_port, os.environ["REDIS_URL"], key, until))
        for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    server.shutdown()
    assert amazon.arrived, "no worker reached the server"
    first = amazon.arrived[0] + WARM_UP_SECONDS
    steady = [at for at in amazon.arrived if at >= first]
    spent = steady[-1] - steady[0]
    used = (len(steady) - 1) / (RATE * spent)
    notes = {
        "requests": len(amazon.arrived),
        "refused_with_429": amazon.refused,
        "steady_requests_per_second": round((len(steady) - 1) / spent, 2),
        "workers": WORKERS,
    }
    is_kept = used >= BUDGET and amazon.refused == 0
    budget = f"≥ {BUDGET:.0%} of the quota, no 429"
    return [Figure("throttle: quota used", used * RATE, RATE, used, budget, is_kept, "/s", notes)]


def _serve(amazon: Amazon) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.send_response(200 if amazon.ask() else 429)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _work(port: int, redis_url: str, key: str, until: float) -> None:
    """One worker process."""
    throttle = Throttle(redis.Redis.from_url(redis_url), prefix=f"bench:{key}:")
    bucket = BucketKey.of(_credentials(key), GET_PURCHASE_ORDERS.name)
    session = requests.Session()
    while time.time() < until:
        permit = throttle.acquire(bucket)
        if permit.wait_ms:
            time.sleep(permit.wait_ms / 1000)
            continue
        session.get(f"http://127.0.0.1:{port}/", timeout=10)


def _credentials(key: str) -> Credentials:
    return Credentials(
        Environment.SIMULATOR, Region.NA, key, client_id=f"amzn1.application-oa2-client.{key}",
        client_secret="amzn1.oa2-cs.v1.bench", refresh_token="Atzr|bench",
    )  # fmt: skip
