"""One URL, two answers: the whole page, or the part of it that htmx asked for."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect as http_redirect
from django.shortcuts import render as render_page
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from acorn.ui.tones import Tone


def wants_part(request: Any) -> bool:
    """Whether htmx asked for a part of the page; going back in history it asks for the whole one."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def render(
    request: HttpRequest, template: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """`template`, or only its `{% partialdef part %}` for htmx. Answer 422 with the part when input was refused."""
    name = f"{template}#{part}" if wants_part(request) else template
    response = render_page(request, name, context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def redirect(request: Any, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Go to another page, for a form post with and without htmx."""
    response = http_redirect(to, *args, **kwargs)
    return HttpResponseClientRedirect(response.url) if request.htmx else response


def toast(response: HttpResponse, text: str, tone: Tone = Tone.GREEN) -> HttpResponse:
    """Let the page show a short message once this htmx answer has arrived."""
    triggers = json.loads(response.headers.get("HX-Trigger") or "{}")
    triggers.setdefault("toast", {"items": []})["items"].append({"text": str(text), "tone": tone.value})
    response.headers["HX-Trigger"] = json.dumps(triggers)  # ASCII: header bytes
    return response
