"""Posting a document: checked for form and answered 202 at once, judged later, when it can only fail in silence."""

from __future__ import annotations

import logging
import sqlite3

from simulator import acknowledgements, confirmations, orders_table, pickups, transactions
from simulator.faults import OUTCOMES, Fault
from simulator.forms import Form, MalformedError
from simulator.http import BadBodyError, Request, Response, amazon_error, json_response
from simulator.life import Action, Planned
from simulator.parameters import BadRequestError
from simulator.store import Store
from simulator.worlds import World

logger = logging.getLogger(__name__)

# What an event of this kind is filed under in the plan, where orders have their number.
KIND = "document"
_JUDGES = {
    "submitAcknowledgement": acknowledgements.take,
    "SubmitShipmentConfirmations": confirmations.take,
    "SubmitShipments": pickups.take,
}


def post(
    store: Store,
    world: World,
    request: Request,
    faults: list[Fault],
    *,
    operation: str,
    form: Form,
    now: int,
    delay_seconds: float,
) -> Response:
    """Take a document in: 202 and its transaction id. Raises BadRequestError where its form is wrong."""
    if request.content_type != "application/json":
        return amazon_error(415, "UnsupportedMediaType", "The content type must be application/json.")
    try:
        body = request.json()
        form.check(body, operation)
    except (BadBodyError, MalformedError) as error:
        raise BadRequestError(str(error), code="InvalidInput") from error
    note = next(({**fault.params, "kind": fault.kind} for fault in faults if fault.kind in OUTCOMES), {})
    due = now + int(float(note.get("seconds") or delay_seconds) * 1000)
    with store.write() as connection:
        transaction_id = transactions.open_transaction(connection, world, operation, body, now, note)
        action = {"do": "judge", "transaction": transaction_id, "operation": operation}
        orders_table.plan(connection, world.name, KIND, [Planned(due, 0, action)])
    return Response(202, json_response({"payload": {"transactionId": transaction_id}}).body)


def judge(connection: sqlite3.Connection, world: World, action: Action, at: int) -> None:
    """What becomes of a posted document, whole or not at all: what a fault decided, else what its judge finds."""
    transaction_id, operation = action["transaction"], action["operation"]
    if transactions.overrule(connection, transaction_id):
        return
    connection.execute("SAVEPOINT document")
    try:
        problems = _JUDGES[operation](connection, world, transactions.get_posted(connection, transaction_id), at)
    except Exception:
        # The world must go on: an event that fails would be tried, and fail, at every request.
        logger.exception("%s %s", operation, transaction_id)
        problems = [transactions.problem("InternalFailure", "The simulator itself failed; its log says why.")]
    if problems:
        connection.execute("ROLLBACK TO document")
        transactions.fail(connection, transaction_id, problems)
    else:
        transactions.succeed(connection, transaction_id, world.last_word(operation))
    connection.execute("RELEASE document")
