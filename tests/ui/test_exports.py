"""CSV: constant memory, formulas shown instead of run, and the tenant's scope re-entered while it streams."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from acorn.core.money import Money
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import find_tenant_id, no_tenant_scope, tenant_scope
from acorn.ui import exports
from acorn.ui.exports import CsvColumn
from acorn.ui.kit import ITEMS
from acorn.work.models import WorkItem

pytestmark = pytest.mark.urls("tests.ui.urls")
LABEL = [CsvColumn("PO", lambda item: item.subject_label)]


def _read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def _stream(batch: int = 10, columns: Any = LABEL) -> Any:
    return exports.stream(WorkItem.objects.all(), ITEMS.sorts.choose("subject"), columns, filename="a.csv", batch=batch)


def test_the_whole_filtered_list_is_downloaded(browser: Client, make_items: Callable) -> None:
    make_items(120)
    make_items(3, state="DONE")

    with no_tenant_scope():
        response = browser.get("/ui-kit/?format=csv&state=OPEN&sort=subject&cursor=whatever")
        content = b"".join(response.streaming_content)

    assert content.startswith("\ufeff".encode())
    rows = _read(content)
    assert rows[0] == ["Subject", "Amount", "Opened"]
    assert [row[0] for row in rows[1:]] == [f"PO{number:05}" for number in range(120)]
    assert response.headers["Content-Disposition"] == 'attachment; filename="items.csv"'


def test_the_body_is_read_in_the_scope_it_was_asked_in_and_leaks_none(make_items: Callable, tenant: Tenant) -> None:
    make_items(25)
    response = _stream()

    with no_tenant_scope():
        for _ in response.streaming_content:
            assert find_tenant_id() is None

    with tenant_scope(tenant.pk):
        assert len(_read(b"".join(_stream().streaming_content))) == 26


def test_another_company_reading_the_body_changes_nothing(make_items: Callable, other_tenant: Tenant) -> None:
    make_items(3)
    response = _stream()

    with tenant_scope(other_tenant.pk):
        rows = _read(b"".join(response.streaming_content))

    assert len(rows) == 4


def test_language_and_zone_are_those_of_the_reader(make_items: Callable) -> None:
    make_items(1)
    columns = [CsvColumn(translation.gettext_lazy("Amount"), lambda item: item.opened_at)]
    with translation.override("zh-hans"), timezone.override("Asia/Shanghai"):
        response = _stream(columns=columns)

    assert _read(b"".join(response.streaming_content)) == [["金额"], ["2026-11-24 04:45:00"]]


def test_memory_and_queries_grow_by_the_batch_only(make_items: Callable) -> None:
    make_items(50)
    with CaptureQueriesContext(connection) as queries:
        parts = list(_stream(batch=20).streaming_content)

    assert len(parts) == 1 + 3  # the head, then one part a batch
    assert len(queries) == 3


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@cmd", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20cmd"]
)
def test_a_formula_is_shown_and_not_run(make_items: Callable, text: str) -> None:
    make_items(1, subject_label=text)

    rows = _read(b"".join(_stream().streaming_content))

    assert rows[1][0] == f"'{text}"


def test_values_are_written_for_machines(make_items: Callable) -> None:
    make_items(1)
    values = [
        None, Decimal("-1.50"), -3, True, Money(Decimal("1E+3"), "USD"), datetime(2026, 11, 23, tzinfo=UTC), 'a"b,c',
        "多\n行", "a\x00b",
    ]  # fmt: skip
    columns = [CsvColumn("x", lambda item, value=value: value) for value in values]

    row = _read(b"".join(_stream(columns=columns).streaming_content))[1]

    assert row == ["", "-1.50", "-3", "true", "1000", "2026-11-23 00:00:00", 'a"b,c', "多\n行", "ab"]
