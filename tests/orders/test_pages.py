"""The pages of orders: what they show, who may do what, and that strangers find nothing."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from acorn.accounts.types import Role
from acorn.audit.models import AuditEvent
from acorn.files.services import store_raw
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from orders.models import Finding, PurchaseOrder
from orders.services import ingest_orders
from tests.factories.accounts import make_member, signed_in
from tests.factories.orders import (
    NOW,
    item,
    make_connection,
    order,
    pull,
    pull_status,
    status,
    status_item,
)
from tests.support.jobs import run_due_jobs

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.OPERATIONS))


@pytest.fixture
def charlie(other_tenant: Tenant) -> Client:
    return signed_in(make_member(other_tenant))


def _changed(number: str = "PO000001") -> PurchaseOrder:
    connection = make_connection(f"G-{number}")
    pull(connection, order(number))
    pull(connection, order(number, "Acknowledged"), at=LATER)
    pull(connection, order(number, "Acknowledged", [item("1", 4)]), at=LATER)
    return PurchaseOrder.objects.get(number=number)


def _body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def test_list_shows_orders_and_filters(browser: Client) -> None:
    pull(make_connection(), order("PO000001"), order("PO000002", "Closed"))

    page = _body(browser.get("/orders/"))
    assert "PO000001" in page
    assert "PO000002" in page

    page = _body(browser.get("/orders/?state=NEW&search=po0000"))
    assert "PO000001" in page
    assert "PO000002" not in page


def test_rare_filters_are_behind_a_switch_and_still_in_the_address(browser: Client) -> None:
    pull(make_connection(), order("PO000001"))

    def listing(query: str) -> Any:
        return browser.get(f"/orders/?{query}").context["list"]

    assert [field.name for _, field in listing("").first_fields][-1] == "changed"
    assert not listing("").is_more_open
    assert listing("type=RushOrder").is_more_open
    assert listing("ship_window_after=2026-01-01").is_more_open
    assert not listing("history=false").is_more_open  # the tab «Current» says it already
    assert not listing("ordered_after=2026-01-01").is_more_open


def test_columns_of_zeros_are_left_out_until_they_are_asked_for(browser: Client) -> None:
    pull(make_connection(), order("PO000001"))
    url = f"/orders/{PurchaseOrder.objects.get().public_id}/"

    assert browser.get(url).context["stages"] == []
    assert len(browser.get(f"{url}?columns=all").context["stages"]) == 9


def test_list_without_orders_says_what_to_do(browser: Client) -> None:
    assert "No orders yet" in _body(browser.get("/orders/"))
    assert "Nothing odd so far" in _body(browser.get("/orders/findings/"))


def test_page_of_an_order_shows_what_is_known(browser: Client) -> None:
    stored = _changed()

    page = _body(browser.get(f"/orders/{stored.public_id}/"))

    for text in ("PO000001", "B000000001", "SKU-1", "PHX7", "Mark the change as seen", "Version 3 seen"):
        assert text in page
    for number in (1, 2, 3):
        assert browser.get(f"/orders/{stored.public_id}/versions/{number}/").status_code == 200
    assert browser.get(f"/orders/{stored.public_id}/versions/9/").status_code == 404


def test_pages_speak_chinese(tenant: Tenant) -> None:
    member = make_member(tenant)
    member.user.language = "zh-hans"
    member.user.save()
    stored = _changed()
    browser = signed_in(member)

    for path in ("/orders/", f"/orders/{stored.public_id}/", "/orders/findings/"):
        assert "订单" in _body(browser.get(path))


def test_original_is_shown_and_downloaded(browser: Client) -> None:
    connection = make_connection()
    body = b'{"payload": {"orders": [{"purchaseOrderNumber": "PO000001", "odd": "<b>"}]}}'
    raw = store_raw(body, source="getPurchaseOrders", received_at=NOW)
    ingest_orders(
        connection=connection, rows=[order("PO000001")], raw_document_id=raw.pk, exchange_id="ex", received_at=NOW
    )
    stored = PurchaseOrder.objects.get()
    url = f"/orders/{stored.public_id}/versions/1/raw/"

    page = _body(browser.get(url))
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    answer = browser.get(f"{url}?download")
    assert (answer.content, answer.headers["Content-Type"]) == (body, "application/json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="PO000001-1.json"'


def test_row_in_quarantine_can_be_read(browser: Client) -> None:
    pull(make_connection(), {"purchaseOrderState": "New"})
    finding = Finding.objects.get()

    assert "Quarantine" in _body(browser.get("/orders/findings/"))
    assert "Row in quarantine" in _body(browser.get(f"/orders/findings/{finding.public_id}/"))
    assert browser.get(f"/orders/findings/{finding.public_id}/?download").content == b"{}"


def test_marking_a_change_as_seen(browser: Client) -> None:
    stored = _changed()
    assert WorkItem.objects.filter(kind="orders.change", closed_at=None).count() == 1

    for _ in range(2):
        answer = browser.post(f"/orders/{stored.public_id}/seen/", {"version": stored.version})
        assert answer.status_code == 302

    stored.refresh_from_db()
    assert not stored.has_unseen_change
    assert WorkItem.objects.filter(kind="orders.change", closed_at=None).count() == 0
    assert AuditEvent.objects.filter(code="orders.change_seen", subject_id=stored.public_id).count() == 1


def test_marking_an_older_version_as_seen_is_refused(browser: Client) -> None:
    stored = _changed()

    answer = browser.post(f"/orders/{stored.public_id}/seen/", {"version": stored.version - 1})

    assert answer.status_code == 422
    assert "once more" in _body(answer)
    stored.refresh_from_db()
    assert stored.has_unseen_change


def test_a_new_change_after_the_look_shows_only_itself(browser: Client) -> None:
    stored = _changed()
    browser.post(f"/orders/{stored.public_id}/seen/", {"version": stored.version})
    stored.refresh_from_db()
    at = stored.changes_seen_at
    assert at is not None
    pull(stored.connection, order("PO000001", "Acknowledged", [item("1", 3)]), at=at + timedelta(minutes=1))

    context = browser.get(f"/orders/{stored.public_id}/").context
    assert [(change.before, change.after) for change in context["unseen"]] == [("4", "3")]


def test_bulk_marking_of_a_selection_and_of_a_filter(browser: Client) -> None:
    first, second, third = _changed("PO000001"), _changed("PO000002"), _changed("PO000003")

    assert browser.post("/orders/seen/", {"selected": [first.public_id, "po_nothing", "\x00"]}).status_code == 302
    assert set(PurchaseOrder.objects.filter(has_unseen_change=True)) == {second, third}

    answer = browser.post("/orders/seen/", {"all": "1", "query": "search=PO000002\x00"})
    assert answer.headers["Location"].startswith("/orders/?search=PO000002")
    assert "orders.mark_seen" in run_due_jobs()
    assert list(PurchaseOrder.objects.filter(has_unseen_change=True)) == [third]


def test_export_is_what_the_list_shows(browser: Client) -> None:
    pull(make_connection(), order("PO000001"), order("PO000002", "Closed"), order("PO000003"))

    answer = browser.get("/orders/?format=csv&state=NEW&sort=number")
    rows = list(csv.reader(io.StringIO(_body(answer).lstrip("\ufeff"))))
    assert [row[0] for row in rows] == ["PO", "PO000001", "PO000003"]

    stored = PurchaseOrder.objects.get(number="PO000003")
    answer = browser.post("/orders/export/", {"selected": [stored.public_id]})
    assert [row[0] for row in csv.reader(io.StringIO(_body(answer).lstrip("\ufeff")))] == ["PO", "PO000003"]


def test_strangers_find_nothing(tenant: Tenant, charlie: Client) -> None:
    stored = _changed()
    pull(make_connection("ODD"), {"purchaseOrderState": "New"})
    finding = Finding.objects.get()

    for path in (
        f"/orders/{stored.public_id}/", f"/orders/{stored.public_id}/versions/1/",
        f"/orders/{stored.public_id}/versions/1/raw/", f"/orders/{stored.public_id}/versions/1/raw/?download",
        f"/orders/findings/{finding.public_id}/", f"/orders/findings/{finding.public_id}/?download",
    ):  # fmt: skip
        assert charlie.get(path).status_code == 404, path
    assert charlie.post(f"/orders/{stored.public_id}/seen/", {"version": stored.version}).status_code == 404
    charlie.post("/orders/seen/", {"selected": [stored.public_id]})
    charlie.post("/orders/seen/", {"all": "1", "query": ""})
    run_due_jobs()
    for answer in (
        charlie.get("/orders/"), charlie.get("/orders/?format=csv"), charlie.get("/orders/findings/"),
        charlie.get("/orders/?search=PO000001"), charlie.post("/orders/export/", {"selected": [stored.public_id]}),
        charlie.post("/orders/export/", {"all": "1", "query": ""}),
    ):  # fmt: skip
        assert stored.public_id not in _body(answer)
        assert "B000000001" not in _body(answer) if not answer.streaming else True
    stored.refresh_from_db()
    assert stored.has_unseen_change


def test_a_viewer_sees_and_changes_nothing(tenant: Tenant) -> None:
    stored = _changed()
    viewer = signed_in(make_member(tenant, Role.VIEWER))

    page = _body(viewer.get(f"/orders/{stored.public_id}/"))
    assert "Mark the change as seen" not in page
    assert viewer.post(f"/orders/{stored.public_id}/seen/", {"version": 3}).status_code == 403
    assert viewer.post("/orders/seen/", {"selected": [stored.public_id]}).status_code == 403
    assert viewer.post("/orders/export/", {"selected": [stored.public_id]}).status_code == 403
    assert "PO000001" in _body(viewer.get("/orders/?format=csv"))  # the page, not the file
    assert not viewer.get("/orders/?format=csv").streaming
    assert viewer.get(f"/orders/{stored.public_id}/seen/").status_code == 403


def test_number_of_queries_does_not_depend_on_rows(browser: Client) -> None:
    connection = make_connection()
    counts = []
    for place in range(3):
        number = f"PO{place:06d}"
        pull(connection, order(number, items=[item(str(line + 1)) for line in range(place + 1)]))
        pull(connection, order(number, items=[item(str(line + 1), 3) for line in range(place + 1)]), at=LATER)
        pull_status(connection, status(number, *(status_item(str(line + 1), 3, 3) for line in range(place + 1))))
        stored = PurchaseOrder.objects.get(number=number)
        browser.get("/orders/")
        with CaptureQueriesContext(database) as listed:
            browser.get("/orders/")
        with CaptureQueriesContext(database) as detailed:
            browser.get(f"/orders/{stored.public_id}/")
        counts.append((len(listed), len(detailed)))

    assert len(set(counts)) == 1, counts
