"""The one door through which a submission changes state.

Each move is a conditional update, an event, the words for people, and a message to the app whose document it is, in
the caller's transaction. What may follow what is `vendors.rules.SUBMISSION_MOVES`.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from acorn.core.actor import Actor, Subject
from acorn.core.errors import NotFound
from acorn.core.money import Money
from acorn.jobs.queue import enqueue
from acorn.work import services as work
from vendors import rules
from vendors.errors import SubmissionMoved
from vendors.models import Submission, SubmissionEvent
from vendors.services.kinds import find_kind
from vendors.types import WORK_FAILED, WORK_REJECTED, WORK_UNKNOWN, RuleFinding, SubmissionState

OUTBOX = Actor.system("outbox")
SEND_TASK = "vendors.send_submission"
POLL_TASK = "vendors.poll_submissions"
SWEEP_TASK = "vendors.sweep_submissions"

_WORK_OF = {
    SubmissionState.REJECTED: WORK_REJECTED,
    SubmissionState.FAILED: WORK_FAILED,
    SubmissionState.UNKNOWN: WORK_UNKNOWN,
}
# the state changes on the way out; the app whose document it is hears of it when the answer is there
_SILENT = (SubmissionState.SENDING,)


def subject_of(row: Submission) -> Subject:
    """The submission as audit trail and work items name it."""
    return Subject("vendors.submission", row.public_id, row.subject_label)


def lock(**which: Any) -> Submission:
    """One submission, locked until the transaction ends. Raises NotFound."""
    try:
        return Submission.objects.select_for_update(no_key=True, of=("self",)).select_related("connection").get(**which)
    except Submission.DoesNotExist:
        raise NotFound from None


@transaction.atomic
def move(
    row: Submission,
    state: SubmissionState,
    *,
    now: datetime,
    code: str = "",
    params: dict[str, Any] | None = None,
    actor: Actor = OUTBOX,
    exchange_id: str = "",
    **fields: Any,
) -> None:
    """Bring a submission into a state, or tell news of the one it is in; `fields` are written with it.

    The update counts only if nobody else has moved it since `row` was read: else SubmissionMoved, and nothing is changed.
    A move that the table lacks is SubmissionMoved, too.
    """
    before = SubmissionState(row.state)
    if before != state and not rules.may_move(before, state):
        raise SubmissionMoved
    values: dict[str, Any] = {"code": code, "params": params or {}, "next_attempt_at": None} | fields
    if before != state:
        values |= {"state": state, "state_at": now}
    unchanged = Submission.objects.filter(pk=row.pk, state=before, lease_token=row.lease_token)
    if not unchanged.update(**values):
        raise SubmissionMoved
    for name, value in values.items():
        setattr(row, name, value)
    note(row, before=before, now=now, code=code, params=params, actor=actor, exchange_id=exchange_id)
    if before != state and row.replay_of_id is None:
        _tell_people(row, before, now)
        _tell_owner(row)


def note(
    row: Submission,
    *,
    now: datetime,
    before: str | None = None,
    code: str = "",
    params: dict[str, Any] | None = None,
    actor: Actor = OUTBOX,
    exchange_id: str = "",
) -> None:
    """Add to a submission's history, in the caller's transaction."""
    SubmissionEvent.objects.create(
        submission=row,
        at=now,
        before=row.state if before is None else before,
        state=row.state,
        code=code,
        params=params or {},
        exchange_id=exchange_id,
        actor_label=actor.label[:200],
    )


def poll_soon(row: Submission, due_at: datetime) -> None:
    """Have Amazon asked what became of a document that it took."""
    enqueue(
        POLL_TASK, dedupe_key=f"connection:{row.connection_id}", due_at=due_at, connection_id=row.connection_id
    )  # fmt: skip


def ask_person(row: Submission, kind: str, now: datetime) -> None:
    """Open a work item about a submission; none for replays, which nobody waits for. Safe to repeat."""
    if row.replay_of_id is None:
        told = {"kind": row.kind, "subject": row.subject_label, "reason": row.code}
        work.open_item(
            kind, subject=subject_of(row), params=told, amount=_at_risk(row), role="OPERATIONS", now=now
        )  # fmt: skip


def _at_risk(row: Submission) -> Money | None:
    """What the findings of a document put at stake together; None where nobody can say, or in several currencies."""
    risks = [risk for stored in row.findings if (risk := RuleFinding.from_stored(stored).at_risk)]
    if not risks or len({risk.currency for risk in risks}) > 1:
        return None
    return Money(sum((risk.amount for risk in risks), Decimal(0)), risks[0].currency)


def _tell_people(row: Submission, before: SubmissionState, now: datetime) -> None:
    if before in _WORK_OF:
        work.close_item(_WORK_OF[before], dedupe_key=row.public_id, actor=OUTBOX, now=now)
    # an unknown outcome needs a person only when reading and sending again have told nothing
    if row.state in (SubmissionState.REJECTED, SubmissionState.FAILED):
        ask_person(row, _WORK_OF[SubmissionState(row.state)], now)


def _tell_owner(row: Submission) -> None:
    kind = find_kind(row.kind)
    if kind and kind.on_change and row.state not in _SILENT:
        enqueue(kind.on_change, dedupe_key=f"submission:{row.pk}", submission_id=row.pk)
