"""Why a file, or an import, can't go on."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Conflict, NotFound


class Unreadable(Exception):
    """The file as a whole can't be taken: a registered message code and its parameters say why."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class RunNotFound(NotFound):
    """No import of the company has this id."""


class WrongState(Conflict):
    """The import is not where this can be done."""

    code = "IMPORT_STATE"
    message = _("This import is no longer there, or not yet: look at it again.")
