import pytest

from vendors.spapi.backoff import ATTEMPTS, retry_delay
from vendors.spapi.errors import AuthRevoked, BadAnswer, NetworkError, Throttled, Unavailable


def highest() -> float:
    return 0.999999


def lowest() -> float:
    return 0.0


def test_ceiling_doubles_up_to_five_minutes():
    delays = [retry_delay(Unavailable(), attempt, highest, attempts=20) for attempt in range(1, 11)]

    assert delays == pytest.approx([2, 4, 8, 16, 32, 64, 128, 256, 300, 300], rel=1e-5)


def test_jitter_goes_down_to_nothing():
    assert retry_delay(Unavailable(), 5, lowest) == 0.0


def test_what_amazon_asks_for_is_waited_in_full():
    assert retry_delay(Throttled(retry_after=30.0), 1, lowest) == 30.0
    assert retry_delay(Unavailable(retry_after=30.0), 1, highest) == pytest.approx(32.0, rel=1e-5)


def test_an_absurd_wish_is_capped():
    assert retry_delay(Unavailable(retry_after=10.0**9), 1, lowest) == 3600.0


def test_it_gives_up_after_the_last_attempt():
    assert retry_delay(Unavailable(), ATTEMPTS - 1, lowest) == 0.0
    assert retry_delay(Unavailable(), ATTEMPTS, lowest) is None


def test_it_never_retries_what_needs_a_person():
    assert retry_delay(AuthRevoked(), 1, lowest) is None


def test_our_own_empty_bucket_uses_up_no_attempts():
    error = Throttled(source="local", retry_after=1.0)

    assert retry_delay(error, 1000, lowest) == 1.0
    assert retry_delay(error, 1000, highest) == pytest.approx(1.1, rel=1e-5)


@pytest.mark.parametrize("error", [BadAnswer(), NetworkError(), Unavailable(maybe_processed=True)])
def test_a_post_that_may_have_arrived_is_not_repeated(error: Unavailable):
    assert retry_delay(error, 1, lowest, safe_to_repeat=False) is None


@pytest.mark.parametrize("error", [NetworkError(maybe_processed=False), Unavailable(), Throttled()])
def test_a_post_that_did_not_arrive_is_repeated(error: Unavailable):
    assert retry_delay(error, 1, highest, safe_to_repeat=False) is not None
