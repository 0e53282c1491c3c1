from typing import Any

from acorn.jobs.registry import tenant_task
from acorn.jobs.run import JobRun
from acorn.jobs.types import Queue
from acorn.ui import downloads
from acorn.ui.models import Export


def _give_up(run: JobRun, code: str, params: dict[str, Any]) -> None:
    """A job that failed for good says so on its export."""
    Export.objects.filter(pk=run.job.args["export_id"]).update(message_code=code, message_params=params)


@tenant_task("ui.export", queue=Queue.FILES, max_attempts=3, give_up=_give_up)
def export(run: JobRun, *, export_id: int, **_: object) -> None:
    """Write a large download into a file. Safe to run twice: a file that is there is not written again."""
    downloads.write_export(export_id, run)


@tenant_task("ui.forget_export", queue=Queue.FILES)
def forget_export(run: JobRun, *, export_id: int, **_: object) -> None:
    """Delete a download that nobody needs any more. Safe to run twice."""
    downloads.forget_export(export_id)
