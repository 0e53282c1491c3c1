import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from acorn.runner import health


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.server.asked_for = self.headers["Host"]  # type: ignore[attr-defined]
            self.send_response(self.server.status)  # type: ignore[attr-defined]
            self.end_headers()
            self.wfile.write(self.server.body)  # type: ignore[attr-defined]

        def log_message(self, *_: object) -> None:
            pass

    running = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def _url(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_everything_works(server: HTTPServer) -> None:
    server.status, server.body = 200, b""  # type: ignore[attr-defined]

    assert health.parts_down(_url(server), {}) == {}
    assert health.main(_url(server), "worker") == 0


def test_named_part_is_down_the_others_are_not(server: HTTPServer) -> None:
    server.status = 503  # type: ignore[attr-defined]
    server.body = b'{"parts": {"web": "ok", "worker": "no sign of life", "beat": "ok"}}'  # type: ignore[attr-defined]

    assert health.parts_down(_url(server), {}) == {"worker": "no sign of life"}
    assert [health.main(_url(server), part) for part in ("web", "worker", "beat")] == [0, 1, 0]


def test_answer_of_something_else_is_a_problem_of_every_part(server: HTTPServer) -> None:
    server.status, server.body = 502, b"<html>"  # type: ignore[attr-defined]

    assert health.parts_down(_url(server), {}) == {"web": "/healthz answers 502"}
    assert health.main(_url(server), "beat") == 1


def test_no_answer_is_a_problem_of_every_part() -> None:
    assert health.main("http://127.0.0.1:1", "beat") == 1


def test_name_asked_for_is_one_that_is_answered(server: HTTPServer) -> None:
    server.status, server.body = 200, b""  # type: ignore[attr-defined]

    asked = []
    for allowed in ("", "*", "acorn.example.com,other", ".example.com"):
        health.parts_down(_url(server), {"ALLOWED_HOSTS": allowed})
        asked.append(server.asked_for)  # type: ignore[attr-defined]

    assert asked == ["localhost", "localhost", "acorn.example.com", "example.com"]
