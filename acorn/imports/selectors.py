"""Reads of imports and profiles."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from acorn.imports.errors import RunNotFound
from acorn.imports.models import ImportPreview, ImportProfile, ImportRun
from acorn.jobs.models import Job
from acorn.tenancy.scope import current_tenant_id


def list_runs(tables: Collection[str]) -> QuerySet[ImportRun]:
    """Imports into these tables, newest first."""
    return ImportRun.objects.filter(table__in=tables).select_related("file", "profile").order_by("-id")


def get_run(public_id: str) -> ImportRun:
    """Raises RunNotFound."""
    run = ImportRun.objects.select_related("file", "profile", "error_file").filter(public_id=public_id).first()
    if run is None:
        raise RunNotFound
    return run


def find_progress(run: ImportRun) -> Job | None:
    """The job that works on a run."""
    return Job.objects.filter(public_id=run.job_id, tenant_id=current_tenant_id()).first()


def list_previews(run: ImportRun, kind: str) -> QuerySet[ImportPreview]:
    """The first rows of a kind, in the order of the file."""
    return ImportPreview.objects.filter(run=run, kind=kind).order_by("number", "id")


def list_profiles(table: str = "") -> QuerySet[ImportProfile]:
    """The current version of each profile in use."""
    newer = ImportProfile.objects.filter(
        table=OuterRef("table"), name=OuterRef("name"), version__gt=OuterRef("version")
    )
    found = ImportProfile.objects.filter(~Exists(newer), is_ended=False).order_by("table", "name")
    return found.filter(table=table) if table else found


def list_versions(profile: ImportProfile) -> list[ImportProfile]:
    """Every version of a profile, the newest first."""
    return list(ImportProfile.objects.filter(table=profile.table, name=profile.name).order_by("-version"))


def get_profile(public_id: str) -> ImportProfile:
    """One version of a profile. Raises RunNotFound."""
    profile = ImportProfile.objects.filter(public_id=public_id).first()
    if profile is None:
        raise RunNotFound
    return profile


def list_profile_choices(tables: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
    """For the upload form: id, table and name of each profile in use."""
    rows = list_profiles().filter(table__in=tables)
    return [(row.public_id, {"table": row.table, "name": row.name, "version": row.version}) for row in rows]
