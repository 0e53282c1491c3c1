"""A real simulator, and a resource of our own to pull from it: this app knows no orders."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from acorn.jobs import registry
from acorn.jobs.run import JobRun
from acorn.jobs.types import Queue
from acorn.tenancy.models import Tenant
from tests.factories.vendors import make_connection
from tests.support.simulator import RunningSimulator, World, running_simulator
from vendors import services
from vendors.models import Connection
from vendors.services import resources
from vendors.spapi import rates
from vendors.types import Axis, FetchedPage, PageCounts, Resource, RowFinding

TASK = "test.pull_orders"
RESOURCE = Resource("purchase-orders", TASK, "Purchase orders")


@pytest.fixture(scope="session")
def _simulator() -> Iterator[RunningSimulator]:
    with running_simulator() as running:
        yield running


@pytest.fixture
def simulator(_simulator: RunningSimulator, settings: Any) -> RunningSimulator:
    """The simulator as this installation's simulated Amazon, without its faults of earlier tests."""
    settings.SPAPI_SIMULATOR_ENDPOINT = _simulator.url
    settings.LWA_TOKEN_URL_SIMULATOR = _simulator.token_url
    return _simulator


@pytest.fixture
def world(simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world of the test's own with 40 orders in six months, and a quota that no test has to wait for."""
    for operation in ("getPurchaseOrders", "getPurchaseOrdersStatus"):
        monkeypatch.setitem(rates.PUBLISHED, operation, rates.Plan(1000, 1000))
    made = simulator.create_world(f"vendors-{secrets.token_hex(8)}")
    made.post("throttle", rate=1000, burst=1000)
    return made


@pytest.fixture
def connection(tenant: Tenant, world: World) -> Connection:
    return make_connection(world)


@dataclass
class Shelf:
    """What was pulled: payload by order number, how often each came, and each page's window."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    windows: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    before_page: Any = None
    page_size: int = 10
    finding: str = ""

    def findings(self) -> tuple[RowFinding, ...]:
        return (RowFinding(None, self.finding),) if self.finding else ()

    def open_order(self) -> str:
        return next(number for number, order in self.orders.items() if order["purchaseOrderState"] != "Closed")

    def ingest(self, page: services.PulledPage) -> PageCounts:
        if self.before_page:
            self.before_page(page)
        new = changed = 0
        for order in page.payload.get("orders") or []:
            number = order["purchaseOrderNumber"]
            new += number not in self.orders
            changed += number in self.orders and self.orders[number] != order
            self.orders[number] = order
            self.times[number] = self.times.get(number, 0) + 1
        self.windows.append((page.axis, page.starts_at, page.ends_at))
        return PageCounts(len(page.payload.get("orders") or []), new, changed, len(page.findings))


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """Registers `purchase-orders` as the only resource; the task puts what it pulls on the shelf."""
    store = Shelf()

    def created(client: Any, since: datetime, until: datetime, token: str | None) -> FetchedPage:
        answer = client.get_purchase_orders(
            created_after=since, created_before=until, limit=store.page_size, next_token=token
        )
        return FetchedPage(answer, answer.payload, answer.next_token, store.findings())

    def changed(client: Any, since: datetime, until: datetime, token: str | None) -> FetchedPage:
        answer = client.get_purchase_orders(
            changed_after=since, changed_before=until, limit=store.page_size, next_token=token
        )
        return FetchedPage(answer, answer.payload, answer.next_token)

    axes = [Axis("created", created, timedelta(hours=1)), Axis("changed", changed, timedelta(hours=1))]

    def task(run: JobRun, *, sync_step_id: int, **_: object) -> None:
        services.pull(run, sync_step_id=sync_step_id, axes=axes, ingest=store.ingest)

    known, known_tasks = dict(resources._RESOURCES), dict(registry._TASKS)
    resources._RESOURCES.clear()
    registry.tenant_task(TASK, queue=Queue.SYNC, give_up=services.give_up_step)(task)
    services.register_resource(RESOURCE)
    yield store
    resources._RESOURCES.clear()
    resources._RESOURCES.update(known)
    registry._TASKS.clear()
    registry._TASKS.update(known_tasks)
