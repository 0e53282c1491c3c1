"""Real Valkey, real sockets; only the clock is fake."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import redis

from tests.vendors.spapi.server import ScriptedServer
from vendors.spapi.auth import TokenProvider
from vendors.spapi.client import SpApiClient
from vendors.spapi.credentials import Credentials
from vendors.spapi.endpoints import Endpoints, Environment
from vendors.spapi.exchange import ExchangeRecord, Line
from vendors.spapi.marketplaces import Region
from vendors.spapi.throttle import Throttle
from vendors.spapi.transport import RequestsTransport

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CLIENT_ID = "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef"
CLIENT_SECRET = "amzn1.oa2-cs.v1.fedcba9876543210/secret+value="
REFRESH_TOKEN = "Atzr|IwEBIJ+refresh/token==&more"


def seal(text: str, *, context: str) -> str:
    """Stands in for the vault: unreadable enough to see whether a plain value reaches the store."""
    return f"{context}|" + text.encode().hex()


def unseal(sealed: str, *, context: str) -> str:
    place, _, content = sealed.rpartition("|")
    if place != context:
        raise ValueError("belongs to another place")
    return bytes.fromhex(content).decode()


def make_credentials(**changes: object) -> Credentials:
    values = {
        "environment": Environment.SIMULATOR,
        "region": Region.NA,
        "vendor_group": "VG1",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
    }
    return Credentials(**{**values, **changes})  # type: ignore[arg-type]


def make_endpoints(server: ScriptedServer) -> Endpoints:
    return Endpoints.from_settings(
        {"SPAPI_SIMULATOR_ENDPOINT": server.url, "LWA_TOKEN_URL_SIMULATOR": f"{server.url}/auth/o2/token"}
    )


@pytest.fixture
def store() -> Iterator[redis.Redis]:
    """The shared Valkey; what a test leaves there is removed."""
    connection = redis.Redis.from_url(os.environ["REDIS_URL"])
    yield connection
    connection.close()


@pytest.fixture
def prefix(store: redis.Redis) -> Iterator[str]:
    """Keys of this test only."""
    mine = f"test-spapi:{uuid4().hex}:"
    yield mine
    for key in store.scan_iter(f"{mine}*"):
        store.delete(key)


@pytest.fixture
def throttle(store: redis.Redis, prefix: str) -> Throttle:
    return Throttle(store, prefix=prefix)


@pytest.fixture
def records() -> list[ExchangeRecord]:
    return []


@pytest.fixture
def line(records: list[ExchangeRecord]) -> Line:
    transport = RequestsTransport(connect_timeout=2, read_timeout=2, total_timeout=5)
    return Line(transport, lambda: NOW, records.append, "ACORN/test")


@pytest.fixture
def make_provider(store: redis.Redis, prefix: str) -> Callable[[ScriptedServer], TokenProvider]:
    def make(server: ScriptedServer) -> TokenProvider:
        return TokenProvider(
            store,
            endpoints=make_endpoints(server),
            seal=seal,
            unseal=unseal,
            fingerprint_key=b"k" * 32,
            prefix=prefix,
        )

    return make


@pytest.fixture
def make_client(
    line: Line, throttle: Throttle, make_provider: Callable[[ScriptedServer], TokenProvider]
) -> Callable[..., SpApiClient]:
    def make(server: ScriptedServer, **credentials: object) -> SpApiClient:
        return SpApiClient(
            make_credentials(**credentials),
            endpoints=make_endpoints(server),
            transport=line.transport,
            throttle=throttle,
            tokens=make_provider(server),
            clock=line.clock,
            recorder=line.recorder,
            agent=line.agent,
        )

    return make
