from datetime import timedelta

from celery import shared_task

from acorn.core import clock
from acorn.jobs import run
from acorn.jobs.models import Job
from acorn.jobs.queue import RUN_TASK
from acorn.jobs.registry import platform_task
from acorn.jobs.run import JobRun

_KEEP_FINISHED = timedelta(days=30)


@shared_task(name=RUN_TASK)
def run_job(job_id: int) -> None:
    """The one message that the broker carries: look at this Job. Safe to deliver twice, late, or never."""
    run.execute(job_id)


@shared_task(name="jobs.tick")
def tick() -> None:
    """Sent by beat every minute. Safe to run at any time, any number of times."""
    run.sweep()


@platform_task("jobs.prune", every_seconds=86_400)
def prune(_run: JobRun, **_: object) -> None:
    """Forget finished Jobs after 30 days; what they did is in their subjects and in the audit trail."""
    Job.objects.filter(finished_at__lt=clock.now() - _KEEP_FINISHED).delete()
