"""Errors that a service may raise on purpose. Anything else that escapes is a bug and becomes a 500 page."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """An expected refusal: what happened and what to do next, in the reader's language.

    `code` is stable and machine-readable; `message` is a translatable text with named fields filled from `params`;
    `fields` maps a field name to the sentences shown beside it. Nothing was changed when it is raised.
    """

    code = "REFUSED"
    message: str | Promise = _("This is not possible right now.")

    def __init__(
        self, *, fields: Mapping[str, list[str | Promise]] | None = None, message: str | Promise = "", **params: Any
    ) -> None:
        super().__init__(self.code)
        if message:
            self.message = message
        self.fields = dict(fields or {})
        self.params = params

    def __str__(self) -> str:
        return str(self.message).format(**self.params)

    def extra(self) -> dict[str, Any]:
        """What a program is told beside code, message and fields, as JSON in the reader's language."""
        return {}


class NotFound(DomainError):
    """The thing does not exist, or belongs to somebody else: the two are never told apart."""

    code = "NOT_FOUND"
    message = _("This does not exist here, or you may not see it.")


class Forbidden(DomainError):
    """The person is known but lacks the right."""

    code = "FORBIDDEN"
    message = _("You do not have the right to do this. Ask an owner or admin of your company.")


class Invalid(DomainError):
    """Malformed input; `fields` says where."""

    code = "INVALID"
    message = _("Some of the input is not right. See the fields.")


class Conflict(DomainError):
    """The state of things does not allow it (any more)."""

    code = "CONFLICT"
    message = _("Somebody or something changed this in the meantime. Look again, then repeat.")
