"""Pull 10,000 orders with 100,000 lines from a local HTTP server, against the same without any of what makes it safe.

Ours is the real road: sync run, Job, token, quota, exchange and raw document stored before reading, checks, versions,
findings, history, work items, search keys, composite foreign keys behind row-level security, an audit event a page.
The floor fetches the same addresses with bare `requests`, parses the JSON and COPYs the same columns into plain tables
with the same indexes.
"""

import argparse
import json
import secrets
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import requests
from django.conf import settings
from django.db import connections

from acorn.core import clock
from acorn.core.actor import Actor
from acorn.jobs.models import Job
from acorn.jobs.run import execute
from acorn.jobs.types import JobState
from acorn.tenancy.db import OWNER_ALIAS
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from orders.models import PurchaseOrder, PurchaseOrderLine, PurchaseOrderVersion
from tests.bench.figures import Figure
from tests.bench.payload import LINES_AN_ORDER, ORDERS_A_PAGE
from vendors import services
from vendors.models import Connection, SyncRun

PAGES = 100
BUDGET = 3.0


class Server:
    """The page server in its own process, and what was asked of it."""

    def __init__(self, pages: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.server", str(pages)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        self.asked: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.asked.extend(line.strip() for line in self.process.stdout)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def run(options: argparse.Namespace) -> list[Figure]:
    """The figure of three rounds: medians of both, and of their ratios."""
    pages = max(2, round(PAGES * options.scale))
    server = Server(pages)
    try:
        rounds = [_round(server, pages) for _ in range(3)]
        sdk = _sdk_seconds(server)
    finally:
        server.stop()
    ratio = statistics.median(ours / floor for ours, floor in rounds)
    ours, floor = (statistics.median(values) for values in zip(*rounds, strict=True))
    notes = {
        "orders": pages * ORDERS_A_PAGE,
        "lines": pages * ORDERS_A_PAGE * LINES_AN_ORDER,
        "rounds": [{"ours": round(a, 3), "floor": round(b, 3)} for a, b in rounds],
        "orders_per_second": round(pages * ORDERS_A_PAGE / ours),
        "ours_ms_per_page": round(1000 * ours / pages, 1),
        "floor_ms_per_page": round(1000 * floor / pages, 1),
        "amzn_sp_api_ms_for_first_page": round(1000 * sdk, 1),
    }
    return [Figure("pull", ours, floor, ratio, f"≤ {BUDGET:g} × floor", ratio <= BUDGET, notes=notes)]


def _round(server: Server, pages: int) -> tuple[float, float]:
    server.asked.clear()
    ours = ours_seconds(server.url, pages)
    time.sleep(0.2)  # the last address is on its way
    return ours, floor_seconds(server.url, list(server.asked), pages)


# --- ours -------------------------------------------------------------------------------------------------------------


def ours_seconds(url: str, pages: int) -> float:
    """A first sync of a new company, from the request to the end of the run."""
    settings.SPAPI_SIMULATOR_ENDPOINT = url
    settings.LWA_TOKEN_URL_SIMULATOR = f"{url}/auth/o2/token"
    tenant = Tenant.objects.create(slug=f"bench-{secrets.token_hex(6)}", name="Bench")
    with tenant_scope(tenant.pk):
        connection = _connect()
        started = time.perf_counter()
        sync = services.start_sync(
            connection_id=connection.pk, resources=["purchase-orders"], actor=Actor.system("bench"), now=clock.now()
        )
        _work(sync)
        seconds = time.perf_counter() - started
        found = (PurchaseOrder.objects.count(), PurchaseOrderVersion.objects.count(), PurchaseOrderLine.objects.count())
        wanted = pages * ORDERS_A_PAGE
        assert found == (wanted, wanted, wanted * LINES_AN_ORDER), found
    return seconds


def _connect() -> Connection:
    return services.connect(
        name="Bench", environment="SIMULATOR", region="NA", marketplace="US",
        vendor_group_code=f"G{secrets.token_hex(4)}", vendor_codes=["ACMUS"],
        credentials=services.Secrets(
            client_id=f"amzn1.application-oa2-client.{secrets.token_hex(8)}",
            client_secret="amzn1.oa2-cs.v1.bench", refresh_token="Atzr|bench",
        ),
        actor=Actor.system("bench"), now=clock.now(),
    )  # fmt: skip


def _work(sync: SyncRun) -> None:
    """Run the Jobs of this sync, as a worker would."""
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        waiting = Job.objects.filter(name="orders.pull_purchase_orders", state=JobState.QUEUED, tenant=sync.tenant)
        job = waiting.order_by("id").first()
        if job is None:
            break
        Job.objects.filter(pk=job.pk).update(due_at=clock.now() - timedelta(seconds=1))
        execute(job.pk)
    sync.refresh_from_db()
    assert sync.state == "SUCCEEDED", (sync.state, sync.errors, sync.counts)


# --- the floor --------------------------------------------------------------------------------------------------------

# our own tables with their columns and indexes, without walls, foreign keys and history
_TABLES = """
DROP TABLE IF EXISTS bench_order, bench_line;
CREATE TABLE bench_order (LIKE orders_purchaseorder INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
CREATE TABLE bench_line (LIKE orders_purchaseorderline INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES)
"""
_ORDER = """COPY bench_order (tenant_id, id, public_id, group_id, connection_id, environment, marketplace, number,
  amazon_state, state, type, payment_method, deal_code, ordered_at, changed_at, state_changed_at, ship_window_start,
  ship_window_end, delivery_window_start, delivery_window_end, due_at, vendor_code, ship_to_party, bill_to_party,
  buying_party, parties, import_details, currency, total_cost, line_count, total_eaches, deadline_at, deadline_kind,
  is_history, finding_count, version, content_hash, first_seen_at, last_seen_at) FROM STDIN"""
_LINE = """COPY bench_line (tenant_id, order_id, sequence, position, asin, vendor_sku, ordered_amount, ordered_unit,
  unit_size, net_cost, list_price, currency, price_unit, is_backorder_allowed, ordered_eaches, original_eaches)
  FROM STDIN"""


def floor_seconds(url: str, paths: list[str], pages: int) -> float:
    """The same addresses, one transaction a page, nothing checked and nothing kept but the rows."""
    with _owner() as connection:
        connection.execute(_TABLES)
        connection.commit()
        started = time.perf_counter()
        session = requests.Session()
        copied: set[str] = set()
        for path in paths:
            answer = session.get(url + path, timeout=30)
            answer.raise_for_status()
            orders = json.loads(answer.content)["payload"]["orders"]
            # windows overlap, so a page at their seam comes twice
            if orders and orders[0]["purchaseOrderNumber"] not in copied:
                copied.add(orders[0]["purchaseOrderNumber"])
                _copy(connection, orders, len(copied) * ORDERS_A_PAGE)
                connection.commit()
        seconds = time.perf_counter() - started
        found = connection.execute(
            "SELECT (SELECT count(*) FROM bench_order), (SELECT count(*) FROM bench_line)"
        ).fetchone()
        assert found == (pages * ORDERS_A_PAGE, pages * ORDERS_A_PAGE * LINES_AN_ORDER), found
    return seconds


@contextmanager
def _owner() -> Iterator[psycopg.Connection]:
    parameters = connections[OWNER_ALIAS].get_connection_params() | {"cursor_factory": None}
    with psycopg.connect(**{key: value for key, value in parameters.items() if value is not None}) as connection:
        yield connection


def _copy(connection: psycopg.Connection, orders: list[dict[str, Any]], first: int) -> None:
    """The values as they came; what would have to be worked out is a constant."""
    with connection.cursor() as cursor:
        with cursor.copy(_ORDER) as copy:
            for key, order in enumerate(orders, first):
                details = order["orderDetails"]
                ordered_at, state = details["purchaseOrderDate"], order["purchaseOrderState"]
                ship_start, ship_end = details["shipWindow"].split("--")
                delivery_start, delivery_end = details["deliveryWindow"].split("--")
                copy.write_row((
                    1, key, f"po_{key:026d}", 1, 1, "SIMULATOR", "US", order["purchaseOrderNumber"], state, "NEW",
                    details["purchaseOrderType"], details["paymentMethod"], "", ordered_at, None,
                    details["purchaseOrderStateChangedDate"], ship_start, ship_end, delivery_start, delivery_end,
                    delivery_end, details["sellingParty"]["partyId"], details["shipToParty"]["partyId"],
                    details["billToParty"]["partyId"], details["buyingParty"]["partyId"],
                    json.dumps(details["shipToParty"]), "{}", "USD", 0, len(details["items"]), 0, ordered_at,
                    "ACKNOWLEDGE", False, 0, 1, "", ordered_at, ordered_at,
                ))  # fmt: skip
        with cursor.copy(_LINE) as copy:
            for key, order in enumerate(orders, first):
                for position, item in enumerate(order["orderDetails"]["items"]):
                    quantity, cost = item["orderedQuantity"], item["netCost"]
                    amount = quantity["amount"]
                    copy.write_row((
                        1, key, item["itemSequenceNumber"], position, item["amazonProductIdentifier"],
                        item["vendorProductIdentifier"], amount, quantity["unitOfMeasure"], quantity["unitSize"],
                        cost["amount"], item["listPrice"]["amount"], cost["currencyCode"], "",
                        item["isBackOrderAllowed"], amount, amount,
                    ))  # fmt: skip


# --- beside it --------------------------------------------------------------------------------------------------------


def _sdk_seconds(server: Server) -> float:
    """What Amazon's own SDK needs to turn the first page into its objects; it is made for nothing but that."""
    from spapi import ApiClient  # noqa: PLC0415 -- slow import

    path = next(path for path in server.asked if "createdAfter" in path)
    body = requests.get(server.url + path, timeout=30).content

    class Response:
        data = body.decode()

    client = ApiClient.__new__(ApiClient)  # its constructor wants credentials
    client._pool = None
    client.api_models_module = "spapi.models.vendor_orders_v1"
    started = time.perf_counter()
    ApiClient.deserialize(client, Response(), "GetPurchaseOrdersResponse")
    return time.perf_counter() - started
