"""One run of one Job: claim, work, record. Imported by the Celery task and by tests alike."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction

from acorn.core import clock
from acorn.jobs import queue
from acorn.jobs.models import Job
from acorn.jobs.registry import TaskSpec, get_task, list_tasks
from acorn.jobs.types import JobState
from acorn.tenancy.scope import no_tenant_scope, tenant_scope

logger = logging.getLogger(__name__)

_BACKOFF_SECONDS = (5, 15, 60, 180, 600)


class RetryLater(Exception):
    """The task cannot go on now (throttled, network down): run it again after `seconds`; `code` says why."""

    def __init__(self, seconds: float, code: str, counts: bool = True, **params: Any) -> None:
        super().__init__(code)
        self.seconds, self.code, self.counts, self.params = seconds, code, counts, params


class GiveUp(Exception):
    """The task can never succeed as things are: the Job fails now; `code` says why and what to do."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class LeaseLost(Exception):
    """Another worker has taken this Job over, or a person cancelled it: stop at once and write nothing more."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """What a task may ask of its own Job. Every method raises LeaseLost when the Job is no longer ours."""

    job: Job
    token: str

    def progress(self, done: int, total: int) -> None:
        """Show how far the work is, and keep the lease. Call at least once a minute."""
        self._update(
            progress_done=done,
            progress_total=total,
            lease_until=clock.now() + timedelta(seconds=settings.JOBS_LEASE_SECONDS),
        )

    def keep(self) -> None:
        """Keep the lease without news."""
        self._update(lease_until=clock.now() + timedelta(seconds=settings.JOBS_LEASE_SECONDS))

    def tell(self, code: str, **params: Any) -> None:
        """What is said of the Job once it has succeeded: a registered message."""
        self._update(message_code=code, message_params=params)
        self.job.message_code, self.job.message_params = code, params

    def successor(self, *, due_at: datetime | None = None, **args: Any) -> None:
        """Go on in a new Job with other arguments: a task works at most five minutes, then passes on."""
        queue.enqueue(self.job.name, dedupe_key=self.job.dedupe_key, due_at=due_at, **args)

    def _update(self, **values: Any) -> None:
        if not Job.objects.filter(pk=self.job.pk, lease_token=self.token, state=JobState.RUNNING).update(**values):
            raise LeaseLost(self.job.public_id)


def execute(job_id: int) -> bool:
    """Run a Job once if it is due and nobody else has it; True if it ran. Safe to call any number of times."""
    run = _claim(job_id)
    if run is None:
        return False
    task = get_task(run.job.name)
    scope = no_tenant_scope() if run.job.tenant_id is None else tenant_scope(run.job.tenant_id)
    try:
        with scope:
            task.function(run, **run.job.args)
    except LeaseLost:
        logger.warning("job %s was taken over or cancelled", run.job.public_id)
        return True
    except RetryLater as later:
        _retry(run, task, later.seconds, later.code, later.params, counts=later.counts)
    except GiveUp as refusal:
        _fail(run, task, refusal.code, refusal.params)
    except Exception:
        logger.exception("job %s (%s) crashed", run.job.public_id, run.job.name)
        delay = _BACKOFF_SECONDS[min(run.job.attempts, len(_BACKOFF_SECONDS)) - 1]
        _retry(run, task, delay, "jobs.crashed", {"reference": run.job.public_id})
    else:
        _finish(run, JobState.SUCCEEDED, run.job.message_code, run.job.message_params)
    queue.publish_due(run.job.tenant_id)
    return True


def sweep() -> None:
    """What beat asks every minute: take back the Jobs of dead workers, publish what is due and not under way."""
    now = clock.now()
    with no_tenant_scope():
        for job in queue.list_lost(now):
            task = get_task(job.name)
            if job.attempts >= task.max_attempts:
                _fail(JobRun(job, job.lease_token), task, "jobs.worker_lost", {})
            else:
                queue.take_back(job, now)
        for task in list_tasks():
            if task.every_seconds is not None:
                queue.ensure_repeating(task.name, every_seconds=task.every_seconds, dedupe_key="platform")
        queue.publish_all_due(now)


def _claim(job_id: int) -> JobRun | None:
    now = clock.now()
    token = secrets.token_hex(16)
    try:
        with transaction.atomic():
            waiting = Job.objects.filter(queue.of_open_companies(), pk=job_id, state=JobState.QUEUED, due_at__lte=now)
            claimed = waiting.update(
                state=JobState.RUNNING,
                lease_token=token,
                lease_until=now + timedelta(seconds=settings.JOBS_LEASE_SECONDS),
                attempts=models.F("attempts") + 1,
                started_at=now,
            )
    except IntegrityError:  # a twin with the same key is running; its end publishes this one
        Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(published_at=None)
        return None
    return JobRun(Job.objects.get(pk=job_id), token) if claimed else None


def _retry(
    run: JobRun, task: TaskSpec, seconds: float, code: str, params: dict[str, Any], *, counts: bool = True
) -> None:
    if counts and run.job.attempts >= task.max_attempts:
        _fail(run, task, code, params)
        return
    values: dict[str, Any] = {
        "state": JobState.QUEUED,
        "due_at": clock.now() + timedelta(seconds=seconds),
        "published_at": None,
        "lease_until": None,
        "lease_token": "",
        "message_code": code,
        "message_params": params,
    }
    if not counts:
        values["attempts"] = run.job.attempts - 1
    try:
        with transaction.atomic():
            run._update(**values)
    except IntegrityError:  # a newer request with the same key is already waiting: it does this work too
        _finish(run, JobState.CANCELLED, "jobs.superseded", {})
    except LeaseLost:
        logger.warning("job %s was taken over or cancelled", run.job.public_id)
    else:
        queue.publish_soon(run.job, seconds)


def _fail(run: JobRun, task: TaskSpec, code: str, params: dict[str, Any]) -> None:
    if task.give_up is not None and run.job.tenant_id is not None:
        with tenant_scope(run.job.tenant_id):
            task.give_up(run, code, params)
    _finish(run, JobState.FAILED, code, params)


def _finish(run: JobRun, state: JobState, code: str, params: dict[str, Any]) -> None:
    """End the Job and, if it repeats, insert the next one in the same transaction: a chain never breaks."""
    now = clock.now()
    try:
        with transaction.atomic():
            run._update(
                state=state, finished_at=now, lease_until=None, lease_token="", message_code=code, message_params=params
            )
            queue.repeat(run.job, now)
    except LeaseLost:
        logger.warning("job %s was taken over or cancelled", run.job.public_id)
