from django.db.models import QuerySet

from acorn.jobs.models import Job
from acorn.tenancy.scope import current_tenant_id


def list_jobs() -> QuerySet[Job]:
    """The active tenant's Jobs, newest first."""
    return Job.objects.filter(tenant_id=current_tenant_id()).order_by("-id")
