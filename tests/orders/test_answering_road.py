"""An answer on its road: API, outbox, simulator, and Amazon's own word that it is there."""

from typing import Any

import pytest

from acorn.core import clock
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from catalog.models import Commitment
from catalog.types import CommitmentState
from orders.models import Acknowledgement, PurchaseOrder, PurchaseOrderLine
from tests.factories.accounts import ApiClient, api_client
from tests.factories.catalog import make_item
from tests.factories.orders import give_items
from tests.factories.stock import count
from tests.factories.vendors import ACTOR, make_connection
from tests.support.jobs import run_due_jobs, run_jobs_until
from tests.support.simulator import World
from vendors.models import Connection, Submission
from vendors.services import start_sync

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/acknowledgements/"


@pytest.fixture
def api(tenant: Tenant) -> ApiClient:
    return api_client(tenant)


def sync(world: World, *numbers: str) -> list[PurchaseOrder]:
    """Bring the world's orders here."""
    connection = Connection.objects.first() or make_connection(world)
    start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now())
    run_due_jobs(hurry=True)
    orders = [PurchaseOrder.objects.get(number=number) for number in numbers]
    for order in orders:
        give_items(order, 100_000)
    return orders


def lines_of(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    return list(PurchaseOrderLine.objects.filter(order=order).order_by("position"))


def test_an_answer_is_sent_taken_and_proved(api: ApiClient, world: World) -> None:
    (number,) = world.make_orders(1, lines=3)
    (order,) = sync(world, number)
    first, second, third = lines_of(order)

    answer = api.post(
        URL,
        {
            "purchase_order": order.public_id,
            "lines": [
                {"sequence": first.sequence, "accepted": first.ordered_eaches},
                {
                    "sequence": second.sequence,
                    "rejected": second.ordered_eaches,
                    "rejection_reason": "OBSOLETE_PRODUCT",
                },
                {"sequence": third.sequence, "accepted": third.ordered_eaches},
            ],
        },
        content_type="application/json",
    )

    assert answer.status_code == 202, answer.content
    body: dict[str, Any] = answer.json()
    assert body["submission"]["state"] == "READY"
    order.refresh_from_db()
    assert order.state == "ACKNOWLEDGED"
    assert Submission.objects.get().public_id == body["submission"]["id"]
    assert not WorkItem.objects.filter(kind="orders.acknowledge", subject_id=order.public_id, closed_at=None).exists()
    assert sorted(Commitment.objects.filter(state=CommitmentState.HELD).values_list("quantity", flat=True)) == sorted(
        [first.ordered_eaches, third.ordered_eaches]
    )

    run_jobs_until(lambda: Submission.objects.get().state == "VERIFIED")

    submission = Submission.objects.get()
    assert (submission.state, submission.verified_by) == ("VERIFIED", "purchase-order-status")
    assert world.order(number)["state"] == "Acknowledged"
    theirs = {line["sequence"]: line for line in world.order(number)["items"]}
    for line in lines_of(order):
        assert theirs[line.sequence]["accepted_eaches"] == line.accepted_eaches + line.backordered_eaches
        assert theirs[line.sequence]["rejected_eaches"] == line.rejected_eaches
    shown = api.get(f"{URL}{body['id']}/").json()
    assert shown["submission"]["state"] == "VERIFIED"
    assert [line["accepted"] for line in shown["lines"]] == [first.ordered_eaches, 0, third.ordered_eaches]


def test_a_blocked_answer_changes_nothing(api: ApiClient, world: World) -> None:
    (number,) = world.make_orders(1, lines=1)
    (order,) = sync(world, number)
    (line,) = lines_of(order)
    wrong = {"sequence": line.sequence, "accepted": line.ordered_eaches + line.unit_size}

    answer = api.post(URL, {"purchase_order": order.public_id, "lines": [wrong]}, content_type="application/json")

    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "DOCUMENT_BLOCKED"
    assert [finding["rule"] for finding in body["findings"] if finding["severity"] == "BLOCK"] == ["WRONG_SUM"]
    assert (Acknowledgement.objects.count(), Submission.objects.count(), Commitment.objects.count()) == (0, 0, 0)
    order.refresh_from_db()
    assert order.state == "NEW"


def test_a_line_mapped_a_moment_ago_can_be_proposed_and_answered(api: ApiClient, world: World) -> None:
    (number,) = world.make_orders(1, lines=2)
    connection = make_connection(world)
    start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now())
    run_due_jobs(hurry=True)
    order = PurchaseOrder.objects.get(number=number)
    assert {line.item_problem for line in lines_of(order)} == {"UNKNOWN"}
    for line in lines_of(order):
        item = make_item(f"SKU-{line.sequence}", ("ASIN", line.asin), case_pack=line.unit_size)
        count(item, 100_000)

    proposal = api.get(f"/api/v1/purchase-orders/{order.public_id}/proposal/").json()
    answer = api.post(URL, {"purchase_order": order.public_id, "use_proposal": True}, content_type="application/json")

    assert [line["problem"] for line in proposal["lines"]] == [None, None]
    assert answer.status_code == 202, answer.content
    assert [(line.item_problem, line.item.sku) for line in lines_of(order)] == [("", "SKU-1"), ("", "SKU-2")]
