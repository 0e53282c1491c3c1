"""With the real orders on top: a vendor code that nobody entered is noted when an order names it."""

from acorn.core import clock
from tests.factories.vendors import ACTOR
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from vendors import services
from vendors.models import Connection, VendorCode
from vendors.types import SyncState


def test_vendor_codes_are_found_in_orders(connection: Connection, world: World) -> None:
    run = services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now())
    run_due_jobs(hurry=True)

    run.refresh_from_db()
    assert run.state == SyncState.SUCCEEDED, run.errors
    entered = VendorCode.objects.filter(is_discovered=False).values_list("code", flat=True)
    found = VendorCode.objects.filter(is_discovered=True).values_list("code", flat=True)
    assert list(entered) == ["VND00"]
    assert len(found) >= 1
