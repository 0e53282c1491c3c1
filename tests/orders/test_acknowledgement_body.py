"""What leaves as an answer fits Amazon's official model and its own SDK, whatever the order looked like."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spapi.models import vendor_orders_v1 as official

from orders import amazon
from orders.types import LineAnswer, LineSnapshot, RejectionReason
from tests.simulator import test_models

NOW = datetime(2026, 11, 20, 12, 0, 0, 987654, tzinfo=UTC)
SHIP, LATER = NOW + timedelta(days=5), NOW + timedelta(days=30)


def line(sequence: str = "1", amount: int = 12, **fields: Any) -> LineSnapshot:
    values: dict[str, Any] = {
        "asin": "B000000001", "vendor_sku": "SKU-1", "unit": "Eaches", "unit_size": 1, "net_cost": Decimal("2.500000"),
        "list_price": Decimal(5), "currency": "USD", "price_unit": "", "is_backorder_allowed": True,
    }  # fmt: skip
    return LineSnapshot(sequence=sequence, amount=amount, **values | fields)


def build(*lines: tuple[LineSnapshot, LineAnswer], **fields: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"number": "PO000001", "vendor_code": "ACMUS", "selling_party": {}, "at": NOW}
    body = amazon.build_acknowledgement(lines=lines, **values | fields)
    assert official_of(body) == body
    if test_models.MODELS is not None:
        test_models.check(body, "SubmitAcknowledgementRequest")
    found: dict[str, Any] = body["acknowledgements"][0]
    return found


def official_of(body: dict[str, Any]) -> Any:
    """The body through Amazon's own classes and back: their setters refuse values that are not allowed."""

    def read(kind: str, value: Any) -> Any:
        if kind.startswith("List["):
            return [read(kind[5:-1], entry) for entry in value]
        cls = getattr(official, kind, None)
        if cls is None or not hasattr(cls, "attribute_map"):
            return value
        names = {theirs: ours for ours, theirs in cls.attribute_map.items()}
        assert set(value) <= set(names), set(value) - set(names)
        made = cls(**{names[key]: read(cls.swagger_types[names[key]], entry) for key, entry in value.items()})
        return {key: entry for key, entry in value.items() if getattr(made, names[key]) is not None}

    return read("SubmitAcknowledgementRequest", json.loads(json.dumps(body)))


def test_a_split_line_in_cases() -> None:
    said = LineAnswer("1", 12, 6, 6, "OBSOLETE_PRODUCT", SHIP, None, LATER, LATER + timedelta(days=2))

    document = build((line("1", 4, unit="Cases", unit_size=6, net_cost=Decimal("2.5")), said))

    def cases(amount: int) -> dict[str, Any]:
        return {"amount": amount, "unitOfMeasure": "Cases", "unitSize": 6}

    assert document == {
        "purchaseOrderNumber": "PO000001",
        "sellingParty": {"partyId": "ACMUS"},
        "acknowledgementDate": "2026-11-20T12:00:00Z",
        "items": [
            {
                "itemSequenceNumber": "1",
                "amazonProductIdentifier": "B000000001",
                "vendorProductIdentifier": "SKU-1",
                "orderedQuantity": cases(4),
                "netCost": {"currencyCode": "USD", "amount": "2.50"},
                "itemAcknowledgements": [
                    {
                        "acknowledgementCode": "Accepted", "acknowledgedQuantity": cases(2),
                        "scheduledShipDate": "2026-11-25T12:00:00Z",
                    },
                    {
                        "acknowledgementCode": "Backordered", "acknowledgedQuantity": cases(1),
                        "scheduledShipDate": "2026-12-20T12:00:00Z", "scheduledDeliveryDate": "2026-12-22T12:00:00Z",
                    },
                    {
                        "acknowledgementCode": "Rejected", "acknowledgedQuantity": cases(1),
                        "rejectionReason": "ObsoleteProduct",
                    },
                ],
            }
        ],
    }  # fmt: skip
    # the schema of Amazon's backend wants its elements in the model's order
    assert list(document) == ["purchaseOrderNumber", "sellingParty", "acknowledgementDate", "items"]


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({}, {"itemSequenceNumber": "1", "amazonProductIdentifier": "B000000001", "vendorProductIdentifier": "SKU-1"}),
        ({"asin": "", "vendor_sku": " odd  sku"}, {"itemSequenceNumber": "1", "vendorProductIdentifier": " odd  sku"}),
        ({"vendor_sku": "", "sequence": "?3"}, {"amazonProductIdentifier": "B000000001"}),
        ({"vendor_sku": "", "asin": "", "sequence": "1?2"}, {"itemSequenceNumber": "1"}),
        ({"vendor_sku": "", "asin": "", "sequence": "0001"}, {"itemSequenceNumber": "0001"}),
    ],
)
def test_identifiers_go_back_as_they_came(fields: dict[str, Any], sent: dict[str, str]) -> None:
    (item,) = build((line(**fields), LineAnswer("1", 12)))["items"]

    assert {name: value for name, value in item.items() if name.endswith(("Identifier", "Number"))} == sent


@pytest.mark.parametrize(
    ("cost", "currency", "unit", "sent"),
    [
        ("2.500000", "USD", "", {"currencyCode": "USD", "amount": "2.50"}),
        ("2.123400", "USD", "", {"currencyCode": "USD", "amount": "2.1234"}),
        ("1250.000000", "JPY", "", {"currencyCode": "JPY", "amount": "1250"}),
        ("1E+3", "EUR", "", {"currencyCode": "EUR", "amount": "1000.00"}),
        ("0.000001", "EUR", "KILOGRAMS", {"currencyCode": "EUR", "amount": "0.000001", "unitOfMeasure": "KILOGRAMS"}),
    ],
)
def test_cost_is_exact(cost: str, currency: str, unit: str, sent: dict[str, str]) -> None:
    priced = line(net_cost=Decimal(cost), currency=currency, price_unit=unit)

    (item,) = build((priced, LineAnswer("1", 12)))["items"]
    (lower,) = build((priced, LineAnswer("1", 12, net_cost=Decimal("0.5"))))["items"]

    assert item["netCost"] == sent
    assert Decimal(lower["netCost"]["amount"]) == Decimal("0.5")


def test_what_is_not_ordered_is_not_answered() -> None:
    lines = [(line(), LineAnswer("1", 12)), (line("2", 0), LineAnswer("2")), (line("3", -4), LineAnswer("3"))]

    assert [item["itemSequenceNumber"] for item in build(*lines)["items"]] == ["1"]


def test_the_selling_party_goes_back_as_it_came() -> None:
    address = {"name": "Acme", "address_line_1": "1 Road", "country_code": "US", "postal_code": "90210"}
    tax = {"tax_type": "VAT", "tax_number": "DE123"}

    whole = build((line(), LineAnswer("1", 12)), selling_party={"address": address, "tax": tax})
    half = build(
        (line(), LineAnswer("1", 12)),
        selling_party={"address": {"name": "Acme"}, "tax": {"tax_number": "DE123", "tax_type": "OTHER"}},
    )

    assert whole["sellingParty"] == {
        "partyId": "ACMUS",
        "address": {"name": "Acme", "addressLine1": "1 Road", "postalCode": "90210", "countryCode": "US"},
        "taxInfo": {"taxRegistrationType": "VAT", "taxRegistrationNumber": "DE123"},
    }
    assert half["sellingParty"] == {"partyId": "ACMUS"}


def test_dates_leave_in_utc() -> None:
    in_tokyo = datetime(2026, 11, 25, 3, 30, tzinfo=timezone(timedelta(hours=9)))

    (item,) = build((line(), LineAnswer("1", 12, scheduled_ship_at=in_tokyo)))["items"]

    assert item["itemAcknowledgements"][0]["scheduledShipDate"] == "2026-11-24T18:30:00Z"


texts = st.text(max_size=20)
instants = st.none() | st.integers(0, 400).map(lambda days: NOW + timedelta(days=days, milliseconds=days))


@st.composite
def answered_lines(draw: st.DrawFn) -> tuple[LineSnapshot, LineAnswer]:
    unit = draw(st.sampled_from(["Cases", "Eaches"]))
    size = draw(st.integers(1, 48))
    parts = [draw(st.integers(0, 500)) for _ in range(3)]
    each = size if unit == "Cases" else 1
    one = line(
        draw(texts.filter(bool)), sum(parts), unit=unit, unit_size=size, asin=draw(texts), vendor_sku=draw(texts),
        net_cost=draw(st.decimals("0.000001", 10**6, places=6)), currency=draw(st.sampled_from(["USD", "JPY", "KWD"])),
        price_unit=draw(st.sampled_from(["", "POUNDS"])),
    )  # fmt: skip
    reason = draw(st.sampled_from(RejectionReason.values))
    return one, LineAnswer(one.sequence, *(part * each for part in parts), reason, *(draw(instants) for _ in range(4)))


@given(st.lists(answered_lines(), max_size=5))
def test_whatever_is_answered_fits_the_model_and_adds_up(lines: list[tuple[LineSnapshot, LineAnswer]]) -> None:
    document = build(*lines)

    kept = [(one, said) for one, said in lines if one.amount > 0]
    assert len(document["items"]) == len(kept)
    for item, (one, said) in zip(document["items"], kept, strict=True):
        ordered = item["orderedQuantity"]
        assert ordered == {"amount": one.amount, "unitOfMeasure": one.unit, "unitSize": one.unit_size}
        parts = item["itemAcknowledgements"]
        assert sum(part["acknowledgedQuantity"]["amount"] for part in parts) == one.amount
        assert all(part["acknowledgedQuantity"]["amount"] > 0 for part in parts)
        assert {part["acknowledgedQuantity"]["unitOfMeasure"] for part in parts} == {one.unit}
        assert [part["acknowledgementCode"] for part in parts] == [
            code
            for code, eaches in (
                ("Accepted", said.accepted),
                ("Backordered", said.backordered),
                ("Rejected", said.rejected),
            )
            if eaches
        ]
        assert Decimal(item["netCost"]["amount"]) == one.net_cost
        assert all(("rejectionReason" in part) == (part["acknowledgementCode"] == "Rejected") for part in parts)
