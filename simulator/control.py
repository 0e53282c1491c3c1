"""The control API (``/control/…``, JSON): what a test, a demo or a rehearsal does to Amazon. See ``docs/simulator.md``."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from simulator import directory, life, lwa, pickup_documents, pickups, receiving, times, transactions
from simulator.amazon import Amazon, NameTakenError, NewWorld
from simulator.asn import CARTON_STATES, DEFECTS, MISSING, RECEIVED, Asn, sum_contents
from simulator.faults import KINDS
from simulator.generation import FREIGHTS, Wish
from simulator.http import BadBodyError, Request, Response, json_response
from simulator.life import ImpossibleError
from simulator.order import Order
from simulator.pickup import Pickup
from simulator.plans import OFFICIAL, Plan
from simulator.worlds import CLIENT_ID_PREFIX, REFRESH_TOKEN_PREFIX, SECRET_PREFIX, World

Body = dict[str, Any]
_LARGEST = 10**12
_MOST_ORDERS = 100_000
_FARTHEST = 366 * 86_400
_EARLIEST, _LATEST = times.parse("2000-01-01T00:00:00Z"), times.parse("2100-01-01T00:00:00Z")
OPEN_STATES = ("New", "Acknowledged")
ORDER_ACTIONS = ("change", "answer", "cancel", "restore", "receive", "close", "lapse", "expire")
# Which orders an action is for, where that is not all open ones.
_STATES_OF = {
    "answer": ("New",),
    "lapse": ("New",),
    "receive": ("Acknowledged",),
    "expire": ("Acknowledged",),
    "restore": ("Closed",),
}


class RefusedError(Exception):
    """The control API says no; the message says why and what would do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def answer(amazon: Amazon, request: Request) -> Response:
    """The answer to any request under /control; errors are ``{"error": sentence}``."""
    if refusal := refuse_stranger(amazon, request):
        return json_response({"error": refusal}, 403)
    method = "GET" if request.method == "HEAD" else request.method
    allowed = []
    for verb, pattern, handler in _ROUTES:
        match = re.fullmatch(pattern, request.path)
        if match is None:
            continue
        allowed.append(verb)
        if verb != method:
            continue
        try:
            body = request.json() if method != "GET" else dict(request.query)
            return json_response(handler(amazon, body, *match.groups()), 201 if verb == "POST" else 200)
        except RefusedError as error:
            return json_response({"error": str(error)}, error.status)
        except (BadBodyError, ValueError, TypeError) as error:
            return json_response({"error": str(error)}, 400)
        except ImpossibleError as error:
            return json_response({"error": str(error)}, 409)
        except LookupError as error:
            return json_response({"error": f"There is no {error.args[0] if error.args else 'such thing'}."}, 404)
    if allowed:
        return json_response({"error": f"Use {', '.join(sorted(set(allowed)))}."}, 405)
    return json_response({"error": "There is nothing here; docs/simulator.md lists what there is."}, 404)


def refuse_stranger(amazon: Amazon, request: Request) -> str:
    """Why the request may not control the simulator, or "". A page of another site may never; a token may be asked for."""
    origin = request.headers.get("origin", "")
    if origin and origin.partition("://")[2] != request.headers.get("host", ""):
        return "The control API does not take requests that another site's page sends."
    if not amazon.control_token:
        return ""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    given = bearer or request.cookie("simulator_token")
    if hmac.compare_digest(given.encode(), amazon.control_token.encode()):
        return ""
    return "Send the header 'Authorization: Bearer <SIMULATOR_CONTROL_TOKEN>'."


def _number(body: Body, name: str, default: float) -> float:
    """A number of the body, or the default where it is absent or empty."""
    value = body.get(name)
    if value in (None, ""):
        return default
    try:
        number = float(str(value))
    except ValueError:
        raise RefusedError(400, f"{name} must be a number, not {value!r}.") from None
    if not abs(number) <= _LARGEST:
        raise RefusedError(400, f"{name} is too large a number.")
    return number


def _count(body: Body, name: str, default: int) -> int:
    return int(_number(body, name, default))


def _instant(body: Body, name: str) -> int | None:
    try:
        return times.parse(str(body[name])) if body.get(name) else None
    except ValueError:
        raise RefusedError(
            400, f"{name} must be a date and time as 2026-11-23T12:00:00Z, not {body[name]!r}."
        ) from None


def find_world(amazon: Amazon, name: str) -> World:
    world = amazon.world(name)
    if world is None:
        raise LookupError(f"world {name!r}")
    return world


# -- worlds ------------------------------------------------------------------------------------------------------------


def describe_world(amazon: Amazon, world: World) -> Body:
    """A world as the API shows it, credentials included: they open nothing real."""
    with amazon.store.read() as connection:
        rows = connection.execute(
            "SELECT state, COUNT(*) AS count FROM purchase_order WHERE world = ? GROUP BY state", (world.name,)
        ).fetchall()
    return {
        "name": world.name,
        "client_id": world.client_id,
        "client_secret": world.client_secret or f"{SECRET_PREFIX}secret",
        "refresh_token": world.refresh_token or f"{REFRESH_TOKEN_PREFIX}{world.name}",
        "marketplace": world.marketplace.country,
        "marketplace_id": world.marketplace.id,
        "region": world.marketplace.region,
        "currency": world.marketplace.currency,
        "vendor_group": world.vendor_group,
        "vendor_codes": list(world.vendor_codes),
        "now": times.text(amazon.now(world)),
        "clock_rate": world.clock_rate,
        "seed": world.seed,
        "settings": asdict(world.settings),
        "plans": {operation: asdict(amazon.plans.plan(world.name, operation)) for operation in OFFICIAL},
        "orders": {row["state"]: row["count"] for row in rows},
        "faults": [asdict(fault) for fault in amazon.faults.list(world.name)],
        "request_counts": amazon.log.counts(world.name),
    }


def _health(_amazon: Amazon, _body: Body) -> Body:
    return {"status": "ok"}


def _list_worlds(amazon: Amazon, _body: Body) -> Body:
    return {"worlds": [describe_world(amazon, world) for world in amazon.worlds()]}


def create_world(amazon: Amazon, body: Body) -> Body:
    name = str(body.get("name") or "")
    client_id = str(body.get("client_id") or (name and f"{CLIENT_ID_PREFIX}{name}"))
    if not client_id:
        raise RefusedError(400, "Give the world a name, or a client_id, or both.")
    if name and not re.fullmatch(r"[a-z0-9_-]{1,60}", name):
        raise RefusedError(400, "A name is made of a-z, 0-9, - and _.")
    codes = body.get("vendor_codes") or ()
    new = NewWorld(
        client_id=client_id,
        name=name,
        client_secret=str(body.get("client_secret") or ""),
        refresh_token=str(body.get("refresh_token") or ""),
        marketplace=str(body.get("marketplace") or ""),
        vendor_group=str(body.get("vendor_group") or ""),
        vendor_codes=tuple(str(code) for code in codes),
        seed=str(body.get("seed") or ""),
    )
    try:
        world = amazon.create_world(new, dict(body.get("settings") or {}))
    except NameTakenError as error:
        raise RefusedError(409, "A world of this name or client id exists.") from error
    return describe_world(amazon, world)


def _show_world(amazon: Amazon, _body: Body, name: str) -> Body:
    world = find_world(amazon, name)
    amazon.advance(world)
    return describe_world(amazon, world)


def delete_world(amazon: Amazon, _body: Body, name: str) -> Body:
    amazon.delete(find_world(amazon, name).name)
    return {"deleted": name}


def reset(amazon: Amazon, _body: Body, name: str) -> Body:
    return describe_world(amazon, amazon.reset(find_world(amazon, name).name))


def configure(amazon: Amazon, body: Body, name: str) -> Body:
    return describe_world(amazon, amazon.configure(find_world(amazon, name).name, body))


def set_clock(amazon: Amazon, body: Body, name: str) -> Body:
    world = find_world(amazon, name)
    rate = _number(body, "rate", world.clock_rate)
    if not 0 <= rate <= 10_000:
        raise RefusedError(400, "rate lies between 0 (stopped) and 10000.")
    advance = _number(body, "advance_seconds", 0)
    if not abs(advance) <= _FARTHEST:
        raise RefusedError(400, "advance_seconds is a year at most.")
    at = _instant(body, "now")
    if at is not None and not _EARLIEST <= at <= _LATEST:
        raise RefusedError(400, "now lies between the years 2000 and 2100.")
    moved = amazon.set_clock(
        world.name,
        advance=int(advance * 1000),
        rate=rate,
        at=at,
    )
    return describe_world(amazon, moved)


# -- orders ------------------------------------------------------------------------------------------------------------


def make_orders(amazon: Amazon, body: Body, name: str) -> Body:
    """New orders that become available this moment."""
    world = find_world(amazon, name)
    count, lines = _count(body, "count", 1), _count(body, "lines", 0)
    if not 1 <= count <= 1000 or not 0 <= lines <= 1000:
        raise RefusedError(400, "count lies between 1 and 1000, lines too; for more, seed.")
    wish = Wish(lines or None, *(str(body.get(key) or "") for key in ("vendor_code", "centre", "freight")))
    _among("vendor_code", wish.vendor_code, world.vendor_codes)
    _among("centre", wish.centre, [centre.code for centre in world.marketplace.centres])
    _among("freight", wish.freight, FREIGHTS)
    amazon.advance(world)
    return {"numbers": amazon.add_orders(name, count, wish)}


def _among(name: str, value: str, known: Sequence[str]) -> None:
    if value and value not in known:
        raise RefusedError(400, f"{name} is one of {', '.join(known)}, not {value!r}.")


def _seed(amazon: Amazon, body: Body, name: str) -> Body:
    """Very many orders at once."""
    find_world(amazon, name)
    count, lines, days = _count(body, "orders", 10_000), _count(body, "lines", 10), _number(body, "days", 175)
    if not 1 <= count <= _MOST_ORDERS or not 1 <= lines <= 1000 or not 0 < days <= 183:
        raise RefusedError(400, f"orders: 1 to {_MOST_ORDERS}; lines: 1 to 1000; days: up to 183.")
    return {"created": len(amazon.seed_orders(name, count, lines, days))}


def list_orders(amazon: Amazon, body: Body, name: str) -> Body:
    """The orders, youngest first; ``state``, ``limit`` and ``offset`` narrow the list."""
    world = find_world(amazon, name)
    amazon.advance(world)
    limit, offset = min(_count(body, "limit", 100), 1000), _count(body, "offset", 0)
    condition, values = "world = ?", [name]
    if body.get("state"):
        condition += " AND state = ?"
        values.append(str(body["state"]))
    if body.get("search"):
        condition += " AND number LIKE ?"
        values.append(f"{body['search']}%")
    with amazon.store.read() as connection:
        total = connection.execute(f"SELECT COUNT(*) FROM purchase_order WHERE {condition}", values).fetchone()[0]
        rows = connection.execute(
            f"SELECT inner FROM purchase_order WHERE {condition} ORDER BY available_at DESC, number LIMIT ? OFFSET ?",
            (*values, limit, offset),
        ).fetchall()
    return {"total": total, "orders": [_summary(Order.from_json(row["inner"])) for row in rows]}


def _summary(order: Order) -> Body:
    return {
        "number": order.number,
        "vendor_code": order.vendor_code,
        "state": order.state,
        "status": order.status,
        "type": order.kind,
        "ship_to": order.ship_to.code,
        "currency": order.currency,
        "lines": len(order.lines),
        "ordered_eaches": sum(line.amount * line.unit_size for line in order.lines),
        "ordered_at": times.text(order.ordered_at),
        "available_at": times.text(order.available_at),
        "changed_at": times.text(order.changed_at) if order.changed_at is not None else None,
        "updated_at": times.text(order.updated_at),
    }


def describe_order(order: Order) -> Body:
    """Amazon's own view, line by line, in eaches: what a client's numbers are to be compared with."""
    return {
        **_summary(order),
        "items": [
            {
                "sequence": line.sequence,
                "asin": line.asin,
                "sku": line.sku,
                "title": line.title,
                "cost": line.cost,
                "unit": line.unit,
                "unit_size": line.unit_size,
                "may_backorder": line.may_backorder,
                "ordered": line.amount,
                "ordered_eaches": line.amount * line.unit_size,
                "cancelled_eaches": sum(-entry.amount for entry in line.ordered if entry.amount < 0) * line.unit_size,
                "confirmation": line.confirmation,
                "accepted_eaches": line.accepted * line.unit_size,
                "rejected_eaches": line.rejected * line.unit_size,
                "receipt": line.receipt,
                "received_eaches": line.received_eaches,
                "history": {
                    "ordered": [asdict(entry) for entry in line.ordered],
                    "answers": [asdict(entry) for entry in line.answers],
                    "received": [asdict(entry) for entry in line.received],
                },
            }
            for line in order.lines
        ],
        "document": order.document(),
        "status_document": order.status_document(),
    }


def find_order(amazon: Amazon, name: str, number: str) -> Order:
    world = find_world(amazon, name)
    amazon.advance(world)
    order = amazon.order(name, number)
    if order is None:
        raise LookupError(f"order {number!r} in world {name!r}")
    return order


def _show_order(amazon: Amazon, _body: Body, name: str, number: str) -> Body:
    return describe_order(find_order(amazon, name, number))


def act(amazon: Amazon, body: Body, name: str, number: str, do: str) -> Body:
    """Do one thing to one order: what Amazon, the dock or somebody in Vendor Central would do."""
    find_order(amazon, name, number)
    return describe_order(amazon.act(name, number, {**body, "do": do}))


def act_on_one(amazon: Amazon, body: Body, name: str, do: str) -> Body:
    """The same, to an order that the simulator picks: the youngest that will do."""
    amazon.advance(find_world(amazon, name))
    states = _STATES_OF.get(do, OPEN_STATES)
    number = body.get("number") or amazon.pick_order(name, states)
    if not number:
        raise RefusedError(409, f"No order is {' or '.join(states)}; make some first.")
    return act(amazon, body, name, str(number), do)


# -- shipments ---------------------------------------------------------------------------------------------------------


def list_asns(amazon: Amazon, body: Body, name: str) -> Body:
    """The advance ship notices, newest first; ``identifier``, ``order`` and ``limit`` narrow the list."""
    amazon.advance(find_world(amazon, name))
    identifier, number = (str(body.get(key) or "") for key in ("identifier", "order"))
    asns = amazon.asns(name, identifier=identifier, number=number, limit=_count(body, "limit", 100))
    return {"asns": [describe_asn(asn) for asn in asns]}


def describe_asn(asn: Asn) -> Body:
    """A notice as Amazon booked it, in eaches, with what is wrong with it and what has arrived."""
    instants = ("first_at", "posted_at", "shipped_at", "expected_at", "appointment_at", "arrived_at")
    sums = {state: sum_contents(c for carton in asn.waiting(state) for c in carton.contents) for state in CARTON_STATES}
    return {
        **asdict(asn),
        "state": asn.state,
        "orders": asn.orders,
        **{name: _text(getattr(asn, name)) for name in instants},
        "cartons": [{**asdict(carton), "at": _text(carton.at)} for carton in asn.cartons],
        "defects": [
            {**asdict(defect), "at": times.text(defect.at), "message": DEFECTS[defect.code]} for defect in asn.defects
        ],
        "lines": [
            {
                "order": number,
                "line": line,
                "eaches": eaches,
                "received_eaches": sums[RECEIVED][number, line],
                "missing_eaches": sums[MISSING][number, line],
            }
            for (number, line), eaches in sorted(asn.quantities().items())
        ],
    }


def _text(at: int | None) -> str | None:
    return None if at is None else times.text(at)


def show_asn(amazon: Amazon, _body: Body, name: str, asn_id: str) -> Body:
    """One notice, with the last document that was posted of it."""
    amazon.advance(find_world(amazon, name))
    asn = amazon.asn(name, int(asn_id))
    with amazon.store.read() as connection:
        body = transactions.get_posted(connection, asn.transaction).body
    same = (entry for entry in body["shipmentConfirmations"] if entry["shipmentIdentifier"] == asn.identifier)
    return {**describe_asn(asn), "document": next(same)}


def act_on_asn(amazon: Amazon, body: Body, name: str, asn_id: str, do: str) -> Body:
    """Do one thing to one shipment: what happens on the road or on the dock."""
    amazon.advance(find_world(amazon, name))
    return describe_asn(amazon.act_on_asn(name, int(asn_id), {**body, "do": do}))


def list_pickups(amazon: Amazon, body: Body, name: str) -> Body:
    """The pickups, newest first; ``identifier`` and ``order`` narrow the list."""
    amazon.advance(find_world(amazon, name))
    identifier, number = body.get("identifier"), body.get("order")
    found = [
        describe_pickup(pickup)
        for pickup in reversed(amazon.pickups(name))
        if identifier in (None, "", pickup.identifier) and (not number or number in pickup.orders)
    ]
    return {"pickups": found[: _count(body, "limit", 100)]}


def describe_pickup(pickup: Pickup) -> Body:
    """A pickup as Amazon keeps it, shown to the vendor or not, and the document it is shown as."""
    instants = (
        *("created_at", "requested_at", "assigned_at", "scheduled_at", "expected_at"),
        *("shipped_at", "delivered_at", "labelled_at"),
    )
    return {
        **asdict(pickup),
        "state": pickup.state,
        "is_shown": pickup.is_shown,
        **{name: _text(getattr(pickup, name)) for name in instants},
        "steps": [{**asdict(step), "at": times.text(step.at)} for step in pickup.steps],
        "document": pickup_documents.shipment(pickup),
    }


def show_pickup(amazon: Amazon, _body: Body, name: str, pickup_id: str) -> Body:
    amazon.advance(find_world(amazon, name))
    return describe_pickup(amazon.pickup(name, int(pickup_id)))


def act_on_pickup(amazon: Amazon, body: Body, name: str, pickup_id: str, do: str) -> Body:
    """Do one thing to one pickup: what Amazon or its carrier would do."""
    amazon.advance(find_world(amazon, name))
    return describe_pickup(amazon.act_on_pickup(name, int(pickup_id), {**body, "do": do}))


def arrange_pickup(amazon: Amazon, body: Body, name: str) -> Body:
    """A pickup for ``orders``, asked for in Vendor Central; its reference number is there at once."""
    amazon.advance(find_world(amazon, name))
    numbers = body.get("orders")
    if not isinstance(numbers, list) or not numbers:
        raise RefusedError(400, "orders is a list of order numbers.")
    return describe_pickup(amazon.arrange_pickup(name, [str(number) for number in numbers]))


def _state(amazon: Amazon, _body: Body, name: str) -> Body:
    """Everything: the world, each order line by line, the transactions."""
    world = find_world(amazon, name)
    amazon.advance(world)
    with amazon.store.read() as connection:
        rows = connection.execute(
            "SELECT inner FROM purchase_order WHERE world = ? ORDER BY available_at, number", (name,)
        ).fetchall()
    return {
        "world": describe_world(amazon, world),
        "orders": [describe_order(Order.from_json(row["inner"])) for row in rows],
        "asns": [describe_asn(asn) for asn in amazon.asns(name)],
        "pickups": [describe_pickup(pickup) for pickup in amazon.pickups(name)],
        "transactions": transactions.list_latest(amazon.store, name, -1),
    }


def _directory(amazon: Amazon, _body: Body, name: str) -> Body:
    """The parties that the world's orders name, with the addresses that some marketplaces leave out."""
    world = find_world(amazon, name)
    return {"marketplace": world.marketplace.country, "parties": directory.list_parties(world)}


def _products(amazon: Amazon, _body: Body, name: str) -> Body:
    world = find_world(amazon, name)
    return {"marketplace": world.marketplace.country, "products": directory.list_products(world)}


def _list_transactions(amazon: Amazon, body: Body, name: str) -> Body:
    amazon.advance(find_world(amazon, name))
    return {"transactions": transactions.list_latest(amazon.store, name, _count(body, "limit", 100))}


# -- sign-in, plans, faults, log ---------------------------------------------------------------------------------------


def throttle(amazon: Amazon, body: Body, name: str) -> Body:
    """Another usage plan for one operation, or for all; without a rate, the published ones again."""
    find_world(amazon, name)
    operation = str(body.get("operation") or "*")
    if operation != "*" and operation not in OFFICIAL:
        raise RefusedError(400, f"operation is * or one of {', '.join(OFFICIAL)}.")
    if body.get("rate") in (None, ""):
        amazon.plans.clear(name)
    else:
        rate = _number(body, "rate", 0)
        burst = _count(body, "burst", max(1, round(rate)))
        if rate < 0 or burst < 1:
            raise RefusedError(400, "rate is not negative, burst at least 1.")
        for each in OFFICIAL if operation == "*" else (operation,):
            amazon.plans.set(name, each, Plan(rate, burst))
    return {"plans": {each: asdict(amazon.plans.plan(name, each)) for each in OFFICIAL}}


def revoke(amazon: Amazon, body: Body, name: str) -> Body:
    return {"ended_tokens": lwa.revoke(amazon, find_world(amazon, name), str(body.get("refresh_token") or ""))}


def authorize(amazon: Amazon, _body: Body, name: str) -> Body:
    lwa.restore_grants(amazon, find_world(amazon, name))
    return {"authorized": True}


def expire_tokens(amazon: Amazon, _body: Body, name: str) -> Body:
    return {"ended_tokens": lwa.expire_tokens(amazon, find_world(amazon, name))}


def issue_code(amazon: Amazon, body: Body, name: str) -> Body:
    return {"code": lwa.issue_code(amazon, find_world(amazon, name), str(body.get("redirect_uri") or ""))}


def _list_faults(amazon: Amazon, _body: Body, name: str) -> Body:
    find_world(amazon, name)
    kinds = {kind: {"meaning": entry.meaning, "operations": sorted(entry.operations)} for kind, entry in KINDS.items()}
    return {"faults": [asdict(fault) for fault in amazon.faults.list(name)], "kinds": kinds}


def add_fault(amazon: Amazon, body: Body, name: str) -> Body:
    find_world(amazon, name)
    return asdict(amazon.faults.add(name, body))


def clear_faults(amazon: Amazon, _body: Body, name: str) -> Body:
    amazon.faults.clear(find_world(amazon, name).name)
    return {"faults": []}


def remove_fault(amazon: Amazon, _body: Body, name: str, fault_id: str) -> Body:
    amazon.faults.remove(find_world(amazon, name).name, int(fault_id))
    return {"faults": [asdict(fault) for fault in amazon.faults.list(name)]}


def _list_requests(amazon: Amazon, body: Body, name: str) -> Body:
    find_world(amazon, name)
    entries = amazon.log.latest(name, _count(body, "limit", 100), str(body.get("operation", "")))
    return {"counts": amazon.log.counts(name), "requests": entries}


def clear_requests(amazon: Amazon, _body: Body, name: str) -> Body:
    amazon.log.clear(find_world(amazon, name).name)
    return {"counts": {}}


_Handler = Callable[..., Body]
_W = "/control/worlds/([^/]+)"
_ROUTES: tuple[tuple[str, str, _Handler], ...] = (
    ("GET", "/control/health", _health),
    ("GET", "/control/worlds", _list_worlds),
    ("POST", "/control/worlds", create_world),
    ("GET", _W, _show_world),
    ("DELETE", _W, delete_world),
    ("POST", f"{_W}/reset", reset),
    ("POST", f"{_W}/settings", configure),
    ("POST", f"{_W}/clock", set_clock),
    ("GET", f"{_W}/orders", list_orders),
    ("POST", f"{_W}/orders", make_orders),
    ("POST", f"{_W}/seed", _seed),
    ("GET", f"{_W}/orders/([^/]+)", _show_order),
    ("POST", f"{_W}/orders/([^/]+)/({'|'.join(ORDER_ACTIONS)})", act),
    ("POST", f"{_W}/({'|'.join(ORDER_ACTIONS)})", act_on_one),
    ("GET", f"{_W}/asns", list_asns),
    ("GET", rf"{_W}/asns/(\d{{1,12}})", show_asn),
    ("POST", rf"{_W}/asns/(\d{{1,12}})/({'|'.join(receiving.ACTIONS)})", act_on_asn),
    ("GET", f"{_W}/pickups", list_pickups),
    ("POST", f"{_W}/pickups", arrange_pickup),
    ("GET", rf"{_W}/pickups/(\d{{1,12}})", show_pickup),
    ("POST", rf"{_W}/pickups/(\d{{1,12}})/({'|'.join(pickups.ACTIONS)})", act_on_pickup),
    ("GET", f"{_W}/state", _state),
    ("GET", f"{_W}/transactions", _list_transactions),
    ("GET", f"{_W}/directory", _directory),
    ("GET", f"{_W}/products", _products),
    ("POST", f"{_W}/throttle", throttle),
    ("POST", f"{_W}/revoke", revoke),
    ("POST", f"{_W}/authorize", authorize),
    ("POST", f"{_W}/expire-tokens", expire_tokens),
    ("POST", f"{_W}/authorization-codes", issue_code),
    ("GET", f"{_W}/faults", _list_faults),
    ("POST", f"{_W}/faults", add_fault),
    ("DELETE", f"{_W}/faults", clear_faults),
    ("DELETE", rf"{_W}/faults/(\d+)", remove_fault),
    ("GET", f"{_W}/requests", _list_requests),
    ("DELETE", f"{_W}/requests", clear_requests),
)

CHANGE_NAMES = tuple(life.CHANGES)


def pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
