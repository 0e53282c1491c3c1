"""What became of the documents that Amazon took: asked on a budget of its own, presumed by the clock.

One Job per connection asks for all of its documents. Whether a question is answered or not never blocks a document:
without a refusal it is presumed accepted when its time has come.
"""

import time
from datetime import datetime

from django.db import transaction
from django.db.models import Min, QuerySet

from acorn.core import clock
from acorn.jobs.run import JobRun, RetryLater
from vendors import gateway, rules
from vendors.errors import AmazonError, CredentialsUnreadable, Throttled
from vendors.models import Connection, Submission
from vendors.services.kinds import get_kind
from vendors.services.moves import lock, move, note
from vendors.services.outbox import flag_contradiction, mark_verified, retire_older
from vendors.types import Region, SubmissionState

# A round ends after so long, so that the clock of other documents is looked at, too.
_LONGEST_ROUND_SECONDS = 45.0
_AT_ONCE = 200
_READ = "vendors.submission_read"
_UNTIL_PRESUMED = (SubmissionState.SENT, SubmissionState.PROCESSING)


def poll(run: JobRun, *, connection_id: int) -> None:
    """Ask Amazon about this connection's documents that are due, and presume those whose time has come.

    Safe to run twice. Raises RetryLater until nothing is left to ask.
    """
    connection = Connection.objects.select_related("group").filter(pk=connection_id).first()
    if connection is None:
        return
    mine = Submission.objects.filter(connection=connection)
    _presume_due(mine, clock.now())
    pause = _ask_round(run, connection, mine)
    due_at = _next_due(mine)
    if due_at is not None:
        wait = max((due_at - clock.now()).total_seconds(), pause, 0.5)
        raise RetryLater(wait, "vendors.submission_polls", counts=False)


def _next_due(mine: QuerySet[Submission]) -> datetime | None:
    polls = mine.aggregate(at=Min("next_poll_at"))["at"]
    clocks = mine.filter(state__in=_UNTIL_PRESUMED).aggregate(at=Min("next_attempt_at"))["at"]
    return min((at for at in (polls, clocks) if at is not None), default=None)


def _presume_due(mine: QuerySet[Submission], now: datetime) -> None:
    due = mine.filter(state__in=_UNTIL_PRESUMED, next_attempt_at__lte=now).order_by("next_attempt_at")
    for submission_id in list(due.values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            row = lock(pk=submission_id)
            if row.state in _UNTIL_PRESUMED:
                is_read = row.poll_code == _READ or not row.transaction_id
                code = "vendors.submission_presumed" if is_read else "vendors.submission_presumed_unread"
                move(row, SubmissionState.PRESUMED_ACCEPTED, now=now, code=code)
                retire_older(row, now)


def _ask_round(run: JobRun, connection: Connection, mine: QuerySet[Submission]) -> float:
    """Ask about what is due; returns the seconds that Amazon, or our share of the quota, wants us to pause."""
    stop_at = time.monotonic() + _LONGEST_ROUND_SECONDS
    due = mine.filter(next_poll_at__lte=clock.now()).exclude(transaction_id="").order_by("next_poll_at")
    for row in list(due[:_AT_ONCE]):
        if time.monotonic() > stop_at:
            return 0.0
        run.keep()
        try:
            if connection.archived_at is None:
                status = gateway.read_transaction(connection, row.transaction_id)
            else:
                status = None
        except Throttled as error:
            return error.retry_after or 1.0
        except (AmazonError, CredentialsUnreadable) as error:
            _note_poll(row, clock.now(), error.code, error.exchange_id)
            continue
        if status is None:
            _note_poll(row, clock.now(), "vendors.submission_archived", "")
        else:
            _apply(row.pk, row.transaction_id, status, Region(connection.region), clock.now())
    return 0.0


def _apply(
    submission_id: int, transaction_id: str, status: gateway.TransactionStatus, region: Region, now: datetime
) -> None:
    with transaction.atomic():
        row = lock(pk=submission_id)
        if row.transaction_id != transaction_id:
            return  # sent again meanwhile: this answer is about the earlier time, whose exchange is kept
        if status.status == "Failure":
            _refuse(row, status, now)
            return
        if status.status == "Success" and region in get_kind(row.kind).success_is_proof:
            mark_verified(row.pk, by="transaction", exchange_id=status.exchange_id, now=now)
            return
        if status.status == "Success" and row.state in _UNTIL_PRESUMED:
            move(
                row, SubmissionState.PRESUMED_ACCEPTED, now=now, code="vendors.submission_success",
                exchange_id=status.exchange_id,
            )  # fmt: skip
            retire_older(row, now)
        elif row.state == SubmissionState.SENT:
            move(
                row, SubmissionState.PROCESSING, now=now, code="vendors.submission_processing",
                exchange_id=status.exchange_id, next_attempt_at=row.next_attempt_at,
            )  # fmt: skip
        _note_poll(row, now, _READ, status.exchange_id)


def _refuse(row: Submission, status: gateway.TransactionStatus, now: datetime) -> None:
    """Amazon's word, however late it comes."""
    said = next((error["message"] for error in status.errors if error["message"]), "")
    if row.state in (*_UNTIL_PRESUMED, SubmissionState.PRESUMED_ACCEPTED):
        move(
            row, SubmissionState.REJECTED, now=now, code="vendors.submission_refused", params={"amazon": said[:500]},
            exchange_id=status.exchange_id, errors=list(status.errors), next_poll_at=None,
        )  # fmt: skip
        return
    Submission.objects.filter(pk=row.pk).update(next_poll_at=None)
    params = {"amazon": said[:500], "by": row.verified_by}
    if row.state == SubmissionState.VERIFIED:
        flag_contradiction(
            row.pk, code="vendors.submission_refused_after_proof", params=params, now=now,
            exchange_id=status.exchange_id,
        )  # fmt: skip
    else:
        note(row, now=now, code="vendors.submission_refused", params=params, exchange_id=status.exchange_id)


def _note_poll(row: Submission, now: datetime, code: str, exchange_id: str) -> None:
    """Remember the last question, and when the next one is due. One that succeeded is not unlearned by one that failed."""
    is_presumed = row.state not in _UNTIL_PRESUMED
    pause = rules.poll_pause(now - (row.sent_at or now), is_presumed=is_presumed)
    Submission.objects.filter(pk=row.pk, transaction_id=row.transaction_id).exclude(next_poll_at=None).update(
        polled_at=now,
        poll_code=_READ if row.poll_code == _READ else code,
        poll_exchange_id=exchange_id,
        next_poll_at=None if pause is None else now + pause,
    )
