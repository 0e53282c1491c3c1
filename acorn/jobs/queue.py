"""Putting work into the Job table, and telling the broker about it.

The broker may lose everything: `acorn.jobs.run.sweep` (every minute, by beat) publishes what is due and was not picked up, and takes
back what a dead worker held. At most JOBS_IN_FLIGHT_PER_TENANT jobs of one tenant are under way at a time, so that a
noisy tenant waits behind its own work and not in front of others'. The Jobs of an archived company wait until it is
brought back.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from kombu.exceptions import OperationalError

from acorn.core import clock
from acorn.jobs.models import Job
from acorn.jobs.registry import get_task
from acorn.jobs.types import JobState
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import current_tenant_id

logger = logging.getLogger(__name__)

RUN_TASK = "jobs.run"


def enqueue(
    name: str,
    *,
    dedupe_key: str = "",
    due_at: datetime | None = None,
    repeat_seconds: int | None = None,
    **args: Any,
) -> Job:
    """Insert a Job in the caller's transaction, for the active tenant, and publish it on commit.

    With a dedupe key a second request is folded into the waiting one, which keeps the earlier due time; the waiting
    Job is returned. Arguments are ids and short plain values, never secrets. Raises UnknownTask.
    """
    task = get_task(name)
    tenant_id = None if task.is_platform else current_tenant_id()
    now = clock.now()
    job = Job(
        tenant_id=tenant_id, name=name, queue=task.queue, args=args, dedupe_key=dedupe_key,
        due_at=due_at or now, repeat_seconds=repeat_seconds,
    )  # fmt: skip
    if dedupe_key:
        job = _insert_or_join(job)
    else:
        job.save(force_insert=True)
    if job.due_at <= now:
        transaction.on_commit(partial(publish_due, tenant_id), robust=True)
    elif job.published_at is None:
        transaction.on_commit(partial(publish_soon, job, (job.due_at - now).total_seconds()), robust=True)
    return job


def _insert_or_join(job: Job) -> Job:
    Job.objects.bulk_create([job], ignore_conflicts=True)
    waiting = Job.objects.select_for_update().filter(
        name=job.name, dedupe_key=job.dedupe_key, state=JobState.QUEUED, **_of_tenant(job.tenant_id)
    )
    with transaction.atomic():
        found = waiting.first()
        if found is None:  # it started between the two statements: ours can be inserted now
            job.save(force_insert=True)
            return job
        if job.due_at < found.due_at:
            found.due_at = job.due_at
            found.published_at = None
            found.save(update_fields=["due_at", "published_at"])
    return found


def _of_tenant(tenant_id: int | None) -> dict[str, Any]:
    return {"tenant__isnull": True} if tenant_id is None else {"tenant_id": tenant_id}


def ensure_repeating(name: str, *, every_seconds: int, dedupe_key: str, **args: Any) -> None:
    """Make sure that a repeating Job exists, waiting or running. Safe to repeat; changes the interval if it differs.

    With a shorter interval the waiting Job comes forward, so that it is due within that.
    """
    task = get_task(name)
    tenant_id = None if task.is_platform else current_tenant_id()
    alive = Job.objects.filter(
        name=name, dedupe_key=dedupe_key, state__in=[JobState.QUEUED, JobState.RUNNING], **_of_tenant(tenant_id)
    ).exclude(repeat_seconds=None)
    if alive.exists():
        soonest = clock.now() + timedelta(seconds=every_seconds)
        late = alive.filter(state=JobState.QUEUED, repeat_seconds__gt=every_seconds, due_at__gt=soonest)
        for job in late:
            late.filter(pk=job.pk).update(due_at=soonest, published_at=None)
            transaction.on_commit(partial(publish_soon, job, every_seconds), robust=True)
        alive.exclude(repeat_seconds=every_seconds).update(repeat_seconds=every_seconds)
    else:
        enqueue(name, dedupe_key=dedupe_key, repeat_seconds=every_seconds, **args)


def stop_repeating(name: str, *, dedupe_key: str) -> None:
    """End a repeating Job of the active tenant: the waiting one is cancelled, a running one has no successor."""
    jobs = Job.objects.filter(tenant_id=current_tenant_id(), name=name, dedupe_key=dedupe_key)
    jobs.filter(state=JobState.QUEUED).update(state=JobState.CANCELLED, finished_at=clock.now())
    jobs.filter(state=JobState.RUNNING).update(repeat_seconds=None)


def repeat(job: Job, now: datetime) -> None:
    """Insert the next round of a repeating Job. Called in the transaction that ends the last one."""
    every = Job.objects.values_list("repeat_seconds", flat=True).get(pk=job.pk)
    if every is None:
        return
    following = Job(
        tenant_id=job.tenant_id, name=job.name, queue=job.queue, args=job.args, dedupe_key=job.dedupe_key,
        due_at=now + timedelta(seconds=every), repeat_seconds=every,
    )  # fmt: skip
    Job.objects.bulk_create([following], ignore_conflicts=True)
    _waiting_twins(job).filter(repeat_seconds=None).update(repeat_seconds=every)
    # the sweep is too slow for what repeats by the second
    if every < settings.JOBS_REPUBLISH_SECONDS and (waiting := _waiting_twins(job).first()):
        transaction.on_commit(partial(publish_soon, waiting, every), robust=True)


def _waiting_twins(job: Job) -> models.QuerySet[Job]:
    return Job.objects.filter(
        ~Q(dedupe_key=""), name=job.name, dedupe_key=job.dedupe_key, state=JobState.QUEUED, **_of_tenant(job.tenant_id)
    )


_CLAIM_FOR_PUBLISHING = """
UPDATE jobs_job SET published_at = %(now)s WHERE id IN (
  SELECT j.id FROM jobs_job j
  WHERE j.state = 'QUEUED' AND j.tenant_id IS NOT DISTINCT FROM %(tenant)s AND j.due_at <= %(now)s
    AND (j.published_at IS NULL OR j.published_at < %(stale)s)
    AND NOT EXISTS (SELECT FROM tenancy_tenant t WHERE t.id = j.tenant_id AND t.archived_at IS NOT NULL)
    AND (j.dedupe_key = '' OR NOT EXISTS (
      SELECT FROM jobs_job r WHERE r.state = 'RUNNING' AND r.tenant_id IS NOT DISTINCT FROM j.tenant_id
        AND r.name = j.name AND r.dedupe_key = j.dedupe_key))
  ORDER BY j.due_at, j.id
  LIMIT greatest(0, %(limit)s - (
    SELECT count(*) FROM jobs_job f WHERE f.tenant_id IS NOT DISTINCT FROM %(tenant)s
      AND (f.state = 'RUNNING' OR f.state = 'QUEUED' AND f.published_at >= %(stale)s AND f.due_at <= %(now)s)))
  FOR UPDATE SKIP LOCKED)
RETURNING id, name, queue
"""


def publish_due(tenant_id: int | None) -> int:
    """Tell the broker about a tenant's due Jobs, as many as may be under way; returns how many. Safe to repeat."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM_FOR_PUBLISHING,
            {
                "now": now,
                "tenant": tenant_id,
                "stale": now - timedelta(seconds=settings.JOBS_REPUBLISH_SECONDS),
                "limit": settings.JOBS_IN_FLIGHT_PER_TENANT,
            },
        )
        due = cursor.fetchall()
    for job_id, name, queue_name in due:
        _tell_broker(job_id, name, queue_name)
    return len(due)


def publish_soon(job: Job, seconds: float) -> None:
    """Let the broker wake a Job that is due before the next sweep; a longer wait is left to the sweep."""
    if seconds < settings.JOBS_REPUBLISH_SECONDS:
        Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(published_at=clock.now())
        _tell_broker(job.pk, job.name, job.queue, delay=seconds)


def _tell_broker(job_id: int, name: str, queue_name: str, *, delay: float = 0) -> None:
    try:
        current_app.tasks[RUN_TASK].apply_async(
            args=(job_id,), queue=queue_name, retry=False, shadow=name, ignore_result=True, countdown=delay
        )
    except (OSError, OperationalError) as error:
        logger.warning("broker not reachable (%s); the sweep publishes job %s later", type(error).__name__, job_id)
        Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(published_at=None)


def list_lost(now: datetime) -> list[Job]:
    """Running Jobs whose lease is over: their worker is dead, or hangs."""
    return list(Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now))


def take_back(job: Job, now: datetime) -> None:
    """Give a dead worker's Job back to the queue; where a newer request already waits, end this one instead."""
    held = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_token=job.lease_token, lease_until__lt=now)
    with transaction.atomic():
        if _waiting_twins(job).exists():
            superseded = held.update(
                state=JobState.CANCELLED, finished_at=now, lease_token="", message_code="jobs.superseded"
            )
            if superseded:
                repeat(job, now)
        else:
            held.update(
                state=JobState.QUEUED, due_at=now, published_at=None, lease_until=None, lease_token="",
                message_code="jobs.worker_lost",
            )  # fmt: skip


def of_open_companies() -> Q:
    """Jobs that may run: the platform's, and those of companies that are not archived."""
    # no join: an UPDATE with one would look at `state` in a subquery, and two workers would claim the same Job
    return ~Q(Exists(Tenant.objects.filter(pk=OuterRef("tenant_id"), archived_at__isnull=False)))


def publish_all_due(now: datetime) -> None:
    """Publish what is due and was not picked up, tenant by tenant. An archived company's Jobs wait until it is restored."""
    stale = now - timedelta(seconds=settings.JOBS_REPUBLISH_SECONDS)
    due = Job.objects.filter(
        Q(published_at=None) | Q(published_at__lt=stale),
        state=JobState.QUEUED,
        due_at__lte=now,
        tenant__archived_at=None,
    )
    for tenant_id in due.order_by().values_list("tenant_id", flat=True).distinct():
        publish_due(tenant_id)
