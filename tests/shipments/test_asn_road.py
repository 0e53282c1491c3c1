"""An ASN on its road: API, outbox, a real simulator, and what became of it there, whatever goes wrong on the way."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from acorn.core import clock
from acorn.jobs.models import Job
from acorn.jobs.run import execute, sweep
from acorn.tenancy.models import Tenant
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.services import acknowledge
from orders.types import AnswerOrigin, LineAnswer
from shipments.models import Asn, Shipment, ShippedLine
from tests.factories.accounts import ApiClient, api_client
from tests.factories.catalog import make_warehouse
from tests.factories.orders import give_items
from tests.factories.shipments import set_prefix
from tests.factories.vendors import ACTOR, make_connection
from tests.support.jobs import run_due_jobs, run_jobs_until
from tests.support.processes import end_of, in_a_process_of_its_own
from tests.support.simulator import RunningSimulator, World, running_simulator
from vendors.models import Connection, Submission
from vendors.services import sending, start_sync
from vendors.services.moves import SEND_TASK
from vendors.spapi import rates

pytestmark = pytest.mark.django_db(transaction=True)
ASN = "SubmitShipmentConfirmations"


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator() as running:
        yield running


@pytest.fixture
def world(
    simulator: RunningSimulator, settings: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> World:
    """A still world without pickups of its own, and a quota that no test has to wait for."""
    settings.SPAPI_SIMULATOR_ENDPOINT = simulator.url
    settings.LWA_TOKEN_URL_SIMULATOR = simulator.token_url
    for operation in (ASN, "submitAcknowledgement", "getTransaction"):
        monkeypatch.setitem(rates.PUBLISHED, operation, rates.Plan(1000, 1000))
    name = request.node.name.lower().replace("_", "-").translate(str.maketrans("[]", "--"))
    return simulator.create_world(f"asn-{name}"[:60], settings={"orders": 0})


@pytest.fixture
def api(tenant: Tenant) -> ApiClient:
    return api_client(tenant)


def post(api: ApiClient, path: str, body: dict[str, Any], status: int) -> dict[str, Any]:
    answer = api.post(f"/api/v1/{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def packed(api: ApiClient, world: World, freight: str = "prepaid") -> tuple[str, PurchaseOrder]:
    """A shipment, by its id, of an order that Amazon has our answer to."""
    connection = Connection.objects.first() or make_connection(world)
    (number,) = world.post("orders", count=1, lines=2, freight=freight)["numbers"]
    start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now())
    run_due_jobs(hurry=True)
    order = PurchaseOrder.objects.get(number=number)
    give_items(order, 100_000)
    said = [LineAnswer(line.sequence, line.ordered_eaches) for line in PurchaseOrderLine.objects.filter(order=order)]
    acknowledge(
        order_public_id=order.public_id, answers=said, origin=AnswerOrigin.PERSON, actor=ACTOR, now=clock.now(),
        confirmed=frozenset({"DATE_AFTER_WINDOW"}),
    )  # fmt: skip
    run_jobs_until(
        lambda: Submission.objects.get(kind="orders.acknowledgement", subject_id=order.public_id).state == "VERIFIED"
    )
    set_prefix()
    body = {"purchase_orders": [order.public_id], "warehouse": make_warehouse().public_id, "plan": "AUTO",
            "freight_terms": freight.upper()}  # fmt: skip
    (shipment,) = post(api, "shipments/", body, 201)["shipments"]
    return shipment["id"], order


def departure(**fields: Any) -> dict[str, Any]:
    now = clock.now()
    return {
        "departed_at": now.isoformat(), "estimated_delivery_at": (now + timedelta(days=2)).isoformat(), "mode": "LTL",
        "transportation_mode": "ROAD", "carrier_scac": "UPGF", "pro_number": "PRO-1", "bol_number": "ACMUS00000001",
    } | fields  # fmt: skip


def send(api: ApiClient, world: World) -> tuple[Asn, PurchaseOrder]:
    """A departed shipment whose ASN has not left yet."""
    shipment, order = packed(api, world)
    said = post(api, f"shipments/{shipment}/depart/", departure(), 202)["asn"]
    assert (said["state"], said["submission"]["state"]) == ("HANDED_OVER", "READY")
    return Asn.objects.get(public_id=said["id"]), order


def state_of(asn: Asn) -> str:
    latest = Submission.objects.filter(kind="shipments.asn", subject_id=asn.public_id).order_by("-pk").first()
    assert latest is not None
    return latest.state


def run_until(is_so: Callable[[], bool]) -> None:
    """Run what waits, and have Amazon asked about documents at once, until something is so."""

    def is_done() -> bool:
        Submission.objects.exclude(next_poll_at=None).update(next_poll_at=clock.now())
        return is_so()

    run_jobs_until(is_done)


def let_time_pass(asn: Asn, *states: str) -> None:
    """Half a minute at a time, with the sweep of each minute, until the ASN's newest document is where it should be."""
    seconds = 0
    while state_of(asn) not in states:
        seconds += 30
        assert seconds < 7200, f"still {state_of(asn)}"
        with time_machine.travel(clock.now() + timedelta(seconds=seconds)):
            sweep()
            run_due_jobs()


def taken(world: World, asn: Asn) -> dict[str, Any]:
    (found,) = world.shipments(identifier=asn.identifier)
    return found


def test_an_asn_is_taken_proved_and_its_goods_are_received(api: ApiClient, world: World) -> None:
    asn, order = send(api, world)

    run_until(lambda: state_of(asn) == "VERIFIED")

    theirs = taken(world, asn)
    lines = {line.sequence: line.shipped_eaches for line in PurchaseOrderLine.objects.filter(order=order)}
    assert {line["line"]: line["eaches"] for line in theirs["lines"]} == lines
    assert theirs["defects"] == []
    codes = {box["sscc"] for box in asn.content["boxes"]}
    assert {code for carton in theirs["cartons"] for code in carton["codes"]} == {f"00{code}" for code in codes}
    asn.refresh_from_db()
    assert asn.submission is not None
    assert (asn.late_code, asn.submission.verified_by) == ("", "transaction")
    shown = api.get(f"/api/v1/asns/{asn.public_id}/").json()
    assert (shown["submission"]["state"], {box["sscc"] for box in shown["cartons"]}) == ("VERIFIED", codes)

    world.post(f"asns/{theirs['id']}/arrive")
    world.post(f"asns/{theirs['id']}/receive")
    start_sync(connection_id=Connection.objects.get().pk, actor=ACTOR, now=clock.now())
    run_due_jobs(hurry=True)

    assert {row.line.sequence: row.received_eaches for row in ShippedLine.objects.select_related("line")} == lines
    assert Shipment.objects.get().state == "RECEIVED"
    events = Shipment.objects.get().events.filter(code="shipments.received")
    assert all(event.exchange_id for event in events)


def test_what_amazon_refuses_is_corrected_and_told_anew(api: ApiClient, world: World) -> None:
    asn, order = send(api, world)
    # the order was reduced while the truck was on the road
    world.change(order.number, "cancel_item", line="1")

    run_until(lambda: state_of(asn) == "REJECTED")
    run_due_jobs()

    asn.refresh_from_db()
    assert asn.state == "BLOCKED"
    assert world.shipments(identifier=asn.identifier) == []
    cartons = [
        {"sscc": box["sscc"], "contents": []}
        for box in asn.content["boxes"]
        if any(goods["sequence"] == "1" for goods in box["goods"])
    ]
    body = {"cartons": cartons, "reason": "the cancelled goods stayed here"}
    assert post(api, f"asns/{asn.public_id}/replace/", body, 202)["type"] == "ORIGINAL"
    run_until(lambda: state_of(asn) == "VERIFIED")
    assert [line["line"] for line in taken(world, asn)["lines"]] == ["2"]


@pytest.mark.parametrize("fault", ["reset_after", "reset_before"])
def test_a_cut_connection_ends_in_one_asn(api: ApiClient, world: World, fault: str) -> None:
    asn, _ = send(api, world)
    world.add_fault(fault, operation=ASN, times=1)

    let_time_pass(asn, "VERIFIED")

    theirs = taken(world, asn)
    documents = Submission.objects.filter(kind="shipments.asn").order_by("pk")
    if fault == "reset_after":
        # Amazon had it: the replacement took its place
        assert theirs["versions"] == 2
        assert [row.state for row in documents] == ["SUPERSEDED", "VERIFIED"]
        assert list(Asn.objects.order_by("pk").values_list("type", "state")) == [
            ("ORIGINAL", "REPLACED"), ("REPLACE", "HANDED_OVER"),
        ]  # fmt: skip
    else:
        assert theirs["versions"] == 1
        assert Asn.objects.get(pk=asn.pk).state == "HANDED_OVER"
    assert len(world.shipments()) == 1


def test_a_throttled_asn_leaves_later_once(api: ApiClient, world: World) -> None:
    asn, _ = send(api, world)
    world.add_fault("throttled", operation=ASN, times=3)

    run_until(lambda: state_of(asn) == "VERIFIED")

    assert (taken(world, asn)["versions"], len(world.shipments())) == (1, 1)
    assert Submission.objects.get(kind="shipments.asn").attempts == 1


def kill_me(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_killed_after_amazon_took_it_ends_in_one_asn(
    api: ApiClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asn, _ = send(api, world)
    job = Job.objects.get(name=SEND_TASK, state="QUEUED", dedupe_key=f"submission:{asn.submission_id}")
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_record_sent", kill_me)
        assert end_of(in_a_process_of_its_own(lambda: execute(job.pk))) == -signal.SIGKILL

    let_time_pass(asn, "VERIFIED")

    assert (taken(world, asn)["versions"], len(world.shipments())) == (2, 1)


def test_what_is_wrong_holds_the_departure_and_says_what_to_do(api: ApiClient, world: World) -> None:
    shipment, order = packed(api, world)
    world.change(order.number, "centre")
    start_sync(connection_id=Connection.objects.get().pk, actor=ACTOR, now=clock.now())
    run_due_jobs(hurry=True)

    refusal = post(api, f"shipments/{shipment}/depart/", departure(bol_number=""), 422)

    assert refusal["code"] == "DOCUMENT_BLOCKED"
    held = {finding["rule"] for finding in refusal["findings"] if finding["severity"] != "WARN"}
    assert held == {"BOL_MISSING", "OTHER_CENTRE", "ORDER_CHANGE_UNSETTLED"}
    assert all(finding["message"] and finding["fix"] and finding["source"] for finding in refusal["findings"])
    checked = post(api, f"shipments/{shipment}/check/", {}, 200)
    assert {"OTHER_CENTRE", "ORDER_CHANGE_UNSETTLED"} <= {finding["rule"] for finding in checked["findings"]}
    assert not Asn.objects.exists()


def test_a_cut_collect_notice_is_found_in_amazons_records(api: ApiClient, world: World) -> None:
    shipment, _ = packed(api, world, "collect")
    post(api, f"shipments/{shipment}/pickup-request/", {}, 202)
    run_until(lambda: Submission.objects.get(kind="shipments.pickup_request").state == "VERIFIED")
    number = Shipment.objects.get(public_id=shipment).number
    (pickup,) = world.pickups(identifier=number)
    world.post(f"pickups/{pickup['id']}/assign")
    (pickup,) = world.pickups(identifier=number)
    body = departure(amazon_reference_number=pickup["arn"])
    said = post(api, f"shipments/{shipment}/depart/", body, 202)["asn"]
    asn = Asn.objects.get(public_id=said["id"])
    world.add_fault("reset_after", operation=ASN, times=1)

    let_time_pass(asn, "SENT", "PRESUMED_ACCEPTED", "VERIFIED")

    assert (taken(world, asn)["versions"], Asn.objects.count()) == (1, 1)
    codes = set(Submission.objects.get(kind="shipments.asn").events.values_list("code", flat=True))
    assert "vendors.submission_found" in codes
