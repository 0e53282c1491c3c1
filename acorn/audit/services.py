from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.core.actor import Actor, Subject
from acorn.tenancy.bulk import insert_many


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to one of many things."""

    subject: Subject
    params: dict[str, Any]


def record_many(code: str, entries: Iterable[Entry], *, actor: Actor, reason: str = "") -> None:
    """`record` for many things of one kind of change, in a handful of statements."""
    now = clock.now()
    insert_many(
        [
            AuditEvent(
                at=now, actor_kind=actor.kind, actor_id=actor.id, actor_label=actor.label[:200], code=code,
                params=entry.params, subject_kind=entry.subject.kind, subject_id=entry.subject.id,
                subject_label=entry.subject.label[:200], reason=reason,
            )
            for entry in entries
        ]
    )  # fmt: skip


def record(
    code: str, *, actor: Actor, subject: Subject | None = None, params: dict[str, Any] | None = None, reason: str = ""
) -> AuditEvent:
    """Write one audit row for the active tenant, in the caller's transaction: it exists if and only if the change does.

    `code` is a registered message code; `params` are plain values, and never secrets.
    """
    return AuditEvent.objects.create(
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        code=code,
        params=params or {},
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else "",
        subject_label=subject.label[:200] if subject else "",
        reason=reason,
    )
