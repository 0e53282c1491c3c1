"""Whether everything works: asked by load balancers, compose files and people, without signing in."""

import logging

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from acorn.jobs import heartbeats

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 2


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 once web, database, broker, worker and beat work; else 503 with the state of each part."""
    parts = {"web": "ok", "database": _database(), "broker": _broker()}
    for part in heartbeats.PARTS:
        parts[part] = _heartbeat(part) if parts["broker"] == "ok" else "unknown"
    is_healthy = set(parts.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if is_healthy else "unavailable", "parts": parts}, status=200 if is_healthy else 503
    )


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("healthz: the database does not answer: %s", error)
        return "unreachable"
    return "ok"


def _broker() -> str:
    try:
        with redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS
        ) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        logger.warning("healthz: the broker does not answer: %s", type(error).__name__)
        return "unreachable"
    return "ok"


def _heartbeat(part: str) -> str:
    try:
        return "ok" if heartbeats.is_alive(part) else "no sign of life"
    except (redis.RedisError, OSError):
        return "unknown"
