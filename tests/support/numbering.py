"""A process that numbers cartons, for tests: nothing of Django is imported before the process has its own."""

import os
from datetime import UTC, datetime
from typing import Any


def number_many(
    database: str, tenant_id: int, rounds: int, size: int, claims: list[str], ready: Any, results: Any
) -> None:
    """Issue `size` numbers `rounds` times, each in a transaction, and in between claim numbers of another system; tell
    all that this process got, and what it was refused."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acorn.settings.base")
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415

    from acorn.tenancy.scope import tenant_scope  # noqa: PLC0415
    from shipments.errors import SsccTaken  # noqa: PLC0415
    from shipments.services.sscc import claim_sscc, issue_ssccs  # noqa: PLC0415

    connection.settings_dict["NAME"] = database
    got, refused = [], []
    with tenant_scope(tenant_id):
        connection.ensure_connection()
        ready.wait(60)
        for _ in range(rounds):
            with transaction.atomic():
                got += issue_ssccs(size, now=datetime.now(UTC))
            if claims:
                number = claims.pop()
                try:
                    got.append(claim_sscc(number, now=datetime.now(UTC)))
                except SsccTaken:
                    refused.append(number)
    results.put((got, refused))
