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
