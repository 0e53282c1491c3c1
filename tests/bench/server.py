"""A local Amazon that does nothing but hand out prepared pages, in a process of its own.

`python -m tests.bench.server PAGES` prints its address, serves tokens and purchase orders, and writes each path that
was asked for to standard output, so that the floor can ask for exactly the same.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.bench.payload import make_page

_TOKEN = json.dumps({"access_token": "Atza|bench", "token_type": "bearer", "expires_in": 3600}).encode()
_EMPTY = json.dumps({"payload": {"orders": []}}).encode()
_HISTORY = timedelta(days=175)


class Pages:
    """Pages of orders, placed evenly over six months; each knows which page of its window comes next."""

    def __init__(self, count: int, now: datetime) -> None:
        self.slot = _HISTORY / count
        self.first = now - _HISTORY
        self.middles = [self.first + self.slot * (number + 0.5) for number in range(count)]
        self.rows = [
            json.dumps(make_page(number, first=self.first + self.slot * number, span=self.slot))
            for number in range(count)
        ]

    def answer(self, query: dict[str, list[str]]) -> bytes:
        if "createdAfter" not in query:
            return _EMPTY
        since, until = (datetime.fromisoformat(query[name][0]) for name in ("createdAfter", "createdBefore"))
        inside = [number for number, middle in enumerate(self.middles) if since <= middle < until]
        place = int(query.get("nextToken", ["page0"])[0].removeprefix("page"))
        if place >= len(inside):
            return _EMPTY
        pagination = {"pagination": {"nextToken": f"page{place + 1}"}} if place + 1 < len(inside) else {}
        head = json.dumps({"payload": pagination})[:-2]
        comma = ", " if pagination else ""
        return f'{head}{comma}"orders": {self.rows[inside[place]]}}}}}'.encode()


def main() -> None:
    pages = Pages(int(sys.argv[1]), datetime.now(UTC))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # one packet for head and body

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.reply(_TOKEN)

        def do_GET(self) -> None:
            print(self.path, flush=True)
            self.reply(pages.answer(parse_qs(urlsplit(self.path).query)))

        def reply(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("x-amzn-RateLimit-Limit", "5000.0")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
