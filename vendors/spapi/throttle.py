"""Amazon's quota, shared by all workers: one token bucket per (environment, application, vendor group, operation).

How it fills the quota and earns no 429. Amazon's bucket fills at `rate` and holds `burst`; ours holds SPARE tokens fewer and
fills at PACE of the rate. A request that left is missing from our bucket at once, from Amazon's only when it arrives. Meanwhile
Amazon's bucket may have been full, so that its refill was lost: at worst one token for each request under way. As long as at
most SPARE requests of one bucket are under way at once, whatever the network or a stalled machine does to them, Amazon's bucket
holds a token whenever ours does. PACE covers clocks that run apart. In the long run 99 % of the rate are used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import redis

from vendors.spapi.credentials import Credentials
from vendors.spapi.endpoints import Environment
from vendors.spapi.errors import Unavailable
from vendors.spapi.rates import Plan, published_plan

PACE = 0.99
SPARE = 4

_SCRIPT = (Path(__file__).parent / "bucket.lua").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class BucketKey:
    """Whose quota. `application` is `Credentials.application`, which does not show the client id."""

    environment: Environment
    application: str
    vendor_group: str
    operation: str

    @classmethod
    def of(cls, credentials: Credentials, operation: str) -> "BucketKey":
        return cls(credentials.environment, credentials.application, credentials.vendor_group, operation)


@dataclass(frozen=True, slots=True)
class Permit:
    """May a request leave now? `wait_ms` is 0 (yes, one token is spent) or when to ask again. `rate` is Amazon's, per second."""

    wait_ms: int
    rate: float


@dataclass(frozen=True, slots=True)
class Usage:
    """How one bucket stands. `used_last_minute` counts requests sent in the last 55 to 60 seconds; `strikes` 429s in a row."""

    tokens: float
    burst: int
    rate: float
    used_last_minute: int
    blocked_ms: int
    strikes: int


class Throttle:
    """The shared buckets. Every method is one round trip; raises Unavailable(code="store") if the store is out of reach."""

    def __init__(self, store: redis.Redis, *, prefix: str = "spapi:quota:") -> None:
        self._prefix = prefix
        self._script = store.register_script(_SCRIPT)

    def acquire(self, key: BucketKey) -> Permit:
        """Take one token if there is one. Never waits."""
        wait_ms, rate = self._run(key, "take")
        return Permit(int(wait_ms), float(rate))

    def adjust(self, key: BucketKey, rate: float) -> None:
        """Take over the rate Amazon named in an answer, for all workers, as long as the bucket is in use."""
        self._run(key, "adjust", repr(rate))

    def penalise(self, key: BucketKey, retry_after: float | None) -> float:
        """After a 429: stop for at least `retry_after` seconds (doubling with each 429 in a row), then go at half speed
        for a minute. Returns the seconds to wait. 429s of calls that were under way together count once."""
        (blocked_ms,) = self._run(key, "penalise", repr(float(retry_after or 0)))
        return int(blocked_ms) / 1000

    def usage(self, key: BucketKey) -> Usage:
        """Read without spending. A bucket never used is full."""
        tokens, rate, blocked_ms, used, strikes = self._run(key, "usage")
        burst = allowed_burst(published_plan(key.environment, key.operation))
        return Usage(float(tokens), burst, float(rate), int(used), int(blocked_ms), int(strikes))

    def _run(self, key: BucketKey, command: str, *values: str) -> list[Any]:
        plan = published_plan(key.environment, key.operation)
        args: list[bytes | bytearray | memoryview[int] | str | int | float] = [
            command,
            repr(float(plan.rate)),
            allowed_burst(plan),
            PACE,
            *values,
        ]
        with reachable():
            answer: list[Any] = self._script(keys=[self._name(key)], args=args)
        return answer

    def _name(self, key: BucketKey) -> str:
        # hashed, because what a user typed as vendor group may hold anything
        parts = "\n".join((key.environment, key.application, key.vendor_group))
        return f"{self._prefix}{sha256(parts.encode()).hexdigest()[:24]}:{key.operation}"


def allowed_burst(plan: Plan) -> int:
    """How many requests we let go at once, of the `burst` that Amazon would take."""
    return max(1, plan.burst - SPARE)


@contextmanager
def reachable() -> Iterator[None]:
    """Turn trouble with the shared store into Unavailable: nothing has been sent, and the same call can be made later."""
    try:
        yield
    except redis.RedisError:
        raise Unavailable("The shared store of quotas and tokens is out of reach.", code="store") from None
