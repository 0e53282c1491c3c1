"""The directory of Amazon's addresses and the customer numbers: services and pages."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.core.errors import Conflict, Invalid
from acorn.tenancy.models import Tenant
from catalog import services
from catalog.models import CustomerNumber, PartyAddress, Warehouse
from tests.factories.accounts import make_member, signed_in
from tests.factories.catalog import ACTOR, ADDRESS, make_address, make_customer_number, make_warehouse


def test_a_move_is_a_new_row_and_a_mistake_is_corrected_in_place(tenant: Tenant) -> None:
    make_address()
    moved = make_address(valid_from=date(2026, 6, 1), address=ADDRESS | {"city": "Tempe"})

    services.save_address(
        public_id=moved.public_id, values={"address": ADDRESS | {"city": "Mesa"}}, actor=ACTOR, now=clock.now()
    )

    rows = PartyAddress.objects.order_by("valid_from")
    assert [row.address["city"] for row in rows] == ["Reno", "Mesa"]
    event = AuditEvent.objects.get(code="catalog.address_changed")
    assert (event.params["before"]["address"]["city"], event.params["after"]["address"]["city"]) == ("Tempe", "Mesa")


def test_a_second_address_from_the_same_day_is_refused(tenant: Tenant) -> None:
    make_address()

    with pytest.raises(Conflict):
        make_address()

    assert PartyAddress.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "X"}, "kind"),
        ({"marketplace": "USA"}, "marketplace"),
        ({"party_id": "P H"}, "party_id"),
        ({"valid_from": None}, "valid_from"),
        ({"address": {}}, "address.city"),
        ({"time_zone": "Nowhere"}, "time_zone"),
        ({"tax_number": "1" * 61}, "tax_number"),
    ],
)
def test_an_address_that_cannot_be_is_refused(tenant: Tenant, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_address(**values)

    assert field in refusal.value.fields
    assert not PartyAddress.objects.exists()


def test_a_vendor_code_has_one_number_for_a_centre(tenant: Tenant) -> None:
    make_customer_number()

    with pytest.raises(Conflict):
        make_customer_number(number="2")

    assert CustomerNumber.objects.get().number == "10001"


def test_pages_enter_change_and_remove(tenant: Tenant) -> None:
    browser = signed_in(make_member(tenant))
    address = {"kind": "FC", "marketplace": "us", "party_id": "SDF8", "valid_from": "2026-01-01"} | ADDRESS

    assert browser.post("/directory/new/", address).status_code == 302
    row = PartyAddress.objects.get()
    assert (row.marketplace, row.address["city"]) == ("US", "Reno")
    assert browser.post("/directory/new/", address).status_code == 422
    assert "Reno" in browser.get(f"/directory/new/?of={row.public_id}").content.decode()
    assert browser.post(f"/directory/{row.public_id}/edit/", address | {"city": "Tempe"}).status_code == 302
    assert browser.post(f"/directory/{row.public_id}/remove/").status_code == 302
    assert not PartyAddress.objects.exists()

    assert browser.post("/customer-numbers/new/", {"vendor_code": "ACMUS", "number": "7"}).status_code == 302
    number = CustomerNumber.objects.get()
    path = f"/customer-numbers/{number.public_id}/"
    assert browser.post(path, {"vendor_code": "ACMUS", "number": "8"}).status_code == 302
    number.refresh_from_db()
    assert number.number == "8"
    browser.post(f"{path}remove/")
    assert not CustomerNumber.objects.exists()


def test_warehouse_pages(tenant: Tenant) -> None:
    browser = signed_in(make_member(tenant))
    form = {"code": "RNO", "pool": "OWN"} | ADDRESS | {"name": "Reno", "address_name": "Acme c/o Reno"}

    answer = browser.post("/warehouses/new/", form)

    warehouse = Warehouse.objects.get()
    assert answer.headers["Location"] == f"/warehouses/{warehouse.public_id}/"
    assert (warehouse.name, warehouse.address["name"]) == ("Reno", "Acme c/o Reno")
    assert browser.post("/warehouses/new/", form).status_code == 422
    assert browser.post(f"/warehouses/{warehouse.public_id}/edit/", form | {"name": "Two"}).status_code == 302
    browser.post(f"/warehouses/{warehouse.public_id}/archive/")
    warehouse.refresh_from_db()
    assert (warehouse.name, warehouse.archived_at is not None) == ("Two", True)
    assert "RNO" not in browser.get("/warehouses/").content.decode()
    browser.post(f"/warehouses/{warehouse.public_id}/restore/")
    assert "RNO" in browser.get("/warehouses/").content.decode()


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/warehouses/", lambda number: make_warehouse(f"W{number}")),
        ("/directory/", lambda number: make_address(f"FC{number}")),
        ("/customer-numbers/", lambda number: make_customer_number(ship_to_party=f"FC{number}")),
    ],
)
def test_lists_ask_as_often_for_three_rows_as_for_one(tenant: Tenant, path: str, make: Any) -> None:
    browser = signed_in(make_member(tenant))
    make(1)
    browser.get(path)

    counts = []
    for more in ((), (2, 3)):
        for number in more:
            make(number)
        with CaptureQueriesContext(connection) as statements:
            assert browser.get(path).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert b"\r\n" in b"".join(browser.get(f"{path}?format=csv"))
