"""Pages of stock: what a person sees and does there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from acorn.accounts.types import Role
from acorn.core import clock
from acorn.tenancy.models import Tenant
from acorn.ui.charts import Series, draw_steps
from catalog.models import Commitment, Inbound, Item, StockBalance, StockEntry
from catalog.projection import project
from catalog.services import stock
from catalog.types import Pool, Purpose
from tests.factories.accounts import make_member, signed_in
from tests.factories.catalog import make_warehouse
from tests.factories.stock import (
    ACTOR,
    NOW,
    assert_books_are_right,
    count,
    figures,
    holder,
    make_inbound,
    make_stocked_item,
    place,
    promise,
    reserve,
)


def _client(tenant: Tenant, role: Role = Role.OPERATIONS) -> Any:
    return signed_in(make_member(tenant, role))


def _url(name: str, *args: Any) -> str:
    return reverse(f"catalog:{name}", args=args)


def _fill(number: int) -> Item:
    item = make_stocked_item(f"S{number}")
    count(item, 5, at=place(item, make_warehouse("EAST")))
    reserve(item, 10, f"H{number}")
    make_inbound(item, reference=f"SEA-{number}")
    return item


@pytest.mark.parametrize("name", ["stock", "commitments", "inbound"])
def test_lists_take_as_many_queries_for_many_rows(
    tenant: Tenant, name: str, django_assert_max_num_queries: Any
) -> None:
    client = _client(tenant)
    _fill(0)
    client.get(_url(name))
    with django_assert_max_num_queries(22) as few:
        assert "S0" in client.get(_url(name)).text
    for number in (1, 2, 3):
        _fill(number)

    with django_assert_max_num_queries(len(few.captured_queries)):
        page = client.get(_url(name)).text

    assert all(f"S{number}" in page for number in range(4))
    export = client.get(f"{_url(name)}?format=csv")
    assert len(export.getvalue().decode().splitlines()) > 4


def test_the_stock_of_an_item_on_one_page(tenant: Tenant, django_assert_max_num_queries: Any) -> None:
    client = _client(tenant)
    item = _fill(0)
    client.get(_url("item_stock", item.public_id))
    with django_assert_max_num_queries(29) as few:
        page = client.get(_url("item_stock", item.public_id)).text
    for number in range(4):
        reserve(item, 1, f"MORE-{number}")
        make_inbound(item, reference=f"MORE-{number}")

    with django_assert_max_num_queries(len(few.captured_queries)):
        again = client.get(_url("item_stock", item.public_id)).text

    for text in ("MAIN", "EAST", "H0", "SEA-0", "<svg", "+10 → 10"):
        assert text in page
    assert "MORE-3" in again
    assert client.get(_url("item", item.public_id)).text.count("EAST") == 1
    assert "EAST" in client.get(_url("item_ledger", item.public_id)).text


def test_what_stands_at_amazon_is_not_added_to_what_can_be_promised(tenant: Tenant) -> None:
    item = make_stocked_item(on_hand=300)
    count(item, 7000, at=place(item, make_warehouse("FBA", pool=Pool.FBA), Pool.FBA))

    page = _client(tenant).get(_url("item_stock", item.public_id)).text

    assert "7,000" in page
    assert "7,300" not in page


def test_stock_is_filtered_by_what_matters(tenant: Tenant) -> None:
    client = _client(tenant)
    short, none, fine = make_stocked_item("SHORT"), make_stocked_item("NONE", 0), make_stocked_item("FINE")
    reserve(short, 50)
    count(short, 10, as_of=NOW)

    def shown(query: str) -> set[str]:
        page = client.get(f"{_url('stock')}?{query}").text
        return {item.sku for item in (short, none, fine) if item.public_id in page}

    assert shown("") == {"SHORT", "NONE", "FINE"}
    assert shown("oversold=true") == {"SHORT"}
    assert shown("none=true") == {"SHORT", "NONE"}
    assert shown("warehouse=MAIN&pool=OWN&sort=-on_hand") == {"SHORT", "NONE", "FINE"}
    assert shown("pool=FBA") == set()


def test_a_person_counts_holds_and_releases(tenant: Tenant) -> None:
    client = _client(tenant)
    item = make_stocked_item()
    counted = {"warehouse": "MAIN", "pool": "", "on_hand": "80", "as_of": "", "reason": "Yearly count"}
    held = {"warehouse": "MAIN", "pool": "", "quantity": "30", "reference": "TRADE-FAIR"}

    assert client.post(_url("count_item", item.public_id), counted).status_code == 302
    assert client.post(_url("hold_item", item.public_id), held).status_code == 302
    assert figures(item) == (80, 30)
    assert StockEntry.objects.filter(reason="Yearly count", source="PAGE").count() == 1
    refused = client.post(_url("hold_item", item.public_id), held | {"quantity": "51", "reference": "OTHER"})
    assert refused.status_code == 422
    assert "50" in refused.text
    client.post(_url("release"), {"selected": Commitment.objects.get().public_id, "item": item.public_id})

    assert figures(item) == (80, 0)
    assert_books_are_right()


def test_a_count_needs_a_reason_and_a_figure(tenant: Tenant) -> None:
    client = _client(tenant)
    item = make_stocked_item()

    for change in ({"reason": ""}, {"on_hand": "-1"}, {"warehouse": "NOWHERE"}, {"as_of": "2099-01-01T00:00"}):
        given = {"warehouse": "MAIN", "on_hand": "80", "reason": "x"} | change
        assert client.post(_url("count_item", item.public_id), given).status_code == 422, change

    assert figures(item) == (100, 0)


def test_a_buffer_is_changed_and_told(tenant: Tenant) -> None:
    client = _client(tenant)
    item = make_stocked_item()

    client.post(_url("buffer_item", item.public_id), {"warehouse": "MAIN", "buffer": "25", "reason": "Miscounts"})

    assert StockBalance.objects.get().buffer == 25
    assert "0 → 25" in client.get(_url("item_stock", item.public_id)).text


def test_selected_places_are_counted_on_one_sheet(tenant: Tenant) -> None:
    client = _client(tenant)
    first, second = make_stocked_item("A"), make_stocked_item("B")
    keys = {row.item_id: row.pk for row in StockBalance.objects.all()}

    sheet = client.post(_url("count_sheet"), {"selected": [*keys.values(), "abc", "9" * 30]})
    assert all(f"counted-{key}" in sheet.text for key in keys.values())
    typed = {f"counted-{keys[first.pk]}": "70", f"counted-{keys[second.pk]}": "x", "reason": "Yearly count"}
    assert client.post(_url("save_count_sheet"), typed).status_code == 422
    assert figures(first) == (100, 0)
    typed[f"counted-{keys[second.pk]}"] = ""
    assert client.post(_url("save_count_sheet"), typed | {"reason": " "}).status_code == 422
    assert client.post(_url("save_count_sheet"), {"reason": "x"}).status_code == 422
    assert client.post(_url("save_count_sheet"), typed).status_code == 302

    assert (figures(first), figures(second)) == ((70, 0), (100, 0))
    assert client.post(_url("count_sheet"), {"all": "1", "query": "search=A"}).text.count('name="counted-') == 1


def test_what_an_order_holds_stays_when_it_is_selected(tenant: Tenant) -> None:
    client = _client(tenant)
    item = make_stocked_item()
    reserve(item, 5)
    stock.set_promises([promise(item, 60)], purpose=Purpose.AMAZON_LINE, reference=holder("PO-1"), actor=ACTOR, now=NOW)

    page = client.post(_url("release"), {"all": "1", "query": ""}, follow=True)

    assert "PO-1" in page.text
    assert figures(item) == (100, 65)


def test_inbound_is_announced_and_arrives(tenant: Tenant) -> None:
    client = _client(tenant)
    item = make_stocked_item()
    day = clock.now().date()
    given = {
        "sku": "SKU-1",
        "warehouse": "MAIN",
        "quantity": "40",
        "expected_on": (day - timedelta(days=3)),
        "reference": "SEA-9",
    }

    assert client.post(_url("expect_inbound"), given | {"sku": "NOBODY"}).status_code == 422
    assert client.post(_url("expect_inbound"), given).status_code == 302
    assert "Late" in client.get(f"{_url('inbound')}?late=true").text
    inbound = Inbound.objects.get()
    client.post(_url("receive_inbound", inbound.public_id), {"quantity": "many"})
    assert figures(item) == (100, 0)
    client.post(_url("receive_inbound", inbound.public_id), {"quantity": "38"})
    client.post(_url("receive_many"), {"selected": inbound.public_id})
    client.post(_url("cancel_inbound", inbound.public_id))

    assert figures(item) == (138, 0)
    assert Inbound.objects.get().state == "ARRIVED"


def test_viewers_look_and_touch_nothing(tenant: Tenant) -> None:
    client = _client(tenant, Role.VIEWER)
    item = _fill(0)

    page = client.get(_url("item_stock", item.public_id)).text

    assert "catalog:hold" not in page
    assert _url("hold_item", item.public_id) not in page
    assert client.post(_url("release"), {"all": "1"}).status_code == 403
    assert client.get(_url("count_item", item.public_id)).status_code == 403


def test_the_projection_tells_each_day() -> None:
    today = date(2026, 11, 24)
    days = project(
        today, 4, on_hand=10, kept_back=2,
        promised=[(None, 3), (today - timedelta(days=5), 1), (today + timedelta(days=2), 20)],
        inbound=[(today + timedelta(days=1), 30), (today - timedelta(days=1), 5)],
    )  # fmt: skip

    assert [(day.arrives, day.leaves, day.on_hand, day.available) for day in days] == [
        (5, 4, 11, -11),
        (30, 0, 41, -11),
        (0, 20, 21, 19),
        (0, 0, 21, 19),
    ]


@pytest.mark.parametrize("values", [[0, 0], [5, -3, 12_345], [1, 1, 1], [-7, -9]])
def test_a_chart_of_any_values_is_drawn(values: list[int]) -> None:
    days = [date(2026, 11, 24) + timedelta(days=n) for n in range(len(values))]

    drawn = draw_steps(days, [Series("<b>", "blue", values)], "label")

    assert drawn.count("<title>") == len(values)
    assert "<b>" not in drawn
    assert "nan" not in drawn


def test_no_chart_of_a_single_day() -> None:
    assert draw_steps([date(2026, 11, 24)], [Series("a", "blue", [1])], "label") == ""
