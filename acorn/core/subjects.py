"""What kinds of things there are, what people call them, and where their page is.

Audit events, work items, search hits and alerts name their subject by kind and opaque id. An app registers its kinds
in `AppConfig.ready()`, so that a lower app can link to the page of a higher one without importing it.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

_KINDS: dict[str, "SubjectKind"] = {}


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """`url_name` takes the opaque id as its only argument; empty where a thing has no page of its own.

    Of some things there is only one, such as a queue: their id is empty, and their page takes no argument.
    """

    kind: str
    label: str | Promise
    url_name: str = ""


def register(*kinds: SubjectKind) -> None:
    """Make kinds known; a second, different registration is a programming error (ValueError)."""
    for kind in kinds:
        if _KINDS.setdefault(kind.kind, kind) != kind:
            raise ValueError(f"subject kind {kind.kind} is registered twice")


def label_of(kind: str) -> str:
    """What people call this kind, in the active language; the kind itself if nobody registered it."""
    known = _KINDS.get(kind)
    return str(known.label) if known else kind


def find_url(kind: str, subject_id: str) -> str:
    """The address of a thing's page, or an empty string if it has none."""
    known = _KINDS.get(kind)
    if known is None or not known.url_name:
        return ""
    try:
        return reverse(known.url_name, args=[subject_id] if subject_id else [])
    except NoReverseMatch:
        return ""
