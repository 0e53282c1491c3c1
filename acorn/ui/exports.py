"""CSV for spreadsheets: in constant memory, formulas neutralised, readable by Excel in every language. What is large is
written by a Job (see `acorn.ui.downloads`)."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise

from acorn.accounts.rights import Right
from acorn.core.keyset import Order, iterate
from acorn.core.money import Money
from acorn.jobs.run import JobRun
from acorn.tenancy.scope import current_tenant_id, tenant_scope
from acorn.ui import downloads, formats

_BOM = "\ufeff"  # without it Excel reads UTF-8 as the local code page
# the full-width forms begin a formula in Chinese and Japanese spreadsheets
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class CsvColumn:
    """A heading and how to get the value from a row. Money gives a bare amount: put the currency in its own column."""

    label: str | Promise
    value: Callable[[Any], Any]


def answer(
    request: Any, rows: QuerySet[Any], order: Order, columns: Sequence[CsvColumn], *, filename: str, right: Right
) -> HttpResponseBase:
    """A download of all `rows`: at once, or by a Job where there are more than `downloads.AT_ONCE`. `right` guards the
    file that the Job writes."""
    job = downloads.job_of(request)
    keys = rows.order_by().values("pk")
    return downloads.answer(
        request,
        is_large=job is None and keys[: downloads.AT_ONCE + 1].count() > downloads.AT_ONCE,
        make=lambda: stream(rows, order, columns, filename, job=job, total=keys.count() if job else 0),
        filename=filename,
        right=right,
    )


def stream(
    rows: QuerySet[Any], order: Order, columns: Sequence[CsvColumn], filename: str, *, batch: int = 1_000,
    job: JobRun | None = None, total: int = 0,
) -> StreamingHttpResponse:  # fmt: skip
    """A download of all `rows`, however many; views ask `answer`, which looks first.

    Middleware has left the tenant's scope, the language and the zone by the time that the body is read, so they are
    noted here and entered again around each batch (never across a `yield`: a context variable set there would leak to
    whoever reads the body).
    """
    response = StreamingHttpResponse(
        _Lines(rows, order, columns, batch, job, total), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "no-store"
    return response


class _Lines:
    """The body of a download, which tells its Job, if there is one, how far it is."""

    def __init__(
        self,
        rows: QuerySet[Any],
        order: Order,
        columns: Sequence[CsvColumn],
        batch: int,
        job: JobRun | None,
        total: int,
    ) -> None:
        self.job, self.total, self.done = job, total, 0
        self.batches = iterate(rows, order, batch=batch)
        self.columns = columns
        self.tenant_id = current_tenant_id()
        self.language = translation.get_language()
        self.zone = timezone.get_current_timezone()

    def __iter__(self) -> Iterator[bytes]:
        with translation.override(self.language):
            head = _BOM + _line([column.label for column in self.columns])
        yield head.encode()
        while (text := self._next()) is not None:
            yield text.encode()

    def _next(self) -> str | None:
        with tenant_scope(self.tenant_id), translation.override(self.language), timezone.override(self.zone):
            found = next(self.batches, None)
            if found is None:
                return None
            self.done += len(found)
            if self.job:
                self.job.progress(self.done, self.total)
            return _text(found, self.columns)


def _text(rows: list[Any], columns: Sequence[CsvColumn]) -> str:
    return "".join(_line([column.value(row) for column in columns]) for row in rows)


def _line(values: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([_cell(value) for value in values])
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    """Numbers stay numbers; a text that a spreadsheet would run is shown instead, with an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return format(value.amount, "f")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return formats.moment(value, seconds=True)
    if isinstance(value, date):
        return value.isoformat()
    return neutralise(str(value))


def neutralise(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = text.replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) else text
