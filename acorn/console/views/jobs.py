from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.console.filters import JobFilters, task_label
from acorn.core.errors import Conflict
from acorn.core.keyset import Sorts
from acorn.jobs import selectors, services
from acorn.jobs.types import JobState
from acorn.ui import htmx
from acorn.ui.lists import Column, List, View

JOBS = List(
    columns=[
        Column("name", gettext_lazy("Work")),
        Column("state", gettext_lazy("State")),
        Column("progress", gettext_lazy("Progress")),
        Column("message", gettext_lazy("What happened")),
        Column("attempts", gettext_lazy("Tries"), numeric=True),
        Column("when", gettext_lazy("When")),
        Column("action", ""),
    ],
    sorts=Sorts({"created": "id"}, default="-created"),
    filters=JobFilters,
    views=[
        View(gettext_lazy("Under way"), "state=QUEUED&state=RUNNING"),
        View(gettext_lazy("Failed"), "state=FAILED"),
    ],
)
_ALIVE = (JobState.QUEUED, JobState.RUNNING)


@page(Right.SEE_JOBS)
def jobs(request: PageRequest) -> HttpResponse:
    """The company's background work: what runs, what waits, what failed and why. Refreshes itself while work goes on."""
    listing = JOBS.load(request, selectors.list_jobs())
    for job in listing.rows:
        job.label = task_label(job.name)
    context = {
        "list": listing,
        "refresh_url": request.get_full_path() if any(job.state in _ALIVE for job in listing.rows) else "",
        "may_manage": request.membership.may(Right.MANAGE_JOBS),
    }
    return htmx.render(request, "console/jobs.html", "rows", context)


@page(Right.MANAGE_JOBS)
@require_POST
def retry_job(request: PageRequest, job_id: str) -> HttpResponse:
    try:
        services.retry_job(public_id=job_id, actor=request.user.actor())
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The job is in the queue again."))
    return htmx.redirect(request, "console:jobs")


@page(Right.MANAGE_JOBS)
@require_POST
def cancel_job(request: PageRequest, job_id: str) -> HttpResponse:
    try:
        services.cancel_job(public_id=job_id, actor=request.user.actor())
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The job is cancelled. What it had done so far stays."))
    return htmx.redirect(request, "console:jobs")
