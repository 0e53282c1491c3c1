"""Signs of life of worker and beat, kept in the cache: nothing that cannot be made again."""

from django.conf import settings
from django.core.cache import cache

PARTS = ("worker", "beat")


def beat(part: str) -> None:
    """Say that a part is alive, for HEARTBEAT_STALE_SECONDS."""
    cache.set(f"heartbeat:{part}", 1, timeout=settings.HEARTBEAT_STALE_SECONDS)


def is_alive(part: str) -> bool:
    """Whether the part was heard of lately. Raises what the cache raises when the broker is down."""
    return cache.get(f"heartbeat:{part}") is not None
