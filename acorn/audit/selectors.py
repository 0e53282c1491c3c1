from datetime import datetime

from django.db.models import Q, QuerySet

from acorn.audit.models import AuditEvent
from acorn.core import messages


def list_events(
    *,
    search: str = "",
    code: str = "",
    actor_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEvent]:
    """The active tenant's audit trail, newest first. `search` finds subjects and actors by what people call them."""
    events = AuditEvent.objects.order_by("-at", "-id")
    if search:
        events = find(events, search)
    if code:
        events = events.filter(code=code)
    if actor_id:
        events = events.filter(actor_id=actor_id)
    if since:
        events = events.filter(at__gte=since)
    if until:
        events = events.filter(at__lt=until)
    return events


def find(events: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """The events whose subject or actor begins with the text, in what people call it, or whose subject has this id."""
    return events.filter(
        Q(subject_label__istartswith=text) | Q(actor_label__istartswith=text) | Q(subject_id=text)
        | Q(code__istartswith=text)
    )  # fmt: skip


def without_routine(events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
    """The events without those that happen all day by themselves."""
    return events.exclude(code__in=messages.list_routine_codes())


def list_for_subject(subject_id: str, *, limit: int = 100) -> list[AuditEvent]:
    """What happened to one thing, newest first."""
    return list(AuditEvent.objects.filter(subject_id=subject_id).order_by("-at", "-id")[:limit])
