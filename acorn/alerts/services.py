from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from acorn.alerts.models import Alert, Severity
from acorn.audit import services as audit
from acorn.core import messages
from acorn.core.actor import Actor, Subject
from acorn.core.errors import NotFound
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


@transaction.atomic
def acknowledge(*, public_id: str, actor: Actor, now: datetime) -> bool:
    """Somebody has seen it; False if somebody had before. Safe to repeat. Raises NotFound."""
    alert = Alert.objects.select_for_update().filter(public_id=public_id).first()
    if alert is None:
        raise NotFound
    if alert.acknowledged_at is not None:
        return False
    alert.acknowledged_at, alert.acknowledged_by = now, actor.label[:200]
    alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
    audit.record(
        "alerts.acknowledged",
        actor=actor,
        subject=Subject(alert.subject_kind, alert.subject_id, alert.subject_label) if alert.subject_kind else None,
        params={"alert": alert.public_id, "text": messages.render(alert.code, alert.params)},
    )
    return True
