"""How a log line looks, and what never stands in one.

A line carries its request id or job, time in UTC, and plain tracebacks: without local variables, which may hold secrets.
"""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Links that let somebody in: whoever reads a log must not be able to use them.
_SECRET_LINK = re.compile(r"(/invitations/|/password/reset/key/|/confirm-email/)[^/?#\s\"']+")


def mask_links(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: invitation and password links lose their secret part."""
    for key, value in event.items():
        if isinstance(value, str) and "/" in value:
            event[key] = _SECRET_LINK.sub(r"\1•••", value)
    return event


# for lines of ours and of libraries alike
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    mask_links,
]


def configure(level: str, style: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING. `style` is `line` for people or `json` for machines."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if style == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "acorn": {
                "()": "structlog.stdlib.ProcessorFormatter",
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "acorn"}},
        "root": {"handlers": ["console"], "level": level},
        # it would name every letter of every document
        "loggers": {"fontTools": {"level": "WARNING"}},
    }
