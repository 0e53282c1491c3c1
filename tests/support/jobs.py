"""Running jobs in the test's own process, as a worker would."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


@contextmanager
def temporary_task(name: str, function: Any, *, is_platform: bool = False, **options: Any) -> Iterator[None]:
    """Register a task for one test."""
    decorate = registry.platform_task if is_platform else registry.tenant_task
    decorate(name, queue=Queue.DEFAULT, **options)(function)
    try:
        yield
    finally:
        del registry._TASKS[name]
