"""Running jobs in the test's own process, as a worker would."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import F

from acorn.core import clock
from acorn.jobs import registry
from acorn.jobs.models import Job
from acorn.jobs.run import execute
from acorn.jobs.types import JobState, Queue


def run_due_jobs(*, limit: int = 500, hurry: bool = False) -> list[str]:
    """Run what is due, and what that enqueues, until nothing is left; returns the names in order.

    In a hurry, work that waits for its next attempt does not wait; what repeats by the clock is left alone.
    """
    names = []
    for _ in range(limit):
        if hurry:
            Job.objects.filter(state=JobState.QUEUED, repeat_seconds=None).update(due_at=clock.now())
        job = Job.objects.filter(state=JobState.QUEUED, due_at__lte=clock.now()).order_by("due_at", "id").first()
        if job is None:
            return names
        if execute(job.pk):
            names.append(job.name)
    raise AssertionError(f"still jobs due after {limit} runs: {names[-5:]}")


def run_jobs_until(is_done: Callable[[], bool], *, limit: int = 300) -> None:
    """Run what waits, in a hurry, until something is so: for work that asks again and again until it has an answer."""
    names: list[str] = []
    for _ in range(limit):
        if is_done():
            return
        Job.objects.filter(state=JobState.QUEUED, repeat_seconds=None).update(due_at=clock.now())
        # the one that waited longest since its last turn
        job = (
            Job.objects.filter(state=JobState.QUEUED, repeat_seconds=None)
            .order_by(F("started_at").asc(nulls_first=True))
            .first()
        )
        assert job is not None, "nothing left to do"
        execute(job.pk)
        names.append(job.name)
    raise AssertionError(f"not done after {limit} runs: {names[-5:]}")


@contextmanager
def temporary_task(name: str, function: Any, *, is_platform: bool = False, **options: Any) -> Iterator[None]:
    """Register a task for one test."""
    decorate = registry.platform_task if is_platform else registry.tenant_task
    decorate(name, queue=Queue.DEFAULT, **options)(function)
    try:
        yield
    finally:
        del registry._TASKS[name]
