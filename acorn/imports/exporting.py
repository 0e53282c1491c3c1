"""A table as a file, in the columns that an import of it reads: export, edit, import again."""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.utils import translation

from acorn.imports.types import ImportField, ImportTable, Kind
from acorn.jobs.run import JobRun
from acorn.tenancy.scope import current_tenant_id, tenant_scope
from acorn.ui.exports import neutralise

_BATCH = 1_000
_BOM = "\ufeff"  # without it Excel reads UTF-8 as the local code page


class CsvLines:
    """The table as CSV, line by line, in constant memory. Entered again around each batch: a response is read after
    middleware has left the company's scope and the reader's language."""

    def __init__(self, table: ImportTable, *, is_empty: bool = False, job: JobRun | None = None) -> None:
        self.table, self.job, self.done = table, job, 0
        self.rows = iter(()) if is_empty else table.export()
        self.tenant_id = current_tenant_id()
        self.language = translation.get_language()

    def __iter__(self) -> Iterator[bytes]:
        with translation.override(self.language):
            head = _line([str(field.label) for field in self.table.fields])
        yield (_BOM + head).encode()
        while text := self._next():
            yield text.encode()

    def _next(self) -> str:
        with tenant_scope(self.tenant_id):
            batch = list(islice(self.rows, _BATCH))
            self.done += len(batch)
            if self.job:
                self.job.progress(self.done, 0)
        return "".join(_line([_text(field, row.get(field.name)) for field in self.table.fields]) for row in batch)


def has_more_than(table: ImportTable, limit: int) -> bool:
    """Whether a table has more rows than this: it is read so far and no further."""
    return next(islice(table.export(), limit, None), None) is not None


def write_workbook(table: ImportTable, *, is_empty: bool = False, job: JobRun | None = None) -> IO[bytes]:
    """The table as XLSX, in a temporary file: texts are texts, dates are dates, and nothing is a formula."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, field in enumerate(table.fields):
        sheet.set_column(place, place, 18, day if field.kind == Kind.DATE else None)
        sheet.write_string(0, place, str(field.label), bold)
    rows: Iterator[Mapping[str, Any]] = iter(()) if is_empty else table.export()
    for number, row in enumerate(rows, 1):
        if job and number % _BATCH == 0:
            job.progress(number, 0)
        for place, field in enumerate(table.fields):
            _write(sheet, number, place, field, row.get(field.name), day)
    book.close()
    file.seek(0)
    return file


def _write(sheet: Any, number: int, place: int, field: ImportField, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(number, place, _flag(value))
    elif isinstance(value, datetime):
        sheet.write_string(number, place, _moment(value))
    elif isinstance(value, date):
        sheet.write_datetime(number, place, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    elif isinstance(value, int | Decimal):
        sheet.write_number(number, place, value)
    else:
        text = str(value)
        # a text in a workbook is a text; but an import, and whoever saves it as CSV, would see a formula
        sheet.write_string(number, place, neutralise(text) if text.startswith("=") else text)


def _text(field: ImportField, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _flag(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, int | date):
        return str(value)
    return neutralise(str(value))


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _line(values: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue()
