"""The switches of the frame (theme, language, company) and a person's own tabs. Each works as a plain form."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from acorn.accounts.middleware import SESSION_TENANT
from acorn.accounts.models import Membership
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core.errors import Forbidden, Invalid, NotFound
from acorn.ui import htmx, selectors, services
from acorn.ui.htmx import wants_part

_YEAR = 365 * 24 * 3600


@require_POST
def choose_theme(request: Any) -> HttpResponse:
    """Signed in or not: the cookie serves the sign-in page, the person's own choice every other browser."""
    theme = request.POST.get("theme", "")
    if theme not in services.THEMES:
        raise Http404
    if request.user.is_authenticated:
        services.choose_theme(user_id=request.user.pk, theme=theme)
    response = HttpResponse(status=204) if wants_part(request) else redirect(_back(request))
    _remember(response, services.THEME_COOKIE, theme)
    return response


@require_POST
def choose_language(request: Any) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if request.user.is_authenticated:
        services.choose_language(user_id=request.user.pk, language=language, known=list(dict(settings.LANGUAGES)))
    response = redirect(_back(request))
    _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


@require_POST
@login_required
def choose_company(request: Any) -> HttpResponse:
    """Work for another company of one's own. The page that was open belongs to the old one, so go home."""
    company = request.POST.get("company", "").replace("\x00", "")
    membership = Membership.objects.filter(
        user=request.user, tenant__public_id=company, tenant__archived_at=None
    ).first()
    if membership is None:
        raise Http404
    request.session[SESSION_TENANT] = membership.tenant_id
    return redirect("/")


@require_POST
@page(None)
def save_view(request: Any) -> HttpResponse:
    """Keep the filters of a list as a tab of one's own, and show it."""
    query = request.POST.get("query", "")
    try:
        services.save_view(
            user_id=request.user.pk,
            list_name=request.POST.get("list", ""),
            name=request.POST.get("name", ""),
            query=query,
        )
    except Invalid as refused:
        messages.error(request, str(refused))
    return redirect(f"{_back(request)}?{QueryDict(query).urlencode()}")


@require_POST
@page(None)
def remove_view(request: Any) -> HttpResponse:
    try:
        services.remove_view(user_id=request.user.pk, view_id=request.POST.get("view", ""))
    except NotFound:
        raise Http404 from None
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where the form was, if that is ours."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    # without a slash Django would look for a page of that name, and fail
    return target if is_ours and "/" in target else "/"


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )


@page(None)
def export(request: Any, public_id: str) -> HttpResponseBase:
    """How far a large download is, for those who may fetch it; then the file."""
    found = selectors.get_export(public_id)
    if not request.membership.may(Right(found.right)):
        raise Forbidden
    job = selectors.find_export_job(found) if found.file is None and not found.message_code else None
    # a Job that somebody cancelled says nothing more
    context = {"export": found, "job": job, "is_busy": selectors.is_waiting(job)}
    return htmx.render(request, "ui/export.html", "export", context)
