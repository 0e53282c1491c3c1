"""Harmless questions: does a connection work, and how much of its quota is used?"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vendors.errors import CredentialsUnreadable, Unavailable
from vendors.gateway.calls import client_for, credentials_of, throttle, token_provider
from vendors.models import Connection
from vendors.rules import to_world
from vendors.spapi.errors import Unavailable as StoreUnavailable
from vendors.spapi.operations import GET_PURCHASE_ORDERS, GET_PURCHASE_ORDERS_STATUS
from vendors.spapi.throttle import BucketKey
from vendors.types import Environment

_HOUR = timedelta(hours=1)
_SHOWN = (GET_PURCHASE_ORDERS, GET_PURCHASE_ORDERS_STATUS)


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """How one operation's quota stands: requests per second allowed, and sent in the last minute."""

    operation: str
    rate: float
    used_last_minute: int
    percent: int


def probe(connection: Connection, *, now: datetime) -> str:
    """Get a new access token and read at most one order; returns the exchange's id. Changes nothing at Amazon.

    Raises AmazonError, whose code says what is wrong.
    """
    client = client_for(connection)
    forget_token(connection)
    if connection.environment == Environment.SANDBOX:
        # the static sandbox answers to exactly these values and to no others
        since, until = datetime(2019, 8, 20, 14, tzinfo=UTC), datetime(2019, 9, 21, tzinfo=UTC)
        answer = client.get_purchase_orders(
            created_after=since, created_before=until, include_details=True, limit=2, sort_order="DESC"
        )
    else:
        there = to_world(connection.clock, now)
        answer = client.get_purchase_orders(created_after=there - _HOUR, created_before=there, limit=1)
    return str(answer.exchange or "")


def forget_token(connection: Connection) -> None:
    """Drop the shared access token, so that the next call asks for a new one. Raises Unavailable."""
    try:
        token_provider().forget(credentials_of(connection))
    except StoreUnavailable as error:
        raise Unavailable(cause=error, amazon=error.message) from error


def list_usage(connection: Connection) -> list[QuotaUse]:
    """How much of each operation's quota is in use; empty while the shared store or the credentials cannot be read."""
    try:
        credentials = credentials_of(connection)
        buckets = throttle()
        used = [(operation.name, buckets.usage(BucketKey.of(credentials, operation.name))) for operation in _SHOWN]
    except (StoreUnavailable, CredentialsUnreadable):
        return []
    return [
        QuotaUse(name, usage.rate, usage.used_last_minute, round(100 * usage.used_last_minute / (60 * usage.rate)))
        for name, usage in used
    ]
