"""Goods that move without a count: once a reference, never more than there is, never under what is promised unsaid."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from acorn.audit.models import AuditEvent
from acorn.core.errors import Invalid
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from catalog.errors import MovementDiffers, NotThere, StockPromised
from catalog.models import Item, StockBalance, StockEntry
from catalog.selectors.stock import find_wrong_balances
from catalog.services import stock
from catalog.types import Pool
from tests.factories.accounts import api_client, make_member, signed_in
from tests.factories.catalog import make_warehouse
from tests.factories.stock import ACTOR, NOW, assert_books_are_right, count, figures, make_stocked_item, place, reserve


def _adjust(item: Item, change: int, reference: str = "A-1", cause: str = "", **fields: Any) -> StockEntry:
    given = {"warehouse": make_warehouse(), "pool": Pool.OWN, "actor": ACTOR, "now": NOW} | fields
    cause = cause or ("FOUND" if change > 0 else "DAMAGED")
    return stock.adjust(item=item, change=change, cause=cause, reference=reference, **given)


def _move(item: Item, quantity: int, reference: str = "M-1", **fields: Any) -> tuple[StockEntry, StockEntry]:
    given = {
        "warehouse": make_warehouse(), "pool": Pool.OWN, "to_warehouse": make_warehouse("EAST"), "to_pool": Pool.OWN,
        "actor": ACTOR, "now": NOW,
    } | fields  # fmt: skip
    return stock.move(item=item, quantity=quantity, reference=reference, **given)


# --- Adjusting ---
@pytest.mark.parametrize(("change", "cause", "left"), [(-3, "DAMAGED", 97), (4, "FOUND", 104), (-100, "LOST", 0)])
def test_an_adjustment_says_what_changed_and_why(tenant: Tenant, change: int, cause: str, left: int) -> None:
    item = make_stocked_item()

    entry = _adjust(item, change, cause=cause, note="Pallet 7")

    assert figures(item) == (left, 0)
    assert (entry.kind, entry.cause, entry.reason, entry.on_hand_after) == ("ADJUSTMENT", cause, "Pallet 7", left)
    assert AuditEvent.objects.get(code="catalog.stock_adjusted").params == {
        "sku": "SKU-1", "warehouse": "MAIN", "pool": "OWN", "reference": "A-1", "cause": cause,
        "change": f"{change:+}", "on_hand": left,
    }  # fmt: skip
    assert_books_are_right()


def test_a_repeated_adjustment_counts_once_and_another_under_its_reference_is_refused(tenant: Tenant) -> None:
    item, other = make_stocked_item(), make_stocked_item("SKU-2")
    first = _adjust(item, -3)

    assert _adjust(item, -3).pk == first.pk
    for again in ({"change": -4}, {"cause": "LOST", "change": -3}, {"change": -3, "item": other}):
        with pytest.raises(MovementDiffers), transaction.atomic():
            _adjust(**{"item": item} | again)  # type: ignore[arg-type]

    assert figures(item) == (97, 0)
    assert figures(other) == (100, 0)
    assert AuditEvent.objects.filter(code="catalog.stock_adjusted").count() == 1


def test_nothing_is_taken_from_under_a_promise_unless_it_is_said(tenant: Tenant) -> None:
    item = make_stocked_item()
    reserve(item, 60)

    with pytest.raises(StockPromised) as refusal, transaction.atomic():
        _adjust(item, -41)
    assert refusal.value.params == {"sku": "SKU-1", "warehouse": "MAIN", "on_hand": 100, "committed": 60, "asked": 41}
    assert figures(item) == (100, 60)

    _adjust(item, -41, below_promised=True)

    assert figures(item) == (59, 60)
    assert WorkItem.objects.get(kind="catalog.oversold", closed_at=None).params["shortage"] == 1
    _adjust(item, 1, "A-2")
    assert not WorkItem.objects.filter(kind="catalog.oversold", closed_at=None).exists()


def test_what_is_not_there_cannot_be_taken_however_it_is_said(tenant: Tenant) -> None:
    item, never_counted = make_stocked_item(), make_stocked_item("SKU-2", None)

    for what, change in ((item, -101), (never_counted, -1)):
        with pytest.raises(NotThere), transaction.atomic():
            _adjust(what, change, below_promised=True)

    assert figures(item) == (100, 0)
    assert not StockEntry.objects.filter(kind="ADJUSTMENT").exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"change": 0, "cause": "OTHER", "note": "x"}, "change"),
        ({"change": 5, "cause": "DAMAGED"}, "change"),
        ({"change": -5, "cause": "FOUND"}, "change"),
        ({"change": -5, "cause": "OTHER", "note": " "}, "note"),
        ({"change": -5, "moved_at": NOW + timedelta(hours=1)}, "moved_at"),
    ],
)
def test_an_adjustment_that_makes_no_sense_is_refused(tenant: Tenant, fields: dict[str, Any], field: str) -> None:
    item = make_stocked_item()

    with pytest.raises(Invalid) as refusal:
        _adjust(item, **fields)

    assert list(refusal.value.fields) == [field]
    assert figures(item) == (100, 0)


def test_what_moved_before_the_count_was_counted_as_moved(tenant: Tenant) -> None:
    item = make_stocked_item()  # counted a day ago
    before, after = NOW - timedelta(days=2), NOW - timedelta(hours=1)

    late = _adjust(item, -3, "LATE", moved_at=before)
    assert (late.on_hand_change, figures(item)) == (0, (100, 0))
    assert _adjust(item, -3, "LATE", moved_at=before).pk == late.pk

    _adjust(item, -3, "SINCE", moved_at=after)
    count(item, 50, as_of=NOW - timedelta(hours=2))

    assert figures(item) == (47, 0)
    assert_books_are_right()


# --- Moving ---
def test_goods_move_once_and_neither_appear_nor_vanish(tenant: Tenant) -> None:
    item = make_stocked_item()

    taken, brought = _move(item, 30)
    again = _move(item, 30)

    assert [entry.pk for entry in again] == [taken.pk, brought.pk]
    assert (figures(item), figures(item, place(item, make_warehouse("EAST")))) == ((70, 0), (30, 0))
    assert [(entry.kind, entry.on_hand_change) for entry in (taken, brought)] == [
        ("TRANSFER_OUT", -30), ("TRANSFER_IN", 30),
    ]  # fmt: skip
    params = AuditEvent.objects.get(code="catalog.stock_moved").params
    assert (params["source"], params["target"], params["quantity"]) == ("MAIN", "EAST", 30)
    assert_books_are_right()
    for other in ({"quantity": 31}, {"to_warehouse": make_warehouse("WEST")}, {"pool": Pool.FBA}):
        with pytest.raises(MovementDiffers), transaction.atomic():
            _move(item, **{"quantity": 30} | other)


def test_goods_move_between_pools_of_one_warehouse(tenant: Tenant) -> None:
    item = make_stocked_item()

    _move(item, 100, to_warehouse=make_warehouse(), to_pool=Pool.FBA)

    assert (figures(item), figures(item, place(item, pool=Pool.FBA))) == ((0, 0), (100, 0))


def test_a_move_leaves_what_is_promised_unless_it_is_said(tenant: Tenant) -> None:
    item = make_stocked_item()
    reserve(item, 60)

    with pytest.raises(StockPromised), transaction.atomic():
        _move(item, 41)
    with pytest.raises(NotThere), transaction.atomic():
        _move(item, 101, below_promised=True)
    assert not StockBalance.objects.filter(warehouse__code="EAST").exists()

    _move(item, 41, below_promised=True)

    assert figures(item) == (59, 60)
    assert WorkItem.objects.filter(kind="catalog.oversold", closed_at=None).count() == 1


def test_what_was_promised_too_much_is_covered_by_what_is_brought(tenant: Tenant) -> None:
    item = make_stocked_item()
    reserve(item, 60)
    count(item, 20, as_of=NOW)
    count(item, 90, at=place(item, make_warehouse("EAST")))
    later = {"now": NOW + timedelta(minutes=1)}

    _move(item, 40, warehouse=make_warehouse("EAST"), to_warehouse=make_warehouse(), **later)

    assert figures(item) == (60, 60)
    assert not WorkItem.objects.filter(kind="catalog.oversold", closed_at=None).exists()


def test_each_place_of_a_late_move_looks_at_its_own_count(tenant: Tenant) -> None:
    item = make_stocked_item()  # counted a day ago; EAST never was

    taken, brought = _move(item, 30, moved_at=NOW - timedelta(days=2))

    assert (taken.on_hand_change, brought.on_hand_change) == (0, 30)
    assert (figures(item), figures(item, place(item, make_warehouse("EAST")))) == ((100, 0), (30, 0))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"to_warehouse": None}, "to_warehouse"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -5}, "quantity"),
        ({"moved_at": NOW + timedelta(hours=1)}, "moved_at"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(tenant: Tenant, fields: dict[str, Any], field: str) -> None:
    item = make_stocked_item()
    if "to_warehouse" in fields:
        fields = {"to_warehouse": make_warehouse()}

    with pytest.raises(Invalid) as refusal:
        _move(item, **{"quantity": 5} | fields)

    assert list(refusal.value.fields) == [field]
    assert figures(item) == (100, 0)


# --- Through the API ---
def _post(tenant: Tenant, path: str, **body: Any) -> Any:
    given = {"sku": "SKU-1", "warehouse": "MAIN", "reference": "R-1"}
    return api_client(tenant).post_json(f"/api/v1/{path}/", given | body)


def test_a_program_adjusts_and_moves_and_reads_the_ledger(tenant: Tenant) -> None:
    item = make_stocked_item()
    east = make_warehouse("EAST", pool=Pool.THIRD_PARTY)

    adjusted = _post(tenant, "stock-adjustments", change=-3, cause="DAMAGED", note="wet")
    again = _post(tenant, "stock-adjustments", change=-3, cause="DAMAGED", note="wet")
    moved = _post(tenant, "stock-transfers", to_warehouse=east.public_id, quantity=7)

    assert (adjusted.status_code, adjusted.json()) == (201, again.json())
    assert {name: adjusted.json()[name] for name in ("cause", "on_hand_change", "on_hand_after", "reason")} == {
        "cause": "DAMAGED", "on_hand_change": -3, "on_hand_after": 97, "reason": "wet",
    }  # fmt: skip
    assert (moved.json()["taken"]["on_hand_after"], moved.json()["brought"]["pool"]) == (90, "THIRD_PARTY")
    ledger = api_client(tenant).get("/api/v1/stock-entries/?sku=SKU-1").json()["results"]
    assert [row["kind"] for row in ledger] == ["TRANSFER_IN", "TRANSFER_OUT", "ADJUSTMENT", "COUNT"]
    assert [row["source"] for row in ledger] == ["API", "API", "API", "test"]
    assert figures(item) == (90, 0)


@pytest.mark.parametrize(
    ("path", "body", "status", "what"),
    [
        ("stock-adjustments", {"change": 0, "cause": "FOUND"}, 400, "change"),
        ("stock-adjustments", {"change": 1.5, "cause": "FOUND"}, 400, "change"),
        ("stock-adjustments", {"change": 1, "cause": "MAGIC"}, 400, "cause"),
        ("stock-adjustments", {"change": 10**13, "cause": "FOUND"}, 400, "change"),
        ("stock-adjustments", {"change": -101, "cause": "LOST"}, 409, "NOT_THERE"),
        ("stock-adjustments", {"change": -41, "cause": "LOST"}, 409, "STOCK_PROMISED"),
        ("stock-transfers", {"to_warehouse": "MAIN", "quantity": 1}, 400, "to_warehouse"),
        ("stock-transfers", {"to_warehouse": "MOON", "quantity": 1}, 400, "to_warehouse"),
        ("stock-transfers", {"to_warehouse": "EAST", "quantity": 0}, 400, "quantity"),
        ("stock-transfers", {"to_warehouse": "EAST", "quantity": 41}, 409, "STOCK_PROMISED"),
    ],
)
def test_what_cannot_be_is_refused(tenant: Tenant, path: str, body: dict[str, Any], status: int, what: str) -> None:
    item = make_stocked_item()
    make_warehouse("EAST")
    reserve(item, 60)

    answer = _post(tenant, path, **body)

    assert answer.status_code == status
    assert what in ([answer.json()["code"], *answer.json()["fields"]])
    assert figures(item) == (100, 60)


def test_a_stranger_moves_nothing(tenant: Tenant, other_tenant: Tenant) -> None:
    item = make_stocked_item()
    theirs = make_warehouse("EAST")
    with tenant_scope(other_tenant.pk):
        make_stocked_item("SKU-9")

    by_sku = _post(other_tenant, "stock-adjustments", change=-3, cause="LOST")
    by_id = _post(other_tenant, "stock-transfers", sku="SKU-9", to_warehouse=theirs.public_id, quantity=3)

    assert [answer.status_code for answer in (by_sku, by_id)] == [400, 400]
    assert api_client(other_tenant).get("/api/v1/stock-entries/?sku=SKU-1").json()["results"] == []
    with tenant_scope(tenant.pk):
        assert figures(item) == (100, 0)
        assert find_wrong_balances() == []


# --- On the pages ---
def test_a_person_adjusts_and_moves(tenant: Tenant) -> None:
    item = make_stocked_item()
    make_warehouse("EAST")
    client = signed_in(make_member(tenant))
    page = client.get(reverse("catalog:adjust_item", args=[item.public_id])).text
    given = {"warehouse": "MAIN", "pool": "", "cause": "DAMAGED", "change": "-3", "reference": "mv_1"}
    assert 'name="reference" value="mv_' in page

    for _twice in range(2):
        assert client.post(reverse("catalog:adjust_item", args=[item.public_id]), given).status_code == 302
    moved = client.post(
        reverse("catalog:move_item", args=[item.public_id]),
        {"warehouse": "MAIN", "quantity": "7", "to_warehouse": "EAST", "reference": "mv_2"},
    )

    assert moved.status_code == 302
    assert figures(item) == (90, 0)
    shown = client.get(reverse("catalog:item_stock", args=[item.public_id])).text
    assert "Damaged" in shown
    assert "MAIN has 90 now, EAST has 7." in shown


def test_what_is_promised_stays_until_the_person_says_so(tenant: Tenant) -> None:
    item = make_stocked_item()
    reserve(item, 60)
    client = signed_in(make_member(tenant))
    address = reverse("catalog:adjust_item", args=[item.public_id])
    given = {"warehouse": "MAIN", "cause": "LOST", "change": "-41", "reference": "mv_1"}

    refused = client.post(address, given)
    done = client.post(address, given | {"below_promised": "on"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "60 of them are promised" in refused.text
    assert figures(item) == (59, 60)
