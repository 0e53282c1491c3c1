"""Pick lists and production requests: for one order, or for the selected ones."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.jobs.queue import enqueue
from acorn.jobs.selectors import get_job
from acorn.jobs.types import JobState
from acorn.ui import htmx
from acorn.ui.lists import Selection
from orders import selectors, services
from orders.filters import ORDERS
from orders.models import PurchaseOrder
from orders.papers import AT_ONCE, FORMS, MOST, PAPERS, print_paper
from orders.types import MAKE_PAPER

_ALIVE = (JobState.QUEUED, JobState.RUNNING)


@page(Right.EXPORT_ORDERS)
@require_POST
def order_paper(request: PageRequest, public_id: str) -> HttpResponse:
    """The paper of one order, as a file. Who made it when is part of the order's record."""
    return _file(request, *_read_paper(request), [selectors.get_order(public_id)])


@page(Right.EXPORT_ORDERS)
@require_POST
def selected_papers(request: PageRequest) -> HttpResponse:
    """One paper over all selected orders: at once, or by a Job where they are many."""
    kind, form = _read_paper(request)
    chosen = Selection.read(request.POST)
    rows = chosen.apply(ORDERS, selectors.list_orders())
    found = list(rows.order_by("due_at", "id")[: MOST + 1])
    if not found or len(found) > MOST:
        text = _("Select at least one order, and at most {count}.").format(count=MOST)
        messages.warning(request, text)
        return htmx.redirect(request, "orders:list")
    if len(found) <= AT_ONCE:
        return _file(request, kind, form, found)
    actor = request.user.actor()
    job = enqueue(
        MAKE_PAPER, kind=kind, form=form, order_ids=[order.pk for order in found], actor_id=actor.id,
        actor_label=actor.label, language=translation.get_language() or "en",
        zone=timezone.get_current_timezone_name(),
    )  # fmt: skip
    return htmx.redirect(request, "orders:paper_job", job.public_id)


@page(Right.EXPORT_ORDERS)
def paper_job(request: PageRequest, public_id: str) -> HttpResponse:
    """How far a paper over many orders is, and where it lies once it is made."""
    job = get_job(public_id)
    if job.name != MAKE_PAPER:
        raise Http404
    is_alive = job.state in _ALIVE
    context: dict[str, Any] = {
        "job": job,
        "paper": PAPERS[job.args["kind"]],
        "is_alive": is_alive,
        "file_id": job.message_params.get("file") if job.state == JobState.SUCCEEDED else None,
        "poll_url": reverse("orders:paper_job", args=[job.public_id]) if is_alive else "",
    }
    return htmx.render(request, "orders/paper_job.html", "progress", context)


def _read_paper(request: PageRequest) -> tuple[str, str]:
    """`?paper=pick-list.pdf`"""
    kind, _separator, form = request.GET.get("paper", "").partition(".")
    if kind not in PAPERS or form not in FORMS:
        raise Http404
    return kind, form


def _file(request: PageRequest, kind: str, form: str, orders: list[PurchaseOrder]) -> HttpResponse:
    actor = request.user.actor()
    printed = print_paper(kind, form, orders, company=request.tenant.name, printed_by=actor.label, now=clock.now())
    services.note_paper(orders, kind=kind, form=form, actor=actor)
    response = HttpResponse(printed.body, content_type=printed.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{printed.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
