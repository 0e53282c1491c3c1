"""Deadlines, and what Amazon says of collect shipments."""

from datetime import timedelta

from acorn.core import clock
from acorn.jobs.queue import enqueue
from acorn.jobs.registry import platform_task, tenant_task
from acorn.jobs.run import JobRun, RetryLater
from acorn.jobs.types import Queue
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from shipments import amazon, services
from shipments.types import LOOK_FOR_LABELS
from vendors.errors import AmazonError
from vendors.gateway import retry_delay
from vendors.services import Axis, PageCounts, PulledPage, give_up_step, pull

# a carrier is assigned, and shown, up to some days after the request
_CREATED = Axis("created", amazon.fetch_created, timedelta(days=6))
# Amazon's labels come late or never (field notes D 23): after these waits a person looks
_LOOK_AFTER_MINUTES = (5, 15, 30, 60, 120)
_SETTLE = "shipments.settle_deadlines"


@tenant_task("shipments.pull_details", queue=Queue.SYNC, give_up=give_up_step)
def pull_details(run: JobRun, *, sync_step_id: int, **_: object) -> None:
    """Bring what Amazon holds of collect shipments. Safe to run twice."""
    pull(run, sync_step_id=sync_step_id, axes=[_CREATED], ingest=_store)


def _store(page: PulledPage) -> PageCounts:
    rows = amazon.list_details(page.payload)
    details = [found for row in rows if (found := amazon.parse_details(row)) is not None]
    changed = services.ingest_details(
        connection=page.connection, details=details, exchange_id=page.exchange_id, received_at=page.received_at
    )
    return PageCounts(seen=len(rows), new=0, changed=changed, flagged=len(rows) - len(details))


@tenant_task(LOOK_FOR_LABELS, queue=Queue.SYNC, max_attempts=len(_LOOK_AFTER_MINUTES) + 10)
def look_for_labels(run: JobRun, *, shipment_id: int, looks: int = 0, **_: object) -> None:
    """Ask for a shipment's transport labels until there are some, or a person has to fetch them. Safe to run twice."""
    try:
        is_done = services.look_for_labels(shipment_id=shipment_id, now=clock.now())
    except AmazonError as error:
        raise RetryLater(retry_delay(error, run.job.attempts), error.code, **error.params) from error
    if is_done:
        return
    if looks == len(_LOOK_AFTER_MINUTES):
        services.give_up_labels(shipment_id=shipment_id, now=clock.now())
        return
    due_at = clock.now() + timedelta(minutes=_LOOK_AFTER_MINUTES[looks])
    enqueue(
        LOOK_FOR_LABELS, dedupe_key=f"labels:{shipment_id}:{looks + 1}", due_at=due_at, shipment_id=shipment_id,
        looks=looks + 1,
    )  # fmt: skip


@platform_task("shipments.watch", every_seconds=900)
def watch(run: JobRun, **_: object) -> None:
    """Have each company's shipments looked through for what is due."""
    for tenant in Tenant.objects.filter(archived_at=None):
        with tenant_scope(tenant.pk):
            enqueue(_SETTLE, dedupe_key="deadlines")


@tenant_task(_SETTLE)
def settle_deadlines(run: JobRun, **_: object) -> None:
    """Bring the deadlines of all open shipments up to date. Safe to run twice, and it may miss a round."""
    services.settle_all_deadlines(now=clock.now())
