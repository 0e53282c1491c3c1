"""Every address. Apps are named as strings, since acorn imports none of them.

An app's `urls.py` may hold `app_name` and `urlpatterns` (its pages, each with its whole path: `orders/…`), and
`api_urlpatterns` (its endpoints below /api/v1/, in the shared namespace `api`: `api:purchase-order-detail`).
In both, `<public_id:name>` matches an opaque id.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.urls import include, path, register_converter

from acorn.core.paths import PublicIdConverter

register_converter(PublicIdConverter, "public_id")

_APPS = (
    "acorn.rest", "acorn.ui", "acorn.console", "acorn.imports", "vendors", "catalog", "orders", "shipments", "invoices", "storefronts",
    "reconciliation", "planning", "dashboard",
)  # fmt: skip


def _modules() -> list[ModuleType]:
    """The `urls` modules that exist: not every app has pages yet."""
    return [import_module(f"{app}.urls") for app in _APPS if find_spec(f"{app}.urls")]


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    *(path("", include(module)) for module in _modules() if hasattr(module, "urlpatterns")),
    path(
        "api/v1/",
        include(([pattern for module in _modules() for pattern in getattr(module, "api_urlpatterns", [])], "api")),
    ),
]

handler400 = "acorn.console.views.errors.bad_request"
handler403 = "acorn.console.views.errors.permission_denied"
handler404 = "acorn.console.views.errors.page_not_found"
handler500 = "acorn.console.views.errors.server_error"
