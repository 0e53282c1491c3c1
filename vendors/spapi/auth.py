"""Access tokens from Login with Amazon: fetched once for all workers, renewed before they expire, never stored plain."""

import hmac
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import redis
from redis.exceptions import LockError

from vendors.spapi.answers import read_object, retry_after
from vendors.spapi.credentials import Credentials
from vendors.spapi.endpoints import Endpoints
from vendors.spapi.errors import AuthFailed, AuthRevoked, BadAnswer, SpApiError, Throttled, Unavailable
from vendors.spapi.exchange import Line, perform
from vendors.spapi.redaction import Redactor
from vendors.spapi.throttle import reachable
from vendors.spapi.transport import HttpRequest, HttpResponse

OPERATION = "getAccessToken"

# Seconds. A token is renewed by whoever comes first once RENEW is left (the others go on using it),
# and not used any more once UNUSABLE is left; less of both for tokens that live shorter.
RENEW = 300.0
UNUSABLE = 60.0
LOCK_LASTS = 40.0
WAIT_FOR_OTHERS = 15.0
# A refusal is shared with the workers that were queueing for the same token, so that they do not all earn it again.
REFUSAL_LASTS = 60.0

_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


class Sealer(Protocol):
    """Encrypts or decrypts a text bound to a context. Opening what cannot be opened raises ValueError or a subclass."""

    def __call__(self, text: str, /, *, context: str) -> str: ...


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token. Printing it does not show it."""

    value: str = field(repr=False)
    renew: bool = False


class TokenProvider:
    """Gives out access tokens, shared through the store by (environment, application, credentials).

    `seal` and `unseal` keep the cached value unreadable; `fingerprint_key` keys the HMAC under which it is found, so that the
    store tells nothing about the credentials. Changed credentials find no cached token.
    """

    def __init__(
        self,
        store: redis.Redis,
        *,
        endpoints: Endpoints,
        seal: Sealer,
        unseal: Sealer,
        fingerprint_key: bytes,
        prefix: str = "spapi:token:",
    ) -> None:
        self._store = store
        self._endpoints = endpoints
        self._seal = seal
        self._unseal = unseal
        self._fingerprint_key = fingerprint_key
        self._prefix = prefix

    def access_token(
        self, credentials: Credentials, line: Line, *, scope: str = "", rejected: AccessToken | None = None
    ) -> AccessToken:
        """A token that Amazon should accept now. `rejected`: one it just did not, never returned again.

        Without `scope` by the refresh token, with it by the client's own credentials (grantless calls). Safe to repeat.
        Raises AuthRevoked, AuthFailed, Throttled, Unavailable, NetworkError, BadAnswer, WrongEnvironment. While another
        worker fetches the first token, waits for it for at most WAIT_FOR_OTHERS seconds.
        """
        key = self._key(credentials, scope)
        known = self._cached(key, rejected)
        if known and not known.renew:
            return known
        asked_at = self._store_time()
        with self._alone(key, wait=known is None) as is_alone:
            if is_alone:
                fresh = self._cached(key, rejected)  # another worker may have been quicker
                if fresh and not fresh.renew:
                    return fresh
                self._raise_shared_refusal(key, asked_at)
                return self._fetch(key, credentials, line, scope)
        if known:
            return known
        raise Unavailable("Another worker is still fetching the access token.", code="token_busy", retry_after=1.0)

    def forget(self, credentials: Credentials, *, scope: str = "") -> None:
        """Drop the cached token: the next call asks Amazon. For connection tests. Safe to repeat."""
        with reachable():
            self._store.delete(self._key(credentials, scope))

    def _key(self, credentials: Credentials, scope: str) -> str:
        parts = (*credentials.secrets, self._endpoints.token_url(credentials.environment), scope)
        mark = hmac.new(self._fingerprint_key, "\0".join(parts).encode(), "sha256").hexdigest()
        return f"{self._prefix}{credentials.environment}:{mark[:40]}"

    def _cached(self, key: str, rejected: AccessToken | None) -> AccessToken | None:
        with reachable():
            batch = self._store.pipeline(transaction=False)
            batch.get(key)
            batch.pttl(key)
            sealed, left_ms = batch.execute()
        if sealed is None:
            return None
        try:
            kept = json.loads(self._unseal(_as_text(sealed), context=key))
        except ValueError:
            return None  # sealed with a key that is gone, or tampered with: fetch another
        token = AccessToken(kept["token"], renew=left_ms < kept["renew_below_ms"])
        return None if rejected and rejected.value == token.value else token

    @contextmanager
    def _alone(self, key: str, *, wait: bool) -> Iterator[bool]:
        lock = self._store.lock(f"{key}:lock", timeout=LOCK_LASTS, sleep=0.05)
        with reachable():
            is_alone = lock.acquire(blocking=wait, blocking_timeout=WAIT_FOR_OTHERS if wait else None)
        try:
            yield is_alone
        finally:
            # a lock that ran out or a store that went away must not cost the token that was fetched
            if is_alone:
                with suppress(LockError, redis.RedisError):
                    lock.release()

    def _fetch(self, key: str, credentials: Credentials, line: Line, scope: str) -> AccessToken:
        started = time.monotonic()
        request = token_request(credentials, self._endpoints.token_url(credentials.environment), scope, line.agent)
        redactor = Redactor(credentials.secrets)

        def read(response: HttpResponse) -> tuple[str, float]:
            return read_token(response, line=line, redactor=redactor)

        try:
            (value, lifetime), _, _ = perform(
                line, credentials, request, operation=OPERATION, redactor=redactor, read=read
            )
        except (AuthRevoked, AuthFailed) as refusal:
            self._share_refusal(key, refusal)
            raise
        self._keep(key, value, lifetime, time.monotonic() - started)
        return AccessToken(value)

    def _keep(self, key: str, value: str, lifetime: float, elapsed: float) -> None:
        unusable = min(UNUSABLE, lifetime / 4)
        renew = min(RENEW, lifetime / 2)
        usable_ms = round((lifetime - unusable - elapsed) * 1000)
        if usable_ms > 0:
            kept = json.dumps({"token": value, "renew_below_ms": round((renew - unusable) * 1000)})
            with suppress(redis.RedisError):
                self._store.set(key, self._seal(kept, context=key), px=usable_ms)

    def _share_refusal(self, key: str, refusal: SpApiError) -> None:
        told = {"kind": refusal.kind, "code": refusal.code, "message": refusal.message}
        with suppress(redis.RedisError, Unavailable):
            told["at"] = str(self._store_time())
            self._store.set(f"{key}:refused", json.dumps(told), px=round(REFUSAL_LASTS * 1000))

    def _raise_shared_refusal(self, key: str, asked_at: int) -> None:
        """Raise what a colleague earned since `asked_at`. An older refusal says nothing about now."""
        with reachable():
            told = self._store.get(f"{key}:refused")
        refusal: dict[str, str] = json.loads(_as_text(told)) if told is not None else {}
        if int(refusal.get("at", -1)) >= asked_at:
            family = AuthRevoked if refusal["kind"] == AuthRevoked.kind else AuthFailed
            raise family(refusal["message"], code=refusal["code"])

    def _store_time(self) -> int:
        """Microseconds on the store's clock, which all workers share."""
        with reachable():
            seconds, microseconds = self._store.time()
        return int(seconds) * 1_000_000 + int(microseconds)


def token_request(credentials: Credentials, url: str, scope: str, agent: str) -> HttpRequest:
    """The request for one token: the client_credentials grant if there is a scope, else the refresh_token grant."""
    grant = (
        {"grant_type": "client_credentials", "scope": scope}
        if scope
        else {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
    )
    form = {**grant, "client_id": credentials.client_id, "client_secret": credentials.client_secret}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
        "Accept": "application/json",
        "User-Agent": agent,
    }
    return HttpRequest("POST", url, headers, urlencode(form).encode())


def read_token(response: HttpResponse, *, line: Line, redactor: Redactor) -> tuple[str, float]:
    """Token and lifetime in seconds. Raises the SpApiError that any other answer means."""
    if response.status != 200:
        raise _refusal(response, line, redactor)
    document = read_object(response)
    value, lifetime = document.get("access_token"), document.get("expires_in")
    try:
        seconds = float(lifetime) if isinstance(lifetime, int | str) and not isinstance(lifetime, bool) else 0.0
    except ValueError:
        seconds = 0.0
    if not isinstance(value, str) or not _TOKEN.fullmatch(value) or not 0 < seconds < 10**8:
        raise BadAnswer("Login with Amazon gave no usable token.", code="wrong_shape", status=response.status)
    return value, seconds


_REFUSALS: dict[str, tuple[type[SpApiError], str]] = {
    "invalid_grant": (AuthRevoked, "The refresh token is revoked, expired, or belongs to another application."),
    "invalid_client": (AuthFailed, "The client id or the client secret is wrong."),
    "unauthorized_client": (AuthFailed, "The application may not use this way of signing in."),
    "unsupported_grant_type": (AuthFailed, "The application may not use this way of signing in."),
    "invalid_scope": (AuthFailed, "The application does not have the scope that was asked for."),
    "access_denied": (AuthFailed, "Access was denied to the application."),
    "invalid_request": (AuthFailed, "Login with Amazon could not read the credentials."),
    "server_error": (Unavailable, "Login with Amazon has a problem."),
    "temporarily_unavailable": (Unavailable, "Login with Amazon is temporarily unavailable."),
}


def _refusal(response: HttpResponse, line: Line, redactor: Redactor) -> SpApiError:
    wait = retry_after(response, line.clock())
    facts: dict[str, Any] = {"status": response.status, "request_id": response.request_id}
    if response.status == 429:
        return Throttled("Login with Amazon asks to slow down.", retry_after=wait or 1.0, code="lwa_throttled", **facts)
    if response.status >= 500:
        return Unavailable("Login with Amazon is not available.", retry_after=wait, **facts)
    try:
        told = read_object(response).get("error")
    except BadAnswer:
        told = None
    if not isinstance(told, str) or response.status < 400:
        return BadAnswer("Login with Amazon gave no usable answer.", code="not_json", **facts)
    family, message = _REFUSALS.get(told, (AuthFailed, "Login with Amazon refused the credentials."))
    return family(message, code=redactor.text(told), **facts)


def _as_text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
