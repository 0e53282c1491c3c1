"""One call and its record: sent, read, told to the recorder, whatever happens."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from vendors.spapi.credentials import Credentials
from vendors.spapi.endpoints import Environment
from vendors.spapi.errors import SpApiError
from vendors.spapi.marketplaces import Region
from vendors.spapi.redaction import Redactor
from vendors.spapi.transport import HttpRequest, HttpResponse, Transport

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """A call as it may be stored: secrets are gone from every field. `status` is None if no answer came.

    `error` is "" or the class name of what the call raised, `error_code` Amazon's or our word for it, `error_message` a
    sentence.
    """

    environment: Environment
    region: Region
    vendor_group: str
    operation: str
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes = field(repr=False)
    status: int | None
    response_headers: Mapping[str, str]
    response_body: bytes = field(repr=False)
    request_id: str
    started_at: datetime
    duration_ms: int
    error: str
    error_code: str
    error_message: str
    retry_after: float | None


Recorder = Callable[[ExchangeRecord], Any]
Clock = Callable[[], datetime]


def ignore(record: ExchangeRecord) -> None:
    """A recorder that keeps nothing."""
    del record


@dataclass(frozen=True, slots=True)
class Line:
    """What every call of one sender needs. The clock gives aware UTC times; `agent` is our User-Agent."""

    transport: Transport
    clock: Clock
    recorder: Recorder
    agent: str


def perform(
    line: Line,
    credentials: Credentials,
    request: HttpRequest,
    *,
    operation: str,
    redactor: Redactor,
    read: Callable[[HttpResponse], T],
    keeps_answer: bool = True,
) -> tuple[T, Any, int]:
    """Send, read, record; return what `read` made of the answer, what the recorder returned, and milliseconds.

    Without `keeps_answer` the body of a good answer is not recorded: the caller keeps it elsewhere, whole.
    Raises what the transport or `read` raised, with `exchange` set, after recording it. What the recorder itself raises
    reaches the caller: an answer that cannot be recorded is not to be acted upon.
    """
    started_at, tick = line.clock(), time.monotonic()
    response: HttpResponse | None = None
    result: T | None = None
    error: Exception | None = None
    try:
        response = line.transport.send(request)
        result = read(response)
    except Exception as caught:  # noqa: BLE001 -- recorded, then raised again below
        error = caught
    elapsed_ms = round((time.monotonic() - tick) * 1000)
    exchange = line.recorder(
        ExchangeRecord(
            environment=credentials.environment,
            region=credentials.region,
            vendor_group=credentials.vendor_group,
            operation=operation,
            method=request.method,
            url=redactor.url(request.url),
            request_headers=redactor.headers(request.headers),
            request_body=redactor.body(request.body or b""),
            status=response.status if response else None,
            response_headers=redactor.headers(response.headers) if response else {},
            response_body=redactor.body(response.body) if response and (error or keeps_answer) else b"",
            request_id=response.request_id if response else "",
            started_at=started_at,
            duration_ms=elapsed_ms,
            error=type(error).__name__ if error else "",
            error_code=redactor.text(error.code) if isinstance(error, SpApiError) else "",
            error_message=redactor.text(str(error)) if error else "",
            retry_after=error.retry_after if isinstance(error, SpApiError) else None,
        )
    )
    if isinstance(error, SpApiError):
        error.exchange = exchange
    if error is not None:
        raise error
    return result, exchange, elapsed_ms  # type: ignore[return-value]  # no error: `read` has returned
