"""What a caller asks for in the address: Amazon's parameters, read as leniently and as strictly as Amazon does."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from simulator import times
from simulator.http import Request, amazon_error


class BadRequestError(Exception):
    """A parameter Amazon refuses."""

    def __init__(
        self, message: str = "The request is invalid.", details: str = "", code: str = "InvalidRequest"
    ) -> None:
        super().__init__(message)
        self.response = amazon_error(400, code, message, details)


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the sort key and the number of its last row. It names no page, so rows shift beneath it."""

    at: int
    number: str

    def token(self) -> str:
        return base64.b64encode(json.dumps([self.at, self.number], separators=(",", ":")).encode()).decode()

    @classmethod
    def read(cls, token: str) -> Cursor:
        try:
            at, number = json.loads(base64.b64decode(token, validate=True))
            return cls(int(at), str(number))
        except (binascii.Error, ValueError, TypeError) as error:
            raise BadRequestError("The nextToken is invalid or has expired.", code="InvalidInput") from error


def instant(request: Request, name: str) -> int | None:
    """An instant in milliseconds, None where it is absent."""
    value = request.parameter(name)
    # A bare date raises no error and filters nothing.
    if value is None or times.is_date_only(value):
        return None
    try:
        return times.parse(value)
    except ValueError as error:
        raise BadRequestError() from error


def word(request: Request, name: str, allowed: tuple[str, ...]) -> str | None:
    """One of the allowed words, None where it is absent; another is refused."""
    value = request.parameter(name)
    if value is not None and value not in allowed:
        raise BadRequestError("The request is invalid.", f"{name} must be one of {', '.join(allowed)}")
    return value


def flag(request: Request, name: str, default: bool) -> bool:
    value = word(Request("", "", [(k, v.lower()) for k, v in request.query], {}, b""), name, ("true", "false"))
    return default if value is None else value == "true"


def limit(request: Request, most: int) -> int:
    """Rows per page: `most` where the caller does not say."""
    value = request.parameter("limit") or str(most)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= most:
        raise BadRequestError("The request is invalid.", f"limit must be between 1 and {most}")
    return int(value)
