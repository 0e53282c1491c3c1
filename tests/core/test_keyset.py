from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import QuerySet

from acorn.alerts.models import Alert, Severity
from acorn.core.keyset import InvalidCursor, slice_rows
from acorn.tenancy.models import Tenant

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def rows(tenant: Tenant) -> QuerySet[Alert]:
    """Nine alerts: several share a time, and every third has no `resolved_at`."""
    for number in range(9):
        Alert.objects.create(
            code=f"c{number}", severity=Severity.INFO, dedupe_key=str(number), raised_at=NOON,
            last_at=NOON + timedelta(minutes=number // 2),
            resolved_at=None if number % 3 == 0 else NOON + timedelta(minutes=number // 2),
        )  # fmt: skip
    return Alert.objects.all()


def _walk(rows: QuerySet[Alert], order: str, size: int) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        page = slice_rows(rows, order=order, size=size, cursor=cursor)
        pages.append([row.code for row in page.rows])
        cursor = page.next_cursor
        if not cursor:
            return pages


def _walk_back(rows: QuerySet[Alert], order: str, size: int) -> list[list[str]]:
    page = slice_rows(rows, order=order, size=size)
    while page.next_cursor:
        page = slice_rows(rows, order=order, size=size, cursor=page.next_cursor)
    pages = [[row.code for row in page.rows]]
    while page.previous_cursor:
        page = slice_rows(rows, order=order, size=size, cursor=page.previous_cursor)
        pages.append([row.code for row in page.rows])
    return pages


@pytest.mark.parametrize("order", ["id", "-id", "last_at", "-last_at", "resolved_at", "-resolved_at", "code", "-code"])
@pytest.mark.parametrize("size", [1, 2, 4, 9, 20])
def test_walk_shows_each_row_once_in_both_directions(rows: QuerySet[Alert], order: str, size: int) -> None:
    forward = _walk(rows, order, size)

    flat = [code for page in forward for code in page]
    assert sorted(flat) == [f"c{number}" for number in range(9)]
    backward = [code for page in reversed(_walk_back(rows, order, size)) for code in page]
    assert backward == flat


def test_rows_without_a_value_come_last_in_both_directions(rows: QuerySet[Alert]) -> None:
    rising = [code for page in _walk(rows, "resolved_at", 2) for code in page]
    falling = [code for page in _walk(rows, "-resolved_at", 2) for code in page]

    assert rising == ["c1", "c2", "c4", "c5", "c7", "c8", "c0", "c3", "c6"]
    assert falling == ["c8", "c7", "c5", "c4", "c2", "c1", "c6", "c3", "c0"]


def test_a_row_that_arrives_in_between_moves_nothing(rows: QuerySet[Alert]) -> None:
    first = slice_rows(rows, order="-last_at", size=3)
    Alert.objects.create(
        code="late", severity=Severity.INFO, dedupe_key="late", raised_at=NOON, last_at=NOON + timedelta(days=1)
    )

    second = slice_rows(rows, order="-last_at", size=3, cursor=first.next_cursor)

    assert [row.code for row in first.rows + second.rows] == ["c8", "c7", "c6", "c5", "c4", "c3"]


def test_the_beginning_is_shown_when_everything_before_is_gone(rows: QuerySet[Alert]) -> None:
    first = slice_rows(rows, order="id", size=3)
    second = slice_rows(rows, order="id", size=3, cursor=first.next_cursor)
    rows.filter(code__in=["c0", "c1", "c2"]).delete()

    again = slice_rows(rows, order="id", size=3, cursor=second.previous_cursor)

    assert [row.code for row in again.rows] == ["c3", "c4", "c5"]
    assert not again.previous_cursor


@pytest.mark.parametrize("junk", ["x", "k1:", "k1:AAAA", "k9:AAAA", "\x00", "k1:" + "A" * 200, "null", "é"])
def test_junk_cursor_is_refused(rows: QuerySet[Alert], junk: str) -> None:
    with pytest.raises(InvalidCursor):
        slice_rows(rows, order="id", size=3, cursor=junk)


def test_cursor_of_another_list_order_or_company_is_refused(rows: QuerySet[Alert]) -> None:
    cursor = slice_rows(rows, order="id", size=3, scope="1").next_cursor

    for order, scope in (("-id", "1"), ("last_at", "1"), ("id", "2")):
        with pytest.raises(InvalidCursor):
            slice_rows(rows, order=order, size=3, cursor=cursor, scope=scope)


def test_a_page_costs_one_query_or_two(rows: QuerySet[Alert], django_assert_num_queries: object) -> None:
    cursor = slice_rows(rows, order="-last_at", size=3).next_cursor
    with django_assert_num_queries(1):  # type: ignore[operator]
        slice_rows(rows, order="-last_at", size=3, cursor=cursor)
    with django_assert_num_queries(2):  # type: ignore[operator]
        slice_rows(rows, order="resolved_at", size=8)
