"""Reads one XLSX workbook in a process of its own, which may take so much memory and time and no more.

`python -m acorn.imports.workbook FILE SHEET MAX_ROWS MAX_COLUMNS` prints JSON lines: a head (sheets, the one that is
read, merged cells), then a list for each row from the first on. A workbook can be made so that a few kilobytes unfold
to gigabytes; whatever it does in here, the worker goes on. Standard library and calamine alone.

Cells are text, numbers, true, false or null; {"d": ISO} is a date or an instant, {"t": …} a time of day, {"e": true} a
formula that failed. An exit code says what was wrong, see EXITS.
"""

import json
import re
import sys
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

EXITS = {3: "imports.unreadable", 4: "imports.unfolds", 5: "imports.too_many_rows", 6: "imports.no_sheet"}
_MEMORY = 2 << 30
_SECONDS = 120
_UNFOLDED = 1 << 30
_PARTS = 5_000
_CHUNK = 1 << 20
_FAILED = re.compile(
    rb'<c [^<>]*?r="([A-Z]{1,3}[0-9]{1,7})"[^<>]*? t="e"|<c [^<>]*? t="e"[^<>]*? r="([A-Z]{1,3}[0-9]{1,7})"'
)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Refused(Exception):
    """Ends the process with this code."""


def main(path: str, sheet: str, max_rows: int, max_columns: int) -> None:
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    with ZipFile(path) as parts:
        _check_size(parts)
        workbook = CalamineWorkbook.from_path(path)
        name = sheet or next(iter(workbook.sheet_names), "")
        if not workbook.sheet_names:
            raise Refused(3)
        if name not in workbook.sheet_names:
            raise Refused(6)
        failed = _find_failed(parts, name)
    found = workbook.get_sheet_by_name(name)
    if found.total_height > max_rows or found.total_width > max_columns:
        raise Refused(5)
    merged = [[*first, *last] for first, last in found.merged_cell_ranges or ()]
    print(json.dumps({"sheets": workbook.sheet_names, "sheet": name, "merged": merged}))  # noqa: T201 -- the answer
    for number, cells in enumerate(found.to_python(skip_empty_area=False)):
        row = [_plain(cell) for cell in cells]
        for column in failed.get(number, ()):
            if column < len(row):
                row[column] = {"e": True}
        print(json.dumps(row))  # noqa: T201


def _check_size(parts: ZipFile) -> None:
    """Unfold everything once: sizes in the directory of an archive may be lies."""
    if len(parts.namelist()) > _PARTS:
        raise Refused(4)
    unfolded = 0
    for name in parts.namelist():
        with parts.open(name) as part:
            while chunk := part.read(_CHUNK):
                unfolded += len(chunk)
                if unfolded > _UNFOLDED:
                    raise Refused(4)


def _find_failed(parts: ZipFile, sheet: str) -> dict[int, list[int]]:
    """Where formulas failed, as columns by row: calamine shows these cells as empty."""
    found: dict[int, list[int]] = {}
    part = _find_part(parts, sheet)
    if part is None:
        return found
    with parts.open(part) as file:
        rest = b""
        while chunk := file.read(_CHUNK):
            text = rest + chunk
            end = text.rfind(b"<c ")  # a cell may continue in the next chunk
            if end <= 0:
                end = len(text)
            _note_failed(text[:end], found)
            rest = text[end:]
        _note_failed(rest, found)
    return found


def _note_failed(text: bytes, found: dict[int, list[int]]) -> None:
    for match in _FAILED.finditer(text):
        place = (match[1] or match[2]).decode()
        letters = place.rstrip("0123456789")
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        found.setdefault(int(place[len(letters) :]) - 1, []).append(column - 1)


def _find_part(parts: ZipFile, sheet: str) -> str | None:
    sheets = ElementTree.fromstring(parts.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")  # noqa: S314 -- memory is bounded
    wanted = next((each.get(_RELATED) for each in sheets if each.get("name") == sheet), None)
    for each in ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels")):  # noqa: S314
        if each.get("Id") == wanted and (target := each.get("Target")):
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return name if name in parts.namelist() else None
    return None


def _plain(cell: Any) -> Any:
    if cell == "":
        return None
    if isinstance(cell, datetime | date):
        return {"d": cell.isoformat()}
    if isinstance(cell, time | timedelta):
        return {"t": str(cell)}
    return cell


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    except Refused as refusal:
        sys.exit(int(str(refusal)))
    except MemoryError:
        sys.exit(4)
    except (BadZipFile, CalamineError, ElementTree.ParseError, KeyError, OSError, ValueError, NotImplementedError):
        sys.exit(3)
