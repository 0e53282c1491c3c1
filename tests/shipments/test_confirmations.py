"""What leaves as an ASN fits Amazon's official model and its own SDK, whatever was packed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipments import tables
from shipments.rules import Box, Goods, LineKey, Notice, NoticeLine, Party, Shape, Tare, split_by_structure
from shipments.types import AsnType, Mode, Structure, TransportationMode
from tests.shipments.notices import ADDRESS, NOW, SSCC, box, build, line_of, notice, transport


def test_a_loose_carton_of_a_truck() -> None:
    document = build(notice(box(1, Goods("PO000001", "1", 12), sscc=SSCC)))

    quantity = {"amount": 12, "unitOfMeasure": "Eaches", "unitSize": 1}
    assert document == {
        "shipmentIdentifier": "SH-000001",
        "shipmentConfirmationType": "Original",
        "shipmentType": "LessThanTruckLoad",
        "shipmentStructure": "LooseStandardCase",
        "transportationDetails": {
            "carrierScac": "ABCD",
            "carrierShipmentReferenceNumber": "PRO-778812",
            "transportationMode": "Road",
            "billOfLadingNumber": "ACMUS00000042",
        },
        "shipmentConfirmationDate": "2026-11-24T12:00:00Z",
        "shippedDate": "2026-11-24T11:55:00Z",
        "estimatedDeliveryDate": "2026-11-26T12:00:00Z",
        "sellingParty": {"partyId": "ACMUS"},
        "shipFromParty": {
            "partyId": "ACMWH",
            "address": {"name": "Acme", "addressLine1": "2 Street", "city": "Reno", "countryCode": "US"},
        },
        "shipToParty": {
            "partyId": "PHX7",
            "address": {"name": "Acme", "addressLine1": "2 Street", "city": "Reno", "countryCode": "US"},
        },
        "shipmentMeasurements": {
            "grossShipmentWeight": {"unitOfMeasure": "Kg", "value": "5.25"},
            "shipmentVolume": {"unitOfMeasure": "CuM", "value": "0.03"},
            "cartonCount": 1,
        },
        "shippedItems": [
            {
                "itemSequenceNumber": "001",
                "amazonProductIdentifier": "B000000001",
                "vendorProductIdentifier": "SKU-1",
                "shippedQuantity": quantity,
                "itemDetails": {"purchaseOrderNumber": "PO000001"},
            }
        ],
        "cartons": [
            {
                "cartonIdentifiers": [
                    {"containerIdentificationType": "SSCC", "containerIdentificationNumber": f"00{SSCC}"}
                ],
                "cartonSequenceNumber": "001",
                "dimensions": {"length": "0.4", "width": "0.3", "height": "0.25", "unitOfMeasure": "Meter"},
                "weight": {"unitOfMeasure": "Kg", "value": "5.25"},
                "items": [
                    {
                        "itemReference": "001",
                        "shippedQuantity": quantity,
                        "itemDetails": {"purchaseOrderNumber": "PO000001"},
                    }
                ],
            }
        ],
    }


def test_mixed_orders_on_pallets_with_lots_in_the_units_of_their_orders() -> None:
    cases = line_of(LineKey("PO000001", "7"), unit="Cases", unit_size=6, price_unit="POUNDS")
    first = Goods("PO000001", "7", 12, "LOT-1", date(2027, 5, 1), date(2026, 5, 1), "CN", 7200)
    second = Goods("PO000001", "7", 6, "LOT-2", date(2027, 8, 1), scale_weight_g=3610)
    other = Goods("PO000002", "1", 5)
    tares = (Tare(1, "1" * 18, 1200, 800, 1500, 320_500), Tare(2, "2" * 18, weight_g=100_000))

    document = build(
        notice(
            box(1, first, other, pallet=1),
            box(2, second, pallet=2),
            box(5, second, pallet=1),
            lines=(cases,),
            tares=tares,
            structure="MASTER_PALLET",
        )
    )

    numbered = {
        item["itemSequenceNumber"]: (
            item["itemDetails"]["purchaseOrderNumber"],
            item["itemDetails"].get("lotNumber"),
            item["shippedQuantity"]["amount"],
        )
        for item in document["shippedItems"]
    }
    assert numbered == {
        "001": ("PO000001", "LOT-1", 2), "002": ("PO000001", "LOT-2", 2), "003": ("PO000002", None, 5),
    }  # fmt: skip
    assert document["shippedItems"][1]["shippedQuantity"] == {
        "amount": 2, "unitOfMeasure": "Cases", "unitSize": 6,
        "totalWeight": {"unitOfMeasure": "GRAMS", "amount": "7220"},
    }  # fmt: skip
    assert document["shippedItems"][0]["itemDetails"]["expiry"] == {
        "manufacturerDate": "2026-05-01T00:00:00Z", "expiryDate": "2027-05-01T00:00:00Z",
    }  # fmt: skip
    assert [carton["cartonSequenceNumber"] for carton in document["cartons"]] == ["001", "002", "003"]
    assert [[item["itemReference"] for item in carton["items"]] for carton in document["cartons"]] == [
        ["001", "003"], ["002"], ["002"],
    ]  # fmt: skip
    assert [pallet["cartonReferenceDetails"] for pallet in document["pallets"]] == [
        {"cartonCount": 2, "cartonReferenceNumbers": ["001", "003"]},
        {"cartonCount": 1, "cartonReferenceNumbers": ["002"]},
    ]
    measured = document["shipmentMeasurements"]
    assert measured["palletCount"] == 2
    assert "cartonCount" not in measured
    assert measured["grossShipmentWeight"] == {"unitOfMeasure": "Kg", "value": "420.5"}


def test_parcels_have_their_tracking_numbers_and_collect_its_reference() -> None:
    told = notice(
        box(1, tracking_number="1Z999"), box(2, Goods("PO000001", "1", 1), tracking_number="1Z998"),
        transport=transport(mode="SMALL_PARCEL", transportation_mode="AIR", amazon_reference_number="8812345678"),
    )  # fmt: skip

    document = build(told)

    assert [carton["trackingNumber"] for carton in document["cartons"]] == ["1Z999", "1Z998"]
    assert (document["shipmentType"], document["transportationDetails"]["transportationMode"]) == ("SmallParcel", "Air")
    assert document["amazonReferenceNumber"] == "8812345678"


def test_an_import_names_payment_seal_ports_and_containers() -> None:
    details = {
        "method_of_payment": "CollectOnDelivery", "seal_number": "S-1", "import_containers": "40HC MSCU1234567",
        "port_of_loading": "CNSHA", "port_of_delivery": "USLGB", "shipping_instructions": "not for an ASN",
    }  # fmt: skip

    document = build(notice(import_details=details))

    assert document["importDetails"] == {
        "methodOfPayment": "CollectOnDelivery",
        "sealNumber": "S-1",
        "route": {
            "stops": [
                {
                    "functionCode": "PortOfLoading",
                    "locationIdentification": {"type": "Port", "locationCode": "CNSHA"},
                },
                {
                    "functionCode": "PortOfDischarge",
                    "locationIdentification": {"type": "Port", "locationCode": "USLGB"},
                },
            ]
        },
        "importContainers": "40HC MSCU1234567",
    }
    assert build(notice(import_details={"method_of_payment": "Barter"})).get("importDetails") is None


def test_what_nobody_knows_is_left_out() -> None:
    bare = box(1, length_mm=None, weight_g=None, sscc="")
    told = notice(
        bare, selling=Party("ACMUS", {}, "VAT", "DE123"), ship_to=Party("PHX7", {"name": "half an address"}),
        ship_from=Party("W1", ADDRESS, "EIN", "1"), transport=transport(estimated_at=None, bol_number="", pro_number=""),
    )  # fmt: skip

    document = build(told, type=AsnType.REPLACE)

    assert document["shipmentConfirmationType"] == "Replace"
    assert document["shipToParty"] == {"partyId": "PHX7"}
    assert document["sellingParty"]["taxRegistrationDetails"] == [
        {"taxRegistrationType": "VAT", "taxRegistrationNumber": "DE123"}
    ]
    assert "taxRegistrationDetails" not in document["shipFromParty"]
    assert document["shipmentMeasurements"] == {"cartonCount": 1}
    assert "estimatedDeliveryDate" not in document
    assert document["transportationDetails"] == {"carrierScac": "ABCD", "transportationMode": "Road"}
    assert document["cartons"][0].keys() == {"cartonSequenceNumber", "items"}


def test_dates_leave_in_utc() -> None:
    zone = timezone(timedelta(hours=8))

    document = build(notice(transport=transport(shipped_at=datetime(2026, 11, 24, 3, tzinfo=zone))))

    assert document["shippedDate"] == "2026-11-23T19:00:00Z"


def _goods(order: str, sequence: str) -> Goods:
    return Goods(order, sequence, 1)


@pytest.mark.parametrize(
    ("pallet", "goods", "structure"),
    [
        (0, [_goods("A", "1")], "LOOSE_STANDARD"),
        (0, [_goods("A", "1"), _goods("A", "3")], "LOOSE_STANDARD"),  # two lines of one product
        (0, [_goods("A", "1"), _goods("A", "2")], "LOOSE_ASSORTMENT"),
        (0, [_goods("A", "1"), _goods("B", "1")], "MASTER_CASE"),
        (1, [_goods("A", "1")], "PALLETIZED_STANDARD"),
        (1, [_goods("A", "1"), _goods("A", "2")], "PALLETIZED_ASSORTMENT"),
        (1, [_goods("A", "2"), _goods("B", "1")], "MASTER_PALLET"),
    ],
)
def test_the_structure_follows_the_contents(pallet: int, goods: list[Goods], structure: str) -> None:
    products = {LineKey(order, sequence): "odd" if sequence != "2" else "even" for order in "AB" for sequence in "123"}
    plain = Box(1, (_goods("A", "1"),), pallet=pallet)

    (part,) = split_by_structure([plain, Box(2, tuple(goods), pallet=pallet)], products, tables.structures())

    assert part.structure == structure


def test_loose_cartons_beside_pallets_are_an_asn_of_their_own() -> None:
    boxes = [Box(n, (_goods("A", "1"),), pallet=pallet) for n, pallet in enumerate([0, 1, 2], start=1)]

    parts = split_by_structure(boxes, {LineKey("A", "1"): "x"}, tables.structures())

    assert [(part.structure, [each.position for each in part.boxes]) for part in parts] == [
        ("PALLETIZED_STANDARD", [2, 3]), ("LOOSE_STANDARD", [1]),
    ]  # fmt: skip


def test_the_table_of_structures_is_complete_and_says_only_what_there_is() -> None:
    table = tables.structures()

    assert set(table) == {Shape(a, b, c) for a in (False, True) for b in (False, True) for c in (False, True)}
    assert set(table.values()) == set(Structure.values)


_days = st.dates(date(2026, 1, 1), date(2030, 1, 1))
_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
_measure = st.one_of(st.none(), st.integers(1, 3000))
_lines = st.lists(
    st.builds(
        NoticeLine, order=st.sampled_from(["PO000001", "PO000002"]), sequence=st.sampled_from("123"), asin=_text,
        vendor_sku=st.one_of(st.just(""), _text), unit=st.sampled_from(["Cases", "Eaches"]),
        unit_size=st.integers(1, 24), price_unit=st.sampled_from(["", "POUNDS"]),
    ),
    min_size=1, max_size=4, unique_by=lambda line: line.key,
)  # fmt: skip


@st.composite
def _notices(draw: Any) -> Notice:
    lines = {line.key: line for line in draw(_lines)}
    boxes = []
    on_pallets = draw(st.booleans())
    for position in range(1, draw(st.integers(1, 4)) + 1):
        goods = tuple(
            Goods(
                *key, lines[key].unit_size * draw(st.integers(1, 9)), draw(st.one_of(st.just(""), _text)),
                draw(st.one_of(st.none(), _days)), draw(st.one_of(st.none(), _days)),
                draw(st.sampled_from(["", "CN"])), draw(st.one_of(st.none(), st.integers(1, 10**6))),
            )
            for key in draw(st.lists(st.sampled_from(sorted(lines)), min_size=1, max_size=3, unique=True))
        )  # fmt: skip
        boxes.append(
            Box(
                position,
                goods,
                f"{position:018}",
                int(on_pallets),
                "T",
                draw(_measure),
                draw(_measure),
                9,
                draw(_measure),
            )
        )
    return notice(
        *boxes, lines=tuple(lines.values()), tares=(Tare(1, "3" * 18, weight_g=draw(_measure)),) if on_pallets else (),
        transport=transport(mode=draw(st.sampled_from(Mode.values)),
                            transportation_mode=draw(st.sampled_from(TransportationMode.values))),
        structure=draw(st.sampled_from(Structure.values)),
    )  # fmt: skip


@given(_notices())
def test_whatever_is_packed_fits_the_model_and_adds_up(told: Notice) -> None:
    document = build(told)

    items = {item["itemSequenceNumber"]: item for item in document["shippedItems"]}
    assert list(items) == [f"{place:03}" for place in range(1, len(items) + 1)]
    for reference, item in items.items():
        in_cartons = [
            each["shippedQuantity"]["amount"]
            for carton in document["cartons"]
            for each in carton["items"]
            if each["itemReference"] == reference
        ]
        assert sum(in_cartons) == item["shippedQuantity"]["amount"]
    lines = {line.key: line for line in told.lines}
    assert sum(told.quantities.values()) == sum(
        item["shippedQuantity"]["amount"]
        * (item["shippedQuantity"]["unitSize"] if item["shippedQuantity"]["unitOfMeasure"] == "Cases" else 1)
        for item in items.values()
    )
    assert set(told.quantities) <= set(lines)


@given(_notices())
def test_what_was_told_is_kept_as_it_was(told: Notice) -> None:
    assert Notice.from_stored(told.stored()) == told


def test_fewer_cartons_take_their_pallets_lines_and_volume_with_them() -> None:
    told = notice(
        box(1, Goods("PO000001", "1", 5), pallet=1), box(2, Goods("PO000002", "1", 7), pallet=2),
        tares=(Tare(1), Tare(2)),
    )  # fmt: skip
    emptied = replace(told.boxes[1], goods=())

    fewer = told.with_boxes([told.boxes[0], emptied])

    assert fewer.quantities == {LineKey("PO000001", "1"): 5}
    assert (fewer.tares, fewer.orders, fewer.volume_cm3) == ((Tare(1),), ("PO000001",), 30_000)
    assert told.transport.shipped_at.astimezone(UTC) == NOW - timedelta(minutes=5)
