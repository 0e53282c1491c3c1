"""A policy answers by itself, through a living Amazon: what is clean leaves, the rest is asked about, and nothing is rejected."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Sum

from acorn.core import clock
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from catalog.models import Commitment
from catalog.types import CommitmentState
from orders import services
from orders.models import PolicyDecision, PurchaseOrder, PurchaseOrderLine
from orders.types import ACKNOWLEDGE, PolicyTerms
from tests.factories.orders import ACTOR
from tests.scenarios.test_answered_month import (
    amazons,
    check_stock,
    differences,
    let_the_outbox_work,
    ours,
    pull,
    run_waiting_jobs,
)
from tests.scenarios.test_first_connection import connect, make_company
from tests.support.api import Api
from tests.support.simulator import RunningSimulator, World, running_simulator
from vendors.models import Submission

CODE = "VND00"


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator() as running:
        yield running


@pytest.fixture
def world(simulator: RunningSimulator, settings: Any) -> World:
    settings.SPAPI_SIMULATOR_ENDPOINT = simulator.url
    settings.LWA_TOKEN_URL_SIMULATOR = simulator.token_url
    settings.SUBMISSION_SIMULATOR_READBACK_SECONDS = 1
    settings.SUBMISSION_SIMULATOR_PRESUMED_SECONDS = 1
    world = simulator.create_world("policy-us", vendor_group="VG1", vendor_codes=[CODE], settings={"orders": 0})
    world.post("throttle", rate=1000, burst=1000)
    return world


def stock(api: Api, world: World) -> None:
    """Of ten products one is nobody's item, one has nearly no stock, one is obsolete; of the others there is plenty."""
    api.patch("tenant/", {"two_person_review": False})
    address = {"name": "Acme", "address_line_1": "1 Road", "city": "Reno", "state_or_region": "NV",
               "postal_code": "89501", "country_code": "US"}  # fmt: skip
    api.post("warehouses/", {"code": "MAIN", "name": "Main", "address": address})
    for place, product in enumerate(world.get("products")["products"]):
        if place % 10 == 0:
            continue
        asin = {"kind": "ASIN", "value": product["asin"], "marketplace": "US"}
        item = {
            "sku": f"OWN-{place}",
            "title": product["title"],
            "case_pack": product["case_pack"],
            "identifiers": [asin],
        }
        made = api.post("items/", item)
        if place % 10 == 1:
            api.patch(f"items/{made['id']}/", {"status": "OBSOLETE"})
        count = {"sku": item["sku"], "warehouse": "MAIN", "on_hand": 3 if place % 10 == 2 else 1_000_000}
        api.post("stock-counts/", {**count, "as_of": clock.now().isoformat()})


def decide(api: Api, tenant: Tenant, **terms: Any) -> None:
    """Switch a policy on that was tried on past orders."""
    with tenant_scope(tenant.pk):
        services.start_trial(vendor_code=CODE, terms=PolicyTerms(**terms), days=90, actor=ACTOR, now=clock.now())
    run_waiting_jobs()
    said = {name: sorted(value) for name, value in terms.items()}
    api.post("answer-policies/", {"vendor_code": CODE, "mode": "SEND_WHEN_CLEAN", "terms": said, "reason": "tried"})


def rejections(world: World) -> set[str]:
    """The reasons of everything that ever left as Rejected."""
    posts = [post["request"] for post in world.get("transactions", limit=5000)["transactions"]]
    items = itertools.chain.from_iterable(order["items"] for post in posts for order in post["acknowledgements"])
    parts = itertools.chain.from_iterable(item["itemAcknowledgements"] for item in items)
    return {part["rejectionReason"] for part in parts if part["acknowledgementCode"] == "Rejected"}


def prove(api: Api, world: World, tenant: Tenant, connection: str) -> None:
    """The answers leave, Amazon acts on them, and its word is read."""
    let_the_outbox_work(tenant)
    world.post("clock", advance_seconds=3600)
    pull(api, connection)
    let_the_outbox_work(tenant)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_a_policy_sends_what_is_clean_and_asks_about_the_rest(world: World) -> None:
    api = make_company("acme")
    tenant = Tenant.objects.get()
    stock(api, world)
    connection = connect(api, world)
    world.make_orders(18, lines=2)
    pull(api, connection)
    with tenant_scope(tenant.pk):
        assert not Submission.objects.exists()  # nobody has decided: it only proposes

    decide(api, tenant)
    prove(api, world, tenant, connection)

    with tenant_scope(tenant.pk):
        sent = PolicyDecision.objects.exclude(acknowledgement=None)
        answered = set(sent.values_list("order_id", flat=True))
        waiting = PurchaseOrder.objects.filter(state="NEW")
        assert (len(answered) > 3, waiting.count() > 3, len(answered) + waiting.count()) == (True, True, 18)
        assert set(Submission.objects.values_list("state", flat=True)) == {"VERIFIED"}
        assert rejections(world) == set()
        # what waits says why, and is on Today
        asked = PolicyDecision.objects.filter(acknowledgement=None)
        assert set(asked.values_list("order_id", flat=True)) == set(waiting.values_list("pk", flat=True))
        codes = {reason["code"] for row in asked for reason in row.reasons}
        assert {"orders.why.unmapped", "orders.why.rejects"} <= codes
        items = WorkItem.objects.filter(kind=ACKNOWLEDGE, closed_at=None).values_list("subject_id", flat=True)
        assert set(items) == set(waiting.values_list("public_id", flat=True))
        check_promises(answered)
    assert differences(ours(api), amazons(world)) == []

    decide(api, tenant, reject_reasons=frozenset({"TEMPORARILY_UNAVAILABLE"}))
    prove(api, world, tenant, connection)

    with tenant_scope(tenant.pk):
        more = set(sent.values_list("order_id", flat=True))
        assert answered < more
        assert rejections(world) == {"TemporarilyUnavailable"}
        assert set(Submission.objects.values_list("state", flat=True)) == {"VERIFIED"}
        check_promises(more)
    assert differences(ours(api), amazons(world)) == []


def check_promises(order_ids: set[int]) -> None:
    """The orders hold what was accepted, nobody else holds anything, and the ledger agrees."""
    check_stock()
    held = Commitment.objects.filter(state=CommitmentState.HELD).values_list("reference_id").annotate(Sum("quantity"))
    lines = PurchaseOrderLine.objects.filter(order__in=order_ids).values_list("order__public_id")
    accepted = lines.annotate(eaches=Sum("accepted_eaches")).filter(eaches__gt=0)
    assert dict(held) == dict(accepted)
