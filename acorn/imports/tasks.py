from typing import Any

from acorn.core import clock
from acorn.imports import services
from acorn.imports.models import ImportRun
from acorn.imports.types import ImportState
from acorn.jobs.registry import tenant_task
from acorn.jobs.run import JobRun
from acorn.jobs.types import Queue


def _give_up(run: JobRun, code: str, params: dict[str, Any]) -> None:
    """A job that failed for good says so on its import."""
    ImportRun.objects.filter(pk=run.job.args["run_id"]).exclude(state=ImportState.DONE).update(
        state=ImportState.FAILED, message_code=code, message_params=params, finished_at=clock.now()
    )


@tenant_task("imports.check", queue=Queue.FILES, max_attempts=3, give_up=_give_up)
def check_file(run: JobRun, *, run_id: int, **_: object) -> None:
    """Read an uploaded file and say what it would do. Safe to run twice: nothing is written but the preview."""
    services.check_file(run_id, run)


@tenant_task("imports.apply", queue=Queue.FILES, max_attempts=3, give_up=_give_up)
def write_file(run: JobRun, *, run_id: int, **_: object) -> None:
    """Write a checked file in one transaction. Safe to run twice: what is written is not written again."""
    services.write_file(run_id, run, clock.now())
