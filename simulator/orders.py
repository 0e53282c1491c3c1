"""The four operations of Vendor Orders v1 (``/vendor/orders/v1``)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from simulator import acknowledgements, odd_data, orders_table, times, transactions
from simulator.amazon import HISTORY, Amazon
from simulator.faults import Fault
from simulator.http import BadBodyError, Request, Response, amazon_error, json_response
from simulator.life import Planned
from simulator.order import STATES, Order
from simulator.worlds import World

# Faults that decide what becomes of a document after it was taken.
_OUTCOMES = ("vague_failure", "refused", "lost_document")
_MAX_WINDOW = 7 * times.DAY
_NUMBER = re.compile(r"[A-Za-z0-9]{8}", re.ASCII)


class BadRequestError(Exception):
    """A parameter Amazon refuses."""

    def __init__(
        self, message: str = "The request is invalid.", details: str = "", code: str = "InvalidRequest"
    ) -> None:
        super().__init__(message)
        self.response = amazon_error(400, code, message, details)


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the sort key and the number of its last row. It names no page, so rows shift beneath it."""

    at: int
    number: str

    def token(self) -> str:
        return base64.b64encode(json.dumps([self.at, self.number], separators=(",", ":")).encode()).decode()

    @classmethod
    def read(cls, token: str) -> Cursor:
        try:
            at, number = json.loads(base64.b64decode(token, validate=True))
            return cls(int(at), str(number))
        except (binascii.Error, ValueError, TypeError) as error:
            raise BadRequestError("The nextToken is invalid or has expired.", code="InvalidInput") from error


@dataclass(frozen=True)
class Listing:
    """A checked list request: the SQL condition, and how to page through what it finds."""

    conditions: list[str]
    values: list[Any]
    sort_key: str
    is_descending: bool
    limit: int
    cursor: Cursor | None


# -- parameters --------------------------------------------------------------------------------------------------------


def _instant(request: Request, name: str) -> int | None:
    value = request.parameter(name)
    # A bare date raises no error and filters nothing.
    if value is None or times.is_date_only(value):
        return None
    try:
        return times.parse(value)
    except ValueError as error:
        raise BadRequestError() from error


def _word(request: Request, name: str, allowed: tuple[str, ...]) -> str | None:
    value = request.parameter(name)
    if value is not None and value not in allowed:
        raise BadRequestError("The request is invalid.", f"{name} must be one of {', '.join(allowed)}")
    return value


def _flag(request: Request, name: str, default: bool) -> bool:
    value = _word(Request("", "", [(k, v.lower()) for k, v in request.query], {}, b""), name, ("true", "false"))
    return default if value is None else value == "true"


def _limit(request: Request) -> int:
    value = request.parameter("limit") or "100"
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 100:
        raise BadRequestError("The request is invalid.", "limit must be between 1 and 100")
    return int(value)


def _window(request: Request, name: str, column: str, conditions: list[str], values: list[Any]) -> bool:
    """Add the conditions of ``<name>After`` and ``<name>Before``; whether there were any."""
    after, before = _instant(request, f"{name}After"), _instant(request, f"{name}Before")
    if after is not None and before is not None and not 0 <= before - after <= _MAX_WINDOW:
        raise BadRequestError("The request is invalid.", f"{name}Before must be at most 7 days after {name}After")
    for instant, sign in ((after, ">"), (before, "<")):
        if instant is not None:
            conditions.append(f"{column} {sign} ?")
            values.append(instant)
    return after is not None or before is not None


def _listing(amazon: Amazon, world: World, request: Request, faults: list[Fault], changes: tuple[str, str]) -> Listing:
    """What both lists share. `changes` is the second window's name and its column."""
    now = amazon.now(world)
    conditions = ["world = ?", "available_at > ?", "available_at <= ?"]
    values: list[Any] = [world.name, now - HISTORY, now]
    limit = _limit(request)
    _window(request, "created", "available_at", conditions, values)
    by_change = _window(request, *changes, conditions, values)
    if vendor_code := request.parameter("orderingVendorCode"):
        conditions.append("vendor_code = ?")
        values.append(vendor_code)
    is_descending = _word(request, "sortOrder", ("ASC", "DESC")) == "DESC"
    if any(fault.kind == "ignore_sort" for fault in faults):
        is_descending = not is_descending
    token = request.parameter("nextToken")
    if token and any(fault.kind == "dead_token" for fault in faults):
        raise BadRequestError("The nextToken is invalid or has expired.", code="InvalidInput")
    return Listing(
        conditions,
        values,
        sort_key=changes[1] if by_change else "available_at",
        is_descending=is_descending,
        limit=limit,
        cursor=Cursor.read(token) if token else None,
    )


def _page(amazon: Amazon, listing: Listing, columns: str, faults: list[Fault]) -> tuple[list[Any], dict[str, Any]]:
    """The rows of the page, and the ``pagination`` part of the payload."""
    key, sign, direction = listing.sort_key, "<" if listing.is_descending else ">", ""
    if listing.is_descending:
        direction = " DESC"
    if any(fault.kind == "empty_page" for fault in faults):
        start = Cursor(9_999_999_999_999, "~") if listing.is_descending else Cursor(0, "")
        return [], {"pagination": {"nextToken": (listing.cursor or start).token()}}
    conditions, values = list(listing.conditions), list(listing.values)
    if listing.cursor:
        conditions.append(f"({key}, number) {sign} (?, ?)")
        values += [listing.cursor.at, listing.cursor.number]
    with amazon.store.read() as connection:
        rows = connection.execute(
            f"SELECT number, {key} AS sort_key, {columns} FROM purchase_order WHERE {' AND '.join(conditions)} "
            f"ORDER BY {key}{direction}, number{direction} LIMIT ?",
            (*values, listing.limit + 1),
        ).fetchall()
    if len(rows) <= listing.limit:
        return rows, {}
    rows = rows[: listing.limit]
    return rows, {"pagination": {"nextToken": Cursor(rows[-1]["sort_key"], rows[-1]["number"]).token()}}


def _payload(payload: dict[str, Any], faults: list[Fault]) -> Response:
    kinds = [fault.kind for fault in faults if fault.kind in odd_data.KINDS]
    return json_response({"payload": odd_data.distort(payload, kinds) if kinds else payload})


# -- operations --------------------------------------------------------------------------------------------------------


def get_purchase_orders(amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]) -> Response:
    listing = _listing(amazon, world, request, faults, ("changed", "changed_at"))
    if _word(request, "poItemState", ("Cancelled",)):
        listing.conditions.append("has_cancelled = 1")
    if _flag(request, "isPOChanged", False):
        listing.conditions.append("changed_at IS NOT NULL")
    if state := _word(request, "purchaseOrderState", STATES):
        listing.conditions.append("state = ?")
        listing.values.append(state)
    has_details = _flag(request, "includeDetails", True)
    rows, pagination = _page(amazon, listing, "state, document" if has_details else "state", faults)
    if has_details:
        # The documents lie in the store as finished text; only odd data has to be parsed.
        if not any(fault.kind in odd_data.KINDS for fault in faults):
            head = json.dumps(pagination, separators=(",", ":"))[1:-1]
            orders = ",".join(row["document"] for row in rows)
            text = f'{{"payload":{{{head}{"," if head else ""}"orders":[{orders}]}}}}'
            return Response(200, text.encode())
        return _payload({**pagination, "orders": [json.loads(row["document"]) for row in rows]}, faults)
    orders_only = [{"purchaseOrderNumber": row["number"], "purchaseOrderState": row["state"]} for row in rows]
    return _payload({**pagination, "orders": orders_only}, faults)


def get_purchase_order(amazon: Amazon, world: World, _request: Request, number: str, faults: list[Fault]) -> Response:
    if not _NUMBER.fullmatch(number):
        raise BadRequestError(
            "Request is missing or has invalid parameters", "purchaseOrderNumber must have 8 characters"
        )
    now = amazon.now(world)
    with amazon.store.read() as connection:
        row = connection.execute(
            "SELECT document FROM purchase_order "
            "WHERE world = ? AND number = ? AND available_at > ? AND available_at <= ?",
            (world.name, number, now - HISTORY, now),
        ).fetchone()
    if row is None:
        return amazon_error(404, "ResourceNotFound", "The requested purchase order was not found.", number)
    return _payload(json.loads(row["document"]), faults)


def get_purchase_orders_status(
    amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]
) -> Response:
    listing = _listing(amazon, world, request, faults, ("updated", "updated_at"))
    exact = {"purchaseOrderNumber": "number", "shipToPartyId": "ship_to"}
    for name, column in exact.items():
        if value := request.parameter(name):
            listing.conditions.append(f"{column} = ?")
            listing.values.append(value)
    if status := _word(request, "purchaseOrderStatus", ("OPEN", "CLOSED")):
        listing.conditions.append("status = ?")
        listing.values.append(status)
    words = {
        "itemConfirmationStatus": ("confirmations", ("ACCEPTED", "PARTIALLY_ACCEPTED", "REJECTED", "UNCONFIRMED")),
        "itemReceiveStatus": ("receipts", ("NOT_RECEIVED", "PARTIALLY_RECEIVED", "RECEIVED")),
    }
    for name, (column, allowed) in words.items():
        if value := _word(request, name, allowed):
            listing.conditions.append(f"instr({column}, ?)")
            listing.values.append(f"|{value}|")
    rows, pagination = _page(amazon, listing, "inner", faults)
    statuses = [Order.from_json(row["inner"]).status_document() for row in rows]
    return _payload({**pagination, "ordersStatus": statuses}, faults)


def submit_acknowledgement(amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]) -> Response:
    if request.content_type != "application/json":
        return amazon_error(415, "UnsupportedMediaType", "The content type must be application/json.")
    try:
        body = request.json()
        acknowledgements.check_form(body)
    except (BadBodyError, acknowledgements.MalformedError) as error:
        raise BadRequestError(str(error), code="InvalidInput") from error
    note = next(({**fault.params, "kind": fault.kind} for fault in faults if fault.kind in _OUTCOMES), {})
    with amazon.store.write() as connection:
        now = amazon.now(world)
        transaction_id = transactions.open_transaction(connection, world, "submitAcknowledgement", body, now, note)
        delay = float(note.get("seconds") or world.settings.acknowledgement_delay_seconds)
        due = now + int(delay * 1000)
        action = {"do": "acknowledge", "transaction": transaction_id}
        orders_table.plan(connection, world.name, "acknowledgement", [Planned(due, 0, action)])
    return Response(202, json_response({"payload": {"transactionId": transaction_id}}).body)
