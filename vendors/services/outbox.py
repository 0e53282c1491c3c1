"""Documents for Amazon: decided on, held, cancelled, sent again, settled. docs/outbox.md tells the whole story.

Nothing here talks to Amazon. The row is written in the transaction that decides, so that it exists if and only if the
decision does; `vendors.services.sending` brings it out.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import NotFound
from acorn.jobs.queue import enqueue
from acorn.work import services as work
from vendors import rules
from vendors.errors import ConnectionArchived, DocumentBlocked, NotASimulator, SubmissionMoved
from vendors.models import Connection, Submission
from vendors.services.kinds import get_kind
from vendors.services.moves import (
    OUTBOX,
    SEND_TASK,
    ask_person,
    lock,
    move,
    note,
    poll_soon,
    subject_of,
)
from vendors.services.waits import presumed_after
from vendors.types import WORK_CONTRADICTION, Environment, RuleFinding, Severity, SubmissionState

# A submission is looked at again after so long, should its Job have got lost.
OVERDUE = timedelta(seconds=60)
_REPLACEABLE = (*rules.UNSENT, SubmissionState.FAILED, SubmissionState.REJECTED)


@transaction.atomic
def submit(
    kind: str,
    *,
    connection_id: int,
    subject: Subject,
    body: Mapping[str, Any],
    key: str,
    findings: Sequence[RuleFinding] = (),
    actor: Actor,
    now: datetime,
    hold: bool = False,
) -> Submission:
    """Decide to send a document, in the caller's transaction; it leaves after the commit, unless `hold`.

    The same key returns the first submission, whatever else is given: safe to repeat. Documents of this kind about the
    same subject that have not left, or that Amazon refused, are superseded; one that is under way is waited for.
    Raises DocumentBlocked (nothing stored) if a finding blocks, NotFound and ConnectionArchived.
    """
    if blocking := [finding for finding in findings if finding.severity == Severity.BLOCK]:
        raise DocumentBlocked(blocking)
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None:
        raise NotFound
    if connection.archived_at is not None:
        raise ConnectionArchived
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    row, is_new = _insert(
        connection, get_kind(kind).name, subject, payload, key, findings=[each.stored() for each in findings],
        actor=actor, now=now, hold=hold,
    )  # fmt: skip
    if is_new:
        _supersede_older(row, now)
    return row


@transaction.atomic
def hold(*, public_id: str, actor: Actor, now: datetime) -> Submission:
    """Keep a waiting document back until it is released. Safe to repeat. Raises NotFound, SubmissionMoved."""
    return _act(public_id, SubmissionState.HELD, "vendors.submission_held", actor, now)


@transaction.atomic
def release(*, public_id: str, actor: Actor, now: datetime) -> Submission:
    """Let a document go that was held back. Safe to repeat. Raises NotFound, SubmissionMoved."""
    row = lock(public_id=public_id)
    if row.state not in (SubmissionState.DRAFT, SubmissionState.HELD, SubmissionState.READY):
        raise SubmissionMoved
    row = _act(public_id, SubmissionState.READY, "vendors.submission_released", actor, now)
    _send(row, now)
    return row


@transaction.atomic
def cancel(*, public_id: str, actor: Actor, now: datetime) -> Submission:
    """Never send a document that has not left. Safe to repeat. Raises NotFound, SubmissionMoved."""
    return _act(public_id, SubmissionState.CANCELLED, "vendors.submission_cancelled", actor, now)


@transaction.atomic
def retry(*, public_id: str, actor: Actor, now: datetime) -> Submission:
    """Send the same bytes again: after a refusal, a failure, or when nobody knows whether Amazon has the document.

    A document that waits for its next attempt is sent now. Raises NotFound, SubmissionMoved.
    """
    row = lock(public_id=public_id)
    allowed = (SubmissionState.FAILED, SubmissionState.REJECTED, SubmissionState.UNKNOWN, SubmissionState.READY)
    if row.state not in allowed:
        raise SubmissionMoved
    before = row.state
    if before != SubmissionState.READY:
        move(
            row, SubmissionState.READY, now=now, code="vendors.submission_retried", actor=actor, attempts=0, resends=0,
            transaction_id="", errors=[], next_poll_at=None, poll_code="", lease_token="",
        )  # fmt: skip
    audit.record("vendors.submission_retried", actor=actor, subject=subject_of(row), params={"before": before})
    _send(row, now)
    return row


@transaction.atomic
def replay(*, public_id: str, connection_id: str, actor: Actor, now: datetime) -> Submission:
    """Send a copy through a connection to a simulator; what the document is about does not hear of it.

    Raises NotFound, NotASimulator, ConnectionArchived.
    """
    original = lock(public_id=public_id)
    connection = Connection.objects.filter(public_id=connection_id).first()
    if connection is None:
        raise NotFound
    if connection.archived_at is not None:
        raise ConnectionArchived
    if connection.environment != Environment.SIMULATOR:
        raise NotASimulator
    times = Submission.objects.filter(replay_of=original).count()
    copy, is_new = _insert(
        connection, original.kind, subject_of(original), original.payload, f"replay:{original.public_id}:{times}",
        findings=original.findings, actor=actor, now=now, replay_of=original,
    )  # fmt: skip
    if is_new:
        _supersede_older(copy, now)
        audit.record(
            "vendors.submission_replayed", actor=actor, subject=subject_of(original),
            params={"copy": copy.public_id, "connection": connection.name},
        )  # fmt: skip
    return copy


@transaction.atomic
def mark_verified(submission_id: int, *, by: str, exchange_id: str = "", now: datetime) -> bool:
    """Amazon's own later word says that it has the document as it was sent; `by` names the source, such as a read of
    the order's status. Ends a contradiction. Safe to repeat; False if the document is not one that Amazon took."""
    row = lock(pk=submission_id)
    if row.state == SubmissionState.VERIFIED:
        _end_contradiction(row, now)
        return True
    if not rules.may_move(SubmissionState(row.state), SubmissionState.VERIFIED):
        return False
    _end_contradiction(row, now)
    move(
        row, SubmissionState.VERIFIED, now=now, code="vendors.submission_verified", params={"by": by},
        exchange_id=exchange_id, verified_at=now, verified_by=by[:80], next_poll_at=None, unknown_at=None,
        sent_at=row.sent_at or row.unknown_at or now,
    )  # fmt: skip
    retire_older(row, now)
    return True


@transaction.atomic
def flag_contradiction(
    submission_id: int, *, code: str, params: Mapping[str, Any], now: datetime, exchange_id: str = ""
) -> None:
    """Amazon's later word says otherwise: kept beside the state with both sides, and a person is asked. Safe to repeat.

    `code` is a registered message; `params` hold both sides.
    """
    row = lock(pk=submission_id)
    told = dict(params)
    if (row.contradiction_code, row.contradiction) != (code, told):
        row.contradiction_code, row.contradiction = code, told
        row.save(update_fields=["contradiction_code", "contradiction"])
        note(row, now=now, code=code, params=told, exchange_id=exchange_id)
    ask_person(row, WORK_CONTRADICTION, now)


@transaction.atomic
def settle_unknown(
    submission_id: int, *, taken: bool, by: str, now: datetime, exchange_id: str = "", actor: Actor = OUTBOX
) -> bool:
    """Say whether Amazon has a document whose outcome nobody knew; `by` names the evidence. Safe to repeat.

    Taken: it counts as sent. Not taken: the next step of its kind follows at once. False if the outcome is not unknown.
    """
    row = lock(pk=submission_id)
    if row.state != SubmissionState.UNKNOWN:
        return False
    if taken:
        move(
            row, SubmissionState.SENT, now=now, code="vendors.submission_found", params={"by": by}, actor=actor,
            exchange_id=exchange_id, sent_at=row.unknown_at or now, unknown_at=None, reading_ends_at=None,
            next_attempt_at=now + presumed_after(row.environment),
        )  # fmt: skip
        poll_soon(row, now)
    else:
        move(
            row, SubmissionState.UNKNOWN, now=now, code="vendors.submission_not_found", params={"by": by}, actor=actor,
            exchange_id=exchange_id, next_attempt_at=now, reading_ends_at=now,
        )  # fmt: skip
        _look(row)
    return True


def settle_by_person(*, public_id: str, actor: Actor, now: datetime) -> Submission:
    """A person has seen in Vendor Central that Amazon has the document. Raises NotFound, SubmissionMoved."""
    with transaction.atomic():
        row = lock(public_id=public_id)
        if not settle_unknown(row.pk, taken=True, by=actor.label, now=now, actor=actor):
            raise SubmissionMoved
        audit.record("vendors.submission_settled", actor=actor, subject=subject_of(row))
    return row


def retire_older(row: Submission, now: datetime) -> None:
    """Amazon has this one: older documents about the same subject that it took before count no more."""
    older = Submission.objects.filter(
        kind=row.kind, subject_id=row.subject_id, pk__lt=row.pk, state__in=rules.TAKEN, superseded_by=None
    )
    for each in older.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        if each.state == SubmissionState.VERIFIED:  # it stays proved: only no longer the last word
            Submission.objects.filter(pk=each.pk).update(superseded_by=row)
        else:
            _supersede(each, row, now)


def _insert(
    connection: Connection,
    kind: str,
    subject: Subject,
    payload: str,
    key: str,
    *,
    findings: list[dict[str, Any]],
    actor: Actor,
    now: datetime,
    hold: bool = False,
    replay_of: Submission | None = None,
) -> tuple[Submission, bool]:
    row = Submission(
        connection=connection, group_id=connection.group_id, environment=connection.environment, kind=kind,
        subject_kind=subject.kind, subject_id=subject.id, subject_label=subject.label[:200], payload=payload,
        payload_hash=hashlib.sha256(payload.encode()).hexdigest(), key=key, findings=findings,
        state=SubmissionState.HELD if hold else SubmissionState.READY, state_at=now, actor_label=actor.label[:200],
        created_at=now, next_attempt_at=None if hold else now + OVERDUE, replay_of=replay_of,
    )  # fmt: skip
    Submission.objects.bulk_create([row], ignore_conflicts=True)
    stored = Submission.objects.get(key=key)
    if stored.public_id != row.public_id:
        return stored, False
    note(stored, before="", now=now, actor=actor)
    if not hold:
        _look(stored)
    return stored, True


def _supersede_older(row: Submission, now: datetime) -> None:
    older = Submission.objects.filter(
        kind=row.kind, subject_id=row.subject_id, pk__lt=row.pk, state__in=_REPLACEABLE
    ).select_for_update(no_key=True, of=("self",))
    for each in older.order_by("pk"):
        _supersede(each, row, now)


def _supersede(older: Submission, newer: Submission, now: datetime) -> None:
    move(
        older, SubmissionState.SUPERSEDED, now=now, code="vendors.submission_superseded",
        params={"newer": newer.public_id}, superseded_by=newer, next_poll_at=None,
    )  # fmt: skip


def _act(public_id: str, state: SubmissionState, code: str, actor: Actor, now: datetime) -> Submission:
    row = lock(public_id=public_id)
    if row.state != state:
        move(row, state, now=now, code=code, actor=actor)
        audit.record(code, actor=actor, subject=subject_of(row))
    return row


def _send(row: Submission, now: datetime) -> None:
    """Let a waiting document leave after the commit, whatever it waited for."""
    Submission.objects.filter(pk=row.pk, state=SubmissionState.READY).update(next_attempt_at=now + OVERDUE)
    _look(row)


def _look(row: Submission) -> None:
    """Have the outbox look at a submission after the commit."""
    enqueue(SEND_TASK, dedupe_key=f"submission:{row.pk}", submission_id=row.pk)


def _end_contradiction(row: Submission, now: datetime) -> None:
    if row.contradiction_code:
        row.contradiction_code, row.contradiction = "", {}
        row.save(update_fields=["contradiction_code", "contradiction"])
        work.close_item(WORK_CONTRADICTION, dedupe_key=row.public_id, actor=OUTBOX, now=now)


@transaction.atomic
def sweep(*, connection_id: int, now: datetime) -> None:
    """Find what is overdue, whatever became of the Jobs that should have seen to it. Safe to repeat."""
    rows = Submission.objects.filter(connection_id=connection_id)
    overdue = rows.filter(next_attempt_at__lte=now)
    for row in overdue.filter(state__in=[SubmissionState.READY, *rules.IN_FLIGHT]).order_by("next_attempt_at")[:500]:
        _look(row)
    if row := rows.filter(Q(next_poll_at__lte=now) | Q(pk__in=overdue)).first():
        poll_soon(row, now)


@transaction.atomic
def wake(*, connection_id: int, now: datetime) -> None:
    """The connection works again: what waited for its repair is sent now. Safe to repeat."""
    waiting = Submission.objects.filter(connection_id=connection_id, state=SubmissionState.READY)
    for row in waiting.exclude(code="").order_by("pk")[:500]:
        _look(row)
