"""Signing in: lock-out, two steps, which company, and what the audit trail keeps of it."""

from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from acorn.accounts.middleware import SESSION_TENANT
from acorn.accounts.models import Membership
from acorn.accounts.rights import ROLE_RIGHTS, Right
from acorn.accounts.types import Role
from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.tenancy.models import Tenant, TenantSetting
from acorn.tenancy.scope import tenant_scope
from tests.factories.accounts import PASSWORD, ApiClient, make_member, make_token, make_user, signed_in


def _sign_in(email: str, password: str = PASSWORD, client: Client | None = None) -> Client:
    client = client or Client()
    client.response = client.post("/accounts/login/", {"login": email, "password": password})  # type: ignore[attr-defined]
    return client


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def _codes() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("code", flat=True))


@pytest.fixture
def member(tenant: Tenant) -> Membership:
    return make_member(tenant, email="ann@acme.example")


# --- Rights -----------------------------------------------------------------------------------------------------------


def test_owner_and_admin_may_everything_and_viewer_changes_nothing() -> None:
    assert ROLE_RIGHTS[Role.OWNER] == ROLE_RIGHTS[Role.ADMIN] == frozenset(Right)
    assert all(right.value.endswith(".view") for right in ROLE_RIGHTS[Role.VIEWER])
    assert set(ROLE_RIGHTS) == set(Role)


def test_who_makes_tokens_may_do_all_that_a_token_may() -> None:
    for role, rights in ROLE_RIGHTS.items():
        assert Right.MANAGE_TOKENS not in rights or rights == frozenset(Right), role


# --- Lock-out ---------------------------------------------------------------------------------------------------------


def test_ten_failures_lock_the_address_and_say_for_how_long(member: Membership) -> None:
    for _ in range(10):
        assert not _is_in(_sign_in("ann@acme.example", "wrong password!"))

    locked = _sign_in("ANN@acme.example")

    assert not _is_in(locked), "the right password opened a locked address"
    assert "locked for another 15 minutes" in locked.response.content.decode()  # type: ignore[attr-defined]
    _sign_in("ann@acme.example")
    assert _codes() == ["accounts.locked_out"], "told more or less than once"


def test_another_host_name_or_port_does_not_open_a_locked_address(member: Membership) -> None:
    for number in range(10):
        client = Client(headers={"Host": f"localhost:{8000 + number}"})
        assert not _is_in(_sign_in("ann@acme.example", "wrong password!", client))

    assert not _is_in(_sign_in("ann@acme.example", client=Client(headers={"Host": "localhost:9000"})))


def test_nine_failures_do_not_lock(member: Membership) -> None:
    for _ in range(9):
        _sign_in("ann@acme.example", "wrong password!")

    assert _is_in(_sign_in("ann@acme.example"))


def test_a_lock_of_one_address_does_not_touch_another(member: Membership, tenant: Tenant) -> None:
    make_member(tenant, Role.VIEWER, email="bob@acme.example")
    for _ in range(11):
        _sign_in("ann@acme.example", "wrong password!")

    assert _is_in(_sign_in("bob@acme.example"))


def test_failures_for_an_unknown_address_say_the_same(member: Membership) -> None:
    known = _sign_in("ann@acme.example", "wrong password!").response.content.decode()  # type: ignore[attr-defined]
    unknown = _sign_in("nobody@acme.example", "wrong password!").response.content.decode()  # type: ignore[attr-defined]

    assert known.replace("ann@", "").count("errorlist") == unknown.count("errorlist")
    for _ in range(12):
        last = _sign_in("nobody@acme.example", "wrong password!")
    assert "locked for another" in last.response.content.decode()  # type: ignore[attr-defined]
    assert _codes() == []


# --- Two steps --------------------------------------------------------------------------------------------------------


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def _require(tenant: Tenant) -> None:
    TenantSetting.objects.create(key="accounts.require_mfa", value=True)


def test_member_without_second_step_is_led_to_its_set_up(member: Membership, tenant: Tenant) -> None:
    _require(tenant)
    browser = signed_in(member)

    for path in ("/settings/team/", "/audit/", "/profile/"):
        assert browser.get(path).headers["Location"] == "/accounts/2fa/totp/activate/"
    assert browser.post("/settings/team/invite/", {"email": "x@x.example", "role": "VIEWER"}).status_code == 302
    assert not tenant.invitations.exists()
    part = browser.get("/audit/", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/accounts/2fa/totp/activate/"
    assert browser.post("/accounts/logout/").status_code == 302


def test_member_with_second_step_sees_everything(member: Membership, tenant: Tenant) -> None:
    _require(tenant)
    TOTP.activate(member.user, generate_totp_secret())

    assert signed_in(member).get("/settings/team/").status_code == 200


def test_api_is_not_affected_by_the_requirement(member: Membership, tenant: Tenant) -> None:
    _require(tenant)

    assert ApiClient(make_token(tenant)).get("/api/v1/me/").status_code == 200


def test_requirement_of_one_company_does_not_bind_another(member: Membership, other_tenant: Tenant) -> None:
    Membership.objects.create(tenant=other_tenant, user=member.user, role=Role.VIEWER)
    with tenant_scope(other_tenant.pk):
        _require(other_tenant)

    assert signed_in(member).get("/settings/team/").status_code == 200


def test_second_step_is_asked_and_a_wrong_code_refused(member: Membership) -> None:
    secret = generate_totp_secret()
    TOTP.activate(member.user, secret)
    browser = _sign_in("ann@acme.example")
    assert not _is_in(browser)

    browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not _is_in(browser)
    browser.post("/accounts/2fa/authenticate/", {"code": _code(secret)})
    assert _is_in(browser)
    assert _codes() == ["accounts.signed_in"]


def test_recovery_code_works_once(member: Membership) -> None:
    TOTP.activate(member.user, generate_totp_secret())
    code = RecoveryCodes.activate(member.user).get_unused_codes()[0]

    for works in (True, False):
        browser = _sign_in("ann@acme.example")
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert _is_in(browser) is works


# --- Which company ----------------------------------------------------------------------------------------------------


def test_session_with_a_strangers_company_falls_back_to_ones_own(member: Membership, other_tenant: Tenant) -> None:
    browser = Client()
    browser.force_login(member.user)
    for forged in (other_tenant.pk, 10**9, "x", None, [1], {"a": 1}, -1, str(other_tenant.pk)):
        session = browser.session
        session[SESSION_TENANT] = forged
        session.save()

        page = browser.get("/settings/").content.decode()

        assert member.tenant.public_id in page, forged
        assert other_tenant.public_id not in page, forged


def test_switching_to_a_strangers_company_is_404(member: Membership, other_tenant: Tenant) -> None:
    browser = signed_in(member)

    for company in (other_tenant.public_id, "\x00", ""):
        assert browser.post("/ui/company/", {"company": company}).status_code == 404
    assert browser.session[SESSION_TENANT] == member.tenant_id


def test_switching_to_ones_other_company_shows_its_data(member: Membership, other_tenant: Tenant) -> None:
    Membership.objects.create(tenant=other_tenant, user=member.user, role=Role.VIEWER)
    browser = signed_in(member)
    browser.post("/ui/company/", {"company": other_tenant.public_id})

    assert browser.get("/settings/").status_code == 403, "the role of one company counted in another"
    assert other_tenant.name in browser.get("/settings/team/").content.decode()


def test_person_without_a_company_sees_only_that(db: None) -> None:
    browser = Client()
    browser.force_login(make_user("nobody@else.example"))

    assert browser.get("/settings/team/").headers["Location"] == "/no-company/"
    assert browser.get("/no-company/").status_code == 200
    assert browser.get("/profile/").status_code == 200


def test_archived_company_is_closed(member: Membership, tenant: Tenant) -> None:
    browser = signed_in(member)
    Tenant.objects.filter(pk=tenant.pk).update(archived_at=clock.now())

    assert browser.get("/settings/team/").headers["Location"] == "/no-company/"


# --- Audit ------------------------------------------------------------------------------------------------------------


def test_sign_in_is_kept_by_each_company_of_the_person(
    member: Membership, tenant: Tenant, other_tenant: Tenant
) -> None:
    Membership.objects.create(tenant=other_tenant, user=member.user, role=Role.VIEWER)
    _sign_in("ann@acme.example")

    assert _codes() == ["accounts.signed_in"]
    with tenant_scope(other_tenant.pk):
        assert _codes() == ["accounts.signed_in"]


def test_nobody_signs_up_by_themselves(db: None) -> None:
    Client().post("/accounts/signup/", {"email": "x@x.example", "password1": PASSWORD, "password2": PASSWORD})

    assert not _any_user()


def _any_user() -> Any:
    from acorn.accounts.models import User  # noqa: PLC0415

    return User.objects.exists()
