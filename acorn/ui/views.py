"""The three switches of the frame: theme, language, company. Each works as a plain form and by htmx."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from acorn.accounts.middleware import SESSION_TENANT
from acorn.accounts.models import Membership
from acorn.ui import services
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
    membership = Membership.objects.filter(
        user=request.user, tenant__public_id=request.POST.get("company", ""), tenant__archived_at=None
    ).first()
    if membership is None:
        raise Http404
    request.session[SESSION_TENANT] = membership.tenant_id
    return redirect("/")


def _back(request: HttpRequest) -> str:
    """Where the form was, if that is ours."""
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()) else "/"


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
