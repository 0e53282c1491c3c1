"""Pure decisions about people and companies."""

import re
from zoneinfo import ZoneInfo

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def is_slug(text: str) -> bool:
    """Whether a company may have this short name."""
    return _SLUG.fullmatch(text) is not None


def is_time_zone(name: str) -> bool:
    """Whether the time zone database knows the name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
