"""Agreed costs, the directory and customer numbers as others read them: what counts on a day, in constant statements."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from acorn.core import clock
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from catalog.models import AgreedCost, CustomerNumber, Item, PartyAddress
from catalog.selectors import agreed_costs, find_addresses, find_customer_numbers
from catalog.types import CostKey, CustomerKey, PartyKey


def _item(sku: str = "SKU-1") -> Item:
    return Item.objects.create(sku=sku, created_at=clock.now(), changed_at=clock.now())


def _cost(item: Item, cost: str, since: str, until: str | None = None, **fields: Any) -> AgreedCost:
    return AgreedCost.objects.create(
        item=item, cost=Decimal(cost), valid_from=date.fromisoformat(since),
        valid_until=until and date.fromisoformat(until), author_label="test", created_at=clock.now(),
        **{"vendor_code": "ACMUS", "currency": "USD", "status": "ACTIVE"} | fields,
    )  # fmt: skip


def _asked(item: Item, day: str, **other: Any) -> Decimal | None:
    key = CostKey(
        **{"item_id": item.pk, "vendor_code": "ACMUS", "currency": "USD", "on": date.fromisoformat(day)} | other
    )
    found = agreed_costs([key]).get(key)
    return found and found.cost


def test_the_younger_cost_counts_from_its_first_day(tenant: Tenant) -> None:
    item = _item()
    _cost(item, "2.50", "2026-01-01")
    _cost(item, "2.70", "2026-06-01")

    assert [_asked(item, day) for day in ("2025-12-31", "2026-01-01", "2026-05-31", "2026-06-01")] == [
        None, Decimal("2.50"), Decimal("2.50"), Decimal("2.70"),
    ]  # fmt: skip


def test_a_deal_counts_before_the_regular_cost_and_its_last_day_is_included(tenant: Tenant) -> None:
    item = _item()
    _cost(item, "2.50", "2026-01-01")
    _cost(item, "2.00", "2026-03-01", "2026-03-31", deal_code="SPRING")
    _cost(item, "2.60", "2026-03-15")

    assert [_asked(item, day) for day in ("2026-02-28", "2026-03-20", "2026-03-31", "2026-04-01")] == [
        Decimal("2.50"), Decimal("2.00"), Decimal("2.00"), Decimal("2.60"),
    ]  # fmt: skip


def test_what_is_only_requested_or_refused_counts_nowhere(tenant: Tenant) -> None:
    item = _item()
    _cost(item, "2.50", "2026-01-01", status="REQUESTED")
    _cost(item, "2.50", "2026-01-01", status="REFUSED")

    assert _asked(item, "2026-02-01") is None


def test_costs_of_other_codes_currencies_items_and_companies_are_others(tenant: Tenant, other_tenant: Tenant) -> None:
    item = _item()
    _cost(item, "2.50", "2026-01-01")

    assert _asked(item, "2026-02-01", vendor_code="ACMDE") is None
    assert _asked(item, "2026-02-01", currency="EUR") is None
    assert _asked(_item("SKU-2"), "2026-02-01") is None
    with tenant_scope(other_tenant.pk):
        assert _asked(item, "2026-02-01") is None


def test_an_address_holds_from_its_day_until_the_next(tenant: Tenant) -> None:
    for day, city in (("2026-01-01", "Phoenix"), ("2026-06-01", "Tempe")):
        PartyAddress.objects.create(
            kind="FC", marketplace="US", party_id="PHX7", address={"city": city}, valid_from=date.fromisoformat(day),
            created_at=clock.now(),
        )  # fmt: skip
    wanted = [
        PartyKey("FC", "US", "PHX7", date.fromisoformat(day)) for day in ("2025-01-01", "2026-05-31", "2026-06-01")
    ]

    found = find_addresses(
        [*wanted, ("FC", "CA", "PHX7", date(2026, 7, 1)), ("BILL_TO", "US", "PHX7", date(2026, 7, 1))]
    )  # type: ignore[list-item]

    assert {key: row.address["city"] for key, row in found.items()} == {wanted[1]: "Phoenix", wanted[2]: "Tempe"}


def test_a_centre_without_its_own_customer_number_has_that_of_the_vendor_code(tenant: Tenant) -> None:
    CustomerNumber.objects.create(vendor_code="ACMUS", number="10001")
    CustomerNumber.objects.create(vendor_code="ACMUS", ship_to_party="PHX7", number="10007")

    found = find_customer_numbers(
        [CustomerKey("ACMUS", "PHX7"), CustomerKey("ACMUS", "SDF8"), CustomerKey("ACMDE", "")]
    )

    assert found == {CustomerKey("ACMUS", "PHX7"): "10007", CustomerKey("ACMUS", "SDF8"): "10001"}


def test_reading_many_costs_addresses_and_numbers_takes_one_statement_each(tenant: Tenant) -> None:
    items = [_item(f"SKU-{number}") for number in range(20)]
    for item in items:
        _cost(item, "1.00", "2026-01-01")
    keys = [CostKey(item.pk, "ACMUS", "USD", date(2026, 2, 1)) for item in items]

    with CaptureQueriesContext(connection) as statements:
        assert len(agreed_costs(keys)) == 20
        find_addresses([PartyKey("FC", "US", f"FC{number}", date(2026, 2, 1)) for number in range(20)])
        find_customer_numbers([CustomerKey("ACMUS", f"FC{number}") for number in range(20)])

    assert len(statements) == 3
