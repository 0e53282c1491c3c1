"""Documents on their way to Amazon: one POST each, byte by byte as stored, and what became of it."""

from dataclasses import dataclass
from typing import Any

from vendors.errors import BadAnswer
from vendors.gateway.calls import client_for, translate
from vendors.models import Connection
from vendors.spapi import errors as client_errors
from vendors.spapi.client import SpApiClient
from vendors.spapi.operations import OPERATIONS, Operation
from vendors.spapi.throttle import Permit


@dataclass(frozen=True, slots=True)
class Posted:
    """Amazon took a document: its id for it, and the recorded call."""

    transaction_id: str
    exchange_id: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """An open way out for one document: signed in, and one request of the quota in hand."""

    _client: SpApiClient
    _operation: Operation
    _permit: Permit

    def post(self, body: bytes) -> Posted:
        """Send these bytes, once. Raises AmazonError; after one with `maybe_processed` Amazon may have the document."""
        answer = self._client.call(self._operation, body=body, permit=self._permit)
        transaction_id = answer.payload.get("transactionId")
        exchange_id = str(answer.exchange or "")
        if not isinstance(transaction_id, str) or not transaction_id:
            cause = client_errors.BadAnswer("Amazon took it, but gave no transaction id.", code="no_transaction_id")
            raise BadAnswer(cause=cause, exchange_id=exchange_id, amazon=cause.message)
        return Posted(transaction_id[:200], exchange_id)


@dataclass(frozen=True, slots=True)
class TransactionStatus:
    """Amazon's word on a document that it took: Processing, Success or Failure; `errors` are its own words."""

    status: str
    errors: tuple[dict[str, str], ...]
    exchange_id: str


def open_outlet(connection: Connection, operation: str) -> Outlet:
    """Sign in and take one request of the quota. Nothing has been sent whatever this raises: AmazonError, KeyError for
    an operation that the client does not know."""
    client = client_for(connection)
    known = OPERATIONS[operation]
    try:
        return Outlet(client, known, client.prepare(known))
    except client_errors.SpApiError as error:
        raise translate(error) from error


def read_transaction(connection: Connection, transaction_id: str) -> TransactionStatus:
    """What Amazon says became of a document. Raises AmazonError; a fresh id may be UnknownToAmazon for some minutes."""
    answer = client_for(connection).get_transaction(transaction_id)
    told: Any = answer.payload.get("transactionStatus")
    told = told if isinstance(told, dict) else {}
    listed = told.get("errors")
    found = [entry for entry in (listed if isinstance(listed, list) else []) if isinstance(entry, dict)]
    return TransactionStatus(
        str(told.get("status") or ""),
        tuple({name: str(entry.get(name) or "")[:2000] for name in ("code", "message", "details")} for entry in found),
        str(answer.exchange or ""),
    )
