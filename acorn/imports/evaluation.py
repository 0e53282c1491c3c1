"""What a file would do: each row read, matched and told apart into new, changed, same and refused."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.utils import translation

from acorn.imports.reading import Cells, Source, find_columns
from acorn.imports.types import FileMapping, ImportTable, Row
from acorn.imports.values import read_cell

BATCH = 5_000


def guess_mapping(table: ImportTable, headers: Sequence[str]) -> dict[str, str]:
    """Headers that are a field's name, or its label in any of our languages, such as those of our own exports."""
    found = {}
    by_text = {header.strip().lower(): header for header in reversed(headers) if header}
    for field in table.fields:
        texts = [field.name, field.name.replace("_", " ")]
        for language in ("en", "zh-hans"):
            with translation.override(language):
                texts.append(str(field.label))
        header = next((by_text[text.lower()] for text in texts if text.lower() in by_text), None)
        if header is not None:
            found[field.name] = header
    return found


def find_unmapped(table: ImportTable, mapping: FileMapping) -> list[str]:
    """Required fields that have neither a column nor a constant."""
    there = mapping.columns.keys() | {name for name, text in mapping.constants.items() if text}
    return [field.name for field in table.fields if field.is_required and field.name not in there]


def read_rows(table: ImportTable, source: Source, mapping: FileMapping) -> Iterator[tuple[Row, Cells]]:
    """Each row with its values, before the table has looked at it. Raises Unreadable."""
    columns = find_columns(source, mapping)
    constants = {
        name: read_cell(table.field(name), text, mapping)
        for name, text in mapping.constants.items()
        if name not in columns and text
    }
    fields = [(table.field(name), place) for name, place in columns.items()]
    for number, cells in source.rows:
        row = Row(number, {})
        for field, place in fields:
            value, flaw = read_cell(field, cells[place] if place < len(cells) else None, mapping)
            row.values[field.name] = value
            if flaw:
                row.flaws.append(flaw)
        for name, (value, flaw) in constants.items():
            row.values[name] = value
            if flaw:
                row.flaws.append(flaw)
        yield row, cells


class Matcher:
    """Lets a table look at the rows of one file, batch by batch; of two rows about the same thing the second is refused."""

    def __init__(self, table: ImportTable, *, lock: bool) -> None:
        self.table, self.lock = table, lock
        self.seen: dict[tuple[Any, ...], int] = {}

    def match(self, rows: Sequence[Row]) -> None:
        self.table.find([row for row in rows if not row.flaws], lock=self.lock)
        keys = self.table.keys
        for row in rows:
            if row.flaws:
                continue
            first = self.seen.setdefault(tuple(row.values.get(name) for name in keys), row.number)
            if first != row.number:
                row.refuse(keys[0], "imports.twice", row=first)


def batches(rows: Iterator[Any], size: int = BATCH) -> Iterator[list[Any]]:
    while batch := list(islice(rows, size)):
        yield batch
