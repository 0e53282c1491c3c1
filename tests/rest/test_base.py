"""Tokens, rights, errors, pages and values, seen through endpoints made for it (tests/rest/probe.py)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from acorn.accounts.models import ApiToken
from acorn.core import clock
from acorn.tenancy.models import Tenant, TenantSetting
from acorn.tenancy.scope import find_tenant_id, no_tenant_scope, tenant_scope
from tests.factories.accounts import ApiClient, api_client, make_token

pytestmark = pytest.mark.urls("tests.rest.probe")


# --- Tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer  ", "Bearer a b", "Basic abc", "Bearer \u00e9", "Bearer " + "x" * 5000]
)
def test_request_without_a_good_token_is_401(tenant: Tenant, header: str | None) -> None:
    client = Client(headers={"Authorization": header.encode().decode("latin-1")} if header is not None else None)

    answer = client.get("/api/v1/count/")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json().keys() == {"code", "message", "fields"}
    assert answer.json()["code"] == "NOT_AUTHENTICATED"


def test_expired_revoked_and_archived_tokens_are_401(tenant: Tenant) -> None:
    now = clock.now()
    expired = make_token(tenant, expires_at=now - timedelta(seconds=1))
    revoked = make_token(tenant, revoked_at=now)
    for token in (expired, revoked):
        assert ApiClient(token).get("/api/v1/count/").status_code == 401

    good = make_token(tenant, expires_at=now + timedelta(minutes=1))
    assert ApiClient(good).get("/api/v1/count/").status_code == 200
    Tenant.objects.update(archived_at=now)
    assert ApiClient(good).get("/api/v1/count/").status_code == 401


def test_a_session_is_no_token(tenant: Tenant) -> None:
    from tests.factories.accounts import make_member, signed_in  # noqa: PLC0415

    assert signed_in(make_member(tenant)).get("/api/v1/count/").status_code == 401


def test_token_sees_its_own_company_only(tenant: Tenant, other_tenant: Tenant) -> None:
    TenantSetting.objects.create(key="mine", value=1)
    with no_tenant_scope():
        theirs = api_client(other_tenant).get("/api/v1/count/")
        mine = api_client(tenant).get("/api/v1/count/")

        assert theirs.json() == {"count": 0, "tenant": other_tenant.pk}
        assert mine.json() == {"count": 1, "tenant": tenant.pk}
        assert find_tenant_id() is None


def test_scope_is_open_while_the_answer_is_rendered(tenant: Tenant) -> None:
    TenantSetting.objects.create(key="mine", value=1)
    with no_tenant_scope():
        assert api_client(tenant).get("/api/v1/lazy/").json() == [{"key": "mine"}]


def test_use_is_noted_at_most_once_a_minute(tenant: Tenant, django_assert_num_queries: Any) -> None:
    client = api_client(tenant)
    client.get("/api/v1/count/")
    first = ApiToken.objects.get().last_used_at

    with django_assert_num_queries(2):
        client.get("/api/v1/count/")

    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


# --- Rights -----------------------------------------------------------------------------------------------------------


def test_method_needs_its_own_scope(tenant: Tenant) -> None:
    reader = api_client(tenant, "orders.view")

    assert reader.get("/api/v1/count/").status_code == 200
    assert reader.head("/api/v1/count/").status_code == 200
    refused = reader.post_json("/api/v1/count/")

    assert refused.status_code == 403
    assert refused.json()["code"] == "MISSING_SCOPE"
    assert "connections.sync" in refused.json()["message"]
    assert TenantSetting.objects.count() == 0


def test_full_scope_may_everything(tenant: Tenant) -> None:
    assert api_client(tenant, "*").post_json("/api/v1/count/").status_code == 201


def test_view_that_forgot_its_rights_is_closed(tenant: Tenant) -> None:
    assert api_client(tenant, "*").get("/api/v1/forgot/").status_code == 500


def test_unhandled_method_is_405(tenant: Tenant) -> None:
    answer = api_client(tenant).delete("/api/v1/count/")

    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert api_client(tenant).options("/api/v1/count/").status_code == 405


# --- Errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "code", "fields"),
    [
        ("invalid", 400, "INVALID", {"name": ["Too long."]}),
        ("not-found", 404, "NOT_FOUND", {}),
        ("forbidden", 403, "FORBIDDEN", {}),
        ("conflict", 409, "CONFLICT", {}),
        ("refused", 422, "TOO_MANY", {}),
        ("http404", 404, "NOT_FOUND", {}),
        ("denied", 403, "FORBIDDEN", {}),
        ("suspicious", 400, "INVALID", {}),
        ("validation", 400, "INVALID", {"lines.1.quantity": ["Bad."], "non_field_errors": ["Both."]}),
        ("general", 400, "INVALID", {}),
        ("throttled", 429, "THROTTLED", {}),
        ("parse", 400, "INVALID", {}),
        ("database", 500, "INTERNAL_ERROR", {}),
        ("bug", 500, "INTERNAL_ERROR", {}),
    ],
)
def test_every_error_has_the_same_shape(tenant: Tenant, name: str, status: int, code: str, fields: Any) -> None:
    answer = api_client(tenant).get(f"/api/v1/raise/{name}/")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert (body["code"], body["fields"]) == (code, fields)
    assert body["message"]
    assert "secret" not in answer.content.decode()
    if name == "refused":
        assert body["message"] == "Only 3 left."
    if name == "throttled":
        assert answer.headers["Retry-After"] == "7"
    if status == 500:
        assert "err_" in body["message"]


def test_unknown_address_is_a_json_404(tenant: Tenant) -> None:
    answer = api_client(tenant).get("/api/v1/nothing/")

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("body", ["{", "[1,", "\x00", '{"outcome": NaN}', "é"])
def test_body_that_is_not_json_is_400(tenant: Tenant, body: str) -> None:
    answer = api_client(tenant).post("/api/v1/count/", data=body.encode(), content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")
    assert TenantSetting.objects.count() == 0


def test_other_content_types_are_415_and_406(tenant: Tenant) -> None:
    client = api_client(tenant)

    assert client.post("/api/v1/count/", data={"a": 1}).status_code == 415
    assert client.get("/api/v1/count/", headers={"Accept": "text/csv"}).json()["code"] == "NOT_ACCEPTABLE"


def test_nul_in_a_query_is_400(tenant: Tenant) -> None:
    answer = api_client(tenant).get("/api/v1/count/?search=a%00b")

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["search"])


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def rows(tenant: Tenant, other_tenant: Tenant) -> None:
    for number in range(5):
        TenantSetting.objects.create(key=f"k{number}", value=1)
    with tenant_scope(other_tenant.pk):
        TenantSetting.objects.create(key="k2b", value=1)


def test_pages_follow_each_other_in_both_directions(tenant: Tenant, rows: None) -> None:
    client = api_client(tenant)

    first = client.get("/api/v1/list/?page_size=2").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    back = client.get(third["previous"]).json()

    keys = [[row["key"] for row in page["results"]] for page in (first, second, third, back)]
    assert keys == [["k0", "k1"], ["k2", "k3"], ["k4"], ["k2", "k3"]]
    assert (first["previous"], third["next"]) == (None, None)
    assert "page_size=2" in first["next"]


@pytest.mark.parametrize("size", ["0", "-1", "501", "x", "", "1.5", "\u0661", "99999999999999999999", "1e3", " 5"])
def test_junk_page_size_is_400(tenant: Tenant, rows: None, size: str) -> None:
    answer = api_client(tenant).get("/api/v1/list/", {"page_size": size})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["page_size"])


@pytest.mark.parametrize("ordering", ["key", "tenant__slug", "", "--name", "name,id", "password"])
def test_ordering_outside_the_list_is_400(tenant: Tenant, rows: None, ordering: str) -> None:
    answer = api_client(tenant).get("/api/v1/list/", {"ordering": ordering})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["ordering"])


@pytest.mark.parametrize("cursor", ["x", "AAAA", "bnVsbA==", "é", "a" * 9000, "W10="])
def test_junk_cursor_is_400(tenant: Tenant, rows: None, cursor: str) -> None:
    answer = api_client(tenant).get("/api/v1/list/", {"cursor": cursor})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["cursor"])


def test_cursor_of_another_order_is_400(tenant: Tenant, rows: None) -> None:
    client = api_client(tenant)
    following = client.get("/api/v1/list/?page_size=2").json()["next"]

    assert client.get(following + "&ordering=-name").status_code == 400


def test_cursor_of_another_company_shows_only_ones_own(tenant: Tenant, other_tenant: Tenant, rows: None) -> None:
    following = api_client(tenant).get("/api/v1/list/?page_size=2").json()["next"]
    with no_tenant_scope():
        theirs = api_client(other_tenant).get(following).json()["results"]

    assert theirs == [{"key": "k2b"}]


# --- Values -----------------------------------------------------------------------------------------------------------


def test_money_is_text_and_time_has_a_z(tenant: Tenant) -> None:
    answer = api_client(tenant).get("/api/v1/values/")

    assert answer.json() == {
        "at": "2026-11-23T01:02:03.000004Z",
        "price": {"amount": "12.5000", "currency": "USD"},
    }


def test_message_is_in_the_language_of_the_program(tenant: Tenant) -> None:
    client = api_client(tenant)

    english = client.get("/api/v1/raise/not-found/").json()["message"]
    chinese = client.get("/api/v1/raise/not-found/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).json()["message"]

    assert english == "This does not exist here, or you may not see it."
    assert chinese != english
    assert "\u4e00" <= chinese[0] <= "\u9fff"
