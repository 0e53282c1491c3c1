"""A person's own tabs of a list: theirs alone, in one company."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from acorn.accounts.models import Membership
from acorn.accounts.types import Role
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.ui.models import SavedView
from tests.factories.accounts import make_member, signed_in

pytestmark = pytest.mark.urls("tests.ui.urls")
LIST = "/ui-kit/"


def _save(browser: Client, **data: Any) -> Any:
    return browser.post(
        "/ui/save-view/", {"list": "kit", "name": "Mine", "query": "state=DONE&search=PO", "next": LIST} | data
    )


def _tabs(browser: Client, query: str = "") -> list[tuple[str, bool]]:
    return [(tab.label, tab.is_current) for tab in browser.get(f"{LIST}?{query}").context["list"].tabs]


def test_filters_become_a_tab_and_go_again(browser: Client, make_items: Callable) -> None:
    make_items(1)
    offered = browser.get(f"{LIST}?state=DONE&search=PO").content.decode()
    assert "Save as view" in offered

    response = _save(browser)

    assert response.headers["Location"] == f"{LIST}?state=DONE&search=PO"
    shown = browser.get(response.headers["Location"])
    assert _tabs(browser, "search=PO&state=DONE") == [("All", False), ("Open", False), ("Done", False), ("Mine", True)]
    assert "Save as view" not in shown.content.decode()
    view = SavedView.objects.get()
    assert view.public_id in shown.content.decode()

    assert browser.post("/ui/remove-view/", {"view": view.public_id, "next": LIST}).headers["Location"] == LIST
    assert not SavedView.objects.exists()


def test_the_same_name_replaces_and_twenty_are_enough(browser: Client) -> None:
    for number in range(22):
        _save(browser, name=f"View {number}")
    _save(browser, name="  View   0 ", query="state=OPEN")

    assert SavedView.objects.count() == 20
    assert SavedView.objects.get(name="View 0").query == "state=OPEN"


@pytest.mark.parametrize(
    "data",
    [{"name": ""}, {"name": " "}, {"name": "x" * 41}, {"name": "a\x00"}, {"query": ""}, {"query": "a=" + "b" * 2_000},
     {"query": "a=\x00"}, {"list": ""}, {"list": "x" * 61}],
)  # fmt: skip
def test_what_cannot_be_kept_is_told(browser: Client, data: dict[str, str]) -> None:
    assert _save(browser, **data).status_code == 302
    assert not SavedView.objects.exists()


def test_a_view_is_nobody_elses(
    browser: Client, tenant: Tenant, member: Membership, other_tenant: Tenant, make_items: Callable
) -> None:
    make_items(1)
    _save(browser)
    view = SavedView.objects.get()
    colleague = signed_in(make_member(tenant, Role.ADMIN))
    stranger = signed_in(make_member(other_tenant))

    for other in (colleague, stranger):
        assert other.post("/ui/remove-view/", {"view": view.public_id}).status_code == 404
        assert "Mine" not in str(_tabs(other, "state=DONE"))
    Membership.objects.create(tenant=other_tenant, user=member.user, role=Role.OWNER)
    with tenant_scope(other_tenant.pk):
        assert not SavedView.objects.exists()
    assert SavedView.objects.get() == view


def test_a_view_leads_nobody_elsewhere(browser: Client) -> None:
    for elsewhere in ("//evil.example/", "nowhere", "-1"):
        assert _save(browser, next=elsewhere).headers["Location"].startswith("/?"), elsewhere
    assert "\n" not in _save(browser, query="a=1\r\nX: y").headers["Location"]
