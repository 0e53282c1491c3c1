"""Every endpoint names the right that each of its methods needs; a token must have it among its scopes."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from acorn.accounts.models import ApiToken
from acorn.accounts.rights import Right, token_grants
from acorn.core.errors import Forbidden

Rights = dict[str, Right | None]


class MissingScope(Forbidden):
    """The token is good, but was made without the scope that this needs."""

    code = "MISSING_SCOPE"
    message = _("This token lacks the scope {scope}. Create a token with it under Settings > API tokens.")


class HasRight(BasePermission):
    """Reads `view.rights`: a right per HTTP method or viewset action, or None for what every valid token may do.

    HEAD needs what GET needs. A method that is handled but not named is a bug (ImproperlyConfigured) and never open.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            return False
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method.lower() not in view.http_method_names or not hasattr(view, method.lower()):
            return True  # answered with 405
        right = right_for(view.rights, method, getattr(view, "action", None), where=type(view).__name__)
        if right is not None and not token_grants(request.auth.scopes, right):
            raise MissingScope(scope=right.value)
        return True


def right_for(rights: Rights, method: str, action: str | None, *, where: str) -> Right | None:
    """The right that a method or action needs. Raises ImproperlyConfigured when the view does not say."""
    for key in (action, method):
        if key in rights:
            return rights[key]
    raise ImproperlyConfigured(f"{where} names no right for {action or method}")
