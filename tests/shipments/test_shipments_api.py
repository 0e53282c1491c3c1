"""The endpoints of shipments as an outside program uses them."""

from typing import Any

import pytest

from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from shipments.models import Shipment
from tests.factories.accounts import make_token
from tests.factories.catalog import make_warehouse
from tests.factories.shipments import make_answered_order, make_shipment, set_prefix
from tests.support.api import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(tenant: Tenant) -> Api:
    return Api(make_token(tenant))


def test_planning_answers_with_the_shipments(api: Api) -> None:
    set_prefix()
    order = make_answered_order()
    make_warehouse("MAIN")

    answer = api.post("shipments/", {"purchase_orders": [order.public_id], "warehouse": "MAIN", "plan": "AUTO"})

    (shipment,) = answer["shipments"]
    assert (shipment["state"], shipment["ship_to_party"], shipment["number"]) == ("PLANNED", "PHX7", "S000001")
    assert [carton["sequence"] for carton in shipment["cartons"]] == list(range(1, 11))
    first = shipment["cartons"][0]
    assert len(first["sscc"]) == 18
    assert first["contents"] == [
        {
            "purchase_order": order.public_id, "sequence": "1", "eaches": 1, "lot_number": None, "expiry_date": None,
            "manufacture_date": None, "origin_country": None, "scale_weight": None,
        }
    ]  # fmt: skip
    assert api.get(f"shipments/{shipment['id']}/") == shipment


def test_without_a_prefix_the_answer_says_what_to_do(api: Api) -> None:
    order = make_answered_order()
    make_warehouse("MAIN")

    answer = api.post("shipments/", {"purchase_orders": [order.public_id], "warehouse": "MAIN"}, expect=422)

    assert answer["code"] == "GS1_PREFIX_MISSING"
    assert not Shipment.objects.exists()


def test_what_was_read_can_be_put_back(api: Api) -> None:
    shipment = api.get(f"shipments/{make_shipment().public_id}/")

    again = put(api, shipment["id"], {"cartons": shipment["cartons"], "version": shipment["version"]})

    assert [carton["id"] for carton in again["cartons"]] == [carton["id"] for carton in shipment["cartons"]]
    assert again["state"] == "PACKED"


def test_more_than_shippable_is_refused_with_findings(api: Api) -> None:
    shipment = api.get(f"shipments/{make_shipment().public_id}/")
    shipment["cartons"][0]["contents"][0]["eaches"] = 2

    answer = put(api, shipment["id"], {"cartons": shipment["cartons"]}, expect=422)

    assert (answer["code"], answer["findings"][0]["rule"]) == ("PACKING_REFUSED", "BEYOND_SHIPPABLE")


def test_another_company_finds_nothing(api: Api, other_tenant: Tenant) -> None:
    set_prefix()
    order = make_answered_order()
    shipment = make_shipment(order)
    with tenant_scope(other_tenant.pk):
        stranger = Api(make_token(other_tenant))
        make_warehouse("MAIN")

    stranger.get(f"shipments/{shipment.public_id}/", expect=404)
    put(stranger, shipment.public_id, {"cartons": []}, expect=404)
    stranger.post("shipments/", {"purchase_orders": [order.public_id], "warehouse": "MAIN"}, expect=404)


def put(api: Api, public_id: str, body: Any, *, expect: int = 200) -> Any:
    return api.put(f"shipments/{public_id}/cartons/", body, expect=expect)


def test_what_may_be_shipped_is_told_by_line(api: Api) -> None:
    order = make_answered_order()
    path = f"purchase-orders/{order.public_id}/shippable/"

    assert api.get(path) == {"lines": [{"sequence": "1", "eaches": 10, "later": 0, "in_shipments": 0}]}
    make_shipment(order)
    assert api.get(path) == {"lines": [{"sequence": "1", "eaches": 0, "later": 0, "in_shipments": 10}]}


def test_lists_are_filtered_searched_and_sorted(api: Api) -> None:
    one = make_shipment(make_answered_order("PO000001"))
    two = make_shipment(make_answered_order("PO000002", shipToParty={"partyId": "ONT8"}), state="PACKED")
    sscc = one.cartons.order_by("position")[3].sscc

    def found(**query: Any) -> list[str]:
        return [row["number"] for row in api.every("shipments/", **query)]

    assert found() == [two.number, one.number] or found(ordering="number") == [one.number, two.number]
    assert found(ordering="-number") == [two.number, one.number]
    assert found(state="PACKED") == found(search="ont8") == found(search="po000002") == [two.number]
    assert found(search=f"(00) {sscc}") == found(search="s000001") == [one.number]
    assert found(search="S00", ordering="number", page_size=1) == [one.number, two.number]
    assert found(purchase_order=one.orders.get().order.public_id, ship_to_party="PHX7") == [one.number]
    assert found(search="nothing") == []
    api.get("shipments/", expect=400, state="NONSENSE")


def test_steps_by_api(api: Api) -> None:
    shipment = make_shipment()
    path = f"shipments/{shipment.public_id}/"
    cartons = [carton["id"] for carton in api.get(path)["cartons"]]

    assert api.post(f"{path}pack/", {"cartons": cartons[:2]}, expect=200)["state"] == "PACKING"
    assert api.post(f"{path}pack/", {}, expect=200)["state"] == "PACKED"
    assert api.post(f"{path}undo/", expect=200)["state"] == "PACKING"
    assert api.post(f"{path}undo/", expect=200)["state"] == "PLANNED"
    assert api.post(f"{path}undo/", expect=409)["code"] == "NOTHING_TO_UNDO"
    api.post(f"{path}pack/", {"cartons": ["ca_nobodys"]}, expect=404)
    assert api.post(f"{path}cancel/", {"reason": "Buyer called"}, expect=200)["state"] == "CANCELLED"
    assert api.post(f"{path}cancel/", expect=200)["state"] == "CANCELLED"
    assert put(api, shipment.public_id, {"cartons": []}, expect=409)["code"] == "SHIPMENT_CLOSED"


def test_orders_of_others_are_in_no_carton(api: Api, other_tenant: Tenant) -> None:
    with tenant_scope(other_tenant.pk):
        theirs = make_answered_order("PO000009")
    mine = make_answered_order("PO000002")
    shipment = make_shipment(make_answered_order("PO000001"))

    for order in (theirs, mine):
        content = {"purchase_order": order.public_id, "sequence": "1", "eaches": 1}
        answer = put(api, shipment.public_id, {"cartons": [{"contents": [content]}]}, expect=422)
        assert [finding["rule"] for finding in answer["findings"]] == ["NOT_IN_SHIPMENT"]

    stolen = {"sscc": shipment.cartons.first().sscc, "contents": [content]}
    put(api, shipment.public_id, {"cartons": [stolen]}, expect=422)
    assert api.get(f"shipments/{shipment.public_id}/")["carton_count"] == 10


def test_a_stale_version_is_refused(api: Api) -> None:
    shipment = api.get(f"shipments/{make_shipment().public_id}/")
    fewer = {"cartons": shipment["cartons"][:4], "version": shipment["version"]}

    assert put(api, shipment["id"], fewer)["carton_count"] == 4
    assert put(api, shipment["id"], fewer)["carton_count"] == 4  # the same again is the same
    more = {"cartons": shipment["cartons"][:5], "version": shipment["version"]}
    assert put(api, shipment["id"], more, expect=409)["code"] == "PACKING_CHANGED"


def test_planning_and_packing_need_the_right(tenant: Tenant) -> None:
    shipment = make_shipment()
    reader = Api(make_token(tenant, "shipments.view"))

    reader.get(f"shipments/{shipment.public_id}/")
    reader.post("shipments/", {}, expect=403)
    put(reader, shipment.public_id, {"cartons": []}, expect=403)
    reader.post(f"shipments/{shipment.public_id}/cancel/", expect=403)
