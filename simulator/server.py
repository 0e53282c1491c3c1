"""The simulator's own HTTP server: threads, keep-alive, and the one thing no WSGI server offers, breaking the connection."""

from __future__ import annotations

import contextlib
import io
import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from simulator.app import Application
from simulator.http import FATE, MAX_BODY

_IDLE_SECONDS = 65


class Server(ThreadingHTTPServer):
    """Serves an application on an address; port 0 takes a free one, told by ``server_port``."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, application: Application, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), _Handler)
        self.application = application

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is everyday life here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = _IDLE_SECONDS
    server: Server

    def version_string(self) -> str:
        return "Server"

    def log_message(self, format: str, *args: Any) -> None:
        """The request log is the simulator's own."""

    def _serve(self) -> None:
        fate: dict[str, str] = {}
        path, _, query = self.path.partition("?")
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > MAX_BODY or "Transfer-Encoding" in self.headers:
            # A body that is not read would be taken for the next request.
            self.close_connection = True
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": length if length.isdigit() else "0",
            "SERVER_NAME": str(self.server.server_address[0]),
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": str(self.client_address[0]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": self.rfile,
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            FATE: fate,
        }
        for name, value in self.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        answer: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _info: object = None) -> None:
            answer.update(status=status, headers=headers)

        body = b"".join(self.server.application(environ, start_response))
        if fate.get("fate") == "reset":
            self._reset()
            return
        code, _, phrase = answer["status"].partition(" ")
        self.send_response(int(code), phrase)
        for name, value in answer["headers"]:
            self.send_header(name, value)
        self.end_headers()
        if fate.get("fate") == "cut":
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)
        self.wfile.flush()

    def _reset(self) -> None:
        """Close so that the client gets RST, not an orderly end."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
        # What the base class would still send must not go out in order.
        self.wfile = io.BytesIO()

    do_GET = do_POST = do_HEAD = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 -- the base class asks for these names
