import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from acorn.accounts.models import ApiToken, Membership, User
from acorn.accounts.rights import Right
from acorn.audit.models import AuditEvent
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from tests.factories.accounts import ApiClient

PASSWORD = "correct horse battery"


def _run(command: str, **options: Any) -> Any:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return json.loads(out.getvalue())


def _create(slug: str = "acme", **options: Any) -> Any:
    return _run(
        "create_tenant",
        slug=slug,
        name="Acme",
        **{"owner_email": "A@acme.example", "owner_password": PASSWORD} | options,
    )


def test_create_tenant_prints_a_token_that_works(db: None) -> None:
    printed = _create()

    assert printed["tenant"] == "acme"
    assert printed["owner"] == "a@acme.example"
    me = ApiClient(printed["token"]).get("/api/v1/me/").json()
    assert (me["tenant"]["slug"], me["tenant"]["id"], me["scopes"]) == ("acme", printed["tenant_id"], ["*"])
    assert printed["token"] not in str(ApiToken.objects.values())


def test_create_tenant_makes_an_owner_who_can_sign_in(db: None) -> None:
    _create(language="zh-hans", time_zone="Asia/Shanghai", currency="CNY")

    membership = Membership.objects.get()
    assert (membership.role, membership.tenant.language) == ("OWNER", "zh-hans")
    client = Client()
    client.post("/accounts/login/", {"login": "a@ACME.example", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(membership.user_id)
    with tenant_scope(membership.tenant_id):
        codes = list(AuditEvent.objects.order_by("id").values_list("code", flat=True))
    assert codes == [
        "accounts.tenant_created", "accounts.member_joined", "accounts.token_created", "accounts.signed_in",
    ]  # fmt: skip


def test_create_tenant_refuses_a_second_one_of_the_same_name(db: None) -> None:
    _create()

    with pytest.raises(CommandError, match="There is a company “acme” already"):
        _create(owner_email="b@acme.example")
    assert Tenant.objects.count() == 1
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"slug": "Ac me"}, "slug"),
        ({"owner_email": "nobody"}, "email"),
        ({"owner_password": "short"}, "12"),
        ({"language": "tlh"}, "language"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"currency": "XXQ"}, "currency"),
    ],
)
def test_create_tenant_refuses_bad_input_and_makes_nothing(db: None, options: Any, word: str) -> None:
    with pytest.raises(CommandError, match=word):
        _create(**options)

    assert (Tenant.objects.count(), User.objects.count()) == (0, 0)


def test_one_person_may_own_two_companies_with_their_own_password_only(db: None) -> None:
    _create()
    _create("beta")
    _create("gamma", owner_password="")

    with pytest.raises(CommandError, match="another password"):
        _create("delta", owner_password="something else entirely")
    assert User.objects.get().memberships.count() == 3
    assert not Tenant.objects.filter(slug="delta").exists()


def test_create_api_token_has_only_its_scopes(db: None) -> None:
    _create()
    printed = _run("create_api_token", tenant="acme", name="erp", scopes="orders.view, connections.sync")

    assert printed["scopes"] == ["connections.sync", "orders.view"]
    assert ApiClient(printed["token"]).get("/api/v1/me/").status_code == 200
    assert ApiClient(printed["token"]).get("/api/v1/audit-events/").status_code == 403


@pytest.mark.parametrize(("scopes", "word"), [("orders.vew", "orders.vew"), ("", "scope"), ("*,x", "x")])
def test_create_api_token_refuses_unknown_scopes(db: None, scopes: str, word: str) -> None:
    _create()
    with pytest.raises(CommandError, match=word):
        _run("create_api_token", tenant="acme", name="erp", scopes=scopes)

    assert ApiToken.objects.count() == 1


def test_commands_name_an_unknown_company(db: None) -> None:
    with pytest.raises(CommandError, match="no company “nobody”"):
        _run("create_api_token", tenant="nobody", name="erp", scopes="*")


def test_every_right_is_a_scope() -> None:
    assert all("." in right for right in Right.values)


def test_archive_closes_the_company_and_undo_opens_it(db: None) -> None:
    token = _create()["token"]
    client = ApiClient(token)
    for _ in range(2):
        call_command("archive_tenant", slug="acme", stdout=StringIO())
    assert client.get("/api/v1/me/").status_code == 401

    call_command("archive_tenant", slug="acme", undo=True, stdout=StringIO())
    assert client.get("/api/v1/me/").status_code == 200
    with tenant_scope(Tenant.objects.get().pk):
        assert AuditEvent.objects.filter(code="accounts.tenant_archived").count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_erase_deletes_everything_of_one_company_and_nothing_of_another() -> None:
    _create()
    _create("beta", owner_email="b@beta.example")
    beta = Tenant.objects.get(slug="beta")
    _run("create_api_token", tenant="acme", name="x", scopes="*")
    acme = Tenant.objects.get(slug="acme")

    with pytest.raises(CommandError, match="--yes"):
        call_command("erase_tenant", slug="acme", stdout=StringIO())
    with pytest.raises(CommandError, match="Archive the company first"):
        call_command("erase_tenant", slug="acme", yes=True, stdout=StringIO())
    call_command("archive_tenant", slug="acme", stdout=StringIO())
    call_command("erase_tenant", slug="acme", yes=True, stdout=StringIO())

    assert list(Tenant.objects.values_list("slug", flat=True)) == ["beta"]
    assert list(User.objects.values_list("email", flat=True)) == ["b@beta.example"]
    with tenant_scope(acme.pk):
        assert not AuditEvent.objects.exists()
    with tenant_scope(beta.pk):
        assert AuditEvent.objects.count() == 3
