"""Order acknowledgements: what is refused at the door, what fails later, and what an accepted one changes.

The door checks form, as Amazon's strict schema does, and answers 400. Everything else is found out after the 202, and
shows only as a Failure of the transaction; a document that fails changes nothing. What Amazon is known to pass over
without a word (a line first rejected, a quantity changed too late) is passed over here without a word too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from simulator import life, orders_table, times, worlds
from simulator.forms import ADDRESS, Field, Form, Many, decimal, instant
from simulator.order import Answer, Line, Order
from simulator.transactions import Posted, Problem, problem
from simulator.worlds import Settings, World

CODES = ("Accepted", "Backordered", "Rejected")
REASONS = ("TemporarilyUnavailable", "InvalidProductIdentifier", "ObsoleteProduct")
# Quantities and prices may be answered anew for two days; after that only dates are heard.
_QUANTITY_PERIOD = 48 * times.HOUR
_OBSOLETE_PERIOD = 48 * times.HOUR
_TAX = Form({"taxRegistrationType": str, "taxRegistrationNumber": str})
_PARTY = Form({"partyId": str, "address": ADDRESS, "taxInfo": _TAX}, ("partyId",))
_QUANTITY = Form({"amount": int, "unitOfMeasure": str, "unitSize": int})
_MONEY = Form({"currencyCode": str, "amount": decimal, "unitOfMeasure": str})
_ANSWER = Form(
    {
        "acknowledgementCode": str,
        "acknowledgedQuantity": _QUANTITY,
        "scheduledShipDate": instant,
        "scheduledDeliveryDate": instant,
        "rejectionReason": str,
    },
    ("acknowledgementCode", "acknowledgedQuantity"),
)
_ITEM = Form(
    {
        "itemSequenceNumber": str,
        "amazonProductIdentifier": str,
        "vendorProductIdentifier": str,
        "orderedQuantity": _QUANTITY,
        "netCost": _MONEY,
        "listPrice": _MONEY,
        "discountMultiplier": str,
        "itemAcknowledgements": Many(_ANSWER),
    },
    ("orderedQuantity", "itemAcknowledgements"),
)
_ACKNOWLEDGEMENT_FIELDS: dict[str, Field] = {
    "purchaseOrderNumber": str,
    "sellingParty": _PARTY,
    "acknowledgementDate": instant,
    "items": Many(_ITEM),
}
_ACKNOWLEDGEMENT = Form(_ACKNOWLEDGEMENT_FIELDS, tuple(_ACKNOWLEDGEMENT_FIELDS))
FORM = Form({"acknowledgements": Many(_ACKNOWLEDGEMENT, least=1)}, ("acknowledgements",))


def take(connection: sqlite3.Connection, world: World, posted: Posted, at: int) -> list[Problem]:
    """Let a posted document take effect; the caller undoes it where there are problems."""
    orders: dict[str, Order] = {}
    problems: list[Problem] = []
    first_answers: list[Order] = []
    for acknowledgement in posted.body["acknowledgements"]:
        number = acknowledgement["purchaseOrderNumber"]
        order = orders.get(number) or orders_table.find(connection, world.name, number)
        if order is None:
            problems.append(problem("INVALID_ORDER_ID", "Invalid order ID.", number))
            continue
        found = _problems(order, acknowledgement)
        problems += found
        if not found:
            if order.state == "New":
                first_answers.append(order)
            _record(order, acknowledgement, at, world.settings)
            orders[number] = order
    if problems:
        return problems
    orders_table.save(connection, world.name, orders.values())
    if world.settings.has_life:
        for order in first_answers:
            if order.state == "Acknowledged":
                plans = life.plan_receipts(world, order, at)
                orders_table.plan(connection, world.name, order.number, plans)
    _drop_obsolete(connection, world, orders.values())
    return []


def _find_line(order: Order, item: Mapping[str, Any]) -> Line | None:
    """The line that the item names; every identifier it gives must be the order's own, and one must be given."""
    named = {
        "itemSequenceNumber": "sequence",
        "amazonProductIdentifier": "asin",
        "vendorProductIdentifier": "sku",
    }
    given = {attribute: item[name] for name, attribute in named.items() if name in item}
    if not given:
        return None
    matching = [line for line in order.lines if all(getattr(line, key) == value for key, value in given.items())]
    return matching[0] if matching else None


def _eaches(quantity: Mapping[str, Any], line: Line) -> int:
    """A quantity in eaches; what it does not say, it takes from the line."""
    unit = quantity.get("unitOfMeasure", line.unit)
    size = quantity.get("unitSize") or (line.pack if unit == "Cases" else 1)
    return int(quantity.get("amount", 0)) * int(size if unit == "Cases" else 1)


def _problems(order: Order, acknowledgement: Mapping[str, Any]) -> list[Problem]:
    if acknowledgement["sellingParty"]["partyId"] != order.vendor_code:
        return [problem("INVALID_SELLING_PARTY", "The selling party is not the order's.", order.number)]
    if order.state == "Closed":
        return [problem("ORDER_CLOSED", "The order is closed.", order.number)]
    problems: list[Problem] = []
    seen: set[str] = set()
    for item in acknowledgement["items"]:
        line = _find_line(order, item)
        if line is None:
            name = item.get("itemSequenceNumber") or item.get("vendorProductIdentifier") or "an item"
            problems.append(problem("INVALID_ITEM", "The item is not on the order.", f"{order.number} {name}"))
            continue
        where = f"{order.number} line {line.sequence}"
        if line.sequence in seen:
            problems.append(problem("DUPLICATE_ITEM", "The item is acknowledged twice.", where))
        seen.add(line.sequence)
        problems += [problem(code, message, where) for code, message in _line_problems(line, item, order.currency)]
    return problems


def _line_problems(line: Line, item: Mapping[str, Any], currency: str) -> list[tuple[str, str]]:
    found = []
    cost = item.get("netCost", {})
    amount = _decimal(cost.get("amount"))
    if amount is None or amount <= 0:
        found.append(("INVALID_NET_COST", "The net cost is missing, zero or negative."))
    elif amount > Decimal(line.cost):
        found.append(("INVALID_NET_COST", "The net cost is higher than the order's."))
    if cost.get("currencyCode", currency) != currency:
        found.append(("INVALID_CURRENCY", "The currency is not the order's."))
    total = 0
    for answer in item["itemAcknowledgements"]:
        code, reason = answer["acknowledgementCode"], answer.get("rejectionReason", "TemporarilyUnavailable")
        unit = answer["acknowledgedQuantity"].get("unitOfMeasure", line.unit)
        eaches = _eaches(answer["acknowledgedQuantity"], line)
        total += eaches
        if code not in CODES or reason not in REASONS or unit not in ("Cases", "Eaches"):
            found.append(("INVALID_ENUM", "A value is not one of those allowed; they are case sensitive."))
        elif eaches < 0 or (eaches == 0 and line.amount):
            found.append(("INVALID_QUANTITY", "An acknowledged quantity is zero or negative."))
        elif eaches % line.unit_size:
            found.append(("INVALID_QUANTITY", "An acknowledged quantity is not a whole number of cases."))
        if code == "Backordered" and not line.may_backorder:
            found.append(("BACKORDER_NOT_ALLOWED", "The item may not be back-ordered."))
        if code == "Backordered" and not answer.keys() & {"scheduledShipDate", "scheduledDeliveryDate"}:
            found.append(("MISSING_BACKORDER_DATE", "A back-order needs its date."))
        if code == "Rejected" and eaches and "rejectionReason" not in answer:
            found.append(("MISSING_REJECTION_REASON", "A rejection needs its reason."))
    if total > max(line.amount, 0) * line.unit_size:
        found.append(("INVALID_QUANTITY", "More is acknowledged than was ordered."))
    return found


def _decimal(value: str | None) -> Decimal | None:
    try:
        return Decimal(value) if value else None
    except InvalidOperation:
        return None


def _record(order: Order, acknowledgement: Mapping[str, Any], at: int, settings: Settings) -> None:
    """Write the answers onto the lines. Lines left out of a first answer are rejected by that."""
    answered: set[str] = set()
    is_late = at > max(order.available_at, order.changed_at or 0) + _QUANTITY_PERIOD
    for item in acknowledgement["items"]:
        line = _find_line(order, item)
        if line is None or not line.amount:
            continue
        answered.add(line.sequence)
        if line.is_refused_for_good:
            continue
        answer = _answer(line, item, at)
        if line.answer is not None:
            answer = _heard(line.answer, answer, settings, is_late=is_late)
        line.answers.append(answer)
    for line in order.lines:
        if line.sequence not in answered and not line.answers and line.amount:
            line.answers.append(Answer(at, 0, 0, line.amount))
    life.settle(order, at)


def _heard(last: Answer, new: Answer, settings: Settings, *, is_late: bool) -> Answer:
    """What of a changed answer is heard: dates always, quantities and prices for two days, or as the settings have it."""
    takes_back = new.accepted + new.backordered < last.accepted + last.backordered
    if takes_back and is_late and settings.follows_changes and settings.follows_late_changes:
        return replace(new, cost=last.cost)
    if is_late or (takes_back and not settings.follows_changes):
        return replace(last, at=new.at, ship_at=new.ship_at, by=new.by)
    return new


def _answer(line: Line, item: Mapping[str, Any], at: int) -> Answer:
    amounts = dict.fromkeys(CODES, 0)
    reason = ship_at = ""
    for answer in item["itemAcknowledgements"]:
        amounts[answer["acknowledgementCode"]] += _eaches(answer["acknowledgedQuantity"], line) // line.unit_size
        reason = answer.get("rejectionReason", reason)
        ship_at = answer.get("scheduledShipDate", ship_at)
    # What the answer does not speak of will not come.
    unspoken = line.amount - sum(amounts.values())
    return Answer(
        at,
        accepted=amounts["Accepted"],
        backordered=amounts["Backordered"],
        rejected=amounts["Rejected"] + unspoken,
        reason=reason,
        cost=item["netCost"]["amount"],
        ship_at=ship_at,
    )


def _drop_obsolete(connection: sqlite3.Connection, world: World, orders: Any) -> None:
    """A product called obsolete twice in a row, two days apart, is not ordered again."""
    dropped = set(world.settings.dropped_asins)
    for order in orders:
        for line in order.lines:
            answer = line.answer
            if answer is not None and answer.reason == "ObsoleteProduct" and answer.rejected:
                earlier = _last_answer_elsewhere(connection, world, line.asin, order.number, answer.at)
                if earlier is not None and earlier.reason == "ObsoleteProduct":
                    dropped.add(line.asin)
    if dropped != set(world.settings.dropped_asins):
        settings = replace(world.settings, dropped_asins=tuple(sorted(dropped)))
        worlds.save(connection, replace(world, settings=settings))


def _last_answer_elsewhere(
    connection: sqlite3.Connection, world: World, asin: str, number: str, before: int
) -> Answer | None:
    """The newest answer about the product on another order, given at least the period earlier."""
    rows = connection.execute(
        "SELECT inner FROM purchase_order WHERE world = ? AND number <> ? AND instr(inner, ?)",
        (world.name, number, f'"asin":"{asin}"'),
    )
    answers = [
        line.answer
        for row in rows
        for line in Order.from_json(row["inner"]).lines
        if line.asin == asin and line.answer is not None and line.answer.at <= before - _OBSOLETE_PERIOD
    ]
    return max(answers, key=lambda answer: answer.at, default=None)
