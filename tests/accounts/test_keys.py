"""Rotation of keys over every company's secrets, and over two-step sign-in."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.forms.models import model_to_dict

from acorn.accounts.services import keys
from acorn.audit.models import AuditEvent
from acorn.core.actor import Actor
from acorn.core.vault import CannotUnseal
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from tests.factories.accounts import make_user
from vendors.models import Connection
from vendors.services.connections import Secrets, connect

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OLD, NEW = "k1:" + "A" * 43 + "=", "k2:" + "B" * 42 + "A="


def _connect(code: str) -> Connection:
    return connect(
        name="Main", environment="PRODUCTION", region="NA", marketplace="US", vendor_group_code=code, vendor_codes=["V"],
        credentials=Secrets(f"id {code}", f"secret {code}", f"token {code}"), actor=Actor.system("test"), now=NOW,
    )  # fmt: skip


def _secret_of(connection: Connection) -> str:
    return Connection._meta.get_field("client_secret").unseal(Connection.objects.get(pk=connection.pk))


@pytest.fixture
def two(tenant: Tenant, other_tenant: Tenant, settings: Any) -> tuple[Connection, Connection]:
    """A connection of each company, sealed under the old key."""
    settings.ACORN_SECRET_KEYS = OLD
    mine = _connect("ACME")
    with tenant_scope(other_tenant.pk):
        theirs = _connect("CHARLIE")
    return mine, theirs


def _rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_every_secret_of_every_company_is_sealed_again(
    two: tuple[Connection, Connection], other_tenant: Tenant, settings: Any
) -> None:
    settings.ACORN_SECRET_KEYS = f"{NEW},{OLD}"
    assert "6 secrets were sealed again under 'k2', 0 were already." in _rotate()
    assert "0 secrets were sealed again under 'k2', 6 were already." in _rotate()

    settings.ACORN_SECRET_KEYS = NEW
    assert _secret_of(two[0]) == "secret ACME"
    with tenant_scope(other_tenant.pk):
        assert _secret_of(two[1]) == "secret CHARLIE"
        assert AuditEvent.objects.get(code="accounts.keys_rotated").params == {"count": 3}


def test_a_secret_that_no_key_opens_is_named_and_left(two: tuple[Connection, Connection], settings: Any) -> None:
    settings.ACORN_SECRET_KEYS = NEW

    with pytest.raises(CommandError, match=r"6 secrets could not be opened(?s:.)*Connection.client_secret"):
        _rotate()
    settings.ACORN_SECRET_KEYS = OLD
    assert _secret_of(two[0]) == "secret ACME"


def test_a_secret_copied_to_another_company_does_not_open(
    two: tuple[Connection, Connection], other_tenant: Tenant
) -> None:
    mine, theirs = two
    with tenant_scope(other_tenant.pk):
        Connection.objects.filter(pk=theirs.pk).update(client_secret=mine.client_secret)
        with pytest.raises(CannotUnseal):
            _secret_of(theirs)


def test_two_step_sign_in_is_sealed_and_rotated(db: None, settings: Any) -> None:
    settings.ACORN_SECRET_KEYS = OLD
    secret = generate_totp_secret()
    TOTP.activate(make_user("a@acme.example"), secret)
    assert secret not in str(Authenticator.objects.get().data)

    settings.ACORN_SECRET_KEYS = f"{NEW},{OLD}"
    _rotate()
    settings.ACORN_SECRET_KEYS = NEW

    row = Authenticator.objects.get(type="totp")
    assert row.data["secret"].startswith("k2:")
    from allauth.mfa.utils import decrypt  # noqa: PLC0415

    assert decrypt(row.data["secret"]) == secret


def test_sealed_columns_stay_out_of_forms(two: tuple[Connection, Connection]) -> None:
    assert not {"client_id", "client_secret", "refresh_token"} & model_to_dict(two[0]).keys()
    assert [model for model, _fields in keys.list_sealed_fields()]
