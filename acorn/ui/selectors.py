from acorn.core.errors import NotFound
from acorn.jobs.models import Job
from acorn.jobs.types import JobState
from acorn.tenancy.scope import current_tenant_id
from acorn.ui.models import Export, SavedView

_SHOWN = 20


def list_saved_views(*, user_id: int, list_name: str) -> list[SavedView]:
    """A person's own tabs of a list in the active company, oldest first."""
    return list(SavedView.objects.filter(user_id=user_id, list_name=list_name).order_by("id"))


def list_exports(*, user_id: int) -> list[Export]:
    """A person's newest exports in the active company."""
    return list(Export.objects.filter(user_id=user_id).select_related("file").order_by("-id")[:_SHOWN])


def get_export(public_id: str) -> Export:
    """Raises NotFound."""
    export = Export.objects.select_related("file").filter(public_id=public_id).first()
    if export is None:
        raise NotFound
    return export


def find_export_job(export: Export) -> Job | None:
    """The Job that makes it."""
    return Job.objects.filter(public_id=export.job_id, tenant_id=current_tenant_id()).first()


def is_waiting(job: Job | None) -> bool:
    """Whether a Job is still to be done, or under way."""
    return job is not None and job.state in (JobState.QUEUED, JobState.RUNNING)
