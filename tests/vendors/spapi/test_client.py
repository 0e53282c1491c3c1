import json
import re
import traceback
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import redis

from tests.vendors.spapi.conftest import CLIENT_SECRET, NOW, make_credentials, make_endpoints
from tests.vendors.spapi.server import ScriptedServer, hang_up_after, reply, reset, scripted_server
from vendors.spapi import operations
from vendors.spapi.client import SpApiClient, user_agent
from vendors.spapi.endpoints import Endpoints, Environment
from vendors.spapi.errors import (
    AuthFailed,
    BadAnswer,
    InvalidCall,
    NetworkError,
    NotFound,
    PermissionDenied,
    Rejected,
    SpApiError,
    Throttled,
    Unavailable,
    WrongEnvironment,
)
from vendors.spapi.exchange import ExchangeRecord, Line, ignore
from vendors.spapi.operations import Operation
from vendors.spapi.throttle import BucketKey, Throttle

MakeClient = Callable[..., SpApiClient]
KEY = BucketKey.of(make_credentials(), "getPurchaseOrders")
PAGE = reply(200, {"payload": {"orders": [], "pagination": {"nextToken": "n"}}}, {"x-amzn-RequestId": "r-1"})
EXPIRED = {
    "errors": [{"code": "Unauthorized", "message": "Denied.", "details": "The access token you provided has expired."}]
}
DENIED = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""}]}


def token(value: str = "Atza|token-one-abcdef") -> bytes:
    return reply(200, {"access_token": value, "token_type": "bearer", "expires_in": 3600})


def test_a_page_of_orders(make_client: MakeClient, records: list[ExchangeRecord]):
    body = b'{"payload": {"orders": [{"cost": 1.10}], "pagination": {"nextToken": "n"}}}'
    good = reply(200, body, {"x-amzn-RequestId": "r-1", "x-amzn-RateLimit-Limit": "10.0"})

    with scripted_server(token(), good) as server:
        answer = make_client(server).get_purchase_orders(
            changed_after=datetime(2026, 11, 1, tzinfo=UTC), limit=50, include_details=True
        )

    assert answer.payload["orders"] == [{"cost": Decimal("1.10")}]
    assert (answer.raw, answer.status, answer.request_id) == (body, 200, "r-1")
    assert (answer.rate_limit, answer.next_token) == (10.0, "n")
    assert answer.elapsed_ms >= 0
    request = server.received[1]
    assert request.method == "GET"
    assert request.target == (
        "/vendor/orders/v1/purchaseOrders?changedAfter=2026-11-01T00%3A00%3A00Z&includeDetails=true&limit=50"
    )
    assert request.headers["x-amz-access-token"] == "Atza|token-one-abcdef"
    assert request.headers["x-amz-date"] == "20261123T120000Z"
    assert request.headers["user-agent"] == "ACORN/test"
    assert request.headers["content-type"] == "application/json"
    assert request.body == b""
    assert [record.operation for record in records] == ["getAccessToken", "getPurchaseOrders"]


@pytest.mark.parametrize(
    ("call", "method", "target", "body"),
    [
        (lambda client: client.get_purchase_order("4Z32PABC"), "GET", "/vendor/orders/v1/purchaseOrders/4Z32PABC", b""),
        (
            lambda client: client.get_purchase_orders_status(
                updated_after=NOW, updated_before=NOW, item_receive_status="RECEIVED", next_token="n="
            ),
            "GET",
            "/vendor/orders/v1/purchaseOrdersStatus?updatedAfter=2026-11-23T12%3A00%3A00Z"
            "&updatedBefore=2026-11-23T12%3A00%3A00Z&itemReceiveStatus=RECEIVED&nextToken=n%3D",
            b"",
        ),
        (
            lambda client: client.submit_acknowledgement(b'{"acknowledgements": []}'),
            "POST",
            "/vendor/orders/v1/acknowledgements",
            b'{"acknowledgements": []}',
        ),
        (
            lambda client: client.get_transaction("20190904190535-eef8cad8"),
            "GET",
            "/vendor/transactions/v1/transactions/20190904190535-eef8cad8",
            b"",
        ),
    ],
)
def test_every_operation_goes_to_its_place(make_client: MakeClient, call: Any, method: str, target: str, body: bytes):
    with scripted_server(token(), PAGE) as server:
        call(make_client(server))

    request = server.received[1]
    assert (request.method, request.target, request.body) == (method, target, body)


def test_every_parameter_of_the_model_can_be_given(make_client: MakeClient):
    with scripted_server(token(), PAGE) as server:
        client = make_client(server)
        client.get_purchase_orders(
            created_after=NOW, created_before=NOW, changed_after=NOW, changed_before=NOW, purchase_order_state="New",
            po_item_state="Cancelled", is_po_changed=True, ordering_vendor_code="VND00", include_details=False,
            sort_order="ASC", limit=1, next_token="n",
        )  # fmt: skip
        client.get_purchase_orders_status(
            updated_after=NOW, updated_before=NOW, created_after=NOW, created_before=NOW, purchase_order_number="4Z32PABC",
            purchase_order_status="OPEN", item_confirmation_status="ACCEPTED", item_receive_status="RECEIVED",
            ordering_vendor_code="VND00", ship_to_party_id="PHX6", sort_order="DESC", limit=100, next_token="n",
        )  # fmt: skip

    for request, operation in zip(
        server.received[1:], (operations.GET_PURCHASE_ORDERS, operations.GET_PURCHASE_ORDERS_STATUS), strict=True
    ):
        assert set(re.findall(r"[?&](\w+)=", request.target)) == set(operation.query)


def test_our_own_mistakes_do_not_leave(make_client: MakeClient, records: list[ExchangeRecord]):
    with scripted_server(token(), PAGE) as server:
        client = make_client(server)
        with pytest.raises(InvalidCall):
            client.call(operations.GET_PURCHASE_ORDERS, query={"createdBefor": NOW})
        with pytest.raises(InvalidCall, match="takes no body"):
            client.call(operations.GET_PURCHASE_ORDERS, body=b"{}")
        with pytest.raises(InvalidCall, match="needs a body"):
            client.call(operations.SUBMIT_ACKNOWLEDGEMENT)
        with pytest.raises(TypeError):
            client.get_purchase_orders(created_befor=NOW)  # type: ignore[call-arg]

    assert (server.received, records) == ([], [])


@pytest.mark.parametrize(
    ("answer", "family", "code"),
    [
        (
            reply(400, {"errors": [{"code": "InvalidInput", "message": "Bad.", "details": "d"}]}),
            Rejected,
            "InvalidInput",
        ),
        (reply(403, DENIED), PermissionDenied, "Unauthorized"),
        (reply(404, {"errors": [{"code": "ResourceNotFound", "message": "No."}]}), NotFound, "ResourceNotFound"),
        (reply(500, {"errors": [{"code": "InternalFailure", "message": "Oh."}]}), Unavailable, "InternalFailure"),
        (reply(503, b"<html><body>Service Unavailable</body></html>"), Unavailable, ""),
        (reply(429, b"{}"), Throttled, ""),
        (reply(200, b"<html>hello</html>"), BadAnswer, "not_json"),
        (reply(200, b"{}"), BadAnswer, "wrong_shape"),
        (reply(307, b"", {"Location": "http://127.0.0.1:1/"}), BadAnswer, "redirect"),
        (hang_up_after(reply(200, b'{"payload": {"orders"', claim=500)), BadAnswer, "cut_off"),
        (hang_up_after(b"HTTP/1.1 200 OK\r\n\r\n" + b'{"payload": {"orders"'), BadAnswer, "not_json"),
        (reset, NetworkError, "reset"),
    ],
)
def test_every_fault_is_one_typed_error_and_one_record(
    make_client: MakeClient, records: list[ExchangeRecord], answer, family: type[SpApiError], code: str
):
    with scripted_server(token(), answer) as server, pytest.raises(family) as caught:
        make_client(server).get_purchase_orders()

    assert (type(caught.value), caught.value.code) == (family, code)
    assert caught.value.__context__ is None
    assert len(server.received) == 2
    record = records[1]
    assert (record.operation, record.error, record.error_code) == ("getPurchaseOrders", family.__name__, code)
    assert (record.status, record.retry_after) == (caught.value.status, caught.value.retry_after)


def test_a_record_tells_the_whole_story(make_client: MakeClient, records: list[ExchangeRecord]):
    with scripted_server(token(), PAGE) as server:
        make_client(server).get_purchase_orders(limit=1)

    record = records[1]
    assert (record.environment, record.region, record.vendor_group) == ("SIMULATOR", "NA", "VG1")
    assert record.url == f"{server.url}/vendor/orders/v1/purchaseOrders?limit=1"
    assert record.request_headers["x-amz-access-token"] == "[redacted]"
    assert (record.started_at, record.request_id) == (NOW, "r-1")
    assert json.loads(record.response_body) == {"payload": {"orders": [], "pagination": {"nextToken": "n"}}}
    assert record.response_headers["x-amzn-RequestId"] == "r-1"
    assert record.duration_ms >= 0


def test_no_secret_reaches_a_record_an_error_or_a_print(make_client: MakeClient, records: list[ExchangeRecord]):
    value = "Atza|token-one-abcdef"
    echo = f'{{"errors": [{{"code": "{value}", "message": "sent {CLIENT_SECRET}", "details": "Bearer {value}"}}]}}'
    answer = reply(400, echo.encode(), {"X-Echo": value, "Set-Cookie": "a=b", "x-amzn-RequestId": "r"})

    with scripted_server(token(value), answer) as server:
        client = make_client(server)
        with pytest.raises(Rejected) as caught:
            client.get_purchase_orders()

    error = caught.value
    shown = (
        f"{error} {error!r} {error.args} {vars(error)} {client!r} {[asdict(record) for record in records]} {records}"
    )
    shown += "".join(traceback.format_exception(error))
    for secret in (*make_credentials().secrets, value):
        assert secret not in shown


def test_the_recorder_s_answer_comes_with_answer_and_error(make_client: MakeClient, line: Line):
    with scripted_server(token(), PAGE, reply(404)) as server:
        client = make_client(server)
        client._line = Line(line.transport, line.clock, lambda record: f"row of {record.operation}", "ACORN/test")
        answer = client.get_purchase_orders()
        with pytest.raises(NotFound) as caught:
            client.get_purchase_order("4Z32PABC")

    assert answer.exchange == "row of getPurchaseOrders"
    assert caught.value.exchange == "row of getPurchaseOrder"


def test_a_recorder_that_fails_is_heard(make_client: MakeClient, line: Line):
    def broken(record: ExchangeRecord) -> None:
        raise RuntimeError("no disk")

    with scripted_server(token()) as server:
        client = make_client(server)
        client._line = Line(line.transport, line.clock, broken, "ACORN/test")
        with pytest.raises(RuntimeError, match="no disk"):
            client.get_purchase_orders()


def test_an_accident_of_our_own_is_recorded_too(make_client: MakeClient, line: Line, records: list[ExchangeRecord]):
    class Broken:
        def send(self, request: object) -> Any:
            raise MemoryError(f"while sending {CLIENT_SECRET}")

    with scripted_server(token()) as server:
        client = make_client(server)
        client._line = Line(Broken(), line.clock, line.recorder, "ACORN/test")
        with pytest.raises(MemoryError):
            client.get_purchase_orders()

    assert (records[0].error, records[0].error_code, records[0].retry_after) == ("MemoryError", "", None)
    assert CLIENT_SECRET not in records[0].error_message
    assert ignore(records[0]) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("refusal", [reply(403, EXPIRED), reply(401, b"")])
@pytest.mark.parametrize("submit", [False, True])
def test_an_expired_token_is_renewed_once(make_client: MakeClient, refusal: bytes, submit: bool):
    with scripted_server(token(), refusal, token("Atza|two"), PAGE) as server:
        client = make_client(server)
        answer = client.submit_acknowledgement(b"{}") if submit else client.get_purchase_orders()

    assert answer.status == 200
    assert [request.headers.get("x-amz-access-token") for request in server.received] == [
        None, "Atza|token-one-abcdef", None, "Atza|two",
    ]  # fmt: skip


@pytest.mark.parametrize("refusal", [reply(403, EXPIRED), reply(401, b"")])
def test_a_new_token_that_is_refused_ends_it(make_client: MakeClient, refusal: bytes, records: list[ExchangeRecord]):
    with scripted_server(token(), refusal, token("Atza|two"), refusal) as server, pytest.raises(AuthFailed) as caught:
        make_client(server).get_purchase_orders()

    assert caught.value.code == "token_refused"
    assert caught.value.__context__ is None
    assert len(server.received) == len(records) == 4


def test_another_fault_after_the_renewal_is_told_as_it_is(make_client: MakeClient):
    with (
        scripted_server(token(), reply(403, EXPIRED), token("Atza|two"), reply(404)) as server,
        pytest.raises(NotFound),
    ):
        make_client(server).get_purchase_orders()


def test_a_permission_that_is_missing_is_not_a_matter_of_the_token(make_client: MakeClient):
    with scripted_server(token(), reply(403, DENIED)) as server, pytest.raises(PermissionDenied):
        make_client(server).get_purchase_orders()

    assert len(server.received) == 2


def test_an_empty_bucket_sends_nothing(make_client: MakeClient, throttle: Throttle, records: list[ExchangeRecord]):
    with scripted_server(token(), PAGE) as server:
        while throttle.acquire(KEY).wait_ms == 0:
            pass
        with pytest.raises(Throttled) as caught:
            make_client(server).get_purchase_orders()

    assert (caught.value.source, caught.value.code) == ("local", "local")
    assert 0 < (caught.value.retry_after or 0) <= 0.104
    assert [record.operation for record in records] == ["getAccessToken"]


def test_a_429_stops_all_workers(make_client: MakeClient, throttle: Throttle):
    with scripted_server(token(), reply(429, {"errors": [{"code": "QuotaExceeded"}]}, {"Retry-After": "3"})) as server:
        client = make_client(server)
        with pytest.raises(Throttled) as amazons:
            client.get_purchase_orders()
        with pytest.raises(Throttled) as ours:
            client.get_purchase_orders()

    assert (amazons.value.source, amazons.value.retry_after, amazons.value.code) == ("amazon", 3.0, "QuotaExceeded")
    assert ours.value.source == "local"
    assert 2.5 < (ours.value.retry_after or 0) <= 3.0
    assert throttle.usage(KEY).strikes == 1


@pytest.mark.parametrize("status", [200, 404])
def test_the_rate_of_the_header_is_learnt(make_client: MakeClient, throttle: Throttle, status: int):
    answer = reply(status, {"payload": {}}, {"x-amzn-RateLimit-Limit": "2.5"})

    with scripted_server(token(), answer) as server:
        client = make_client(server)
        try:
            client.get_purchase_orders()
        except NotFound:
            assert status == 404

    assert throttle.usage(KEY).rate == 2.5


@pytest.mark.parametrize("answer", [reply(200, {"payload": {"a": 1}}, {"x-amzn-RateLimit-Limit": "2"}), reply(429)])
def test_a_store_that_goes_away_mid_call_does_not_cost_the_answer(make_client: MakeClient, store: redis.Redis, answer):
    with scripted_server(token(), answer) as server:
        client = make_client(server)
        client._throttle = DyingThrottle(client._throttle)  # type: ignore[assignment]
        try:
            outcome: Any = client.get_purchase_orders().payload
        except Throttled as error:
            outcome = error.retry_after

    assert outcome in ({"a": 1}, 1.0)


class DyingThrottle:
    """Gives one permit; then its store is gone."""

    def __init__(self, throttle: Throttle) -> None:
        self.acquire = throttle.acquire

    def adjust(self, *args: object) -> None:
        raise Unavailable(code="store")

    penalise = adjust


def test_the_last_look_refuses_a_strange_host(make_client: MakeClient, records: list[ExchangeRecord]):
    class Drifting(Endpoints):
        """Gives another environment's base address, as a programming error would."""

        def base_url(self, environment: Environment, region: Any) -> str:
            return super().base_url(environment, region) if self.is_true else "http://127.0.0.1:2"

        is_true = False

        def check(self, environment: Environment, region: Any, url: str) -> None:
            object.__setattr__(self, "is_true", True)
            super().check(environment, region, url)

    with scripted_server(token(), PAGE) as server:
        client = make_client(server)
        true = make_endpoints(server)
        client._endpoints = Drifting(true.api, true.token_urls)
        with pytest.raises(WrongEnvironment):
            client.get_purchase_orders()

    assert len(server.received) == len(records) == 1


@pytest.mark.parametrize("environment", [Environment.SANDBOX, Environment.PRODUCTION])
def test_each_environment_reaches_only_its_own_host(environment: Environment, make_client: MakeClient):
    with scripted_server(token(), PAGE) as own, scripted_server(reply(500)) as strange:
        simulator = {"SPAPI_SIMULATOR_ENDPOINT": strange.url, "LWA_TOKEN_URL_SIMULATOR": strange.url + "/t"}
        name = "SPAPI_ENDPOINT_NA" if environment is Environment.PRODUCTION else "SPAPI_SANDBOX_ENDPOINT_NA"
        client = make_client(own, environment=environment)
        client._endpoints = Endpoints.from_settings({**simulator, name: own.url, "LWA_TOKEN_URL": own.url + "/t"})
        client._tokens._endpoints = client._endpoints
        client.get_purchase_orders()

    assert (len(own.received), len(strange.received)) == (2, 0)


def test_an_operation_without_envelope_gives_the_whole_object(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch):
    bare = Operation("getPurchaseOrders", "GET", "/reports", envelope="")

    with scripted_server(token(), reply(200, {"reports": []})) as server:
        assert make_client(server).call(bare).payload == {"reports": []}


def test_the_user_agent_is_short_and_plain():
    agent = user_agent("1.2\r\nX-Evil: (;=)" + "x" * 900)

    assert re.fullmatch(r"ACORN/1\.2X-Evil: x{49} \(Language=Python/3\.\d+\.\d+; Platform=[^();=]+/[^();=]+\)", agent)
    assert len(agent) <= 500


def test_a_client_without_agent_has_one(make_client: MakeClient, throttle: Throttle, line: Line):
    with scripted_server(token(), PAGE) as server:
        made: ScriptedServer = server
        client = make_client(made)
        client = SpApiClient(
            make_credentials(),
            endpoints=make_endpoints(server),
            transport=line.transport,
            throttle=throttle,
            tokens=client._tokens,
            clock=line.clock,
            recorder=line.recorder,
        )
        client.get_purchase_orders()

    assert server.received[1].headers["user-agent"].startswith("ACORN/0 (Language=Python/3.")
