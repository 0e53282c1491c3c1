"""The frame of every page: navigation, switches, error pages, and what htmx is told when something goes wrong."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acorn.accounts.models import Membership
from acorn.accounts.rights import Right
from acorn.accounts.types import Role
from acorn.tenancy.models import Tenant
from acorn.ui import navigation
from acorn.ui.navigation import Group, NavItem
from acorn.work.models import WorkItem
from tests.factories.accounts import make_member, signed_in

pytestmark = pytest.mark.urls("tests.ui.urls")
LIST = "/ui-kit/"


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A navigation of our own."""
    monkeypatch.setattr(navigation, "_ITEMS", {})
    navigation.register(
        NavItem(Group.SETTINGS, 10, "Audit", "account_email", icon="audit", right=Right.SEE_AUDIT),
        NavItem(Group.WORK, 20, "Second", "account_change_password", icon="orders", badge=lambda: 1200, key="o"),
        NavItem(Group.WORK, 10, "First", "mfa_index", icon="today"),
        NavItem(Group.WORK, 30, "Not built yet", "nowhere:at_all", icon="today"),
    )


def _entries(member: Membership, path: str = "/") -> list[tuple[str, list[tuple[str, bool, int]]]]:
    return [
        (group.label, [(str(entry.item.label), entry.is_current, entry.badge) for entry in entries])
        for group, entries in navigation.build(member, path)
    ]


def test_people_see_what_is_built_and_what_they_may(tenant: Tenant, only: None) -> None:
    owner, viewer = make_member(tenant), make_member(tenant, Role.VIEWER)

    assert _entries(owner, "/accounts/2fa/totp/activate/") == [
        ("Work", [("First", True, 0), ("Second", False, 1200)]), ("Settings", [("Audit", False, 0)]),
    ]  # fmt: skip
    assert _entries(viewer) == [("Work", [("First", False, 0), ("Second", False, 1200)])]


def test_a_page_may_belong_to_an_entry_below_which_it_does_not_lie(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(navigation, "_ITEMS", {})
    navigation.register(
        NavItem(Group.WORK, 10, "Steps", "mfa_index", icon="today"),
        NavItem(Group.WORK, 20, "Codes", "account_email", icon="today", pages=("mfa_view_recovery_codes",)),
    )
    member = make_member(tenant)

    def current(page: str) -> list[str]:
        ((_group, entries),) = navigation.build(member, "/accounts/2fa/recovery-codes/", page)
        return [str(entry.item.label) for entry in entries if entry.is_current]

    assert current("mfa_view_recovery_codes") == ["Codes"]
    assert current("mfa_generate_recovery_codes") == ["Steps"]


def test_badges_of_rows_are_counted_in_one_statement(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, make_items: Callable
) -> None:
    make_items(3)
    make_items(2, state="DONE")
    monkeypatch.setattr(navigation, "_ITEMS", {})
    items = WorkItem.objects
    for number, badge in enumerate((items.all, lambda: 7, lambda: items.filter(state="DONE"), items.none)):
        page = f"account_{('login', 'logout', 'email', 'signup')[number]}"
        navigation.register(NavItem(Group.WORK, number, page, page, icon="today", badge=badge))
    member = make_member(tenant)

    with CaptureQueriesContext(connection) as queries:
        ((_work, entries),) = _entries(member)

    assert [badge for _label, _is_current, badge in entries] == [5, 7, 2, 0]
    assert len(queries) == 1


def test_one_page_has_one_entry(only: None) -> None:
    with pytest.raises(ValueError, match="twice"):
        navigation.register(NavItem(Group.WORK, 10, "Other", "mfa_index", icon="today"))


def test_the_page_is_whole(browser: Client, only: None) -> None:
    text = browser.get(LIST).content.decode()

    for piece in (
        '<a class="skip" href="#main">', '<main id="main"', 'data-key="o"', '<b class="count">1,200</b>',
        '"includeIndicatorStyles":false,"allowEval":false', "hx-headers='{\"X-CSRFToken\"", '<dialog id="help"',
        "django_htmx/htmx-2.min.js",
    ):  # fmt: skip
        assert piece in text, piece
    policy = browser.get(LIST).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


# --- Switches ---
def test_theme_is_remembered_for_the_person_and_the_browser(browser: Client, member: Membership) -> None:
    response = browser.post(reverse("ui:theme"), {"theme": "dark", "next": LIST})

    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    assert 'data-theme="dark"' in browser.get(LIST).content.decode()
    member.user.refresh_from_db()
    assert member.user.theme == "dark"
    stranger = Client()
    stranger.cookies["acorn_theme"] = "light"
    assert 'data-theme="light"' in stranger.get("/accounts/login/").content.decode()
    stranger.cookies["acorn_theme"] = '"><script>'
    assert 'data-theme="auto"' in stranger.get("/accounts/login/").content.decode()


def test_theme_by_htmx_needs_no_page(browser: Client) -> None:
    assert browser.post(reverse("ui:theme"), {"theme": "dark"}, headers={"HX-Request": "true"}).status_code == 204
    assert browser.post(reverse("ui:theme"), {"theme": "pink"}).status_code == 404
    assert browser.get(reverse("ui:theme")).status_code == 405


def test_language_is_remembered(browser: Client, member: Membership) -> None:
    browser.post(reverse("ui:language"), {"language": "zh-hans", "next": LIST})

    text = browser.get(LIST).content.decode()
    assert '<html lang="zh-hans"' in text
    assert "跳到内容" in text
    guest = Client()
    guest.post(reverse("ui:language"), {"language": "zh-hans"})
    assert "登录" in guest.get("/accounts/login/").content.decode()
    assert guest.post(reverse("ui:language"), {"language": "xx"}).status_code == 404


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_a_switch_sends_nobody_elsewhere(browser: Client, target: str) -> None:
    response = browser.post(reverse("ui:language"), {"language": "en", "next": target})

    assert response.headers["Location"] == "/"


def test_company_can_be_switched_to_ones_own_only(
    browser: Client, member: Membership, tenant: Tenant, other_tenant: Tenant
) -> None:
    refused = browser.post(reverse("ui:company"), {"company": other_tenant.public_id})
    assert refused.status_code == 404
    assert f'class="company">{tenant.name}<' in browser.get(LIST).content.decode()

    Membership.objects.create(tenant=other_tenant, user=member.user, role=Role.VIEWER)
    assert browser.post(reverse("ui:company"), {"company": other_tenant.public_id}).status_code == 302
    assert f'class="company">{other_tenant.name}<' in browser.get(LIST).content.decode()


# --- Errors ---
def _toasts(response: Any) -> list[str]:
    return [item["text"] for item in json.loads(response.headers["HX-Trigger"])["toast"]["items"]]


def test_a_missing_page_says_so_inside_the_frame(browser: Client) -> None:
    response = browser.get("/nothing/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert 'id="navigation"' in response.content.decode()
    assert Client().get("/nothing/").status_code == 404


def test_errors_reach_htmx_as_a_toast(browser: Client) -> None:
    missing = browser.get("/nothing/", headers={"HX-Request": "true"})
    assert (missing.status_code, missing.content) == (404, b"")
    assert _toasts(missing) == ["This does not exist, or belongs to a company that you are not working for now."]

    browser.raise_request_exception = False
    broken = browser.get("/broken/", headers={"HX-Request": "true"})
    assert (broken.status_code, broken.content) == (500, b"")
    assert re.search(r"reference err_\w+", _toasts(broken)[0])


def test_the_500_page_is_static_bilingual_and_has_a_reference(
    browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    browser.raise_request_exception = False
    response = browser.get("/broken/")

    text = response.content.decode()
    (reference,) = set(re.findall(r"<code>(\w+)</code>", text))
    assert response.status_code == 500
    assert "请重新加载页面" in text
    assert "REFERENCE" not in text
    assert reference in caplog.text


def test_a_page_open_for_too_long_explains_itself(member: Membership) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member.user)

    response = browser.post(reverse("ui:theme"), {"theme": "dark"})

    assert response.status_code == 403
    assert "Reload it, then send the form again" in response.content.decode()


def test_an_expired_session_leads_htmx_to_sign_in_and_back() -> None:
    response = Client().get(
        LIST, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/ui-kit/?state=OPEN"}
    )

    assert response.status_code == 200
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=%2Fui-kit%2F%3Fstate%3DOPEN"


def test_an_expired_session_never_leads_elsewhere() -> None:
    response = Client().get(LIST, headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"})

    assert response.headers["HX-Redirect"] == "/accounts/login/?next=%2F"


def test_messages_become_toasts_for_htmx_and_stay_for_the_next_page_otherwise(browser: Client) -> None:
    answered = browser.post("/ui-kit/pieces/", {"name": ""}, headers={"HX-Request": "true"})
    assert answered.status_code == 422
    assert (
        "One field needs a change" in answered.content.decode() or "2 fields need a change" in answered.content.decode()
    )
    assert "<!doctype html>" not in answered.content.decode()
    assert list(get_messages(answered.wsgi_request)) == []


# --- Sign-in ---
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "path", ["login/", "logout/", "password/reset/", "password/reset/done/", "password/reset/key/1-x/", "inactive/",
             "confirm-email/nonsense/", "reauthenticate/", "password/change/", "email/", "2fa/", "2fa/totp/activate/",
             "2fa/recovery-codes/generate/"],
)  # fmt: skip
def test_every_account_page_is_themed(member: Membership, path: str, language: str) -> None:
    member.user.language = language
    member.user.save()
    for client in (Client(headers={"Accept-Language": language}), signed_in(member)):
        response = client.get(f"/accounts/{path}")
        if response.status_code == 302:  # signed in already, or not yet
            continue
        text = response.content.decode()
        assert response.status_code == 200
        assert f'<html lang="{language}"' in text
        assert "ui/acorn.css" in text
        assert "style=" not in text
        assert not re.search(r"<script(?![^>]*src=)", text)
