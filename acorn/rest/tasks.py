from acorn.core import clock
from acorn.jobs.registry import tenant_task
from acorn.jobs.run import JobRun
from acorn.rest.idempotency import KEEP
from acorn.rest.models import IdempotencyRecord


@tenant_task("rest.forget_keys")
def forget_keys(run: JobRun, **_: object) -> None:
    """Delete idempotency keys older than 24 hours; comes back when the next one is. Safe to run twice."""
    IdempotencyRecord.objects.filter(created_at__lt=clock.now() - KEEP).delete()
    oldest = IdempotencyRecord.objects.order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is not None:
        run.successor(due_at=oldest + KEEP)
