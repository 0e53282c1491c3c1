"""Which item a line means: when it arrives, and when identifiers change."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from acorn.jobs.models import Job
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from catalog.impact import measure
from catalog.models import Identifier, Item, PartyAddress
from orders.models import Finding, PurchaseOrder, PurchaseOrderLine, UnmappedProduct
from orders.services import mapping, resolve_lines, review
from tests.factories.orders import NOW, cases, item, make_connection, make_order, order, pull
from vendors.models import Connection

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def link() -> Connection:
    return make_connection()


def make_item(sku: str, *identifiers: tuple[str, str], case_pack: int = 1, **fields: Any) -> Item:
    found = Item.objects.create(sku=sku, case_pack=case_pack, created_at=NOW, changed_at=NOW)
    for kind, value in identifiers:
        name(found, kind, value, **fields)
    return found


def name(product: Item, kind: str, value: str, **fields: Any) -> Identifier:
    return Identifier.objects.create(item=product, kind=kind, value=value, created_at=NOW, **fields)


def lines() -> list[tuple[str, str | None, str]]:
    rows = PurchaseOrderLine.objects.order_by("order_id", "sequence").values_list(
        "sequence", "item__sku", "item_problem"
    )
    return [(sequence, sku, problem) for sequence, sku, problem in rows]


def codes() -> list[str]:
    return sorted(Finding.objects.values_list("code", flat=True))


# --- when an order arrives --------------------------------------------------------------------------------------------


def test_line_gets_its_item_when_it_arrives(link: Connection) -> None:
    make_item("MUG", ("ASIN", "B000000001"))
    cup, jug = make_item("CUP", ("VENDOR_SKU", "SKU-3")), make_item("JUG", ("VENDOR_SKU", "SKU-3"))

    make_order(link, items=[item("1"), item("2"), item("3")])

    assert cup.pk != jug.pk
    assert lines() == [("1", "MUG", ""), ("2", None, "UNKNOWN"), ("3", None, "AMBIGUOUS")]


def test_identifier_counts_by_the_orders_day_and_marketplace(link: Connection) -> None:
    make_item("OLD", ("ASIN", "B000000001"), effective_until=date(2026, 11, 20))
    make_item("NEW", ("ASIN", "B000000001"), effective_from=date(2026, 11, 20))
    make_item("GERMAN", ("ASIN", "B000000002"), marketplace="DE")

    make_order(link, items=[item("1"), item("2")])

    assert lines() == [("1", "NEW", ""), ("2", None, "UNKNOWN")]


def test_number_of_statements_does_not_grow_with_the_lines(link: Connection) -> None:
    for place in range(9):
        make_item(f"MUG{place}", ("ASIN", f"B00000000{place}"))

    def count(first: int, orders: int) -> int:
        rows = [order(f"PO{first + place:06}", items=[item(str(line)) for line in range(8)]) for place in range(orders)]
        with CaptureQueriesContext(database) as captured:
            pull(link, *rows)
        return len(captured)

    count(1, 1)
    assert count(10, 1) == count(20, 30)


def test_other_case_pack_is_a_finding(link: Connection) -> None:
    make_item("MUG", ("ASIN", "B000000001"), case_pack=24)
    make_item("CUP", ("ASIN", "B000000002"), case_pack=12)
    items = [item(sequence, orderedQuantity=cases(2, 12)) for sequence in "12"]

    stored = make_order(link, items=[*items, item("3")], billToParty=None, shipToParty={"partyId": ""})

    (finding,) = Finding.objects.filter(code="orders.other_pack")
    assert (finding.line, finding.params) == ("1", {"sku": "MUG", "unit_size": 12, "case_pack": 24})
    assert stored.finding_count == Finding.objects.filter(order=stored).count()


def test_party_that_nobody_knows_the_address_of_is_a_finding(link: Connection) -> None:
    known = {"kind": "FC", "marketplace": "US", "valid_from": date(2026, 1, 1), "address": {"city": "Phoenix"}}
    PartyAddress.objects.create(party_id="PHX7", created_at=NOW, **known)
    PartyAddress.objects.create(party_id="ABE2", created_at=NOW, **known | {"valid_from": date(2026, 11, 21)})
    own = {
        "partyId": "ONT8",
        "address": {"name": "Amazon", "addressLine1": "1 Road", "city": "Ontario", "countryCode": "US"},
    }

    for number, party in (("PO000001", {"partyId": "PHX7"}), ("PO000002", {"partyId": "ABE2"}), ("PO000003", own)):
        make_order(link, number, shipToParty=party, billToParty=own)

    (finding,) = Finding.objects.filter(code="orders.address_missing")
    assert (finding.number, finding.params) == ("PO000002", {"kind": "FC", "party": "ABE2"})


def test_history_asks_for_no_addresses(link: Connection) -> None:
    make_order(link, state="Closed", purchaseOrderStateChangedDate="2026-10-01T08:00:00Z")

    assert codes() == []


# --- when identifiers change ------------------------------------------------------------------------------------------


def test_lines_get_their_item_when_it_is_named(link: Connection) -> None:
    make_order(link, items=[item("1"), item("2")])
    make_item("MUG", ("ASIN", "B000000001"))

    for _ in range(2):
        assert resolve_lines(["B000000001"]) is None

    assert lines() == [("1", "MUG", ""), ("2", None, "UNKNOWN")]
    assert Job.objects.filter(name="orders.review", state="QUEUED").count() == 1


def test_every_line_is_reached_batch_by_batch(link: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "_BATCH", 2)
    pull(link, *(order(f"PO{place:06}") for place in range(5)))
    make_item("MUG", ("ASIN", "B000000001"))

    at: int | None = 0
    rounds = 0
    while at is not None:
        at = resolve_lines(["B000000001"], after=at)
        rounds += 1

    assert rounds == 3
    assert {sku for _, sku, _ in lines()} == {"MUG"}


def test_promised_line_keeps_the_item_that_was_promised(link: Connection) -> None:
    mug = make_item("MUG", ("ASIN", "B000000001"))
    make_order(link, "PO000001")
    make_order(link, "PO000002")
    PurchaseOrderLine.objects.filter(order__number="PO000001").update(accepted_eaches=10)
    Identifier.objects.filter(item=mug).delete()
    make_item("CUP", ("ASIN", "B000000001"))

    resolve_lines(["B000000001"])
    pull(
        link,
        *(order(number, items=[item("1", 20)]) for number in ("PO000001", "PO000002")),
        at=datetime(2026, 11, 21, tzinfo=UTC),
    )

    assert [sku for _, sku, _ in lines()] == ["MUG", "CUP"]
    assert list(PurchaseOrderLine.objects.values_list("ordered_eaches", flat=True)) == [20, 20]


def test_promised_line_follows_when_amazon_means_another_product(link: Connection) -> None:
    make_item("MUG", ("ASIN", "B000000001"))
    make_item("CUP", ("ASIN", "B000000009"))
    make_order(link)
    PurchaseOrderLine.objects.update(accepted_eaches=10)

    pull(link, order(items=[item(amazonProductIdentifier="B000000009")]), at=datetime(2026, 11, 21, tzinfo=UTC))

    assert lines() == [("1", "CUP", "")]


# --- what open orders ask ---------------------------------------------------------------------------------------------


def test_products_without_an_item_are_counted_once_each_and_are_on_today(link: Connection) -> None:
    make_item("CUP", ("ASIN", "B000000002"))
    pull(link, *(order(f"PO{place:06}", items=[item("1", 10), item("2")]) for place in range(3)))
    make_order(
        link, "PO000009", items=[item("3")], state="Closed", purchaseOrderStateChangedDate="2026-10-01T08:00:00Z"
    )

    for _ in range(2):
        review(now=NOW)

    (product,) = UnmappedProduct.objects.all()
    assert (product.asin, product.vendor_sku, product.marketplace) == ("B000000001", "SKU-1", "US")
    assert (product.line_count, product.total_eaches, str(product.amount), product.currency) == (
        3,
        30,
        "75.0000",
        "USD",
    )
    assert product.deadline_at == datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    (work,) = WorkItem.objects.filter(kind="orders.map", closed_at=None)
    assert (work.subject_id, work.params) == (product.public_id, {"product": "B000000001", "lines": 3})


def test_mapped_product_leaves_the_queue_and_today(link: Connection) -> None:
    make_order(link)
    review(now=NOW)
    make_item("MUG", ("ASIN", "B000000001"))
    resolve_lines(["B000000001"])

    review(now=NOW)

    assert not UnmappedProduct.objects.exists()
    assert not WorkItem.objects.filter(kind="orders.map", closed_at=None).exists()


def test_unmapped_line_does_not_stop_the_others(link: Connection) -> None:
    make_item("MUG", ("ASIN", "B000000001"))

    stored = make_order(link, items=[item("1"), item("2")])

    assert PurchaseOrder.objects.get(pk=stored.pk).state == "NEW"
    assert [sku for _, sku, _ in lines()] == ["MUG", None]


def test_blast_radius_names_open_orders_units_and_money(link: Connection) -> None:
    pull(link, *(order(f"PO{place:06}", items=[item("1", 10), item("2")]) for place in range(3)))
    make_order(link, "PO000009", state="Closed", purchaseOrderStateChangedDate="2026-10-01T08:00:00Z")

    (impact,) = measure(["B000000001", "SKU-1"], "US")

    assert (impact.things, impact.eaches, dict(impact.amounts)) == (3, 30, {"USD": Decimal("75.0000")})
    assert [measure(["B000000001"], "DE"), measure(["nothing"], "")] == [[], []]


def test_another_companys_identifiers_and_orders_are_out_of_reach(link: Connection, other_tenant: Tenant) -> None:
    make_order(link)
    with tenant_scope(other_tenant.pk):
        make_item("THEIRS", ("ASIN", "B000000001"))
        assert resolve_lines(["B000000001"]) is None
        review(now=NOW)
        assert (measure(["B000000001"], ""), UnmappedProduct.objects.count()) == ([], 0)

    assert lines() == [("1", None, "UNKNOWN")]


def test_findings_go_when_they_are_mended(link: Connection) -> None:
    mug = make_item("MUG", ("ASIN", "B000000001"), case_pack=24)
    stored = make_order(link, items=[item("1", orderedQuantity=cases(2, 12))], shipToParty={"partyId": "PHX7"})
    assert codes() == ["orders.address_missing", "orders.other_pack"]

    review(now=NOW)
    assert (codes(), PurchaseOrder.objects.get(pk=stored.pk).finding_count) == (
        ["orders.address_missing", "orders.other_pack"], 2,
    )  # fmt: skip

    Item.objects.filter(pk=mug.pk).update(case_pack=12)
    PartyAddress.objects.create(
        kind="FC", marketplace="US", party_id="PHX7", valid_from=date(2026, 1, 1), created_at=NOW
    )
    for _ in range(2):
        review(now=NOW)

    assert (codes(), PurchaseOrder.objects.get(pk=stored.pk).finding_count) == ([], 0)
