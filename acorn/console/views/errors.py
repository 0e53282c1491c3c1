"""Errors that no view caught: pages for people, `{code, message, fields}` for programs."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from acorn.core import errors as domain
from acorn.core.ids import new_public_id
from acorn.rest import errors as rest
from acorn.ui import errors as ui

logger = logging.getLogger(__name__)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(rest.body("INVALID", _("The request is malformed.")), status=400)
    return ui.bad_request(request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(rest.body(domain.Forbidden.code, str(domain.Forbidden.message)), status=403)
    return ui.permission_denied(request)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return JsonResponse(rest.body(domain.NotFound.code, str(domain.NotFound.message)), status=404)
    return ui.not_found(request)


def server_error(request: HttpRequest) -> Any:
    reference = new_public_id("err")
    logger.error("request failed: %s %s, reference %s", request.method, request.path, reference)
    if _is_api(request):
        return JsonResponse(rest.unexpected_body(reference), status=500)
    return ui.server_error(request, reference)
