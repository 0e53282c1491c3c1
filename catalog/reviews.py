"""The master tables that somebody answers for. An app adds its own in `AppConfig.ready()`."""

from dataclasses import dataclass

from django.utils.functional import Promise

_TABLES: dict[str, "MasterTable"] = {}


@dataclass(frozen=True, slots=True)
class MasterTable:
    """`url_name` is the page on which it is looked through, if there is one; `why` says what is wrong if nobody does."""

    name: str
    label: str | Promise
    why: str | Promise
    url_name: str = ""


def register(*tables: MasterTable) -> None:
    """Make tables known; a second, different registration is a programming error (ValueError)."""
    for table in tables:
        if _TABLES.setdefault(table.name, table) != table:
            raise ValueError(f"master table {table.name} is registered twice")


def list_tables() -> list[MasterTable]:
    return list(_TABLES.values())


def find_table(name: str) -> MasterTable | None:
    return _TABLES.get(name)
