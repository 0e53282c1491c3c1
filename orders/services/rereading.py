"""Orders whose status has moved are read again, one by one."""

import time
from collections.abc import Collection
from typing import Any

from django.db import transaction

from acorn.core import clock
from acorn.files.services import store_raw
from acorn.jobs.run import GiveUp, JobRun, RetryLater
from orders import amazon
from orders.models import PurchaseOrder
from orders.services.ingest import ingest_orders
from vendors import gateway
from vendors.errors import AmazonError, Throttled, UnknownToAmazon
from vendors.models import Connection

_LONGEST_WAIT_SECONDS = 5.0
_LONGEST_JOB_SECONDS = 240.0


def read_again(run: JobRun, *, connection_id: int, order_ids: Collection[int]) -> None:
    """Read each order that was not read since the Job was made. Safe to repeat, and to kill at any line.

    An order that Amazon no longer shows stays as it is. Raises RetryLater for trouble that passes, else GiveUp.
    """
    connection = Connection.objects.select_related("group").filter(pk=connection_id, archived_at=None).first()
    if connection is None:
        return
    stop_at = time.monotonic() + _LONGEST_JOB_SECONDS
    waiting = PurchaseOrder.objects.filter(pk__in=order_ids, last_seen_at__lt=run.job.created_at).order_by("pk")
    try:
        client = gateway.client_for(connection, keeps_answers=False)
        for number in list(waiting.values_list("number", flat=True)):
            if time.monotonic() > stop_at:
                raise RetryLater(0, "orders.more_to_read", counts=False)
            run.keep()
            _read(connection, client, number)
    except AmazonError as error:
        if error.needs_person:
            raise GiveUp(error.code, **error.params) from error
        delay = gateway.retry_delay(error, run.job.attempts)
        raise RetryLater(delay, error.code, counts=not error.is_local, **error.params) from error


def _read(connection: Connection, client: gateway.SpApiClient, number: str) -> None:
    try:
        answer = _patiently(client, number)
    except UnknownToAmazon:
        return  # older than the half year that Amazon shows
    now = clock.now()
    exchange_id = str(answer.exchange or "")
    document = store_raw(
        answer.raw, source="purchase-orders.one", received_at=now, exchange_id=exchange_id,
        connection_id=connection.pk,
    )  # fmt: skip
    with transaction.atomic():
        ingest_orders(
            connection=connection, rows=[answer.payload], raw_document_id=document.pk, exchange_id=exchange_id,
            received_at=now,
        )  # fmt: skip


def _patiently(client: gateway.SpApiClient, number: str) -> Any:
    try:
        return amazon.fetch_order(client, number)
    except Throttled as error:
        wait = error.retry_after or 0.0
        if not error.is_local or wait > _LONGEST_WAIT_SECONDS:
            raise
        time.sleep(wait)
    return amazon.fetch_order(client, number)
