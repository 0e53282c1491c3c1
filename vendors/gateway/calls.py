"""A client per connection, and what its errors mean to the rest of ACORN."""

import hashlib
import random
from datetime import datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import redis
from django.conf import settings

from acorn.core import clock, vault
from acorn.tenancy.fields import sealed_fields
from vendors import errors
from vendors.gateway.places import endpoints
from vendors.gateway.recorder import recorder_for
from vendors.models import Connection
from vendors.rules import to_world
from vendors.spapi import backoff
from vendors.spapi import errors as client_errors
from vendors.spapi.answers import Answer
from vendors.spapi.auth import TokenProvider
from vendors.spapi.client import SpApiClient, user_agent
from vendors.spapi.credentials import Credentials
from vendors.spapi.endpoints import Environment
from vendors.spapi.marketplaces import Region
from vendors.spapi.throttle import Throttle
from vendors.spapi.transport import RequestsTransport

_ERRORS: dict[type[client_errors.SpApiError], type[errors.AmazonError]] = {
    client_errors.AuthRevoked: errors.AuthRevoked,
    client_errors.AuthFailed: errors.AuthFailed,
    client_errors.PermissionDenied: errors.PermissionDenied,
    client_errors.Throttled: errors.Throttled,
    client_errors.Rejected: errors.Rejected,
    client_errors.NotFound: errors.UnknownToAmazon,
    client_errors.Unavailable: errors.Unavailable,
    client_errors.NetworkError: errors.Unreachable,
    client_errors.BadAnswer: errors.BadAnswer,
    client_errors.WrongEnvironment: errors.WrongEnvironment,
}


class _Client(SpApiClient):
    """Raises `vendors.errors.AmazonError` where the plain client raises its own, and keeps its connection's time."""

    connection: Connection

    def now(self) -> datetime:
        return to_world(self.connection.clock, clock.now())

    def call(self, *args: Any, **kwargs: Any) -> Answer:
        try:
            return super().call(*args, **kwargs)
        except client_errors.SpApiError as error:
            raise translate(error) from error


def client_for(connection: Connection, *, keeps_answers: bool = True) -> SpApiClient:
    """Amazon as this connection sees it. Every operation raises AmazonError; each call is recorded, whatever becomes of it.

    Without `keeps_answers` the body of a good answer is left out of the exchange: the caller stores it as a raw document
    of that exchange. Raises CredentialsUnreadable when the key that sealed them is gone. Nothing is sent yet.
    """
    client = _Client(
        credentials_of(connection),
        endpoints=endpoints(),
        transport=_transport(endpoints().plain_http_hosts),
        throttle=throttle(),
        tokens=token_provider(),
        clock=clock.now,
        recorder=recorder_for(connection),
        agent=_agent(),
        keeps_answers=keeps_answers,
    )
    client.connection = connection
    return client


def retry_delay(error: errors.AmazonError, attempt: int) -> float:
    """Seconds until the next try of a read, `attempt` tries having been made: full jitter, and what Amazon asks for."""
    delay = backoff.retry_delay(error.cause, attempt, random.random)
    return backoff.LONGEST_DELAY if delay is None else delay


def translate(error: client_errors.SpApiError) -> errors.AmazonError:
    """The client's error in ACORN's words. Amazon's own are quoted under them, never instead of them."""
    family = next(ours for theirs, ours in _ERRORS.items() if isinstance(error, theirs))
    said = next((issue.message for issue in error.issues if issue.message), "") or error.message
    return family(
        cause=error,
        exchange_id=str(error.exchange or ""),
        retry_after=error.retry_after,
        is_local=getattr(error, "source", "") == "local",
        amazon=said[:500],
        status=error.status or "",
        request_id=error.request_id,
        exchange=str(error.exchange or ""),
    )


def credentials_of(connection: Connection) -> Credentials:
    """Open a connection's credentials. Raises CredentialsUnreadable."""
    try:
        secrets = {field.name: field.unseal(connection) for field in sealed_fields(Connection)}
    except vault.CannotUnseal as error:
        raise errors.CredentialsUnreadable from error
    return Credentials(Environment(connection.environment), Region(connection.region), connection.group.code, **secrets)


def throttle() -> Throttle:
    """The quota buckets that all workers share."""
    return Throttle(_store(settings.REDIS_URL), prefix=f"{_prefix()}quota:")


def token_provider() -> TokenProvider:
    """The access tokens that all workers share, sealed."""
    return TokenProvider(
        _store(settings.REDIS_URL),
        endpoints=endpoints(),
        seal=vault.seal,
        unseal=vault.unseal,
        fingerprint_key=hashlib.sha256(b"spapi tokens" + settings.SECRET_KEY.encode()).digest(),
        prefix=f"{_prefix()}token:",
    )


def _prefix() -> str:
    # tests that share one Valkey have a prefix each
    return f"{settings.CACHES['default']['KEY_PREFIX']}:spapi:"


@lru_cache(maxsize=4)
def _store(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=10, health_check_interval=30)


@lru_cache(maxsize=4)
def _transport(plain_http_hosts: frozenset[str]) -> RequestsTransport:
    return RequestsTransport(plain_http_hosts=plain_http_hosts)


@lru_cache(maxsize=1)
def _agent() -> str:
    try:
        return user_agent(version("acorn"))
    except PackageNotFoundError:  # run from a checkout
        return user_agent("0.1")
