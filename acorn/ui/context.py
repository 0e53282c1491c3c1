from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows."""
    return {"tenant": getattr(request, "tenant", None), "membership": getattr(request, "membership", None)}
