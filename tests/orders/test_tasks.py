"""From Amazon's answer to the row, over the wire: orders and their status, through real Jobs."""

from typing import Any

import pytest

from acorn.core import clock
from acorn.tenancy.models import Tenant
from orders.models import Finding, PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine, PurchaseOrderVersion
from tests.factories.vendors import ACTOR, make_connection
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from vendors import services
from vendors.models import Connection, SyncRun


@pytest.fixture
def connection(tenant: Tenant, world: World) -> Connection:
    return make_connection(world)


def sync(connection: Connection, **more: Any) -> SyncRun:
    run = services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now(), **more)
    run_due_jobs(hurry=True)
    run.refresh_from_db()
    return run


def test_first_sync_brings_every_order_with_its_status(connection: Connection, world: World) -> None:
    run = sync(connection)

    assert (run.state, run.errors) == ("SUCCEEDED", [])
    assert PurchaseOrder.objects.count() == PurchaseOrderVersion.objects.count() == 40
    assert run.counts["new"] == 40
    # North American orders come with party ids only, and the directory is still empty
    assert set(Finding.objects.values_list("code", flat=True)) <= {"orders.address_missing"}
    assert PurchaseOrderChange.objects.count() == 0
    assert not PurchaseOrderLine.objects.filter(status_seen_at=None).exists()
    assert PurchaseOrderLine.objects.filter(received_eaches__gt=0).exists()


def test_second_sync_shows_what_changed_and_only_that(connection: Connection, world: World) -> None:
    sync(connection)
    stored = PurchaseOrder.objects.filter(amazon_state="New").order_by("id").first()
    assert stored is not None
    world.change(stored.number, "quantity")

    run = sync(connection)

    assert run.state == "SUCCEEDED"
    changes = PurchaseOrderChange.objects.filter(order=stored)
    fields = {change.field for change in changes}
    assert "ordered_eaches" in fields
    assert fields <= {"ordered_eaches", "cancelled_eaches"}  # a smaller quantity is a cancellation of the rest
    assert PurchaseOrderChange.objects.exclude(order=stored).count() == 0
    stored.refresh_from_db()
    assert (stored.version, stored.has_unseen_change) == (2, True)

    assert sync(connection).counts["changed"] == 0


def test_order_arrives_after_its_status(connection: Connection, world: World) -> None:
    sync(connection, resources=["purchase-order-status"])
    assert PurchaseOrder.objects.count() == 0

    sync(connection, resources=["purchase-orders"])

    assert PurchaseOrder.objects.count() == 40
    assert not PurchaseOrderLine.objects.filter(status_seen_at=None).exists()
