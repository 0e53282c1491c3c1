"""Items and proposals as an outside program uses them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acorn.audit.models import AuditEvent
from acorn.tenancy.models import Tenant
from tests.factories.accounts import make_token, make_user
from tests.factories.catalog import make_item, two_person_review
from tests.support.api import Api

NEW = {
    "sku": "SKU-1", "title": "Mug", "case_pack": 12,
    "identifiers": [
        {"kind": "ASIN", "value": "b000000001", "marketplace": "US"},
        {"kind": "EAN", "value": "4006381333931", "marketplace": None},
    ],
}  # fmt: skip


@pytest.fixture
def api(tenant: Tenant) -> Api:
    return Api(make_token(tenant, name="ERP"))


@pytest.fixture
def second(tenant: Tenant) -> Api:
    return Api(make_token(tenant, name="WMS"))


def _brief(item: Any) -> list[tuple[Any, ...]]:
    return [(row["kind"], row["value"], row["marketplace"], row["state"]) for row in item["identifiers"]]


def test_identifiers_of_a_new_item_wait_for_a_second_person(api: Api, second: Api) -> None:
    item = api.post("items/", NEW)

    assert _brief(item) == [("ASIN", "B000000001", "US", "PROPOSED"), ("EAN", "4006381333931", None, "PROPOSED")]
    waiting = api.get("identifier-proposals/", state="PROPOSED")["results"]
    assert {row["id"] for row in waiting} == {row["proposal"] for row in item["identifiers"]}
    first = item["identifiers"][0]["proposal"]
    refused = api.post(f"identifier-proposals/{first}/approve/", expect=422)
    assert refused["code"] == "OWN_PROPOSAL"
    assert second.post(f"identifier-proposals/{first}/approve/", expect=200)["state"] == "APPROVED"
    assert second.post(f"identifier-proposals/{first}/approve/", expect=409)["code"] == "PROPOSAL_DECIDED"

    shown = api.get(f"items/{item['id']}/")
    assert _brief(shown) == [("ASIN", "B000000001", "US", "ACTIVE"), ("EAN", "4006381333931", None, "PROPOSED")]
    assert [row["proposal"] is None for row in shown["identifiers"]] == [True, False]


def test_two_tokens_of_one_person_are_one_person(tenant: Tenant) -> None:
    user = make_user("owner@acme.example")
    one, two = (Api(make_token(tenant, name=name, created_by=user)) for name in ("one", "two"))
    proposal = one.post("items/", NEW)["identifiers"][0]["proposal"]

    assert two.post(f"identifier-proposals/{proposal}/approve/", expect=422)["code"] == "OWN_PROPOSAL"
    assert two.get(f"identifier-proposals/{proposal}/")["state"] == "PROPOSED"
    assert two.post(f"identifier-proposals/{proposal}/withdraw/", expect=200)["state"] == "WITHDRAWN"


def test_switching_the_second_person_off_is_audited(api: Api) -> None:
    assert api.get("tenant/")["two_person_review"] is True

    assert api.patch("tenant/", {"two_person_review": False})["two_person_review"] is False

    event = AuditEvent.objects.get(code="accounts.setting_changed")
    assert event.params == {"key": "catalog.two_person_review", "before": True, "after": False}
    assert _brief(api.post("items/", NEW)) == [
        ("ASIN", "B000000001", "US", "ACTIVE"), ("EAN", "4006381333931", None, "ACTIVE"),
    ]  # fmt: skip
    assert AuditEvent.objects.filter(code="catalog.identifier_counted").count() == 2


def test_the_company_is_described_all_or_nothing(api: Api, tenant: Tenant) -> None:
    for body in ({"two_person_reveiw": False}, {"two_person_review": "perhaps"}, {"currency": "XXZ", "name": "New"},
                 {"two_person_review": False, "time_zone": "Mars/Base"}, ["x"]):  # fmt: skip
        api.patch("tenant/", body, expect=400)
    assert api.get("tenant/")["two_person_review"] is True

    shown = api.patch("tenant/", {"name": "Acme Ltd", "two_person_review": False})

    tenant.refresh_from_db()
    assert (shown["name"], tenant.name, shown["two_person_review"]) == ("Acme Ltd", "Acme Ltd", False)


def test_the_same_sku_twice_is_a_clear_conflict(api: Api) -> None:
    api.post("items/", NEW)

    refused = api.post("items/", NEW, expect=409)

    assert (refused["code"], list(refused["fields"])) == ("SKU_TAKEN", ["sku"])
    assert len(api.get("items/")["results"]) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sku": ""}, "sku"), ({"case_pack": 0}, "case_pack"), ({"case_pack": "x"}, "case_pack"),
        ({"identifiers": [{"kind": "EAN", "value": "4006381333932"}]}, "identifiers.0.value"),
        ({"identifiers": [{"kind": "EAN"}]}, "identifiers.0.value"),
        ({"identifiers": [{"kind": "ISBN", "value": "1"}]}, "identifiers.0.kind"),
        ({"identifiers": [{"kind": "ASIN", "value": "B000000001", "marketplace": "U1"}]}, "identifiers.0.marketplace"),
        ({"origin_country": "XX"}, "origin_country"), ({"titles": {"zh-hans": 5, "??": "x"}}, "titles"),
    ],
)  # fmt: skip
def test_malformed_items_are_400_with_the_field(api: Api, change: dict[str, Any], field: str) -> None:
    refused = api.post("items/", NEW | change, expect=400)

    assert field in refused["fields"]
    assert api.get("items/")["results"] == []


def test_an_item_is_changed_and_found(api: Api) -> None:
    made = api.post("items/", NEW)
    two_person_review(False)
    make_item("OTHER", title="Kettle")

    shown = api.patch(f"items/{made['id']}/", {"title": "蓝色马克杯", "length_mm": 120, "titles": {"en": "Blue mug"}})

    assert (shown["title"], shown["length_mm"], shown["titles"], shown["sku"]) == (
        "蓝色马克杯",
        120,
        {"en": "Blue mug"},
        "SKU-1",
    )
    for text in ("sku-1", "B0000", "马克杯", "blue mug", "4006381333931"):
        assert [row["sku"] for row in api.get("items/", search=text)["results"]] == ["SKU-1"], text
    assert [row["sku"] for row in api.get("items/", sku="OTHER")["results"]] == ["OTHER"]
    assert api.get("items/", search="!?")["results"] == []


def test_clashes_are_shown_to_author_and_approver(api: Api) -> None:
    make_item("OTHER", ("ASIN", "B000000001", "US"))

    item = api.post("items/", NEW)

    clashes = [[clash["sku"] for clash in row["clashes"]] for row in item["identifiers"]]
    assert clashes == [["OTHER"], []]
    proposal = api.get(f"identifier-proposals/{item['identifiers'][0]['proposal']}/")
    assert [(clash["sku"], clash["state"]) for clash in proposal["clashes"]] == [("OTHER", "ACTIVE")]


def test_replacing_and_ending_by_proposal(api: Api, second: Api) -> None:
    made = make_item("SKU-1", ("ASIN", "B000000001", "US"))
    old = api.get(f"items/{made.public_id}/")["identifiers"][0]["id"]

    proposal = api.post(
        "identifier-proposals/",
        {"item": made.public_id, "action": "REPLACE", "identifier": old, "value": "B000000002", "effective_from": "2999-01-01"},
    )["proposal"]  # fmt: skip
    assert (proposal["replaced_value"], proposal["marketplace"]) == ("B000000001", "US")
    second.post(f"identifier-proposals/{proposal['id']}/approve/", {"reason": "checked"}, expect=200)

    rows = api.get(f"items/{made.public_id}/")["identifiers"]
    assert [(row["value"], row["effective_from"], row["effective_until"]) for row in rows] == [
        ("B000000001", None, "2999-01-01"), ("B000000002", "2999-01-01", None),
    ]  # fmt: skip
    for body in ({}, {"item": made.public_id}, {"item": made.public_id, "action": "END"},
                 {"item": made.public_id, "action": "END", "identifier": "id_nothing"}):  # fmt: skip
        api.post("identifier-proposals/", body, expect=400)
    api.post("identifier-proposals/", {"item": "it_x", "kind": "ASIN", "value": "B000000003"}, expect=404)


def test_the_blast_radius_is_for_those_who_may_see_orders(api: Api, tenant: Tenant) -> None:
    proposal = api.post("items/", NEW)["identifiers"][0]["proposal"]
    narrow = Api(make_token(tenant, "items.view", name="narrow"))

    assert isinstance(api.get(f"identifier-proposals/{proposal}/")["impact"], list)
    assert narrow.get(f"identifier-proposals/{proposal}/")["impact"] is None


def test_another_company_sees_and_changes_nothing(api: Api, other_tenant: Tenant) -> None:
    item = api.post("items/", NEW)
    proposal = item["identifiers"][0]["proposal"]
    stranger = Api(make_token(other_tenant))

    assert stranger.get("items/")["results"] == stranger.get("identifier-proposals/")["results"] == []
    assert stranger.get("items/", search="SKU-1")["results"] == []
    for word in ("approve", "refuse", "withdraw"):
        stranger.post(f"identifier-proposals/{proposal}/{word}/", expect=404)
    stranger.patch(f"items/{item['id']}/", {"title": "Mine"}, expect=404)
    stranger.post("identifier-proposals/", {"item": item["id"], "kind": "ASIN", "value": "B000000003"}, expect=404)
    # the same SKU in another company is nobody's business
    stranger.post("items/", NEW)
    assert api.get(f"items/{item['id']}/")["title"] == "Mug"


def test_number_of_queries_does_not_depend_on_rows(api: Api) -> None:
    two_person_review(True)
    counts = []
    for number in range(1, 4):
        make_item(f"SKU-{number}", ("ASIN", f"B00000000{number}"))
        api.post("items/", NEW | {"sku": f"NEW-{number}"})
        api.get("items/")
        with CaptureQueriesContext(connection) as items:
            api.get("items/")
        with CaptureQueriesContext(connection) as proposals:
            api.get("identifier-proposals/", state="PROPOSED")
        counts.append((len(items), len(proposals)))

    assert counts[0] == counts[2], counts
