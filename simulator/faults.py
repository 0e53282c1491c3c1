"""Faults on demand: which call of which operation goes wrong, and how often."""

from __future__ import annotations

import itertools
import random
import threading
from dataclasses import dataclass, field
from typing import Any

from simulator.plans import OFFICIAL

_MOST_SECONDS = 366 * 86_400
TOKEN_OPERATION = "token"  # noqa: S105 -- the name of LWA's only operation
ORDER_LISTS = frozenset({"getPurchaseOrders", "getPurchaseOrdersStatus"})
SHIPPING_LISTS = frozenset({"GetShipmentDetails", "GetShipmentLabels"})
LISTS = ORDER_LISTS | SHIPPING_LISTS
ORDER_READS = ORDER_LISTS | {"getPurchaseOrder"}
POSTS = frozenset({"submitAcknowledgement", "SubmitShipmentConfirmations", "SubmitShipments"})
VENDOR_OPERATIONS = frozenset(OFFICIAL)
OPERATIONS = VENDOR_OPERATIONS | {TOKEN_OPERATION}

LWA_ERRORS = {
    "invalid_grant": 400,
    "invalid_request": 400,
    "invalid_scope": 400,
    "unauthorized_client": 400,
    "unsupported_grant_type": 400,
    "invalid_client": 401,
    "access_denied": 403,
    "server_error": 500,
    "temporarily_unavailable": 503,
}


@dataclass(frozen=True)
class Kind:
    """What a fault does, and the operations it can befall."""

    meaning: str
    operations: frozenset[str]
    # Befalls only calls that carry a page token.
    needs_token: bool = False


KINDS: dict[str, Kind] = {
    # the answer
    "throttled": Kind("429 QuotaExceeded, whatever the usage plan says", VENDOR_OPERATIONS),
    "error_500": Kind("500 InternalFailure", OPERATIONS),
    "error_503_html": Kind("503 with an HTML page for a body", OPERATIONS),
    "forbidden": Kind("403 Unauthorized", VENDOR_OPERATIONS),
    "bad_request": Kind("400 InvalidInput", VENDOR_OPERATIONS),
    "not_json": Kind("200 with an HTML page for a body", OPERATIONS),
    "truncated_json": Kind("200 whose JSON ends in the middle, Content-Length matching", OPERATIONS),
    # the connection
    "reset_before": Kind("the connection is reset before the request has any effect", OPERATIONS),
    "reset_after": Kind("the request takes effect, then the connection is reset", OPERATIONS),
    "cut_body": Kind("the connection ends in the middle of the body, short of Content-Length", OPERATIONS),
    "delay": Kind("the answer takes params.seconds longer (default 1)", OPERATIONS),
    # paging
    "empty_page": Kind("no rows, but a token to go on with", LISTS),
    "nothing_found": Kind("no rows and no token, whatever there is", LISTS),
    "dead_token": Kind("400: the page token is no longer valid", LISTS, needs_token=True),
    "ignore_sort": Kind("sortOrder has no effect", LISTS),
    # odd data, on the first row of the answer
    "unknown_enum": Kind("a word the model does not have", ORDER_READS | SHIPPING_LISTS),
    "missing_optional": Kind("optional fields are absent", ORDER_READS | SHIPPING_LISTS),
    "money_number": Kind("amounts are JSON numbers", ORDER_READS),
    "naive_date": Kind("dates without a zone", ORDER_READS | SHIPPING_LISTS),
    "null_list": Kind("null where a list belongs", ORDER_READS | SHIPPING_LISTS),
    "negative_quantity": Kind("an ordered quantity of -3", ORDER_READS),
    "missing_receiving": Kind("no receivingStatus", frozenset({"getPurchaseOrdersStatus"})),
    "row_outside": Kind("one more row, far outside the window that was asked for", ORDER_LISTS),
    # documents
    "vague_failure": Kind("the transaction fails with NotAvailable six times and no field named", POSTS),
    "refused": Kind("the transaction fails with params.code, .message and .details, after params.seconds", POSTS),
    "lost_document": Kind("202, and then nothing ever happens", POSTS),
    "unknown_transaction": Kind("404 for a transaction that exists", frozenset({"getTransaction"})),
    # sign-in
    **{f"lwa_{error}": Kind(f"{status} {error}", frozenset({TOKEN_OPERATION})) for error, status in LWA_ERRORS.items()},
}
# Kinds that decide what becomes of a document after it was taken.
OUTCOMES = ("vague_failure", "refused", "lost_document")


@dataclass
class Fault:
    id: int
    kind: str
    # One operation, or "*" for all that the kind can befall.
    operation: str = "*"
    # How many calls it still befalls; None = until it is removed.
    times: int | None = 1
    # The share of calls it befalls.
    rate: float = 1.0
    # How many calls it lets through first.
    skip: int = 0
    params: dict[str, Any] = field(default_factory=dict)

    def befalls(self, operation: str, has_token: bool) -> bool:
        kind = KINDS[self.kind]
        return (
            operation in kind.operations and self.operation in ("*", operation) and (has_token or not kind.needs_token)
        )


class FaultBook:
    """The faults of all worlds. Kept in memory only: a restarted simulator is a healthy one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: dict[str, list[Fault]] = {}
        self._ids = itertools.count(1)
        self._random = random.Random("faults")  # noqa: S311 -- repeatable, no secret

    def add(self, world: str, values: dict[str, Any]) -> Fault:
        """Raises ValueError, with a sentence, on a kind, operation or number that makes no sense."""
        kind, operation = str(values.get("kind", "")), str(values.get("operation") or "*")
        if kind not in KINDS:
            raise ValueError(f"Unknown fault {kind!r}; known are {', '.join(KINDS)}.")
        if operation != "*" and operation not in KINDS[kind].operations:
            raise ValueError(f"{kind} cannot befall {operation!r}, only {', '.join(sorted(KINDS[kind].operations))}.")
        times, rate, skip = values.get("times", 1), values.get("rate", 1), values.get("skip", 0)
        try:
            times, rate, skip = None if times is None else int(times), float(rate), int(skip)
        except (TypeError, ValueError):
            raise ValueError("times, rate and skip are numbers.") from None
        if (times is not None and times < 1) or not 0 < rate <= 1 or skip < 0:
            raise ValueError("times is a count or null, rate lies between 0 and 1, skip is not negative.")
        params = values.get("params") or {}
        if not isinstance(params, dict):
            raise ValueError("params is an object.")
        seconds = params.get("seconds", 0)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _MOST_SECONDS:
            raise ValueError("params.seconds is a number, a year at most.")
        with self._lock:
            fault = Fault(next(self._ids), kind, operation, times, rate, skip, dict(params))
            self._faults.setdefault(world, []).append(fault)
            return fault

    def take(self, world: str, operation: str, has_token: bool = False) -> list[Fault]:
        """The faults that befall this call; those that are used up are gone."""
        if not self._faults.get(world):
            return []
        taken = []
        with self._lock:
            for fault in list(self._faults.get(world, ())):
                if not fault.befalls(operation, has_token):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.rate < 1 and self._random.random() >= fault.rate:
                    continue
                taken.append(fault)
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._faults[world].remove(fault)
        return taken

    def list(self, world: str) -> list[Fault]:
        with self._lock:
            return list(self._faults.get(world, ()))

    def remove(self, world: str, fault_id: int) -> None:
        with self._lock:
            self._faults[world] = [fault for fault in self._faults.get(world, ()) if fault.id != fault_id]

    def clear(self, world: str) -> None:
        with self._lock:
            self._faults.pop(world, None)
