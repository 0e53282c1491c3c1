"""Pickup requests (``SubmitShipments``): what fails after the 202, and how a pickup goes on until the goods leave."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from simulator import orders_table, pickup_table, times
from simulator.asn import Asn
from simulator.generation import random_digits, rng_for
from simulator.life import Action, ImpossibleError, Planned
from simulator.order import Order
from simulator.pickup import ASSIGNED, CREATED, REQUESTED, SHIPPED, Pickup, Step
from simulator.transactions import Posted, Problem, problem
from simulator.worlds import World

Document = Mapping[str, Any]

_YEAR = 365 * times.DAY
_LEAD_BUSINESS_DAYS = 2
_FARTHEST = 365 * times.DAY
# How far the days of a region's vendors lie from UTC, to tell one business day from the next.
_OFFSETS = {"NA": -7 * times.HOUR, "EU": times.HOUR}
_MODES = ("TruckLoad", "LessThanTruckLoad", "SmallParcel")
_TRUCKS = (("ABF Freight", "ABFS"), ("Old Dominion Freight Line", "ODFL"), ("Estes Express Lines", "EXLA"))
_PARCELS = (("UPS", "UPSN"), ("FedEx", "FDEG"))
_TRANSIT = 3 * times.DAY
_PARTIES = ("sellingParty", "shipFromParty", "shipToParty")
ACTIONS = ("request", "assign", "appoint", "label", "ship", "cancel")


def take(connection: sqlite3.Connection, world: World, posted: Posted, at: int) -> list[Problem]:
    """Let a posted document take effect; the caller undoes it where there are problems."""
    problems: list[Problem] = []
    for document in posted.body["shipments"]:
        judge = _Judge(connection, world, document, posted.at)
        found = judge.cancel() if document["transactionType"] == "Cancel" else judge.book(at)
        problems += judge.problems
        if found is not None and not judge.problems:
            pickup_table.save(connection, world.name, found)
            _plan(connection, world, found, at)
    return problems


def business_days_later(at: int, days: int, region: str) -> int:
    """The beginning of the day that is so many business days after the day of `at`, there where the region is."""
    offset = _OFFSETS.get(region, 0)
    day = times.start_of_day(at + offset)
    while days:
        day += times.DAY
        # The first of January 1970 was a Thursday.
        days -= (day // times.DAY + 3) % 7 < 5
    return day - offset


class _Judge:
    """One request being read: all that is wrong with it gathers in `problems`."""

    def __init__(self, connection: sqlite3.Connection, world: World, document: Document, posted_at: int) -> None:
        self.problems: list[Problem] = []
        self._connection = connection
        self._world = world
        self._document = document
        self._posted_at = posted_at
        self._identifier = str(document["vendorShipmentIdentifier"])
        self._earlier = pickup_table.find(connection, world.name, self._identifier, posted_at - _YEAR)

    def _blame(self, code: str, message: str, details: str = "") -> None:
        self.problems.append(problem(code, message, details))

    def _require(self, name: str, value: object) -> None:
        if not value:
            self._blame("MISSING_FIELD", "A field that is mandatory for this shipment is missing.", name)

    def cancel(self) -> Pickup | None:
        pickup = self._earlier
        if pickup is None or pickup.is_cancelled:
            self._blame("SHIPMENT_UNKNOWN", "There is no shipment of this identifier.", self._identifier)
            return None
        self._check_parties(pickup)
        if pickup.state == SHIPPED:
            self._blame("SHIPMENT_NOT_EDITABLE", "The shipment has left.", self._identifier)
        pickup.is_cancelled = True
        return pickup

    def book(self, at: int) -> Pickup:
        """The pickup as it is to be booked, new or edited; good for nothing once there are problems."""
        document = self._document
        orders = self._orders()
        self._check_head()
        pickup = Pickup(
            identifier=self._identifier,
            vendor_code=document["sellingParty"]["partyId"],
            centre=document["shipToParty"]["partyId"],
            mode=document.get("transportationDetails", {}).get("shipMode", ""),
            created_at=at,
            requested_at=self._check_date(),
            orders=[order.number for order in orders],
            request=dict(document),
            steps=[Step(at, CREATED)],
            # An invented reference makes a pickup without products.
            has_lost_items="buyerReferenceNumber" in document,
        )
        if self._earlier is not None:
            self._edit(pickup, self._earlier)
        return pickup

    def _edit(self, pickup: Pickup, earlier: Pickup) -> None:
        if earlier.is_cancelled:
            self._blame(
                "DUPLICATE_SHIPMENT_IDENTIFIER", "The identifier was used in the last 365 days.", self._identifier
            )
        elif not earlier.is_editable:
            self._blame("SHIPMENT_NOT_EDITABLE", "A carrier is assigned to the shipment.", self._identifier)
        self._check_parties(earlier)
        pickup.id, pickup.created_at, pickup.steps = earlier.id, earlier.created_at, earlier.steps
        pickup.arn = earlier.arn
        pickup.has_lost_items = self._document.get("buyerReferenceNumber", earlier.arn) != earlier.arn

    def _check_parties(self, earlier: Pickup) -> None:
        for name in _PARTIES:
            if self._document[name]["partyId"] != earlier.request[name]["partyId"]:
                self._blame("PARTY_CHANGED", "The parties of a shipment cannot be changed.", name)

    def _check_head(self) -> None:
        document = self._document
        if document["transactionType"] != "New":
            self._blame(
                "INVALID_ENUM", "A value is not one of those allowed; they are case sensitive.", "transactionType"
            )
        mode = document.get("transportationDetails", {}).get("shipMode")
        if mode is not None and mode not in _MODES:
            self._blame("INVALID_ENUM", "A value is not one of those allowed; they are case sensitive.", "shipMode")
        if document["sellingParty"]["partyId"] not in self._world.vendor_codes:
            details = document["sellingParty"]["partyId"]
            self._blame("INVALID_SELLING_PARTY", "The selling party is not one of the account's.", details)
        self._require("shipmentFreightTerm", document.get("shipmentFreightTerm"))
        if document.get("shipmentFreightTerm", "Collect") != "Collect":
            self._blame("NOT_COLLECT", "Amazon picks up only what it pays the freight of.", "shipmentFreightTerm")
        measured = document.get("shipmentMeasurements", {})
        counts = ("totalCartonCount", "totalPalletStackable", "totalPalletNonStackable")
        self._require("shipmentMeasurements", any(measured.get(name) for name in counts))

    def _check_date(self) -> int:
        wanted = self._document.get("collectFreightPickupDetails", {}).get("requestedPickUp")
        self._require("requestedPickUp", wanted)
        if not wanted:
            return self._posted_at
        earliest = business_days_later(self._posted_at, _LEAD_BUSINESS_DAYS, self._world.marketplace.region)
        if not earliest <= times.parse(wanted) <= self._posted_at + _FARTHEST:
            message = "A pickup is at least two business days ahead, and not a year."
            self._blame("INVALID_PICKUP_DATE", message, times.text(earliest))
        return times.parse(wanted)

    def _orders(self) -> list[Order]:
        """The orders to be picked up: this vendor code's, for this centre, collect, each line answered."""
        named = self._document.get("purchaseOrders", [])
        self._require("purchaseOrders", named)
        found = []
        for entry in named:
            number = entry.get("purchaseOrderNumber", "")
            order = orders_table.find(self._connection, self._world.name, number)
            if order is None:
                self._blame("INVALID_ORDER_ID", "Invalid order ID.", number)
                continue
            found.append(order)
            if order.vendor_code != self._document["sellingParty"]["partyId"]:
                self._blame("INVALID_SELLING_PARTY", "The selling party is not the order's.", number)
            if order.ship_to.code != self._document["shipToParty"]["partyId"]:
                self._blame("INVALID_SHIP_TO_PARTY", "The order goes to another fulfilment centre.", number)
            if not order.is_collect(self._world.settings.collect_vendor_codes):
                self._blame("NOT_COLLECT", "Amazon picks up only what it pays the freight of.", number)
            if order.state == "Closed":
                self._blame("ORDER_CLOSED", "The order is closed.", number)
            elif not order.is_confirmed:
                self._blame("ORDER_NOT_CONFIRMED", "The order is not completely confirmed.", number)
            self._require(f"items of {number}", entry.get("items"))
            for item in entry.get("items", []):
                self._check_item(order, item)
        return found

    def _check_item(self, order: Order, item: Document) -> None:
        named = {"buyerProductIdentifier": "asin", "vendorProductIdentifier": "sku"}
        given = {attribute: item[name] for name, attribute in named.items() if name in item}
        lines = [line for line in order.lines if given and all(getattr(line, key) == v for key, v in given.items())]
        where = f"{order.number} {' '.join(given.values()) or item['itemSequenceNumber']}"
        if not lines:
            self._blame("INVALID_ITEM", "The item is not on the order.", where)
            return
        quantity = item["shippedQuantity"]
        size = int(quantity.get("unitSize") or lines[0].pack) if quantity["unitOfMeasure"] == "Cases" else 1
        if not 0 < quantity["amount"] * size <= sum(line.accepted * line.unit_size for line in lines):
            self._blame("QUANTITY_EXCEEDS_CONFIRMED", "The quantity is not one that was confirmed.", where)


# -- how it goes on ----------------------------------------------------------------------------------------------------


def _plan(connection: sqlite3.Connection, world: World, pickup: Pickup, at: int) -> None:
    """Amazon works on it: first its reference number, then the carrier."""
    settings = world.settings
    name = f"pickup:{pickup.id}"
    connection.execute("DELETE FROM event WHERE world = ? AND number = ?", (world.name, name))
    if pickup.is_cancelled:
        return
    steps = (("request", settings.reference_delay_seconds), ("assign", settings.carrier_delay_seconds))
    plans = [
        Planned(at + int(seconds * 1000), turn, {"do": "pickup", "pickup": pickup.id, "step": step})
        for turn, (step, seconds) in enumerate(steps)
    ]
    orders_table.plan(connection, world.name, name, plans)


def arrange(connection: sqlite3.Connection, world: World, orders: list[Order], at: int) -> Pickup:
    """Somebody asks for a pickup in Vendor Central: it has its reference number at once. Raises ImpossibleError."""
    first = orders[0]
    if any((order.vendor_code, order.ship_to.code) != (first.vendor_code, first.ship_to.code) for order in orders):
        raise ImpossibleError("A pickup is for one vendor code and one fulfilment centre.")
    if not all(any(line.accepted for line in order.lines) for order in orders):
        raise ImpossibleError("Nothing is confirmed on one of the orders.")
    number = f"VC-{first.number}-{len(pickup_table.list_all(connection, world.name)) + 1}"
    parties = {"sellingParty": first.vendor_code, "shipFromParty": "VENDOR", "shipToParty": first.ship_to.code}
    request = {
        "vendorShipmentIdentifier": number,
        "transactionDate": times.text(at),
        **{name: {"partyId": code} for name, code in parties.items()},
        "purchaseOrders": [_order_entry(order) for order in orders],
    }
    wanted = business_days_later(at, _LEAD_BUSINESS_DAYS, world.marketplace.region)
    pickup = Pickup(
        identifier=number,
        vendor_code=first.vendor_code,
        centre=first.ship_to.code,
        mode="LessThanTruckLoad",
        created_at=at,
        requested_at=wanted,
        orders=[order.number for order in orders],
        request=request,
        steps=[Step(at, CREATED)],
    )
    pickup_table.save(connection, world.name, pickup)
    _plan(connection, world, pickup, at)
    return act(connection, world, pickup.id, {"do": "request"}, at)


def _order_entry(order: Order) -> Document:
    items = [
        {
            "itemSequenceNumber": f"{place:03d}",
            "buyerProductIdentifier": line.asin,
            "vendorProductIdentifier": line.sku,
            "shippedQuantity": {"amount": line.accepted, "unitOfMeasure": line.unit, "unitSize": line.unit_size},
        }
        for place, line in enumerate(order.lines, start=1)
        if line.accepted
    ]
    return {"purchaseOrderNumber": order.number, "purchaseOrderDate": times.text(order.ordered_at), "items": items}


def act(connection: sqlite3.Connection, world: World, pickup_id: int, action: Action, at: int) -> Pickup:
    """Do one thing to a pickup. Raises LookupError when there is none, ImpossibleError when it makes no sense."""
    pickup = pickup_table.get(connection, world.name, pickup_id)
    if pickup.is_cancelled:
        raise ImpossibleError(f"Pickup {pickup.identifier} is cancelled.")
    match action["do"]:
        case "request":
            _request(world, pickup, at)
        case "assign":
            _assign(world, pickup, action, at)
        case "appoint":
            _appoint(pickup, action)
        case "label":
            pickup.labelled_at = at
        case "ship":
            _request(world, pickup, at)
            pickup.shipped_at = at
            pickup.enter(SHIPPED, at)
        case "cancel":
            pickup.is_cancelled = True
        case _:
            raise ImpossibleError(f"Unknown action {action['do']!r}; known are {', '.join(ACTIONS)}.")
    pickup_table.save(connection, world.name, pickup)
    return pickup


def mark_shipped(connection: sqlite3.Connection, world: World, asn: Asn, at: int) -> None:
    """The notice was taken: the goods with its reference number have left, and Amazon knows it from now on."""
    pickup = pickup_table.find_by_arn(connection, world.name, asn.arn) if asn.arn else None
    if pickup is not None and not pickup.is_cancelled:
        pickup.expected_at, pickup.shipped_at = asn.expected_at, asn.shipped_at
        pickup.enter(SHIPPED, at)
        pickup_table.save(connection, world.name, pickup)


def mark_delivered(connection: sqlite3.Connection, world: World, arn: str, at: int) -> None:
    """The goods with this reference number have arrived."""
    pickup = pickup_table.find_by_arn(connection, world.name, arn) if arn else None
    if pickup is not None:
        pickup.delivered_at = at
        pickup_table.save(connection, world.name, pickup)


def _request(world: World, pickup: Pickup, at: int) -> None:
    pickup.arn = pickup.arn or random_digits(f"{world.seed}:arn:{pickup.identifier}", 10)
    pickup.enter(REQUESTED, at)


def _assign(world: World, pickup: Pickup, action: Action, at: int) -> None:
    """A carrier takes it on and comes when it was asked to; labels for parcels come with that, or never."""
    _request(world, pickup, at)
    rng = rng_for(world, f"carrier:{pickup.identifier}")
    is_parcel = pickup.mode == "SmallParcel"
    pickup.carrier, pickup.scac = rng.choice(_PARCELS if is_parcel else _TRUCKS)
    pickup.pro = random_digits(f"{world.seed}:pro:{pickup.identifier}", 9)
    pickup.assigned_at = at
    pickup.scheduled_at = pickup.scheduled_at or pickup.requested_at
    pickup.expected_at = pickup.expected_at or pickup.scheduled_at + _TRANSIT
    if is_parcel and pickup.labelled_at is None and rng.random() >= world.settings.labels_missing_share:
        pickup.labelled_at = at
    pickup.enter(ASSIGNED, at)


def _appoint(pickup: Pickup, action: Action) -> None:
    """`pickup_at` and `delivery_at`: when the carrier comes, and when it is due at the fulfilment centre."""
    named = {"pickup_at": "scheduled_at", "delivery_at": "expected_at"}
    given = {attribute: times.parse(str(action[name])) for name, attribute in named.items() if action.get(name)}
    if not given:
        raise ImpossibleError("Give pickup_at, delivery_at or both.")
    for attribute, at in given.items():
        setattr(pickup, attribute, at)
