"""Who is asking, for which company, in which language and time zone."""

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from acorn.accounts.models import Membership
from acorn.tenancy.scope import tenant_scope

SESSION_TENANT = "tenant_id"
_WITHOUT_PERSON = ("/api/", "/healthz", "/static/")


class PersonMiddleware:
    """Sets `request.membership` and `request.tenant`, opens the tenant's scope, and speaks the person's language.

    The company is the one chosen in the session, while the person is still a member of it; else their first one.
    Pages outside a company (sign-in, invitations) run without a scope.
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
                return self.get_response(request)


def _find_membership(request: Any) -> Membership | None:
    memberships = Membership.objects.select_related("tenant").filter(user=request.user, tenant__archived_at=None)
    chosen = request.session.get(SESSION_TENANT)
    if chosen is not None and (found := memberships.filter(tenant_id=chosen).first()):
        return found
    return memberships.order_by("id").first()
