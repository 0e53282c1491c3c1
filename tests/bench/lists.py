"""The Orders list and the order page over 1,000,000 orders with 10,000,000 lines in 100 companies.

Ours is two numbers: the server time of the whole page (middleware to rendered HTML) and the time in which its data is
read. The floor is one hand-written statement by psycopg, as the runtime role, that brings the same rows and the same
count. The page keeps the limit in milliseconds, its data the ratio: no HTML is rendered in a few times the
half millisecond in which PostgreSQL finds fifty rows.
"""

import argparse
import gc
import random
import secrets
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from acorn.accounts.middleware import SESSION_TENANT
from acorn.accounts.models import Membership, User
from acorn.accounts.types import Role
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from orders import selectors
from orders.filters import ORDERS
from orders.models import PurchaseOrder
from tests.bench.figures import Figure
from tests.bench.fill import fill

PAGE_LIMIT_MS = 100.0
BUDGET = 4.0
ROUNDS = 24
_COMPANIES = 6

_MONTH = tuple((datetime.now(UTC) - timedelta(days=days)).date() for days in (60, 30))
# what the URL says, and the condition that it means
CASES: dict[str, tuple[str, str]] = {
    "all": ("", "true"),
    "state": ("state=NEW", "o.state = 'NEW'"),
    "two states": ("state=NEW&state=ACKNOWLEDGED", "o.state IN ('NEW', 'ACKNOWLEDGED')"),
    "vendor code": ("vendor_code=ACM3", "o.vendor_code = 'ACM3'"),
    "marketplace": ("marketplace=US", "o.marketplace = 'US'"),
    "fulfilment centre": ("ship_to_party=FC7", "o.ship_to_party = 'FC7'"),
    "type": ("type=RushOrder", "o.type = 'RushOrder'"),
    "delivery window": (
        f"delivery_window_after={_MONTH[0]}&delivery_window_before={_MONTH[1]}",
        f"o.delivery_window_end >= '{_MONTH[0]}Z' AND o.delivery_window_end < '{_MONTH[1]}Z'::timestamptz + '1 d'::interval",
    ),
    "unseen change": ("changed=true", "o.has_unseen_change"),
    "history": ("history=true", "o.is_history"),
    "search ASIN": (
        "search=B000000042",
        "o.id IN (SELECT order_id FROM orders_purchaseorderline WHERE tenant_id = %(tenant)s AND asin = 'B000000042')",
    ),
    "search SKU": (
        "search=SKU-42",
        "o.id IN (SELECT order_id FROM orders_purchaseorderline WHERE tenant_id = %(tenant)s AND vendor_sku = 'SKU-42')",
    ),
    "search PO": ("search=AB", "o.number >= 'AB' AND o.number < 'AC'"),
    "search FC": ("search=FC7", "o.ship_to_party = 'FC7'"),
    "sorted by total": ("sort=-total_cost", "true"),
    "sorted by window": ("sort=due_at", "true"),
}
_SORTS = {"-total_cost": "o.total_cost DESC, o.id DESC", "due_at": "o.due_at, o.id"}

_FLOOR = """
SELECT o.id, o.public_id, o.number, o.state, o.environment, o.vendor_code, o.ship_to_party, o.ordered_at, o.changed_at,
  o.ship_window_start, o.ship_window_end, o.delivery_window_start, o.delivery_window_end, o.due_at, o.deadline_at,
  o.line_count, o.total_eaches, o.total_cost, o.currency, o.is_history, o.has_unseen_change, (SELECT count(*) FROM (
    SELECT 1 FROM orders_purchaseorder o WHERE o.tenant_id = %(tenant)s AND {condition} LIMIT 10001) AS counted) AS total
FROM orders_purchaseorder o WHERE o.tenant_id = %(tenant)s AND {condition} ORDER BY {order} LIMIT 51
"""
_FLOOR_ORDER = """
SELECT o.*, c.public_id, c.name, l.* FROM orders_purchaseorder o
JOIN vendors_connection c ON c.id = o.connection_id AND c.tenant_id = o.tenant_id
JOIN orders_purchaseorderline l ON l.order_id = o.id AND l.tenant_id = o.tenant_id
WHERE o.tenant_id = %(tenant)s AND o.public_id = %(public_id)s ORDER BY l.position
"""


def run(options: argparse.Namespace) -> list[Figure]:
    """A figure per filter, one for the second page, one for the order page."""
    tenants = random.Random(7).sample(fill(options.scale), _COMPANIES)
    companies = [_Company(tenant) for tenant in tenants]
    companies[0].browser.get("/orders/")  # loads what the first page loads
    gc.collect()
    gc.freeze()  # as wsgi.py does
    with _runtime_role() as floor:
        figures = [_list_figure(name, *case, companies, floor) for name, case in CASES.items()]
        figures.append(_order_figure(companies, floor))
    return figures


class _Company:
    """A company, a browser signed in there, and one of its orders."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        user = User.objects.create_user(f"{secrets.token_hex(4)}@{tenant.slug}.example")
        Membership.objects.create(tenant=tenant, user=user, role=Role.OWNER)
        self.browser = Client(SERVER_NAME="127.0.0.1")
        self.browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = self.browser.session
        session[SESSION_TENANT] = tenant.pk
        session.save()
        with tenant_scope(tenant.pk):
            self.order = PurchaseOrder.objects.order_by("-ordered_at")[50]


def _list_figure(name: str, query: str, condition: str, companies: list[_Company], floor: psycopg.Connection) -> Figure:
    sort = dict(part.split("=") for part in query.split("&") if part).get("sort", "")
    statement = _FLOOR.format(condition=condition, order=_SORTS.get(sort, "o.ordered_at DESC, o.id DESC"))
    factory = RequestFactory(SERVER_NAME="127.0.0.1")

    def data(company: _Company) -> Any:
        request: Any = factory.get(f"/orders/?{query}")
        request.user = AnonymousUser()
        with tenant_scope(company.tenant.pk):
            return ORDERS.load(request, selectors.list_order_rows()).rows

    def best(company: _Company) -> Any:
        return _fetch(floor, company, statement, {"tenant": company.tenant.pk})[:50]

    def page(company: _Company) -> Any:
        answer = company.browser.get(f"/orders/?{query}")
        assert answer.status_code == 200

    first = companies[0]
    assert [row.pk for row in data(first)] == [row[0] for row in best(first)], f"{name}: other rows than the floor's"
    return _figure(f"orders: {name}", companies, page, data, best)


def _order_figure(companies: list[_Company], floor: psycopg.Connection) -> Figure:
    def data(company: _Company) -> Any:
        with tenant_scope(company.tenant.pk):
            order = selectors.get_order(company.order.public_id)
            return selectors.list_lines(order)

    def best(company: _Company) -> Any:
        values = {"tenant": company.tenant.pk, "public_id": company.order.public_id}
        return _fetch(floor, company, _FLOOR_ORDER, values)

    def page(company: _Company) -> Any:
        assert company.browser.get(f"/orders/{company.order.public_id}/").status_code == 200

    return _figure("order page", companies, page, data, best)


def _figure(
    name: str,
    companies: list[_Company],
    page: Callable[[_Company], Any],
    data: Callable[[_Company], Any],
    best: Callable[[_Company], Any],
) -> Figure:
    for work in (page, data, best):  # warm: caches of PostgreSQL, templates, statements
        for company in companies:
            work(company)
    pages, reads, floors = (_times(work, companies) for work in (page, data, best))
    with CaptureQueriesContext(connection) as captured:
        page(companies[0])
    ours, floor = statistics.median(reads), statistics.median(floors)
    p95 = statistics.quantiles(pages, n=20)[-1]
    notes = {
        "page_p95_ms": round(1000 * p95, 1),
        "page_median_ms": round(1000 * statistics.median(pages), 1),
        "queries_of_the_page": len(captured),
    }
    is_kept = ours <= BUDGET * floor and 1000 * p95 <= PAGE_LIMIT_MS
    budget = f"data ≤ {BUDGET:g} × floor, page p95 ≤ {PAGE_LIMIT_MS:g} ms"
    return Figure(name, 1000 * ours, 1000 * floor, ours / floor, budget, is_kept, "ms", notes)


def _times(work: Callable[[_Company], Any], companies: list[_Company]) -> list[float]:
    found = []
    for number in range(ROUNDS):
        company = companies[number % len(companies)]
        started = time.perf_counter()
        work(company)
        found.append(time.perf_counter() - started)
    return found


def _runtime_role() -> psycopg.Connection:
    parameters = connection.get_connection_params() | {"cursor_factory": None}
    return psycopg.connect(**parameters, autocommit=True)


def _fetch(floor: psycopg.Connection, company: _Company, statement: str, values: dict[str, Any]) -> Any:
    with floor.transaction():
        floor.execute("SELECT set_config('app.tenant', %s, true)", [str(company.tenant.pk)])
        return floor.execute(statement, values).fetchall()
