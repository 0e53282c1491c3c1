"""The tables that can be imported: each app registers its own in `AppConfig.ready()`."""

from acorn.imports.types import ImportTable

_TABLES: dict[str, ImportTable] = {}


def register(*tables: ImportTable) -> None:
    """Make tables known; a second one of the same name replaces the first, so that reloading is harmless."""
    for table in tables:
        _TABLES[table.name] = table


def find_table(name: str) -> ImportTable | None:
    return _TABLES.get(name)


def list_tables() -> list[ImportTable]:
    """In the order of registration."""
    return list(_TABLES.values())
