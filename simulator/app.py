"""The WSGI application: who is asking, may they, what goes wrong, who answers."""

from __future__ import annotations

import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from simulator import control, lwa, orders, pages, shipping, times, transactions
from simulator.amazon import Amazon
from simulator.faults import Fault
from simulator.http import (
    BodyTooLargeError,
    Environ,
    Request,
    Response,
    StartResponse,
    amazon_error,
    html_response,
    read_request,
    send,
)
from simulator.parameters import BadRequestError
from simulator.request_log import Entry
from simulator.store import Store
from simulator.worlds import Settings, World

logger = logging.getLogger(__name__)

TOKEN_PATH = "/auth/o2/token"  # noqa: S105 -- a path
_HTML = "<html><head><title>503 Service Temporarily Unavailable</title></head><body><h1>503</h1></body></html>"

_Operation = Callable[[Amazon, World, Request, str, list[Fault]], Response]


def _get_transaction(amazon: Amazon, world: World, request: Request, id_: str, faults: list[Fault]) -> Response:
    return transactions.get_transaction(amazon.store, amazon.now, world, request, id_, faults)


# Method and path of each operation; what the path captures is handed to it.
_ROUTES: tuple[tuple[str, re.Pattern[str], str, _Operation], ...] = (
    ("GET", re.compile("/vendor/orders/v1/purchaseOrders"), "getPurchaseOrders", orders.get_purchase_orders),
    ("GET", re.compile("/vendor/orders/v1/purchaseOrders/([^/]+)"), "getPurchaseOrder", orders.get_purchase_order),
    (
        "GET",
        re.compile("/vendor/orders/v1/purchaseOrdersStatus"),
        "getPurchaseOrdersStatus",
        orders.get_purchase_orders_status,
    ),
    (
        "POST",
        re.compile("/vendor/orders/v1/acknowledgements"),
        "submitAcknowledgement",
        orders.submit_acknowledgement,
    ),
    (
        "POST",
        re.compile("/vendor/shipping/v1/shipmentConfirmations"),
        "SubmitShipmentConfirmations",
        shipping.submit_confirmations,
    ),
    ("POST", re.compile("/vendor/shipping/v1/shipments"), "SubmitShipments", shipping.submit_shipments),
    ("GET", re.compile("/vendor/shipping/v1/shipments"), "GetShipmentDetails", shipping.get_details),
    ("GET", re.compile("/vendor/shipping/v1/transportLabels"), "GetShipmentLabels", shipping.get_labels),
    ("GET", re.compile("/vendor/transactions/v1/transactions/([^/]+)"), "getTransaction", _get_transaction),
)
# A base address may name the region, so that calling the wrong one can be seen: http://host:port/eu
_REGION = re.compile(r"/(na|eu|fe)(/(?:vendor|auth)/.*)")
_MAX_USER_AGENT = 500
# Amazon has no such header: it tells a client of the simulator which time it is in its world.
CLOCK_HEADER = "x-simulator-clock"


class Application:
    """One simulated Amazon behind WSGI. Safe to serve from many threads, of one process."""

    def __init__(self, amazon: Amazon) -> None:
        self.amazon = amazon

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            request = read_request(environ)
        except BodyTooLargeError:
            return send(amazon_error(413, "RequestTooLarge", "The request is too large."), environ, start_response)
        try:
            response = self._answer(request)
        except Exception:
            logger.exception("%s %s", request.method, request.path)
            response = amazon_error(500, "SimulatorError", "The simulator itself failed; its log says why.")
        return send(response, environ, start_response)

    def _answer(self, request: Request) -> Response:
        region, path = "", request.path
        if match := _REGION.fullmatch(path):
            region, path = match[1].upper(), match[2]
        if path == TOKEN_PATH:
            return self._logged("token", request, self._token)
        if path.startswith("/vendor/"):
            for method, pattern, operation, handler in _ROUTES:
                found = pattern.fullmatch(path)
                if found and request.method in (method, "HEAD" if method == "GET" else method):
                    part = found[1] if found.groups() else ""
                    call = _Call(self.amazon, operation, handler, region, part)
                    return self._logged(operation, request, call)
            missing = amazon_error(404, "NotFound", "The requested resource does not exist.", path)
            missing.headers.append(("x-amzn-RequestId", str(uuid.uuid4())))
            return missing
        if path.startswith("/control"):
            return control.answer(self.amazon, request)
        return pages.answer(self.amazon, request)

    def _logged(self, operation: str, request: Request, handler: Callable[[Request, _Trace], Response]) -> Response:
        trace = _Trace()
        started = time.perf_counter()
        request_id = str(uuid.uuid4())
        response = handler(request, trace)
        response.headers.append(("x-amzn-RequestId", request_id))
        if trace.world:
            if world := self.amazon.world(trace.world):
                response.headers.append((CLOCK_HEADER, describe_clock(world, self.amazon.real_now())))
            entry = Entry(
                at=self.amazon.real_now(),
                operation=operation,
                method=request.method,
                path=request.path,
                query=request.query_string,
                status=0 if response.fate == "reset" else response.status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
                request_id=request_id,
                fault=", ".join(fault.kind for fault in trace.faults),
            )
            self.amazon.log.add(trace.world, entry)
        return response

    def _token(self, request: Request, trace: _Trace) -> Response:
        world = lwa.client_world(self.amazon, request)
        if world is None:
            return lwa.issue_token(self.amazon, None, request)
        trace.world = world.name
        trace.faults = self.amazon.faults.take(world.name, "token")
        for fault in trace.faults:
            if fault.kind.startswith("lwa_"):
                return lwa.RefusedError(fault.kind.removeprefix("lwa_")).response()
        return _under_faults(trace.faults, lambda: lwa.issue_token(self.amazon, world, request))


class _Trace:
    """What the log wants to know about a call once it is over."""

    def __init__(self) -> None:
        self.world = ""
        self.faults: list[Fault] = []


class _Call:
    """One call of a Selling Partner operation, from the token to the answer."""

    def __init__(self, amazon: Amazon, operation: str, handler: _Operation, region: str, part: str) -> None:
        self._amazon = amazon
        self._operation = operation
        self._handler = handler
        self._region = region
        self._part = part

    def __call__(self, request: Request, trace: _Trace) -> Response:
        world, refusal = self._authenticate(request)
        if world is not None:
            trace.world = world.name
        if world is None or refusal is not None:
            return refusal or _unauthorized()
        if not self._amazon.plans.take(world.name, self._operation):
            return _throttled()
        has_token = bool(request.parameter("nextToken"))
        trace.faults = self._amazon.faults.take(world.name, self._operation, has_token)
        response = _under_faults(trace.faults, lambda: self._work(world, request, trace.faults))
        if response.status in (200, 202, 400, 404):
            rate = self._amazon.plans.plan(world.name, self._operation).rate
            response.headers.append(("x-amzn-RateLimit-Limit", str(float(rate))))
        return response

    def _authenticate(self, request: Request) -> tuple[World | None, Response | None]:
        """The world that the access token opens, and the refusal if it does not open this operation."""
        token = request.headers.get("x-amz-access-token", "")
        if not token:
            return None, _unauthorized("Access token is missing in the request header.")
        with self._amazon.store.read() as connection:
            row = connection.execute("SELECT * FROM access_token WHERE token = ?", (token,)).fetchone()
        if row is None:
            return None, _unauthorized("The access token you provided is revoked, malformed or invalid.")
        world = self._amazon.world(row["world"])
        if world is None:
            return None, _unauthorized("The access token you provided is revoked, malformed or invalid.")
        if row["expires_at"] <= self._amazon.real_now():
            return world, _unauthorized("The access token you provided has expired.")
        if row["scope"] or self._operation in world.settings.denied_operations:
            return world, _unauthorized()
        if self._region and self._region != world.marketplace.region:
            return world, _unauthorized()
        if len(request.headers.get("user-agent", "")) > _MAX_USER_AGENT:
            return world, amazon_error(400, "InvalidInput", "The user-agent header has more than 500 characters.")
        return world, None

    def _work(self, world: World, request: Request, faults: list[Fault]) -> Response:
        self._amazon.advance(world)
        try:
            return self._handler(self._amazon, self._amazon.world(world.name) or world, request, self._part, faults)
        except BadRequestError as refused:
            return refused.response


def describe_clock(world: World, real_now: int) -> str:
    """``2026-11-23T12:00:00.250Z; rate=60; epoch=1795435200000``: the world's time, its speed, and which run of time it is."""
    return f"{times.text_with_millis(world.now(real_now))}; rate={world.clock_rate:g}; epoch={world.clock_epoch}"


def _unauthorized(details: str = "") -> Response:
    return amazon_error(403, "Unauthorized", "Access to requested resource is denied.", details)


def _throttled() -> Response:
    return amazon_error(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")


def _under_faults(faults: list[Fault], work: Callable[[], Response]) -> Response:
    """The answer as the faults would have it: instead of the work, or done to its result."""
    kinds = {fault.kind: fault for fault in faults}
    if "delay" in kinds:
        time.sleep(float(kinds["delay"].params.get("seconds", 1)))
    if "reset_before" in kinds:
        return Response(503, fate="reset")
    instead: dict[str, Callable[[], Response]] = {
        "throttled": _throttled,
        "error_500": lambda: amazon_error(
            500, "InternalFailure", "We encountered an internal error. Please try again."
        ),
        "error_503_html": lambda: html_response(_HTML, 503),
        "forbidden": _unauthorized,
        "bad_request": lambda: amazon_error(400, "InvalidInput", "The request is invalid."),
        "not_json": lambda: html_response(_HTML, 200),
    }
    for kind, answer in instead.items():
        if kind in kinds:
            return answer()
    response = work()
    if "reset_after" in kinds:
        response.fate = "reset"
    if "cut_body" in kinds:
        response.fate = "cut"
    if "truncated_json" in kinds:
        response.body = response.body[: max(1, len(response.body) * 2 // 3)]
    return response


def build(
    store_path: Path | str,
    *,
    clock: Callable[[], float] = time.time,
    settings: Settings | None = None,
    control_token: str = "",
) -> Application:
    """A simulator over the store file, which is made if need be. `settings` are those of worlds made from now on."""
    store = Store(Path(store_path))
    return Application(Amazon(store, clock=clock, defaults=settings, control_token=control_token))


def settings_from_environment() -> Settings:
    """The settings of new worlds, as ``SIMULATOR_ORDERS`` and ``SIMULATOR_ARRIVALS_PER_HOUR`` would have them."""
    standard = Settings()
    return standard.changed(
        {
            "orders": int(os.environ.get("SIMULATOR_ORDERS") or standard.orders),
            "arrivals_per_hour": float(os.environ.get("SIMULATOR_ARRIVALS_PER_HOUR") or standard.arrivals_per_hour),
        }
    )


def store_from_environment() -> Path:
    return Path(os.environ.get("ACORN_HOME") or ".acorn") / "simulator.sqlite3"


@lru_cache(maxsize=1)
def _from_environment() -> Application:
    return build(
        store_from_environment(),
        settings=settings_from_environment(),
        control_token=os.environ.get("SIMULATOR_CONTROL_TOKEN", ""),
    )


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The simulator of this environment (``ACORN_HOME``), opened at the first request."""
    return _from_environment()(environ, start_response)
