"""Downloads of any size on one road: small ones at once, large ones by a Job that writes a File.

A view asks `answer` with the way to make its download. What is small is made and sent. For what is large the address,
its parameters, the language and the zone are kept as an `Export`, and a Job asks the same view again, as the same
person: so the rows are those of the same filters, the rights are looked at again, and no list needs to be described
twice. The person sees how far it is and fetches the file, or comes back for it; after a week it is gone.
"""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from acorn.accounts.models import Membership
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.files.services import store_file
from acorn.jobs.queue import enqueue
from acorn.jobs.run import GiveUp, JobRun
from acorn.tenancy.scope import current_tenant_id
from acorn.ui.models import Export
from acorn.ui.selectors import find_export_job, is_waiting

AT_ONCE = 5_000  # rows
KEPT = timedelta(days=7)


def answer(
    request: Any, *, is_large: bool, make: Callable[[], HttpResponseBase], filename: str, right: Right
) -> HttpResponseBase:
    """What `make` makes, at once if it is small; else the page of the Job that will. `right` guards the file.

    Asked again while it is made, it is not made twice.
    """
    if not is_large or job_of(request) is not None:
        return make()
    return redirect("ui:export", _start(request, filename, right).public_id)


def job_of(request: Any) -> JobRun | None:
    """The Job on whose behalf a view is asked; None for a person."""
    found: JobRun | None = getattr(request, "export_job", None)
    return found


@transaction.atomic
def _start(request: Any, filename: str, right: Right) -> Export:
    asked = {
        "user_id": request.user.pk, "method": request.method, "path": request.path, "query": request.GET.urlencode(),
        "body": request.POST.urlencode(), "language": translation.get_language() or "en",
        "time_zone": timezone.get_current_timezone_name(),
    }  # fmt: skip
    waiting = Export.objects.filter(**asked, file=None, message_code="").order_by("-id").first()
    if waiting is not None and is_waiting(find_export_job(waiting)):
        return waiting
    export = Export.objects.create(**asked, filename=filename, right=right, created_at=clock.now())
    export.job_id = enqueue("ui.export", dedupe_key=f"export:{export.pk}", export_id=export.pk).public_id
    export.save(update_fields=["job_id"])
    return export


def write_export(export_id: int, job: JobRun) -> None:
    """Ask the view again and keep what it answers as a File. Safe to repeat: a file that is there is not made again.

    Constant memory. Raises GiveUp where the person may not see it any more.
    """
    export = Export.objects.select_related("user").get(pk=export_id)
    if export.file_id is not None:
        return
    membership = Membership.objects.select_related("user", "tenant").filter(
        user=export.user, tenant_id=current_tenant_id()
    )  # fmt: skip
    member = membership.first()
    if member is None:
        raise GiveUp("ui.export_refused")
    with (
        translation.override(export.language), timezone.override(export.time_zone),
        tempfile.TemporaryFile() as file,
    ):  # fmt: skip
        response = _ask(export, member, job)
        for chunk in response:
            file.write(chunk)
        file.seek(0)
        now = clock.now()
        with transaction.atomic():
            job.keep()  # nobody has taken the Job over or cancelled it
            export.file = store_file(
                file, name=export.filename, content_type=response.headers["Content-Type"], right=export.right,
                actor=member.user.actor(), now=now, expires_at=now + KEPT,
            )  # fmt: skip
            export.save(update_fields=["file"])
            enqueue("ui.forget_export", due_at=now + KEPT, export_id=export.pk)


def _ask(export: Export, member: Membership, job: JobRun) -> StreamingHttpResponse:
    request: Any = HttpRequest()
    request.method, request.path, request.path_info = export.method, export.path, export.path
    request.GET, request.POST = QueryDict(export.query), QueryDict(export.body)
    request.user, request.membership, request.tenant = member.user, member, member.tenant
    request.export_job = job
    try:
        view, args, kwargs = resolve(export.path)
        response = view(request, *args, **kwargs)
    except (Resolver404, Http404, PermissionDenied):
        raise GiveUp("ui.export_refused") from None
    if not isinstance(response, StreamingHttpResponse) or response.status_code != 200:
        raise GiveUp("ui.export_refused")
    return response


def forget_export(export_id: int) -> None:
    """Delete an export and its file. Safe to repeat."""
    export = Export.objects.select_related("file").filter(pk=export_id).first()
    if export is None:
        return
    path = export.file.storage_path if export.file else ""
    with transaction.atomic():
        export.delete()
        if export.file:
            export.file.delete()
        if path:
            transaction.on_commit(lambda: default_storage.delete(path))
