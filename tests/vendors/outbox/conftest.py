"""A kind of document of our own, which answers orders of a real simulator: this app knows no orders."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from acorn.core import clock
from acorn.core.actor import Subject
from acorn.jobs.registry import _TASKS
from acorn.jobs.run import JobRun
from tests.factories.vendors import ACTOR
from tests.simulator.documents import acknowledgement
from tests.support.jobs import temporary_task
from tests.support.simulator import World
from vendors import services
from vendors.models import Connection, Submission
from vendors.services import kinds
from vendors.spapi import rates
from vendors.types import SubmissionKind, UnknownPolicy

KIND = SubmissionKind(
    "test.answer", "Test answer", "submitAcknowledgement", "test.order", UnknownPolicy.RESEND_SAME,
    on_change="test.on_change", read_back="test.read_back", replace="test.replace",
)  # fmt: skip


@dataclass
class Owner:
    """The app whose documents these are: what it was told, and what it does when it is asked to read."""

    states: list[str] = field(default_factory=list)
    read_backs: int = 0
    replacements: int = 0
    read: Any = None


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Owner]:
    owner = Owner()

    def on_change(run: JobRun, *, submission_id: int, **_: object) -> None:
        owner.states.append(Submission.objects.get(pk=submission_id).state)

    def read_back(run: JobRun, *, submission_id: int, **_: object) -> None:
        owner.read_backs += 1
        if owner.read:
            owner.read(submission_id)

    def replace(run: JobRun, *, submission_id: int, **_: object) -> None:
        owner.replacements += 1

    monkeypatch.setattr(kinds, "_KINDS", {**kinds._KINDS, KIND.name: KIND})
    known = dict(_TASKS)
    with (
        temporary_task("test.on_change", on_change),
        temporary_task("test.read_back", read_back),
        temporary_task("test.replace", replace),
    ):
        yield owner
    assert known.keys() == _TASKS.keys()


@pytest.fixture
def quota(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """A quota that no test has to wait for."""
    for operation in ("submitAcknowledgement", "getTransaction"):
        monkeypatch.setitem(rates.PUBLISHED, operation, rates.Plan(1000, 1000))


@dataclass
class Desk:
    """Where answers are written."""

    connection: Connection
    world: World

    def order(self) -> str:
        return self.world.make_orders(1, lines=2)[0]

    def body(self, number: str, code: str = "Accepted") -> dict[str, Any]:
        order = self.world.order(number)["document"]
        lines = {
            item["itemSequenceNumber"]: [(code, item["orderedQuantity"]["amount"])]
            for item in order["orderDetails"]["items"]
        }
        return {"acknowledgements": [acknowledgement(order, lines)]}

    def submit(self, number: str = "", *, key: str = "", **more: Any) -> Submission:
        number = number or self.order()
        values: dict[str, Any] = {
            "connection_id": self.connection.pk,
            "subject": Subject("test.order", number, number),
            "body": self.body(number),
            "key": key or f"answer:{number}:{Submission.objects.count()}",
            "actor": ACTOR,
            "now": clock.now(),
        }
        return services.submit(KIND.name, **values | more)

    def posts(self) -> list[dict[str, Any]]:
        """What Amazon took, oldest first."""
        return list(reversed(self.world.get("transactions", limit=1000)["transactions"]))


@pytest.fixture
def desk(connection: Connection, world: World, owner: Owner, quota: None) -> Desk:
    return Desk(connection, world)
