import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from vendors.spapi.endpoints import Environment
from vendors.spapi.errors import InvalidCall
from vendors.spapi.operations import (
    GET_PURCHASE_ORDER,
    GET_PURCHASE_ORDERS,
    GET_PURCHASE_ORDERS_STATUS,
    GET_TRANSACTION,
    OPERATIONS,
)
from vendors.spapi.rates import PUBLISHED, SANDBOX, published_plan

SHANGHAI = timezone(timedelta(hours=8))


def test_times_leave_as_full_utc_timestamps():
    query = {
        "createdAfter": datetime(2026, 11, 1, 8, 0, tzinfo=SHANGHAI),
        "createdBefore": datetime(2026, 11, 2, 0, 0, 0, 123456, tzinfo=UTC),
    }

    target = GET_PURCHASE_ORDERS.target({}, query)

    assert target == (
        "/vendor/orders/v1/purchaseOrders?createdAfter=2026-11-01T00%3A00%3A00Z&createdBefore=2026-11-02T00%3A00%3A00.123Z"
    )


def test_values_are_written_as_the_model_wants_them():
    query = {"limit": 100, "includeDetails": True, "isPOChanged": False, "nextToken": "a=&b", "sortOrder": None}

    target = GET_PURCHASE_ORDERS.target({}, query)

    assert (
        target == "/vendor/orders/v1/purchaseOrders?limit=100&includeDetails=true&isPOChanged=false&nextToken=a%3D%26b"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("createdBefor", datetime(2026, 1, 1, tzinfo=UTC)),
        ("CreatedAfter", datetime(2026, 1, 1, tzinfo=UTC)),
        ("updatedAfter", datetime(2026, 1, 1, tzinfo=UTC)),
        ("createdAfter", datetime(2026, 1, 1)),  # noqa: DTZ001 -- the mistake under test
        ("createdAfter", date(2026, 1, 1)),
        ("createdAfter", "2026-01-01T00:00:00Z"),
        ("limit", 0),
        ("limit", 101),
        ("limit", "10"),
        ("limit", True),
        ("includeDetails", "true"),
        ("includeDetails", 1),
        ("sortOrder", "asc"),
        ("sortOrder", 1),
        ("purchaseOrderState", "NEW"),
        ("orderingVendorCode", "AB&limit=1"),
        ("orderingVendorCode", 7),
        ("nextToken", ""),
        ("nextToken", "line\nbreak"),
    ],
)
def test_what_is_not_in_the_table_does_not_leave(name: str, value: object):
    with pytest.raises(InvalidCall, match=name):
        GET_PURCHASE_ORDERS.target({}, {name: value})


def test_status_has_updated_and_not_changed():
    assert "updatedAfter" in GET_PURCHASE_ORDERS_STATUS.query
    assert "changedAfter" not in GET_PURCHASE_ORDERS_STATUS.query


@pytest.mark.parametrize("number", ["../../x", "4Z32PABC/x", "", "4Z32 PABC", "4Z32%2F", "."])
def test_a_path_cannot_be_climbed(number: str):
    with pytest.raises(InvalidCall):
        GET_PURCHASE_ORDER.target({"purchaseOrderNumber": number}, {})


def test_a_path_needs_its_segment():
    with pytest.raises(InvalidCall, match="needs transactionId"):
        GET_TRANSACTION.target({}, {})
    with pytest.raises(InvalidCall, match="needs transactionId"):
        GET_TRANSACTION.target({"transactionId": None}, {})


@pytest.mark.parametrize(
    "transaction_id",
    ["20190904190535-eef8cad8-418e-4ed3-ac72-789e2ee6214a", "eef8cad8-418e-4ed3-ac72-789e2ee6214a-20190904190535"],
)
def test_both_layouts_of_transaction_ids_pass(transaction_id: str):
    target = GET_TRANSACTION.target({"transactionId": transaction_id}, {})

    assert target == f"/vendor/transactions/v1/transactions/{transaction_id}"


def test_every_operation_has_a_published_rate():
    assert OPERATIONS.keys() == PUBLISHED.keys()
    for operation in OPERATIONS.values():
        assert re.findall(r"{(\w+)}", operation.path) == list(operation.segments)


def test_the_sandbox_has_one_plan_for_all():
    assert published_plan(Environment.SANDBOX, "getTransaction") == SANDBOX
    assert published_plan(Environment.PRODUCTION, "getTransaction").burst == 20
