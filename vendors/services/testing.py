"""Does a connection work? Asked on purpose, answered in words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from acorn.core.actor import Actor
from acorn.core.errors import NotFound
from vendors import gateway
from vendors.errors import AmazonError, ConnectionArchived, Throttled
from vendors.models import Connection
from vendors.services.health import record_health
from vendors.types import Health


@dataclass(frozen=True, slots=True)
class TestResult:
    """`code` and `params` are a registered message: what happened, and what to do about it. `exchange_id` may be empty."""

    __test__ = False  # not a test, whatever pytest thinks of the name

    is_ok: bool
    code: str
    params: dict[str, Any] = field(default_factory=dict)
    exchange_id: str = ""


def test_connection(*, public_id: str, actor: Actor, now: datetime) -> TestResult:
    """Get a new access token and read at most one order; the outcome becomes the connection's health.

    Talks to Amazon, so it may take some seconds and must not be called inside a transaction. Changes nothing there.
    Raises NotFound, ConnectionArchived.
    """
    connection = Connection.objects.select_related("group").filter(public_id=public_id).first()
    if connection is None:
        raise NotFound
    if connection.archived_at is not None:
        raise ConnectionArchived
    try:
        exchange_id = gateway.probe(connection, now=now)
    except Throttled as error:
        # a used-up quota says nothing about the credentials
        return TestResult(False, error.code, error.params, error.exchange_id)
    except AmazonError as error:
        record_health(
            connection_id=connection.pk, health=Health.FAILING, code=error.code, params=error.params, now=now,
            actor=actor,
        )  # fmt: skip
        return TestResult(False, error.code, error.params, error.exchange_id)
    record_health(connection_id=connection.pk, health=Health.OK, now=now, actor=actor)
    return TestResult(True, "vendors.test_passed", {"connection": connection.name}, exchange_id)


test_connection.__test__ = False  # type: ignore[attr-defined]
