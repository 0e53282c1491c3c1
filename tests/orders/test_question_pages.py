"""Pages of what orders ask people: products without an item, costs that differ, policies."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acorn.accounts.types import Role
from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.jobs.queue import enqueue
from acorn.tenancy.choices import chosen
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.models import AgreedCost, IdentifierProposal, Item
from orders.models import AnswerPolicy, CostDifference, PolicyTrial, PurchaseOrder, PurchaseOrderLine, UnmappedProduct
from orders.selectors import propose, suggest_items
from orders.services import review
from orders.types import POLICIES_SEND
from tests.factories.accounts import make_member, signed_in
from tests.factories.catalog import make_item, two_person_review
from tests.factories.orders import NOW, give_items, item, make_answer, make_connection, make_order, order, pull
from tests.support.jobs import run_due_jobs
from vendors.models import Connection, VendorCode


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.OWNER))


@pytest.fixture
def viewer(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.VIEWER, "viewer@acme.example"))


@pytest.fixture
def charlie(other_tenant: Tenant) -> Client:
    return signed_in(make_member(other_tenant, Role.OWNER))


@pytest.fixture
def link(tenant: Tenant) -> Connection:
    return make_connection()


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def unmapped(link: Connection, *sequences: str) -> list[UnmappedProduct]:
    make_order(link, items=[item(sequence) for sequence in sequences or ("1",)])
    review(now=clock.now())
    return list(UnmappedProduct.objects.order_by("asin"))


def difference(link: Connection, number: str = "PO000001", agreed: str = "2.75") -> CostDifference:
    stored = make_order(link, number)
    give_items(stored)
    line = PurchaseOrderLine.objects.get(order=stored)
    AgreedCost.objects.get_or_create(
        item_id=line.item_id, vendor_code=stored.vendor_code, currency="USD", valid_from=date(2026, 1, 1),
        defaults={"cost": Decimal(agreed), "status": "ACTIVE", "author_label": "me", "created_at": NOW},
    )  # fmt: skip
    review(now=clock.now())
    return CostDifference.objects.get(order=stored)


def follow(*values: str) -> None:
    """What follows a change of identifiers."""
    enqueue("orders.resolve_lines", values=list(values))
    run_due_jobs()


# --- products without an item -----------------------------------------------------------------------------------------


def test_queue_shows_products_and_the_best_suggestion(browser: Client, link: Connection) -> None:
    make_item("SKU-1", ("ASIN", "B000000001", "DE"))
    unmapped(link)

    text = body(browser.get(reverse("orders:unmapped_list")))

    assert "B000000001" in text
    assert "95 %" in text  # 40 for the other marketplace, 50 for the SKU, 5 for its word
    assert "B000000001" in body(browser.get(reverse("orders:unmapped_list") + "?format=csv"))
    assert "B000000001" not in body(browser.get(reverse("orders:unmapped_list") + "?search=nothing"))


def test_empty_queue_says_what_it_is_for(browser: Client) -> None:
    assert "Every line has its item" in body(browser.get(reverse("orders:unmapped_list")))


def test_suggestions_are_ranked_and_say_why(link: Connection) -> None:
    make_item("SKU-1")
    make_item("SKU-12", ("ASIN", "B000000009", "US"))
    make_item("OTHER")
    (product,) = unmapped(link)

    found = suggest_items(product)

    assert [(each.item.sku, [reason["code"] for reason in each.reasons]) for each in found] == [
        ("SKU-1", ["orders.suggest.same_sku", "orders.suggest.words"]),
        ("SKU-12", ["orders.suggest.near_sku", "orders.suggest.words"]),
    ]


def test_number_of_queries_of_the_queue_does_not_grow(browser: Client, link: Connection) -> None:
    def count() -> int:
        with CaptureQueriesContext(database) as captured:
            assert browser.get(reverse("orders:unmapped_list")).status_code == 200
        return len(captured)

    unmapped(link)
    count()
    few = count()
    pull(link, order("PO000002", items=[item(str(place), vendorProductIdentifier="") for place in range(2, 9)]))
    review(now=clock.now())

    assert UnmappedProduct.objects.count() == 8
    assert count() == few


def test_choosing_an_item_waits_for_a_second_person(browser: Client, link: Connection) -> None:
    mug = make_item("MUG")
    (product,) = unmapped(link)
    two_person_review(True)

    response = browser.post(reverse("orders:map_product", args=[product.public_id]), {"item": mug.public_id})

    assert response.status_code == 302
    proposal = IdentifierProposal.objects.get()
    assert (proposal.item_id, proposal.kind, proposal.value, proposal.marketplace) == (
        mug.pk,
        "ASIN",
        "B000000001",
        "US",
    )
    assert PurchaseOrderLine.objects.get().item_id is None


def test_choosing_an_item_that_counts_maps_the_lines(browser: Client, link: Connection) -> None:
    mug = make_item("MUG")
    (product,) = unmapped(link)
    two_person_review(False)

    browser.post(reverse("orders:map_product", args=[product.public_id]), {"item": mug.public_id})
    follow("B000000001")

    assert PurchaseOrderLine.objects.get().item_id == mug.pk
    assert not UnmappedProduct.objects.exists()


def test_new_item_is_made_with_the_products_identifier(browser: Client, link: Connection) -> None:
    (product,) = unmapped(link)
    two_person_review(False)
    address = reverse("orders:create_mapped", args=[product.public_id])

    assert browser.post(address, {"sku": "", "case_pack": "0"}).status_code == 422
    assert browser.post(address, {"sku": "MUG", "title": "Mug", "case_pack": "12"}).status_code == 302
    follow("B000000001")

    made = Item.objects.get()
    assert (made.sku, made.case_pack, PurchaseOrderLine.objects.get().item_id) == ("MUG", 12, made.pk)


def test_sure_suggestions_are_taken_at_one_stroke_and_others_left(browser: Client, link: Connection) -> None:
    sure = make_item("SKU-1", ("ASIN", "B000000001", "DE"))
    make_item("SKU-22")
    products = unmapped(link, "1", "2")
    two_person_review(False)

    browser.post(reverse("orders:map_best"), {"selected": [product.public_id for product in products]})
    follow("B000000001", "B000000002")

    assert [line.item_id for line in PurchaseOrderLine.objects.order_by("sequence")] == [sure.pk, None]


def test_unknown_item_is_refused(browser: Client, link: Connection) -> None:
    (product,) = unmapped(link)

    for given in ("", "it_nothing", "\x00"):
        response = browser.post(reverse("orders:map_product", args=[product.public_id]), {"item": given})
        assert response.status_code in (404, 422)


def test_viewer_sees_and_changes_nothing(viewer: Client, link: Connection) -> None:
    (product,) = unmapped(link)

    assert viewer.get(reverse("orders:unmapped", args=[product.public_id])).status_code == 200
    assert viewer.post(reverse("orders:map_product", args=[product.public_id]), {"item": "x"}).status_code == 403
    assert viewer.get(reverse("orders:differences")).status_code == 403
    assert viewer.get(reverse("orders:policies")).status_code == 403


# --- costs ------------------------------------------------------------------------------------------------------------


def test_difference_is_told_in_money_with_a_total(browser: Client, link: Connection) -> None:
    row = difference(link)
    difference(link, "PO000002")

    assert (row.po_cost, row.agreed_cost, row.amount, row.eaches) == (
        Decimal("2.5"),
        Decimal("2.75"),
        Decimal("-2.5"),
        10,
    )
    text = body(browser.get(reverse("orders:differences")))
    assert "PO000001" in text
    assert "5.00" in text
    assert "PO000001" in body(browser.get(reverse("orders:differences") + "?format=csv"))


def test_accepted_difference_is_no_doubt_any_more(browser: Client, link: Connection) -> None:
    row = difference(link)
    stored = PurchaseOrder.objects.get()

    def doubts() -> list[str]:
        return [each["code"] for each in propose([stored.public_id], now=NOW)[stored.public_id].lines[0].doubts]

    assert doubts() == ["orders.why.cost_below"]
    for _ in range(2):
        browser.post(reverse("orders:choose_cost", args=[row.public_id]), {"choice": "ACCEPT"})

    assert doubts() == []
    assert AuditEvent.objects.filter(code="orders.cost_chosen").count() == 1


def test_refused_cost_proposes_to_reject_and_is_not_clean(browser: Client, link: Connection) -> None:
    row = difference(link)

    browser.post(reverse("orders:choose_costs") + "?choice=REJECT", {"selected": [row.public_id]})

    stored = PurchaseOrder.objects.get()
    proposal = propose([stored.public_id], now=NOW)[stored.public_id]
    assert (proposal.lines[0].answer.rejected, proposal.is_clean) == (10, False)


def test_choice_does_not_outlive_the_costs_it_was_made_for(browser: Client, link: Connection) -> None:
    row = difference(link)
    browser.post(reverse("orders:choose_cost", args=[row.public_id]), {"choice": "ACCEPT"})
    AgreedCost.objects.update(cost=Decimal("2.90"))

    stored = PurchaseOrder.objects.get()
    proposal = propose([stored.public_id], now=NOW)[stored.public_id]
    review(now=clock.now())

    assert not proposal.is_clean
    assert CostDifference.objects.get().choice == ""


def test_difference_is_closed_with_the_answer_and_stays_if_it_was_decided(browser: Client, link: Connection) -> None:
    row = difference(link)
    browser.post(reverse("orders:choose_cost", args=[row.public_id]), {"choice": "WRITE"})
    make_answer(PurchaseOrder.objects.get())

    review(now=clock.now())

    row.refresh_from_db()
    assert (row.is_open, row.choice) == (False, "WRITE")


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Dear buyer"), ("zh", "采购员您好"), ("de", "Bestellung"), ("xx", "Dear buyer")]
)
def test_letter_names_order_product_costs_and_dates(
    browser: Client, link: Connection, language: str, word: str
) -> None:
    row = difference(link)

    response = browser.get(reverse("orders:difference", args=[row.public_id]) + f"?language={language}&download=1")

    text = body(response)
    assert word in text
    for part in ("PO000001", "B000000001", "2.50", "2.75", "2026-11-20", "ACMUS"):
        assert part in text
    assert response.headers["Content-Disposition"] == 'attachment; filename="cost-PO000001.txt"'


# --- policies ---------------------------------------------------------------------------------------------------------

FORM = {
    "mode": "SEND_WHEN_CLEAN", "uses_stock": "on", "whole_cases": "on", "partial_allowed": "on", "backorder_allowed": "on",
    "backorder_days": "28", "cost_tolerance": "0", "max_orders_per_hour": "60", "reason": "try it",
}  # fmt: skip


@pytest.fixture
def code(link: Connection) -> VendorCode:
    return VendorCode.objects.create(group=link.group, code="ACMUS")


def test_policy_is_tried_then_switched_on_then_stopped(browser: Client, code: VendorCode) -> None:
    address = reverse("orders:set_policy", args=[code.public_id])
    assert "Nobody has decided" in body(browser.get(reverse("orders:policies")))

    assert browser.post(address, FORM).status_code == 422
    trial = browser.post(address, FORM | {"try": "1"})
    run_due_jobs()
    assert PolicyTrial.objects.get().state == "DONE"
    assert browser.get(trial.url).status_code == 200
    assert browser.get(trial.url + "?format=csv").status_code == 200
    assert browser.post(address, FORM).status_code == 302

    assert AnswerPolicy.objects.get().mode == "SEND_WHEN_CLEAN"
    browser.post(reverse("orders:switch_policies"), {"on": "false"})
    assert chosen(POLICIES_SEND) is False
    assert "Policies are stopped" in body(browser.get(reverse("orders:policy", args=[code.public_id])))


def test_form_keeps_what_was_typed_and_says_what_is_wrong(browser: Client, code: VendorCode) -> None:
    typed = FORM | {"mode": "PROPOSE", "warehouses": "NOWHERE", "holds": "FC PHX7 tomorrow strike", "min_amount": "5"}

    response = browser.post(reverse("orders:set_policy", args=[code.public_id]), typed)

    text = body(response)
    assert response.status_code == 422
    for part in ("There is no warehouse NOWHERE", "no proper day", "Name the currency"):
        assert part in text
    assert not AnswerPolicy.objects.exists()


def test_terms_come_back_as_they_were_typed(browser: Client, code: VendorCode) -> None:
    typed = FORM | {
        "mode": "PROPOSE", "holds": "FC PHX7 2026-12-24 Strike at the gate\nITEM MUG – broken", "min_amount": "100",
        "max_amount": "5000", "currency": "USD", "reject_reasons": ["TEMPORARILY_UNAVAILABLE"],
    }  # fmt: skip

    browser.post(reverse("orders:set_policy", args=[code.public_id]), typed)
    text = body(browser.get(reverse("orders:policy", args=[code.public_id])))

    for part in ("FC PHX7 2026-12-24 Strike at the gate", "ITEM MUG – broken", 'value="5000', 'value="USD"'):
        assert part in text


def test_strangers_find_nothing(charlie: Client, link: Connection, code: VendorCode, other_tenant: Tenant) -> None:
    row = difference(link)
    make_order(link, "PO000003", items=[item("3")])
    review(now=clock.now())
    product = UnmappedProduct.objects.get()
    with tenant_scope(other_tenant.pk):
        pages = [
            ("orders:unmapped", product.public_id), ("orders:difference", row.public_id), ("orders:policy", code.public_id),
        ]  # fmt: skip
        assert [charlie.get(reverse(name, args=[key])).status_code for name, key in pages] == [404, 404, 404]
        charlie.post(reverse("orders:choose_costs") + "?choice=ACCEPT", {"selected": [row.public_id]})
        charlie.post(reverse("orders:map_best"), {"selected": [product.public_id]})

    row.refresh_from_db()
    assert (row.choice, IdentifierProposal.objects.filter(value=product.asin).count()) == ("", 0)
