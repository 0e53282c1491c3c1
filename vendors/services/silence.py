"""An empty answer is not proof that nothing was ordered: a day of silence after a busy one is told to people."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from acorn.alerts import services as alerts
from acorn.alerts.models import Severity
from vendors import rules
from vendors.models import Connection, SyncStep
from vendors.services.health import subject_of

ALERT = "vendors.nothing_came"
_DAY = timedelta(days=1)
# two days of syncs every quarter of an hour, and as many by hand
_MOST = 400
# A step of more windows than this caught up on older days: what it found is not of its own day.
_EVERYDAY_WINDOWS = 4


def watch_for_silence(connection: Connection, steps: Sequence[SyncStep], now: datetime) -> None:
    """Raise or resolve the alert for each resource that a run has just pulled. Safe to repeat; one query a resource."""
    for step in steps:
        before, today = _new_rows(connection, step.resource, now)
        key = f"{connection.public_id}:{step.resource}"
        if rules.has_fallen_silent(before, today):
            told = {"connection": connection.name, "resource": step.resource, "before": before}
            alerts.raise_(
                ALERT, severity=Severity.WARNING, subject=subject_of(connection), params=told, dedupe_key=key, now=now
            )
        elif today:
            alerts.resolve(ALERT, dedupe_key=key, now=now)


def _new_rows(connection: Connection, resource: str, now: datetime) -> tuple[int, int]:
    """New rows of the day before the last 24 hours, and of the last 24 hours."""
    recent = SyncStep.objects.filter(connection=connection, resource=resource).order_by("-id")[:_MOST]
    ended = [
        (step.finished_at, step.counts.get("new", 0))
        for step in recent
        if step.finished_at and step.windows_done <= _EVERYDAY_WINDOWS
    ]
    before = sum(new for at, new in ended if now - 2 * _DAY <= at < now - _DAY)
    return before, sum(new for at, new in ended if at >= now - _DAY)
