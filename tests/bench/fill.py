"""A hundred companies with ten thousand orders of ten lines each, and the items, stock and submissions that go with
them, made inside PostgreSQL.

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
from catalog.models import Warehouse
from vendors.models import Connection, VendorGroup

TENANTS = 100
ORDERS = 10_000
LINES = 10
PRODUCTS = 2_000
SUBMISSIONS = 2_000

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
FROM orders_purchaseorder o, LATERAL (SELECT l, (o.id * 31 + l * 7919) %% %(products)s AS p FROM generate_series(1, %(lines)s) AS l) x
WHERE o.tenant_id = %(tenant)s
"""
_VERSIONS = """
INSERT INTO orders_purchaseorderversion (tenant_id, order_id, number, seen_at, content_hash, raw_document_id, place,
  exchange_id, snapshot)
SELECT %(tenant)s, id, 1, first_seen_at, content_hash, 0, 0, '', '[]' FROM orders_purchaseorder WHERE tenant_id = %(tenant)s
"""
_ITEMS = """
INSERT INTO catalog_item (tenant_id, public_id, sku, title, titles, status, case_pack, origin_country, tracks_lots,
  tracks_expiry, created_at, changed_at)
SELECT %(tenant)s, 'it_' || substr(md5(%(salt)s || '/' || n), 1, 26), 'SKU-' || n, 'Item number ' || n, '{}',
  CASE WHEN n %% 10 = 0 THEN 'PAUSED' ELSE 'ACTIVE' END, 12, '', false, false, now() - n * interval '1 min',
  now() - n * interval '1 min'
FROM generate_series(0, %(products)s - 1) AS n
"""
_IDENTIFIERS = """
INSERT INTO catalog_identifier (tenant_id, public_id, item_id, kind, value, marketplace, created_at)
SELECT %(tenant)s, 'id_' || substr(md5(%(salt)s || '/' || i.id || kind), 1, 26), i.id, kind,
  CASE kind WHEN 'ASIN' THEN 'B0' || lpad(substr(i.sku, 5), 8, '0') ELSE i.sku END, '', i.created_at
FROM catalog_item i, (VALUES ('ASIN'), ('VENDOR_SKU')) AS kinds (kind) WHERE i.tenant_id = %(tenant)s
"""
_KEYS = """
INSERT INTO search_searchkey (tenant_id, key, kind, subject_id, label)
SELECT DISTINCT d.tenant_id, lower(regexp_replace(d.value, '[^A-Za-z0-9]', '', 'g')), 'catalog.item', i.public_id, i.sku
FROM catalog_identifier d JOIN catalog_item i ON i.id = d.item_id WHERE d.tenant_id = %(tenant)s
"""
_STOCK = """
INSERT INTO catalog_stockbalance (tenant_id, item_id, warehouse_id, pool, on_hand, committed, buffer, counted_at)
SELECT i.tenant_id, i.id, w.id, 'OWN', i.id * 37 %% 1000, i.id * 37 %% 1000 / 2 * (i.id %% 3), 0, i.changed_at
FROM catalog_item i JOIN catalog_warehouse w ON w.tenant_id = i.tenant_id WHERE i.tenant_id = %(tenant)s
"""
_SUBMISSIONS = """
INSERT INTO vendors_submission (tenant_id, public_id, connection_id, group_id, environment, kind, subject_kind,
  subject_id, subject_label, payload, payload_hash, key, state, state_at, code, params, errors, findings, attempts,
  resends, lease_token, poll_code, poll_exchange_id, transaction_id, verified_by, contradiction_code, contradiction,
  actor_label, created_at)
SELECT %(tenant)s, 'sb_' || substr(md5(%(salt)s || '/' || n), 1, 26), %(connection)s, %(group)s, 'PRODUCTION',
  'orders.acknowledgement', 'orders.purchase_order', 'po_' || n, 'PO' || lpad(n::text, 6, '0'), repeat('x', 2000),
  md5(n::text), 'key-' || n, CASE WHEN n %% 50 = 0 THEN 'REJECTED' ELSE 'VERIFIED' END, at, '', '{}', '[]', '[]', 1, 0,
  '', '', '', 'transaction-' || n, 'order', '', '{}', 'Fill', at
FROM (SELECT n, now() - n * interval '7 min' AS at FROM generate_series(1, %(submissions)s) AS n) AS series
"""
_STATEMENTS = (_ORDERS, _LINES, _VERSIONS, _ITEMS, _IDENTIFIERS, _KEYS, _STOCK, _SUBMISSIONS)
_TABLES = """
orders_purchaseorder, orders_purchaseorderline, orders_purchaseorderversion, catalog_item, catalog_identifier,
search_searchkey, catalog_stockbalance, vendors_submission
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
    _as_owner(f"VACUUM (ANALYZE) {_TABLES}")
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
            "orders": max(100, round(ORDERS * scale)), "lines": LINES, "products": max(1_000, round(PRODUCTS * scale)),
            "submissions": max(100, round(SUBMISSIONS * scale)),
        }  # fmt: skip
        for code in ("EAST", "WEST"):
            Warehouse.objects.create(code=code, name=code, created_at=now)
        with connection.cursor() as cursor:
            for statement in _STATEMENTS:
                cursor.execute(statement, values)


def _as_owner(statement: str) -> None:
    parameters = connections[OWNER_ALIAS].get_connection_params() | {"cursor_factory": None}
    with psycopg.connect(**parameters, autocommit=True) as owner:
        owner.execute(statement)
