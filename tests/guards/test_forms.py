"""Every form of every page, filled with junk by somebody who may do everything: refused in words, never a 5xx.

Query strings of pages are junk, too. What junk leaves behind must not break the page that shows it.
"""

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import URLPattern

from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import no_tenant_scope, tenant_scope
from tests.factories.accounts import make_member, signed_in
from tests.factories.tenancy import make_tenant
from tests.guards.examples import THINGS
from tests.guards.test_addresses import OPEN_PAGES, PAGES
from tests.guards.test_strangers import _address, _kind

_FIELDS = ("input", "select", "textarea", "button")
# the frame's own forms stand on every page: once is enough
_DONE: set[tuple[str, str]] = set()
JUNK = {
    "nothing": "",
    "nul": "a\x00b",
    "long": "9" * 5_000,
    "pictures": "😀\u202e\u0301",
    "year-0": "0000-00-00",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "below": "-1",
    "exponent": "1e999",
    "huge": "9999999999999999999999",
    "not a number": "NaN",
    "list": "[1]",
}
ALL = [(route, entry) for route, entry in PAGES if route not in OPEN_PAGES and not route.startswith("accounts/")]


class _Forms(HTMLParser):
    """The forms of a page: address, method and the names and values of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((values.get("action", ""), values.get("method", "get").lower(), {}))
        elif tag in _FIELDS and values.get("name") and values.get("type") != "file" and self.found:
            self.found[-1][2][values["name"]] = values.get("value", "")


def forms_of(text: str) -> list[tuple[str, str, dict[str, str]]]:
    parser = _Forms()
    parser.feed(text)
    return parser.found


@pytest.fixture
def owner(db: None) -> tuple[Tenant, Client]:
    tenant = make_tenant("acme")
    browser = signed_in(make_member(tenant))
    browser.raise_request_exception = False
    return tenant, browser


@pytest.mark.parametrize(("route", "entry"), ALL, ids=[route for route, _ in ALL])
def test_no_form_makes_a_page_fail(route: str, entry: URLPattern, owner: tuple[Tenant, Client]) -> None:
    tenant, browser = owner
    address = "/" + route
    if "<" in route:
        with tenant_scope(tenant.pk):
            address = _address(route, THINGS[_kind(route)]())
    address = address.replace("<str:action>", "hold")
    with no_tenant_scope():
        page = browser.get(address)
        assert page.status_code < 500
        if page.status_code != 200 or "text/html" not in page.headers["Content-Type"]:
            forms = [(address, "post", {"reason": "x", "selected": "x"})]
        else:
            forms = [form for form in forms_of(page.content.decode()) if form[1] == "post" or form[2]]
        for target, method, names in forms:
            where = target or address
            if not where.startswith("/") or where.startswith(("//", "/accounts/")) or (where, method) in _DONE:
                continue
            _DONE.add((where, method))
            for name, junk in JUNK.items():
                filled = dict.fromkeys(names, junk)
                answer = browser.post(where, filled) if method == "post" else browser.get(where, filled)
                assert answer.status_code < 500, f"{method} {where} with {name} in all of {sorted(names)}"
            for key in names:
                filled = names | {key: JUNK["nul"]}
                answer = browser.post(where, filled) if method == "post" else browser.get(where, filled)
                assert answer.status_code < 500, f"{method} {where} with a NUL in {key}"
        assert browser.get(address).status_code < 500
