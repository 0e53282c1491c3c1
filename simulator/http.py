"""A request and a response, and the road between them and WSGI."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

Environ = MutableMapping[str, Any]
StartResponse = Callable[..., object]

MAX_BODY = 32 * 1024 * 1024

# Where the server offers to break the connection for us: a dict in the environ, filled by the app.
FATE = "simulator.fate"


class BadBodyError(ValueError):
    """The body is not the JSON object it claims to be."""


class BodyTooLargeError(ValueError):
    """More than MAX_BODY bytes were announced."""


@dataclass
class Request:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    query_string: str = ""

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter, None when it is absent or empty."""
        return next((value for key, value in self.query if key == name and value), None)

    def form(self) -> dict[str, str]:
        """The fields of a form-encoded body; the last of equal names wins."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, {} when there is none. Raises BadBodyError."""
        if not self.body.strip():
            return {}
        try:
            value = json.loads(self.body)
            if rb"\ud" in self.body.lower():
                # JSON can spell half a character, which no text can hold.
                json.dumps(value, ensure_ascii=False).encode()
        except ValueError as error:
            raise BadBodyError(str(error)) from error
        if not isinstance(value, dict):
            raise BadBodyError("The body must be a JSON object.")
        return value

    def cookie(self, name: str) -> str:
        """A cookie's value, "" when it was not sent."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return next((unquote(value) for key, _, value in pairs if key == name), "")

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: list[tuple[str, str]] = field(default_factory=list)
    # "reset": the connection ends without an answer; "cut": it ends in the middle of the body.
    fate: str = ""


def json_response(value: object, status: int = 200) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def html_response(html: str, status: int = 200) -> Response:
    return Response(status, html.encode(), "text/html; charset=utf-8")


def redirect(location: str) -> Response:
    """To another page; anything a header cannot carry is percent-encoded."""
    location = quote(location, safe="/?&=%+~:@!$'()*,;#-._")
    return Response(303, b"", "text/plain; charset=utf-8", [("Location", location)])


def amazon_error(status: int, code: str, message: str, details: str = "") -> Response:
    """An answer in the shape all Selling Partner API errors have."""
    return json_response({"errors": [{"code": code, "message": message, "details": details}]}, status)


def read_request(environ: Environ) -> Request:
    """The request of a WSGI environ, body included. Raises BodyTooLargeError."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY:
        raise BodyTooLargeError(str(length))
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    headers = {
        key[5:].replace("_", "-").lower(): str(value) for key, value in environ.items() if key.startswith("HTTP_")
    }
    headers["content-type"] = str(environ.get("CONTENT_TYPE") or "")
    query_string = str(environ.get("QUERY_STRING") or "")
    path = str(environ.get("PATH_INFO") or "/").encode("latin-1").decode("utf-8", "replace")
    return Request(
        method=str(environ["REQUEST_METHOD"]).upper(),
        path=path,
        query=parse_qsl(query_string, keep_blank_values=True),
        headers=headers,
        body=body,
        query_string=query_string,
    )


def send(response: Response, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer through WSGI; a fate goes to the server where it can take one, else the body is only cut short."""
    length = len(response.body)
    body = response.body
    if response.fate:
        fate = environ.get(FATE)
        if fate is not None:
            fate["fate"] = response.fate
        else:
            body = body[: length // 2] if response.fate == "cut" else b""
    headers = [("Content-Type", response.content_type), ("Content-Length", str(length)), *response.headers]
    start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
