"""Carton types and pack rules, and what the planner makes of them."""

from typing import Any

import pytest

from acorn.audit.models import AuditEvent
from acorn.tenancy.models import Tenant
from catalog.models import Item
from orders.models import PurchaseOrderLine
from shipments.models import Carton, CartonType, PackRule
from shipments.services import create_carton_type, set_pack_rule
from tests.factories.accounts import make_token
from tests.factories.catalog import make_item
from tests.factories.orders import NOW, item
from tests.factories.shipments import ACTOR, make_answered_order, make_shipment
from tests.imports.files import bring, csv, upload, write
from tests.support.api import Api

pytestmark = pytest.mark.django_db

SMALL = {"code": "S", "length_mm": 300, "width_mm": 200, "height_mm": 200, "tare_g": 250, "max_weight_g": 9_000}


@pytest.fixture
def api(tenant: Tenant) -> Api:
    return Api(make_token(tenant))


def test_a_carton_type_is_made_changed_and_taken_out_of_use(api: Api) -> None:
    made = api.post("carton-types/", SMALL)
    api.post("carton-types/", SMALL, expect=409)
    api.post("carton-types/", SMALL | {"code": "T", "tare_g": 9_000}, expect=400)

    changed = api.patch(f"carton-types/{made['id']}/", {"tare_g": 300, "archived": True})

    assert (changed["tare_g"], changed["archived_at"] is not None) == (300, True)
    assert api.every("carton-types/", archived="false") == []
    assert CartonType.objects.count() == 1


def test_a_pack_rule_is_set_read_and_cleared(api: Api) -> None:
    api.post("carton-types/", SMALL)
    lamp = make_item("LAMP")
    path = f"items/{lamp.public_id}/pack-rule/"
    assert api.get(path)["changed_at"] is None

    rule = api.put(path, {"carton_type": "S", "eaches_per_carton": 12, "may_mix": True})

    assert (rule["sku"], rule["carton_type"], rule["eaches_per_carton"], rule["may_mix"]) == ("LAMP", "S", 12, True)
    assert [row["sku"] for row in api.every("pack-rules/", sku="LAMP")] == ["LAMP"]
    api.put(path, {"cartons_per_layer": 4}, expect=400)
    api.put(path, {"carton_type": "NONE"}, expect=400)
    api.delete(path)
    api.delete(path)
    assert not PackRule.objects.exists()
    codes = (
        AuditEvent.objects.filter(code__startswith="shipments.pack_rule").order_by("id").values_list("code", flat=True)
    )
    assert list(codes) == ["shipments.pack_rule_set", "shipments.pack_rule_cleared"]


def test_the_planner_packs_by_the_rules(tenant: Tenant) -> None:
    order = make_answered_order("PO000001", items=[item("1", 25), item("2", 4)])
    kind = create_carton_type(values=SMALL, actor=ACTOR, now=NOW)
    for sku, facts in {"OWN-1": {"eaches_per_carton": 10}, "OWN-2": {"eaches_per_carton": 8}}.items():
        own = Item.objects.get(sku=sku)
        Item.objects.filter(pk=own.pk).update(weight_g=400, case_pack=3)
        rule: dict[str, Any] = {"carton_type": kind, "may_mix": True, "cartons_per_layer": 1, "layers_per_pallet": 2}
        set_pack_rule(item_public_id=own.public_id, values=rule | facts, actor=ACTOR, now=NOW)

    shipment = make_shipment(order)

    found = list(
        Carton.objects.order_by("position").values_list("weight_g", "length_mm", "carton_type", "pallet__position")
    )
    # the third holds five of one item and four of the other: half a carton each
    assert found == [(4_250, 300, kind.pk, 1), (4_250, 300, kind.pk, 1), (3_850, 300, kind.pk, None)]
    assert (shipment.weight_g, shipment.volume_cm3, shipment.pallet_count) == (12_350, 36_000, 1)
    assert set(PurchaseOrderLine.objects.values_list("packed_eaches", flat=True)) == {0}


def test_rules_come_by_file(tenant: Tenant) -> None:
    make_item("LAMP")

    bring(csv("code,length,width,height", "S,300,200,200"), "carton_types")
    run = upload(csv("sku,carton type,eaches per carton", "LAMP,S,12", "NOBODY,S,1", "LAMP,XXL,1"), "pack_rules")
    write(run, "GOOD")

    assert (run.counts["NEW"], run.counts["REFUSED"]) == (1, 2)
    assert PackRule.objects.get().carton_type == CartonType.objects.get()
