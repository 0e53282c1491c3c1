"""Each table: what two people decide, what is history, and that an export comes back as it went."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from acorn.core import clock
from acorn.imports.exporting import CsvLines, write_workbook
from acorn.imports.models import ImportPreview
from acorn.imports.registry import find_table, list_tables
from acorn.jobs.models import Job
from acorn.search.selectors import find
from acorn.tenancy.models import Tenant
from catalog.models import Identifier, IdentifierProposal, Inbound, StockBalance
from tests.factories.catalog import (
    make_address,
    make_cost,
    make_customer_number,
    make_item,
    make_warehouse,
    two_person_review,
)
from tests.factories.shipments import make_shipment
from tests.imports.files import bring, csv, upload

IDENTIFIERS = csv("sku,kind,identifier,marketplace", "A-1,ASIN,b0abcd1234,us", "A-1,EAN,4006381333931,")


def test_imported_identifiers_wait_for_a_second_person_and_do_not_come_twice(tenant: Tenant) -> None:
    make_item("A-1")

    bring(IDENTIFIERS, "identifiers")

    assert not Identifier.objects.exists()
    waiting = IdentifierProposal.objects.order_by("kind").values_list("value", "marketplace", "author_person", "state")
    assert list(waiting) == [
        ("B0ABCD1234", "US", "us_alice", "PROPOSED"),
        ("4006381333931", "", "us_alice", "PROPOSED"),
    ]
    assert upload(IDENTIFIERS, "identifiers").counts["SAME"] == 2


def test_imported_identifiers_count_at_once_where_the_company_said_so(tenant: Tenant) -> None:
    make_item("A-1")
    two_person_review(False)

    bring(IDENTIFIERS, "identifiers")

    assert Identifier.objects.count() == 2
    told = Job.objects.get(name="orders.resolve_lines").args["values"]
    assert {"B0ABCD1234", "4006381333931"} <= set(told)
    assert [hit.label for hit in find("B0ABCD1234")] == ["A-1 · Item A-1"]


def test_a_wrong_check_digit_is_refused(tenant: Tenant) -> None:
    make_item("A-1")

    run = upload(csv("sku,kind,identifier", "A-1,EAN,4006381333932", "A-9,EAN,4006381333931"), "identifiers")

    fields = [row.flaws[0][0] for row in ImportPreview.objects.filter(run=run).order_by("number")]
    assert (run.counts["REFUSED"], fields) == (2, ["value", "sku"])


def test_counts_are_counted_and_an_older_one_is_refused(tenant: Tenant) -> None:
    make_item("A-1")
    make_warehouse("RNO")
    at = clock.now() - timedelta(hours=1)
    rows = csv("sku,warehouse,on_hand,counted at", f"A-1,RNO,40,{at.isoformat()}")

    bring(rows, "stock_counts")

    balance = StockBalance.objects.get()
    assert (balance.on_hand, balance.pool, balance.counted_at) == (40, "OWN", at)
    assert upload(rows, "stock_counts").counts["SAME"] == 1
    older = csv("sku,warehouse,on_hand,counted at", f"A-1,RNO,9,{(at - timedelta(days=1)).isoformat()}")
    assert upload(older, "stock_counts").counts["REFUSED"] == 1
    assert upload(csv("sku,warehouse,on_hand", "A-1,NO,1", "A-1,RNO,-1"), "stock_counts").counts["REFUSED"] == 2


def test_nothing_in_a_place_that_was_never_counted_is_counted(tenant: Tenant) -> None:
    make_item("A-1")
    make_warehouse("RNO")
    rows = csv("sku,warehouse,on_hand", "A-1,RNO,0")

    assert upload(rows, "stock_counts").counts["NEW"] == 1
    bring(rows, "stock_counts")

    assert StockBalance.objects.get().counted_at is not None
    assert upload(rows, "stock_counts").counts["SAME"] == 1


def test_inbound_is_announced_and_moved_to_another_day(tenant: Tenant) -> None:
    make_item("A-1")
    make_warehouse("RNO")

    bring(csv("sku,warehouse,reference,quantity,expected on", "A-1,RNO,C-7,120,2027-01-05"), "inbound")
    bring(csv("sku,warehouse,reference,quantity,expected on", "A-1,RNO,C-7,120,2027-01-09"), "inbound")

    assert Inbound.objects.get().expected_on == date(2027, 1, 9)


def _fill() -> None:
    make_item("A-1", ("ASIN", "B0ABCD1234", "US"), title="Lampe, „gelb“", case_pack=6, length_mm=125, weight_g=400)
    make_item("+49 30")
    make_cost("A-1", cost=Decimal("12.345678"), note="=not a formula")
    make_cost("A-1", deal_code="Spring", valid_from=date(2026, 3, 1), valid_until=date(2026, 3, 9))
    make_warehouse("RNO", time_zone="America/Los_Angeles")
    make_address()
    make_customer_number(number="0010")
    bring(csv("sku,warehouse,on_hand", "A-1,RNO,40"), "stock_counts")
    bring(csv("sku,warehouse,reference,quantity,expected on", "A-1,RNO,C-7,120,2027-01-05"), "inbound")
    bring(csv("code,length,width,height,empty weight", "S,300,200,200,250", "L,600,400,400,900"), "carton_types")
    bring(csv("sku,carton type,eaches per carton,may be mixed", "A-1,S,12,yes"), "pack_rules")


@pytest.mark.parametrize("name", [table.name for table in list_tables()])
def test_what_is_exported_imports_without_a_difference(tenant: Tenant, name: str) -> None:
    _fill()
    if name == "cartons":
        make_shipment()
    table = find_table(name)
    assert table is not None

    for content, kind in ((b"".join(CsvLines(table)), "csv"), (write_workbook(table).read(), "xlsx")):
        run = upload(content, name, name=f"{name}.{kind}")
        told = list(ImportPreview.objects.filter(run=run).values_list("kind", "changes", "flaws"))
        assert run.state == "PREVIEW", (kind, run.message_code, run.sample)
        assert run.counts["SAME"] == sum(run.counts.values()) > 0, (kind, told)


@pytest.mark.parametrize("name", [table.name for table in list_tables()])
def test_looking_takes_as_many_statements_for_five_rows_as_for_two(tenant: Tenant, name: str) -> None:
    _fill()
    table = find_table(name)
    assert table is not None
    row = {field.name: str(field.label) for field in table.fields if field.is_required}
    keys = {"sku": "A-1", "warehouse": "RNO", "kind": "FC" if name == "addresses" else "EAN", "marketplace": "US"}
    values = {"cost": "1", "valid_from": "2026-01-01", "currency": "USD", "on_hand": "1", "quantity": "1",
              "expected_on": "2027-01-01", "country_code": "US"}  # fmt: skip

    def content(count: int) -> bytes:
        lines = [
            ",".join((keys | values).get(field, f"X{number}") for field in row) for number in range(count)
        ]  # fmt: skip
        return csv(",".join(row), *lines)

    counts = []
    for count in (2, 5):
        with CaptureQueriesContext(connection) as statements:
            run = upload(content(count), name)
        assert sum(run.counts.values()) == count, run.message_code
        counts.append(len(statements))

    assert counts[0] == counts[1]


def test_moments_without_a_zone_are_utc(tenant: Tenant) -> None:
    make_item("A-1")
    make_warehouse("RNO")

    bring(csv("sku,warehouse,on_hand,counted at", "A-1,RNO,1,2026-01-02 10:00"), "stock_counts")

    assert StockBalance.objects.get().counted_at == datetime(2026, 1, 2, 10, tzinfo=UTC)


def test_every_table_says_what_it_is_in_both_languages(tenant: Tenant) -> None:
    names: list[Any] = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            names.append(
                [
                    [str(table.label), str(table.help), *(str(field.label) for field in table.fields)]
                    for table in list_tables()
                ]
            )

    assert all(english[1] != chinese[1] for english, chinese in zip(*names, strict=True))
    for table in names[0] + names[1]:
        assert len(set(table[2:])) == len(table[2:]), "two columns of one name could not be told apart"
