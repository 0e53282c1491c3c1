"""When to try again. Pure; used by tasks, never inside a call."""

from collections.abc import Callable

from vendors.spapi.errors import SpApiError, Throttled

FIRST_DELAY = 2.0
LONGEST_DELAY = 300.0
LONGEST_RETRY_AFTER = 3600.0
ATTEMPTS = 8


def retry_delay(
    error: SpApiError,
    attempt: int,
    random: Callable[[], float],
    *,
    attempts: int = ATTEMPTS,
    safe_to_repeat: bool = True,
) -> float | None:
    """Seconds to wait before the next try, or None to give up.

    `attempt` counts tries already made, from 1. `random` gives numbers in [0, 1). Full jitter doubles from two seconds to five
    minutes; what Amazon asks for (at most an hour) is always waited in full. Our own empty bucket uses up no attempts.
    `safe_to_repeat=False` (a POST that must not happen twice): also None if Amazon may have acted on the request already.
    """
    if not error.retryable or (error.maybe_processed and not safe_to_repeat):
        return None
    asked = min(error.retry_after or 0.0, LONGEST_RETRY_AFTER)
    if isinstance(error, Throttled) and error.source == "local":
        # spread a little, so that waiting workers do not all ask in the same millisecond
        return asked + random() * asked / 10
    if attempt >= attempts:
        return None
    ceiling = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** (attempt - 1))
    return asked + random() * ceiling
