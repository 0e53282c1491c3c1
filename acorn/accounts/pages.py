"""What every page of a company begins with: a signed-in member who has the right that the page names."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect

from acorn.accounts.rights import Right
from acorn.core.errors import Forbidden, NotFound

View = Callable[..., HttpResponseBase]


def page(right: Right | None) -> Callable[[View], View]:
    """Guard a page: sign-in, membership and `right` (None = every member). 403 without the right.

    What a service did not find is a 404, what it forbids a 403. A GET and what changes things may need different rights: use one view each, or ask `request.membership.may`.
    """

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.membership is None:
                return redirect("console:no_company")
            if right is not None and not request.membership.may(right):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except NotFound as error:
                raise Http404 from error
            except Forbidden as error:
                raise PermissionDenied from error

        guarded.right = right  # type: ignore[attr-defined]  # read by tests/guards
        return guarded

    return decorate
