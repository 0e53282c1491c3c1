"""A table of 100,000 rows, from the uploaded file to committed rows with their trail: XLSX of items, CSV of costs, of
stock counts and of what is inbound.

Ours is what the two jobs take: read, compare, preview; then read again, compare under locks, write, index and audit.
The floor reads the same file with the same parser and COPYs its cells, as they are, into a table: no check, no
comparison, no audit. The promise is the time; the ratio tells what looking costs.
"""

import argparse
import csv
import io
import secrets
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import psycopg
import xlsxwriter
from django.conf import settings
from python_calamine import CalamineWorkbook

from acorn.core import clock
from acorn.core.actor import Actor
from acorn.imports import services
from acorn.imports.models import ImportRun
from acorn.imports.types import ImportMode
from acorn.jobs.models import Job
from acorn.jobs.run import execute
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.models import AgreedCost, Inbound, Item, StockBalance, Warehouse
from tests.bench.figures import Figure

ROWS = 100_000
LIMIT_SECONDS = 60.0
_ACTOR = Actor.system("bench")
_ITEMS = (
    "sku",
    "title",
    "case_pack",
    "length_mm",
    "width_mm",
    "height_mm",
    "weight_g",
    "origin_country",
    "tracks_lots",
)
_STOCK = {
    "stock_counts": (("on_hand", "reason"), lambda number: (number % 900, "yearly count")),
    "inbound": (
        ("reference", "quantity", "expected_on"),
        lambda number: (f"SEA-{number % 40}", number % 90 + 1, date(2030, 1, 1) + timedelta(days=number % 300)),
    ),
}
_COSTS = ("sku", "vendor_code", "currency", "cost", "valid_from", "note")


def run(options: argparse.Namespace) -> list[Figure]:
    """New items by XLSX, their costs by CSV, and the same items again with every tenth changed."""
    rows = max(1_000, round(ROWS * options.scale))
    tenant = Tenant.objects.create(slug=f"imports-{secrets.token_hex(4)}", name="Imports")
    limit = LIMIT_SECONDS * max(options.scale, 0.1)
    with tenant_scope(tenant.pk):
        items, costs = _items(rows), _costs(rows)
        new = _figure("import items, XLSX", "items", items, _read_xlsx(items), rows, limit)
        priced = _figure("import costs, CSV", "agreed_costs", costs, _read_csv(costs), rows, limit)
        again = _items(rows, changed=10)
        changed = _figure("import items again", "items", again, _read_xlsx(again), rows // 10, limit)
        Warehouse.objects.create(code="MAIN", name="Main", created_at=clock.now())
        files = {name: _placed(rows, *columns) for name, columns in _STOCK.items()}
        stocked = [
            _figure(f"import {name}, CSV", name, file, _read_csv(file), rows, limit) for name, file in files.items()
        ]
        written = [model.objects.count() for model in (Item, AgreedCost, StockBalance, Inbound)]
        if written != [rows] * 4:
            raise AssertionError(f"not every row was written: {written}")
    return [new, priced, changed, *stocked]


def _figure(name: str, table: str, content: bytes, floor: float, written: int, limit: float) -> Figure:
    run = services.start_import(
        table=table, content=io.BytesIO(content), filename=f"{table}.file", profile=None, language="en", actor=_ACTOR,
        person="", now=clock.now(),
    )  # fmt: skip
    busy = time.process_time()
    looked = _timed(run)
    services.apply_import(public_id=run.public_id, mode=ImportMode.ALL)
    wrote = _timed(run)
    run.refresh_from_db()
    if run.state != "DONE" or run.counts["NEW"] + run.counts["CHANGED"] != written:
        raise AssertionError(f"{run.state} {run.message_code} {run.counts}")
    ours = looked + wrote
    busy = time.process_time() - busy
    notes = {
        "looked": f"{looked:.1f} s",
        "wrote": f"{wrote:.1f} s",
        "our processor": f"{busy:.1f} s",
        "file": f"{len(content) / 1e6:.1f} MB",
    }
    return Figure(name, ours, floor, ours / floor, f"≤ {limit:g} s", ours <= limit, notes=notes)


def _timed(run: ImportRun) -> float:
    run.refresh_from_db()
    job = Job.objects.get(public_id=run.job_id)
    started = time.perf_counter()
    if not execute(job.pk):
        raise AssertionError("somebody else ran the job")
    return time.perf_counter() - started


def _items(rows: int, *, changed: int = 0) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, _ITEMS)
    for number in range(rows):
        title = f"Item {number} of the bench" + (" now" if changed and number % changed == 0 else "")
        sheet.write_row(number + 1, 0, [f"SKU-{number:06}", title, 6, 120, 80, 40 + number % 50, 250, "CN", "no"])
    book.close()
    return buffer.getvalue()


def _costs(rows: int) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_COSTS)
    for number in range(rows):
        day = date(2026, 1, 1) + timedelta(days=number % 300)
        writer.writerow(
            [f"SKU-{number:06}", f"ACM{number % 5}", "USD", f"{number % 90 + 1}.{number % 100:02}", day, "list"]
        )
    return buffer.getvalue().encode()


def _placed(rows: int, columns: tuple[str, ...], values: Callable[[int], tuple[Any, ...]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(("sku", "warehouse", *columns))
    for number in range(rows):
        writer.writerow([f"SKU-{number:06}", "MAIN", *values(number)])
    return buffer.getvalue().encode()


def _read_xlsx(content: bytes) -> float:
    started = time.perf_counter()
    rows: Any = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return _copy(rows, started)


def _read_csv(content: bytes) -> float:
    started = time.perf_counter()
    return _copy(csv.reader(io.StringIO(content.decode())), started)


def _copy(rows: Any, started: float) -> float:
    """Seconds until every cell lies in a table of texts."""
    database = settings.DATABASES["default"]
    with psycopg.connect(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"], host=database["HOST"],
        port=database["PORT"] or None,
    ) as connection:  # fmt: skip
        connection.execute("CREATE TEMP TABLE floor (cells text[])")
        with connection.cursor().copy("COPY floor FROM STDIN") as copy:
            for row in rows:
                copy.write_row([[str(cell) for cell in row]])
    return time.perf_counter() - started
