from django.db.models import QuerySet

from acorn.core.errors import NotFound
from acorn.jobs.models import Job
from acorn.tenancy.scope import current_tenant_id


def get_job(public_id: str) -> Job:
    """A Job of the active tenant. Raises NotFound."""
    job = list_jobs().filter(public_id=public_id).first()
    if job is None:
        raise NotFound
    return job


def list_jobs() -> QuerySet[Job]:
    """The active tenant's Jobs, newest first."""
    return Job.objects.filter(tenant_id=current_tenant_id()).order_by("-id")
