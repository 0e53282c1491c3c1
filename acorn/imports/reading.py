"""A stored file as its header and rows, whatever it is: CSV in any usual encoding, or the first sheet of an XLSX."""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from acorn.files.models import File
from acorn.imports import workbook
from acorn.imports.errors import Unreadable
from acorn.imports.types import FileMapping

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MAX_COLUMNS = 300
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 5

Cells = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file: its headers by position ("" where there is none), and its rows with their numbers.

    `rows` leaves out the header and blank rows; numbers are those that a spreadsheet shows.
    """

    headers: tuple[str, ...]
    header_row: int
    rows: Iterator[tuple[int, Cells]]
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str = ""


def open_source(file: File, mapping: FileMapping) -> Source:
    """Raises Unreadable, also while rows are read."""
    with default_storage.open(file.storage_path) as stored:
        content = stored.read()
    if not content.strip():
        raise Unreadable("imports.empty")
    if content.startswith(_OLD_EXCEL):
        raise Unreadable("imports.old_excel")
    return _open_workbook(content, mapping) if content.startswith(_ZIP) else _open_text(content, mapping)


def find_columns(source: Source, mapping: FileMapping) -> dict[str, int]:
    """Where each field of a mapping is. Raises Unreadable for headers that are missing or there twice."""
    counts = Counter(source.headers)
    found = {}
    for field, header in mapping.columns.items():
        if counts[header] == 0:
            raise Unreadable("imports.no_such_column", header=header)
        if counts[header] > 1:
            places = [column_name(at) for at, text in enumerate(source.headers) if text == header]
            raise Unreadable("imports.duplicate_header", header=header, columns=", ".join(places))
        found[field] = source.headers.index(header)
    return found


def column_name(position: int) -> str:
    """A, B … Z, AA, as spreadsheets call columns."""
    name = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        name = chr(65 + letter) + name
    return name


def _begin(rows: Iterator[tuple[int, Cells]], **more: Any) -> Source:
    """The first row that is not blank is the header."""
    for number, cells in rows:
        if not _is_blank(cells):
            headers = tuple(" ".join(_header(cell).split()) for cell in cells)
            return Source(headers, number, _filled(rows, number), **more)
    raise Unreadable("imports.empty")


def _header(cell: Any) -> str:
    if isinstance(cell, dict):
        return str(next(iter(cell.values())))
    return "" if cell is None else str(cell)


def _filled(rows: Iterator[tuple[int, Cells]], header_row: int) -> Iterator[tuple[int, Cells]]:
    for count, (number, cells) in enumerate((pair for pair in rows if not _is_blank(pair[1])), 1):
        if count > settings.IMPORT_MAX_ROWS:
            raise Unreadable("imports.too_many_rows", limit=settings.IMPORT_MAX_ROWS, columns=_MAX_COLUMNS)
        yield number, cells


def _is_blank(cells: Cells) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


# --- Text ---------------------------------------------------------------------------------------------------------
def _open_text(content: bytes, mapping: FileMapping) -> Source:
    text, encoding = _decode(content, mapping.encoding)
    begin, _end, rest = text.partition("\n")
    told = ""
    if begin.strip().lower().startswith("sep=") and len(begin.strip()) == 5:  # Excel's own remark
        told, text = begin.strip()[-1], rest
    delimiter = mapping.delimiter or told or _find_delimiter(text)
    return _begin(_read_text(text, delimiter, first=2 if told else 1), encoding=encoding)


def _read_text(text: str, delimiter: str, *, first: int) -> Iterator[tuple[int, Cells]]:
    """Rows are numbered as a spreadsheet would: a line break inside quotes begins no new row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = first - 1
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Unreadable("imports.broken_row", row=number) from None
        if cells is None:
            return
        if len(cells) > _MAX_COLUMNS:
            raise Unreadable("imports.too_many_rows", limit=settings.IMPORT_MAX_ROWS, columns=_MAX_COLUMNS)
        yield number, cells


def _decode(content: bytes, wanted: str) -> tuple[str, str]:
    for encoding in [wanted] if wanted else _guesses(content):
        try:
            return content.decode("utf-8-sig" if encoding == "utf-8" else encoding).removeprefix("\ufeff"), encoding
        except UnicodeError:
            continue
    raise Unreadable("imports.encoding")


def _guesses(content: bytes) -> list[str]:
    """UTF-16 shows itself by its mark or by zero bytes; what is valid UTF-8 is hardly ever anything else."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    begin = content[:2000]
    if begin[1::2].count(0) > len(begin) // 4:
        return ["utf-16-le"]
    if begin[::2].count(0) > len(begin) // 4:
        return ["utf-16-be"]
    return ["utf-8", "gb18030", "cp1252"]


def _find_delimiter(text: str) -> str:
    """What the first filled line has most of, outside quotes."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(part for place, part in enumerate(line.split('"')) if place % 2 == 0)
    return max(_DELIMITERS, key=bare.count)


# --- Workbooks ----------------------------------------------------------------------------------------------------
def _open_workbook(content: bytes, mapping: FileMapping) -> Source:
    rows = _run_reader(content, mapping.sheet)
    head = json.loads(next(rows))
    numbered = ((number, json.loads(line)) for number, line in enumerate(rows, 1))
    source = _begin(numbered, sheets=tuple(head["sheets"]), sheet=head["sheet"])
    for top, left, bottom, right in head["merged"]:
        if top < source.header_row <= bottom + 1:
            cells = f"{column_name(left)}{top + 1}:{column_name(right)}{bottom + 1}"
            raise Unreadable("imports.merged_header", cells=cells)
    return source


def _run_reader(content: bytes, sheet: str) -> Iterator[str]:
    """The lines of `acorn.imports.workbook`, from a process that is bounded and ends with this iterator."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        limits = [str(settings.IMPORT_MAX_ROWS + 1_000), str(_MAX_COLUMNS)]
        command = [sys.executable, "-m", workbook.__name__, file.name, sheet, *limits]
        # it reads what strangers made: no secrets of ours in its environment
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
        with subprocess.Popen(  # noqa: S603 -- our own program, no shell
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            cwd=settings.BASE_DIR, env=kept,
        ) as process:  # fmt: skip
            if process.stdout is None:
                raise TypeError("no pipe")
            try:
                yield from process.stdout
            finally:
                process.stdout.close()
                if process.poll() is None and sys.exc_info()[0] is not None:
                    process.kill()
        if process.returncode:
            # whatever ended it that is not in the table was the limit of memory or time
            code = workbook.EXITS.get(process.returncode, "imports.unfolds")
            raise Unreadable(code, limit=settings.IMPORT_MAX_ROWS, columns=_MAX_COLUMNS, sheet=sheet)
