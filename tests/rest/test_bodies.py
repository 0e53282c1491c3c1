"""Bodies that no honest program sends: refused with a reason, and before they cost anything."""

import pytest

from acorn.tenancy.models import Tenant
from tests.factories.accounts import api_client

pytestmark = pytest.mark.urls("tests.rest.probe")
_KEYS = [{}, {"Idempotency-Key": "k"}]


@pytest.mark.parametrize("headers", _KEYS, ids=["plain", "with key"])
@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000], ids=["lists", "objects"])
def test_a_body_nested_without_end_is_malformed(tenant: Tenant, body: str, headers: dict[str, str]) -> None:
    answer = api_client(tenant).post("/api/v1/count/", body, "application/json", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")


@pytest.mark.parametrize("headers", _KEYS, ids=["plain", "with key"])
def test_a_body_above_the_limit_is_not_read(tenant: Tenant, headers: dict[str, str]) -> None:
    body = '{"outcome": "' + "x" * 3_000_000 + '"}'

    answer = api_client(tenant).post("/api/v1/count/", body, "application/json", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")


@pytest.mark.parametrize("charset", ["zlib", "hex", "utf-16", "undefined", "nothing"])
def test_json_is_utf_8_whatever_the_charset_says(tenant: Tenant, charset: str) -> None:
    answer = api_client(tenant).generic("POST", "/api/v1/count/", b"{}", f"application/json; charset={charset}")

    assert answer.status_code == 201


@pytest.mark.parametrize("body", [b'{"outcome":"\\ud800"}', b'{"\\udfff":1}', b'[["\\ud83d"]]'])
def test_half_a_surrogate_pair_is_malformed(tenant: Tenant, body: bytes) -> None:
    answer = api_client(tenant).generic("POST", "/api/v1/count/", body, "application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")


def test_a_whole_pair_is_text(tenant: Tenant) -> None:
    answer = api_client(tenant).generic("POST", "/api/v1/count/", b'{"outcome":"\\ud83d\\ude00"}', "application/json")

    assert answer.status_code == 201
