"""Items, warehouses and stock as a careless or hostile program sends them: refused in words, on every page afterwards, too."""

from datetime import timedelta
from typing import Any

import pytest

from acorn.accounts.types import Role
from acorn.core import clock
from acorn.tenancy.models import Tenant
from tests.factories.accounts import ApiClient, api_client, make_member, signed_in
from tests.factories.catalog import ADDRESS, make_item, make_warehouse, two_person_review
from tests.factories.stock import make_stocked_item


@pytest.fixture
def api(tenant: Tenant) -> ApiClient:
    return api_client(tenant)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 201),
        ({"identifiers": []}, 201),
        ({"identifiers": [{"kind": "ASIN", "value": "B000000001"}]}, 201),
        ({"identifiers": [{"kind": "ASIN", "value": "B000000001", "marketplace": ""}]}, 201),
        ({"identifiers": [{"kind": "ASIN", "value": "B000000001", "marketplace": None}]}, 201),
        ({"identifiers": [{"kind": "ASIN", "value": "b000000001", "marketplace": "us"}]}, 201),
        ({"identifiers": [{"kind": "EAN", "value": 4006381333931}]}, 201),
        ({"identifiers": [{"kind": "EAN", "value": "4006381333932"}]}, 400),
        ({"identifiers": [{"kind": "ASIN", "value": "B0"}]}, 400),
        ({"identifiers": [{"kind": "ISBN", "value": "B000000001"}]}, 400),
        ({"identifiers": [{"kind": "ASIN", "value": "B000000001", "marketplace": "USA"}]}, 400),
        ({"identifiers": [{"kind": "ASIN", "value": "B000000001", "effective_from": "0001-01-01"}]}, 201),
        ({"identifiers": [{"kind": "ASIN", "value": "B000000001", "effective_from": "9999-12-31"}]}, 201),
        ({"identifiers": [{"kind": "SHOP_SKU", "value": "\u202egnp"}]}, 201),
        ({"identifiers": "x"}, 400),
        ({"identifiers": [None]}, 400),
        ({"case_pack": 0}, 400),
        ({"case_pack": "12"}, 201),
        ({"case_pack": True}, 400),
        ({"sku": ""}, 400),
        ({"sku": "a\x00b"}, 400),
        ({"sku": "😀" * 60}, 201),
        ({"sku": "😀" * 61}, 400),
        ({"sku": "a/b?c#d%"}, 201),
        ({"title": "x" * 301}, 400),
        ({"title": "\ud7ff\u200b"}, 201),
        ({"titles": {"zh": "杯"}}, 201),
        ({"titles": {"\x00": "杯"}}, 400),
        ({"titles": {"x" * 500: "杯"}}, 400),
        ({"origin_country": "XX"}, 400),
    ],
)
@pytest.mark.parametrize("is_on", [True, False])
def test_items_as_programs_send_them(api: ApiClient, tenant: Tenant, fields: Any, status: int, is_on: bool) -> None:
    two_person_review(is_on)

    answer = api.post_json("/api/v1/items/", {"sku": "A-1", "title": "Cup", "case_pack": 6} | fields)

    assert answer.status_code == status, answer.content
    if status == 201:
        browser = signed_in(make_member(tenant, Role.OWNER))
        for path in ("/items/", f"/items/{answer.json()['id']}/", "/identifier-proposals/"):
            assert browser.get(path).status_code in (200, 404), path


def test_the_same_identifier_twice_in_one_item(api: ApiClient) -> None:
    two_person_review(False)
    twice = [{"kind": "ASIN", "value": "B000000001", "marketplace": "US"}] * 2

    answer = api.post_json("/api/v1/items/", {"sku": "A-1", "title": "Cup", "case_pack": 6, "identifiers": twice})

    assert answer.status_code in (400, 409), answer.content
    assert api.get("/api/v1/items/").json()["results"] == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 201),
        ({"ship_from_party_id": None}, 201),
        ({"ship_from_party_id": ""}, 201),
        ({"ship_from_party_id": "ACMW1"}, 201),
        ({"code": ""}, 400),
        ({"code": "x\x00"}, 400),
        ({"code": "x" * 31}, 400),
        ({"address": {}}, 400),
        ({"address": None}, 400),
        ({"address": "x"}, 400),
        ({"address": ADDRESS | {"country_code": "USA"}}, 400),
        ({"address": ADDRESS | {"country_code": "\x00\x00"}}, 400),
        ({"address": ADDRESS | {"state_or_region": ""}}, 201),
        ({"address": ADDRESS | {"state_or_region": None}}, 201),
        ({"address": ADDRESS | {"postal_code": None}}, 201),
        ({"address": ADDRESS | {"postal_code": 89501}}, 201),
        ({"time_zone": "Mars/Base"}, 400),
        ({"time_zone": "../../etc/passwd"}, 400),
    ],
)
def test_warehouses_as_programs_send_them(api: ApiClient, fields: Any, status: int) -> None:
    answer = api.post_json("/api/v1/warehouses/", {"code": "W1", "name": "One", "address": ADDRESS} | fields)

    assert answer.status_code == status, answer.content


@pytest.mark.parametrize(
    "as_of", ["0001-01-01T00:00:00Z", "0001-01-01", "1900-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"]
)
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Shanghai"])
def test_a_count_from_long_ago_breaks_no_page(api: ApiClient, tenant: Tenant, as_of: str, zone: str) -> None:
    item = make_stocked_item(on_hand=None)
    make_warehouse()
    tenant.time_zone = zone
    tenant.save()

    answer = api.post_json("/api/v1/stock-counts/", {"sku": "SKU-1", "warehouse": "MAIN", "on_hand": 4, "as_of": as_of})

    assert answer.status_code in (201, 400)
    _read_all(api, tenant, item)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_time_break_no_page(api: ApiClient, tenant: Tenant, day: str) -> None:
    item = make_stocked_item()
    given = {"sku": "SKU-1", "warehouse": "MAIN", "quantity": 1}

    held = api.post_json("/api/v1/stock-reservations/", given | {"reference": "R", "needed_on": day})
    coming = api.post_json("/api/v1/stock-inbound/", given | {"reference": "R", "expected_on": day})

    assert (held.status_code, coming.status_code) in [(201, 201), (400, 400), (201, 400)], (
        held.content,
        coming.content,
    )
    assert api.get(f"/api/v1/stock-levels/?sku=SKU-1&on={day}").status_code == 200
    _read_all(api, tenant, item)


def _read_all(api: ApiClient, tenant: Tenant, item: Any) -> None:
    browser = signed_in(make_member(tenant, Role.OWNER))
    for path in ("/api/v1/stock-levels/", "/api/v1/stock-levels/?sku=SKU-1", "/api/v1/stock-reservations/"):
        assert api.get(path).status_code == 200
    for path in (
        "/stock/",
        f"/items/{item.public_id}/",
        f"/items/{item.public_id}/stock/",
        "/inbound/",
        f"/items/{item.public_id}/stock/ledger/",
        "/stock/?format=csv",
        "/",
    ):
        assert browser.get(path).status_code in (200, 404), path


def test_levels_of_an_item_that_is_not_here_are_none(api: ApiClient) -> None:
    answer = api.get("/api/v1/stock-levels/?sku=NOBODY")

    assert (answer.status_code, answer.json()["results"]) == (200, [])


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"quantity": 0}, 400),
        ({"quantity": -5}, 400),
        ({"quantity": 101}, 409),
        ({"quantity": 10**12}, 409),
        ({"quantity": True}, 400),
        ({"quantity": 1.5}, 400),
        ({"purpose": "AMAZON_LINE"}, 400),
        ({"purpose": "manual"}, 400),
        ({"reference": ""}, 400),
        ({"reference": "a\x00"}, 400),
        ({"reference": "é:1:2"}, 201),
        ({"reference": "😀" * 60}, 201),
        ({"reference": 7}, 201),
    ],
)
def test_reservations_as_programs_send_them(api: ApiClient, fields: Any, status: int) -> None:
    make_stocked_item()
    given = {"sku": "SKU-1", "warehouse": "MAIN", "quantity": 5, "purpose": "MANUAL", "reference": "R"}

    first = api.post_json("/api/v1/stock-reservations/", given | fields)
    again = api.post_json("/api/v1/stock-reservations/", given | fields)

    assert (first.status_code, again.status_code) == (status, status), first.content
    if status == 201:
        assert first.json() == again.json()
    (level,) = api.get("/api/v1/stock-levels/?sku=SKU-1").json()["results"]
    assert level["committed"] == (5 if status == 201 else 0)


def test_counts_keep_to_their_instants(api: ApiClient) -> None:
    make_stocked_item(on_hand=None)
    make_warehouse()
    now = clock.now()
    said = [(100, now), (90, now - timedelta(hours=1)), (100, now), (80, now + timedelta(minutes=1, hours=1))]

    answers = [
        api.post_json(
            "/api/v1/stock-counts/",
            {"sku": "SKU-1", "warehouse": "MAIN", "on_hand": eaches, "as_of": at.isoformat()},
        ).status_code
        for eaches, at in said
    ]

    (level,) = api.get("/api/v1/stock-levels/?sku=SKU-1").json()["results"]
    assert (answers, level["on_hand"]) == ([201, 201, 201, 400], 100)


def test_one_does_not_approve_ones_own(api: ApiClient, tenant: Tenant) -> None:
    two_person_review(True)
    made = api.post_json(
        "/api/v1/items/",
        {"sku": "A", "title": "A", "case_pack": 1, "identifiers": [{"kind": "ASIN", "value": "B000000001"}]},
    ).json()
    proposal = made["identifiers"][0]["proposal"]
    url = f"/api/v1/identifier-proposals/{proposal}/approve/"

    own = api.post_json(url)
    other = api_client(tenant).post_json(url)
    again = api_client(tenant).post_json(url)

    assert own.status_code in (403, 409, 422), own.content
    assert other.status_code == 200, other.content
    assert again.status_code == 409


def test_nothing_of_another_company_is_taken(api: ApiClient, other_tenant: Tenant) -> None:
    theirs = api_client(other_tenant)
    there = theirs.post_json("/api/v1/warehouses/", {"code": "THEIRS", "name": "One", "address": ADDRESS}).json()
    theirs.post_json("/api/v1/items/", {"sku": "SKU-9", "title": "Nine", "case_pack": 1})
    make_item("SKU-1")
    now = clock.now().isoformat()

    for name in (there["id"], "THEIRS"):
        body = {"sku": "SKU-1", "warehouse": name, "on_hand": 1, "as_of": now}
        assert api.post_json("/api/v1/stock-counts/", body).status_code == 400
    make_warehouse("MINE")
    body = {"sku": "SKU-9", "warehouse": "MINE", "on_hand": 1, "as_of": now}
    assert api.post_json("/api/v1/stock-counts/", body).status_code == 400
    assert theirs.get("/api/v1/stock-levels/?sku=SKU-1").json()["results"] == []
