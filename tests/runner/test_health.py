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
            self.wfile.write(b"worker")

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
    server.status = 200  # type: ignore[attr-defined]

    assert health.problem(_url(server), {}) == ""
    assert health.main(_url(server), "worker") == 0


def test_named_part_is_down_the_others_are_not(server: HTTPServer) -> None:
    server.status = 503  # type: ignore[attr-defined]

    assert health.problem(_url(server), {}) == "/healthz answers 503 worker"
    assert health.main(_url(server), "worker") == 1
    assert health.main(_url(server), "beat") == 0


def test_no_answer_is_a_problem_of_every_part() -> None:
    assert health.main("http://127.0.0.1:1", "beat") == 1


def test_name_asked_for_is_one_that_is_answered(server: HTTPServer) -> None:
    server.status = 200  # type: ignore[attr-defined]

    asked = []
    for allowed in ("", "*", "acorn.example.com,other", ".example.com"):
        health.problem(_url(server), {"ALLOWED_HOSTS": allowed})
        asked.append(server.asked_for)  # type: ignore[attr-defined]

    assert asked == ["localhost", "localhost", "acorn.example.com", "example.com"]
