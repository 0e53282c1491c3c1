"""A page of orders in the database: once, however often and in whatever order it comes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from acorn.search.selectors import find
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from orders.models import Finding, PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine, PurchaseOrderVersion
from orders.types import OrderSnapshot, OrderState
from tests.factories.orders import (
    NOW,
    cases,
    eaches,
    item,
    make_connection,
    make_order,
    order,
    pull,
    pull_status,
    status,
    status_item,
)

LATER = NOW + timedelta(hours=1)


def _changes() -> list[tuple[str, str, Any, Any]]:
    return list(PurchaseOrderChange.objects.order_by("id").values_list("line", "field", "before", "after"))


def test_new_order_is_stored_with_all_that_amazon_says(tenant: Tenant) -> None:
    connection = make_connection()

    counts = pull(
        connection,
        order(items=[item("1", 10), item("2", orderedQuantity=cases(3, 12))], dealCode="DEAL", importDetails={"portOfDelivery": "SHANGHAI"}),
    )  # fmt: skip

    assert counts == (1, 1, 0, 0)
    stored = PurchaseOrder.objects.get()
    assert (stored.number, stored.amazon_state, stored.state) == ("PO000001", "New", OrderState.NEW)
    assert (stored.vendor_code, stored.ship_to_party, stored.bill_to_party) == ("ACMUS", "PHX7", "AMZB1")
    assert (stored.currency, stored.total_cost, stored.total_eaches) == ("USD", Decimal("115.0000"), 46)
    assert stored.deadline_at == stored.ordered_at + timedelta(hours=24)
    assert stored.import_details == {"port_of_delivery": "SHANGHAI"}
    assert stored.is_import
    assert stored.public_id.startswith("po_")
    first, second = stored.lines.order_by("position")
    assert (first.asin, first.vendor_sku, first.ordered_eaches) == ("B000000001", "SKU-1", 10)
    assert (second.ordered_amount, second.ordered_unit, second.unit_size) == (3, "Cases", 12)
    assert (second.ordered_eaches, second.original_eaches, second.accepted_eaches) == (36, 36, 0)
    assert second.net_cost == Decimal("2.5")
    assert [subject.id for subject in find("po000001")] == [stored.public_id]
    work = WorkItem.objects.get()
    assert (work.kind, work.deadline_at, work.amount) == ("orders.acknowledge", stored.deadline_at, Decimal(115))
    assert (work.tenant_amount, work.subject_id) == (Decimal(115), stored.public_id)


def test_same_page_again_changes_nothing_but_the_time_it_was_seen(tenant: Tenant) -> None:
    connection = make_connection()
    rows = [order("PO000001"), order("PO000002", state="Acknowledged")]
    pull(connection, *rows)

    counts = pull(connection, *reversed(rows), at=LATER)

    assert counts == (2, 0, 0, 0)
    assert PurchaseOrder.objects.count() == PurchaseOrderVersion.objects.count() == 2
    assert PurchaseOrderLine.objects.count() == 2
    assert set(PurchaseOrder.objects.values_list("last_seen_at", flat=True)) == {LATER}
    assert _changes() == []


def test_money_written_otherwise_is_no_change(tenant: Tenant) -> None:
    connection = make_connection()
    pull(connection, order(items=[item(netCost={"currencyCode": "USD", "amount": "2.50"})]))

    pull(connection, order(items=[item(netCost={"currencyCode": "USD", "amount": 2.5})]), at=LATER)

    assert _changes() == []
    assert not PurchaseOrder.objects.get().has_unseen_change


def test_change_is_kept_as_a_diff_with_a_version(tenant: Tenant) -> None:
    connection = make_connection()
    make_order(connection, items=[item("1", 10), item("2", 5)])

    counts = pull(
        connection,
        order(
            items=[item("1", 8), item("3", 7)], shipWindow="2026-11-25T08:00:00Z--2026-11-28T08:00:00Z",
            purchaseOrderChangedDate="2026-11-20T12:30:00Z",
        ),
        at=LATER,
    )  # fmt: skip

    assert counts == (1, 0, 1, 0)
    assert _changes() == [
        ("", "ship_window_start", "2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z"),
        ("1", "ordered_eaches", 10, 8),
        ("2", "line", {"asin": "B000000002", "vendor_sku": "SKU-2", "ordered_eaches": 5}, None),
        ("3", "line", None, {"asin": "B000000003", "vendor_sku": "SKU-3", "ordered_eaches": 7}),
    ]
    stored = PurchaseOrder.objects.get()
    assert (stored.version, stored.has_unseen_change, stored.line_count, stored.total_eaches) == (2, True, 2, 15)
    lines = {line.sequence: line for line in stored.lines.all()}
    assert (lines["1"].ordered_eaches, lines["1"].original_eaches) == (8, 10)
    assert (lines["2"].ordered_eaches, lines["2"].is_withdrawn, lines["2"].original_eaches) == (0, True, 5)
    versions = PurchaseOrderVersion.objects.order_by("number")
    first, second = (OrderSnapshot.from_json(version.snapshot) for version in versions)
    assert [line.sequence for line in first.lines or ()] == ["1", "2"]
    assert [line.amount for line in second.lines or ()] == [8, 7]


def test_answer_older_than_what_is_stored_changes_nothing(tenant: Tenant) -> None:
    connection = make_connection()
    pull(connection, order(items=[item(amount=8)]), at=LATER)

    assert pull(connection, order(items=[item(amount=10)]), at=NOW) == (1, 0, 0, 0)

    assert PurchaseOrderLine.objects.get().ordered_eaches == 8
    assert PurchaseOrder.objects.get().last_seen_at == LATER


def test_twins_in_one_page_leave_the_one_changed_last(tenant: Tenant) -> None:
    newer = order(items=[item(amount=8)], purchaseOrderChangedDate="2026-11-20T12:30:00Z")

    for rows in ([newer, order()], [order(), newer]):
        pull(make_connection(f"G{len(rows)}{rows[0] is newer}"), *rows)

    assert list(PurchaseOrderLine.objects.values_list("ordered_eaches", flat=True)) == [8, 8]


def test_order_without_details_keeps_what_was_known(tenant: Tenant) -> None:
    connection = make_connection()
    make_order(connection)

    pull(connection, {"purchaseOrderNumber": "PO000001", "purchaseOrderState": "Acknowledged"}, at=LATER)
    pull(connection, order(state="Acknowledged", items=None) | {}, at=LATER)

    assert _changes() == [("", "amazon_state", "New", "Acknowledged")]
    stored = PurchaseOrder.objects.get()
    assert (stored.state, stored.vendor_code, stored.total_eaches) == (OrderState.ACKNOWLEDGED, "ACMUS", 10)
    assert PurchaseOrderLine.objects.get().ordered_eaches == 10


def test_null_list_does_not_cancel_the_lines(tenant: Tenant) -> None:
    connection = make_connection()
    make_order(connection)
    broken = order()
    broken["orderDetails"]["items"] = None

    pull(connection, broken, at=LATER)

    assert _changes() == []
    assert PurchaseOrderLine.objects.get().ordered_eaches == 10


def test_row_without_a_number_is_quarantined_once(tenant: Tenant) -> None:
    connection = make_connection()
    rows = [{"purchaseOrderState": "New"}, 7, order()]

    assert pull(connection, *rows) == (3, 1, 0, 2)
    pull(connection, *rows, at=LATER)

    found = Finding.objects.order_by("place").values_list("order", "code", "place")
    assert list(found) == [(None, "orders.no_number", 0), (None, "orders.not_an_order", 1)]


def test_odd_order_is_stored_and_flagged(tenant: Tenant) -> None:
    connection = make_connection()
    odd = order(state="Sleeping", items=[item(orderedQuantity=eaches(-3))], purchaseOrderDate="2026-11-20T08:00:00")

    assert pull(connection, odd) == (1, 1, 0, 1)

    stored = PurchaseOrder.objects.get()
    assert (stored.amazon_state, stored.finding_count, stored.total_eaches) == ("Sleeping", 3, -3)
    assert stored.ordered_at.isoformat() == "2026-11-20T08:00:00+00:00"
    codes = set(Finding.objects.values_list("code", flat=True))
    assert codes == {"orders.unknown_word", "orders.naive_date", "orders.negative_quantity"}


@pytest.mark.parametrize("sign", [1, -1])
def test_absurd_figures_can_be_stored(tenant: Tenant, sign: int) -> None:
    dear = {"currencyCode": "USD", "amount": "999999999999.999999"}
    huge = {"amount": sign * 10**9, "unitOfMeasure": "Cases", "unitSize": 10**6}
    lines = [item(str(number + 1), orderedQuantity=huge, netCost=dear) for number in range(50)]

    make_order(make_connection(), items=lines, purchaseOrderDate="9999-12-31T23:59:59Z")

    stored = PurchaseOrder.objects.get()
    assert (stored.total_cost, stored.deadline_at) == (sign * Decimal(10) ** 15, None)
    assert stored.total_eaches == sign * 50 * 10**15


@pytest.mark.parametrize(
    ("state", "changed", "history"),
    [
        ("Closed", "2026-11-01T00:00:00Z", True),
        ("Acknowledged", "2026-11-01T00:00:00Z", True),
        ("Acknowledged", "2026-11-20T00:00:00Z", False),
        ("New", "2026-11-01T00:00:00Z", False),
    ],
)
def test_what_was_settled_before_the_connection_is_history(
    tenant: Tenant, state: str, changed: str, history: bool
) -> None:
    make_order(make_connection(), state=state, purchaseOrderStateChangedDate=changed)

    assert PurchaseOrder.objects.get().is_history is history
    assert WorkItem.objects.count() == (1 if state == "New" else 0)


def test_change_after_acknowledgement_asks_for_eyes(tenant: Tenant) -> None:
    connection = make_connection()
    make_order(connection)
    pull(connection, order(state="Acknowledged"), at=LATER)
    assert list(WorkItem.objects.filter(closed_at=None)) == []
    assert not PurchaseOrder.objects.get().has_unseen_change

    pull(connection, order(state="Acknowledged", items=[item(amount=4)]), at=LATER)

    assert [work.kind for work in WorkItem.objects.filter(closed_at=None)] == ["orders.change"]
    assert PurchaseOrder.objects.get().has_unseen_change


def test_history_that_changes_asks_to_be_taken_on(tenant: Tenant) -> None:
    connection = make_connection()
    old = {"state": "Acknowledged", "purchaseOrderStateChangedDate": "2026-11-01T00:00:00Z"}
    make_order(connection, **old)

    pull(connection, order(items=[item(amount=4)], **old), at=LATER)

    assert PurchaseOrder.objects.get().has_unseen_change
    assert list(WorkItem.objects.values_list("kind", "state")) == [("orders.adopt", "OPEN")]


def test_same_number_in_two_vendor_groups_is_two_orders(tenant: Tenant) -> None:
    pull(make_connection("ONE"), order())
    pull(make_connection("TWO"), order())

    assert PurchaseOrder.objects.count() == 2


def test_number_of_statements_does_not_depend_on_the_page(tenant: Tenant) -> None:
    connection = make_connection()
    counts = []
    for first, size in ((0, 1), (100, 3), (200, 60)):
        with CaptureQueriesContext(
            database,
        ) as captured:
            pull(connection, *(order(f"PO{first + place:06d}") for place in range(size)))
        counts.append(len(captured))
    for first, size in ((100, 3), (200, 60)):
        with CaptureQueriesContext(database) as captured:
            rows = (order(f"PO{first + place:06d}", items=[item(amount=3)]) for place in range(size))
            pull(connection, *rows, at=LATER)
        counts.append(len(captured))

    assert counts[0] == counts[1] == counts[2]
    assert counts[3] == counts[4]
    assert max(counts) <= 22


def test_status_fills_the_lines_in_eaches(tenant: Tenant) -> None:
    connection = make_connection()
    make_order(connection, items=[item("1", orderedQuantity=cases(2, 12))])

    received = {"receiveStatus": "PARTIALLY_RECEIVED", "receivedQuantity": cases(1, 12),
                "lastReceiveDate": "2026-11-25T08:00:00Z"}  # fmt: skip
    counts = pull_status(connection, status("PO000001", status_item("1", 24, 24, receivingStatus=received)))

    assert counts == (1, 0, 1, 0)
    line = PurchaseOrderLine.objects.get()
    assert (line.ordered_eaches, line.accepted_eaches, line.received_eaches) == (24, 24, 12)
    assert (line.confirmation_status, line.receive_status) == ("ACCEPTED", "PARTIALLY_RECEIVED")
    assert PurchaseOrder.objects.get().state == OrderState.SHIPPED
    assert _changes() == []  # the first word about a line is no change
    assert WorkItem.objects.filter(closed_at=None).count() == 0


def test_status_repeated_or_late_changes_nothing(tenant: Tenant) -> None:
    connection = make_connection()
    make_order(connection)
    pull_status(connection, status("PO000001", status_item(accepted=10)))
    newer = status("PO000001", status_item(accepted=10, received=6))

    assert pull_status(connection, newer, at=LATER).changed == 1
    assert pull_status(connection, newer, at=LATER).changed == 0
    assert pull_status(connection, status("PO000001", status_item(accepted=10)), at=NOW).changed == 0

    assert _changes() == [("1", "received_eaches", 0, 6)]


def test_cancelled_quantity_is_not_subtracted_twice(tenant: Tenant) -> None:
    connection = make_connection()
    make_order(connection, items=[item("1", 150)])
    pull(connection, order(items=[item("1", 100)]), at=LATER)
    history = {
        "orderedQuantity": eaches(100),
        "orderedQuantityDetails": [
            {"updatedDate": "2026-11-20T11:00:00Z", "cancelledQuantity": eaches(50)},
            {"updatedDate": "2026-11-20T08:00:00Z", "orderedQuantity": eaches(150)},
        ],
    }

    for _ in range(2):
        pull_status(connection, status("PO000001", status_item("1", orderedQuantity=history)), at=LATER)

    line = PurchaseOrderLine.objects.get()
    assert (line.ordered_eaches, line.cancelled_eaches, line.original_eaches) == (100, 50, 150)
    assert line.open_eaches == 100


def test_status_waits_for_its_order(tenant: Tenant) -> None:
    connection = make_connection()
    pull_status(connection, status("PO000001", status_item(accepted=6)), status("PO000002", status_item(accepted=1)))
    pull_status(connection, status("PO000001", status_item(accepted=7, rejected=3)), at=LATER)

    make_order(connection, state="Acknowledged")

    line = PurchaseOrderLine.objects.get()
    assert (line.accepted_eaches, line.rejected_eaches) == (7, 3)
    assert PurchaseOrder.objects.get().state == OrderState.ACKNOWLEDGED


def test_status_of_a_line_that_is_not_there_is_flagged(tenant: Tenant) -> None:
    connection = make_connection()
    make_order(connection)

    assert pull_status(connection, status("PO000001", status_item("9", accepted=1)), {"a": 1}).flagged == 2

    codes = set(Finding.objects.values_list("code", flat=True))
    assert codes == {"orders.status_without_line", "orders.no_number"}


def test_number_of_statements_of_a_status_page_is_constant(tenant: Tenant) -> None:
    connection = make_connection()
    counts = []
    for first, size in ((0, 1), (10, 3), (100, 40)):
        numbers = [f"PO{first + place:06d}" for place in range(size)]
        pull(connection, *(order(number) for number in numbers))
        with CaptureQueriesContext(database) as captured:
            pull_status(connection, *(status(number, status_item(accepted=10)) for number in numbers))
        counts.append(len(captured))

    assert len(set(counts)) == 1
