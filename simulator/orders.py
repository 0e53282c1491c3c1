"""The four operations of Vendor Orders v1 (``/vendor/orders/v1``)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from simulator import acknowledgements, documents, odd_data, parameters, times
from simulator.amazon import HISTORY, Amazon
from simulator.faults import Fault
from simulator.http import Request, Response, amazon_error
from simulator.order import STATES, Order
from simulator.parameters import BadRequestError, Cursor
from simulator.worlds import World

_MAX_WINDOW = 7 * times.DAY
_NUMBER = re.compile(r"[A-Za-z0-9]{8}", re.ASCII)


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


def _window(request: Request, name: str, column: str, conditions: list[str], values: list[Any]) -> bool:
    """Add the conditions of ``<name>After`` and ``<name>Before``; whether there were any."""
    after = parameters.instant(request, f"{name}After")
    before = parameters.instant(request, f"{name}Before")
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
    _window(request, "created", "available_at", conditions, values)
    by_change = _window(request, *changes, conditions, values)
    if vendor_code := request.parameter("orderingVendorCode"):
        conditions.append("vendor_code = ?")
        values.append(vendor_code)
    is_descending = parameters.word(request, "sortOrder", ("ASC", "DESC")) == "DESC"
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
        limit=parameters.limit(request, most=100),
        cursor=Cursor.read(token) if token else None,
    )


def _page(amazon: Amazon, listing: Listing, columns: str, faults: list[Fault]) -> tuple[list[Any], dict[str, Any]]:
    """The rows of the page, and the ``pagination`` part of the payload."""
    key, sign, direction = listing.sort_key, "<" if listing.is_descending else ">", ""
    if listing.is_descending:
        direction = " DESC"
    if any(fault.kind == "nothing_found" for fault in faults):
        return [], {}
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


# -- operations --------------------------------------------------------------------------------------------------------


def get_purchase_orders(amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]) -> Response:
    listing = _listing(amazon, world, request, faults, ("changed", "changed_at"))
    if parameters.word(request, "poItemState", ("Cancelled",)):
        listing.conditions.append("has_cancelled = 1")
    if parameters.flag(request, "isPOChanged", False):
        listing.conditions.append("changed_at IS NOT NULL")
    if state := parameters.word(request, "purchaseOrderState", STATES):
        listing.conditions.append("state = ?")
        listing.values.append(state)
    has_details = parameters.flag(request, "includeDetails", True)
    rows, pagination = _page(amazon, listing, "state, document" if has_details else "state", faults)
    if has_details:
        # The documents lie in the store as finished text; only odd data has to be parsed.
        if not any(fault.kind in odd_data.KINDS for fault in faults):
            head = json.dumps(pagination, separators=(",", ":"))[1:-1]
            orders = ",".join(row["document"] for row in rows)
            text = f'{{"payload":{{{head}{"," if head else ""}"orders":[{orders}]}}}}'
            return Response(200, text.encode())
        return odd_data.answer({**pagination, "orders": [json.loads(row["document"]) for row in rows]}, faults)
    orders_only = [{"purchaseOrderNumber": row["number"], "purchaseOrderState": row["state"]} for row in rows]
    return odd_data.answer({**pagination, "orders": orders_only}, faults)


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
    return odd_data.answer(json.loads(row["document"]), faults)


def get_purchase_orders_status(
    amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]
) -> Response:
    listing = _listing(amazon, world, request, faults, ("updated", "updated_at"))
    exact = {"purchaseOrderNumber": "number", "shipToPartyId": "ship_to"}
    for name, column in exact.items():
        if value := request.parameter(name):
            listing.conditions.append(f"{column} = ?")
            listing.values.append(value)
    if status := parameters.word(request, "purchaseOrderStatus", ("OPEN", "CLOSED")):
        listing.conditions.append("status = ?")
        listing.values.append(status)
    words = {
        "itemConfirmationStatus": ("confirmations", ("ACCEPTED", "PARTIALLY_ACCEPTED", "REJECTED", "UNCONFIRMED")),
        "itemReceiveStatus": ("receipts", ("NOT_RECEIVED", "PARTIALLY_RECEIVED", "RECEIVED")),
    }
    for name, (column, allowed) in words.items():
        if value := parameters.word(request, name, allowed):
            listing.conditions.append(f"instr({column}, ?)")
            listing.values.append(f"|{value}|")
    rows, pagination = _page(amazon, listing, "inner", faults)
    statuses = [Order.from_json(row["inner"]).status_document() for row in rows]
    return odd_data.answer({**pagination, "ordersStatus": statuses}, faults)


def submit_acknowledgement(amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]) -> Response:
    return documents.post(
        amazon.store,
        world,
        request,
        faults,
        operation="submitAcknowledgement",
        form=acknowledgements.FORM,
        now=amazon.now(world),
        delay_seconds=world.settings.acknowledgement_delay_seconds,
    )
