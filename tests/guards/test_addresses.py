"""Every address of ours names the right it needs, or stands here with the reason why it needs none."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from acorn.accounts.rights import Right
from acorn.rest.views import TenantAPIView

# route -> why nobody needs a right for it
OPEN_PAGES = {
    "healthz": "load balancers ask without signing in; it shows no data",
    "profile/": "a person's own page, in whatever company or in none",
    "profile/sessions/end/": "a person's own sessions",
    "no-company/": "for people who belong to no company",
    "invitations/<str:token>/": "the link's token is the right; tests/console/test_pages.py attacks it",
    "ui/theme/": "a cookie, also on the sign-in page",
    "ui/language/": "a cookie, also on the sign-in page",
    "ui/company/": "finds the person's own memberships only; tests/accounts/test_sign_in.py attacks it",
}
OPEN_PREFIXES = {
    "accounts/": "allauth's own pages: sign-in, password, second step",
    "api/v1/schema/": "the description of the API holds no data",
    "api/v1/docs/": "the description of the API holds no data",
}
# endpoints that every valid token may ask
_BY_TABLE = "each table has a right of its own; tests/imports/test_api.py attacks it"
OPEN_ENDPOINTS = {
    ("api/v1/me/", "GET"): "a token may know who it is",
    ("api/v1/import-tables/", "GET"): "shows the tables that the token may import into",
    ("api/v1/import-profiles/", "GET"): _BY_TABLE,
    ("api/v1/imports/", "GET"): _BY_TABLE,
    ("api/v1/imports/", "POST"): _BY_TABLE,
    **{
        (f"api/v1/imports/<public_id:public_id>/{word}", method): _BY_TABLE
        for word, method in {
            "": "GET", "rows/": "GET", "errors/": "GET", "columns/": "POST", "apply/": "POST", "discard/": "POST",
        }.items()
    },
}  # fmt: skip


def walk(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in get_resolver("acorn.urls").url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, route)
        else:
            yield route, entry


ADDRESSES = list(walk())
PAGES = [(route, entry) for route, entry in ADDRESSES if not route.startswith(("api/", *OPEN_PREFIXES))]
ENDPOINTS = [(r, e) for r, e in ADDRESSES if r.startswith("api/") and not r.startswith(tuple(OPEN_PREFIXES))]


def methods_of(entry: URLPattern) -> dict[str, str | None]:
    """HTTP methods that an API address handles, each with its viewset action."""
    actions = getattr(entry.callback, "actions", None)
    if actions:
        return {method.upper(): action for method, action in actions.items() if method != "head"}
    view: Any = entry.callback.cls  # type: ignore[attr-defined]
    return {method.upper(): None for method in view.http_method_names if hasattr(view, method) and method != "head"}


def test_the_guard_looks_at_something() -> None:
    assert len(PAGES) > 15
    assert len(ENDPOINTS) > 8


@pytest.mark.parametrize(("route", "entry"), PAGES, ids=[route for route, _ in PAGES])
def test_page_names_its_right(route: str, entry: URLPattern) -> None:
    if route in OPEN_PAGES:
        assert not hasattr(entry.callback, "right"), "it has a right now: take it off the list"
        return
    assert hasattr(entry.callback, "right"), "begin the view with @page(Right.…)"
    assert entry.callback.right is None or isinstance(entry.callback.right, Right)


@pytest.mark.parametrize(("route", "entry"), ENDPOINTS, ids=[route for route, _ in ENDPOINTS])
def test_endpoint_names_the_right_of_each_method(route: str, entry: URLPattern) -> None:
    view: Any = entry.callback.cls  # type: ignore[attr-defined]
    assert issubclass(view, TenantAPIView), "build it on acorn.rest.views"
    assert view.permission_classes == APIView.permission_classes
    assert view.authentication_classes == APIView.authentication_classes
    for method, action in methods_of(entry).items():
        key = action if action in view.rights else method
        assert key in view.rights, f"{method} names no right"
        right = view.rights[key]
        assert isinstance(right, Right) or (route, method) in OPEN_ENDPOINTS, f"{method} is open without a reason"


def test_no_exception_is_stale() -> None:
    routes = {route for route, _entry in ADDRESSES}

    assert sorted(set(OPEN_PAGES) - routes) == []
    assert [prefix for prefix in OPEN_PREFIXES if not any(route.startswith(prefix) for route in routes)] == []
    endpoints = {(route, method) for route, entry in ENDPOINTS for method in methods_of(entry)}
    assert sorted(set(OPEN_ENDPOINTS) - endpoints) == []
