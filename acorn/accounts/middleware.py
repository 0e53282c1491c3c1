"""Who is asking, for which company, in which language and time zone."""

import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from acorn.accounts.models import Membership
from acorn.core import clock
from acorn.tenancy.choices import chosen
from acorn.tenancy.scope import tenant_scope

SESSION_TENANT = "tenant_id"
REQUIRE_MFA = "accounts.require_mfa"
_WITHOUT_PERSON = ("/api/", "/healthz", "/static/")
_WITHOUT_SECOND_STEP = ("/accounts/", "/ui/")  # sign-in and out, set-up, language, another company
_PRESENCE = timedelta(minutes=5)


class PersonMiddleware:
    """Sets `request.membership` and `request.tenant`, opens the tenant's scope, and speaks the person's language.

    The company is the one chosen in the session, while the person is still a member of it; else their first one.
    Pages outside a company (sign-in, invitations) run without a scope. Where the company requires two-step sign-in,
    a member without it sees nothing but its set-up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.membership = request.tenant = None
        if request.path.startswith(_WITHOUT_PERSON) or not request.user.is_authenticated:
            return self.get_response(request)
        membership = _find_membership(request)
        user = request.user
        tenant = membership.tenant if membership else None
        language = user.language or (tenant.language if tenant else "")
        zone = user.time_zone or (tenant.time_zone if tenant else "UTC")
        with timezone.override(zoneinfo.ZoneInfo(zone)), translation.override(language or translation.get_language()):
            request.LANGUAGE_CODE = translation.get_language()
            if membership is None:
                return self.get_response(request)
            request.membership, request.tenant = membership, tenant
            with tenant_scope(membership.tenant_id):
                _note_presence(membership)
                if not request.path.startswith(_WITHOUT_SECOND_STEP) and _lacks_second_step(request):
                    messages.warning(
                        request, _("{company} requires two-step sign-in. Set it up to go on.").format(company=tenant)
                    )
                    return _redirect(request, "mfa_activate_totp")
                return self.get_response(request)


def _lacks_second_step(request: Any) -> bool:
    return bool(chosen(REQUIRE_MFA)) and not get_adapter().is_mfa_enabled(request.user)


def _redirect(request: Any, to: str) -> HttpResponse:
    response = redirect(to)
    return HttpResponseClientRedirect(response.url) if request.htmx else response


def _note_presence(membership: Membership) -> None:
    """When somebody was here last, to the nearest minutes: not a write for each page."""
    now = clock.now()
    if membership.last_seen_at is None or membership.last_seen_at < now - _PRESENCE:
        Membership.objects.filter(pk=membership.pk).update(last_seen_at=now)


def _find_membership(request: Any) -> Membership | None:
    memberships = Membership.objects.select_related("tenant").filter(user=request.user, tenant__archived_at=None)
    tenant_id = request.session.get(SESSION_TENANT)
    if isinstance(tenant_id, int) and (found := memberships.filter(tenant_id=tenant_id).first()):
        return found
    return memberships.order_by("id").first()
