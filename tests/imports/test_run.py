"""A file on its way: read, looked at, written or not."""

from datetime import date
from decimal import Decimal

import pytest

from acorn.audit.models import AuditEvent
from acorn.imports.models import ImportPreview
from acorn.imports.types import ImportMode
from acorn.tenancy.models import Tenant
from catalog.models import AgreedCost, CustomerNumber, Item, PartyAddress, Warehouse
from tests.factories.catalog import make_item
from tests.imports.files import bring, csv, upload, write, xlsx

ITEMS = csv("SKU,Title,Case pack,Weight", "A-1,Lamp,6,250", "A-2,Chair,1,")


def test_items_are_imported_and_the_same_file_changes_nothing(tenant: Tenant) -> None:
    run = upload(ITEMS)
    assert (run.state, run.counts) == ("PREVIEW", {"NEW": 2, "CHANGED": 0, "SAME": 0, "REFUSED": 0}), run.message_code
    assert not Item.objects.exists()

    run = write(run)

    assert run.state == "DONE"
    lamp, chair = Item.objects.order_by("sku")
    assert (lamp.title, lamp.case_pack, lamp.weight_g, chair.weight_g) == ("Lamp", 6, 250, None)
    assert list(AuditEvent.objects.filter(subject_id=lamp.public_id).values_list("code", flat=True)) == [
        "catalog.item_created"
    ]
    again = upload(ITEMS)
    assert again.counts == {"NEW": 0, "CHANGED": 0, "SAME": 2, "REFUSED": 0}


def test_a_change_is_shown_field_by_field_and_leaves_other_fields_alone(tenant: Tenant) -> None:
    bring(ITEMS)

    run = upload(csv("sku,title", "A-1,Lamp", "A-2,Stool"))

    assert run.counts == {"NEW": 0, "CHANGED": 1, "SAME": 1, "REFUSED": 0}
    preview = ImportPreview.objects.get(run=run)
    assert (preview.number, preview.changes) == (3, [["title", "Chair", "Stool"]])
    write(run)
    assert Item.objects.get(sku="A-2").title == "Stool"
    assert Item.objects.get(sku="A-1").case_pack == 6
    assert AuditEvent.objects.get(code="catalog.item_changed").params["import"] == run.public_id


def test_refused_rows_stop_everything_or_are_left_out_as_chosen(tenant: Tenant) -> None:
    rows = csv("sku,case_pack", "A-1,6", "A-2,x", "A-3,2")
    run = upload(rows)
    assert (run.counts["NEW"], run.counts["REFUSED"]) == (2, 1)

    with pytest.raises(Exception, match="refused"):
        write(run, ImportMode.ALL)
    assert not Item.objects.exists()
    write(run, ImportMode.GOOD)

    assert list(Item.objects.order_by("sku").values_list("sku", flat=True)) == ["A-1", "A-3"]


COSTS = csv(
    "SKU;Vendor code;Currency;Cost;First day;Last day;Deal",
    "A-1;acmus;usd;2,50;2026-01-01;;",
    "A-1;ACMUS;USD;2,00;2026-03-01;2026-03-31;Spring",
)


def test_costs_are_imported_with_decimal_commas_and_semicolons(tenant: Tenant) -> None:
    make_item("A-1")

    run = bring(COSTS, "agreed_costs")

    assert run.state == "DONE", (run.message_code, run.counts)
    costs = AgreedCost.objects.order_by("valid_from").values_list("vendor_code", "cost", "valid_until", "status")
    assert list(costs) == [
        ("ACMUS", Decimal("2.5"), None, "ACTIVE"),
        ("ACMUS", Decimal(2), date(2026, 3, 31), "ACTIVE"),
    ]
    assert upload(COSTS, "agreed_costs").counts["SAME"] == 2


def test_an_active_cost_is_history_and_its_last_day_is_not(tenant: Tenant) -> None:
    make_item("A-1")
    bring(COSTS, "agreed_costs")

    run = upload(
        csv("sku,vendor_code,currency,cost,valid_from,valid_until", "A-1,ACMUS,USD,9,2026-01-01,2026-12-31"),
        "agreed_costs",
    )
    assert (run.counts["REFUSED"], ImportPreview.objects.get(run=run).flaws[0][:2]) == (
        1,
        ["cost", "catalog.cost_is_history"],
    )

    bring(
        csv("sku,vendor_code,currency,cost,valid_from,valid_until", "A-1,ACMUS,USD,2.5,2026-01-01,2026-12-31"),
        "agreed_costs",
    )
    assert AgreedCost.objects.get(deal_code="").valid_until == date(2026, 12, 31)


def test_warehouses_addresses_and_customer_numbers_go_in(tenant: Tenant) -> None:
    bring(csv("code,name,address_line_1,city,country_code", "RNO,Reno,1 Road,Reno,us"), "warehouses")
    bring(
        xlsx(
            ["Kind", "Marketplace", "Party id", "From", "Street and number", "City", "Country"],
            ["Fulfilment centre", "us", "PHX7", date(2026, 1, 1), "1 Way", "Phoenix", "US"],
        ),
        "addresses",
    )
    bring(csv("vendor_code,number", "acmus,0010"), "customer_numbers")

    assert Warehouse.objects.get().address == {
        "name": "Reno", "address_line_1": "1 Road", "city": "Reno", "country_code": "US",
    }  # fmt: skip
    address = PartyAddress.objects.get()
    assert (address.kind, address.valid_from, address.address["city"]) == ("FC", date(2026, 1, 1), "Phoenix")
    assert CustomerNumber.objects.get().number == "0010"
