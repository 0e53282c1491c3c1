"""The demo loads into an empty installation, and a second time changes nothing."""

import json
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from acorn.accounts.models import Membership
from acorn.jobs.models import Job
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from dashboard.services import COMPANIES
from vendors.models import Connection, SyncRun
from vendors.types import Environment


@pytest.mark.django_db(transaction=True)
def test_the_demo_loads_once(settings: Any, tmp_path: Any) -> None:
    settings.ACORN_HOME = tmp_path
    call_command("load_demo")
    logins = json.loads((tmp_path / "demo.json").read_text())["logins"]
    counted = (Tenant.objects.count(), Membership.objects.count(), Job.objects.count())

    call_command("load_demo")

    assert json.loads((tmp_path / "demo.json").read_text())["logins"] == logins
    assert (Tenant.objects.count(), Membership.objects.count(), Job.objects.count()) == counted
    assert counted[:2] == (2, 5)
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600
    assert all(authenticate(None, email=one["email"], password=one["password"]) for one in logins)
    for company in COMPANIES:
        with tenant_scope(Tenant.objects.get(slug=company.slug).pk):
            environments = set(Connection.objects.values_list("environment", flat=True))
            assert environments == {Environment.SIMULATOR}
            assert SyncRun.objects.count() == len(company.connections)
