"""The client against a whole Amazon: the simulator, over HTTP."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis

from tests.simulator.documents import acknowledgement
from tests.support.simulator import RunningSimulator, World, running_simulator
from tests.vendors.spapi.conftest import make_credentials, seal, unseal
from tests.vendors.spapi.workers import call_steadily, together
from vendors.spapi.auth import TokenProvider
from vendors.spapi.checks import Asked, check_purchase_orders, check_purchase_orders_status
from vendors.spapi.client import SpApiClient
from vendors.spapi.endpoints import Endpoints
from vendors.spapi.errors import (
    AuthFailed,
    AuthRevoked,
    BadAnswer,
    NetworkError,
    NotFound,
    PermissionDenied,
    Rejected,
    SpApiError,
    Throttled,
    Unavailable,
)
from vendors.spapi.exchange import ExchangeRecord, Line
from vendors.spapi.throttle import BucketKey, Throttle

Connect = Callable[..., SpApiClient]


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator() as running:
        yield running


@pytest.fixture
def world(simulator: RunningSimulator, prefix: str) -> World:
    return simulator.create_world(prefix.split(":")[1])


@pytest.fixture
def connect(world: World, line: Line, throttle: Throttle, store: redis.Redis, prefix: str) -> Connect:
    def make(**changes: object) -> SpApiClient:
        url = world.simulator.url
        endpoints = Endpoints.from_settings(
            {"SPAPI_SIMULATOR_ENDPOINT": url, "LWA_TOKEN_URL_SIMULATOR": world.simulator.token_url}
        )
        values = {
            "client_id": world.client_id,
            "client_secret": world.client_secret,
            "refresh_token": world.refresh_token,
        }
        return SpApiClient(
            make_credentials(**{**values, **changes}),
            endpoints=endpoints,
            transport=line.transport,
            throttle=throttle,
            tokens=TokenProvider(
                store, endpoints=endpoints, seal=seal, unseal=unseal, fingerprint_key=b"k", prefix=prefix
            ),
            clock=lambda: datetime.now(UTC),
            recorder=line.recorder,
            agent=line.agent,
        )

    return make


def test_all_pages_of_a_window_by_creation(world: World, connect: Connect):
    numbers = set(world.make_orders(7))
    world.add_fault("empty_page", skip=1)
    now = datetime.now(UTC)
    client, found, token = connect(), [], None

    for _ in range(20):
        answer = client.get_purchase_orders(
            created_after=now - timedelta(days=6), created_before=now + timedelta(minutes=1), limit=3, next_token=token
        )
        assert check_purchase_orders(answer.payload, Asked(created=True, limit=3), now) == []
        found += [order["purchaseOrderNumber"] for order in answer.payload["orders"]]
        token = answer.next_token
        if not token:
            break

    assert numbers <= set(found)


def test_changed_and_updated_windows_are_true_to_their_dates(world: World, connect: Connect):
    (number,) = world.make_orders(1)
    world.change(number, "quantity")
    now = datetime.now(UTC)
    since, until = now - timedelta(hours=1), now + timedelta(minutes=1)
    client, asked = connect(), Asked(since=since, until=until)

    changed = client.get_purchase_orders(changed_after=since, changed_before=until)
    updated = client.get_purchase_orders_status(updated_after=since, updated_before=until)

    assert number in {order["purchaseOrderNumber"] for order in changed.payload["orders"]}
    assert check_purchase_orders(changed.payload, asked, now) == []
    assert check_purchase_orders_status(updated.payload, asked, now) == []


def test_a_row_outside_the_window_is_found(world: World, connect: Connect):
    (number,) = world.make_orders(1)
    world.change(number, "quantity")
    world.add_fault("row_outside", times=2)
    now = datetime.now(UTC)
    since, until = now - timedelta(hours=1), now + timedelta(minutes=1)
    client, asked = connect(), Asked(since=since, until=until)

    changed = client.get_purchase_orders(changed_after=since, changed_before=until)
    updated = client.get_purchase_orders_status(updated_after=since, updated_before=until)

    assert check_purchase_orders(changed.payload, asked, now) != []
    assert check_purchase_orders_status(updated.payload, asked, now) != []


def test_an_order_is_acknowledged_and_its_transaction_read(world: World, connect: Connect):
    (number,) = world.make_orders(1)
    client = connect()
    order = client.get_purchase_order(number).payload
    body = json.dumps({"acknowledgements": [acknowledgement(order)]}, default=str).encode()

    sent = client.submit_acknowledgement(body)
    status = client.get_transaction(sent.payload["transactionId"])

    assert sent.status == 202
    assert status.payload["transactionStatus"]["status"] == "Processing"
    assert client.get_purchase_order(number).payload["purchaseOrderState"] == "Acknowledged"


@pytest.mark.parametrize(
    ("fault", "family"),
    [
        ("throttled", Throttled),
        ("error_500", Unavailable),
        ("error_503_html", Unavailable),
        ("forbidden", PermissionDenied),
        ("bad_request", Rejected),
        ("not_json", BadAnswer),
        ("truncated_json", BadAnswer),
        ("reset_before", NetworkError),
        ("reset_after", NetworkError),
        ("cut_body", BadAnswer),
    ],
)
def test_every_fault_is_typed_and_over_at_the_next_call(
    world: World, connect: Connect, fault: str, family: type[SpApiError], store: redis.Redis, prefix: str
):
    client = connect()
    client.get_purchase_orders(limit=1)
    world.add_fault(fault, operation="getPurchaseOrders")

    with pytest.raises(family) as caught:
        client.get_purchase_orders(limit=1)

    assert type(caught.value) is family
    for key in store.scan_iter(f"{prefix}*getPurchaseOrders"):
        store.delete(key)  # the stop after a 429 is over
    assert client.get_purchase_orders(limit=1).status == 200


def test_a_token_that_dies_mid_way_is_renewed(world: World, connect: Connect, records: list[ExchangeRecord]):
    client = connect()
    client.get_purchase_orders(limit=1)
    world.post("expire-tokens")

    assert client.get_purchase_orders(limit=1).status == 200
    assert [record.status for record in records] == [200, 200, 403, 200, 200]


def test_revoked_and_granted_again(world: World, connect: Connect):
    client = connect()
    client.get_purchase_orders(limit=1)
    world.post("revoke")

    with pytest.raises(AuthRevoked) as caught:
        client.get_purchase_orders(limit=1)

    assert caught.value.code == "invalid_grant"
    world.post("authorize")
    assert client.get_purchase_orders(limit=1).status == 200


def test_wrong_secret_and_missing_role(world: World, connect: Connect):
    with pytest.raises(AuthFailed) as wrong:
        connect(client_secret="wrong-secret").get_purchase_orders(limit=1)
    world.post("settings", denied_operations=["getPurchaseOrders"])
    with pytest.raises(PermissionDenied) as denied:
        connect().get_purchase_orders(limit=1)

    assert (wrong.value.code, denied.value.code) == ("invalid_client", "Unauthorized")


def test_a_dead_page_token_and_an_unknown_transaction(world: World, connect: Connect):
    client = connect()
    now = datetime.now(UTC)
    window = {"created_after": now - timedelta(days=7), "created_before": now}

    with pytest.raises(Rejected):
        client.get_purchase_orders(**window, next_token="bm90aGluZw==")
    with pytest.raises(NotFound):
        client.get_transaction("20190904190535-eef8cad8-418e-4ed3-ac72-789e2ee6214a")


def test_a_smaller_plan_is_learnt_from_the_header(world: World, connect: Connect, throttle: Throttle):
    world.post("throttle", operation="getPurchaseOrders", rate=3, burst=10)
    client = connect()

    client.get_purchase_orders(limit=1)

    key = BucketKey.of(make_credentials(client_id=world.client_id), "getPurchaseOrders")
    assert throttle.usage(key).rate == 3


def test_four_processes_earn_no_429(world: World, prefix: str):
    who = {"client_id": world.client_id, "client_secret": world.client_secret, "refresh_token": world.refresh_token}

    results = together(4, call_steadily, world.simulator.url, prefix, 3.0, **who)

    assert sum(refused for _, refused in results) == 0
    assert sum(answered for answered, _ in results) > 6
    assert world.request_counts()["token"] == {"200": 1}
