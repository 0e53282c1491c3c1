"""The demo loads into an empty installation, with what its companies sell; a second time changes nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db.models import Q

from acorn.accounts.models import Membership
from acorn.audit.models import AuditEvent
from acorn.jobs.models import Job
from acorn.tenancy.choices import chosen
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from catalog.models import (
    AgreedCost,
    CustomerNumber,
    Identifier,
    IdentifierProposal,
    Inbound,
    Item,
    PartyAddress,
    StockBalance,
    Warehouse,
)
from catalog.types import PROPOSALS_WAITING, TWO_PERSON_REVIEW, ProposalState
from dashboard.services import COMPANIES
from orders import selectors
from orders.models import AnswerPolicy, CostDifference, PurchaseOrder, PurchaseOrderLine, UnmappedProduct
from orders.types import OrderState
from tests.factories.tenancy import make_tenant
from tests.support.jobs import run_due_jobs
from tests.support.simulator import RunningSimulator, running_simulator
from vendors.models import Connection, SyncRun, VendorCode
from vendors.types import Environment

TABLES = (
    Item,
    Identifier,
    IdentifierProposal,
    Warehouse,
    PartyAddress,
    CustomerNumber,
    AgreedCost,
    StockBalance,
    Inbound,
    AnswerPolicy,
    AuditEvent,
)


@pytest.fixture
def simulator(settings: Any, tmp_path: Any) -> Iterator[RunningSimulator]:
    settings.ACORN_HOME = tmp_path
    with running_simulator() as running:
        settings.SPAPI_SIMULATOR_ENDPOINT = running.url
        settings.LWA_TOKEN_URL_SIMULATOR = running.token_url
        yield running


@pytest.fixture
def no_simulator(settings: Any, tmp_path: Any) -> None:
    settings.ACORN_HOME = tmp_path
    settings.SPAPI_SIMULATOR_ENDPOINT = "http://127.0.0.1:9"


def companies() -> list[Tenant]:
    return [Tenant.objects.get(slug=company.slug) for company in COMPANIES]


def count_rows(tenant: Tenant) -> dict[str, int]:
    with tenant_scope(tenant.pk):
        return {model.__name__: model.objects.count() for model in TABLES}


@pytest.mark.django_db(transaction=True)
def test_the_demo_loads_once(no_simulator: None, tmp_path: Any) -> None:
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


@pytest.mark.django_db(transaction=True)
def test_the_books_are_whole_and_loaded_once(simulator: RunningSimulator) -> None:
    stranger = make_tenant("stranger")
    untouched = count_rows(stranger)

    call_command("load_demo")

    before, jobs = [count_rows(tenant) for tenant in companies()], Job.objects.count()
    assert all(counted[model.__name__] for counted in before for model in TABLES)
    for tenant in companies():
        with tenant_scope(tenant.pk):
            assert chosen(TWO_PERSON_REVIEW)
            (waiting,) = IdentifierProposal.objects.filter(state=ProposalState.PROPOSED)
            assert waiting.author_person != "load_demo"
            assert StockBalance.objects.filter(on_hand=0).exists()
            assert Item.objects.exclude(identifiers__kind="ASIN").filter(identifiers__kind="EAN").exists()
            decided = set(AnswerPolicy.objects.values_list("vendor_code", flat=True))
            assert decided == set(VendorCode.objects.values_list("code", flat=True))
            item = Item.objects.order_by("pk").first()
            assert item is not None
            Item.objects.filter(pk=item.pk).update(title="Renamed by a person")
    call_command("load_demo")

    assert ([count_rows(tenant) for tenant in companies()], Job.objects.count()) == (before, jobs)
    assert count_rows(stranger) == untouched
    for tenant in companies():
        with tenant_scope(tenant.pk):
            assert Item.objects.filter(title="Renamed by a person").count() == 1


@pytest.mark.django_db(transaction=True)
def test_orders_can_be_answered_at_once(simulator: RunningSimulator) -> None:
    call_command("load_demo")
    for company in COMPANIES:
        for connection in company.connections:
            simulator.world(connection.world).make_orders(15)

    run_due_jobs(hurry=True)

    for tenant in companies():
        with tenant_scope(tenant.pk):
            lines = PurchaseOrderLine.objects.filter(order__state=OrderState.NEW, order__is_history=False)
            assert lines.filter(item__isnull=False).count() > 5 * lines.filter(item__isnull=True).count()
            open_orders = PurchaseOrder.objects.filter(state=OrderState.NEW, is_history=False)
            proposals = selectors.propose(
                list(open_orders.values_list("public_id", flat=True)), now=open_orders.latest("ordered_at").ordered_at
            )
            assert any(proposal.is_clean for proposal in proposals.values())
            unmapped = list(UnmappedProduct.objects.all())
            assert unmapped or CostDifference.objects.exists()
            suggested = selectors.suggest_for(unmapped)
            for row in unmapped:
                alike = Item.objects.filter(Q(sku=row.vendor_sku) | Q(identifiers__value=row.asin))
                assert {item.pk for item in alike} <= {each.item.pk for each in suggested[row.pk]}
            assert WorkItem.objects.filter(kind=PROPOSALS_WAITING, closed_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_simulator_the_demo_says_so_and_makes_up_for_it(
    no_simulator: None, request: pytest.FixtureRequest, capsys: Any
) -> None:
    call_command("load_demo")

    assert "without items" in capsys.readouterr().out
    for tenant in companies():
        with tenant_scope(tenant.pk):
            assert not Item.objects.exists()

    request.getfixturevalue("simulator")
    call_command("load_demo")

    assert capsys.readouterr().out.endswith("The demo is loaded\n")
    assert all(count_rows(tenant)["Item"] for tenant in companies())


@pytest.mark.django_db(transaction=True)
def test_a_crash_half_way_is_made_up_for(simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(**_options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("dashboard.services.catalogue.set_policy", crash)
        with pytest.raises(KeyboardInterrupt):
            call_command("load_demo")

    call_command("load_demo")

    for tenant in companies():
        with tenant_scope(tenant.pk):
            assert chosen(TWO_PERSON_REVIEW)
            assert AnswerPolicy.objects.exists()
            assert IdentifierProposal.objects.count() == 1
