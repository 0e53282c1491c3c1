"""Bringing one submission out: claimed, written down as SENDING, posted, and its answer recorded, each step committed.

A crash between two lines leaves SENDING with a lease. When the lease is over nobody knows whether Amazon has the
document, and the row says so: UNKNOWN. Amazon's own records are read then (the kind's `read_back`), and only after
SUBMISSION_READBACK_SECONDS without a word comes what the kind allows. Nothing is sent again blindly.
"""

import secrets
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from acorn.core import clock
from acorn.jobs.queue import enqueue
from acorn.jobs.run import JobRun, RetryLater
from vendors import gateway, rules
from vendors.errors import AmazonError, CredentialsUnreadable, Rejected, SubmissionMoved, Throttled, UnknownToAmazon
from vendors.models import Connection, Submission
from vendors.services.health import record_health
from vendors.services.kinds import get_kind
from vendors.services.moves import ask_person, lock, move, note, poll_soon
from vendors.services.waits import presumed_after, read_back_for
from vendors.types import WORK_UNKNOWN, Health, SubmissionState

# Waiting this long for our own share of the quota costs less than a trip through the Job table.
_LONGEST_WAIT_SECONDS = 1.0
# Tries that certainly reached nobody: with growing pauses they span some hours.
_ATTEMPTS = 30
# Where somebody has to repair the connection first; repairing it wakes the document at once.
_REPAIR_PAUSE = timedelta(minutes=10)
# How long a document waits before it looks again whether the one in front of it is settled.
_QUEUE_SECONDS = 5
_READ_BACK_PAUSE = timedelta(seconds=30)
_FIRST_POLL = timedelta(seconds=5)


def send(run: JobRun, *, submission_id: int) -> None:
    """Bring a submission as far as it can come now. Safe to run twice, side by side, and to kill at any line.

    Raises RetryLater while it has to wait for something that passes.
    """
    while True:
        row = Submission.objects.select_related("connection").filter(pk=submission_id).first()
        if row is None:
            return
        try:
            if row.state == SubmissionState.READY:
                if _send_ready(row):
                    return
            elif row.state == SubmissionState.SENDING:
                _expire(row, clock.now())
            elif row.state == SubmissionState.UNKNOWN and row.next_attempt_at is not None:
                _step_unknown(row, clock.now())
            else:
                return
        except SubmissionMoved:
            continue  # somebody else was quicker: look at what it is now
        run.keep()


def give_up(run: JobRun, code: str, params: dict[str, object]) -> None:
    """The Job of a submission failed for good: say it on the row, so that a person sees it."""
    with transaction.atomic():
        row = lock(pk=run.job.args["submission_id"])
        now = clock.now()
        if row.state == SubmissionState.READY:
            move(row, SubmissionState.FAILED, now=now, code=code, params=dict(params))
        elif row.state in rules.IN_FLIGHT:
            _ask_about(row, now)


def _send_ready(row: Submission) -> bool:
    """Find all that stands in the way before anything is written; then claim, post and record. True once it is sent."""
    if _is_replaced(row, clock.now()):
        return False
    ahead = Submission.objects.filter(kind=row.kind, subject_id=row.subject_id, state__in=rules.IN_FLIGHT)
    if ahead.exists():
        raise RetryLater(_QUEUE_SECONDS, "vendors.submission_waits", counts=False)
    connection = _way_out(row)
    if connection is None:
        return False
    try:
        outlet = _open(connection, get_kind(row.kind).operation)
    except (AmazonError, CredentialsUnreadable) as error:
        _wait_or_fail(row, error, connection)
        return False
    _claim(row, connection)
    # SENDING is committed. From here on every way out of this function leaves a trace of what Amazon may have.
    try:
        posted = outlet.post(row.payload.encode())
    except AmazonError as error:
        _record_refusal(row, error, connection)
        return False
    _record_sent(row, posted)
    return True


def _open(connection: Connection, operation: str) -> gateway.Outlet:
    give_up_at = time.monotonic() + 2 * _LONGEST_WAIT_SECONDS
    while True:
        try:
            return gateway.open_outlet(connection, operation)
        except Throttled as error:
            wait = error.retry_after or 0.0
            if not error.is_local or wait > _LONGEST_WAIT_SECONDS or time.monotonic() > give_up_at:
                raise
            time.sleep(wait)


def _is_replaced(row: Submission, now: datetime) -> bool:
    """Whether a newer document about the same subject takes this one's place; then it is superseded here."""
    newer = (
        Submission.objects.filter(kind=row.kind, subject_id=row.subject_id, pk__gt=row.pk)
        .exclude(state__in=[SubmissionState.CANCELLED, SubmissionState.DRAFT])
        .order_by("-pk")
        .first()
    )
    if newer is None:
        return False
    move(
        row, SubmissionState.SUPERSEDED, now=now, code="vendors.submission_superseded",
        params={"newer": newer.public_id}, superseded_by=newer, next_poll_at=None,
    )  # fmt: skip
    return True


def _way_out(row: Submission) -> Connection | None:
    """The connection that may carry this document: of its own group and environment, and in use. Law 10.

    None: there is none, and the row says so; nothing was sent.
    """
    usable = Connection.objects.select_related("group").filter(group=row.group_id, archived_at=None).first()
    connection = usable or Connection.objects.select_related("group").get(pk=row.connection_id)
    fits = (connection.group_id, connection.environment) == (row.group_id, row.environment)
    if not fits or row.connection.group_id != row.group_id or connection.group.environment != row.environment:
        move(
            row, SubmissionState.FAILED, now=clock.now(), code="vendors.submission_wrong_environment",
            params={"wanted": row.environment, "connection": row.connection.name},
        )  # fmt: skip
        return None
    if connection.archived_at is not None:
        move(
            row, SubmissionState.FAILED, now=clock.now(), code="vendors.submission_archived",
            params={"connection": connection.name},
        )  # fmt: skip
        return None
    return connection


def _claim(row: Submission, connection: Connection) -> None:
    """Make this document ours alone, and the only one under way about its subject. Raises SubmissionMoved, RetryLater."""
    now = clock.now()
    lease_until = now + timedelta(seconds=settings.SUBMISSION_LEASE_SECONDS)
    try:
        with transaction.atomic(durable=True):
            move(
                row, SubmissionState.SENDING, now=now, lease_token=secrets.token_hex(16), lease_until=lease_until,
                next_attempt_at=lease_until, attempts=row.attempts + 1, connection=connection,
            )  # fmt: skip
    except IntegrityError:  # submission_one_in_flight
        raise RetryLater(_QUEUE_SECONDS, "vendors.submission_waits", counts=False) from None


def _record_sent(row: Submission, posted: gateway.Posted) -> None:
    """Amazon has it. Counts also when this worker was taken for dead meanwhile, and nobody has sent it again."""
    now = clock.now()
    with transaction.atomic(durable=True):
        current = lock(pk=row.pk)
        told = {"transaction": posted.transaction_id}
        if current.lease_token != row.lease_token or current.state not in rules.IN_FLIGHT:
            # sent again, or settled, while this answer was on its way: what it says is kept
            note(current, now=now, code="vendors.submission_late_answer", params=told, exchange_id=posted.exchange_id)
            return
        move(
            current, SubmissionState.SENT, now=now, code="vendors.submission_taken", params=told,
            exchange_id=posted.exchange_id, transaction_id=posted.transaction_id, sent_at=now, lease_until=None,
            unknown_at=None, reading_ends_at=None, errors=[], next_poll_at=now + _FIRST_POLL,
            next_attempt_at=now + presumed_after(current.environment),
        )  # fmt: skip
        poll_soon(current, now + _FIRST_POLL)


def _record_refusal(row: Submission, error: AmazonError, connection: Connection) -> None:
    """No 202 came: refused, put off, or nobody knows. Raises RetryLater where it goes on by itself."""
    now = clock.now()
    with transaction.atomic(durable=True):
        current = lock(pk=row.pk)
        if current.lease_token != row.lease_token or current.state != SubmissionState.SENDING:
            note(current, now=now, code=error.code, params=error.params, exchange_id=error.exchange_id)
            return
        if error.maybe_processed:
            _become_unknown(current, now, "vendors.submission_answer_lost", error.params, error.exchange_id)
        elif isinstance(error, Rejected | UnknownToAmazon):
            move(
                current, SubmissionState.REJECTED, now=now, code="vendors.submission_refused", params=error.params,
                exchange_id=error.exchange_id, errors=error.issues, lease_until=None,
            )  # fmt: skip
    if current.state == SubmissionState.SENDING:
        _wait_or_fail(current, error, connection)


def _wait_or_fail(row: Submission, error: AmazonError | CredentialsUnreadable, connection: Connection) -> None:
    """Nothing reached Amazon: try again later, or stop where a person sees it. Raises RetryLater."""
    now = clock.now()
    is_quota = isinstance(error, Throttled)
    if row.state == SubmissionState.READY and not is_quota:
        row.attempts += 1  # a try, though it did not get as far as SENDING
    elif row.state == SubmissionState.SENDING and is_quota:
        row.attempts -= 1  # the quota is no attempt
    if error.code == "vendors.wrong_environment" or row.attempts >= _ATTEMPTS:
        move(
            row, SubmissionState.FAILED, now=now, code=error.code, params=error.params, exchange_id=error.exchange_id,
            attempts=row.attempts, lease_until=None,
        )  # fmt: skip
        return
    if error.needs_person:
        pause = _REPAIR_PAUSE
        record_health(connection_id=connection.pk, health=Health.FAILING, code=error.code, params=error.params, now=now)
    else:
        pause = timedelta(seconds=gateway.retry_delay(error, max(1, min(row.attempts, 8))))
    if row.state == SubmissionState.READY and is_quota:
        # not worth an event: nothing has happened yet
        Submission.objects.filter(pk=row.pk, state=SubmissionState.READY).update(next_attempt_at=now + 2 * pause)
    else:
        move(
            row, SubmissionState.READY, now=now, code=error.code, params=error.params, exchange_id=error.exchange_id,
            attempts=row.attempts, lease_until=None, next_attempt_at=now + pause,
        )  # fmt: skip
    raise RetryLater(pause.total_seconds(), error.code, counts=False, **error.params) from error


def _expire(row: Submission, now: datetime) -> None:
    """A worker began to send this, and was not heard of again. Raises RetryLater while its lease lasts."""
    if row.lease_until is not None and row.lease_until > now:
        left = (row.lease_until - now).total_seconds()
        raise RetryLater(left + 0.1, "vendors.submission_leased", counts=False)
    with transaction.atomic(durable=True):
        _become_unknown(row, now, "vendors.submission_lease_over", {}, "")


def _become_unknown(row: Submission, now: datetime, code: str, params: dict[str, object], exchange_id: str) -> None:
    move(
        row, SubmissionState.UNKNOWN, now=now, code=code, params=params, exchange_id=exchange_id, lease_until=None,
        unknown_at=now, reading_ends_at=now + read_back_for(row.environment), next_attempt_at=now,
    )  # fmt: skip


def _step_unknown(row: Submission, now: datetime) -> None:
    """Read Amazon's records again, or go on to what the kind allows. Raises RetryLater."""
    kind = get_kind(row.kind)
    ends_at = row.reading_ends_at or now
    if now < ends_at:
        with transaction.atomic():
            if kind.read_back and row.replay_of_id is None:
                enqueue(kind.read_back, dedupe_key=f"submission:{row.pk}", submission_id=row.pk)
            again = min(now + _READ_BACK_PAUSE, ends_at)
            Submission.objects.filter(pk=row.pk, state=SubmissionState.UNKNOWN).update(next_attempt_at=again)
        raise RetryLater(max(0.1, (again - now).total_seconds()), "vendors.submission_reading", counts=False)
    if _is_replaced(row, now):
        return
    if rules.may_resend(kind.unknown, row.resends):
        move(
            row, SubmissionState.READY, now=now, code="vendors.submission_resent", resends=row.resends + 1,
            unknown_at=None, reading_ends_at=None, lease_token="", next_attempt_at=now,
        )  # fmt: skip
        return
    with transaction.atomic():
        if kind.replace and row.replay_of_id is None:
            enqueue(kind.replace, dedupe_key=f"submission:{row.pk}", submission_id=row.pk)
        _ask_about(lock(pk=row.pk), now)


def _ask_about(row: Submission, now: datetime) -> None:
    """Nothing tells whether Amazon has it: a person looks into Vendor Central."""
    if row.state != SubmissionState.UNKNOWN:
        _become_unknown(row, now, "vendors.submission_lease_over", {}, "")
    move(row, SubmissionState.UNKNOWN, now=now, code="vendors.submission_ask")
    ask_person(row, WORK_UNKNOWN, now)
