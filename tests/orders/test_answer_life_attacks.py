"""Answers that are taken back, said twice, or said to orders that are over: stock and lines follow, through the API."""

from typing import Any

import pytest

from acorn.tenancy.models import Tenant
from catalog.models import Commitment
from catalog.types import CommitmentState
from orders import services
from orders.models import PurchaseOrder, PurchaseOrderLine
from tests.factories.accounts import ApiClient, api_client
from tests.factories.orders import (
    NOW,
    cases,
    give_items,
    item,
    make_connection,
    make_order,
    order,
    pull,
    pull_status,
    status,
    status_item,
)
from tests.factories.stock import assert_books_are_right
from tests.support.jobs import run_due_jobs
from vendors.models import Connection, Submission

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/acknowledgements/"


@pytest.fixture
def api(tenant: Tenant) -> ApiClient:
    return api_client(tenant)


@pytest.fixture
def stored(tenant: Tenant) -> PurchaseOrder:
    made = make_order(make_connection(), items=[item("1", 10), item("2", orderedQuantity=cases(2, 6))])
    give_items(made)
    return made


def answer(api: ApiClient, stored: PurchaseOrder, *lines: dict[str, Any], **more: Any) -> Any:
    said = lines or ({"sequence": "1", "accepted": 10}, {"sequence": "2", "accepted": 12})
    return api.post_json(URL, {"purchase_order": stored.public_id, "lines": list(said)} | more)


def held() -> int:
    return sum(Commitment.objects.filter(state=CommitmentState.HELD).values_list("quantity", flat=True))


def numbers() -> list[tuple[int, int, int]]:
    rows = PurchaseOrderLine.objects.order_by("sequence")
    return [(row.accepted_eaches, row.backordered_eaches, row.rejected_eaches) for row in rows]


def rules_of(found: Any) -> list[str]:
    return [finding["rule"] for finding in found.json()["findings"]]


def test_a_cancelled_answer_was_never_given(api: ApiClient, stored: PurchaseOrder) -> None:
    submission = answer(api, stored).json()["submission"]["id"]
    held_back = api.post_json(f"/api/v1/submissions/{submission}/hold/")
    assert (held_back.status_code, held_back.json()["state"], held()) == (200, "HELD", 22)

    cancelled = api.post_json(f"/api/v1/submissions/{submission}/cancel/")
    again = api.post_json(f"/api/v1/submissions/{submission}/cancel/")
    run_due_jobs()

    assert (cancelled.status_code, cancelled.json()["state"], again.status_code) == (200, "CANCELLED", 200)
    assert (held(), numbers()) == (0, [(0, 0, 0), (0, 0, 0)])
    stored.refresh_from_db()
    assert stored.state == "NEW"
    for action in ("retry", "hold", "release"):
        assert api.post_json(f"/api/v1/submissions/{submission}/{action}/").status_code == 409
    assert answer(api, stored).status_code == 202
    assert held() == 22
    assert_books_are_right()


def test_cancelled_after_a_second_answer_the_first_counts_no_more(api: ApiClient, stored: PurchaseOrder) -> None:
    first = answer(api, stored).json()["submission"]["id"]
    second = answer(api, stored, {"sequence": "1", "accepted": 4, "rejected": 6, "rejection_reason": "OBSOLETE_PRODUCT"},
                    {"sequence": "2", "accepted": 12}).json()["submission"]["id"]  # fmt: skip
    assert api.get(f"/api/v1/submissions/{first}/").json()["state"] == "SUPERSEDED"
    assert held() == 16

    api.post_json(f"/api/v1/submissions/{second}/cancel/")
    run_due_jobs()

    assert (held(), numbers()) == (0, [(0, 0, 0), (0, 0, 0)])
    assert_books_are_right()


def test_refused_and_sent_again(api: ApiClient, stored: PurchaseOrder) -> None:
    submission = answer(api, stored).json()["submission"]["id"]
    row = Submission.objects.get()
    Submission.objects.filter(pk=row.pk).update(state="REJECTED")
    services.follow_submission(submission_id=row.pk, now=NOW)
    assert held() == 0

    again = api.post_json(f"/api/v1/submissions/{submission}/retry/")
    services.follow_submission(submission_id=row.pk, now=NOW)

    assert (again.status_code, again.json()["state"], held()) == (200, "READY", 22)
    assert_books_are_right()


@pytest.mark.parametrize("end", ["closed", "cancelled", "archived"])
def test_orders_that_are_over_are_not_answered(api: ApiClient, stored: PurchaseOrder, end: str) -> None:
    connection = Connection.objects.get()
    if end == "closed":
        done = api.post_json(f"/api/v1/purchase-orders/{stored.public_id}/close-short/", {"reason": "Burned."})
        assert done.status_code == 200
    elif end == "cancelled":
        zero = {"amount": 0, "unitOfMeasure": "Eaches", "unitSize": 1}
        pull(connection, order(items=[item("1", orderedQuantity=zero), item("2", orderedQuantity=zero)],
                               purchaseOrderChangedDate="2026-11-20T11:00:00Z"))  # fmt: skip
    else:
        api.delete(f"/api/v1/vendor-connections/{connection.public_id}/")

    refused = answer(api, stored)
    by_proposal = api.post_json(URL, {"purchase_order": stored.public_id, "use_proposal": True})

    assert refused.status_code in (409, 422), refused.content
    assert by_proposal.status_code in (409, 422), by_proposal.content
    assert (held(), Submission.objects.count()) == (0, 0)


def test_the_proposal_of_an_unmapped_order_answers_nothing(api: ApiClient) -> None:
    bare = make_order(make_connection())

    proposal = api.get(f"/api/v1/purchase-orders/{bare.public_id}/proposal/")
    by_proposal = api.post_json(URL, {"purchase_order": bare.public_id, "use_proposal": True})

    assert proposal.json()["lines"][0]["problem"]
    assert by_proposal.status_code == 422
    assert by_proposal.json()["findings"]


def test_what_was_accepted_may_be_rejected_and_not_the_other_way(api: ApiClient, stored: PurchaseOrder) -> None:
    no = {"rejection_reason": "TEMPORARILY_UNAVAILABLE"}
    answer(api, stored, {"sequence": "1", "accepted": 10}, {"sequence": "2", "rejected": 12} | no)
    Submission.objects.update(state="PRESUMED_ACCEPTED", sent_at=NOW)

    turned = answer(api, stored, {"sequence": "1", "accepted": 10}, {"sequence": "2", "accepted": 12})
    fewer = answer(api, stored, {"sequence": "1", "rejected": 10} | no, {"sequence": "2", "rejected": 12} | no)

    assert (turned.status_code, rules_of(turned)) == (422, ["REJECTED_IS_FINAL", "LATE_CHANGE"])
    assert (fewer.status_code, held()) == (202, 0)
    assert_books_are_right()


def test_amazon_takes_back_a_line_adds_one_and_wants_less(api: ApiClient, stored: PurchaseOrder) -> None:
    answer(api, stored)
    Submission.objects.update(state="VERIFIED", sent_at=NOW)
    connection = Connection.objects.get()

    pull(connection, order(state="Acknowledged", items=[item("1", 6), item("3", 5)],
                           purchaseOrderChangedDate="2026-11-20T13:00:00Z"))  # fmt: skip
    run_due_jobs()

    assert held() == 6
    stored.refresh_from_db()
    assert (stored.state, stored.has_unseen_change) == ("NEW", True)
    give_items(stored)
    missing = answer(api, stored, {"sequence": "1", "accepted": 6})
    of_withdrawn = answer(api, stored, {"sequence": "1", "accepted": 6}, {"sequence": "2", "accepted": 12},
                          {"sequence": "3", "accepted": 5})  # fmt: skip
    right = answer(api, stored, {"sequence": "1", "accepted": 6}, {"sequence": "3", "accepted": 5})
    assert rules_of(missing) == ["LINE_MISSING"]
    assert "LINE_WITHDRAWN" in rules_of(of_withdrawn)
    assert (right.status_code, held()) == (202, 11)
    pull_status(connection, status("PO000001", status_item("1", 6, accepted=6), status_item("3", 5, accepted=5)))
    assert_books_are_right()


def test_a_submission_tells_the_same_on_its_page(api: ApiClient, stored: PurchaseOrder) -> None:
    made = answer(api, stored).json()["submission"]

    shown = api.get(f"/api/v1/submissions/{made['id']}/").json()

    assert {"id", "kind", "state", "transaction_id", "findings", "exchanges"} <= set(shown)
    assert (shown["id"], shown["state"], shown["exchanges"]) == (made["id"], "READY", [])
    assert answer(api, stored).json()["submission"]["id"] == made["id"]


def test_nobody_answers_the_order_of_another_company(stored: PurchaseOrder, other_tenant: Tenant) -> None:
    theirs = api_client(other_tenant)

    for body in ({"use_proposal": True}, {"lines": [{"sequence": "1", "accepted": 10}]}):
        assert theirs.post_json(URL, {"purchase_order": stored.public_id} | body).status_code == 404
    assert theirs.get(f"/api/v1/acknowledgements/?purchase_order={stored.public_id}").json()["results"] == []
    assert (Submission.objects.count(), held()) == (0, 0)
