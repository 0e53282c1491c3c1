"""The endpoints of items, stock and answers, asked by many at once: done once, promised once, answered the same."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connections

from acorn.core import clock
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.models import Commitment, Item, StockEntry, Warehouse
from orders.models import Acknowledgement, PurchaseOrder, PurchaseOrderLine
from tests.factories.accounts import ApiClient, make_token
from tests.factories.catalog import ADDRESS, make_item, make_warehouse, two_person_review
from tests.factories.orders import give_items, item, make_connection, make_order
from tests.factories.stock import assert_books_are_right, figures, make_stocked_item
from tests.factories.tenancy import make_tenant
from vendors.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Any:
    found = make_tenant("acme")
    with tenant_scope(found.pk):
        yield found


def at_once(company: Tenant, calls: Sequence[Callable[[ApiClient], Any]]) -> list[Any]:
    """Each call in a thread of its own, all at the same moment; the answers, in the order of the calls."""
    token = make_token(company)
    barrier = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[ApiClient], Any]) -> None:
        try:
            barrier.wait(20)
            answers[place] = call(ApiClient(token))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def post(path: str, body: Any, **headers: str) -> Callable[[ApiClient], Any]:
    return lambda api: api.post_json(f"/api/v1/{path}/", body, **headers)


def test_reservations_of_the_last_pieces(company: Tenant) -> None:
    stocked = make_stocked_item(on_hand=10)
    calls = [
        post("stock-reservations", {"sku": "SKU-1", "warehouse": "MAIN", "quantity": 3, "purpose": "MANUAL", "reference": f"R-{n}"})
        for n in range(8)
    ]  # fmt: skip

    answers = at_once(company, calls)

    assert Counter(answer.status_code for answer in answers) == {201: 3, 409: 5}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"INSUFFICIENT_STOCK"}
    assert figures(stocked) == (10, 9)
    assert_books_are_right()


def test_one_reference_many_times(company: Tenant) -> None:
    stocked = make_stocked_item(on_hand=10)
    body = {"sku": "SKU-1", "warehouse": "MAIN", "quantity": 3, "purpose": "MANUAL", "reference": "R"}

    answers = at_once(company, [post("stock-reservations", body)] * 8)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert figures(stocked) == (10, 3)


def test_an_order_and_a_shop_want_the_same_pieces(company: Tenant) -> None:
    order = make_order(make_connection(), items=[item("1", 10)])
    give_items(order, 12)
    line = {"sequence": "1", "accepted": 10}
    hold = {"sku": "OWN-1", "warehouse": "MAIN", "quantity": 5, "purpose": "SHOP_ORDER", "reference": "S"}
    calls = [post("acknowledgements", {"purchase_order": order.public_id, "lines": [line]})] * 3
    calls += [post("stock-reservations", hold | {"reference": f"S-{n}"}) for n in range(3)]

    answers = at_once(company, calls)

    order_codes = Counter(answer.status_code for answer in answers[:3])
    shop_codes = Counter(answer.status_code for answer in answers[3:])
    outcome = (dict(order_codes), dict(shop_codes))
    assert outcome in [({202: 3}, {409: 3}), ({422: 3}, {201: 2, 409: 1})], outcome
    for answer in answers[:3]:
        if answer.status_code == 422:
            assert [finding["rule"] for finding in answer.json()["findings"]].count("INSUFFICIENT_STOCK") == 1
    assert Acknowledgement.objects.count() == Submission.objects.count() == (1 if 202 in order_codes else 0)
    assert figures(Item.objects.get())[1] == 10
    assert_books_are_right()


def test_two_orders_want_the_last_pieces(company: Tenant) -> None:
    connection = make_connection()
    orders = [make_order(connection, number, items=[item("1", 10)]) for number in ("PO000001", "PO000002", "PO000003")]
    for order in orders:
        give_items(order, 15)
    calls = [
        post("acknowledgements", {"purchase_order": order.public_id, "lines": [{"sequence": "1", "accepted": 10}]})
        for order in orders
    ]

    answers = at_once(company, calls)

    assert Counter(answer.status_code for answer in answers) == {202: 1, 422: 2}
    assert figures(Item.objects.get()) == (15, 10)
    assert_books_are_right()


def test_twins_of_every_post(company: Tenant) -> None:
    two_person_review(True)
    order, closing = (
        make_order(make_connection(code), number, items=[item("1", 10)])
        for code, number in (("G1", "PO000001"), ("G2", "PO000002"))
    )
    give_items(order)
    give_items(closing)
    make_warehouse()
    stocked = make_item("SKU-1")
    where = {"sku": "SKU-1", "warehouse": "MAIN"}
    asin = {"kind": "ASIN", "value": "B000000009", "marketplace": "US"}
    answered = {"purchase_order": order.public_id, "lines": [{"sequence": "1", "accepted": 10}]}
    made = ApiClient(make_token(company)).post_json(
        "/api/v1/items/", {"sku": "P", "title": "P", "case_pack": 1, "identifiers": [asin]}
    )
    proposal = made.json()["identifiers"][0]["proposal"]
    bodies: list[tuple[str, Any, int]] = [
        ("items", {"sku": "NEW", "title": "New", "case_pack": 6, "identifiers": [asin]}, 201),
        ("warehouses", {"code": "W2", "name": "Two", "address": ADDRESS}, 201),
        ("stock-counts", where | {"on_hand": 50, "as_of": clock.now().isoformat()}, 201),
        ("stock-reservations", where | {"quantity": 5, "purpose": "MANUAL", "reference": "R"}, 201),
        ("stock-reservations", where | {"quantity": 500, "purpose": "MANUAL", "reference": "R2"}, 409),
        (f"identifier-proposals/{proposal}/approve", {}, 200),
        ("acknowledgements", answered, 202),
        ("acknowledgements", answered | {"lines": [{"sequence": "1", "accepted": 9}]}, 422),
        (f"purchase-orders/{closing.public_id}/close-short", {"reason": "Burned."}, 200),
        ("items", {"sku": ""}, 400),
    ]
    for number, (path, body, status) in enumerate(bodies):
        answers = at_once(company, [post(path, body, **{"Idempotency-Key": f"key-{number}"})] * 3)

        assert {answer.status_code for answer in answers} == {status}, (path, answers[0].content)
        assert len({answer.content for answer in answers}) == 1, path
        assert sorted("Idempotent-Replayed" in answer.headers for answer in answers) == [False, True, True], path
    assert (Item.objects.filter(sku="NEW").count(), Warehouse.objects.filter(code="W2").count()) == (1, 1)
    assert figures(stocked) == (50, 5)
    assert StockEntry.objects.filter(balance__item=stocked).count() == 2
    assert Submission.objects.count() == 1
    assert Commitment.objects.count() == 2
    assert PurchaseOrderLine.objects.get(order=order).accepted_eaches == 10
    assert PurchaseOrder.objects.get(pk=closing.pk).state == "CLOSED_SHORT"


def test_a_reservation_is_given_back_once(company: Tenant) -> None:
    stocked = make_stocked_item(on_hand=10)
    held = at_once(company, [post("stock-reservations", {"sku": "SKU-1", "warehouse": "MAIN", "quantity": 4,
                                                        "purpose": "MANUAL", "reference": "R"})])[0].json()  # fmt: skip

    answers = at_once(company, [post(f"stock-reservations/{held['id']}/release", {})] * 6)

    assert {answer.status_code for answer in answers} == {200}
    assert figures(stocked) == (10, 0)
    assert_books_are_right()
