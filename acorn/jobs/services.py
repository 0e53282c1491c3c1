from django.db import transaction

from acorn.audit import services as audit
from acorn.core import clock
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Conflict, NotFound
from acorn.jobs import queue
from acorn.jobs.models import Job
from acorn.jobs.types import JobState
from acorn.tenancy.scope import current_tenant_id


@transaction.atomic
def retry_job(*, public_id: str, actor: Actor) -> Job:
    """Put a failed or cancelled Job of the active tenant back into the queue. Raises NotFound or Conflict."""
    job = _get(public_id)
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise Conflict
    audit.record("jobs.retried", actor=actor, subject=_subject_of(job), params={"name": job.name})
    return queue.enqueue(job.name, dedupe_key=job.dedupe_key, **job.args)


@transaction.atomic
def cancel_job(*, public_id: str, actor: Actor) -> None:
    """Stop a Job of the active tenant: a waiting one never starts, a running one stops at its next step.

    Of a repeating Job only this round is cancelled; the next one comes at its time. Raises NotFound or Conflict.
    """
    job = _get(public_id)
    now = clock.now()
    changed = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.CANCELLED,
        finished_at=now,
        lease_token="",
        message_code="jobs.cancelled",
        message_params={"who": actor.label},
    )
    if not changed:
        raise Conflict
    queue.repeat(job, now)
    audit.record("jobs.stopped", actor=actor, subject=_subject_of(job), params={"name": job.name})


def _subject_of(job: Job) -> Subject:
    return Subject("jobs.job", job.public_id, job.name)


def _get(public_id: str) -> Job:
    try:
        return Job.objects.get(public_id=public_id, tenant_id=current_tenant_id())
    except Job.DoesNotExist:
        raise NotFound from None
