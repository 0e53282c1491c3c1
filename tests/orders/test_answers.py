"""Answers through their life: given, refused, proved, contradicted, given elsewhere, and overtaken by Amazon's changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from acorn.audit.models import AuditEvent
from acorn.jobs.models import Job
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from catalog.models import Commitment, StockBalance, StockEntry
from catalog.services import stock
from catalog.types import CommitmentState, EntryKind
from orders import selectors, services
from orders.models import Acknowledgement, PurchaseOrder, PurchaseOrderLine
from orders.services.stock import subject_of
from orders.types import AnswerOrigin, LineAnswer, QuantitySource, ReportedQuantities
from tests.factories.orders import (
    ACTOR,
    NOW,
    cases,
    eaches,
    give_items,
    item,
    make_answer,
    make_connection,
    make_order,
    order,
    pull,
    pull_status,
    status,
    status_item,
)
from tests.factories.stock import assert_books_are_right
from vendors.errors import DocumentBlocked
from vendors.models import Connection, Submission
from vendors.types import SubmissionState

MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(days=20)
S = SubmissionState


@pytest.fixture(autouse=True)
def _half_an_hour(settings: Any) -> None:
    """Amazon's time to let an answer take effect, in the simulator, too."""
    settings.SUBMISSION_SIMULATOR_READBACK_SECONDS = settings.SUBMISSION_READBACK_SECONDS = 1800


def held() -> dict[str, int]:
    """What orders hold of the stock: line and warehouse, without the order's id."""
    rows = Commitment.objects.filter(state=CommitmentState.HELD).values_list("key", "quantity")
    return {name.split(":", 1)[1].split(":")[0] + (":later" if name.endswith(":later") else ""): n for name, n in rows}


def line(sequence: str = "1") -> PurchaseOrderLine:
    return PurchaseOrderLine.objects.get(sequence=sequence)


def numbers(sequence: str = "1") -> tuple[int, int, int]:
    found = line(sequence)
    return found.accepted_eaches, found.backordered_eaches, found.rejected_eaches


def state() -> str:
    return PurchaseOrder.objects.get().state


def open_work() -> set[str]:
    return set(WorkItem.objects.filter(closed_at=None).values_list("kind", flat=True))


def set_state(answer: Acknowledgement, state: SubmissionState, **fields: Any) -> None:
    """As the outbox leaves a document behind, and tells us of it."""
    sent = {"sent_at": NOW + MINUTE} if state in (S.SENT, S.PROCESSING, S.PRESUMED_ACCEPTED, S.VERIFIED) else {}
    Submission.objects.filter(pk=answer.submission_id).update(state=state, **sent | fields)
    services.follow_submission(submission_id=answer.submission_id or 0, now=NOW)


def later(sequence: str, accepted: int, backordered: int = 0, rejected: int = 0, **fields: Any) -> LineAnswer:
    values: dict[str, Any] = {"backorder_ship_at": LATER} if backordered else {}
    if rejected:
        values["rejection_reason"] = "TEMPORARILY_UNAVAILABLE"
    return LineAnswer(sequence, accepted, backordered, rejected, **values | fields)


def settle(at: Any = NOW) -> None:
    for order_id in PurchaseOrder.objects.values_list("pk", flat=True):
        services.settle_stock(order_id=order_id, now=at)


# --- giving one -------------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_promised_and_handed_over(tenant: Tenant) -> None:
    stored = make_order(make_connection(), items=[item("1", 10), item("2", orderedQuantity=cases(2, 6))])

    answer = make_answer(stored, later("1", 6, 2, 2), later("2", 12))

    assert (state(), numbers("1"), numbers("2")) == ("ACKNOWLEDGED", (6, 2, 2), (12, 0, 0))
    assert held() == {"1": 6, "1:later": 2, "2": 12}
    submission = Submission.objects.get()
    assert (answer.submission, submission.subject_id, submission.state) == (submission, stored.public_id, "READY")
    first, second = selectors.list_answer_lines(answer)
    assert (first.scheduled_ship_at, first.scheduled_delivery_at) == (
        stored.ship_window_end,
        stored.delivery_window_end,
    )
    assert (first.backorder_ship_at, first.net_cost, second.net_cost) == (LATER, 2.5, 2.5)
    assert open_work() == set()
    event = AuditEvent.objects.get(code="orders.acknowledged")
    assert event.params | {"acknowledgement": ""} == {
        "number": "PO000001", "accepted": 18, "backordered": 2, "rejected": 2, "acknowledgement": "", "confirmed": [],
    }  # fmt: skip
    assert_books_are_right()


def test_the_same_answer_twice_is_one(tenant: Tenant) -> None:
    stored = make_order(make_connection())

    first, again = make_answer(stored), make_answer(stored, at=NOW + MINUTE)
    other = make_answer(stored, later("1", 4, 6))

    assert first == again != other
    assert (Submission.objects.count(), held()) == (2, {"1": 4, "1:later": 6})


def test_a_blocked_answer_changes_nothing(tenant: Tenant) -> None:
    stored = make_order(make_connection())
    give_items(stored, 9)

    with pytest.raises(DocumentBlocked) as refused:
        make_answer(stored, LineAnswer("1", 10))

    assert [finding.rule for finding in refused.value.findings] == ["INSUFFICIENT_STOCK"]
    assert (Acknowledgement.objects.count(), Submission.objects.count(), held()) == (0, 0, {})
    assert (state(), numbers(), open_work()) == ("NEW", (0, 0, 0), {"orders.acknowledge"})


def test_a_confirmation_is_asked_for_once_and_kept(tenant: Tenant) -> None:
    stored = make_order(make_connection())
    said = later("1", 4, 0, 6, rejection_reason="OBSOLETE_PRODUCT")

    with pytest.raises(DocumentBlocked):
        make_answer(stored, said, confirmed=frozenset())
    make_answer(stored, said, confirmed=frozenset({"OBSOLETE_PRODUCT"}))

    assert AuditEvent.objects.get(code="orders.acknowledged").params["confirmed"] == ["OBSOLETE_PRODUCT"]


def test_checking_and_answering_cost_the_same_however_many_lines(tenant: Tenant) -> None:
    connection = make_connection()
    counts = []
    for place, size in enumerate((1, 3, 40)):
        stored = make_order(connection, f"PO00000{place}", items=[item(str(n), 10) for n in range(size)])
        give_items(stored)
        answers = [later(str(n), 4, 4, 2) for n in range(size)]
        with CaptureQueriesContext(database) as captured:
            assert services.check_answer(order_public_id=stored.public_id, answers=answers, now=NOW) == []
            make_answer(stored, *answers)
        counts.append(len(captured))

    assert counts[1] == counts[2]
    assert max(counts) < 90


# --- what becomes of it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [S.REJECTED, S.CANCELLED, S.FAILED])
def test_what_amazon_refused_was_never_said(tenant: Tenant, end: SubmissionState) -> None:
    stored = make_order(make_connection())
    answer = make_answer(stored)

    set_state(answer, end)

    assert (state(), numbers(), held()) == ("NEW", (0, 0, 0), {})
    assert "orders.acknowledge" in open_work()
    assert_books_are_right()


def test_a_refused_change_leaves_what_was_said_before(tenant: Tenant) -> None:
    stored = make_order(make_connection())
    set_state(make_answer(stored, later("1", 10)), S.VERIFIED)
    change = make_answer(stored, later("1", 4, 0, 6), at=NOW + MINUTE)
    assert (numbers(), held()) == ((4, 0, 6), {"1": 4})

    set_state(change, S.REJECTED)
    services.follow_submission(submission_id=change.submission_id or 0, now=NOW)

    assert (state(), numbers(), held()) == ("ACKNOWLEDGED", (10, 0, 0), {"1": 10})
    set_state(change, S.READY)  # somebody sends it once more: it counts again
    assert (numbers(), held()) == ((4, 0, 6), {"1": 4})


def test_amazon_is_asked_what_it_holds_once_it_refused_a_change(tenant: Tenant) -> None:
    stored = make_order(make_connection())
    first = make_answer(stored, later("1", 10))
    set_state(first, S.PRESUMED_ACCEPTED)
    change = make_answer(stored, later("1", 4, 0, 6), at=NOW + MINUTE)

    set_state(change, S.REJECTED)

    assert services.is_worth_a_look(submission_id=change.submission_id or 0)
    set_state(first, S.REJECTED)
    assert not services.is_worth_a_look(submission_id=change.submission_id or 0)


def test_two_refusals_in_a_row_leave_nothing(tenant: Tenant) -> None:
    stored = make_order(make_connection())
    first = make_answer(stored, later("1", 4, 0, 6))
    set_state(first, S.SENT)
    set_state(first, S.REJECTED)
    second = make_answer(stored, later("1", 6, 0, 4), at=NOW + MINUTE)

    set_state(second, S.REJECTED)

    assert (state(), numbers(), held()) == ("NEW", (0, 0, 0), {})


def test_amazon_merges_backorders_and_we_keep_them_apart(tenant: Tenant) -> None:
    connection = make_connection()
    answer = make_answer(make_order(connection), later("1", 6, 4))
    set_state(answer, S.PRESUMED_ACCEPTED)

    pull_status(connection, status("PO000001", status_item("1", 10, accepted=10)), at=NOW + 2 * MINUTE)

    assert (Submission.objects.get().state, numbers()) == ("VERIFIED", (6, 4, 0))
    assert (line().amazon_confirmed_eaches, line().amazon_rejected_eaches) == (10, 0)


def test_a_status_from_before_the_answer_undoes_nothing(tenant: Tenant) -> None:
    connection = make_connection()
    answer = make_answer(make_order(connection), at=NOW)
    silent = status("PO000001", status_item("1", 10))

    pull_status(connection, silent, at=NOW - MINUTE)
    set_state(answer, S.PROCESSING)
    pull_status(connection, silent, at=NOW + 5 * MINUTE)

    assert (state(), numbers(), Submission.objects.get().state) == ("ACKNOWLEDGED", (10, 0, 0), "PROCESSING")
    assert open_work() == set()


def test_every_line_must_be_there(tenant: Tenant) -> None:
    connection = make_connection()
    stored = make_order(connection, items=[item("1"), item("2")])
    set_state(make_answer(stored), S.PROCESSING)

    pull_status(connection, status("PO000001", status_item("1", 10, accepted=10)), at=NOW + 2 * MINUTE)
    assert Submission.objects.get().state == "PROCESSING"
    both = status("PO000001", status_item("1", 10, accepted=10), status_item("2", 10, accepted=10))
    pull_status(connection, both, at=NOW + 3 * MINUTE)

    assert Submission.objects.get().state == "VERIFIED"


def test_an_unknown_outcome_is_settled_by_what_amazon_shows(tenant: Tenant) -> None:
    connection = make_connection()
    set_state(make_answer(make_order(connection)), S.UNKNOWN, unknown_at=NOW + MINUTE)

    pull_status(connection, status("PO000001", status_item("1", 10, accepted=10)), at=NOW + 2 * MINUTE)

    assert Submission.objects.get().state == "VERIFIED"


def test_a_change_that_amazon_does_not_follow_becomes_a_task(tenant: Tenant) -> None:
    connection = make_connection()
    set_state(make_answer(make_order(connection)), S.VERIFIED, sent_at=NOW)
    change = make_answer(PurchaseOrder.objects.get(), later("1", 4, 0, 6), at=NOW + MINUTE)
    set_state(change, S.PRESUMED_ACCEPTED)
    still = status("PO000001", status_item("1", 10, accepted=10))

    pull_status(connection, still, at=NOW + 3 * MINUTE)
    assert (numbers(), open_work()) == ((4, 0, 6), set())
    pull_status(connection, still, at=NOW + 45 * MINUTE)

    assert (numbers(), open_work()) == ((10, 0, 0), {"orders.unproved"})
    assert held() == {"1": 4}  # nobody has taken the decision back
    # a person cancels them in Vendor Central, and Amazon shows it
    pull_status(connection, status("PO000001", status_item("1", 10, accepted=4, rejected=6)), at=NOW + 90 * MINUTE)
    services.follow_submission(submission_id=change.submission_id or 0, now=NOW)
    change.submission.refresh_from_db()  # type: ignore[union-attr]
    assert (numbers(), open_work(), change.submission.state) == ((4, 0, 6), set(), "VERIFIED")  # type: ignore[union-attr]


def test_silence_is_no_contradiction_but_a_task(tenant: Tenant) -> None:
    connection = make_connection()
    set_state(make_answer(make_order(connection)), S.PRESUMED_ACCEPTED)

    pull_status(connection, status("PO000001", status_item("1", 10)), at=NOW + 45 * MINUTE)

    assert (state(), numbers(), held()) == ("ACKNOWLEDGED", (10, 0, 0), {"1": 10})
    assert open_work() == {"orders.unproved"}


def test_nobody_looks_for_an_answer_to_an_order_that_has_ended(tenant: Tenant) -> None:
    connection = make_connection()
    set_state(make_answer(make_order(connection)), S.PRESUMED_ACCEPTED)
    pull_status(connection, status("PO000001", status_item("1", 10)), at=NOW + 45 * MINUTE)
    assert open_work() == {"orders.unproved"}

    pull(connection, order("PO000001", state="Closed"), at=NOW + 50 * MINUTE)
    pull_status(connection, status("PO000001", status_item("1", 10)), at=NOW + 55 * MINUTE)

    assert state() == "CLOSED"
    assert "orders.unproved" not in open_work()


def test_amazon_holds_what_nobody_said(tenant: Tenant) -> None:
    connection = make_connection()
    answer = make_answer(make_order(connection))
    set_state(answer, S.PRESUMED_ACCEPTED)

    theirs = status("PO000001", status_item("1", 10, accepted=3, rejected=7))
    pull_status(connection, theirs, at=NOW + 45 * MINUTE)
    pull_status(connection, theirs, at=NOW + 50 * MINUTE)

    submission = Submission.objects.get()
    assert (submission.contradiction_code, submission.contradiction) == (
        "orders.contradicted", {"ours": "1: 10+0", "theirs": "1: 3+7"},
    )  # fmt: skip
    newest, ours = selectors.list_acknowledgements()
    assert (newest.origin, ours) == (AnswerOrigin.ELSEWHERE, answer)
    assert numbers() == (3, 0, 7)
    assert {"orders.two_channels", "submission_contradiction"} <= open_work()
    settle()
    assert held() == {"1": 3}


# --- answered elsewhere -----------------------------------------------------------------------------------------------


def test_an_answer_given_elsewhere_takes_its_stock(tenant: Tenant) -> None:
    connection = make_connection()
    stored = make_order(connection, items=[item("1"), item("2")])
    give_items(stored, 6)

    theirs = [status_item("1", 10, accepted=10), status_item("2", 10, accepted=4, rejected=6)]
    pull_status(connection, status("PO000001", *theirs), at=NOW + MINUTE)
    pull_status(connection, status("PO000001", *theirs), at=NOW + 2 * MINUTE)

    answer = Acknowledgement.objects.get()
    assert (answer.origin, answer.submission_id) == (AnswerOrigin.ELSEWHERE, None)
    assert [(row.sequence, row.accepted_eaches, row.rejected_eaches) for row in selectors.list_answer_lines(answer)] == [
        ("1", 10, 0), ("2", 4, 6),
    ]  # fmt: skip
    assert state() == "ACKNOWLEDGED"
    (job,) = Job.objects.filter(name="orders.settle_stock")
    assert job.args == {"order_ids": [stored.pk]}
    settle()
    assert held() == {"1": 6, "2": 4}
    assert open_work() == {"orders.stock_short"}
    warned = services.check_answer(
        order_public_id=stored.public_id, answers=[later("1", 6, 4), later("2", 4, 0, 6)], now=NOW
    )
    assert "TWO_CHANNELS" in [finding.rule for finding in warned]


def holding(connection: Connection, accepted: int, rejected: int, minutes: int) -> None:
    """So many minutes after the answer, Amazon's status shows this of the only line."""
    theirs = status("PO000001", status_item("1", 10, accepted=accepted, rejected=rejected))
    pull_status(connection, theirs, at=NOW + minutes * MINUTE)


def test_amazon_acts_on_our_answer_after_another_one_was_taken_over(tenant: Tenant) -> None:
    connection = make_connection()
    answer = make_answer(make_order(connection), later("1", 4, 3, 3))
    set_state(answer, S.PRESUMED_ACCEPTED)
    holding(connection, 10, 0, minutes=45)
    assert (numbers(), state()) == ((7, 3, 0), "ACKNOWLEDGED")

    holding(connection, 7, 3, minutes=50)
    holding(connection, 7, 3, minutes=55)
    services.follow_submission(submission_id=answer.submission_id or 0, now=NOW)
    settle()

    submission = Submission.objects.get()
    assert (numbers(), submission.state, submission.contradiction_code) == ((4, 3, 3), "VERIFIED", "")
    assert [row.origin for row in selectors.list_acknowledgements()] == ["ELSEWHERE", "ELSEWHERE", "PERSON"]
    assert held() == {"1": 4, "1:later": 3}
    assert_books_are_right()


def test_what_amazon_shows_after_an_answer_from_elsewhere_is_the_next_one(tenant: Tenant) -> None:
    connection = make_connection()
    give_items(make_order(connection))
    holding(connection, 10, 0, minutes=1)

    holding(connection, 4, 6, minutes=2)
    assert numbers() == (4, 0, 6)
    holding(connection, 10, 0, minutes=3)  # the first one again
    holding(connection, 0, 0, minutes=4)  # and silence changes nothing
    settle()

    assert (numbers(), held()) == ((10, 0, 0), {"1": 10})
    assert len(selectors.list_acknowledgements()) == 3


def test_what_was_proved_and_is_not_held_any_more_was_answered_elsewhere(tenant: Tenant) -> None:
    connection = make_connection()
    set_state(make_answer(make_order(connection)), S.VERIFIED, sent_at=NOW)
    change = make_answer(PurchaseOrder.objects.get(), later("1", 4, 0, 6), at=NOW + MINUTE)
    set_state(change, S.PRESUMED_ACCEPTED)
    holding(connection, 4, 6, minutes=40)
    assert Submission.objects.get(pk=change.submission_id).state == "VERIFIED"

    holding(connection, 10, 0, minutes=50)  # perhaps an old word
    assert numbers() == (4, 0, 6)
    holding(connection, 10, 0, minutes=80)  # for somebody has said the first again

    assert numbers() == (10, 0, 0)
    assert next(iter(selectors.list_acknowledgements())).origin == AnswerOrigin.ELSEWHERE
    assert "orders.two_channels" in open_work()


def test_statements_of_a_page_of_proofs_grow_with_the_proofs_only(tenant: Tenant) -> None:
    connection = make_connection()
    counts = []
    for first, size in ((0, 2), (100, 20)):
        numbers_ = [f"PO{first + place:06d}" for place in range(size)]
        pull(connection, *(order(number) for number in numbers_))
        rows = [status(number, status_item(accepted=10)) for number in numbers_]
        pull_status(connection, *rows, at=NOW + MINUTE)
        with CaptureQueriesContext(database) as captured:
            pull_status(connection, *rows, at=NOW + 2 * MINUTE)
        counts.append(len(captured))

    assert len(set(counts)) == 1


# --- Amazon changes its mind ------------------------------------------------------------------------------------------


def test_a_cancelled_part_frees_its_stock_and_is_not_subtracted_twice(tenant: Tenant) -> None:
    connection = make_connection()
    stored = make_order(connection)
    set_state(make_answer(stored, later("1", 6, 0, 4)), S.VERIFIED)

    pull(connection, order(state="Acknowledged", items=[item("1", 5)]), at=NOW + MINUTE)
    settle()

    found = line()
    assert (found.ordered_eaches, found.original_eaches, found.open_eaches) == (5, 10, 5)
    assert (state(), held()) == ("ACKNOWLEDGED", {"1": 5})
    assert "orders.change" in open_work()
    theirs = status_item("1", 5, accepted=5, rejected=4)
    theirs["orderedQuantity"]["orderedQuantityDetails"] += [
        {"updatedDate": "2026-11-20T13:00:00Z", "cancelledQuantity": {"amount": 5, "unitOfMeasure": "Eaches"}}
    ]
    theirs["orderedQuantity"]["orderedQuantityDetails"][0]["orderedQuantity"]["amount"] = 10
    pull_status(connection, status("PO000001", theirs), at=NOW + 2 * MINUTE)
    found = line()
    assert (found.ordered_eaches, found.original_eaches, found.cancelled_eaches, found.open_eaches) == (5, 10, 5, 5)


def test_more_reopens_the_line_and_is_due_after_the_change(tenant: Tenant) -> None:
    connection = make_connection()
    set_state(make_answer(make_order(connection)), S.VERIFIED)

    more = order(state="Acknowledged", items=[item("1", 15)], purchaseOrderChangedDate="2026-11-22T08:00:00Z")
    pull(connection, more, at=NOW + MINUTE)

    found = PurchaseOrder.objects.get()
    assert (found.state, line().open_eaches) == ("NEW", 15)
    assert found.deadline_at is not None
    assert found.deadline_at.isoformat() == "2026-11-23T08:00:00+00:00"
    assert "orders.acknowledge" in open_work()
    make_answer(found, later("1", 15), at=NOW + 2 * MINUTE)
    assert (state(), held(), open_work()) == ("ACKNOWLEDGED", {"1": 15}, set())


@pytest.mark.parametrize(
    ("change", "state_after"),
    [({"state": "Closed"}, "CLOSED"), ({"state": "Closed", "items": [item("1", 0)]}, "CANCELLED")],
)
def test_what_amazon_ends_frees_its_stock_and_somebody_is_told(
    tenant: Tenant, change: dict[str, Any], state_after: str
) -> None:
    connection = make_connection()
    set_state(make_answer(make_order(connection)), S.VERIFIED)

    pull(connection, order(**change), at=NOW + MINUTE)
    settle()
    settle()

    assert (state(), held()) == (state_after, {})
    assert "orders.stock_freed" in open_work()
    assert_books_are_right()


def test_time_is_over(tenant: Tenant) -> None:
    connection = make_connection()
    stored = make_order(connection)
    set_state(make_answer(stored), S.VERIFIED)
    over = (stored.due_at or NOW) + timedelta(days=10)

    assert services.find_lapsed(now=over - MINUTE) == 0
    assert services.find_lapsed(now=over + MINUTE) == 1
    settle(over + MINUTE)

    assert (held(), open_work(), state()) == ({}, {"orders.lapsed"}, "ACKNOWLEDGED")
    assert services.find_lapsed(now=over + MINUTE) == 0
    # Amazon moves the window: the stock is promised again
    moved = order(state="Acknowledged", shipWindow="2026-12-24T08:00:00Z--2026-12-28T08:00:00Z",
                  deliveryWindow="2026-12-26T08:00:00Z--2026-12-30T08:00:00Z")  # fmt: skip
    pull(connection, moved, at=NOW + MINUTE)
    settle(over + MINUTE)
    assert held() == {"1": 10}


# --- goods leave ------------------------------------------------------------------------------------------------------


def arrived(connection: Connection, received: int, *, minutes: int = 60, accepted: int = 10, **fields: Any) -> None:
    """Amazon has received so many of the only line, as its status says then."""
    receiving = {"receiveStatus": "PARTIALLY_RECEIVED", "receivedQuantity": eaches(received),
                 "lastReceiveDate": "2026-11-20T12:30:00Z"}  # fmt: skip
    theirs = status_item("1", 10, accepted=accepted, receivingStatus=receiving, **fields)
    pull_status(connection, status("PO000001", theirs), at=NOW + minutes * MINUTE)


def ship(stored: PurchaseOrder, quantity: int, key: str = "sh_1") -> None:
    """A shipment of ours departs, as the shipments will tell it."""
    (warehouse,) = {name.split(":")[1] for name in stock_keys(stored)}
    stock.consume({f"1:{warehouse}": quantity}, reference=subject_of(stored), key=key, actor=ACTOR, now=NOW)
    report = ReportedQuantities(stored.pk, "1", {"packed": quantity, "shipped": quantity})
    services.record_quantities(QuantitySource.SHIPMENT, [report], actor=ACTOR, now=NOW)


def stock_keys(stored: PurchaseOrder) -> list[str]:
    rows = Commitment.objects.filter(reference_id=stored.public_id)
    return [key.removeprefix(f"{stored.public_id}:") for key in rows.values_list("key", flat=True)]


def on_hand() -> int:
    return StockBalance.objects.get().on_hand


def test_what_amazon_received_without_a_shipment_of_ours_has_left_the_house(tenant: Tenant) -> None:
    connection = make_connection()
    stored = make_order(connection)
    set_state(make_answer(stored, later("1", 7, 3)), S.VERIFIED, state_at=NOW)
    assert (held(), on_hand()) == ({"1": 7, "1:later": 3}, 1000)

    arrived(connection, 4)
    settle(NOW + 90 * MINUTE)
    assert (held(), on_hand()) == ({"1": 3, "1:later": 3}, 996)
    arrived(connection, 4, minutes=61)
    settle(NOW + 90 * MINUTE)
    arrived(connection, 9, minutes=62)
    settle(NOW + 90 * MINUTE)
    settle(NOW + 90 * MINUTE)

    assert (held(), on_hand(), open_work()) == ({"1:later": 1}, 991, set())
    entries = StockEntry.objects.filter(kind=EntryKind.CONSUME).order_by("id")
    assert [(entry.on_hand_change, entry.source) for entry in entries] == [
        (-4, "amazon.received"), (-3, "amazon.received"), (-2, "amazon.received"),
    ]  # fmt: skip
    assert {entry.as_of.isoformat() for entry in entries} == {"2026-11-20T12:30:00+00:00"}
    assert_books_are_right()


def test_what_a_shipment_of_ours_consumed_is_not_consumed_twice(tenant: Tenant) -> None:
    connection = make_connection()
    stored = make_order(connection)
    set_state(make_answer(stored), S.VERIFIED, state_at=NOW)

    ship(stored, 6)
    arrived(connection, 5)
    settle()
    assert (held(), on_hand()) == ({"1": 4}, 994)
    arrived(connection, 8, minutes=61)  # two more than we know of
    settle()
    settle()

    assert (held(), on_hand()) == ({"1": 2}, 992)
    assert_books_are_right()


def test_what_was_received_is_consumed_before_the_end_frees_the_rest(tenant: Tenant) -> None:
    connection = make_connection()
    set_state(make_answer(make_order(connection)), S.VERIFIED, state_at=NOW)

    arrived(connection, 6)
    pull(connection, order(state="Closed"), at=NOW + 61 * MINUTE)
    settle()

    assert (held(), on_hand()) == ({}, 994)
    assert_books_are_right()


def test_an_answer_given_anew_needs_no_stock_for_what_has_left(tenant: Tenant) -> None:
    connection = make_connection()
    stored = make_order(connection)
    give_items(stored, 10)
    set_state(make_answer(stored), S.VERIFIED, state_at=NOW)
    arrived(connection, 6)
    settle()

    make_answer(stored, later("1", 10, 0), at=NOW + 90 * MINUTE)

    assert (held(), on_hand()) == ({"1": 4}, 4)
    assert_books_are_right()


# --- history ----------------------------------------------------------------------------------------------------------

OLD = {"state": "Acknowledged", "purchaseOrderStateChangedDate": "2026-11-01T00:00:00Z"}


def test_history_is_nobodys_work_until_it_is_taken_on(tenant: Tenant) -> None:
    connection = make_connection()
    stored = make_order(connection, **OLD)
    give_items(stored)
    pull_status(connection, status("PO000001", status_item("1", 10, accepted=8, rejected=2)), at=NOW)
    assert (numbers(), Acknowledgement.objects.count(), open_work()) == ((8, 0, 2), 0, set())
    pull(connection, order(items=[item("1", 10), item("2", 5)], **OLD), at=NOW + MINUTE)
    assert open_work() == {"orders.adopt"}

    assert services.adopt(public_ids=[stored.public_id], actor=ACTOR, now=NOW) == 1
    assert services.adopt(public_ids=[stored.public_id], actor=ACTOR, now=NOW) == 0
    settle()

    found = PurchaseOrder.objects.get()
    assert (found.is_history, found.adopted_at) == (False, NOW)
    assert (Acknowledgement.objects.get().origin, held()) == (AnswerOrigin.ELSEWHERE, {"1": 8})
    assert "orders.adopt" not in open_work()
    assert "orders.change" in open_work() or found.state == "NEW"
    assert AuditEvent.objects.filter(code="orders.adopted").count() == 1
