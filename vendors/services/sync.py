"""Runs and their steps: asked for, begun, ended. The rows are the truth; Jobs carry them out."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from acorn.audit import services as audit
from acorn.core import clock
from acorn.core.actor import Actor, Subject
from acorn.core.errors import NotFound
from acorn.jobs.models import Job
from acorn.jobs.queue import enqueue
from acorn.jobs.run import JobRun, RetryLater
from acorn.jobs.types import JobState
from acorn.tenancy.scope import current_tenant_id
from vendors import rules
from vendors.errors import ConnectionArchived
from vendors.models import Connection, SyncRun, SyncStep
from vendors.selectors import now_at
from vendors.services.health import note_end_of_run
from vendors.services.resources import choose_resources, get_resource, list_resources
from vendors.services.silence import watch_for_silence
from vendors.types import UNFINISHED, Resource, SyncState

# How long a step waits before it looks again whether the step in front of it is over; normally that one wakes it.
_QUEUE_SECONDS = 30
_SPARE = timedelta(seconds=1)


@transaction.atomic
def start_sync(
    *,
    connection_id: int,
    actor: Actor,
    now: datetime,
    resources: Iterable[str] | None = None,
    is_scheduled: bool = False,
) -> SyncRun:
    """Ask for a connection to be brought up to date; returns the run that will do it.

    A run that still waits for the same resources is joined. While one is at work a new one is made and waits, since it
    must see what changed meanwhile; a scheduled request leaves it at the one at work. Raises NotFound,
    ConnectionArchived, UnknownResource.
    """
    connection = _lock(connection_id)
    if connection.archived_at is not None:
        raise ConnectionArchived
    chosen = choose_resources(resources)
    end_orphans(connection_id=connection.pk, now=now)
    names = [resource.name for resource in chosen]
    unfinished = SyncRun.objects.filter(connection=connection, state__in=UNFINISHED).order_by("id")
    if is_scheduled and (current := unfinished.first()):
        return current
    if waiting := unfinished.filter(state=SyncState.QUEUED, resources=names).first():
        return waiting
    run = SyncRun.objects.create(
        connection=connection,
        resources=names,
        is_scheduled=is_scheduled,
        requested_by=actor.label[:200],
        created_at=now,
    )
    for resource in chosen:
        _enqueue_step(SyncStep.objects.create(run=run, connection=connection, resource=resource.name), resource)
    if not is_scheduled:
        audit.record(
            "vendors.sync_requested",
            actor=actor,
            subject=Subject("vendors.connection", connection.public_id, connection.name),
            params={"resources": ", ".join(names), "run": run.public_id},
        )
    return run


def begin_step(*, step_id: int, now: datetime) -> SyncStep | None:
    """Take a step up, or go on with it; None if it is over. `until` is fixed when it first begins, by the connection's clock.

    Raises RetryLater while another step pulls the same resource of the connection, or while the step of the same run
    that this one comes after is not over.
    """
    step = SyncStep.objects.select_related("connection__group", "run").filter(pk=step_id).first()
    if step is None or step.state in (SyncState.SUCCEEDED, SyncState.PARTIAL):
        return None
    if step.connection.archived_at is not None:
        finish_step(step_id=step_id, state=SyncState.FAILED, now=now, error=("vendors.sync_archived", {}))
        return None
    ahead = _step_ahead(step)
    if ahead is not None and ahead.state in UNFINISHED:
        raise RetryLater(_QUEUE_SECONDS, "vendors.sync_waits", counts=False)
    until = (ahead.until if ahead is not None else None) or end_of_pull(step.connection, now)
    begun = Coalesce("started_at", Value(now))
    try:
        with transaction.atomic():
            # a failed step begins again when somebody retries its Job
            started = SyncStep.objects.filter(pk=step_id).exclude(state=SyncState.RUNNING).update(
                state=SyncState.RUNNING, started_at=begun, until=Coalesce("until", Value(until)), finished_at=None, errors=[]
            )  # fmt: skip
            if started:
                SyncRun.objects.filter(pk=step.run_id).update(
                    state=SyncState.RUNNING, started_at=begun, finished_at=None
                )
    except IntegrityError:
        raise RetryLater(_QUEUE_SECONDS, "vendors.sync_waits", counts=False) from None
    return SyncStep.objects.select_related("connection__group", "run").get(pk=step_id)


def end_of_pull(connection: Connection, now: datetime) -> datetime:
    """Until when a pull that begins now reads, by the connection's clock. Amazon's windows leave out their ends: where the
    clock stands, what happens this moment lies before it only with a second to spare."""
    there = now_at(connection, now)
    return there if connection.clock is None else there + _SPARE


@transaction.atomic
def finish_step(
    *, step_id: int, state: SyncState, now: datetime, error: tuple[str, dict[str, Any]] | None = None
) -> None:
    """End a step and, with the last one, its run; wake the step that waits behind it. Safe to repeat."""
    step = SyncStep.objects.filter(pk=step_id).first()
    if step is None:
        return
    _lock(step.connection_id)
    step.refresh_from_db()
    if step.state not in UNFINISHED:
        return
    step.state, step.finished_at = state, now
    if error is not None:
        step.errors = merge_errors(step.errors, [error])
    step.save(update_fields=["state", "finished_at", "errors"])
    _close_run(step.run, now)
    for waiting in _steps_behind(step):
        _enqueue_step(waiting, get_resource(waiting.resource))


def _step_ahead(step: SyncStep) -> SyncStep | None:
    after = get_resource(step.resource).after
    return SyncStep.objects.filter(run_id=step.run_id, resource=after).first() if after else None


def _steps_behind(step: SyncStep) -> list[SyncStep]:
    """The next step of the same resource, and those of the same run that come after this resource."""
    queued = SyncStep.objects.filter(connection_id=step.connection_id, state=SyncState.QUEUED).order_by("id")
    followers = [resource.name for resource in list_resources() if resource.after == step.resource]
    return [*queued.filter(resource=step.resource)[:1], *queued.filter(run_id=step.run_id, resource__in=followers)]


def give_up_step(run: JobRun, code: str, params: dict[str, Any]) -> None:
    """For `tenant_task(…, give_up=…)` of every task that pulls: its step says why it failed. Safe to repeat."""
    finish_step(step_id=run.job.args["sync_step_id"], state=SyncState.FAILED, now=clock.now(), error=(code, params))


def end_orphans(*, connection_id: int, now: datetime) -> None:
    """End the steps whose Job is gone, because somebody cancelled it: they would stand in the way for ever."""
    for step in SyncStep.objects.filter(connection_id=connection_id, state__in=UNFINISHED):
        alive = Job.objects.filter(
            tenant_id=current_tenant_id(), name=get_resource(step.resource).task, dedupe_key=_dedupe_key(step.pk),
            state__in=[JobState.QUEUED, JobState.RUNNING],
        )  # fmt: skip
        if not alive.exists():
            finish_step(step_id=step.pk, state=SyncState.FAILED, now=now, error=("vendors.sync_stopped", {}))


def merge_errors(
    known: Sequence[dict[str, Any]], more: Iterable[tuple[str, dict[str, Any]]], *, most: int = 20
) -> list[dict[str, Any]]:
    """Add to a step's list of errors: one entry per code, with the first example and how often it came."""
    merged = {entry["code"]: dict(entry) for entry in known}
    for code, params in more:
        if code in merged:
            merged[code]["count"] += 1
        elif len(merged) < most:
            merged[code] = {"code": code, "params": params, "count": 1}
    return list(merged.values())


def _lock(connection_id: int) -> Connection:
    try:
        # every change to runs and steps is made under this lock; new rows may still point at the connection
        return Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    except Connection.DoesNotExist:
        raise NotFound from None


def _enqueue_step(step: SyncStep, resource: Resource) -> None:
    enqueue(resource.task, dedupe_key=_dedupe_key(step.pk), sync_step_id=step.pk)


def _dedupe_key(step_id: int) -> str:
    return f"step:{step_id}"


def _close_run(run: SyncRun, now: datetime) -> None:
    steps = list(run.steps.all())
    run.state = rules.run_state([SyncState(step.state) for step in steps])
    if run.state not in UNFINISHED:
        run.finished_at = now
        note_end_of_run(run, steps, now)
        watch_for_silence(run.connection, steps, now)
    run.save(update_fields=["state", "finished_at"])
