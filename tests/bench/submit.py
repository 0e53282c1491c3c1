"""Documents through the outbox by a real worker, against the same POSTs by bare `requests`, under Amazon's plan.

Ours is the real road: row, Job, broker, token, quota, claim, SENDING committed, exchange, record, history, status polls.
The floor knows the plan and fills it. Both send to a server that keeps Amazon's own bucket; a 429 breaks the figure.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
from django.conf import settings
from django.db import transaction

from acorn.core import clock
from acorn.core.actor import Actor, Subject
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from tests.bench.figures import Figure
from tests.bench.kind import NAME
from tests.bench.pull import _connect
from tests.bench.throttle import BURST, RATE, Amazon
from vendors import services
from vendors.models import Connection, Submission

DOCUMENTS = 200
BUDGET = 1.5
LANES = 4
# what a call to Amazon takes, on a good day
ANSWER_SECONDS = 0.1
_PATH = "/vendor/orders/v1/acknowledgements"
_TOKEN = json.dumps({"access_token": "Atza|bench", "token_type": "bearer", "expires_in": 3600}).encode()
_PROCESSING = json.dumps({"payload": {"transactionStatus": {"status": "Processing"}}}).encode()


def run(options: argparse.Namespace) -> list[Figure]:
    """Seconds from the decision to the last document's arrival."""
    count = max(40, round(DOCUMENTS * options.scale))
    documents = [_document(number) for number in range(count)]
    floor, floor_refused = _floor(documents)
    amazon = Amazon()
    ours = _ours(documents, amazon)
    spent = amazon.arrived[-1] - amazon.arrived[0]
    notes = {
        "documents": count,
        "refused_with_429": amazon.refused,
        "floor_refused_with_429": floor_refused,
        "quota_used": round((count - BURST) / (RATE * spent), 3),
        "documents_per_second": round(count / ours, 1),
    }
    is_kept = ours / floor <= BUDGET and amazon.refused == 0 and len(amazon.arrived) == count
    return [Figure("submit", ours, floor, ours / floor, f"≤ {BUDGET:g} × floor, no 429", is_kept, notes=notes)]


def _document(number: int) -> dict[str, Any]:
    items = [
        {"itemSequenceNumber": str(line), "orderedQuantity": {"amount": 12, "unitOfMeasure": "Eaches"},
         "netCost": {"currencyCode": "USD", "amount": "12.50"},
         "itemAcknowledgements": [{"acknowledgementCode": "Accepted", "acknowledgedQuantity": {"amount": 12}}]}
        for line in range(10)
    ]  # fmt: skip
    return {"acknowledgements": [{"purchaseOrderNumber": f"PO{number:06}", "items": items}]}


def _floor(documents: list[dict[str, Any]]) -> tuple[float, int]:
    amazon = Amazon()
    server = _serve(amazon)
    url = f"http://127.0.0.1:{server.server_port}{_PATH}"
    lock, local = threading.Lock(), threading.local()
    tokens, at = BURST - 1, time.monotonic()  # one spare: the server's clock is read a moment later

    def wait() -> None:
        nonlocal tokens, at
        while True:
            with lock:
                now = time.monotonic()
                tokens, at = min(BURST - 1, tokens + (now - at) * RATE), now
                if tokens >= 1:
                    tokens -= 1
                    return
                pause = (1 - tokens) / RATE
            time.sleep(pause)

    def post(document: dict[str, Any]) -> None:
        if not hasattr(local, "session"):
            local.session = requests.Session()
        wait()
        local.session.post(url, data=json.dumps(document), timeout=30)

    started = time.monotonic()
    with ThreadPoolExecutor(LANES) as lanes:
        list(lanes.map(post, documents))
    seconds = amazon.arrived[-1] - started
    server.shutdown()
    return seconds, amazon.refused


def _ours(documents: list[dict[str, Any]], amazon: Amazon) -> float:
    server = _serve(amazon)
    url = f"http://127.0.0.1:{server.server_port}"
    settings.SPAPI_SIMULATOR_ENDPOINT, settings.LWA_TOKEN_URL_SIMULATOR = url, f"{url}/auth/o2/token"
    worker = _worker(url)
    try:
        tenant = Tenant.objects.create(slug=f"bench-{secrets.token_hex(6)}", name="Bench")
        with tenant_scope(tenant.pk):
            connection = _connect()
            _send(connection, documents[:1], "warm-up")  # a running installation has a worker and a token
            _wait_for(amazon, 1)
            time.sleep(2)  # and the quota that a pause leaves
            amazon.arrived.clear()
            started = time.monotonic()
            _send(connection, documents, "bench")
            _wait_for(amazon, len(documents))
            seconds = amazon.arrived[-1] - started
            _wait_until_recorded(len(documents) + 1)
    finally:
        worker.terminate()
        worker.wait(30)
        server.shutdown()
    return seconds


def _send(connection: Connection, documents: list[dict[str, Any]], key: str) -> None:
    for number, document in enumerate(documents):
        subject = Subject("bench.order", f"{key}-{number}", f"{key}-{number}")
        with transaction.atomic():
            services.submit(
                NAME, connection_id=connection.pk, subject=subject, body=document, key=f"{key}-{number}",
                actor=Actor.system("bench"), now=clock.now(),
            )  # fmt: skip


def _wait_for(amazon: Amazon, count: int) -> None:
    deadline = time.monotonic() + 120
    while len(amazon.arrived) < count:
        assert time.monotonic() < deadline, f"{len(amazon.arrived)} of {count} documents arrived"
        time.sleep(0.01)


def _wait_until_recorded(count: int) -> None:
    deadline = time.monotonic() + 30
    while Submission.objects.exclude(transaction_id="").count() < count:
        assert time.monotonic() < deadline, "not all of them are recorded as sent"
        time.sleep(0.05)


def _worker(url: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "celery", "-A", "acorn.celery", "worker", "--queues", "submit", "--include",
        "tests.bench.kind", "--concurrency", str(LANES), "--loglevel", "ERROR", "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    there = {"SPAPI_SIMULATOR_ENDPOINT": url, "LWA_TOKEN_URL_SIMULATOR": f"{url}/auth/o2/token"}
    return subprocess.Popen(command, env={**os.environ, **there}, stdout=subprocess.DEVNULL)


def _serve(amazon: Amazon) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != _PATH:
                self.reply(200, _TOKEN)
            elif amazon.ask():
                time.sleep(ANSWER_SECONDS)
                self.reply(202, json.dumps({"payload": {"transactionId": secrets.token_hex(16)}}).encode())
            else:
                self.reply(429, b'{"errors": [{"code": "QuotaExceeded"}]}')

        def do_GET(self) -> None:
            self.reply(200, _PROCESSING)

        def reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
