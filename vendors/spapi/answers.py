"""What an HTTP answer means: a payload, or which error. Pure."""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Never

from vendors.spapi.errors import (
    AuthFailed,
    BadAnswer,
    Issue,
    NotFound,
    PermissionDenied,
    Rejected,
    SpApiError,
    Throttled,
    Unavailable,
)
from vendors.spapi.redaction import Redactor
from vendors.spapi.transport import HttpResponse


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer. Numbers in `payload` are int or Decimal, never float; `raw` is the body as it came.

    `rate_limit` is Amazon's word on requests per second, if it said one. `issues` are Amazon's warnings beside a payload.
    `exchange` is what the recorder returned for this call.
    """

    payload: dict[str, Any] = field(repr=False)
    raw: bytes = field(repr=False)
    status: int
    request_id: str
    rate_limit: float | None
    elapsed_ms: int
    issues: tuple[Issue, ...] = ()
    exchange: Any = field(default=None, repr=False)

    @property
    def next_token(self) -> str:
        """Token of the next page, "" after the last. A page may be empty and still have one."""
        pagination = self.payload.get("pagination")
        found = pagination.get("nextToken") if isinstance(pagination, dict) else self.payload.get("nextToken")
        return found if isinstance(found, str) else ""


def read_payload(response: HttpResponse, *, envelope: str, now: datetime, redactor: Redactor) -> Answer:
    """The payload of a good answer. Raises the SpApiError that a bad one means."""
    if not 200 <= response.status < 300:
        raise error_for(response, now=now, redactor=redactor)
    document = read_object(response)
    issues = _issues(document, redactor)
    payload = document.get(envelope) if envelope else document
    if issues and not isinstance(payload, dict):
        raise Rejected(_first(issues, "Amazon refused the request."), issues=issues, **_facts(response, issues))
    if not isinstance(payload, dict):
        raise BadAnswer(f"The answer has no {envelope}.", **_facts(response, code="wrong_shape"))
    return Answer(payload, response.body, response.status, response.request_id, rate_limit(response), 0, issues)


def read_object(response: HttpResponse) -> dict[str, Any]:
    """The JSON object in a body. Raises BadAnswer for anything else, cut off and hostile bodies included."""
    if response.fault:
        raise BadAnswer(_FAULT_MESSAGES[response.fault], **_facts(response, code=response.fault))
    if not response.body and response.status == 204:
        return {}
    document: object = None
    try:
        document = json.loads(response.body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        code = "not_json"
    else:
        code = "wrong_shape"
    if not isinstance(document, dict):
        raise BadAnswer("The answer is not a JSON object.", **_facts(response, code=code))
    return document


def error_for(response: HttpResponse, *, now: datetime, redactor: Redactor) -> SpApiError:
    """The error that an answer other than 2xx means."""
    document: Mapping[str, Any] = {}
    with suppress(BadAnswer):  # an outage speaks HTML; the status says enough
        document = read_object(response)
    issues = _issues(document, redactor)
    facts = {**_facts(response, issues), "issues": issues}
    wait = retry_after(response, now)
    if response.status == 429 or any(issue.code == "QuotaExceeded" for issue in issues):
        return Throttled("Amazon's request quota is used up.", retry_after=1.0 if wait is None else wait, **facts)
    if response.status in _ERRORS:
        family, message = _ERRORS[response.status]
        return family(_first(issues, message), **facts)
    if response.status >= 500 or response.status == 408:
        return Unavailable("Amazon is not available.", retry_after=wait, maybe_processed=True, **facts)
    if response.status >= 400:
        return Rejected(_first(issues, "Amazon refused the request."), **facts)
    return BadAnswer("Amazon answered with a redirect.", **{**facts, "code": "redirect"})


def is_token_refused(error: SpApiError) -> bool:
    """Does this 401 or 403 mean that the access token itself is expired or unknown, rather than lacking a permission?"""
    if error.status == 401:
        return True
    told = " ".join(f"{issue.code} {issue.message} {issue.details}" for issue in error.issues).lower()
    return error.status == 403 and any(hint in told for hint in ("access token", "authenticationtoken", "expiredtoken"))


def retry_after(response: HttpResponse, now: datetime) -> float | None:
    """Seconds Amazon asks to wait: a number or an HTTP date, never negative; None if it asks for nothing readable."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def rate_limit(response: HttpResponse) -> float | None:
    """Requests per second from `x-amzn-RateLimit-Limit`; None if absent or not a sane number."""
    try:
        limit = float(response.headers.get("x-amzn-RateLimit-Limit", ""))
    except ValueError:
        return None
    return limit if math.isfinite(limit) and 0.0001 <= limit <= 10_000 else None


_ERRORS: dict[int, tuple[type[SpApiError], str]] = {
    401: (AuthFailed, "Amazon does not accept the access token."),
    403: (PermissionDenied, "Amazon does not allow this application to do that for this vendor group."),
    404: (NotFound, "Amazon does not know this."),
}
_FAULT_MESSAGES = {
    "cut_off": "The answer broke off.",
    "too_large": "The answer is larger than any expected one.",
    "too_slow": "The answer did not arrive within the time allowed.",
    "undecodable": "The answer's compression is broken.",
}


def _facts(response: HttpResponse, issues: tuple[Issue, ...] = (), *, code: str = "") -> dict[str, Any]:
    return {
        "status": response.status,
        "request_id": response.request_id,
        "code": code or (issues[0].code if issues else ""),
    }


def _first(issues: tuple[Issue, ...], otherwise: str) -> str:
    return next((issue.message for issue in issues if issue.message), otherwise)


def _issues(document: Mapping[str, Any], redactor: Redactor) -> tuple[Issue, ...]:
    """Amazon's list of errors, whatever shape it is in today."""
    listed = document.get("errors")
    entries = listed if isinstance(listed, list) else []
    return tuple(
        Issue(*(redactor.text(str(entry.get(key) or "")) for key in ("code", "message", "details")))
        for entry in entries
        if isinstance(entry, dict)
    )


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")
