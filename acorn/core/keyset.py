"""Paging by position instead of by number: page 5,000 costs what page 1 costs, and inserts shift nothing.

A list is sorted by one allow-listed column with the primary key as tie-breaker, both in the same direction. Rows
without a value come last in either direction. A page is read by `(column, id) < (value, id)`: the row comparison is
the one form that PostgreSQL walks an index `(tenant, column, id)` with, forwards and backwards. The rows without a
value are a range of their own in the same index, so a page costs one query, or two where it crosses into them.

A cursor is a position, not a secret: it is neither signed nor trusted. A page reads junk as "no cursor"; the API says
that it is junk.
"""

import base64
import binascii
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, DateTimeField, F, Field, Func, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Invalid

_VALUE = "keyset_value"  # annotation that carries the sort value of a column reached through a relation
_CURSOR_LIMIT = 8_000  # characters; our own cursors are far shorter


@dataclass(frozen=True, slots=True)
class Order:
    """One way to sort a list: `name` is the word in the URL, `field` the ORM path, ties are broken by the key."""

    name: str
    field: str
    descending: bool = False

    @property
    def text(self) -> str:
        """As it is written in the URL and in the API: `-ordered_at`."""
        return f"-{self.name}" if self.descending else self.name


class Sorts:
    """The sorts that a list allows. Anything else never reaches the database."""

    def __init__(self, fields: Iterable[str] | dict[str, str], *, default: str) -> None:
        """`fields` maps the word in the URL to an ORM path; a plain list of fields uses each name for both."""
        self._fields = dict(fields) if isinstance(fields, dict) else {name: name for name in fields}
        found = self.find(default)
        if found is None:
            raise ValueError(f"the default sort {default!r} is not among the allowed ones")
        self.default = found

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def find(self, text: str) -> Order | None:
        """The sort that was asked for as `name` or `-name`, or None when the list does not allow it."""
        name = text.removeprefix("-")
        field = self._fields.get(name)
        return None if field is None else Order(name, field, descending=text.startswith("-"))

    def choose(self, text: str) -> Order:
        """As `find`, with the default instead of None: a stale link in a browser must still show the list."""
        return self.find(text) or self.default


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of the list. `next` and `previous` are cursors; empty where there is nothing more."""

    rows: list[Any]
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class _Position:
    """A place between rows: just after (or, going back, just before) the row with this value and key."""

    backwards: bool
    value: Any
    pk: int


class _Beyond(Func):
    """`(column, id) > (value, id)` as one row comparison."""

    output_field = BooleanField()

    def __init__(self, *expressions: Any, operator: str, **extra: Any) -> None:
        super().__init__(*expressions, operator=operator, **extra)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        sql, params = [], []
        for expression in self.get_source_expressions():
            part, values = compiler.compile(expression)
            sql.append(part)
            params.extend(values)
        return f"({sql[0]}, {sql[1]}) {self.extra['operator']} ({sql[2]}, {sql[3]})", params


class InvalidCursor(Invalid):
    """The cursor was cut off, or belongs to another list or order."""

    def __init__(self) -> None:
        super().__init__(fields={"cursor": [_("This cursor does not fit the list. Begin again without it.")]})


def fetch_page(rows: QuerySet[Any], order: Order, cursor: str = "", *, size: int, strict: bool = False) -> Page:
    """The page at `cursor`; the first one for an empty, foreign or broken cursor. One query, or two (see above).

    With `strict`, a foreign or broken cursor raises InvalidCursor instead: a program must not begin again unawares.
    """
    walk = _Walk(rows, order)
    position = walk.read_cursor(cursor)
    if strict and cursor and position is None:
        raise InvalidCursor
    found = walk.take(position, size + 1)
    more, found = len(found) > size, found[:size]
    if position and position.backwards:
        found.reverse()
        has_previous, has_next = more, True
    else:
        has_previous, has_next = position is not None, more
    return Page(
        found,
        next=walk.write_cursor(found[-1], backwards=False) if found and has_next else "",
        previous=walk.write_cursor(found[0], backwards=True) if found and has_previous else "",
    )


def iterate(rows: QuerySet[Any], order: Order, *, batch: int = 1_000) -> Iterator[list[Any]]:
    """All rows in batches, in constant memory and without a server-side cursor; for exports and background work.

    A row that is there from beginning to end comes exactly once, whatever is inserted or deleted meanwhile.
    """
    walk = _Walk(rows, order)
    position = None
    while found := walk.take(position, batch):
        yield found
        if len(found) < batch:
            return
        position = _Position(False, walk.value_of(found[-1]), walk.key_of(found[-1]))


class _Walk:
    """Reads stretches of one sorted queryset."""

    def __init__(self, rows: QuerySet[Any], order: Order) -> None:
        self.order = order
        self.path = order.field
        self.field, self.has_empty = _inspect(rows, order.field)
        if LOOKUP_SEP in order.field:
            rows = rows.annotate(**{_VALUE: F(order.field)})
            self.path = _VALUE
        self.rows = rows

    def take(self, position: _Position | None, limit: int) -> list[Any]:
        """Up to `limit` rows beyond the position, nearest first."""
        backwards = bool(position and position.backwards)
        found: list[Any] = []
        for empty in self._stretches(position, backwards):
            inside = position if position and (position.value is None) == empty else None
            found += self._stretch(empty, inside, backwards)[: limit - len(found)]
            if len(found) == limit:
                break
        return found

    def _stretches(self, position: _Position | None, backwards: bool) -> Sequence[bool]:
        """Which ranges to read, in which order: False = rows with a value, True = rows without."""
        if not self.has_empty:
            return [False]
        ranges = [True, False] if backwards else [False, True]
        return ranges[ranges.index(position.value is None) :] if position else ranges

    def _stretch(self, empty: bool, position: _Position | None, backwards: bool) -> QuerySet[Any]:
        descending = self.order.descending != backwards
        sign, operator = ("-", "<") if descending else ("", ">")
        rows = self.rows
        if empty:
            rows = rows.filter(**{f"{self.path}__isnull": True})
            if position:
                rows = rows.filter(**{f"pk__{'lt' if descending else 'gt'}": position.pk})
            return rows.order_by(f"{sign}pk")
        if self.has_empty:
            rows = rows.filter(**{f"{self.path}__isnull": False})
        if self.path == "pk" or self.field.primary_key:
            if position:
                rows = rows.filter(**{f"pk__{'lt' if descending else 'gt'}": position.pk})
            return rows.order_by(f"{sign}pk")
        if position:
            value = Value(position.value, output_field=self.field)
            rows = rows.filter(_Beyond(F(self.path), F("pk"), value, Value(position.pk), operator=operator))
        return rows.order_by(f"{sign}{self.path}", f"{sign}pk")

    def value_of(self, row: Any) -> Any:
        return row[self.path] if isinstance(row, dict) else getattr(row, self.path)

    def key_of(self, row: Any) -> Any:
        return row.get("pk", row.get("id")) if isinstance(row, dict) else row.pk

    def write_cursor(self, row: Any, *, backwards: bool) -> str:
        value = self.value_of(row)
        if isinstance(value, datetime | date):
            value = value.isoformat()
        elif isinstance(value, Decimal):
            value = str(value)
        content = [int(backwards), self.order.text, value, self.key_of(row)]
        return (
            base64.urlsafe_b64encode(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
            .decode()
            .rstrip("=")
        )

    def read_cursor(self, cursor: str) -> _Position | None:
        if not cursor or len(cursor) > _CURSOR_LIMIT:
            return None
        try:
            content = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
            backwards, sort, value, pk = content
            if sort != self.order.text or backwards not in (0, 1) or type(pk) is not int or not 0 <= pk < 2**63:
                return None
            if value is None:
                return _Position(bool(backwards), None, pk) if self.has_empty else None
            return _Position(bool(backwards), self._clean(value), pk)
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, ValidationError):
            return None

    def _clean(self, value: Any) -> Any:
        """The value as the column's type. Raises ValueError or ValidationError for what the column cannot hold."""
        if isinstance(value, str):
            if "\x00" in value:
                raise ValueError("PostgreSQL holds no such text")
            value.encode()  # half a surrogate pair raises
        if not isinstance(value, str | int | float | bool):
            raise ValueError("not a value of ours")
        clean = self.field.to_python(value)
        if isinstance(clean, int) and not isinstance(clean, bool) and abs(clean) >= 2**63:
            raise ValueError("larger than any column")
        if isinstance(clean, Decimal | float) and not math.isfinite(clean):
            raise ValueError("not a number")
        if isinstance(self.field, DateTimeField) and (clean is None or timezone.is_naive(clean)):
            raise ValueError("a time without a zone")
        if clean is None:
            raise ValueError("no value")
        return clean


def _inspect(rows: QuerySet[Any], path: str) -> tuple[Field, bool]:
    """The column's type, and whether rows may lack a value; an annotation or a related column always may."""
    try:
        field = rows.model._meta.pk if path == "pk" else rows.model._meta.get_field(path)
        return field, bool(field.null)
    except FieldDoesNotExist:
        resolved = F(path).resolve_expression(rows.query.clone(), allow_joins=True)
        return resolved.output_field, True
