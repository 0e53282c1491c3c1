"""What a person sees when something goes wrong: a page for a page, a toast for a part of one.

The 500 page is one static file in both languages: whatever broke may be what a template would need.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.translation import gettext as _

from acorn.ui import htmx
from acorn.ui.tones import Tone


def bad_request(request: Any) -> HttpResponse:
    return _answer(request, 400, _("This request could not be read. Go back, reload the page and try again."))


def csrf_failure(request: Any, reason: str = "") -> HttpResponse:
    return _answer(
        request, 403, _("This page was open for too long, or cookies are blocked. Reload it, then send the form again.")
    )


def permission_denied(request: Any) -> HttpResponse:
    return _answer(
        request, 403, _("Your role does not include this. Ask an owner or admin of your company for the right.")
    )


def not_found(request: Any) -> HttpResponse:
    return _answer(request, 404, _("This does not exist, or belongs to a company that you are not working for now."))


def server_error(request: Any, reference: str) -> HttpResponse:
    """Shows the reference that stands in the log, so that whoever reads the log finds this person's problem."""
    if request.headers.get("HX-Request"):
        text = _("ACORN failed to do this. Try again; if it happens again, give support the reference {reference}.")
        return htmx.toast(HttpResponse(status=500), text.format(reference=reference), Tone.RED)
    page = get_template("500.html").template.source  # type: ignore[attr-defined]
    return HttpResponse(page.replace("REFERENCE", escape(reference)), status=500)


def _answer(request: Any, status: int, text: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return htmx.toast(HttpResponse(status=status), text, Tone.RED)
    return render(request, f"{status}.html", {"text": text}, status=status)
