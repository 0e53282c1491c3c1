"""Cartons that a warehouse system packed, by API and by file."""

from typing import Any

import pytest

from acorn.core.gs1 import check_digit
from acorn.imports.models import ImportPreview
from acorn.tenancy.models import Tenant
from orders.models import PurchaseOrderLine
from shipments.models import Carton, Pallet, Shipment
from shipments.selectors import load_cartons
from tests.factories.accounts import make_token
from tests.factories.orders import item
from tests.factories.shipments import make_answered_order, make_shipment
from tests.imports.files import bring, csv, upload, write
from tests.support.api import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(tenant: Tenant) -> Api:
    return Api(make_token(tenant))


def number(serial: int) -> str:
    """An SSCC of somebody else's prefix."""
    body = f"34012345{serial:09}"
    return body + check_digit(body)


def row(serial: int, order: str = "PO000001", eaches: int = 5, **fields: Any) -> dict[str, Any]:
    return {"sscc": number(serial), "purchase_order": order, "sequence": "1", "eaches": eaches} | fields


def send(api: Api, *rows: dict[str, Any], expect: int = 201) -> Any:
    return api.post("shipments/import/", {"source": "Manhattan", "cartons": list(rows)}, expect=expect)


def rules(answer: Any) -> list[str]:
    return [finding["rule"] for finding in answer["findings"]]


def test_cartons_make_their_shipment_without_a_prefix_of_ours(api: Api) -> None:
    make_answered_order()

    (shipment,) = send(api, row(1, weight=4000, pallet="1"), row(2, lot_number="L1", expiry_date="2027-05-01"))[
        "shipments"
    ]

    assert [carton["sscc"] for carton in shipment["cartons"]] == [number(1), number(2)]
    assert shipment["state"] == "PACKED"
    assert shipment["cartons"][1]["contents"][0]["expiry_date"] == "2027-05-01"
    assert Pallet.objects.get().sscc == ""
    assert PurchaseOrderLine.objects.get().packed_eaches == 10


def test_the_same_message_again_changes_nothing_and_another_one_adds(api: Api) -> None:
    make_answered_order()
    (first,) = send(api, row(1))["shipments"]

    (again,) = send(api, row(1))["shipments"]
    (more,) = send(api, row(2))["shipments"]

    assert again == first
    assert more["cartons"][0]["id"] == first["cartons"][0]["id"]
    assert (more["id"], more["carton_count"]) == (first["id"], 2)
    assert Shipment.objects.count() == 1


def test_what_was_only_proposed_makes_way(api: Api) -> None:
    shipment = make_shipment()
    assert shipment.carton_count == 10

    (packed,) = send(api, row(1, eaches=10))["shipments"]

    assert (packed["id"], [carton["sscc"] for carton in packed["cartons"]]) == (shipment.public_id, [number(1)])


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"sscc": "340123450000000018"}, "SSCC_WRONG"),
        ({"purchase_order": "NOBODYS"}, "ORDER_UNKNOWN"),
        ({"sequence": "9"}, "NOT_IN_SHIPMENT"),
        ({"eaches": 11}, "BEYOND_SHIPPABLE"),
        ({"pallet": "A-7"}, "PALLET_WRONG"),
    ],
)
def test_what_would_be_refused_later_is_refused_now(api: Api, change: dict[str, Any], rule: str) -> None:
    make_answered_order()

    answer = send(api, row(1) | change, expect=422)

    assert (answer["code"], rules(answer)) == ("PACKING_REFUSED", [rule])
    assert not Shipment.objects.exists()


def test_a_number_says_what_its_label_says(api: Api) -> None:
    make_answered_order()
    send(api, row(1), row(2, eaches=2))

    assert rules(send(api, row(1, eaches=4), expect=422)) == ["SSCC_OF_OTHER_CONTENTS"]

    other = make_answered_order("PO000002")
    assert rules(send(api, row(1, other.number), expect=422)) == ["SSCC_TAKEN"]
    assert Carton.objects.count() == 2


def test_a_carton_holds_orders_that_leave_together(api: Api) -> None:
    make_answered_order()
    make_answered_order("PO000002")
    far = make_answered_order("PO000003", shipToParty={"partyId": "ONT8"})

    answer = send(api, row(1), row(1, "PO000002"), row(2, "PO000002"))
    assert [shipment["carton_count"] for shipment in answer["shipments"]] == [2]

    refused = send(api, row(3), row(3, far.number), expect=422)
    assert rules(refused) == ["NOT_TOGETHER"]


def test_a_file_brings_cartons_and_refuses_the_rows_that_can_not_be(tenant: Tenant) -> None:
    make_answered_order("PO000001", items=[item("1"), item("2")])
    file = csv(
        "sscc,po,line,eaches,lot,carton weight",
        f"{number(1)},PO000001,1,6,L1,4000",
        f"{number(1)},PO000001,2,1,,",
        f"(00){number(2)},PO000001,1,5,,",
        f"{number(3)},PO000001,2,3,,",
        f"{number(4)},NOBODYS,1,3,,",
    )

    run = upload(file, "cartons")

    flaws = dict(ImportPreview.objects.filter(run=run, kind="REFUSED").values_list("number", "flaws"))
    assert {row: [flaw[1] for flaw in found] for row, found in flaws.items()} == {
        2: ["shipments.beyond_shippable"],
        3: ["shipments.carton_refused"],
        4: ["shipments.beyond_shippable"],
        6: ["shipments.order_unknown"],
    }
    assert not Shipment.objects.exists()
    write(run, "GOOD")
    (shipment,) = Shipment.objects.all()
    held = [[(c.sequence, c.eaches) for c in each.contents] for each in load_cartons([shipment.pk])[shipment.pk]]
    assert held == [[("2", 3)]]


def test_a_file_again_is_the_same_and_a_weight_is_a_change(tenant: Tenant) -> None:
    make_answered_order()
    rows = ("sscc,po,line,eaches,carton weight", f"{number(1)},PO000001,1,4,4000", f"{number(2)},PO000001,1,6,")
    bring(csv(*rows), "cartons")

    assert upload(csv(*rows), "cartons").counts["SAME"] == 2
    bring(csv(rows[0], f"{number(1)},PO000001,1,4,4100"), "cartons")

    assert dict(Carton.objects.values_list("sscc", "weight_g")) == {number(1): 4100, number(2): None}
