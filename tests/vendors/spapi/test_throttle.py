import threading
import time

import pytest
import redis

from tests.vendors.spapi.conftest import make_credentials
from tests.vendors.spapi.server import reply, scripted_server
from tests.vendors.spapi.workers import call_steadily, poll_bucket, together
from vendors.spapi.endpoints import Environment
from vendors.spapi.errors import Unavailable
from vendors.spapi.rates import Plan
from vendors.spapi.throttle import PACE, BucketKey, Throttle, Usage, allowed_burst

KEY = BucketKey.of(make_credentials(), "getPurchaseOrders")
SECOND = 1_000_000


def bucket_name(store: redis.Redis, prefix: str) -> str:
    (name,) = store.scan_iter(f"{prefix}*")
    return name.decode()


def let_pass(store: redis.Redis, prefix: str, seconds: float) -> None:
    """Time passes: everything the bucket remembers was so much longer ago."""
    name = bucket_name(store, prefix)
    kept = {field.decode(): float(value) for field, value in store.hgetall(name).items()}
    moved = {field: kept[field] - seconds * SECOND for field in ("at", "slow_until", "blocked_until") if field in kept}
    for index in range(12):
        if f"s{index}" in kept:
            slot = int(kept[f"s{index}"]) - int(seconds // 5)
            store.hdel(name, f"s{index}", f"n{index}")
            moved |= {f"s{slot % 12}": slot, f"n{slot % 12}": kept[f"n{index}"]}
    store.hset(name, mapping={field: f"{value:.0f}" for field, value in moved.items()})


def drain(throttle: Throttle, key: BucketKey = KEY) -> int:
    taken = 0
    while throttle.acquire(key).wait_ms == 0:
        taken += 1
    return taken


def test_it_lets_go_less_at_once_than_amazon_would_take():
    assert [allowed_burst(Plan(10, burst)) for burst in (10, 20, 15, 2, 1)] == [6, 16, 11, 1, 1]


@pytest.fixture
def slow(throttle: Throttle) -> Throttle:
    """One request in ten seconds, so that nothing trickles in while a busy machine runs the test."""
    throttle.adjust(KEY, 0.1)
    return throttle


def test_a_full_bucket_gives_its_burst_and_then_says_when(slow: Throttle):
    assert drain(slow) == 6

    wait = slow.acquire(KEY)

    assert 0 < wait.wait_ms <= 10_000 / PACE + 1
    assert wait.rate == 0.1


def test_waiting_exactly_as_told_is_enough(slow: Throttle, store: redis.Redis, prefix: str):
    drain(slow)

    let_pass(store, prefix, slow.acquire(KEY).wait_ms / 1000)

    assert [slow.acquire(KEY).wait_ms == 0, slow.acquire(KEY).wait_ms == 0] == [True, False]


def test_a_long_pause_fills_it_no_further_than_full(throttle: Throttle, store: redis.Redis, prefix: str):
    drain(throttle)
    let_pass(store, prefix, 3600)

    assert throttle.usage(KEY).tokens == 6


def test_processes_share_one_bucket_to_the_last_fraction(throttle: Throttle, store: redis.Redis, prefix: str):
    start: dict[bytes, bytes] = {}

    def begin() -> None:
        drain(throttle)
        start.update(store.hgetall(bucket_name(store, prefix)))

    grants = sum(together(4, poll_bucket, prefix, KEY, 1500, before=begin))

    end = store.hgetall(bucket_name(store, prefix))
    passed = (float(end[b"at"]) - float(start[b"at"])) / SECOND
    assert grants > 0
    assert grants + float(end[b"tokens"]) - float(start[b"tokens"]) == pytest.approx(passed * 10 * PACE, abs=1e-6)


@pytest.mark.parametrize(
    "other",
    [
        make_credentials(vendor_group="VG2"),
        make_credentials(client_id="another-application"),
        make_credentials(environment=Environment.SANDBOX),
    ],
)
def test_every_sender_has_its_own_bucket(throttle: Throttle, other):
    drain(throttle)

    assert throttle.acquire(BucketKey.of(other, "getPurchaseOrders")).wait_ms == 0
    assert throttle.acquire(BucketKey.of(make_credentials(), "getTransaction")).wait_ms == 0


def test_a_vendor_group_cannot_forge_another_key(throttle: Throttle, store: redis.Redis, prefix: str):
    throttle.acquire(KEY)

    name = bucket_name(store, prefix)

    assert name.endswith(":getPurchaseOrders")
    assert "VG1" not in name
    assert make_credentials().client_id not in name


def test_amazons_own_word_on_the_rate_holds_for_all(throttle: Throttle, store: redis.Redis, prefix: str):
    drain(throttle)
    throttle.adjust(KEY, 0.5)

    colleague = Throttle(store, prefix=prefix)

    assert 1000 < colleague.acquire(KEY).wait_ms <= 2041
    assert colleague.acquire(KEY).rate == 0.5
    assert colleague.usage(KEY).rate == 0.5


def test_the_learnt_rate_lives_as_long_as_the_bucket_is_used(throttle: Throttle, store: redis.Redis, prefix: str):
    throttle.acquire(KEY)
    throttle.adjust(KEY, 0.0001)
    name = bucket_name(store, prefix)

    assert 86_000_000 < store.pttl(name) <= 140_000_000
    store.pexpire(name, 5)
    throttle.acquire(KEY)
    assert store.pttl(name) > 86_000_000

    store.delete(name)
    assert throttle.usage(KEY).rate == 10


def test_a_429_stops_everyone_for_a_while_then_slows_down(slow: Throttle, store: redis.Redis, prefix: str):
    assert slow.penalise(KEY, None) == 10.0  # long enough for one token of Amazon's
    assert 0 < slow.acquire(KEY).wait_ms <= 10_000

    let_pass(store, prefix, 10.001)
    assert drain(slow) == 0  # ten seconds at half speed are half a token
    assert 0 < slow.acquire(KEY).wait_ms <= 10_500
    let_pass(store, prefix, 10.5)
    assert drain(slow) == 1

    let_pass(store, prefix, 50)  # the slow minute ends: half speed, then full again
    assert slow.usage(KEY).strikes == 0
    drain(slow)
    let_pass(store, prefix, 10.3)
    assert drain(slow) == 1


def test_429s_in_a_row_double_the_stop(throttle: Throttle, store: redis.Redis, prefix: str):
    stops = []
    for _ in range(8):
        stops.append(throttle.penalise(KEY, None))
        let_pass(store, prefix, stops[-1] + 0.001)

    assert stops == [1, 2, 4, 8, 16, 32, 60, 60]
    assert throttle.usage(KEY).strikes == 8


def test_429s_of_calls_under_way_together_count_once(throttle: Throttle):
    first = throttle.penalise(KEY, None)
    again = [throttle.penalise(KEY, None) for _ in range(5)]

    assert first == 1.0
    assert all(0 < stop <= 1.0 for stop in again)
    assert throttle.usage(KEY).strikes == 1


def test_what_amazon_asks_for_is_waited_up_to_an_hour(throttle: Throttle):
    assert throttle.penalise(KEY, 30.0) == 30.0
    assert throttle.penalise(KEY, 10.0**9) == 3600.0
    assert throttle.usage(KEY).blocked_ms > 3_500_000


def test_a_clock_set_back_neither_stops_nor_fills(slow: Throttle, store: redis.Redis, prefix: str):
    drain(slow)
    let_pass(store, prefix, -86400)

    assert 0 < slow.acquire(KEY).wait_ms <= 10_102
    let_pass(store, prefix, 10.3)
    assert drain(slow) == 1


def test_usage_is_readable_and_spends_nothing(slow: Throttle, store: redis.Redis, prefix: str):
    assert slow.usage(KEY) == Usage(6.0, 6, 0.1, 0, 0, 0)
    for _ in range(3):
        slow.acquire(KEY)

    usage = slow.usage(KEY)
    assert usage.used_last_minute == 3
    assert 3 <= usage.tokens < 4

    let_pass(store, prefix, 30)
    slow.acquire(KEY)
    assert slow.usage(KEY).used_last_minute == 4
    let_pass(store, prefix, 30)
    assert slow.usage(KEY).used_last_minute == 1
    let_pass(store, prefix, 60)
    assert slow.usage(KEY).used_last_minute == 0


def test_a_bucket_never_used_is_full(throttle: Throttle):
    assert throttle.usage(KEY) == Usage(6.0, 6, 10.0, 0, 0, 0)


def test_slots_of_the_minute_are_used_again(throttle: Throttle, store: redis.Redis, prefix: str):
    for _ in range(3):
        throttle.acquire(KEY)
    let_pass(store, prefix, 60)  # the same slot, a minute later
    throttle.acquire(KEY)

    assert throttle.usage(KEY).used_last_minute == 1


def test_an_operation_without_a_rate_is_our_mistake(throttle: Throttle):
    with pytest.raises(KeyError):
        throttle.acquire(BucketKey.of(make_credentials(), "getEverything"))


def test_a_store_out_of_reach_is_unavailable():
    throttle = Throttle(redis.Redis(port=1, retry=None))

    with pytest.raises(Unavailable) as caught:
        throttle.acquire(KEY)

    assert (caught.value.code, caught.value.maybe_processed) == ("store", False)
    assert caught.value.__suppress_context__


class AmazonsBucket:
    """The other side: rate and burst of the plan, on its own clock."""

    def __init__(self, rate: float, burst: int) -> None:
        self.rate, self.burst = rate, burst
        self.tokens, self.at, self.lock = float(burst), time.monotonic(), threading.Lock()

    def __call__(self, connection) -> bool:
        with self.lock:
            now = time.monotonic()
            self.tokens, self.at = min(self.burst, self.tokens + (now - self.at) * self.rate), now
            granted = self.tokens >= 1
            self.tokens -= granted
        connection.sendall(reply(200, {"payload": {"orders": []}}) if granted else reply(429, {"errors": []}))
        return True


def test_four_processes_earn_no_429_from_a_bucket_of_the_same_size(prefix: str):
    token = reply(200, {"access_token": "Atza|x", "expires_in": 3600})

    with scripted_server(token, AmazonsBucket(10, 10)) as server:
        results = together(4, call_steadily, server.url, prefix, 2.0)

    assert sum(refused for _, refused in results) == 0
    assert sum(answered for answered, _ in results) > 6
