"""Paging by position instead of by number: the page after a row begins after that row, however deep it lies.

Rows are sorted by one column and then by id, in the same direction, so that one index (tenant, column, id) serves
both directions. Rows without a value come last, whichever the direction. A page costs one query, or two where the
column may be empty. A cursor is sealed: it says nothing to its reader, and only fits the list it was made for.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Field, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Invalid
from acorn.core.vault import CannotUnseal, seal, unseal


class InvalidCursor(Invalid):
    """The cursor was cut off, or belongs to another list, order or company."""

    def __init__(self) -> None:
        super().__init__(fields={"cursor": [_("This cursor does not fit the list. Begin again without it.")]})


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows; a cursor is empty where there is nothing more on that side."""

    rows: list[Any]
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True, slots=True)
class _Position:
    is_backward: bool
    value: Any
    pk: int


@dataclass(frozen=True, slots=True)
class _Sort:
    column: str
    field: Field | None  # None: the list is sorted by id alone
    is_descending: bool
    is_nullable: bool

    def value_of(self, row: Any) -> Any:
        return attrgetter(self.column.replace("__", "."))(row) if self.field else None

    def sorted(self, rows: QuerySet[Any], *, is_descending: bool, by_column: bool) -> QuerySet[Any]:
        sign = "-" if is_descending else ""
        columns = [self.column, "id"] if by_column else ["id"]
        return rows.order_by(*(sign + column for column in columns))


def slice_rows(rows: QuerySet[Any], *, order: str, size: int, cursor: str = "", scope: str = "") -> Slice:
    """The page of `rows` at `cursor` (empty: the first), at most `size` long, sorted by `order` (`-column` = falling).

    `order` comes from an allow-list of the caller; it may follow relations or name an annotation. `scope` ties the
    cursor to a list, for example to the tenant. Raises InvalidCursor.
    """
    sort = _parse(rows, order)
    context = f"cursor:{rows.model._meta.label}:{order}:{scope}"
    position = _open(cursor, sort, context) if cursor else None
    found = _fetch(rows, sort, position, size + 1)
    is_backward = position is not None and position.is_backward
    if is_backward and not found:  # what lay before is gone by now: show the beginning instead of nothing
        return slice_rows(rows, order=order, size=size, scope=scope)
    has_more = len(found) > size
    page = found[:size]
    if is_backward:
        page.reverse()
    has_next = bool(page) and (is_backward or has_more)
    has_previous = bool(page) and (has_more if is_backward else position is not None)
    return Slice(
        rows=page,
        next_cursor=_seal(False, sort, page[-1], context) if has_next else "",
        previous_cursor=_seal(True, sort, page[0], context) if has_previous else "",
    )


def _parse(rows: QuerySet[Any], order: str) -> _Sort:
    column = order.removeprefix("-")
    is_descending = order.startswith("-")
    if column in ("id", "pk"):
        return _Sort("id", None, is_descending, False)
    if column in rows.query.annotations:
        return _Sort(column, rows.query.annotations[column].output_field, is_descending, True)
    model: Any = rows.model
    is_nullable = False
    for step in column.split("__"):
        field = model._meta.get_field(step)
        is_nullable = is_nullable or field.null
        model = field.related_model
    return _Sort(column, field, is_descending, is_nullable)


def _fetch(rows: QuerySet[Any], sort: _Sort, position: _Position | None, limit: int) -> list[Any]:
    is_backward = position is not None and position.is_backward
    is_descending = sort.is_descending != is_backward
    parts = [sort.field is not None]  # True: the rows with a value; False: those without, sorted by id
    if sort.is_nullable:
        parts = [False, True] if is_backward else [True, False]
    start = parts.index(position.value is not None) if position else 0
    found: list[Any] = []
    for number, has_value in enumerate(parts[start:]):
        part = rows.filter(**{f"{sort.column}__isnull": not has_value}) if sort.is_nullable else rows
        if position and number == 0:
            part = _beyond(part, sort, position, is_descending)
        found += sort.sorted(part, is_descending=is_descending, by_column=has_value)[: limit - len(found)]
        if len(found) == limit:
            break
    return found


def _beyond(rows: QuerySet[Any], sort: _Sort, position: _Position, is_descending: bool) -> QuerySet[Any]:
    if position.value is None:
        return rows.filter(id__lt=position.pk) if is_descending else rows.filter(id__gt=position.pk)
    lookup = TupleLessThan if is_descending else TupleGreaterThan
    return rows.filter(lookup(Tuple(F(sort.column), F("id")), (position.value, position.pk)))


def _seal(is_backward: bool, sort: _Sort, row: Any, context: str) -> str:
    return seal(json.dumps([is_backward, sort.value_of(row), row.pk], default=_plain), context=context)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"A list cannot be paged by a {type(value).__name__}.")


def _open(cursor: str, sort: _Sort, context: str) -> _Position:
    try:
        is_backward, value, pk = json.loads(unseal(cursor, context=context))
        return _Position(is_backward, value if sort.field is None else sort.field.to_python(value), pk)
    except (CannotUnseal, ValueError, ValidationError) as error:  # ValueError: a column has changed its type since
        raise InvalidCursor from error
