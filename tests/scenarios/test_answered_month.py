"""A month of a living Amazon, answered: through faults and killed workers both sides end alike, and no stock is sold twice."""

import itertools
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from acorn.core import clock
from acorn.jobs.models import Job
from acorn.jobs.run import execute, sweep
from acorn.jobs.types import JobState
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from catalog.models import Commitment, StockBalance, StockEntry
from catalog.types import CommitmentState
from orders.models import PurchaseOrder
from orders.types import ANSWER_UNPROVED
from tests.scenarios.test_first_connection import connect, make_company
from tests.support.api import Api
from tests.support.jobs import run_due_jobs
from tests.support.processes import end_of, in_a_process_of_its_own
from tests.support.simulator import RunningSimulator, World, running_simulator
from vendors.models import Submission, SubmissionEvent
from vendors.services import sending
from vendors.services.moves import SEND_TASK
from vendors.types import SubmissionState

DAY = 86_400
READ_FAULTS = itertools.cycle(["throttled", "error_500", "reset_before", "cut_body", "empty_page", "truncated_json"])
SEND_FAULTS = itertools.cycle(["reset_after", "error_500", "lost_document", "throttled", "vague_failure", "cut_body"])
ON_THE_WAY = (
    SubmissionState.READY, SubmissionState.SENDING, SubmissionState.UNKNOWN, SubmissionState.SENT,
    SubmissionState.PROCESSING,
)  # fmt: skip
ENDED = ("CANCELLED", "REJECTED", "CLOSED", "CLOSED_SHORT")


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
    settings.SUBMISSION_LEASE_SECONDS = 1
    life = {
        "orders": 40,
        "arrivals_per_hour": 0.3,
        "has_life": True,
        "answered_elsewhere_share": 0.15,
        "unshipped_share": 0.2,
    }
    world = simulator.create_world("answered-us", vendor_group="VG1", vendor_codes=["VND00"], settings=life)
    world.post("throttle", rate=1000, burst=1000)
    return world


def stock_up(api: Api, world: World, *, scarce: int = 300) -> None:
    """Every product of the world is an item; of one in four there is not much."""
    api.patch("tenant/", {"two_person_review": False})
    address = {"name": "Acme", "address_line_1": "1 Road", "city": "Reno", "state_or_region": "NV",
               "postal_code": "89501", "country_code": "US"}  # fmt: skip
    api.post("warehouses/", {"code": "MAIN", "name": "Main", "address": address})
    for place, product in enumerate(world.get("products")["products"]):
        identifiers = [
            {"kind": "ASIN", "value": product["asin"], "marketplace": "US"},
            {"kind": "VENDOR_SKU", "value": product["vendor_sku"], "marketplace": "US"},
        ]
        facts = {"title": product["title"], "case_pack": product["case_pack"], "identifiers": identifiers}
        api.post("items/", {"sku": f"OWN-{place}", **facts})
        count = {"sku": f"OWN-{place}", "warehouse": "MAIN", "on_hand": scarce if place % 4 == 0 else 1_000_000}
        api.post("stock-counts/", {**count, "as_of": clock.now().isoformat()})


def answer(api: Api, order: dict[str, Any]) -> None:
    """As an operator would: the proposal where it is whole, and a rejection of what cannot be had."""
    proposal = api.get(f"purchase-orders/{order['id']}/proposal/")
    lines = [
        {
            "sequence": line["sequence"],
            "accepted": line["accepted"],
            "backordered": line["backordered"],
            "rejected": line["ordered"] - line["accepted"] - line["backordered"],
            "rejection_reason": line["rejection_reason"] or "TEMPORARILY_UNAVAILABLE",
            **{name: line[name] for name in ("scheduled_ship_at", "scheduled_delivery_at", "backorder_ship_at",
                                             "backorder_delivery_at") if line[name]},
        }
        for line in proposal["lines"]
    ]  # fmt: skip
    api.post("acknowledgements/", {"purchase_order": order["id"], "lines": lines}, expect=202)


def unproved(api: Api, tenant: Tenant) -> list[dict[str, Any]]:
    """Orders whose answer Amazon took, and never followed: Today asks a person to look, who says it again."""
    with tenant_scope(tenant.pk):
        asked = WorkItem.objects.filter(kind=ANSWER_UNPROVED, closed_at=None).values_list("subject_id", flat=True)
        return [api.get(f"purchase-orders/{public_id}/") for public_id in asked]


def kill_a_worker_after_its_post(monkeypatch: pytest.MonkeyPatch) -> None:
    """One document leaves, and the worker dies before it can say so."""
    job = Job.objects.filter(name=SEND_TASK, state=JobState.QUEUED).order_by("id").first()
    if job is None:
        return
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_record_sent", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        end_of(in_a_process_of_its_own(lambda: execute(job.pk)))
    # its lease is over, without a test that waits for it
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(lease_until=clock.now())


def run_waiting_jobs() -> None:
    """Everything that waits has its turn, once."""
    sweep()
    Job.objects.filter(state=JobState.QUEUED, repeat_seconds=None).update(due_at=clock.now())
    run_due_jobs(limit=3000)


def pull(api: Api, connection: str) -> None:
    run = api.post(f"vendor-connections/{connection}/sync/", expect=202)
    for _ in range(40):
        run_waiting_jobs()
        state = api.get(f"sync-runs/{run['id']}/")["state"]
        if state not in ("QUEUED", "RUNNING"):
            assert state == "SUCCEEDED"
            return
    raise AssertionError(f"the sync is still {state}")


def let_the_outbox_work(tenant: Tenant) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        run_waiting_jobs()
        with tenant_scope(tenant.pk):
            if not Submission.objects.filter(state__in=ON_THE_WAY).exists():
                return
        time.sleep(0.2)
    with tenant_scope(tenant.pk):
        raise AssertionError(Counter(Submission.objects.values_list("state", "code")))


def amazons(world: World) -> dict[str, list[tuple[Any, ...]]]:
    return {
        order["number"]: [
            (item["sequence"], item["ordered_eaches"], item["cancelled_eaches"], item["accepted_eaches"],
             item["rejected_eaches"], item["received_eaches"], Decimal(item["cost"]))
            for item in order["items"]
        ]
        for order in world.get("state")["orders"]
    }  # fmt: skip


def ours(api: Api) -> dict[str, list[tuple[Any, ...]]]:
    """Amazon reads back-ordered quantity back as accepted."""
    found = {}
    for order in api.every("purchase-orders/", page_size=100):
        lines = api.get(f"purchase-orders/{order['id']}/")["lines"]
        found[order["number"]] = [
            (line["sequence"], line["ordered_eaches"], line["cancelled_eaches"],
             line["accepted_eaches"] + line["backordered_eaches"], line["rejected_eaches"], line["received_eaches"],
             Decimal(line["net_cost"]["amount"]))
            for line in lines
        ]  # fmt: skip
    return found


def differences(found: dict[str, Any], theirs: dict[str, Any]) -> list[Any]:
    """Order, our line, Amazon's line."""
    return [
        (number, mine, line)
        for number, lines in theirs.items()
        for mine, line in itertools.zip_longest(found.get(number, []), lines)
        if mine != line
    ]


def check_stock() -> None:
    """Each balance is the sum of its ledger and of what is held; what is held is what open lines were promised."""
    for balance in StockBalance.objects.all():
        entries = StockEntry.objects.filter(balance=balance).aggregate(Sum("on_hand_change"), Sum("committed_change"))
        held = Commitment.objects.filter(balance=balance, state=CommitmentState.HELD).aggregate(Sum("quantity"))
        assert entries == {"on_hand_change__sum": balance.on_hand or 0, "committed_change__sum": balance.committed or 0}
        assert (held["quantity__sum"] or 0) == balance.committed
        assert balance.committed <= balance.on_hand
    held_by = dict(
        Commitment.objects.filter(state=CommitmentState.HELD).values_list("reference_id").annotate(Sum("quantity"))
    )
    for order in PurchaseOrder.objects.filter(state__in=ENDED):
        assert order.public_id not in held_by, (order.number, order.state)


def check_posts(world: World) -> None:
    """What left twice left so because reading back had not found it, and the submission says so."""
    posts = Counter(json.dumps(post["request"]) for post in world.get("transactions", limit=5000)["transactions"])
    resent = SubmissionEvent.objects.filter(code="vendors.submission_resent").count()
    assert sum(posts.values()) - len(posts) <= resent
    assert len(posts) <= Submission.objects.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_an_answered_month_ends_with_both_sides_alike(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    api = make_company("acme")
    tenant = Tenant.objects.get()
    stock_up(api, world)
    connection = connect(api, world)
    pull(api, connection)
    answered: Counter[str] = Counter()
    for step in range(16):
        waiting = {order["id"]: order for order in api.every("purchase-orders/", state="NEW", page_size=100)}
        waiting |= {order["id"]: order for order in unproved(api, tenant)}
        for order in waiting.values():
            answer(api, order)
            answered[order["number"]] += 1
        kill_a_worker_after_its_post(monkeypatch)
        if step < 14:
            world.add_fault(next(SEND_FAULTS), operation="submitAcknowledgement")
            world.add_fault(next(READ_FAULTS), operation="getPurchaseOrders")
        let_the_outbox_work(tenant)
        world.post("clock", advance_seconds=2 * DAY if step < 14 else 7200)
        world.post("expire-tokens")
        pull(api, connection)
        let_the_outbox_work(tenant)

    world.post("clock", rate=0)
    world.delete("faults")
    pull(api, connection)
    theirs, found = amazons(world), ours(api)
    assert differences(found, theirs) == []
    assert found.keys() == theirs.keys()
    assert (len(theirs) > 200, len(answered) > 150) == (True, True)
    with tenant_scope(tenant.pk):
        check_stock()
        check_posts(world)
        states = Counter(Submission.objects.values_list("state", flat=True))
        assert states["VERIFIED"] > 100
        assert states.keys() <= {"VERIFIED", "PRESUMED_ACCEPTED", "SUPERSEDED", "REJECTED"}
