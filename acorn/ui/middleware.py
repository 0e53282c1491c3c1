from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from acorn.ui import htmx
from acorn.ui.tones import Tone

_TONES = {"success": Tone.GREEN, "warning": Tone.AMBER, "error": Tone.RED}


class HtmxMiddleware:
    """Keeps htmx answers honest: an expired session goes to sign-in, messages become toasts.

    Without this, htmx would follow the redirect and paste the sign-in form into the middle of a table.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if not request.htmx:
            return response
        login = resolve_url(settings.LOGIN_URL)
        if response.status_code == 302 and response.headers["Location"].partition("?")[0] == login:
            here = request.htmx.current_url_abs_path or "/"
            return HttpResponseClientRedirect(f"{login}?{urlencode({'next': here})}")
        if 200 <= response.status_code < 300 and "HX-Redirect" not in response.headers:
            for message in messages.get_messages(request):
                htmx.toast(response, str(message), _TONES.get(message.level_tag, Tone.BLUE))
        return response
