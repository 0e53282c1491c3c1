"""Asking Amazon about one order, because an answer to it is on its way."""

from datetime import datetime, timedelta

from django.db import transaction

from acorn.files.services import store_raw
from orders import amazon
from orders.models import Acknowledgement, PurchaseOrder
from orders.selectors.answers import DEAD, load_answers
from orders.services.statuses import ingest_statuses
from orders.services.verification import ask_about
from vendors import gateway
from vendors.models import Connection, Submission
from vendors.services import read_back_for
from vendors.types import SubmissionState

# Amazon shows most answers soon and some after half an hour: shares of the time that it is given
_LOOKS = (1 / 60, 1 / 20, 1 / 8, 1 / 4, 1 / 2, 1.01)
_TAKEN = (SubmissionState.SENT, SubmissionState.PROCESSING, SubmissionState.PRESUMED_ACCEPTED)


def look_up(*, submission_id: int, now: datetime) -> bool:
    """Read the status of the order that an answer is about, and draw the conclusions; False if nobody needs to know.

    Talks to Amazon, outside any transaction. Safe to repeat. Raises vendors.errors.AmazonError, CredentialsUnreadable.
    """
    row = Acknowledgement.objects.select_related("order").filter(submission_id=submission_id).first()
    connection = None if row is None else _connection(row.order)
    if row is None or connection is None:
        return False
    answer, rows = amazon.fetch_status(gateway.client_for(connection, keeps_answers=False), row.order.number)
    exchange_id = str(answer.exchange or "")
    document = store_raw(
        answer.raw, source="purchase-order-status.look-up", received_at=now, exchange_id=exchange_id,
        connection_id=connection.pk,
    )  # fmt: skip
    with transaction.atomic():
        ingest_statuses(connection=connection, rows=rows, raw_document_id=document.pk, received_at=now)
    return True


def is_worth_a_look(*, submission_id: int) -> bool:
    """Whether Amazon may have an answer that is not proved yet; or has refused one, so that what it held before counts.

    What it held before need not be what we had said before: the order went back to that, and may be wrong.
    """
    row = Acknowledgement.objects.select_related("submission").filter(submission_id=submission_id).first()
    if row is None or row.submission is None or row.submission.superseded_by_id is not None:
        return False
    if row.submission.state in DEAD:
        return bool(load_answers([row.order_id]))
    return row.submission.state in (*_TAKEN, SubmissionState.UNKNOWN)


def next_look(*, submission_id: int, now: datetime) -> float | None:
    """In how many seconds an answer is to be looked up again; None when it is proved, or its time is over.

    When its time is over and nothing proves it, a person is asked.
    """
    submission = Submission.objects.filter(pk=submission_id).first()
    if submission is None or submission.state not in _TAKEN or submission.sent_at is None:
        return None
    row = Acknowledgement.objects.select_related("order").filter(submission_id=submission_id).first()
    if row is None or not _is_last(row):
        return None
    given, age = read_back_for(submission.environment), now - submission.sent_at
    wait = next((given * share - age for share in _LOOKS if given * share > age), None)
    if wait is None:
        ask_about(row.order, now)
        return None
    return max(wait, timedelta(seconds=1)).total_seconds()


def _is_last(row: Acknowledgement) -> bool:
    answers = load_answers([row.order_id]).get(row.order_id, [])
    return bool(answers) and answers[0].acknowledgement.pk == row.pk


def _connection(order: PurchaseOrder) -> Connection | None:
    """Through which the vendor group is read now."""
    return Connection.objects.select_related("group").filter(group_id=order.group_id, archived_at=None).first()
