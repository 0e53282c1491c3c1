"""Lists: `{"next", "previous", "results"}`, paged by position (`acorn.core.keyset`)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from acorn.core.errors import Invalid
from acorn.core.keyset import Order, Page, Sorts, fetch_page

MAX_PAGE_SIZE = 500
DEFAULT_PAGE_SIZE = 50


class KeysetPagination(BasePagination):
    """`page_size` (1 to 500), `ordering` (what the view's `sorts` allow) and `cursor`; anything else is a 400.

    The view has `sorts: Sorts`. `next` and `previous` are whole addresses, or null.
    """

    page: Page
    request: Request

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.page = fetch_page(
            queryset,
            _order(view.sorts, request),
            request.query_params.get("cursor", ""),
            size=_page_size(request),
            strict=True,
        )
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"next": self._link(self.page.next), "previous": self._link(self.page.previous), "results": data}
        )

    def _link(self, cursor: str) -> str | None:
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor) if cursor else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        choices = [name for field in view.sorts for name in (field, f"-{field}")]
        return [
            _parameter("page_size", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
                       "How many results a page has."),
            _parameter("ordering", {"type": "string", "enum": choices, "default": view.sorts.default.text},
                       "What to sort by; `-` means falling."),
            _parameter("cursor", {"type": "string"}, "Where the page begins: take it from `next` or `previous`."),
        ]  # fmt: skip


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(DEFAULT_PAGE_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MAX_PAGE_SIZE):
        raise Invalid(fields={"page_size": [_("Give a whole number from 1 to 500.")]})
    return int(text)


def _order(sorts: Sorts, request: Request) -> Order:
    text = request.query_params.get("ordering")
    if text is None:
        return sorts.default
    found = sorts.find(text)
    if found is None:
        raise Invalid(fields={"ordering": [str(_("Sort by one of: {names}.")).format(names=", ".join(sorts))]})
    return found
