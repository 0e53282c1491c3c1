"""A process that reserves, for tests and benchmarks: nothing of Django is imported before the process has its own."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple


class Done(NamedTuple):
    """What one process came to: promises kept and refused, and when it began and ended."""

    kept: int
    refused: int
    began: float
    ended: float


def reserve_many(
    database: str, tenant_id: int, places: Sequence[Any], names: range, repeat: int, ready: Any, results: Any
) -> None:
    """Reserve one piece under each name, places in turn, each told `repeat` times; say what came of it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acorn.settings.base")
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415

    from acorn.core.actor import Actor, Subject  # noqa: PLC0415
    from acorn.tenancy.scope import tenant_scope  # noqa: PLC0415
    from catalog.errors import InsufficientStock  # noqa: PLC0415
    from catalog.services import stock  # noqa: PLC0415
    from catalog.types import RESERVATION, Promise, Purpose  # noqa: PLC0415

    connection.settings_dict["NAME"] = database
    actor = Actor.system("test")
    kept = refused = 0
    with tenant_scope(tenant_id):
        connection.ensure_connection()
        ready.wait(60)
        began = time.time()
        for name in names:
            promise = Promise("1", *places[name % len(places)], 1)
            try:
                for _ in range(repeat):
                    stock.reserve(
                        [promise], purpose=Purpose.MANUAL, reference=Subject(RESERVATION, f"H{name}", f"H{name}"),
                        actor=actor, now=datetime.now(UTC),
                    )  # fmt: skip
                kept += 1
            except InsufficientStock:
                refused += 1
        ended = time.time()
    results.put(tuple(Done(kept, refused, began, ended)))
