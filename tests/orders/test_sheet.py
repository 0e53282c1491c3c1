"""The answering screen: what it shows, what may be said, that nothing typed is lost, and that nothing leaves unasked."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from acorn.accounts.types import Role
from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.models import Identifier
from orders.models import Acknowledgement, AnswerBatch, AnswerBatchOrder, PurchaseOrder, PurchaseOrderLine
from orders.types import BatchState, Outcome
from tests.factories.accounts import make_member, signed_in
from tests.factories.orders import give_items, item, make_connection, make_order, order, pull
from tests.support.jobs import run_due_jobs
from vendors.models import Submission

SHEET = "/orders/answer/"


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.OPERATIONS))


def _fresh(number: str = "PO000001", lines: int = 2, stock: int = 1000, **details: Any) -> PurchaseOrder:
    """An order of today whose items are known and in stock."""
    now = clock.now()

    def at(days: int) -> str:
        return (now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    details = {
        "purchaseOrderDate": (now - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "purchaseOrderStateChangedDate": (now - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "shipWindow": f"{at(3)}--{at(6)}", "deliveryWindow": f"{at(5)}--{at(9)}",
    } | details  # fmt: skip
    details.setdefault("items", [item(str(place + 1)) for place in range(lines)])
    known = PurchaseOrder.objects.first()
    made = make_order(known.connection if known else make_connection(), number, **details)
    give_items(made, stock)
    return made


def _typed(order: PurchaseOrder, **changes: Any) -> dict[str, Any]:
    """What the form of an order sends: everything accepted, but for the changes (`rejected_1=4`)."""
    typed: dict[str, Any] = {"version": order.version}
    for line in PurchaseOrderLine.objects.filter(order=order):
        typed |= {f"accepted.{line.sequence}": line.ordered_eaches, f"backordered.{line.sequence}": 0}
        typed |= {f"rejected.{line.sequence}": 0, f"reason.{line.sequence}": "", f"later.{line.sequence}": ""}
    return typed | {name.replace("_", "."): value for name, value in changes.items()}


def _text(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_every_waiting_order_is_there_with_what_is_proposed(browser: Client) -> None:
    _fresh("PO000001")
    pull(PurchaseOrder.objects.get().connection, order("PO000009", "Closed"))

    response = browser.get(SHEET)

    (sheet,) = response.context["sheets"]
    assert sheet.order.number == "PO000001"
    assert [(entry.answer.accepted, entry.available) for entry in sheet.lines] == [(10, 1000), (10, 1000)]
    assert sheet.is_clean
    assert (sheet.totals.accepted, sheet.totals.fill) == (20, 100)
    assert 'name="accepted.1"' in _text(response)


def test_without_orders_it_says_so(browser: Client) -> None:
    assert "Every order is answered" in _text(browser.get(SHEET))


def test_one_order_is_answered_as_it_was_typed(browser: Client) -> None:
    made = _fresh()

    answer = browser.post(
        f"/orders/{made.public_id}/answer/",
        _typed(made, accepted_1=6, rejected_1=4, reason_1="TEMPORARILY_UNAVAILABLE"),
    )

    assert answer.status_code == 302
    acknowledgement = Acknowledgement.objects.get()
    assert list(acknowledgement.lines.order_by("id").values_list("accepted_eaches", "rejected_eaches")) == [
        (6, 4),
        (10, 0),
    ]
    made.refresh_from_db()
    assert made.state == "ACKNOWLEDGED"
    assert browser.get(SHEET).context["sheets"] == []


def test_what_is_refused_comes_back_beside_its_line_as_it_was_typed(browser: Client) -> None:
    made = _fresh()

    answer = browser.post(
        f"/orders/{made.public_id}/answer/", _typed(made, accepted_2=7), headers={"HX-Request": "true"}
    )

    assert answer.status_code == 422
    page = _text(answer)
    assert "7 are answered, 10 are ordered" in page
    assert re.search(r'value="7" name="accepted.2"', page)
    assert page.index('data-line="2"') < page.index("7 are answered")
    assert not Acknowledgement.objects.exists()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("typed", ["ten", "1.5", "９９x", "1e3", "9" * 30])
def test_what_cannot_be_read_is_shown_again(browser: Client, typed: str) -> None:
    made = _fresh()

    answer = browser.post(f"/orders/{made.public_id}/answer/", _typed(made, accepted_1=typed))

    assert answer.status_code == 422
    assert typed in _text(answer)
    assert not Acknowledgement.objects.exists()


def test_an_obsolete_product_needs_a_yes(browser: Client) -> None:
    made = _fresh()
    typed = _typed(made, accepted_1=0, rejected_1=10, reason_1="OBSOLETE_PRODUCT")

    answer = browser.post(f"/orders/{made.public_id}/answer/", typed)
    assert answer.status_code == 422
    assert 'name="confirmed" value="OBSOLETE_PRODUCT"' in _text(answer)
    assert not Acknowledgement.objects.exists()

    assert (
        browser.post(f"/orders/{made.public_id}/answer/", typed | {"confirmed": "OBSOLETE_PRODUCT"}).status_code == 302
    )
    assert Acknowledgement.objects.count() == 1


def test_an_order_that_amazon_changed_meanwhile_shows_what_changed(browser: Client) -> None:
    made = _fresh()
    typed = _typed(made)
    details = {"items": [item("1", 4), item("2")]}
    _fresh("PO000001", **details)

    answer = browser.post(f"/orders/{made.public_id}/answer/", typed, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "Amazon changed this order while you were answering it" in _text(answer)
    assert "<del>10</del>" in _text(answer)
    assert not Acknowledgement.objects.exists()


def test_a_change_is_shown_with_its_cost_before_it_leaves(browser: Client) -> None:
    made = _fresh()
    browser.post(f"/orders/{made.public_id}/answer/", _typed(made))
    Submission.objects.update(state="VERIFIED", sent_at=clock.now())
    made.refresh_from_db()
    sheet = browser.get(f"{SHEET}?order={made.public_id}").context["sheets"][0]
    assert sheet.is_answered
    assert sheet.lines[0].answer.accepted == 10

    typed = _typed(made, accepted_1=4, rejected_1=6, reason_1="TEMPORARILY_UNAVAILABLE")
    answer = browser.post(f"/orders/{made.public_id}/answer/", typed)
    assert answer.status_code == 422
    assert "This takes back 6 of 10 confirmed" in _text(answer)
    assert Acknowledgement.objects.count() == 1

    typed |= {"warned": "1", "confirmed": "CONFIRMED_CANCELLED"}
    assert browser.post(f"/orders/{made.public_id}/answer/", typed).status_code == 302
    assert Acknowledgement.objects.count() == 2


# --- batches ----------------------------------------------------------------------------------------------------------


def _collect(browser: Client, *orders: PurchaseOrder, **data: Any) -> AnswerBatch:
    chosen = [f"{made.public_id}:{made.version}" for made in orders]
    answer = browser.post(f"{SHEET}collect/", {"order": chosen, "do": "answer"} | data)
    assert answer.status_code == 302, answer.content
    return AnswerBatch.objects.get(public_id=answer.headers["Location"].split("/")[-2])


def test_a_batch_leaves_only_after_it_was_looked_at(browser: Client) -> None:
    first, second = _fresh("PO000001"), _fresh("PO000002")

    batch = _collect(browser, first, second)
    page = _text(browser.get(f"{SHEET}batches/{batch.public_id}/"))
    assert "Sends <b>2</b> acknowledgements to <b>GROUP1</b>" in page
    assert "simulator" in page
    assert not Acknowledgement.objects.exists()

    for _ in range(2):
        assert browser.post(f"{SHEET}batches/{batch.public_id}/send/").status_code == 302
    assert "orders.send_answers" in run_due_jobs()
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert set(AnswerBatchOrder.objects.values_list("outcome", flat=True)) == {Outcome.SENT}
    assert Acknowledgement.objects.count() == Submission.objects.count() == 2
    assert AuditEvent.objects.filter(code="orders.batch_sent").count() == 1
    assert "2 answers handed over" in _text(browser.get(f"{SHEET}batches/{batch.public_id}/"))


def test_edits_travel_with_the_batch(browser: Client) -> None:
    made = _fresh()
    edits = {made.public_id: {"accepted.1": "3", "rejected.1": "7", "reason.1": "TEMPORARILY_UNAVAILABLE"}}

    batch = _collect(browser, made, edits=json.dumps(edits))

    row = AnswerBatchOrder.objects.get(batch=batch)
    assert (row.accepted_eaches, row.rejected_eaches, row.outcome) == (13, 7, Outcome.WAITING)


@pytest.mark.parametrize("edits", ["", "[]", "{", '{"a": 1}', "[" * 5000, '{"a": {"b": {"c": 1}}}'])
def test_odd_edits_change_nothing(browser: Client, edits: str) -> None:
    made = _fresh()

    batch = _collect(browser, made, edits=edits)

    assert AnswerBatchOrder.objects.get(batch=batch).accepted_eaches == 20


def test_an_order_that_changed_stays_behind(browser: Client) -> None:
    first, second = _fresh("PO000001"), _fresh("PO000002")
    batch = _collect(browser, first, second)
    _fresh("PO000001", items=[item("1", 4)])

    browser.post(f"{SHEET}batches/{batch.public_id}/send/")
    run_due_jobs()

    outcomes = AnswerBatchOrder.objects.order_by("order__number").values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.CHANGED, Outcome.SENT]
    assert "The order changed after you looked at it" in _text(browser.get(f"{SHEET}batches/{batch.public_id}/"))


def test_only_clean_orders_are_collected_for_all_clean(browser: Client) -> None:
    clean, odd = _fresh("PO000001"), _fresh("PO000002")
    PurchaseOrderLine.objects.filter(order=odd, sequence="1").update(item=None, item_problem="UNKNOWN")

    batch = _collect(browser, do="clean")
    assert [row.order for row in AnswerBatchOrder.objects.filter(batch=batch)] == [clean]

    batch = _collect(browser, do="filter", query="")
    assert batch.state == BatchState.PREPARING
    run_due_jobs()
    batch.refresh_from_db()
    assert batch.state == BatchState.DRAFT
    assert [row.order for row in AnswerBatchOrder.objects.filter(batch=batch)] == [clean]


def test_rejecting_many_asks_for_a_yes_where_it_ends_the_product(browser: Client) -> None:
    made = _fresh()

    batch = _collect(browser, made, do="reject", reason="OBSOLETE_PRODUCT")
    assert 'name="confirmed" value="OBSOLETE_PRODUCT"' in _text(browser.get(f"{SHEET}batches/{batch.public_id}/"))
    browser.post(f"{SHEET}batches/{batch.public_id}/send/")
    run_due_jobs()
    assert AnswerBatchOrder.objects.get(batch=batch).outcome == Outcome.BLOCKED

    batch = _collect(browser, made, do="reject", reason="OBSOLETE_PRODUCT")
    browser.post(f"{SHEET}batches/{batch.public_id}/send/", {"confirmed": "OBSOLETE_PRODUCT"})
    run_due_jobs()
    assert AnswerBatchOrder.objects.get(batch=batch).outcome == Outcome.SENT
    made.refresh_from_db()
    assert made.state == "REJECTED"


def test_a_day_is_set_for_many(browser: Client) -> None:
    made = _fresh()
    day = (clock.now() + timedelta(days=4)).date()

    batch = _collect(browser, made, do="day", day=day.isoformat())

    answers = AnswerBatchOrder.objects.get(batch=batch).answers
    assert {row["scheduled_ship_at"][:10] for row in answers} == {day.isoformat()}


def test_a_discarded_batch_is_never_sent(browser: Client) -> None:
    batch = _collect(browser, _fresh())

    assert browser.post(f"{SHEET}batches/{batch.public_id}/discard/").status_code == 302
    assert browser.post(f"{SHEET}batches/{batch.public_id}/send/").status_code == 422
    run_due_jobs()
    assert not Acknowledgement.objects.exists()


# --- who may, how much it costs ---------------------------------------------------------------------------------------


def test_who_may_not_answer_can_read(tenant: Tenant) -> None:
    made = _fresh()
    viewer = signed_in(make_member(tenant, Role.VIEWER))

    page = _text(viewer.get(SHEET))
    assert "PO000001" in page
    assert "<input" not in page[page.index("<tbody") : page.index("</tbody>")]
    assert viewer.post(f"/orders/{made.public_id}/answer/", _typed(made)).status_code == 403
    assert viewer.post(f"{SHEET}collect/", {"order": f"{made.public_id}:1"}).status_code == 403


def test_strangers_answer_nothing(tenant: Tenant, other_tenant: Tenant) -> None:
    made = _fresh()
    charlie = signed_in(make_member(other_tenant))

    assert charlie.post(f"/orders/{made.public_id}/answer/", _typed(made)).status_code == 404
    assert made.number not in _text(charlie.get(f"{SHEET}?order={made.public_id}"))
    charlie.post(f"{SHEET}collect/", {"order": f"{made.public_id}:{made.version}", "do": "answer"})
    charlie.post(f"{SHEET}collect/", {"do": "filter", "query": ""})
    run_due_jobs()
    assert not AnswerBatchOrder.objects.exists()
    with tenant_scope(other_tenant.pk):
        assert not AnswerBatchOrder.objects.exists()
    assert not Acknowledgement.objects.exists()


def test_number_of_queries_does_not_depend_on_orders_and_lines(browser: Client) -> None:
    counts = []
    for place in range(3):
        _fresh(f"PO{place:06d}", lines=place + 1)
        browser.get(SHEET)
        with CaptureQueriesContext(database) as shown:
            browser.get(SHEET)
        with CaptureQueriesContext(database) as board:
            browser.get("/orders/board/")
        counts.append((len(shown), len(board)))

    assert len(set(counts)) == 1, counts


def test_lines_are_read_once(browser: Client) -> None:
    _fresh()

    with CaptureQueriesContext(database) as shown:
        browser.get(SHEET)

    assert sum('FROM "orders_purchaseorderline"' in query["sql"] for query in shown.captured_queries) == 1


def test_line_shows_what_was_mapped_before_the_job_has_told_all_lines(browser: Client) -> None:
    made = _fresh(lines=1, stock=40)
    line = PurchaseOrderLine.objects.get(order=made)
    Identifier.objects.create(item_id=line.item_id, kind="ASIN", value=line.asin, created_at=clock.now())
    PurchaseOrderLine.objects.filter(order=made).update(item=None, item_problem="UNKNOWN")

    (row,) = [row for row in _text(browser.get(SHEET)).split("<tr") if 'data-line="1"' in row]

    assert 'data-available="40"' in row
    assert "Unmapped" not in row


def test_filters_choose_among_what_waits(browser: Client) -> None:
    _fresh("PO000001")
    odd = _fresh("PO000002", shipToParty={"partyId": "ONT8"})
    PurchaseOrderLine.objects.filter(order=odd).update(item=None, item_problem="UNKNOWN")

    def numbers(query: str) -> list[str]:
        return [sheet.order.number for sheet in browser.get(f"{SHEET}?{query}").context["sheets"]]

    assert numbers("search=ONT8") == ["PO000002"]
    assert numbers("problem=unmapped") == ["PO000002"]
    assert numbers("problem=item") == []
    assert numbers("due=24h") == ["PO000001", "PO000002"]
    assert numbers("due=overdue") == []
    assert numbers("ship_to_party=PHX7") == ["PO000001"]
    assert numbers(f"order={odd.public_id}&order=po_nothing%00") == ["PO000002"]
    assert numbers("sort=-number") == ["PO000002", "PO000001"]


def test_an_option_is_taken_without_scripts(browser: Client) -> None:
    made = _fresh(stock=4)
    (sheet,) = browser.get(SHEET).context["sheets"]
    options = sheet.lines[0].proposed.options
    assert options

    (sheet,) = browser.get(f"{SHEET}?order={made.public_id}&option=1:0").context["sheets"]
    assert sheet.lines[0].answer == options[0].answer
    for odd in ("1:9", "9:0", ":", "1:x", "1:99999999999999999999"):
        assert browser.get(f"{SHEET}?order={made.public_id}&option={odd}").status_code == 200
