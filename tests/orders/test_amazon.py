"""Whatever Amazon sends: nothing crashes the reader, and no order is lost."""

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acorn.core import messages
from orders import amazon
from orders.amazon import orders as reading
from orders.types import LineSnapshot, OrderSnapshot
from tests.factories.orders import cases, eaches, item, order, status, status_item


def read(row: Any) -> tuple[OrderSnapshot, list[tuple[str, str]]]:
    found, findings = amazon.parse_order(row)
    assert found is not None
    return found, [(finding.code, finding.line) for finding in findings]


def read_line(**fields: Any) -> tuple[LineSnapshot, list[str]]:
    found, findings = read(order(items=[item(**fields)]))
    assert found.lines is not None
    return found.lines[0], [code for code, _ in findings]


def test_usual_order_has_no_findings() -> None:
    found, findings = read(order(items=[item("1", 3), item("2", orderedQuantity=cases(2, 12))]))

    assert findings == []
    assert [line.eaches for line in found.lines or ()] == [3, 24]
    assert found.ordered_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "line", "codes"),
    [
        ({"orderedQuantity": eaches(-3)}, {"amount": -3}, ["orders.negative_quantity"]),
        ({"orderedQuantity": {"amount": "7", "unitOfMeasure": "Eaches", "unitSize": "1"}}, {"amount": 7}, []),
        ({"orderedQuantity": {"amount": Decimal("7.0"), "unitOfMeasure": "Eaches"}}, {"amount": 7}, []),
        ({"orderedQuantity": {"amount": 7.5, "unitOfMeasure": "Eaches"}}, {"amount": 0}, ["orders.bad_number"]),
        ({"orderedQuantity": {"amount": 10**30, "unitOfMeasure": "Eaches"}}, {"amount": 0}, ["orders.bad_number"]),
        ({"orderedQuantity": {"amount": 2, "unitOfMeasure": "Cases"}}, {"amount": 2, "unit_size": 1}, ["orders.missing"]),
        ({"orderedQuantity": {"amount": 2, "unitOfMeasure": "Cases", "unitSize": 0}}, {"unit_size": 1}, ["orders.bad_number"]),
        ({"orderedQuantity": {"amount": 2, "unitOfMeasure": "Pallets", "unitSize": 9}},
         {"amount": 2, "unit": "Pallets", "unit_size": 9}, ["orders.unknown_word"]),
        ({"orderedQuantity": None}, {"amount": 0}, ["orders.missing"]),
        ({"orderedQuantity": 5}, {"amount": 0}, ["orders.not_an_object"]),
        ({"orderedQuantity": {"unitOfMeasure": "Eaches"}}, {"amount": 0}, ["orders.missing"]),
        ({"netCost": {"amount": "12.5", "currencyCode": "USD", "unitOfMeasure": "POUNDS"}},
         {"net_cost": Decimal("12.5"), "price_unit": "POUNDS"}, []),
        ({"netCost": {"amount": "12.5", "currencyCode": "USD", "unitOfMeasure": "STONES"}},
         {"price_unit": "STONES"}, ["orders.unknown_word"]),
        ({"netCost": {"amount": 12.5, "currencyCode": "USD"}}, {"net_cost": Decimal("12.5")}, ["orders.money_as_number"]),
        ({"netCost": {"amount": Decimal("12.50"), "currencyCode": "USD"}},
         {"net_cost": Decimal("12.5")}, ["orders.money_as_number"]),
        ({"netCost": {"amount": "1.5E+2", "currencyCode": "USD"}}, {"net_cost": Decimal(150)}, []),
        ({"netCost": {"amount": "1.23456789", "currencyCode": "USD"}},
         {"net_cost": Decimal("1.234568")}, ["orders.rounded_money"]),
        ({"netCost": {"amount": "NaN", "currencyCode": "USD"}}, {"net_cost": None}, ["orders.bad_money"]),
        ({"netCost": {"amount": "1e400", "currencyCode": "USD"}}, {"net_cost": None}, ["orders.bad_money"]),
        ({"netCost": {"amount": "cheap", "currencyCode": "USD"}}, {"net_cost": None}, ["orders.bad_money"]),
        ({"netCost": {"amount": None, "currencyCode": "USD"}}, {"net_cost": None}, ["orders.bad_money"]),
        ({"netCost": {"amount": "1.00", "currencyCode": "dollars"}}, {"currency": "USD"}, ["orders.bad_currency"]),
        ({"netCost": {"amount": "1.00", "currencyCode": "EUR"}}, {"currency": "EUR"}, ["orders.mixed_currency"]),
        ({"netCost": "1.00"}, {"net_cost": None}, ["orders.not_an_object"]),
        ({"netCost": None}, {"net_cost": None}, []),
        ({"isBackOrderAllowed": "true"}, {"is_backorder_allowed": True}, ["orders.not_a_flag"]),
        ({"isBackOrderAllowed": "perhaps"}, {"is_backorder_allowed": None}, ["orders.not_a_flag"]),
        ({"isBackOrderAllowed": None}, {"is_backorder_allowed": None}, ["orders.missing"]),
        ({"itemSequenceNumber": 4}, {"sequence": "4"}, ["orders.not_text"]),
        ({"itemSequenceNumber": "00001"}, {"sequence": "00001"}, []),
        ({"itemSequenceNumber": None}, {"sequence": "?1"}, ["orders.no_sequence"]),
        ({"itemSequenceNumber": {}}, {"sequence": "?1"}, ["orders.no_sequence"]),
        ({"vendorProductIdentifier": None}, {"vendor_sku": ""}, []),
        ({"vendorProductIdentifier": 880}, {"vendor_sku": "880"}, ["orders.not_text"]),
        ({"vendorProductIdentifier": "货号-1"}, {"vendor_sku": "货号-1"}, []),
        ({"vendorProductIdentifier": "a\x00b\ud800"}, {"vendor_sku": "a b?"}, []),
        ({"vendorProductIdentifier": "x" * 200}, {"vendor_sku": "x" * 100}, ["orders.too_long"]),
        ({"vendorProductIdentifier": ["x"]}, {"vendor_sku": ""}, ["orders.not_text"]),
    ],
)  # fmt: skip
def test_odd_lines_are_kept_and_flagged(fields: dict[str, Any], line: dict[str, Any], codes: list[str]) -> None:
    found, flagged = read_line(**fields)

    assert {name: getattr(found, name) for name in line} == line
    assert flagged == codes


def test_missing_net_cost_is_flagged() -> None:
    bare = item()
    del bare["netCost"]

    assert read(order(items=[bare]))[1] == [("orders.missing", "1")]


def test_lines_with_the_same_number_are_both_kept() -> None:
    found, findings = read(order(items=[item("1", 3), item("1", 4)]))

    assert [(line.sequence, line.amount) for line in found.lines or ()] == [("1", 3), ("1?2", 4)]
    assert ("orders.duplicate_line", "1") in findings or ("orders.duplicate_line", "") in findings


@pytest.mark.parametrize(
    ("details", "expected", "codes"),
    [
        ({"purchaseOrderDate": "2026-11-20T08:00:00"}, {"ordered_at": datetime(2026, 11, 20, 8, tzinfo=UTC)}, ["orders.naive_date"]),
        ({"purchaseOrderDate": "2026-11-20"}, {"ordered_at": datetime(2026, 11, 20, tzinfo=UTC)}, ["orders.naive_date"]),
        ({"purchaseOrderDate": "2026-11-20T16:00:00.123+08:00"},
         {"ordered_at": datetime(2026, 11, 20, 8, 0, 0, 123000, tzinfo=UTC)}, []),
        ({"purchaseOrderDate": "yesterday"}, {"ordered_at": None}, ["orders.bad_date"]),
        ({"purchaseOrderDate": "0001-01-01T00:00:00+14:00"}, {"ordered_at": None}, ["orders.bad_date"]),
        ({"purchaseOrderDate": 1763625600}, {"ordered_at": None}, ["orders.bad_date"]),
        ({"shipWindow": "2026-11-24T08:00:00Z"}, {"ship_window_start": None}, ["orders.bad_window"]),
        ({"shipWindow": "2026-11-24T08:00:00Z--"},
         {"ship_window_start": datetime(2026, 11, 24, 8, tzinfo=UTC), "ship_window_end": None}, ["orders.bad_window"]),
        ({"shipWindow": "2026-11-24T08:00:00--2026-11-25T08:00:00Z"},
         {"ship_window_start": datetime(2026, 11, 24, 8, tzinfo=UTC)}, ["orders.naive_date"]),
        ({"shipWindow": "2026-11-26T08:00:00Z--2026-11-25T08:00:00Z"},
         {"ship_window_end": datetime(2026, 11, 25, 8, tzinfo=UTC)}, ["orders.bad_window"]),
        ({"shipWindow": 7}, {"ship_window_start": None}, ["orders.bad_window"]),
        ({"shipWindow": None, "deliveryWindow": None}, {"delivery_window_end": None}, ["orders.no_window"]),
        ({"purchaseOrderType": "Surprise"}, {"type": "Surprise"}, ["orders.unknown_word"]),
        ({"purchaseOrderType": None}, {"type": ""}, []),
        ({"paymentMethod": "Barter"}, {"payment_method": "Barter"}, ["orders.unknown_word"]),
        ({"sellingParty": None}, {"vendor_code": ""}, ["orders.missing"]),
        ({"sellingParty": "ACMUS"}, {"vendor_code": ""}, ["orders.not_an_object"]),
        ({"billToParty": None, "shipToParty": {"partyId": "PHX7", "address": {"name": "Amazon", "addressLine1": "1 Road", "countryCode": "US"},
                          "taxInfo": {"taxRegistrationType": "VAT", "taxRegistrationNumber": "1"}}},
         {"parties": {"ship_to": {"address": {"name": "Amazon", "address_line_1": "1 Road", "country_code": "US"},
                                  "tax": {"tax_type": "VAT", "tax_number": "1"}}}}, []),
        ({"billToParty": None, "shipToParty": {"partyId": "PHX7", "address": "nowhere"}}, {"parties": {}}, ["orders.not_an_object"]),
        ({"importDetails": {"importContainers": "2-20'HC,1-45'", "portOfDelivery": None}},
         {"import_details": {"import_containers": "2-20'HC,1-45'"}}, []),
        ({"importDetails": []}, {"import_details": {}}, ["orders.not_an_object"]),
        ({"items": "none"}, {"lines": None}, ["orders.not_a_list"]),
        ({"items": [7]}, {"lines": ()}, ["orders.not_a_line"]),
    ],
)  # fmt: skip
def test_odd_details_are_kept_and_flagged(details: dict[str, Any], expected: dict[str, Any], codes: list[str]) -> None:
    found, findings = read(order(**details))

    assert {name: getattr(found, name) for name in expected} == expected
    assert [code for code, _ in findings] == codes


def test_null_list_and_missing_details() -> None:
    row = order()
    row["orderDetails"]["items"] = None
    assert (read(row)[0].lines, read(row)[1]) == (None, [("orders.null_list", "")])
    found, findings = read({"purchaseOrderNumber": "PO000001", "purchaseOrderState": "New"})
    assert (found.lines, findings) == (None, [("orders.no_details", "")])


@pytest.mark.parametrize("row", [None, 7, "x", [], {}, {"purchaseOrderNumber": None}, {"purchaseOrderNumber": " "},
                                 {"purchaseOrderNumber": "x" * 61}, {"purchaseOrderNumber": "a\x00b"}])  # fmt: skip
def test_row_without_a_number_goes_to_quarantine(row: Any) -> None:
    for parse in (amazon.parse_order, amazon.parse_status):
        found, findings = parse(row)  # type: ignore[operator]

        assert found is None
        assert [finding.code for finding in findings] in (["orders.no_number"], ["orders.not_an_order"])


@pytest.mark.parametrize(
    ("number", "kept"), [(12345678, "12345678"), ("TestPO2", "TestPO2"), (" PO000001 ", "PO000001")]
)
def test_odd_number_is_kept(number: Any, kept: str) -> None:
    assert read(order(number))[0].number == kept


@pytest.mark.parametrize("payload", [None, [], {}, {"orders": None}, {"orders": {}}])
def test_page_without_a_list_has_no_rows(payload: Any) -> None:
    assert amazon.list_orders(payload) == []
    assert amazon.list_statuses(payload) == []


# --- Status -----------------------------------------------------------------------------------------------------------


def test_status_mixes_units() -> None:
    row = status("PO000001", status_item("1", 24, accepted=24, receivingStatus={
        "receiveStatus": "PARTIALLY_RECEIVE", "receivedQuantity": cases(1, 12), "lastReceiveDate": "2026-11-25T08:00:00Z",
    }))  # fmt: skip

    found, findings = amazon.parse_status(row)

    assert findings == ()
    assert found is not None
    (line,) = found.lines
    assert (line.ordered, line.accepted, line.received, line.receiving) == (24, 24, 12, "PARTIALLY_RECEIVE")


def test_status_details_are_deltas_newest_first() -> None:
    details = [
        {"updatedDate": "2026-11-22T08:00:00Z", "cancelledQuantity": eaches(4)},
        {"updatedDate": "2026-11-21T08:00:00Z", "orderedQuantity": eaches(5)},
        {"updatedDate": "2026-11-20T08:00:00Z", "orderedQuantity": eaches(15)},
        {"updatedDate": "2026-11-23T08:00:00Z", "cancelledQuantity": cases(1, 2)},
    ]
    row = status(
        "PO000001", status_item("1", orderedQuantity={"orderedQuantity": eaches(14), "orderedQuantityDetails": details})
    )

    found, _ = amazon.parse_status(row)

    assert found is not None
    assert (found.lines[0].original, found.lines[0].cancelled, found.lines[0].ordered) == (15, 6, 14)


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"orderedQuantity": {"orderedQuantityDetails": None}}, ["orders.null_list"]),
        ({"orderedQuantity": {"orderedQuantityDetails": [7]}}, ["orders.not_an_object"]),
        ({"orderedQuantity": 7}, ["orders.not_an_object"]),
        ({"acknowledgementStatus": {"confirmationStatus": "MAYBE"}}, ["orders.unknown_word"]),
        ({"receivingStatus": None}, []),
        ({"receivingStatus": {"lastReceiveDate": "soon"}}, ["orders.bad_date"]),
    ],
)
def test_odd_status_lines_are_kept_and_flagged(fields: dict[str, Any], codes: list[str]) -> None:
    found, findings = amazon.parse_status(status("PO000001", status_item("1", **fields)))

    assert found is not None
    assert len(found.lines) == 1
    assert [finding.code for finding in findings] == codes


def test_status_without_lines() -> None:
    for row, codes in (
        (status() | {"itemStatus": None}, ["orders.null_list"]),
        (status("PO000001") | {"itemStatus": [7]}, ["orders.not_a_line"]),
    ):
        found, findings = amazon.parse_status(row)
        assert found is not None
        assert (found.lines, [finding.code for finding in findings]) == ((), codes)


# --- Attacks ----------------------------------------------------------------------------------------------------------

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.decimals()
    | st.sampled_from(["2026-11-20T08:00:00Z", "a--b", "--", "1E999999", "\x00", "\ud800", "9" * 5000, -(10**40)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found += _places(inner, (*path, number))
    return found


ORDER = order(items=[item("1"), item("2", orderedQuantity=cases(2, 6))],
              shipToParty={"partyId": "PHX7", "address": {"name": "Amazon", "addressLine1": "1", "countryCode": "US"}},
              importDetails={"portOfDelivery": "SHANGHAI"})  # fmt: skip
STATUS = status("PO000001", status_item("1", 10, 5, 5, 5), status_item("2", 3))


@st.composite
def mutated(draw: st.DrawFn, original: dict[str, Any]) -> dict[str, Any]:
    """The original with some of its values replaced by junk, or taken away."""
    row = copy.deepcopy(original)
    for path in draw(st.lists(st.sampled_from(_places(original)), min_size=1, max_size=4)):
        holder: Any = row
        try:
            for step in path[:-1]:
                holder = holder[step]
            if draw(st.booleans()):
                holder[path[-1]] = draw(junk)
            else:
                del holder[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier mutation took the place away
    return row


@settings(max_examples=400)
@given(row=mutated(ORDER))
def test_mutated_order_never_crashes_and_is_never_lost(row: dict[str, Any]) -> None:
    found, findings = amazon.parse_order(row)

    if found is None:
        assert findings
    else:
        text = found.to_json()
        text.encode()  # storable
        assert "\x00" not in text
        assert OrderSnapshot.from_json(text) == found
        items = row.get("orderDetails", {}).get("items") if isinstance(row.get("orderDetails"), dict) else None
        if isinstance(items, list):
            assert len(found.lines or ()) == sum(isinstance(one, dict) for one in items)
    for finding in findings:
        assert messages.is_registered(finding.code)
        json.dumps(finding.params).encode()
        assert "{" not in messages.render(finding.code, finding.params).replace(str(finding.params.get("value")), "")


@settings(max_examples=200)
@given(row=mutated(STATUS) | junk)
def test_mutated_status_never_crashes(row: Any) -> None:
    found, findings = amazon.parse_status(row)

    assert found is not None or findings
    assert all(messages.is_registered(finding.code) for finding in findings)


@settings(max_examples=200)
@given(row=junk)
def test_junk_never_crashes(row: Any) -> None:
    found, findings = amazon.parse_order(row)

    assert found is not None or findings
    assert isinstance(amazon.list_orders(row), list)


@settings(max_examples=200)
@given(row=mutated(ORDER))
def test_the_short_way_reads_what_the_long_way_reads(row: dict[str, Any]) -> None:
    details = row.get("orderDetails")
    for one in (
        details.get("items") or [] if isinstance(details, dict) and isinstance(details.get("items"), list) else []
    ):
        usual = reading._usual_line(one, set())
        if usual is not None:
            reader = reading._Reader()
            assert reader._odd_line(one, 0, set()) == usual
            assert reader.findings == []
