from acorn.core import clock
from acorn.core.errors import Conflict, NotFound
from acorn.jobs import queue
from acorn.jobs.models import Job
from acorn.jobs.types import JobState
from acorn.tenancy.scope import current_tenant_id


def retry_job(*, public_id: str) -> Job:
    """Put a failed or cancelled Job of the active tenant back into the queue. Raises NotFound or Conflict."""
    job = _get(public_id)
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise Conflict
    return queue.enqueue(job.name, dedupe_key=job.dedupe_key, **job.args)


def cancel_job(*, public_id: str, who: str) -> None:
    """Stop a Job of the active tenant: a waiting one never starts, a running one stops at its next step."""
    job = _get(public_id)
    changed = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.CANCELLED,
        finished_at=clock.now(),
        lease_token="",
        message_code="jobs.cancelled",
        message_params={"who": who},
    )
    if not changed:
        raise Conflict


def _get(public_id: str) -> Job:
    try:
        return Job.objects.get(public_id=public_id, tenant_id=current_tenant_id())
    except Job.DoesNotExist:
        raise NotFound from None
