from datetime import timedelta
from typing import Any

import pytest

from tests.vendors.spapi.conftest import NOW
from vendors.spapi.checks import (
    Asked,
    Finding,
    check_purchase_orders,
    check_purchase_orders_status,
    parse_instant,
)

SINCE, UNTIL = NOW - timedelta(days=2), NOW - timedelta(days=1)


def order(changed: object = None, ordered: object = None, state: str = "New", vendor: str = "VND00") -> dict[str, Any]:
    return {
        "purchaseOrderNumber": "4Z32PABC",
        "purchaseOrderState": state,
        "orderDetails": {
            "purchaseOrderChangedDate": changed,
            "purchaseOrderDate": ordered,
            "sellingParty": {"partyId": vendor},
        },
    }


def page(*rows: object, key: str = "orders") -> dict[str, Any]:
    return {key: list(rows)}


@pytest.mark.parametrize(
    "changed", ["2026-11-21T12:00:00Z", "2026-11-21T11:59:59Z", "2026-11-22T12:00:01.5Z", "2026-11-22T05:00:00-07:00"]
)
def test_rows_in_the_window_pass(changed: str):
    asked = Asked(since=SINCE, until=UNTIL)

    assert check_purchase_orders(page(order(changed)), asked, NOW) == []


@pytest.mark.parametrize("changed", ["2026-11-21T11:59:57Z", "2026-11-22T12:00:03Z", "2019-01-01T00:00:00"])
def test_rows_outside_the_window_are_found(changed: str):
    rows = page(order("2026-11-22T00:00:00Z"), order(changed))

    (finding,) = check_purchase_orders(rows, Asked(since=SINCE, until=UNTIL), NOW)

    assert (finding.row, finding.code) == (1, "answer.outside_window")
    assert finding.params["field"] == "purchaseOrderChangedDate"
    assert (finding.params["since"], finding.params["until"]) == (SINCE.isoformat(), UNTIL.isoformat())


def test_half_open_windows():
    early, late = order("2026-11-01T00:00:00Z"), order("2026-11-23T00:00:00Z")

    assert [f.row for f in check_purchase_orders(page(early, late), Asked(since=SINCE), NOW)] == [0]
    assert [f.row for f in check_purchase_orders(page(early, late), Asked(until=UNTIL), NOW)] == [1]


@pytest.mark.parametrize("value", [None, "", "yesterday", "2026-11-22", 5, {}, "2026-13-01T00:00:00Z"])
def test_unreadable_dates_are_found(value: object):
    (finding,) = check_purchase_orders(page(order(value)), Asked(since=SINCE), NOW)

    assert finding.code == "answer.unreadable_date"


def test_a_change_date_of_long_ago_is_fine_in_a_created_window():
    row = order(None, (NOW - timedelta(days=30)).isoformat())

    assert check_purchase_orders(page(row), Asked(created=True), NOW) == []


@pytest.mark.parametrize(
    ("age", "codes"),
    [
        (timedelta(days=189), []),
        (timedelta(days=191), ["answer.too_old"]),
        (timedelta(minutes=-14), []),
        (timedelta(minutes=-16), ["answer.in_the_future"]),
    ],
)
def test_created_reports_only_what_cannot_be_true(age: timedelta, codes: list[str]):
    row = order(None, (NOW - age).isoformat())

    assert [finding.code for finding in check_purchase_orders(page(row), Asked(created=True), NOW)] == codes


def test_created_needs_a_date():
    (finding,) = check_purchase_orders(page(order()), Asked(created=True), NOW)

    assert finding == Finding(0, "answer.unreadable_date", {"field": "purchaseOrderDate", "value": ""})


def test_filters_are_held_against_each_row():
    asked = Asked(vendor_code="VND00", state="New")

    findings = check_purchase_orders(page(order(), order(state="Closed"), order(vendor="OTHER")), asked, NOW)

    assert findings == [
        Finding(1, "answer.other_than_asked", {"field": "purchaseOrderState", "asked": "New", "got": "Closed"}),
        Finding(2, "answer.other_than_asked", {"field": "orderingVendorCode", "asked": "VND00", "got": "OTHER"}),
    ]


def test_status_is_held_against_its_own_dates_and_filters():
    row = {
        "purchaseOrderNumber": "OTHER",
        "purchaseOrderStatus": "OPEN",
        "lastUpdatedDate": "2026-11-22T00:00:00Z",
        "purchaseOrderDate": "2026-11-20T00:00:00Z",
    }
    rows = page(row, key="ordersStatus")
    asked = Asked(since=SINCE, until=UNTIL, created=True, state="OPEN", number="4Z32PABC")

    assert check_purchase_orders_status(rows, asked, NOW) == [
        Finding(0, "answer.other_than_asked", {"field": "purchaseOrderNumber", "asked": "4Z32PABC", "got": "OTHER"})
    ]
    assert [f.code for f in check_purchase_orders_status(rows, Asked(since=NOW), NOW)] == ["answer.outside_window"]


@pytest.mark.parametrize(
    ("payload", "findings"),
    [
        ({"pagination": {"nextToken": "x"}}, []),
        ({"orders": []}, []),
        ({}, [Finding(None, "answer.no_list", {"field": "orders"})]),
        ({"orders": None, "pagination": {}}, [Finding(None, "answer.no_list", {"field": "orders"})]),
        ({"orders": {}}, [Finding(None, "answer.not_a_list", {"field": "orders"})]),
        ({"orders": [None]}, [Finding(0, "answer.not_an_object")]),
        ({"orders": [order(), order()]}, [Finding(None, "answer.too_many_rows", {"asked": 1, "got": 2})]),
    ],
)
def test_odd_pages_are_found_and_never_crash(payload: dict[str, Any], findings: list[Finding]):
    assert check_purchase_orders(payload, Asked(limit=1), NOW) == findings


def test_odd_rows_never_crash():
    rows = page({"orderDetails": None}, {"orderDetails": {"sellingParty": "x"}}, {})

    findings = check_purchase_orders(rows, Asked(since=SINCE, vendor_code="V", created=True), NOW)

    assert len(findings) == 9


def test_times_without_zone_are_utc():
    assert parse_instant("2026-11-23T12:00:00") == NOW
    assert parse_instant("2026-11-23T20:00:00+08:00") == NOW
