"""Erasing a company for good: what a customer may ask for, and what nobody may do by accident."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.accounts.models import User
from acorn.core.errors import Conflict
from acorn.files.models import File
from acorn.jobs.models import Job
from acorn.tenancy import erasure
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope


class NotArchived(Conflict):
    code = "NOT_ARCHIVED"
    message = _("Archive the company first (manage.py archive_tenant), so that nothing works in it any more.")


@dataclass(frozen=True, slots=True)
class Erasure:
    """How many rows of each kind are gone, how many files, and how many people who belonged nowhere else."""

    rows: dict[str, int]
    files: int
    people: int


def erase_tenant(tenant: Tenant) -> Erasure:
    """Delete everything of an archived company, and the people who belong to no other. There is no way back.

    Can be interrupted and repeated: files go first, the company's own row goes last. Raises NotArchived.
    """
    if tenant.archived_at is None:
        raise NotArchived
    with tenant_scope(tenant.pk):
        paths = list(File.objects.values_list("storage_path", flat=True))
    erasure.erase_files(paths)
    rows = erasure.erase_rows(tenant)
    with tenant_scope(tenant.pk), transaction.atomic():  # Django looks for rows that hold the company back
        Job.objects.filter(tenant=tenant).delete()
        only_here = list(
            User.objects.filter(memberships__tenant=tenant).exclude(memberships__tenant__in=_others(tenant))
        )
        tenant.delete()
        for user in only_here:
            user.delete()
    return Erasure({label: count for label, count in rows.items() if count}, len(paths), len(only_here))


def _others(tenant: Tenant) -> list[int]:
    return list(Tenant.objects.exclude(pk=tenant.pk).values_list("pk", flat=True))
