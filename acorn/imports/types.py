"""What a table that can be imported is made of, and what is known of each row."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.accounts.rights import Right
from acorn.core.actor import Actor
from acorn.core.flaws import Flaw


class ImportState(TextChoices):
    READING = "READING", pgettext_lazy("state of an import", "Reading")
    COLUMNS = "COLUMNS", _("Waits for its columns")
    PREVIEW = "PREVIEW", _("Ready to look at")
    APPLYING = "APPLYING", pgettext_lazy("state of an import", "Writing")
    DONE = "DONE", pgettext_lazy("state of an import", "Done")
    FAILED = "FAILED", pgettext_lazy("state of an import", "Failed")
    DISCARDED = "DISCARDED", pgettext_lazy("state of an import", "Discarded")


class ImportMode(TextChoices):
    ALL = "ALL", _("All or nothing")
    GOOD = "GOOD", _("Good rows only")


class RowKind(TextChoices):
    NEW = "NEW", pgettext_lazy("row of an import", "New")
    CHANGED = "CHANGED", pgettext_lazy("row of an import", "Changed")
    SAME = "SAME", pgettext_lazy("row of an import", "Same")
    REFUSED = "REFUSED", pgettext_lazy("row of an import", "Refused")


class Kind(StrEnum):
    """How a cell is read. LENGTH is whole millimetres and WEIGHT whole grams, whatever unit the file has."""

    TEXT = "TEXT"
    INTEGER = "INTEGER"
    DECIMAL = "DECIMAL"
    DATE = "DATE"
    MOMENT = "MOMENT"
    FLAG = "FLAG"
    CHOICE = "CHOICE"
    LENGTH = "LENGTH"
    WEIGHT = "WEIGHT"


@dataclass(frozen=True, slots=True)
class ImportField:
    """One column of a table. Key fields say which row is meant; what is required has a value in every row.

    An empty cell is `empty` ("" for texts, None for others): of a row that exists it empties the field. A column that
    the file does not have changes nothing; of a new row it is `empty`.
    """

    name: str
    label: str | Promise
    kind: Kind = Kind.TEXT
    is_key: bool = False
    is_required: bool = False
    choices: type[TextChoices] | None = None
    hint: str | Promise = ""
    default: Any = None

    @property
    def empty(self) -> Any:
        if self.default is not None:
            return self.default
        return "" if self.kind == Kind.TEXT else None


@dataclass(slots=True)
class Row:
    """A row of the file as the table sees it. `values` are the columns that the file has, `before` what is stored of
    them now (None: a new row), `known` what is stored itself, `related` what else `find` hands to `write`."""

    number: int
    values: dict[str, Any]
    flaws: list[Flaw] = dataclasses.field(default_factory=list)
    before: dict[str, Any] | None = None
    known: Any = None
    related: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """Field, what it was, what it becomes."""
        if self.before is None:
            return []
        before = self.before
        return [(name, before[name], value) for name, value in self.values.items() if before.get(name) != value]

    @property
    def kind(self) -> RowKind:
        if self.flaws:
            return RowKind.REFUSED
        if self.before is None:
            return RowKind.NEW
        return RowKind.CHANGED if self.changes else RowKind.SAME

    def refuse(self, field: str, code: str, **params: Any) -> None:
        self.flaws.append(Flaw(field, code, params))


@dataclass(frozen=True, slots=True)
class Context:
    """Who imports, when, and through which run (its public id)."""

    actor: Actor
    person: str
    now: datetime
    run: str


class ImportTable(ABC):
    """A table that can be imported and exported: one subclass, registered with `acorn.imports.registry.register`.

    `find` and `write` take a few thousand rows at a time and use a constant number of statements for them.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    right: ClassVar[Right]  # who may import
    see: ClassVar[Right]  # who may export
    fields: ClassVar[Sequence[ImportField]]
    help: ClassVar[str | Promise] = ""

    def lock(self, rows: Sequence[Row], *, now: datetime) -> None:  # noqa: B027 -- most tables need none
        """Called once, first in the transaction that writes, with every row of the file: a table whose rows others lock
        in an order of their own takes all its locks here, in that order."""

    @abstractmethod
    def find(self, rows: Sequence[Row], *, lock: bool) -> None:
        """Set `before` and `known` of each row, and refuse those that can't be. With `lock` what is found stays so until
        the transaction ends."""

    @abstractmethod
    def write(self, rows: Sequence[Row], context: Context) -> None:
        """Store rows that are new or changed, with audit, in the caller's transaction."""

    @abstractmethod
    def export(self) -> Iterator[Mapping[str, Any]]:
        """What is stored, by field name, in an order that people expect."""

    def field(self, name: str) -> ImportField:
        return next(field for field in self.fields if field.name == name)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.is_key)


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How the columns of a file become fields: what a profile keeps. JSON-ready by `stored()`."""

    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)  # field -> header
    constants: Mapping[str, str] = dataclasses.field(default_factory=dict)  # field -> text
    units: Mapping[str, str] = dataclasses.field(default_factory=dict)  # field -> unit
    date_format: str = "YMD"
    decimal: str = "auto"
    encoding: str = ""  # empty: found out
    delimiter: str = ""
    sheet: str = ""

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> "FileMapping":
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def stored(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


DATE_FORMATS = {
    "YMD": _("2026-12-31, 2026/12/31 or 2026年12月31日"),
    "DMY": _("31.12.2026 or 31/12/2026"),
    "MDY": _("12/31/2026"),
}
DECIMALS = {"auto": _("As the numbers show"), ".": _("Point: 1,234.50"), ",": _("Comma: 1.234,50")}
ENCODINGS = {
    "": _("Found out"),
    "utf-8": "UTF-8",
    "gb18030": "GBK / GB18030",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
}
DELIMITERS = {"": _("Found out"), ",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab"), "|": "|"}
LENGTHS = {"mm": 1, "cm": 10, "m": 1000, "in": "25.4"}
WEIGHTS = {"g": 1, "kg": 1000, "oz": "28.349523125", "lb": "453.59237"}
