"""How a connection is: kept on its row, and told to people as a work item and an alert."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from acorn.alerts import services as alerts
from acorn.alerts.models import Severity
from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.jobs.queue import enqueue
from acorn.work import services as work
from vendors import rules
from vendors.models import Connection, SyncRun, SyncStep
from vendors.services.moves import SWEEP_TASK
from vendors.types import Health, SyncState

WORK_KIND = "connection_failing"
ALERT = "vendors.connection_failing"
_SYNC = Actor.system("sync")


def subject_of(connection: Connection) -> Subject:
    """The connection as audit trail, work items and alerts name it."""
    return Subject("vendors.connection", connection.public_id, connection.name)


@transaction.atomic
def record_health(
    *, connection_id: int, health: Health, now: datetime, actor: Actor = _SYNC, code: str = "",
    params: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Say how a connection is, and why. A change is audited; trouble opens a work item and an alert, health ends both.

    Safe to repeat.
    """
    connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    before = (connection.health, connection.health_code)
    connection.health, connection.health_code, connection.health_params = health, code, params or {}
    connection.health_at = now
    connection.save(update_fields=["health", "health_code", "health_params", "health_at"])
    subject = subject_of(connection)
    if before != (health, code):
        audit.record(
            f"vendors.health_{health.lower()}",
            actor=actor,
            subject=subject,
            params={"before": before[0], "reason": code},
        )
    if health in (Health.FAILING, Health.DEGRADED):
        severity = Severity.CRITICAL if health == Health.FAILING else Severity.WARNING
        told = {"connection": connection.name, "environment": connection.environment}
        work.open_item(WORK_KIND, subject=subject, params=told, role="ADMIN", now=now)
        alerts.raise_(ALERT, severity=severity, subject=subject, params=told, now=now)
    else:
        end_trouble(connection, actor=actor, now=now)
        if before[0] == Health.FAILING:
            enqueue(SWEEP_TASK, dedupe_key=f"connection:{connection.pk}", connection_id=connection.pk)


def end_trouble(connection: Connection, *, actor: Actor, now: datetime) -> None:
    """Nobody needs to look after this connection any more. Safe to repeat."""
    work.close_item(WORK_KIND, dedupe_key=connection.public_id, actor=actor, now=now)
    alerts.resolve(ALERT, dedupe_key=connection.public_id, now=now)


def note_end_of_run(run: SyncRun, steps: Sequence[SyncStep], now: datetime) -> None:
    """What a run's end says about its connection, in the transaction that ends the run."""
    health = rules.health_after([SyncState(step.state) for step in steps])
    reason = next((step.errors[-1] for step in steps if step.state == SyncState.FAILED and step.errors), None)
    record_health(
        connection_id=run.connection_id,
        health=health,
        now=now,
        code=reason["code"] if reason else "",
        params=reason["params"] if reason else {},
    )
