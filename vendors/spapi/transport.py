"""Bytes out, bytes in. The only file that knows `requests`; replaceable, because the client sees only `Transport`."""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as wire
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from vendors.spapi.endpoints import may_be_plain
from vendors.spapi.errors import NetworkError, SpApiError, WrongEnvironment


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, complete. Printing it shows neither headers nor body: both carry secrets."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back, header names in any case. `fault` is "" or says why `body` is not the whole body:
    cut_off, too_large, too_slow, undecodable."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    fault: str = ""

    @property
    def request_id(self) -> str:
        """Amazon's id of this call, which its support asks for."""
        return self.headers.get("x-amzn-RequestId") or self.headers.get("x-amz-request-id") or ""


class Transport(Protocol):
    def send(self, request: HttpRequest) -> HttpResponse:
        """Return whatever answer came, of any status; raise NetworkError if none came, WrongEnvironment if it may not leave."""
        ...


class RequestsTransport:
    """A transport on `requests`: one kept-alive session per process and thread, TLS always verified, nothing followed.

    Timeouts in seconds: to connect, between two reads, and for the whole answer. Settings of the machine (proxy variables,
    .netrc) are ignored; a proxy or a private certificate authority is passed in.
    """

    def __init__(
        self,
        *,
        plain_http_hosts: frozenset[str] = frozenset(),
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        total_timeout: float = 90.0,
        max_bytes: int = 64 * 1024 * 1024,
        proxies: Mapping[str, str] | None = None,
        ca_bundle: str = "",
    ) -> None:
        self._plain_http_hosts = plain_http_hosts
        self._timeouts = (connect_timeout, read_timeout)
        self._total_timeout = total_timeout
        self._max_bytes = max_bytes
        self._proxies = dict(proxies or {})
        self._verify: bool | str = ca_bundle or True
        self._local = threading.local()

    def send(self, request: HttpRequest) -> HttpResponse:
        parts = urlsplit(request.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and may_be_plain(parts, self._plain_http_hosts)):
            raise WrongEnvironment("Only https, or http to this machine and the simulator.", code="scheme")
        deadline = time.monotonic() + self._total_timeout
        outcome = self._open(request)
        if isinstance(outcome, SpApiError):
            raise outcome  # outside the handler: no context that could carry headers
        with outcome:
            body, fault = self._read(outcome, deadline)
            return HttpResponse(outcome.status_code, outcome.headers, body, fault)

    def _open(self, request: HttpRequest) -> requests.Response | SpApiError:
        try:
            return self._session().request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.body,
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, wire.HTTPError) as error:
            return network_error(error)

    def _read(self, response: requests.Response, deadline: float) -> tuple[bytes, str]:
        body = bytearray()
        try:
            # one read per arrival, so that a trickle of bytes cannot hold the worker beyond the deadline
            while chunk := response.raw.read1(65536, decode_content=True):
                body += chunk
                if len(body) > self._max_bytes:
                    return bytes(body[: self._max_bytes]), "too_large"
                if time.monotonic() > deadline:
                    return bytes(body), "too_slow"
        except wire.DecodeError:
            return bytes(body), "undecodable"
        except wire.TimeoutError:
            return bytes(body), "too_slow"
        except wire.HTTPError:
            return bytes(body), "cut_off"
        return bytes(body), ""

    def _session(self) -> requests.Session:
        # a session inherited through fork() would share its sockets with the parent
        if getattr(self._local, "pid", None) != os.getpid():
            session = requests.Session()
            session.trust_env = False
            session.auth = _NoAuth()
            session.proxies = self._proxies
            session.verify = self._verify
            session.headers = CaseInsensitiveDict({"Accept-Encoding": "gzip, deflate"})
            self._local.session, self._local.pid = session, os.getpid()
        session_of_thread: requests.Session = self._local.session
        return session_of_thread


class _NoAuth(AuthBase):
    """Keeps `requests` from adding an Authorization header of its own."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


# what failed, our word for it, and whether the request may have reached Amazon
_FAULTS: tuple[tuple[type[BaseException], str, str, bool], ...] = (
    (wire.NameResolutionError, "dns", "The host name could not be found", False),
    (wire.NewConnectionError, "refused", "The connection was refused", False),
    (wire.ConnectTimeoutError, "connect_timeout", "No connection within the time allowed", False),
    (wire.ProxyError, "proxy", "The proxy did not let the connection through", False),
    (wire.ReadTimeoutError, "read_timeout", "No answer within the time allowed", True),
    (wire.SSLError, "tls", "The encrypted connection failed", True),
    (wire.ProtocolError, "reset", "The connection broke before an answer came", True),
)


def network_error(error: Exception) -> NetworkError:
    """Name the failure after its root, without keeping any of the original, which holds the request with its headers."""
    for cause in _causes(error):
        for family, code, message, maybe_processed in _FAULTS:
            if isinstance(cause, family):
                return NetworkError(f"{message}.", code=code, maybe_processed=maybe_processed)
    return NetworkError("The request failed before an answer came.", code=type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps, outermost first; `requests` and `urllib3` wrap by argument and by attribute."""
    pending: list[object] = [error]
    for _ in range(20):
        if not pending:
            return
        node = pending.pop(0)
        if isinstance(node, BaseException):
            yield node
            pending += [*node.args, getattr(node, "reason", None)]
