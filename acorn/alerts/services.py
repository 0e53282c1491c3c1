from datetime import datetime
from typing import Any

from django.db.models import F

from acorn.alerts.models import Alert, Severity
from acorn.core.actor import Actor, Subject
from acorn.jobs.queue import enqueue


def raise_(
    code: str,
    *,
    severity: Severity,
    now: datetime,
    subject: Subject | None = None,
    params: dict[str, Any] | None = None,
    dedupe_key: str = "",
) -> Alert:
    """Tell the company once that something is wrong; while it stays open, a repetition only counts up.

    `code` is a registered message. Runs in the caller's transaction; mail leaves by a Job. Safe to repeat.
    """
    key = dedupe_key or (subject.id if subject else "")
    fresh = Alert(
        code=code, params=params or {}, severity=severity, dedupe_key=key, raised_at=now, last_at=now,
        subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else "",
        subject_label=subject.label if subject else "",
    )  # fmt: skip
    Alert.objects.bulk_create([fresh], ignore_conflicts=True)
    alert = Alert.objects.get(code=code, dedupe_key=key, resolved_at=None)
    if alert.public_id == fresh.public_id:
        if severity != Severity.INFO:
            enqueue("alerts.send_mail", alert_id=alert.pk)
        return alert
    Alert.objects.filter(pk=alert.pk).update(times=F("times") + 1, last_at=now, params=params or {}, severity=severity)
    return alert


def resolve(code: str, *, dedupe_key: str, now: datetime) -> bool:
    """The cause is gone; False if nothing was open. Safe to repeat."""
    return bool(Alert.objects.filter(code=code, dedupe_key=dedupe_key, resolved_at=None).update(resolved_at=now))


def acknowledge(*, public_id: str, actor: Actor, now: datetime) -> bool:
    """Somebody has seen it; False if somebody had before. Safe to repeat."""
    return bool(
        Alert.objects.filter(public_id=public_id, acknowledged_at=None).update(
            acknowledged_at=now, acknowledged_by=actor.label[:200]
        )
    )
