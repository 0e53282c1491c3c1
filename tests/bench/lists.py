"""Lists and the order page over 1,000,000 orders with 10,000,000 lines in 100 companies.

Ours is two numbers: the server time of the whole page (middleware to rendered HTML) and the time in which its data is
read. The floor is one hand-written statement by psycopg, as the runtime role, prepared, in a session that already
knows its tenant, that brings the same rows and the same count; both are asked in turn, so that a busy machine slows
both. The page keeps the limit in milliseconds, its data the ratio: no HTML is rendered in a few times the half
millisecond in which PostgreSQL finds fifty rows.
"""

import argparse
import gc
import random
import secrets
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import QuerySet
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from acorn.accounts.middleware import SESSION_TENANT
from acorn.accounts.models import Membership, User
from acorn.accounts.types import Role
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.ui.lists import List
from catalog.filters.items import ITEMS
from catalog.filters.stock import STOCK
from catalog.selectors.items import list_item_rows
from catalog.selectors.stock import list_balances
from orders import selectors
from orders.filters import ORDERS
from orders.models import PurchaseOrder
from tests.bench.figures import Figure
from tests.bench.fill import fill
from vendors.selectors import list_submissions
from vendors.views.submissions import SUBMISSIONS

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
_FLOOR_ITEMS = """
SELECT i.*, ARRAY(SELECT json_build_array(d.kind, d.value) FROM catalog_identifier d
    WHERE d.tenant_id = i.tenant_id AND d.item_id = i.id AND d.effective_until IS NULL),
  EXISTS(SELECT FROM catalog_identifierproposal p
    WHERE p.tenant_id = i.tenant_id AND p.item_id = i.id AND p.state = 'PROPOSED'),
  (SELECT count(*) FROM (SELECT 1 FROM catalog_item i WHERE i.tenant_id = %(tenant)s AND {condition} LIMIT 10001) AS c)
FROM catalog_item i WHERE i.tenant_id = %(tenant)s AND {condition} ORDER BY {order} LIMIT 51
"""
_STOCK_PARTS = """
catalog_item i JOIN catalog_stockbalance b ON b.tenant_id = i.tenant_id AND b.item_id = i.id
JOIN catalog_warehouse w ON w.tenant_id = b.tenant_id AND w.id = b.warehouse_id
WHERE i.tenant_id = %(tenant)s AND w.archived_at IS NULL AND {condition}
"""
_FLOOR_STOCK = f"""
SELECT b.*, i.*, w.*, (SELECT count(*) FROM (SELECT 1 FROM {_STOCK_PARTS} LIMIT 10001) AS counted)
FROM {_STOCK_PARTS} ORDER BY {{order}} LIMIT 51
"""
_FLOOR_SUBMISSIONS = """
SELECT s.id, s.public_id, s.connection_id, s.group_id, s.environment, s.kind, s.subject_kind, s.subject_id,
  s.subject_label, s.key, s.state, s.state_at, s.code, s.params, s.errors, s.findings, s.attempts, s.resends,
  s.next_attempt_at, s.next_poll_at, s.transaction_id, s.sent_at, s.unknown_at, s.verified_at, s.verified_by,
  s.contradiction_code, s.contradiction, s.superseded_by_id, s.replay_of_id, s.actor_label, s.created_at, c.*,
  (SELECT count(*) FROM (
    SELECT 1 FROM vendors_submission s WHERE s.tenant_id = %(tenant)s AND {condition} LIMIT 10001) AS counted)
FROM vendors_submission s JOIN vendors_connection c ON c.tenant_id = s.tenant_id AND c.id = s.connection_id
WHERE s.tenant_id = %(tenant)s AND {condition} ORDER BY {order} LIMIT 51
"""


@dataclass(frozen=True, slots=True)
class _Measured:
    """A list that is measured. The conditions of its floor speak of one table by one letter."""

    name: str
    path: str
    definition: List
    rows: Callable[[], QuerySet[Any]]
    floor: str
    sorts: dict[str, str]  # "" is the sort that the list begins with
    cases: dict[str, tuple[str, str]]


LISTS = (
    _Measured(
        "orders", "/orders/", ORDERS, selectors.list_order_rows, _FLOOR,
        {"": "o.ordered_at DESC, o.id DESC", "-total_cost": "o.total_cost DESC, o.id DESC", "due_at": "o.due_at, o.id"},
        CASES,
    ),
    _Measured(
        "items", "/items/", ITEMS, list_item_rows, _FLOOR_ITEMS,
        {"": "i.sku, i.id", "-changed_at": "i.changed_at DESC, i.id DESC"},
        {
            "all": ("", "true"),
            "state": ("status=PAUSED", "i.status = 'PAUSED'"),
            "sorted by change": ("sort=-changed_at", "true"),
        },
    ),
    _Measured(
        "stock", "/stock/", STOCK, list_balances, _FLOOR_STOCK,
        {"": "i.sku, b.id", "-on_hand": "b.on_hand DESC, b.id DESC"},
        {
            "all": ("", "true"),
            "warehouse": ("warehouse=EAST", "w.code = 'EAST'"),
            "nothing available": ("none=true", "b.on_hand <= b.committed + b.buffer"),
            "search SKU": ("search=SKU-42", "i.sku >= 'SKU-42' AND i.sku < 'SKU-43'"),
            "sorted by eaches": ("sort=-on_hand", "true"),
        },
    ),
    _Measured(
        "submissions", "/submissions/", SUBMISSIONS, list_submissions, _FLOOR_SUBMISSIONS,
        {"": "s.created_at DESC, s.id DESC"},
        {
            "all": ("", "true"),
            "state": ("state=REJECTED", "s.state = 'REJECTED'"),
            "search PO": ("search=PO000042", "s.subject_label = 'PO000042'"),
        },
    ),
)  # fmt: skip


def run(options: argparse.Namespace) -> list[Figure]:
    """A figure per filter of each list, and one for the order page."""
    tenants = random.Random(7).sample(fill(options.scale), _COMPANIES)
    companies = [_Company(tenant) for tenant in tenants]
    companies[0].browser.get("/orders/")  # loads what the first page loads
    gc.collect()
    gc.freeze()  # as wsgi.py does
    figures = [_list_figure(each, name, companies) for each in LISTS for name in each.cases]
    return [*figures, _order_figure(companies)]


class _Company:
    """A company, a browser signed in there, one of its orders, and a session of the runtime role that knows it."""

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
        parameters = connection.get_connection_params() | {"cursor_factory": None}
        self.floor = psycopg.connect(**parameters, autocommit=True)
        self.floor.execute("SELECT set_config('app.tenant', %s, false)", [str(tenant.pk)])

    def ask(self, statement: str, **values: Any) -> list[Any]:
        return self.floor.execute(statement, {"tenant": self.tenant.pk, **values}, prepare=True).fetchall()


def _list_figure(measured: _Measured, name: str, companies: list[_Company]) -> Figure:
    query, condition = measured.cases[name]
    sort = dict(part.split("=") for part in query.split("&") if part).get("sort", "")
    statement = measured.floor.format(condition=condition, order=measured.sorts[sort])
    factory = RequestFactory(SERVER_NAME="127.0.0.1")

    def data(company: _Company) -> Any:
        request: Any = factory.get(f"{measured.path}?{query}")
        request.user = AnonymousUser()
        with tenant_scope(company.tenant.pk):
            return measured.definition.load(request, measured.rows()).rows

    def best(company: _Company) -> Any:
        return company.ask(statement)[:50]

    def page(company: _Company) -> Any:
        answer = company.browser.get(f"{measured.path}?{query}")
        assert answer.status_code == 200

    label, first = f"{measured.name}: {name}", companies[0]
    found = [row.pk for row in data(first)]
    assert found, f"{label}: no rows"
    assert found == [row[0] for row in best(first)], f"{label}: other rows than the floor's"
    return _figure(label, companies, page, data, best)


def _order_figure(companies: list[_Company]) -> Figure:
    def data(company: _Company) -> Any:
        with tenant_scope(company.tenant.pk):
            order = selectors.get_order(company.order.public_id)
            return selectors.list_lines(order)

    def best(company: _Company) -> Any:
        return company.ask(_FLOOR_ORDER, public_id=company.order.public_id)

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
    turns = [companies[number % len(companies)] for number in range(ROUNDS)]
    rounds = [(_time(data, company), _time(best, company)) for company in turns]
    pages = [_time(page, company) for company in turns]
    with CaptureQueriesContext(connection) as captured:
        page(companies[0])
    ours, floor = (statistics.median(times) for times in zip(*rounds, strict=True))
    ratio = statistics.median(one / other for one, other in rounds)
    p95 = statistics.quantiles(pages, n=20)[-1]
    notes = {
        "page_p95_ms": round(1000 * p95, 1),
        "page_median_ms": round(1000 * statistics.median(pages), 1),
        "queries_of_the_page": len(captured),
    }
    is_kept = ratio <= BUDGET and 1000 * p95 <= PAGE_LIMIT_MS
    budget = f"data ≤ {BUDGET:g} × floor, page p95 ≤ {PAGE_LIMIT_MS:g} ms"
    return Figure(name, 1000 * ours, 1000 * floor, ratio, budget, is_kept, "ms", notes)


def _time(work: Callable[[_Company], Any], company: _Company) -> float:
    started = time.perf_counter()
    work(company)
    return time.perf_counter() - started
