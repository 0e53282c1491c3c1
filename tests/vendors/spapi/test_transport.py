import gzip
import os
import socket
import ssl
import threading
import traceback

import pytest
import requests
import urllib3.exceptions as wire

from tests.vendors.spapi.server import hang_up_after, reply, reset, scripted_server, silence, trickle
from vendors.spapi.errors import NetworkError, WrongEnvironment
from vendors.spapi.transport import HttpRequest, RequestsTransport, network_error

SECRET = "Atza|very-secret-token"


def get(url: str, method: str = "GET", body: bytes | None = None) -> HttpRequest:
    return HttpRequest(method, url, {"x-amz-access-token": SECRET, "User-Agent": "ours"}, body)


def make_transport(**changes: object) -> RequestsTransport:
    return RequestsTransport(**{"connect_timeout": 2.0, "read_timeout": 2.0, "total_timeout": 5.0, **changes})  # type: ignore[arg-type]


def test_an_answer_comes_back_whole():
    with scripted_server(reply(503, b"<html>", {"x-amzn-RequestId": "r-1"})) as server:
        response = make_transport().send(get(server.url, "POST", b"{}"))

    assert (response.status, response.body, response.fault, response.request_id) == (503, b"<html>", "", "r-1")
    assert response.headers["X-AMZN-REQUESTID"] == "r-1"
    assert server.received[0].body == b"{}"


def test_nothing_but_our_headers_leaves(monkeypatch: pytest.MonkeyPatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password pass\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with scripted_server(reply()) as server:
        make_transport().send(get(server.url))

    assert server.received[0].headers.keys() - {"host", "accept-encoding", "connection"} == {
        "x-amz-access-token",
        "user-agent",
    }


def test_one_connection_serves_many_calls_of_a_thread():
    transport = make_transport()

    with scripted_server(reply()) as server:
        for _ in range(3):
            transport.send(get(server.url))
        thread = threading.Thread(target=transport.send, args=(get(server.url),))
        thread.start()
        thread.join()

    assert (len(server.received), server.connections) == (4, 2)


def test_a_forked_process_does_not_share_the_connection():
    transport = make_transport()

    with scripted_server(reply()) as server:
        transport.send(get(server.url))
        child = os.fork()
        if child == 0:
            os._exit(0 if transport.send(get(server.url)).status == 200 else 1)
        _, status = os.waitpid(child, 0)

    assert status == 0
    assert server.connections == 2


def test_a_redirect_is_not_followed():
    with scripted_server(reply()) as elsewhere, scripted_server(reply(302, b"", {"Location": elsewhere.url})) as server:
        response = make_transport().send(get(server.url))

    assert response.status == 302
    assert elsewhere.received == []


def test_compressed_answers_are_read():
    with scripted_server(reply(200, gzip.compress(b"{}" * 100), {"Content-Encoding": "gzip"})) as server:
        response = make_transport().send(get(server.url))

    assert (response.body, response.fault) == (b"{}" * 100, "")


@pytest.mark.parametrize(
    ("answer", "fault", "body"),
    [
        (hang_up_after(reply(200, b'{"a":', claim=100)), "cut_off", b'{"a":'),
        (hang_up_after(reply(200, b"5\r\n12345\r\n9\r\n12", {"Transfer-Encoding": "chunked"})), "cut_off", None),
        (reply(200, b"not gzip", {"Content-Encoding": "gzip"}), "undecodable", b""),
        (reply(200, b"x" * 3000), "too_large", b"x" * 1000),
        (reply(200, gzip.compress(b"x" * 10_000_000), {"Content-Encoding": "gzip"}), "too_large", b"x" * 1000),
    ],
)
def test_a_body_that_is_not_whole_says_so(answer, fault: str, body: bytes | None):
    with scripted_server(answer) as server:
        response = make_transport(max_bytes=1000).send(get(server.url))

    assert (response.status, response.fault) == (200, fault)
    assert body is None or response.body == body


def test_silence_within_the_body_is_too_slow():
    def pause(connection) -> None:
        connection.sendall(reply(200, b"{", claim=2))
        silence(connection)

    with scripted_server(pause) as server:
        response = make_transport(read_timeout=0.2).send(get(server.url))

    assert (response.body, response.fault) == (b"{", "too_slow")


def test_a_trickle_is_too_slow():
    head = reply(200, b"", claim=1000)

    def act(connection) -> None:
        connection.sendall(head)
        trickle(b"x" * 1000, 0.02)(connection)  # type: ignore[operator]

    with scripted_server(act) as server:
        response = make_transport(total_timeout=0.3).send(get(server.url))

    assert response.fault == "too_slow"
    assert 0 < len(response.body) < 1000


@pytest.mark.parametrize(("answer", "code"), [(reset, "reset"), (silence, "read_timeout")])
def test_no_answer_may_still_have_been_processed(answer, code: str):
    with scripted_server(answer) as server, pytest.raises(NetworkError) as caught:
        make_transport(read_timeout=0.3).send(get(server.url))

    assert (caught.value.code, caught.value.maybe_processed) == (code, True)


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://127.0.0.1:1/", "refused"), ("https://nowhere.invalid/", "dns")],
)
def test_no_connection_was_not_processed(url: str, code: str):
    with pytest.raises(NetworkError) as caught:
        make_transport().send(get(url))

    assert (caught.value.code, caught.value.maybe_processed) == (code, False)


def test_no_tls_is_no_connection():
    listener = socket.create_server(("127.0.0.1", 0))

    def speak_plainly() -> None:
        connection, _ = listener.accept()
        connection.sendall(b"HTTP/1.1 400 This is no TLS\r\n\r\n")
        connection.recv(10_000)

    threading.Thread(target=speak_plainly, daemon=True).start()

    with listener, pytest.raises(NetworkError) as caught:
        make_transport().send(get(f"https://127.0.0.1:{listener.getsockname()[1]}/"))

    assert caught.value.code == "tls"


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "http://127.0.0.1.example.com/", "http://simulator:1/", "ftp://127.0.0.1/", "file:///x"],
)
def test_plain_http_to_strangers_is_refused(url: str):
    with pytest.raises(WrongEnvironment):
        make_transport(plain_http_hosts=frozenset({"simulator:9000"})).send(get(url))


def test_a_network_error_keeps_nothing_of_the_request():
    with scripted_server(reset) as server, pytest.raises(NetworkError) as caught:
        make_transport().send(get(server.url))

    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("error", "code", "maybe_processed"),
    [
        (requests.ConnectTimeout(wire.MaxRetryError(None, "/", wire.ConnectTimeoutError())), "connect_timeout", False),  # type: ignore[arg-type]
        (requests.exceptions.ProxyError(wire.ProxyError("no", OSError())), "proxy", False),
        (requests.exceptions.SSLError(wire.SSLError(ssl.SSLCertVerificationError("bad"))), "tls", True),
        (requests.exceptions.InvalidHeader(f"Invalid value {SECRET!r}"), "InvalidHeader", True),
    ],
)
def test_failures_are_named_after_their_root(error: Exception, code: str, maybe_processed: bool):
    found = network_error(error)

    assert (found.code, found.maybe_processed) == (code, maybe_processed)
    assert SECRET not in repr(found)


def test_a_failure_wrapped_without_end_is_still_named():
    knot = requests.ConnectionError("x")
    knot.args = (knot,)

    assert network_error(knot).code == "ConnectionError"


def test_printing_shows_no_secret():
    request = get("https://x.example/")

    assert SECRET not in repr(request)
    assert SECRET not in repr(vars(make_transport()))
