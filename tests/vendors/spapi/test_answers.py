from datetime import timedelta
from decimal import Decimal

import pytest
from requests.structures import CaseInsensitiveDict

from tests.vendors.spapi.conftest import NOW, REFRESH_TOKEN, make_credentials
from vendors.spapi.answers import Answer, error_for, is_token_refused, rate_limit, read_payload, retry_after
from vendors.spapi.errors import (
    AuthFailed,
    BadAnswer,
    Issue,
    NotFound,
    PermissionDenied,
    Rejected,
    SpApiError,
    Throttled,
    Unavailable,
)
from vendors.spapi.redaction import Redactor
from vendors.spapi.transport import HttpResponse

REDACTOR = Redactor(make_credentials().secrets)


def response(status: int = 200, body: bytes = b"{}", fault: str = "", **headers: str) -> HttpResponse:
    spelt = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, CaseInsensitiveDict(spelt), body, fault)


def read(answer: HttpResponse, envelope: str = "payload") -> Answer:
    return read_payload(answer, envelope=envelope, now=NOW, redactor=REDACTOR)


def error_of(answer: HttpResponse) -> SpApiError:
    return error_for(answer, now=NOW, redactor=REDACTOR)


def test_numbers_are_never_floats():
    answer = read(response(body=b'{"payload": {"price": 1.10, "count": 3, "big": 1e400}}'))

    assert answer.payload == {"price": Decimal("1.10"), "count": 3, "big": Decimal("1e400")}
    assert answer.raw.startswith(b'{"payload"')


def test_a_payload_without_envelope():
    assert read(response(body=b'{"reports": []}'), envelope="").payload == {"reports": []}


def test_a_submission_is_a_202():
    answer = read(response(202, b'{"payload": {"transactionId": "t"}}', x_amzn_RequestId="r-1"))

    assert (answer.status, answer.request_id, answer.payload) == (202, "r-1", {"transactionId": "t"})


def test_an_empty_204_is_an_empty_answer():
    assert read(response(204, b""), envelope="").payload == {}


@pytest.mark.parametrize(
    ("payload", "token"),
    [
        (b'{"pagination": {"nextToken": "a"}, "orders": []}', "a"),
        (b'{"pagination": {}, "orders": []}', ""),
        (b'{"pagination": null, "nextToken": "top"}', "top"),
        (b'{"pagination": {"nextToken": null}}', ""),
        (b'{"pagination": {"nextToken": 7}}', ""),
        (b"{}", ""),
    ],
)
def test_next_token(payload: bytes, token: str):
    assert read(response(body=b'{"payload": ' + payload + b"}")).next_token == token


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"<html>Service</html>", "not_json"),
        (b'{"payload": {"orders": [', "not_json"),
        (b'{"payload": {"a": NaN}}', "not_json"),
        (b'{"payload": {"a": Infinity}}', "not_json"),
        (b"\xff\xfe\xff", "not_json"),
        (b"[" * 200_000, "not_json"),
        (b'{"payload": {"a": ' + b"1" * 5000 + b"}}", "not_json"),
        (b"[]", "wrong_shape"),
        (b"null", "wrong_shape"),
        (b'"text"', "wrong_shape"),
        (b"{}", "wrong_shape"),
        (b'{"payload": null}', "wrong_shape"),
        (b'{"payload": []}', "wrong_shape"),
        (b'{"payload": [], "errors": []}', "wrong_shape"),
        (b'{"payload": [], "errors": "none"}', "wrong_shape"),
    ],
)
def test_a_success_without_a_payload_is_a_bad_answer(body: bytes, code: str):
    with pytest.raises(BadAnswer) as caught:
        read(response(body=body, x_amzn_RequestId="r-1"))

    assert (caught.value.code, caught.value.status, caught.value.request_id) == (code, 200, "r-1")
    assert caught.value.__context__ is None


@pytest.mark.parametrize("fault", ["cut_off", "too_large", "too_slow", "undecodable"])
def test_a_faulty_body_is_a_bad_answer_even_if_it_reads_well(fault: str):
    with pytest.raises(BadAnswer) as caught:
        read(response(body=b'{"payload": {}}', fault=fault))

    assert caught.value.code == fault


def test_errors_in_place_of_a_payload_are_a_refusal():
    with pytest.raises(Rejected) as caught:
        read(response(202, b'{"errors": [{"code": "InvalidInput", "message": "No.", "details": null}]}'))

    assert caught.value.issues == (Issue("InvalidInput", "No.", ""),)
    assert str(caught.value) == "No. (status 202, InvalidInput)"


def test_errors_beside_a_payload_are_kept():
    answer = read(
        response(body=b'{"payload": {"orders": []}, "errors": [{"code": "Partial"}, "odd", {"message": "m"}]}')
    )

    assert answer.issues == (Issue("Partial", "", ""), Issue("", "m", ""))


@pytest.mark.parametrize(
    ("status", "family"),
    [
        (301, BadAnswer),
        (304, BadAnswer),
        (400, Rejected),
        (401, AuthFailed),
        (403, PermissionDenied),
        (404, NotFound),
        (405, Rejected),
        (408, Unavailable),
        (413, Rejected),
        (415, Rejected),
        (422, Rejected),
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
        (599, Unavailable),
    ],
)
@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"errors": [{"code": "C", "message": "M"}]}', b'{"errors": null}', b"[]"]
)
def test_every_other_status_is_one_error_whatever_the_body(status: int, family: type[SpApiError], body: bytes):
    with pytest.raises(family) as caught:
        read(response(status, body, x_amzn_RequestId="r-1"))

    assert type(caught.value) is family
    assert (caught.value.status, caught.value.request_id) == (status, "r-1")


def test_a_cut_503_is_still_unavailable():
    assert type(error_of(response(503, b'{"err', fault="cut_off"))) is Unavailable


def test_a_quota_error_is_throttling_whatever_the_status():
    error = error_of(response(400, b'{"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota."}]}'))

    assert isinstance(error, Throttled)
    assert (error.source, error.retry_after, error.code) == ("amazon", 1.0, "QuotaExceeded")


def test_what_amazon_echoes_is_scrubbed():
    body = f'{{"errors": [{{"code": "X", "message": "bad {REFRESH_TOKEN}", "details": "client_secret=abc"}}]}}'

    error = error_of(response(400, body.encode()))

    assert REFRESH_TOKEN not in f"{error} {error!r} {error.args} {vars(error)}"
    assert error.issues[0].details == "client_secret=[redacted]"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("0", 0.0),
        ("120", 120.0),
        ("9" * 30, 999999999.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 12:00:30 -0000", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("²", None),
    ],
)
def test_retry_after(value: str, expected: float | None):
    assert retry_after(response(503, Retry_After=value), NOW) == expected


def test_retry_after_of_zero_is_kept():
    assert error_of(response(429, Retry_After="0")).retry_after == 0.0
    assert error_of(response(503)).retry_after is None
    assert error_of(response(503, Retry_After=(NOW + timedelta(days=1)).isoformat())).retry_after is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10.0", 10.0),
        ("0.0167", 0.0167),
        ("", None),
        ("x", None),
        ("nan", None),
        ("inf", None),
        ("0", None),
        ("-1", None),
    ],
)
def test_rate_limit(value: str, expected: float | None):
    assert rate_limit(response(x_amzn_RateLimit_Limit=value)) == expected


@pytest.mark.parametrize(
    ("status", "code", "details", "expected"),
    [
        (401, "", "", True),
        (403, "Unauthorized", "The access token you provided has expired.", True),
        (403, "Unauthorized", "The access token you provided is revoked, malformed or invalid.", True),
        (403, "MissingAuthenticationToken", "", True),
        (403, "ExpiredToken", "", True),
        (403, "Unauthorized", "", False),
        (403, "Unauthorized", "Access to requested resource is denied.", False),
        (400, "Unauthorized", "The access token you provided has expired.", False),
    ],
)
def test_is_token_refused(status: int, code: str, details: str, expected: bool):
    error = PermissionDenied(status=status, issues=(Issue(code, "", details),))

    assert is_token_refused(error) is expected


def test_printing_an_answer_shows_no_business():
    assert "secret" not in repr(read(response(body=b'{"payload": {"a": "secret"}}')))
