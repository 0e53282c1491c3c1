"""The fulfilment board: the nearest deadline first, each order with its shipments and ASNs; nothing of a stranger."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acorn.accounts.types import Role
from acorn.core import clock
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.ui.charts import Series, draw_bars
from orders.models import PurchaseOrder
from shipments.models import Asn, Shipment
from tests.factories.accounts import make_member, signed_in
from tests.factories.orders import make_connection, make_order
from tests.factories.shipments import make_answered_order, make_shipment
from vendors.models import Connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.OPERATIONS))


def _order(number: str, state: str, *, due: datetime | None = None, **fields: Any) -> PurchaseOrder:
    order = make_order(Connection.objects.first() or make_connection(), number)
    PurchaseOrder.objects.filter(pk=order.pk).update(state=state, due_at=due, environment="PRODUCTION", **fields)
    return PurchaseOrder.objects.get(pk=order.pk)


def _asn(shipment: Shipment, deadline: datetime | None, **fields: Any) -> Asn:
    now = clock.now()
    return Asn.objects.create(
        shipment=shipment, identifier=f"{shipment.number}-{now:%f}", structure="LOOSE_STANDARD", created_at=now,
        deadline_at=deadline, actor_label="test", **fields,
    )  # fmt: skip


def _board(client: Client, query: str = "") -> Any:
    answer = client.get(f"{reverse('dashboard:fulfilment')}{query}")
    assert answer.status_code == 200
    return answer


def _rows(answer: Any) -> list[tuple[str, str]]:
    return [(row.order.number, str(row.due.step) if row.due else "") for row in answer.context["list"].rows]


def test_what_is_due_next_comes_first_whatever_it_is(browser: Client) -> None:
    now = clock.now()
    in_hours = [now + timedelta(hours=hours) for hours in range(6)]
    _order("NEW1", "NEW", due=in_hours[0], deadline_at=in_hours[3])
    _order("ACK1", "ACKNOWLEDGED", due=in_hours[4])
    shipped = make_shipment(make_answered_order("SHIPPED1"))
    asn = make_shipment(make_answered_order("ASN1"))
    done = make_shipment(make_answered_order("DONE1"))
    Shipment.objects.filter(pk=shipped.pk).update(deadline_at=in_hours[2], deadline_kind="APPOINTMENT")
    Shipment.objects.filter(pk=asn.pk).update(deadline_at=in_hours[5], deadline_kind="SHIP_BY")
    Shipment.objects.filter(pk=done.pk).update(deadline_at=None)
    _asn(asn, in_hours[1])
    _asn(done, in_hours[0], state="HANDED_OVER")
    PurchaseOrder.objects.filter(number__in=["SHIPPED1", "ASN1", "DONE1"]).update(
        state="SHIPPED", due_at=in_hours[0], environment="PRODUCTION"
    )

    answer = _board(browser)

    assert _rows(answer) == [
        ("ASN1", "Send the ASN"),
        ("SHIPPED1", "Get an appointment"),
        ("NEW1", "Answer the order"),
        ("ACK1", "Plan a shipment"),
        ("DONE1", ""),
    ]


def test_a_row_shows_each_shipment_with_its_asn_but_no_cancelled_one(browser: Client) -> None:
    order = make_answered_order("PO000001")
    gone = make_shipment(order, state="CANCELLED")
    shipment = make_shipment(order)
    _asn(shipment, clock.now())
    _asn(shipment, clock.now(), state="REPLACED")

    (row,) = _board(browser).context["list"].rows

    assert [(one.shipment.number, [asn.state for asn in one.asns]) for one in row.shipments] == [
        (shipment.number, ["WAITING"])
    ]
    html = _board(browser).content.decode()
    assert shipment.number in html
    assert "Waits for its moment" in html
    assert gone.number not in html


def test_only_open_orders_are_on_it(browser: Client) -> None:
    for state in ("RECEIVED", "PAID", "CANCELLED", "CLOSED_SHORT", "REJECTED"):
        _order(f"X{state[:6]}", state)
    _order("OLD1", "NEW", is_history=True)

    assert "No open orders" in _board(browser).content.decode()


def test_filters_and_charts_speak_of_the_same_orders(browser: Client) -> None:
    now = clock.now()
    for number in range(3):
        _order(f"PHX{number}", "ACKNOWLEDGED", due=now + timedelta(days=number + 1), ship_to_party="PHX7")
    _order("LATE", "ACKNOWLEDGED", due=now - timedelta(days=3), ship_to_party="ONT8", vendor_code="OTHER")
    _order("NEW1", "NEW", deadline_at=now + timedelta(days=90), ship_to_party="ONT8")

    def numbers(query: str) -> set[str]:
        return {number for number, _step in _rows(_board(browser, query))}

    assert numbers("?ship_to_party=PHX7") == {"PHX0", "PHX1", "PHX2"}
    assert numbers("?vendor_code=OTHER") == {"LATE"}
    assert numbers("?state=NEW") == {"NEW1"}
    assert numbers("?search=PHX1") == {"PHX1"}
    whole, part = (_board(browser, query).content.decode() for query in ("", "?ship_to_party=PHX7"))
    assert "Acknowledged · Orders: 4" in whole
    assert "Overdue · Acknowledged: 1" in whole
    assert "Later · New: 1" in whole
    assert "Acknowledged · Orders: 3" in part
    assert "Overdue · Acknowledged" not in part


@pytest.mark.parametrize("query", ["?sort=junk", "?cursor=junk", "?state=JUNK", "?search=%00", "?size=-1&at=x"])
def test_any_address_shows_the_board(browser: Client, query: str) -> None:
    _order("PO000001", "NEW")

    _board(browser, query)


def test_every_order_is_on_exactly_one_page(browser: Client) -> None:
    now = clock.now()
    for number in range(55):
        _order(f"PO{number:03}", "NEW", deadline_at=now + timedelta(hours=number % 7) if number % 3 else None)
    seen: list[str] = []
    url = ""
    while True:
        listing = _board(browser, url).context["list"]
        seen += [row.order.number for row in listing.rows]
        if not listing.next_url:
            break
        url = "?" + listing.next_url.partition("?")[2]

    assert sorted(seen) == [f"PO{number:03}" for number in range(55)]


def test_the_export_holds_the_same_orders_with_their_shipments(browser: Client) -> None:
    shipment = make_shipment(make_answered_order("PO000001"))
    _order("PO000002", "NEW")

    answer = _board(browser, "?format=csv&state=ACKNOWLEDGED&state=PACKING")
    lines = b"".join(answer.streaming_content).decode().splitlines()

    assert len(lines) == 2
    assert "PO000001" in lines[1]
    assert shipment.number in lines[1]


def test_many_orders_cost_what_one_costs(browser: Client) -> None:
    counts = []
    for number in range(4):
        _asn(make_shipment(make_answered_order(f"PO00000{number}")), clock.now())
        _board(browser)
        with CaptureQueriesContext(connection) as queries:
            _board(browser)
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_a_stranger_sees_none_of_it(browser: Client, other_tenant: Tenant) -> None:
    shipment = make_shipment(make_answered_order("PO000001"))
    with tenant_scope(other_tenant.pk):
        stranger = signed_in(make_member(other_tenant, Role.OWNER))

    html = _board(stranger).content.decode()

    assert "PO000001" not in html
    assert shipment.number not in html


def test_bars_are_stacked_and_say_their_figures() -> None:
    drawn = draw_bars(["a", "<b>"], [Series("Left", "blue", [2, 0]), Series("Right", "green", [1, 4])], "Both")

    assert drawn.count('class="bar ') == 3
    assert "a · Left: 2 · Right: 1" in drawn
    assert "&lt;b&gt; · Right: 4" in drawn
    assert draw_bars(["a"], [Series("Left", "blue", [0])], "None") == ""
