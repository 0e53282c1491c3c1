"""ASNs: what became of their documents, what is due, and what Amazon has received."""

from acorn.core import clock
from acorn.jobs.queue import enqueue
from acorn.jobs.registry import platform_task, tenant_task
from acorn.jobs.run import JobRun, RetryLater
from acorn.jobs.types import Queue
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from shipments import services
from shipments.types import FOLLOW_ASN, FOLLOW_RECEIVED, READ_BACK_ASN, REPLACE_ASN, WATCH_ASNS
from vendors.errors import AmazonError
from vendors.gateway import retry_delay


@tenant_task(FOLLOW_ASN, queue=Queue.SUBMIT)
def follow_asn(run: JobRun, *, submission_id: int, **_: object) -> None:
    """The document of an ASN is in another state. Safe to run twice."""
    services.follow_submission(submission_id=submission_id, now=clock.now())


@tenant_task(READ_BACK_ASN, queue=Queue.SUBMIT, max_attempts=10)
def read_back_asn(run: JobRun, *, submission_id: int, **_: object) -> None:
    """Nobody knows whether Amazon has an ASN: look at what it shows of the shipment. Safe to run twice."""
    try:
        services.read_back(submission_id=submission_id, now=clock.now())
    except AmazonError as error:
        raise RetryLater(retry_delay(error, run.job.attempts), error.code, **error.params) from error


@tenant_task(REPLACE_ASN, queue=Queue.SUBMIT)
def replace_asn(run: JobRun, *, submission_id: int, **_: object) -> None:
    """Nobody knows whether Amazon has an ASN, and nothing tells: send a replacement. Safe to run twice."""
    services.replace_unknown(submission_id=submission_id, now=clock.now())


@tenant_task(FOLLOW_RECEIVED)
def follow_received(run: JobRun, *, order_ids: list[int], raw_document_id: int | None, **_: object) -> None:
    """Amazon has received something of these orders. Safe to run twice."""
    services.follow_received(order_ids=order_ids, raw_document_id=raw_document_id, now=clock.now())


@platform_task("shipments.watch_all_asns", every_seconds=300)
def watch_all_asns(run: JobRun, **_: object) -> None:
    """Have each company's ASNs looked at that have not left."""
    for tenant in Tenant.objects.filter(archived_at=None):
        with tenant_scope(tenant.pk):
            enqueue(WATCH_ASNS, dedupe_key="asns")


@tenant_task(WATCH_ASNS)
def watch_asns(run: JobRun, **_: object) -> None:
    """Warn of ASNs that are due, try again what waits, and warn of shortages. Safe to run twice."""
    services.watch_asns(now=clock.now())
    services.warn_of_shortages(now=clock.now())
