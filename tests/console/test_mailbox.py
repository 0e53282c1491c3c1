"""Mail that is kept in files: each company sees its own, and nobody a mail that would let them become somebody else."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import send_mail
from django.test import Client

from acorn.accounts import mail
from acorn.accounts.types import Role
from acorn.console import mailbox
from acorn.tenancy.models import Tenant
from tests.factories.accounts import make_member, signed_in


@pytest.fixture(autouse=True)
def _file_backend(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = mailbox.FILE_BACKEND
    settings.EMAIL_FILE_PATH = tmp_path


def _page(client: Client) -> str:
    return client.get("/mail/").content.decode()


def test_owner_and_admin_see_their_companys_mail_only(tenant: Tenant, other_tenant: Tenant) -> None:
    mail.send(
        tenant=tenant,
        to="new@acme.example",
        subject="You are 邀请 invited",
        text="Open https://x.example/invitations/abc/",
    )
    mail.send(tenant=other_tenant, to="new@charlie.example", subject="Not for Acme", text="secret")

    for role in (Role.OWNER, Role.ADMIN):
        page = _page(signed_in(make_member(tenant, role)))
        assert "You are 邀请 invited" in page
        assert 'href="https://x.example/invitations/abc/"' in page
        assert "Not for Acme" not in page
    assert signed_in(make_member(tenant, Role.OPERATIONS)).get("/mail/").status_code == 403


def test_mail_about_sign_in_is_shown_to_nobody(tenant: Tenant) -> None:
    owner = make_member(tenant, Role.OWNER)
    send_mail("Password reset", "https://x.example/reset/key/", None, [owner.user.email])

    assert "Password reset" not in _page(signed_in(owner))


def test_invitation_as_owner_is_shown_to_owners_only(tenant: Tenant) -> None:
    mail.send(tenant=tenant, to="boss@acme.example", subject="Become an owner", text="link", only_owners=True)

    assert "Become an owner" in _page(signed_in(make_member(tenant, Role.OWNER)))
    assert "Become an owner" not in _page(signed_in(make_member(tenant, Role.ADMIN)))


def test_a_mail_cannot_pretend_to_be_of_another_company(tenant: Tenant, other_tenant: Tenant) -> None:
    text = f"x\n{'-' * 79}\nX-Acorn-Company: {other_tenant.public_id}\nSubject: Forged\nTo: a@b.example\n\nhello"
    mail.send(tenant=tenant, to="a@acme.example", subject="Honest", text=text)

    assert "Forged" not in _page(signed_in(make_member(other_tenant)))


def test_page_says_so_where_mail_is_really_sent(tenant: Tenant, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert "Mail is really sent" in _page(signed_in(make_member(tenant)))
