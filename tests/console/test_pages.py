"""The platform's own pages: what they show, to whom, and what they change."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from acorn.accounts.errors import OnlyOwners
from acorn.accounts.models import ApiToken, Invitation, Membership, User
from acorn.accounts.services.invitations import invite
from acorn.accounts.types import Role
from acorn.alerts.models import Alert, Severity
from acorn.alerts.services import raise_
from acorn.audit import services as audit
from acorn.audit.models import AuditEvent
from acorn.console.forms import CompanyForm
from acorn.core import clock
from acorn.core.actor import Actor
from acorn.jobs import queue
from acorn.jobs.models import Job
from acorn.tenancy import choices
from acorn.tenancy.models import Tenant, TenantSetting
from tests.factories.accounts import PASSWORD, ApiClient, make_member, make_user, signed_in
from tests.support.jobs import run_due_jobs

PAGES = [
    "/settings/", "/settings/team/", "/settings/tokens/", "/audit/", "/jobs/", "/alerts/", "/mail/", "/profile/",
]  # fmt: skip


@pytest.fixture
def owner(tenant: Tenant) -> Membership:
    return make_member(tenant, Role.OWNER)


@pytest.fixture
def browser(owner: Membership) -> Client:
    return signed_in(owner)


def _codes() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("code", flat=True))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("path", PAGES)
def test_page_shows_itself_empty_and_full(browser: Client, owner: Membership, path: str, language: str) -> None:
    User.objects.update(language=language)
    assert browser.get(path).status_code == 200
    queue.enqueue("alerts.send_mail", alert_id=1)
    raise_("jobs.worker_lost", severity=Severity.CRITICAL, now=clock.now())
    browser.post("/settings/team/invite/", {"email": "new@acme.example", "role": "VIEWER"})

    full = browser.get(path)

    assert full.status_code == 200
    assert full.content.count(b"<h1") == 1
    assert b"style=" not in full.content


ALLOWED = {
    "/settings/": "OWNER ADMIN", "/settings/tokens/": "OWNER ADMIN", "/mail/": "OWNER ADMIN",
    "/settings/team/": "OWNER ADMIN OPERATIONS FINANCE VIEWER", "/audit/": "OWNER ADMIN FINANCE",
    "/jobs/": "OWNER ADMIN OPERATIONS FINANCE", "/alerts/": "OWNER ADMIN OPERATIONS FINANCE VIEWER",
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_page_is_for_roles_that_have_its_right(tenant: Tenant, role: Role) -> None:
    browser = signed_in(make_member(tenant, role))

    seen = {path for path in ALLOWED if browser.get(path).status_code == 200}
    refused = {path for path in ALLOWED if browser.get(path).status_code == 403}

    assert seen == {path for path, roles in ALLOWED.items() if role in roles.split()}
    assert seen | refused == set(ALLOWED)


def test_strangers_are_sent_to_sign_in(tenant: Tenant) -> None:
    for path in PAGES:
        assert Client().get(path).headers["Location"] == f"/accounts/login/?next={path}"


# --- Company ----------------------------------------------------------------------------------------------------------


def _company(**values: Any) -> dict[str, Any]:
    described = {"name": "Acme", "language": "en", "time_zone": "UTC", "currency": "USD"}
    # a box that is not ticked is not sent: what is on by default has to be said
    ticked = {CompanyForm.key_of(c.key): "on" for c in choices.list_choices() if c.kind is bool and c.default}
    numbers = {CompanyForm.key_of(c.key): c.default for c in choices.list_choices() if c.kind is int}
    return described | ticked | numbers | values


def test_company_is_changed_and_audited(browser: Client, tenant: Tenant) -> None:
    AuditEvent.objects.all()
    before = len(_codes())
    answer = browser.post(
        "/settings/", _company(name="Acme 上海", time_zone="Asia/Shanghai", choice_accounts_require_mfa="on")
    )

    assert answer.status_code == 302
    tenant.refresh_from_db()
    assert (tenant.name, tenant.time_zone) == ("Acme 上海", "Asia/Shanghai")
    assert TenantSetting.objects.get(key="accounts.require_mfa").value is True
    assert _codes()[before:] == ["accounts.tenant_changed", "accounts.tenant_changed", "accounts.setting_changed"]


def test_saving_without_a_change_leaves_no_trace(browser: Client) -> None:
    before = _codes()
    browser.post("/settings/", _company())

    assert _codes() == before


def test_a_setting_that_is_a_text_is_kept_and_checked(browser: Client) -> None:
    field = "choice_shipments_gs1_company_prefix"
    assert browser.post("/settings/", _company(**{field: " 0614141 "})).status_code == 302
    assert b'value="0614141"' in browser.get("/settings/").content

    refused = browser.post("/settings/", _company(**{field: "123"}))
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [field]
    assert TenantSetting.objects.get(key="shipments.gs1_company_prefix").value == "0614141"


@pytest.mark.parametrize("wrong", [{"name": " "}, {"language": "tlh"}, {"time_zone": "Mars/Base"}, {"currency": "XXQ"}])
def test_wrong_company_input_is_refused_beside_its_field(
    browser: Client, tenant: Tenant, wrong: dict[str, str]
) -> None:
    answer = browser.post("/settings/", _company(**wrong))

    assert answer.status_code == 422
    tenant.refresh_from_db()
    assert (tenant.name, tenant.language, tenant.time_zone, tenant.currency) == ("Acme", "en", "UTC", "USD")


# --- Team -------------------------------------------------------------------------------------------------------------


def _link(index: int = -1) -> str:
    found = re.search(r"/invitations/[0-9a-f]+/", str(mail.outbox[index].body))
    assert found
    return found.group()


def test_invited_person_makes_an_account_and_is_a_member(browser: Client, tenant: Tenant) -> None:
    browser.post("/settings/team/invite/", {"email": "New@acme.example", "role": "OPERATIONS"})
    run_due_jobs()
    assert mail.outbox[-1].to == ["new@acme.example"]
    assert not any(_link().split("/")[2] in str(row) for row in Job.objects.values())
    guest = Client()

    assert b"OPERATIONS" not in guest.get(_link()).content
    answer = guest.post(_link(), {"name": "New", "password": PASSWORD})

    assert answer.status_code == 302
    member = Membership.objects.get(user__email="new@acme.example")
    assert (member.role, member.tenant_id) == ("OPERATIONS", tenant.pk)
    assert guest.get("/settings/team/").status_code == 200
    assert guest.get("/settings/").status_code == 403
    assert "accounts.member_joined" in _codes()
    assert Client().get(_link()).status_code == 410, "the link works twice"


def test_known_person_must_sign_in_and_is_never_signed_in_by_the_link(browser: Client, tenant: Tenant) -> None:
    known = make_user("known@else.example")
    browser.post("/settings/team/invite/", {"email": known.email, "role": "VIEWER"})
    run_due_jobs()
    guest = Client()
    guest.post(_link(), {"name": "Mallory", "password": "another password!"})

    assert "_auth_user_id" not in guest.session
    known.refresh_from_db()
    assert known.check_password(PASSWORD)
    guest.force_login(known)
    assert guest.post(_link()).status_code == 302
    assert known.memberships.get().role == "VIEWER"


def test_invitation_of_somebody_else_is_not_accepted(browser: Client, other_tenant: Tenant) -> None:
    browser.post("/settings/team/invite/", {"email": "new@acme.example", "role": "OWNER"})
    run_due_jobs()
    charlie = make_member(other_tenant, email="charlie@charlie.example")
    attacker = signed_in(charlie)

    assert attacker.get(_link()).status_code == 200
    assert attacker.post(_link()).status_code == 422
    assert charlie.user.memberships.count() == 1
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("how", ["expired", "revoked", "replaced", "archived", "junk"])
def test_closed_invitation_is_useless(browser: Client, tenant: Tenant, how: str) -> None:
    browser.post("/settings/team/invite/", {"email": "new@acme.example", "role": "VIEWER"})
    run_due_jobs()
    link = _link()
    if how == "expired":
        Invitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    if how == "revoked":
        browser.post(f"/settings/invitations/{Invitation.objects.get().public_id}/revoke/")
    if how == "replaced":
        browser.post("/settings/team/invite/", {"email": "NEW@acme.example", "role": "VIEWER"})
    if how == "archived":
        Tenant.objects.update(archived_at=clock.now())
    if how == "junk":
        link = "/invitations/" + "0" * 64 + "/"

    guest = Client()
    assert guest.get(link).status_code == 410
    assert guest.post(link, {"name": "N", "password": PASSWORD}).status_code == 410
    assert not User.objects.filter(email="new@acme.example").exists()


def test_weak_password_makes_no_account(browser: Client) -> None:
    browser.post("/settings/team/invite/", {"email": "new@acme.example", "role": "VIEWER"})
    run_due_jobs()
    for weak in ("short", "password1234", "new@acme.example"):
        answer = Client().post(_link(), {"name": "N", "password": weak})
        assert answer.status_code == 422, weak

    assert not User.objects.filter(email="new@acme.example").exists()
    assert Invitation.objects.get().accepted_at is None


def test_admin_cannot_make_change_or_remove_an_owner(tenant: Tenant, owner: Membership) -> None:
    admin = signed_in(make_member(tenant, Role.ADMIN))
    viewer = make_member(tenant, Role.VIEWER)

    assert admin.post("/settings/team/invite/", {"email": "x@x.example", "role": "OWNER"}).status_code == 422
    admin.post(f"/settings/team/{viewer.user.public_id}/role/", {"role": "OWNER"})
    admin.post(f"/settings/team/{owner.user.public_id}/role/", {"role": "VIEWER"})
    admin.post(f"/settings/team/{owner.user.public_id}/remove/")

    roles = dict(Membership.objects.values_list("user__email", "role"))
    assert roles == {"owner@acme.example": "OWNER", "admin@acme.example": "ADMIN", "viewer@acme.example": "VIEWER"}
    assert not Invitation.objects.exists()


def test_an_owner_who_was_demoted_meanwhile_invites_no_owner(tenant: Tenant, owner: Membership) -> None:
    was_owner = make_member(tenant, Role.OWNER, "was@acme.example")
    Membership.objects.filter(pk=was_owner.pk).update(role=Role.VIEWER)  # while their request waited for the lock

    with pytest.raises(OnlyOwners):
        invite(email="friend@acme.example", role=Role.OWNER, by=was_owner, now=clock.now())


def test_last_owner_stays(browser: Client, owner: Membership) -> None:
    for action, data in (("role", {"role": "VIEWER"}), ("remove", {})):
        answer = browser.post(f"/settings/team/{owner.user.public_id}/{action}/", data, follow=True)
        assert "only owner" in answer.content.decode()

    owner.refresh_from_db()
    assert owner.role == "OWNER"


def test_removed_member_loses_access_with_the_next_click(browser: Client, tenant: Tenant) -> None:
    member = make_member(tenant, Role.OPERATIONS)
    theirs = signed_in(member)
    assert theirs.get("/jobs/").status_code == 200

    browser.post(f"/settings/team/{member.user.public_id}/remove/")

    assert theirs.get("/jobs/").headers["Location"] == "/no-company/"
    assert theirs.get("/no-company/").status_code == 200


def test_demoted_member_loses_rights_with_the_next_click(browser: Client, tenant: Tenant) -> None:
    member = make_member(tenant, Role.ADMIN)
    theirs = signed_in(member)
    assert theirs.get("/settings/").status_code == 200

    browser.post(f"/settings/team/{member.user.public_id}/role/", {"role": "VIEWER"})

    assert theirs.get("/settings/").status_code == 403


# --- Tokens -----------------------------------------------------------------------------------------------------------


def test_token_is_shown_once_and_works(browser: Client) -> None:
    shown = browser.post("/settings/tokens/", {"name": "ERP", "scopes": ["audit.view"], "days": "30"})

    found = re.search(r"acorn_[\w-]{43}", shown.content.decode())
    assert found
    text = found.group()
    assert "no-store" in shown.headers["Cache-Control"]
    assert text not in browser.get("/settings/tokens/").content.decode()
    client = ApiClient(text)
    assert client.get("/api/v1/audit-events/").status_code == 200
    me = client.get("/api/v1/me/").json()
    assert (me["token"]["name"], me["scopes"]) == ("ERP", ["audit.view"])

    browser.post(f"/settings/tokens/{me['token']['id']}/revoke/")
    assert client.get("/api/v1/me/").status_code == 401
    assert _codes()[-2:] == ["accounts.token_created", "accounts.token_revoked"]


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["nothing.such"]}, {"days": "-1"}])
def test_wrong_token_input_makes_no_token(browser: Client, wrong: dict[str, Any]) -> None:
    answer = browser.post("/settings/tokens/", {"name": "ERP", "scopes": ["audit.view"], "days": "30"} | wrong)

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


# --- Profile ----------------------------------------------------------------------------------------------------------


def test_profile_changes_language_and_zone_at_once(browser: Client, owner: Membership) -> None:
    browser.post("/profile/", {"name": "李伟", "language": "zh-hans", "time_zone": "Asia/Shanghai", "theme": "dark"})

    owner.user.refresh_from_db()
    assert (owner.user.name, owner.user.time_zone, owner.user.theme) == ("李伟", "Asia/Shanghai", "dark")
    page = browser.get("/profile/").content.decode()
    assert 'lang="zh-hans"' in page
    assert 'data-theme="dark"' in page


def test_sign_out_everywhere_but_here(owner: Membership) -> None:
    here, elsewhere = Client(), Client()
    for browser in (here, elsewhere):
        browser.post("/accounts/login/", {"login": owner.user.email, "password": PASSWORD})
        assert browser.get("/profile/").status_code == 200

    here.post("/profile/sessions/end/")

    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302


# --- Audit, jobs, alerts ----------------------------------------------------------------------------------------------


def test_audit_is_found_filtered_and_exported(browser: Client, owner: Membership, other_tenant: Tenant) -> None:
    browser.post("/settings/tokens/", {"name": "=ERP()", "scopes": ["audit.view"], "days": "30"})

    def rows(query: str) -> str:
        return browser.get(f"/audit/?{query}", headers={"HX-Request": "true"}).content.decode()

    assert "=ERP()" in rows("search==erp")
    assert "=ERP()" not in rows("search=nobody")
    assert "=ERP()" in rows(f"actor={owner.user.public_id}&area=accounts")
    assert "=ERP()" not in rows("area=alerts")
    exported = b"".join(browser.get("/audit/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=ERP()" in exported
    assert exported.count("\r\n") == AuditEvent.objects.count() + 1


def test_audit_leaves_routine_out_until_it_is_asked_for(browser: Client) -> None:
    counts = {"resource": "purchase-orders", "seen": 1, "new": 0, "changed": 0, "flagged": 0}
    audit.record("vendors.page_pulled", actor=Actor.system("sync"), subject=None, params=counts)

    def codes(query: str) -> set[str]:
        return {event.code for event in browser.get(f"/audit/?{query}").context["list"].rows}

    assert "vendors.page_pulled" not in codes("")
    for query in ("everything=true", "area=vendors", "search=sync"):
        assert "vendors.page_pulled" in codes(query)
    text = browser.get("/audit/?everything=true").content.decode()
    assert "Read a page (Purchase orders): rows 1, new 0" in text


def test_audit_speaks_in_words_of_the_reader(browser: Client, owner: Membership) -> None:
    browser.post("/settings/team/invite/", {"email": "new@acme.example", "role": "OPERATIONS"})
    browser.post("/settings/", _company(time_zone="Asia/Shanghai"))

    english = browser.get("/audit/").content.decode()
    assert "new@acme.example was invited as operations." in english
    assert "Time zone was changed from “UTC” to “Asia/Shanghai”." in english
    User.objects.update(language="zh-hans")
    chinese = browser.get("/audit/").content.decode()
    assert "已邀请 new@acme.example 担任“运营”。" in chinese
    assert "时区已从“UTC”改为“Asia/Shanghai”。" in chinese


def test_audit_costs_the_same_at_one_and_at_many_rows(browser: Client, django_assert_num_queries: Any) -> None:
    browser.get("/audit/")
    for name in ("a", "b", "c"):
        browser.post("/settings/tokens/", {"name": name, "scopes": ["audit.view"], "days": "30"})
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as few:
        browser.get("/audit/?search=a")
    with CaptureQueriesContext(connection) as many:
        browser.get("/audit/")
    assert len(few) == len(many)


def test_failed_job_says_why_and_can_be_retried_and_cancelled(browser: Client) -> None:
    job = queue.enqueue("alerts.send_mail", alert_id=0)
    Job.objects.filter(pk=job.pk).update(
        state="FAILED", message_code="jobs.crashed", message_params={"reference": "r1"}, finished_at=clock.now()
    )

    assert b"reference r1" in browser.get("/jobs/?state=FAILED").content
    browser.post(f"/jobs/{job.public_id}/retry/")
    again = Job.objects.get(state="QUEUED")
    browser.post(f"/jobs/{again.public_id}/cancel/")
    again.refresh_from_db()
    assert again.state == "CANCELLED"
    assert b"already" not in browser.post(f"/jobs/{again.public_id}/cancel/", follow=True).content
    assert _codes()[-2:] == ["jobs.retried", "jobs.stopped"]


def test_jobs_refresh_themselves_only_while_work_goes_on(browser: Client) -> None:
    job = queue.enqueue("alerts.send_mail", alert_id=0)
    assert b"every 5s" in browser.get("/jobs/").content

    Job.objects.filter(pk=job.pk).update(state="SUCCEEDED")
    assert b"every 5s" not in browser.get("/jobs/").content


def test_alerts_are_acknowledged_once(browser: Client, owner: Membership) -> None:
    for number in range(2):
        raise_("jobs.worker_lost", severity=Severity.INFO, now=clock.now(), dedupe_key=str(number))

    for _ in range(2):
        browser.post("/alerts/acknowledge/", {"all": "1", "query": "is_open=true"})

    assert {alert.acknowledged_by for alert in Alert.objects.all()} == {str(owner.user)}
    assert _codes().count("alerts.acknowledged") == 2


def test_viewer_cannot_acknowledge(tenant: Tenant) -> None:
    raise_("jobs.worker_lost", severity=Severity.INFO, now=clock.now())
    viewer = signed_in(make_member(tenant, Role.VIEWER))

    assert viewer.post("/alerts/acknowledge/", {"all": "1"}).status_code == 403
    assert Alert.objects.get().acknowledged_at is None


def test_invitation_works_although_the_secret_key_changed_before_the_mail(browser: Client, settings: Any) -> None:
    browser.post("/settings/team/invite/", {"email": "new@acme.example", "role": "VIEWER"})
    settings.SECRET_KEY = "another"
    run_due_jobs()

    assert Client().get(_link()).status_code == 200
