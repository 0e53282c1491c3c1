import json
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl

import pytest
import redis

from tests.vendors.spapi.conftest import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, make_credentials, make_endpoints, seal
from tests.vendors.spapi.server import ScriptedServer, hang_up_after, reply, scripted_server
from tests.vendors.spapi.workers import fetch_token, together
from vendors.spapi import auth
from vendors.spapi.auth import AccessToken, TokenProvider
from vendors.spapi.errors import AuthFailed, AuthRevoked, BadAnswer, NetworkError, SpApiError, Throttled, Unavailable
from vendors.spapi.exchange import ExchangeRecord, Line

MakeProvider = Callable[[ScriptedServer], TokenProvider]
WHO = make_credentials()


def token_reply(value: str = "Atza|one", expires_in: object = 3600) -> bytes:
    return reply(
        200, {"access_token": value, "token_type": "bearer", "expires_in": expires_in, "refresh_token": REFRESH_TOKEN}
    )


def token_key(store: redis.Redis, prefix: str) -> str:
    (name,) = (key for key in store.scan_iter(f"{prefix}*") if not key.endswith((b":refused", b":lock")))
    return name.decode()


def test_one_call_serves_every_later_one(make_provider: MakeProvider, line: Line):
    with scripted_server(token_reply()) as server:
        first = make_provider(server).access_token(WHO, line)
        second = make_provider(server).access_token(WHO, line)

    assert (first.value, second.value) == ("Atza|one", "Atza|one")
    (request,) = server.received
    assert (request.method, request.target, request.headers["user-agent"]) == ("POST", "/auth/o2/token", "ACORN/test")
    assert dict(parse_qsl(request.body.decode())) == {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }


def test_a_scope_asks_by_client_credentials_and_is_cached_apart(make_provider: MakeProvider, line: Line):
    with scripted_server(token_reply(), token_reply("Atza|scoped")) as server:
        provider = make_provider(server)
        provider.access_token(WHO, line)
        scoped = provider.access_token(WHO, line, scope="sellingpartnerapi::notifications")

    assert scoped.value == "Atza|scoped"
    form = dict(parse_qsl(server.received[1].body.decode()))
    assert (form["grant_type"], form["scope"]) == ("client_credentials", "sellingpartnerapi::notifications")
    assert "refresh_token" not in form


@pytest.mark.parametrize(
    "changed",
    [{"client_id": "another"}, {"client_secret": "another"}, {"refresh_token": "another"}],
)
def test_changed_credentials_find_no_cached_token(make_provider: MakeProvider, line: Line, changed: dict[str, str]):
    with scripted_server(token_reply(), token_reply("Atza|two")) as server:
        make_provider(server).access_token(WHO, line)
        token = make_provider(server).access_token(make_credentials(**changed), line)

    assert token.value == "Atza|two"


def test_the_store_sees_nothing_in_the_clear(make_provider: MakeProvider, line: Line, store: redis.Redis, prefix: str):
    with scripted_server(token_reply()) as server:
        make_provider(server).access_token(WHO, line)

    key = token_key(store, prefix)
    stored = key.encode() + store.get(key)
    for secret in (*WHO.secrets, "Atza|one"):
        assert secret.encode() not in stored


def test_a_token_is_renewed_before_it_expires(make_provider: MakeProvider, line: Line, store: redis.Redis, prefix: str):
    with scripted_server(token_reply(), token_reply("Atza|two")) as server:
        provider = make_provider(server)
        provider.access_token(WHO, line)
        key = token_key(store, prefix)
        assert 3_530_000 < store.pttl(key) <= 3_540_000
        store.pexpire(key, 241_000)
        assert provider.access_token(WHO, line).value == "Atza|one"
        store.pexpire(key, 239_000)
        assert provider.access_token(WHO, line).value == "Atza|two"

    assert len(server.received) == 2


def test_while_one_worker_renews_the_others_use_the_old_one(
    make_provider: MakeProvider, line: Line, store: redis.Redis, prefix: str
):
    with scripted_server(token_reply()) as server:
        provider = make_provider(server)
        provider.access_token(WHO, line)
        key = token_key(store, prefix)
        store.pexpire(key, 100_000)
        with store.lock(f"{key}:lock", timeout=10):
            token = provider.access_token(WHO, line)

    assert (token.value, len(server.received)) == ("Atza|one", 1)


def test_a_short_life_leaves_room_to_use_it(make_provider: MakeProvider, line: Line, store: redis.Redis, prefix: str):
    with scripted_server(token_reply(expires_in=8)) as server:
        make_provider(server).access_token(WHO, line)

    assert 4_000 < store.pttl(token_key(store, prefix)) <= 6_000


def test_a_life_shorter_than_the_call_is_not_kept(
    make_provider: MakeProvider, line: Line, store: redis.Redis, prefix: str
):
    def slow(connection) -> None:
        time.sleep(0.05)
        connection.sendall(token_reply(expires_in="0.01"))

    with scripted_server(slow) as server:
        token = make_provider(server).access_token(WHO, line)

    assert token.value == "Atza|one"
    assert list(store.scan_iter(f"{prefix}*")) == []


def test_a_rejected_token_is_never_given_out_again(make_provider: MakeProvider, line: Line):
    with scripted_server(token_reply(), token_reply("Atza|two")) as server:
        provider = make_provider(server)
        dead = provider.access_token(WHO, line)
        fresh = provider.access_token(WHO, line, rejected=dead)
        # a second worker that was refused with the same old token finds the new one
        again = provider.access_token(WHO, line, rejected=dead)

    assert (fresh.value, again.value, len(server.received)) == ("Atza|two", "Atza|two", 2)


def test_forgetting_asks_amazon_again(make_provider: MakeProvider, line: Line):
    with scripted_server(token_reply(), token_reply("Atza|two")) as server:
        provider = make_provider(server)
        provider.access_token(WHO, line)
        provider.forget(WHO)

        assert provider.access_token(WHO, line).value == "Atza|two"


def test_a_value_that_does_not_open_is_fetched_again(
    make_provider: MakeProvider, line: Line, store: redis.Redis, prefix: str
):
    with scripted_server(token_reply(), token_reply("Atza|two")) as server:
        provider = make_provider(server)
        provider.access_token(WHO, line)
        key = token_key(store, prefix)
        store.set(key, seal(json.dumps({"token": "Atza|evil", "renew_below_ms": 0}), context="elsewhere"), px=60_000)

        assert provider.access_token(WHO, line).value == "Atza|two"


def test_processes_that_start_together_make_one_call(prefix: str):
    def slow(connection) -> None:
        time.sleep(0.3)
        connection.sendall(token_reply())

    with scripted_server(slow) as server:
        tokens = together(6, fetch_token, server.url, prefix)

    assert tokens == ["Atza|one"] * 6
    assert len(server.received) == 1


def test_processes_refused_together_renew_once(make_provider: MakeProvider, line: Line, prefix: str):
    with scripted_server(token_reply("Atza|two")) as server:
        tokens = together(4, fetch_token, server.url, prefix, "Atza|one")

    assert tokens == ["Atza|two"] * 4
    assert len(server.received) == 1


def test_processes_with_revoked_credentials_earn_one_refusal(prefix: str):
    def slow(connection) -> None:
        time.sleep(0.3)
        connection.sendall(reply(400, {"error": "invalid_grant", "error_description": "x"}))

    with scripted_server(slow) as server:
        outcomes = together(4, fetch_token, server.url, prefix)

    assert outcomes == ["AuthRevoked"] * 4
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (token_reply(), "Atza|one"),
        (reply(400, {"error": "invalid_grant"}), "AuthRevoked invalid_grant"),
        (reply(400, {"error": "invalid_client"}), "AuthFailed invalid_client"),
    ],
)
def test_a_thread_that_queued_shares_what_the_first_one_got(
    make_provider: MakeProvider, line: Line, answer: bytes, outcome: str
):
    is_asked = threading.Event()

    def slow(connection) -> None:
        is_asked.set()
        time.sleep(0.5)
        connection.sendall(answer)

    def ask(_: int) -> str:
        try:
            return provider.access_token(WHO, line).value
        except SpApiError as error:
            return f"{type(error).__name__} {error.code}"

    with scripted_server(slow) as server, ThreadPoolExecutor() as pool:
        provider = make_provider(server)
        first = pool.submit(ask, 1)
        is_asked.wait(10)
        second = pool.submit(ask, 2)

        assert [first.result(), second.result()] == [outcome, outcome]

    assert len(server.received) == 1


def test_a_refusal_says_nothing_about_later(make_provider: MakeProvider, line: Line):
    refused = reply(401, {"error": "invalid_client"})

    with scripted_server(refused, refused, token_reply()) as server:
        provider = make_provider(server)
        for _ in range(2):
            with pytest.raises(AuthFailed, match="client id or the client secret is wrong"):
                provider.access_token(WHO, line)

        assert provider.access_token(WHO, line).value == "Atza|one"

    assert len(server.received) == 3


def test_waiting_for_a_worker_that_died_ends(
    make_provider: MakeProvider, line: Line, store: redis.Redis, prefix: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(auth, "WAIT_FOR_OTHERS", 0.1)

    with scripted_server(token_reply()) as server:
        provider = make_provider(server)
        provider.access_token(WHO, line)
        key = token_key(store, prefix)
        store.delete(key)
        store.set(f"{key}:lock", "of the dead", px=5000)
        with pytest.raises(Unavailable) as caught:
            provider.access_token(WHO, line)

    assert (caught.value.code, caught.value.retry_after) == ("token_busy", 1.0)


def test_a_lock_that_ran_out_costs_nothing(make_provider: MakeProvider, line: Line, store: redis.Redis, prefix: str):
    def slow(connection) -> None:
        for key in store.scan_iter(f"{prefix}*:lock"):
            store.delete(key)
        connection.sendall(token_reply())

    with scripted_server(slow) as server:
        assert make_provider(server).access_token(WHO, line).value == "Atza|one"


@pytest.mark.parametrize(
    ("answer", "family", "code"),
    [
        (reply(400, {"error": "invalid_grant", "error_description": "x"}), AuthRevoked, "invalid_grant"),
        (reply(401, {"error": "invalid_client"}), AuthFailed, "invalid_client"),
        (reply(400, {"error": "unauthorized_client"}), AuthFailed, "unauthorized_client"),
        (reply(400, {"error": "unsupported_grant_type"}), AuthFailed, "unsupported_grant_type"),
        (reply(400, {"error": "invalid_scope"}), AuthFailed, "invalid_scope"),
        (reply(400, {"error": "access_denied"}), AuthFailed, "access_denied"),
        (reply(400, {"error": "invalid_request"}), AuthFailed, "invalid_request"),
        (reply(403, {"error": "something_new"}), AuthFailed, "something_new"),
        (reply(400, {"error": "server_error"}), Unavailable, "server_error"),
        (reply(400, {"error": "temporarily_unavailable"}), Unavailable, "temporarily_unavailable"),
        (reply(500, b"<html>"), Unavailable, ""),
        (reply(503, {"error": "invalid_grant"}, {"Retry-After": "7"}), Unavailable, ""),
        (reply(429, b""), Throttled, "lwa_throttled"),
        (reply(403, b"<html>"), BadAnswer, "not_json"),
        (reply(400, {"error": 7}), BadAnswer, "not_json"),
        (reply(302, {"error": "invalid_grant"}, {"Location": "http://127.0.0.1:1/"}), BadAnswer, "not_json"),
        (reply(200, b"<html>"), BadAnswer, "not_json"),
        (hang_up_after(reply(200, b'{"access_token": "Atza|half', claim=100)), BadAnswer, "cut_off"),
        (reply(200, {"expires_in": 3600}), BadAnswer, "wrong_shape"),
        (reply(200, {"access_token": "", "expires_in": 3600}), BadAnswer, "wrong_shape"),
        (reply(200, {"access_token": "a\r\nX-Evil: 1", "expires_in": 3600}), BadAnswer, "wrong_shape"),
        (reply(200, {"access_token": "令牌", "expires_in": 3600}), BadAnswer, "wrong_shape"),
        (reply(200, {"access_token": "x" * 9000, "expires_in": 3600}), BadAnswer, "wrong_shape"),
        (token_reply(expires_in=None), BadAnswer, "wrong_shape"),
        (token_reply(expires_in=True), BadAnswer, "wrong_shape"),
        (token_reply(expires_in="soon"), BadAnswer, "wrong_shape"),
        (token_reply(expires_in="nan"), BadAnswer, "wrong_shape"),
        (token_reply(expires_in=-1), BadAnswer, "wrong_shape"),
        (token_reply(expires_in=10**12), BadAnswer, "wrong_shape"),
    ],
)
def test_every_other_answer_is_a_typed_error(
    make_provider: MakeProvider,
    line: Line,
    records: list[ExchangeRecord],
    store: redis.Redis,
    prefix: str,
    answer,
    family: type[SpApiError],
    code: str,
):
    with scripted_server(answer) as server, pytest.raises(family) as caught:
        make_provider(server).access_token(WHO, line)

    assert (type(caught.value), caught.value.code) == (family, code)
    assert [record.error for record in records] == [family.__name__]
    assert not [key for key in store.scan_iter(f"{prefix}*") if not key.endswith(b":refused")]


def test_a_network_fault_is_one_too(make_provider: MakeProvider, line: Line, records: list[ExchangeRecord]):
    with scripted_server(reply()) as server:
        provider = make_provider(server)
    with pytest.raises(NetworkError):
        provider.access_token(WHO, line)

    assert (records[0].error, records[0].status) == ("NetworkError", None)


def test_the_record_of_a_token_call_holds_no_secret(
    make_provider: MakeProvider, line: Line, records: list[ExchangeRecord]
):
    with scripted_server(token_reply("Atza|" + "s" * 40)) as server:
        make_provider(server).access_token(WHO, line)

    (record,) = records
    assert (record.operation, record.status, record.error) == (auth.OPERATION, 200, "")
    assert record.request_body == (
        b"grant_type=refresh_token&refresh_token=[redacted]&client_id=[redacted]&client_secret=[redacted]"
    )
    assert json.loads(record.response_body) == {
        "access_token": "[redacted]",
        "token_type": "bearer",
        "expires_in": 3600,
        "refresh_token": "[redacted]",
    }


def test_a_token_call_cut_off_leaves_no_half_token_in_the_record(
    make_provider: MakeProvider, line: Line, records: list[ExchangeRecord]
):
    answer = hang_up_after(reply(200, b'{"access_token":"not-of-a-known-shape-and-ha', claim=100))

    with scripted_server(answer) as server, pytest.raises(BadAnswer):
        make_provider(server).access_token(WHO, line)

    assert records[0].response_body == b'{"access_token":"[redacted]'


def test_without_the_store_nothing_is_sent(line: Line):
    with scripted_server(token_reply()) as server:
        provider = TokenProvider(
            redis.Redis(port=1, retry=None),
            endpoints=make_endpoints(server),
            seal=seal,
            unseal=seal,
            fingerprint_key=b"k",
        )
        with pytest.raises(Unavailable) as caught:
            provider.access_token(WHO, line)

    assert caught.value.code == "store"
    assert server.received == []


def test_a_store_that_answers_text_will_do(make_provider: MakeProvider, line: Line):
    with scripted_server(token_reply()) as server:
        provider = make_provider(server)
        provider._store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
        provider.access_token(WHO, line)

        assert provider.access_token(WHO, line).value == "Atza|one"


def test_printing_a_token_does_not_show_it():
    assert "Atza" not in repr(AccessToken("Atza|x"))
