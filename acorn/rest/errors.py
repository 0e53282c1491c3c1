"""Every refusal of the API looks the same: `{"code", "message", "fields"}`, in the language of Accept-Language."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from acorn.core import errors
from acorn.core.ids import new_public_id

logger = logging.getLogger(__name__)

# The first class that fits decides; a rule that says no is 422: the input was understood, and refused.
_STATUS_OF: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.Invalid, status.HTTP_400_BAD_REQUEST),
    (errors.NotFound, status.HTTP_404_NOT_FOUND),
    (errors.Forbidden, status.HTTP_403_FORBIDDEN),
    (errors.Conflict, status.HTTP_409_CONFLICT),
    (errors.DomainError, status.HTTP_422_UNPROCESSABLE_ENTITY),
)
_CODE_OF = {
    400: "INVALID", 401: "NOT_AUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE", 413: "TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE", 429: "THROTTLED",
}  # fmt: skip


def http_status_of(error: errors.DomainError) -> int:
    """The HTTP status of an expected refusal, by its class."""
    return next(code for kind, code in _STATUS_OF if isinstance(error, kind))


def body(code: str, message: str, fields: Mapping[str, list[Any]] | None = None) -> dict[str, Any]:
    """The one shape of an error."""
    return {
        "code": code,
        "message": message,
        "fields": {name: [str(text) for text in texts] for name, texts in (fields or {}).items()},
    }


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler. What nobody expected becomes a 500 with a reference, and its details go to the log only."""
    set_rollback()
    error = _as_api_error(error)
    if isinstance(error, errors.DomainError):
        told = body(error.code, str(error), error.fields) | error.extra()
        return Response(told, status=http_status_of(error))
    if isinstance(error, exceptions.ValidationError):
        return Response(_validation_body(error), status=error.status_code)
    if isinstance(error, exceptions.APIException):
        code = _CODE_OF.get(error.status_code, "REFUSED")
        return Response(body(code, str(error.detail)), status=error.status_code, headers=_headers_of(error))
    reference = new_public_id("err")
    logger.error("API request failed, reference %s", reference, exc_info=error)
    return Response(unexpected_body(reference), status=status.HTTP_500_INTERNAL_SERVER_ERROR)


def unexpected_body(reference: str) -> dict[str, Any]:
    """What a program is told about a bug of ours."""
    text = _(
        "Something unexpected went wrong inside ACORN. Repeat later; if it lasts, send us the reference {reference}."
    )
    return body("INTERNAL_ERROR", text.format(reference=reference))


def _as_api_error(error: Exception) -> Exception:
    """Django's own refusals, as ours or as DRF's."""
    if isinstance(error, Http404 | exceptions.NotFound):
        return errors.NotFound()
    if isinstance(error, PermissionDenied) or type(error) is exceptions.PermissionDenied:
        return errors.Forbidden()
    if isinstance(error, RequestDataTooBig):
        too_large = exceptions.APIException(_("The request is too large."))
        too_large.status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
        return too_large
    if isinstance(error, SuspiciousOperation):
        return errors.Invalid(message=_("The request is malformed."))
    return error


def _headers_of(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _validation_body(error: exceptions.ValidationError) -> dict[str, Any]:
    fields: dict[str, list[Any]] = {}
    _flatten(error.detail, "", fields)
    general = fields.pop("", [])
    message = " ".join(map(str, general)) if general and not fields else str(errors.Invalid.message)
    if general and fields:
        fields["non_field_errors"] = general
    return body("INVALID", message, fields)


def _flatten(detail: Any, path: str, into: dict[str, list[Any]]) -> None:
    """DRF nests errors as the input was nested; we name the place: `vendor_codes.0`."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            is_general = key == "non_field_errors"
            _flatten(inner, path if is_general else f"{path}.{key}".lstrip("."), into)
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            is_plain = not isinstance(inner, Mapping | list)
            _flatten(inner, path if is_plain else f"{path}.{number}".lstrip("."), into)
    else:
        into.setdefault(path, []).append(detail)
