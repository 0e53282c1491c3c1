"""The settings page that says who answers for which master table."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import Invalid
from acorn.ui import htmx
from acorn.ui.navigation import find_url
from catalog import services
from catalog.selectors.reviews import list_reviews


@page(Right.SEE_ITEMS)
def reviews(request: PageRequest) -> HttpResponse:
    rows, members = list_reviews(now=clock.now())
    context = {
        "rows": [(row, find_url(row.table.url_name) if row.table.url_name else "") for row in rows],
        "members": members,
        "may_assign": request.membership.may(Right.MANAGE_SETTINGS),
        "me": request.user.public_id,
    }
    return render(request, "catalog/reviews.html", context)


@page(Right.MANAGE_SETTINGS)
@require_POST
def assign_review(request: PageRequest) -> HttpResponse:
    days = request.POST.get("period_days", "")
    try:
        services.assign_review(
            table=request.POST.get("table", ""),
            owner_id=request.POST.get("owner", "").replace("\x00", ""),
            period_days=int(days) if days.isascii() and days.isdigit() and len(days) < 9 else 0,
            actor=request.user.actor(),
            now=clock.now(),
        )
    except Invalid as refusal:
        messages.error(request, " ".join(str(text) for texts in refusal.fields.values() for text in texts))
    else:
        messages.success(request, _("Saved."))
    return htmx.redirect(request, "catalog:reviews")


@page(Right.SEE_ITEMS)
@require_POST
def finish_review(request: PageRequest) -> HttpResponse:
    services.finish_review(
        table=request.POST.get("table", "").replace("\x00", ""),
        reason=request.POST.get("reason", "").replace("\x00", "").strip()[:2_000],
        actor=request.user.actor(), person=request.user.public_id,
        may_assign=request.membership.may(Right.MANAGE_SETTINGS), now=clock.now(),
    )  # fmt: skip
    messages.success(request, _("Noted. The next review is due one period from now."))
    return htmx.redirect(request, "catalog:reviews")
