"""What every page of a company begins with: a signed-in member who has the right that the page names."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import redirect

from acorn.accounts.rights import Right

View = Callable[..., HttpResponseBase]


def page(right: Right | None) -> Callable[[View], View]:
    """Guard a page: sign-in, membership and `right` (None = every member). 403 without the right.

    A GET and what changes things may need different rights: use one view each, or ask `request.membership.may`.
    """

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.membership is None:
                return redirect("accounts:no_company")
            if right is not None and not request.membership.may(right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]  # read by tests/guards
        return guarded

    return decorate
