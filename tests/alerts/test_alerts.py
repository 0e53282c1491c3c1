import pytest
from django.core import mail

from acorn.accounts.models import Membership, User
from acorn.accounts.types import Role
from acorn.alerts.models import Alert, Severity
from acorn.alerts.selectors import count_unseen
from acorn.alerts.services import acknowledge, raise_, resolve
from acorn.core import clock, messages
from acorn.core.actor import Actor
from acorn.core.errors import NotFound
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from tests.support.jobs import run_due_jobs

messages.register({"test.down": messages.Message("{part} is down.", fix="Switch it on.")})


def _raise(now=None) -> Alert:
    return raise_("test.down", severity=Severity.CRITICAL, now=now or clock.now(), params={"part": "X"}, dedupe_key="x")


def test_an_alert_is_told_once_while_it_is_open(tenant: Tenant) -> None:
    owner = User.objects.create_user("owner@example.com")
    viewer = User.objects.create_user("viewer@example.com")
    Membership.objects.create(tenant=tenant, user=owner, role=Role.OWNER)
    Membership.objects.create(tenant=tenant, user=viewer, role=Role.VIEWER)

    for _ in range(3):
        _raise()
    run_due_jobs()

    assert Alert.objects.get().times == 3
    assert [(message.to, message.subject) for message in mail.outbox] == [(["owner@example.com"], "[Acme] X is down.")]
    assert "Switch it on." in mail.outbox[0].body


def test_after_it_is_resolved_it_is_told_again(tenant: Tenant) -> None:
    _raise()

    assert resolve("test.down", dedupe_key="x", now=clock.now()) is True
    assert resolve("test.down", dedupe_key="x", now=clock.now()) is False
    _raise()

    assert Alert.objects.count() == 2


def test_acknowledging_takes_it_off_the_bell(tenant: Tenant, other_tenant: Tenant) -> None:
    alert = _raise()
    ann = Actor.system("Ann")

    with tenant_scope(other_tenant.pk), pytest.raises(NotFound):
        acknowledge(public_id=alert.public_id, actor=ann, now=clock.now())
    assert count_unseen() == 1

    assert acknowledge(public_id=alert.public_id, actor=ann, now=clock.now()) is True
    assert acknowledge(public_id=alert.public_id, actor=ann, now=clock.now()) is False
    assert count_unseen() == 0
