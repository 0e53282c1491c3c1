from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from acorn.accounts.models import Membership
from acorn.tenancy.models import Tenant
from acorn.ui import catalogues
from acorn.work.models import WorkItem
from tests.factories.accounts import make_member, signed_in

NOW = datetime(2026, 11, 23, 20, 45, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """The Chinese of this tree, not of the last `make up`."""
    catalogues.compile_all(Path(settings.BASE_DIR))


@pytest.fixture
def member(tenant: Tenant) -> Membership:
    return make_member(tenant)


@pytest.fixture
def browser(member: Membership) -> Client:
    """A signed-in owner."""
    return signed_in(member)


@pytest.fixture
def make_items(tenant: Tenant) -> Callable[[int], list[WorkItem]]:
    def make(count: int, **fields: object) -> list[WorkItem]:
        start = WorkItem.objects.count()
        return WorkItem.objects.bulk_create(
            WorkItem(**{
                "kind": "t", "dedupe_key": str(number), "code": "t", "subject_kind": "order", "subject_id": str(number),
                "subject_label": f"PO{number:05}", "opened_at": NOW - timedelta(hours=number), "currency": "USD",
                "amount": Decimal(number), "tenant_amount": Decimal(number), **fields,
            })
            for number in range(start, start + count)
        )  # fmt: skip

    return make
