"""Several real processes doing the same thing at the same moment."""

import multiprocessing
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import redis

from tests.vendors.spapi.conftest import make_credentials, seal, unseal
from vendors.spapi.auth import AccessToken, TokenProvider
from vendors.spapi.client import SpApiClient
from vendors.spapi.endpoints import Endpoints
from vendors.spapi.errors import SpApiError, Throttled
from vendors.spapi.exchange import ExchangeRecord, Line
from vendors.spapi.throttle import BucketKey, Throttle
from vendors.spapi.transport import RequestsTransport

_SPAWN = multiprocessing.get_context("spawn")


def together(
    count: int, work: Callable[..., Any], *args: Any, before: Callable[[], object] = lambda: None, **named: Any
) -> list[Any]:
    """What `count` processes return from `work`, started together, after `before()` here."""
    barrier, results = _SPAWN.Barrier(count + 1), _SPAWN.SimpleQueue()
    processes = [_SPAWN.Process(target=_run, args=(barrier, results, work, args, named)) for _ in range(count)]
    for process in processes:
        process.start()
    while barrier.n_waiting < count:
        assert all(process.is_alive() for process in processes)
        time.sleep(0.01)
    before()
    barrier.wait(60)
    collected = [results.get() for _ in processes]
    for process in processes:
        process.join()
    for result in collected:
        if isinstance(result, Exception):
            raise result
    return collected


def _run(barrier: Any, results: Any, work: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> None:
    barrier.wait(60)
    try:
        results.put(work(*args, **named))
    except Exception as error:  # noqa: BLE001 -- raised again by together()
        results.put(error)


def _store() -> redis.Redis:
    return redis.Redis.from_url(os.environ["REDIS_URL"])


def poll_bucket(prefix: str, key: BucketKey, times: int) -> int:
    """How many of so many attempts were granted."""
    throttle = Throttle(_store(), prefix=prefix)
    return sum(throttle.acquire(key).wait_ms == 0 for _ in range(times))


def _parts(url: str, prefix: str, records: list[ExchangeRecord]) -> tuple[Endpoints, Line, TokenProvider]:
    endpoints = Endpoints.from_settings(
        {"SPAPI_SIMULATOR_ENDPOINT": url, "LWA_TOKEN_URL_SIMULATOR": f"{url}/auth/o2/token"}
    )
    line = Line(RequestsTransport(), lambda: datetime.now(UTC), records.append, "ACORN/test")
    provider = TokenProvider(
        _store(), endpoints=endpoints, seal=seal, unseal=unseal, fingerprint_key=b"k" * 32, prefix=prefix
    )
    return endpoints, line, provider


def fetch_token(url: str, prefix: str, rejected: str = "") -> str:
    """The token, or the class of the error."""
    _, line, provider = _parts(url, prefix, [])
    try:
        token = AccessToken(rejected) if rejected else None
        return provider.access_token(make_credentials(), line, rejected=token).value
    except SpApiError as error:
        return type(error).__name__


def call_steadily(url: str, prefix: str, seconds: float, **who: str) -> tuple[int, int]:
    """Call as the quota allows, waiting as a task would: (answers, 429s)."""
    records: list[ExchangeRecord] = []
    endpoints, line, provider = _parts(url, prefix, records)
    client = SpApiClient(
        make_credentials(**who),
        endpoints=endpoints,
        transport=line.transport,
        throttle=Throttle(_store(), prefix=prefix),
        tokens=provider,
        clock=line.clock,
        recorder=line.recorder,
    )
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            client.get_purchase_orders(limit=1)
        except Throttled as error:
            time.sleep(error.retry_after or 0)
    calls = [record.status for record in records if record.operation == "getPurchaseOrders"]
    return calls.count(200), calls.count(429)
