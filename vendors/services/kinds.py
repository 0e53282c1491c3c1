"""What can leave through the outbox. Higher apps register it in `AppConfig.ready()`; this app knows no order and no invoice."""

from django.utils.functional import Promise

from vendors.types import SubmissionKind

_KINDS: dict[str, SubmissionKind] = {}
KIND_LABELS: dict[str, str | Promise] = {}
"""What each kind is called: the vocabulary `vendors.submission_kind` of stored messages."""


def register_kind(kind: SubmissionKind) -> None:
    """Make a kind of document known. A second, different one of the same name is a programming error (ValueError)."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"submission kind {kind.name} is registered twice")
    KIND_LABELS[kind.name] = kind.label


def list_kinds() -> list[SubmissionKind]:
    """Everything that can be submitted, in the order of registration."""
    return list(_KINDS.values())


def get_kind(name: str) -> SubmissionKind:
    """Raises KeyError: a document of a kind that nobody registered is a programming error."""
    return _KINDS[name]


def find_kind(name: str) -> SubmissionKind | None:
    """None for a kind whose app is gone: its documents stay, and nobody hears of them."""
    return _KINDS.get(name)
