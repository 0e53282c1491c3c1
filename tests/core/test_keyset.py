"""Paging covers every row exactly once, under any sort, with ties, without values, and while rows are inserted."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from acorn.core.keyset import Order, Sorts, fetch_page, iterate
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem

START = datetime(2026, 11, 1, tzinfo=UTC)
SORTS = Sorts(
    {
        "deadline": "deadline_at",
        "opened": "opened_at",
        "amount": "amount",
        "label": "subject_label",
        "id": "id",
        "company": "tenant__name",
    },
    default="-opened",
)
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(0, 3),
        st.integers(0, 2),
        st.none() | st.integers(-2, 2),
        st.sampled_from(["", "a", "B", "订单"]),
    ),
    max_size=14,
)
AS_SORTED = settings(max_examples=60)


def _item(number: int, deadline: int | None, opened: int, amount: int | None, label: str) -> WorkItem:
    return WorkItem(
        kind="t", dedupe_key=str(number), code="t", subject_kind="t", subject_id="1", subject_label=label,
        deadline_at=None if deadline is None else START + timedelta(days=deadline, microseconds=deadline),
        opened_at=START + timedelta(days=opened),
        amount=None if amount is None else Decimal(amount) / 3,
    )  # fmt: skip


@contextmanager
def _rows(rows: list[Any]) -> Iterator[None]:
    with transaction.atomic():
        WorkItem.objects.bulk_create([_item(number, *row) for number, row in enumerate(rows)])
        yield
        transaction.set_rollback(True)


def _expected(order: Order) -> list[int]:
    """The order that a person expects, computed without the database's help."""
    keyed = [
        (item.tenant.name if "__" in order.field else getattr(item, order.field), item.pk)
        for item in WorkItem.objects.select_related("tenant")
    ]
    filled = sorted((pair for pair in keyed if pair[0] is not None), reverse=order.descending)
    empty = sorted((pair for pair in keyed if pair[0] is None), key=lambda pair: pair[1], reverse=order.descending)
    return [pk for _, pk in filled + empty]


@AS_SORTED
@given(rows=ROWS, sort=st.sampled_from(list(SORTS)), sign=st.sampled_from(["", "-"]), size=st.integers(1, 5))
def test_pages_cover_every_row_once_there_and_back(
    tenant: Tenant, rows: list[Any], sort: str, sign: str, size: int
) -> None:
    order = SORTS.choose(sign + sort)
    with _rows(rows):
        expected = _expected(order)
        pages, cursor = [], ""
        while True:
            page = fetch_page(WorkItem.objects.all(), order, cursor, size=size)
            pages.append(page)
            if not page.next:
                break
            cursor = page.next
        assert [row.pk for page in pages for row in page.rows] == expected
        assert pages[0].previous == ""

        back = [pages[-1]]
        while back[-1].previous:
            back.append(fetch_page(WorkItem.objects.all(), order, back[-1].previous, size=size))
        assert [row.pk for page in reversed(back) for row in page.rows] == expected
        assert [row.pk for batch in iterate(WorkItem.objects.all(), order, batch=size) for row in batch] == expected


@AS_SORTED
@given(rows=ROWS.filter(len), new=ROWS, sort=st.sampled_from(list(SORTS)), sign=st.sampled_from(["", "-"]))
def test_rows_inserted_between_two_pages_neither_hide_nor_repeat_old_ones(
    tenant: Tenant, rows: list[Any], new: list[Any], sort: str, sign: str
) -> None:
    order = SORTS.choose(sign + sort)
    with _rows(rows):
        old = _expected(order)
        page = fetch_page(WorkItem.objects.all(), order, size=2)
        seen = [row.pk for row in page.rows]
        pending = list(enumerate(new, start=1000))
        while page.next:
            if pending:
                number, row = pending.pop()
                _item(number, *row).save()
            page = fetch_page(WorkItem.objects.all(), order, page.next, size=2)
            seen += [row.pk for row in page.rows]
        assert [pk for pk in seen if pk in set(old)] == old
        assert len(seen) == len(set(seen))


def _encode(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


JUNK = [
    "x", "%%%", "é", "A" * 9_000, _encode(None), _encode({}), _encode([1]), _encode([0, "-opened", "now", 1]),
    _encode([0, "-opened", "2026-11-01T00:00:00", 1]), _encode([0, "-opened", None, 1]), _encode([0, "-opened", [], 1]),
    _encode([0, "-opened", "2026-11-01T00:00:00Z", "1"]), _encode([0, "-opened", "2026-11-01T00:00:00Z", True]),
    _encode([0, "-opened", "2026-11-01T00:00:00Z", 2**63]), _encode([0, "-opened", "2026-11-01T00:00:00Z", -1]),
    _encode([7, "-opened", "2026-11-01T00:00:00Z", 1]), _encode([0, "opened", "2026-11-01T00:00:00Z", 1]),
    base64.urlsafe_b64encode(b"[" * 5_000).decode(),
]  # fmt: skip


@pytest.mark.parametrize("cursor", JUNK)
def test_a_broken_cursor_shows_the_first_page(tenant: Tenant, cursor: str) -> None:
    _item(1, None, 0, None, "a").save()

    page = fetch_page(WorkItem.objects.all(), SORTS.default, cursor, size=1)

    assert [row.subject_label for row in page.rows] == ["a"]
    assert page.previous == ""


@pytest.mark.parametrize(
    ("sort", "value"),
    [("label", "\x00"), ("label", "\ud800"), ("amount", "NaN"), ("amount", "Infinity"), ("amount", "1e999999")],
)
def test_a_cursor_with_a_value_that_no_column_holds_never_breaks_the_page(
    tenant: Tenant, sort: str, value: str
) -> None:
    _item(1, None, 0, 1, "a").save()

    page = fetch_page(WorkItem.objects.all(), SORTS.choose(sort), _encode([0, sort, value, 1]), size=1)

    assert len(page.rows) <= 1


@AS_SORTED
@given(
    cursor=st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
    sort=st.sampled_from(list(SORTS)),
)
def test_no_cursor_raises(tenant: Tenant, cursor: str, sort: str) -> None:
    fetch_page(WorkItem.objects.all(), SORTS.choose(sort), cursor, size=1)


def test_a_page_costs_one_query_or_two_across_the_rows_without_value(tenant: Tenant) -> None:
    with _rows([(0, 0, 1, "a"), (1, 1, None, "b"), (None, 2, None, "c")]):
        for sort, cost in (("opened", 1), ("deadline", 2), ("company", 2)):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                fetch_page(WorkItem.objects.all(), SORTS.choose(sort), size=3)
            assert len(queries) == cost, sort


def test_a_position_is_one_row_comparison(tenant: Tenant) -> None:
    with _rows([(0, 0, 1, "a"), (1, 1, None, "b")]):
        first = fetch_page(WorkItem.objects.all(), SORTS.choose("-opened"), size=1)
        with CaptureQueriesContext(connection) as queries:
            fetch_page(WorkItem.objects.all(), SORTS.choose("-opened"), first.next, size=1)

    assert '("work_workitem"."opened_at", "work_workitem"."id") < (' in queries[0]["sql"]


def test_sorts_that_are_not_allowed_are_not_found() -> None:
    assert SORTS.find("tenant__slug") is None
    assert SORTS.find("--opened") is None
    assert SORTS.choose("nonsense").text == "-opened"
    assert SORTS.find("-deadline") == Order("deadline", "deadline_at", descending=True)
    with pytest.raises(ValueError, match="not among"):
        Sorts(["a"], default="-b")
