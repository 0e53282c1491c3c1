"""A hundred companies with ten thousand orders of ten lines each, made inside PostgreSQL.

As the runtime role and behind the walls, company by company: what is measured afterwards is the schema that runs.
"""

import secrets
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import psycopg
from django.db import connection, connections, transaction

from acorn.core import clock
from acorn.tenancy.db import OWNER_ALIAS
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from vendors.models import Connection, VendorGroup

TENANTS = 100
ORDERS = 10_000
LINES = 10

_ORDERS = """
INSERT INTO orders_purchaseorder (tenant_id, public_id, group_id, connection_id, environment, marketplace, number,
  amazon_state, state, type, payment_method, deal_code, ordered_at, changed_at, state_changed_at, ship_window_start,
  ship_window_end, delivery_window_start, delivery_window_end, due_at, vendor_code, ship_to_party, bill_to_party,
  buying_party, parties, import_details, currency, total_cost, line_count, total_eaches, deadline_at, deadline_kind,
  is_history, has_unseen_change, finding_count, version, content_hash, first_seen_at, last_seen_at)
SELECT %(tenant)s, 'po_' || substr(md5(%(salt)s || '/' || n), 1, 26), %(group)s, %(connection)s,
  'PRODUCTION', 'US', upper(lpad(to_hex((n::bigint * 2654435761) %% 4294967296), 8, '0')),
  CASE WHEN n %% 20 = 0 THEN 'New' WHEN n %% 4 = 0 THEN 'Acknowledged' ELSE 'Closed' END,
  CASE WHEN n %% 20 = 0 THEN 'NEW' WHEN n %% 4 = 0 THEN 'ACKNOWLEDGED' WHEN n %% 7 = 0 THEN 'CANCELLED' ELSE 'CLOSED' END,
  (ARRAY['RegularOrder', 'RegularOrder', 'RegularOrder', 'RushOrder'])[1 + n %% 4], 'Invoice', '',
  at, CASE WHEN n %% 5 = 0 THEN at + '2 h'::interval END, at + '1 h'::interval, at + '3 d'::interval,
  at + '10 d'::interval, at + '5 d'::interval, at + '14 d'::interval, at + '14 d'::interval,
  'ACM' || (n * 7 %% 5), 'FC' || (n * 13 %% 40), 'AMZB', 'AMZN', '{}', '{}', 'USD', (n * 37 %% 900000) / 10.0, %(lines)s,
  %(lines)s * 12, at + '24 h'::interval, 'ACKNOWLEDGE', n %% 3 = 1, n %% 50 = 0, (n %% 97 = 0)::int, 1, md5(n::text), at, at
FROM (SELECT n, now() - n * interval '1 min' * (259200.0 / %(orders)s) AS at
      FROM generate_series(1, %(orders)s) AS n) AS series
"""
_LINES = """
INSERT INTO orders_purchaseorderline (tenant_id, order_id, sequence, position, asin, vendor_sku, ordered_amount,
  ordered_unit, unit_size, net_cost, list_price, currency, price_unit, is_backorder_allowed, ordered_eaches,
  original_eaches)
SELECT %(tenant)s, o.id, l::text, l, 'B0' || lpad(p::text, 8, '0'), 'SKU-' || p, 12, 'Eaches', 1, 9.99, 19.99, 'USD', '',
  true, 12, 12
FROM orders_purchaseorder o, LATERAL (SELECT l, (o.id * 31 + l * 7919) %% 2000 AS p FROM generate_series(1, %(lines)s) AS l) x
WHERE o.tenant_id = %(tenant)s
"""
_VERSIONS = """
INSERT INTO orders_purchaseorderversion (tenant_id, order_id, number, seen_at, content_hash, raw_document_id, place,
  exchange_id, snapshot)
SELECT %(tenant)s, id, 1, first_seen_at, content_hash, 0, 0, '', '[]' FROM orders_purchaseorder WHERE tenant_id = %(tenant)s
"""


def fill(scale: float) -> list[Tenant]:
    """Fill the database; returns the companies. `scale` 0.1 gives a tenth of the orders of each."""
    started = time.perf_counter()
    slug = secrets.token_hex(3)
    tenants = Tenant.objects.bulk_create(
        Tenant(slug=f"fill-{slug}-{number}", name=f"Fill {number}") for number in range(TENANTS)
    )
    with ThreadPoolExecutor(2) as pool:  # the work is PostgreSQL's: as many as it has processors here
        for done, _ in enumerate(pool.map(lambda tenant: copy_context().run(_fill_one, tenant, scale), tenants), 1):
            if sys.stderr.isatty() or done % 10 == 0:
                print(f"    filled {done} of {TENANTS} companies", end="\r", file=sys.stderr, flush=True)
        list(pool.map(lambda _: connections.close_all(), range(4)))
    _as_owner("VACUUM (ANALYZE) orders_purchaseorder, orders_purchaseorderline, orders_purchaseorderversion")
    print(f"    filled in {time.perf_counter() - started:.0f} s          ", file=sys.stderr, flush=True)
    return tenants


def _fill_one(tenant: Tenant, scale: float) -> None:
    now = clock.now()
    with tenant_scope(tenant.pk), transaction.atomic():
        group = VendorGroup.objects.create(environment="PRODUCTION", region="NA", code="FILL")
        through = Connection.objects.create(
            group=group, name="Fill", environment="PRODUCTION", region="NA", marketplace="US", created_at=now,
            credentials_changed_at=now,
        )  # fmt: skip
        values = {
            "tenant": tenant.pk, "group": group.pk, "connection": through.pk, "salt": tenant.slug,
            "orders": max(100, round(ORDERS * scale)), "lines": LINES,
        }  # fmt: skip
        with connection.cursor() as cursor:
            for statement in (_ORDERS, _LINES, _VERSIONS):
                cursor.execute(statement, values)


def _as_owner(statement: str) -> None:
    parameters = connections[OWNER_ALIAS].get_connection_params() | {"cursor_factory": None}
    with psycopg.connect(**parameters, autocommit=True) as owner:
        owner.execute(statement)
