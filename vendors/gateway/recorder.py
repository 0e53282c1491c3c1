"""Every call to Amazon as a row: written when it is over, whatever it brought and whatever becomes of it afterwards."""

import zlib
from collections.abc import Callable

from django.db import IntegrityError, transaction

from vendors.gateway.clocks import hear
from vendors.models import Connection, Exchange
from vendors.partitions import make_partitions
from vendors.spapi.exchange import ExchangeRecord

_COMPRESSION = 1


def recorder_for(connection: Connection) -> Callable[[ExchangeRecord], str]:
    """A recorder that stores a connection's calls, already without secrets, and returns each one's public id."""

    def record(call: ExchangeRecord) -> str:
        row = Exchange(
            connection=connection,
            environment=call.environment.value,
            operation=call.operation,
            method=call.method,
            url=call.url,
            status=call.status,
            request_id=call.request_id[:200],
            error_class=call.error,
            error_code=call.error_code[:80],
            error_message=call.error_message,
            retry_after=call.retry_after,
            started_at=call.started_at,
            duration_ms=call.duration_ms,
            request_headers=dict(call.request_headers),
            response_headers=dict(call.response_headers),
            request_body=zlib.compress(call.request_body, _COMPRESSION) if call.request_body else b"",
            response_body=zlib.compress(call.response_body, _COMPRESSION) if call.response_body else b"",
        )
        try:
            _insert(row)
        except IntegrityError:
            # the platform job that makes months ahead has not run for long: no call is lost for that
            make_partitions()
            _insert(row)
        hear(connection, call)
        return row.public_id

    return record


def _insert(row: Exchange) -> None:
    # durable: whoever calls Amazon inside a transaction of its own finds out in the first test
    with transaction.atomic(durable=True):
        row.save(force_insert=True)
