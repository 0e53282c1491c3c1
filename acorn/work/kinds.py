"""What kinds of work there are: what to call them, and the one thing to do about each.

An app registers its kinds in `AppConfig.ready()`, together with the message `work.<kind>` that says what is to be done.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_KINDS: dict[str, "WorkKind"] = {}


@dataclass(frozen=True, slots=True)
class WorkKind:
    """`label` names the group of such items; `action` is the word on the button that opens the subject.

    `url_name` is the page where the work is done for many subjects at once, where there is one: it takes `?order=<id>`.
    """

    kind: str
    label: str | Promise
    action: str | Promise = _("Open")  # noqa: RUF009 -- a lazy text, made when it is shown
    url_name: str = ""


def register(*kinds: WorkKind) -> None:
    """Make kinds known; a second, different registration is a programming error (ValueError)."""
    for kind in kinds:
        if _KINDS.setdefault(kind.kind, kind) != kind:
            raise ValueError(f"work kind {kind.kind} is registered twice")


def list_kinds() -> list[WorkKind]:
    return list(_KINDS.values())


def get_kind(kind: str) -> WorkKind:
    """The description of a kind; one that nobody registered is named by itself: the row outlives the code."""
    return _KINDS.get(kind) or WorkKind(kind, kind)
