"""What tables are called, for stored messages: asked late, since apps register theirs one after another."""

from collections.abc import Iterator, Mapping
from typing import Any

from acorn.imports import registry


class TableWords(Mapping[str, Any]):
    """Label by name of a table."""

    def __getitem__(self, name: str) -> Any:
        table = registry.find_table(name)
        if table is None:
            raise KeyError(name)
        return table.label

    def __iter__(self) -> Iterator[str]:
        return (table.name for table in registry.list_tables())

    def __len__(self) -> int:
        return len(registry.list_tables())
