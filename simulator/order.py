"""A purchase order as Amazon keeps it: its lines, what happened to them, and how it is shown to the vendor.

Quantities of a line are kept as a history in the line's own unit (cases or eaches). What the two operations show is
derived from that history here and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from simulator import times

STATES = ("New", "Acknowledged", "Closed")
TYPES = ("RegularOrder", "ConsignedOrder", "NewProductIntroduction", "RushOrder")

Window = tuple[int, int]


@dataclass
class Ordered:
    """Amazon ordered so many more, or cancelled so many (negative)."""

    at: int
    amount: int


@dataclass
class Answer:
    """What an acknowledgement said about a line, in the line's unit."""

    at: int
    accepted: int
    backordered: int
    rejected: int
    reason: str = ""
    cost: str = ""
    ship_at: str = ""
    # Who said it: API, Vendor Central, or Amazon for the vendor.
    by: str = "API"


@dataclass
class Received:
    at: int
    eaches: int
    # The store's number of the advance ship notice they came with, 0 for none.
    asn: int = 0


@dataclass
class Line:
    sequence: str
    asin: str
    sku: str
    title: str
    unit: str
    # Eaches per case of the product; `unit_size` is what the document says.
    pack: int
    may_backorder: bool
    cost: str
    list_price: str = ""
    weight_unit: str = ""
    # The status operation may count receipts in the other unit.
    receive_unit: str = "Eaches"
    ordered: list[Ordered] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    @property
    def unit_size(self) -> int:
        return self.pack if self.unit == "Cases" else 1

    @property
    def amount(self) -> int:
        """What Amazon still wants: everything ordered less everything cancelled."""
        return sum(entry.amount for entry in self.ordered)

    @property
    def answer(self) -> Answer | None:
        return self.answers[-1] if self.answers else None

    @property
    def accepted(self) -> int:
        """Accepted and back-ordered together, as Amazon reads them back; never more than is still wanted."""
        answer = self.answer
        return min(answer.accepted + answer.backordered, max(self.amount, 0)) if answer else 0

    @property
    def rejected(self) -> int:
        return self.answer.rejected if self.answer else 0

    @property
    def received_eaches(self) -> int:
        return sum(entry.eaches for entry in self.received)

    @property
    def is_cancelled(self) -> bool:
        return self.amount == 0 and any(entry.amount < 0 for entry in self.ordered)

    @property
    def is_refused_for_good(self) -> bool:
        """The first answer rejected the whole line: no later answer is heard."""
        first = self.answers[0] if self.answers else None
        return first is not None and first.rejected > 0 and not first.accepted and not first.backordered

    @property
    def confirmation(self) -> str:
        if not self.answers:
            return "UNCONFIRMED"
        if self.accepted >= max(self.amount, 1):
            return "ACCEPTED"
        return "PARTIALLY_ACCEPTED" if self.accepted else "REJECTED"

    @property
    def is_confirmed(self) -> bool:
        """Every unit that is wanted was accepted, back-ordered or rejected."""
        answer = self.answer
        answered = answer.accepted + answer.backordered + answer.rejected if answer else 0
        return answered >= self.amount

    @property
    def receipt(self) -> str:
        if not self.received_eaches:
            return "NOT_RECEIVED"
        wanted = (self.accepted or self.amount) * self.unit_size
        return "RECEIVED" if self.received_eaches >= wanted else "PARTIALLY_RECEIVED"

    @property
    def outstanding_eaches(self) -> int:
        """Confirmed and not yet received."""
        return max(self.accepted * self.unit_size - self.received_eaches, 0)


@dataclass
class Party:
    code: str
    address: dict[str, str] = field(default_factory=dict)
    tax: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {"partyId": self.code}
        if self.address:
            document["address"] = self.address
        if self.tax:
            document["taxInfo"] = self.tax
        return document


@dataclass
class Order:
    number: str
    vendor_code: str
    currency: str
    kind: str
    payment_method: str
    ordered_at: int
    # When Amazon's API first shows it, which is what "created" means in filters.
    available_at: int
    state: str
    state_changed_at: int
    updated_at: int
    buying: Party
    selling: Party
    ship_to: Party
    bill_to: Party
    changed_at: int | None = None
    deal_code: str = ""
    ship_window: Window | None = None
    delivery_window: Window | None = None
    import_details: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def line(self, sequence: str) -> Line | None:
        return next((line for line in self.lines if line.sequence == sequence), None)

    def enter(self, state: str, at: int) -> None:
        if self.state != state:
            self.state, self.state_changed_at = state, at
        self.updated_at = max(self.updated_at, at)

    def date_back(self, now: int) -> None:
        """Date what happened later than now to now. Windows lie ahead and stay."""
        self.ordered_at, self.available_at = min(self.ordered_at, now), min(self.available_at, now)
        self.state_changed_at, self.updated_at = min(self.state_changed_at, now), min(self.updated_at, now)
        if self.changed_at is not None:
            self.changed_at = min(self.changed_at, now)
        for line in self.lines:
            entries: list[Ordered | Answer | Received] = [*line.ordered, *line.answers, *line.received]
            for entry in entries:
                entry.at = min(entry.at, now)

    def is_collect(self, vendor_codes: Container[str]) -> bool:
        """Whether Amazon pays the freight. Only the windows tell; where both are given, the vendor code's terms do."""
        if self.ship_window and self.delivery_window:
            return self.vendor_code in vendor_codes
        return self.ship_window is not None

    @property
    def is_confirmed(self) -> bool:
        """Every unit that is wanted was answered."""
        return self.state == "Acknowledged" and all(line.is_confirmed for line in self.lines)

    @property
    def has_cancelled(self) -> bool:
        return any(line.is_cancelled for line in self.lines)

    @property
    def has_everything(self) -> bool:
        """Each line was answered (or cancelled) and what was confirmed has arrived."""
        return all(
            (line.answers or line.is_cancelled or line.received) and not line.outstanding_eaches for line in self.lines
        )

    @property
    def status(self) -> str:
        """The status operation's own word: CLOSED once Amazon has what it will get, else OPEN."""
        return "CLOSED" if self.has_everything else "OPEN"

    def document(self) -> dict[str, Any]:
        """The order as getPurchaseOrder shows it."""
        details: dict[str, Any] = {"purchaseOrderDate": times.text(self.ordered_at)}
        if self.changed_at is not None:
            details["purchaseOrderChangedDate"] = times.text(self.changed_at)
        details["purchaseOrderStateChangedDate"] = times.text(self.state_changed_at)
        details["purchaseOrderType"] = self.kind
        if self.import_details:
            details["importDetails"] = self.import_details
        if self.deal_code:
            details["dealCode"] = self.deal_code
        details["paymentMethod"] = self.payment_method
        details["buyingParty"] = self.buying.document()
        details["sellingParty"] = self.selling.document()
        details["shipToParty"] = self.ship_to.document()
        details["billToParty"] = self.bill_to.document()
        if self.ship_window:
            details["shipWindow"] = times.interval(self.ship_window)
        if self.delivery_window:
            details["deliveryWindow"] = times.interval(self.delivery_window)
        details["items"] = [_item(line, self.currency) for line in self.lines]
        return {
            "purchaseOrderNumber": self.number,
            "purchaseOrderState": self.state,
            "orderDetails": details,
        }

    def status_document(self) -> dict[str, Any]:
        """The order as getPurchaseOrdersStatus shows it."""
        return {
            "purchaseOrderNumber": self.number,
            "purchaseOrderStatus": self.status,
            "purchaseOrderDate": times.text_with_millis(self.ordered_at),
            "lastUpdatedDate": times.text_with_millis(self.updated_at),
            "sellingParty": self.selling.document(),
            "shipToParty": self.ship_to.document(),
            "itemStatus": [_item_status(line, self.currency) for line in self.lines],
        }

    def to_json(self) -> str:
        """The whole order for the store. ``vars`` is ten times as fast as ``dataclasses.asdict``, for 100,000 lines."""
        return json.dumps(self, default=vars, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Order:
        """The order that `to_json` wrote."""
        value: dict[str, Any] = json.loads(text)
        parties = {name: Party(**value[name]) for name in ("buying", "selling", "ship_to", "bill_to")}
        windows = {name: tuple(value[name]) if value[name] else None for name in ("ship_window", "delivery_window")}
        lines = [
            Line(
                **{
                    **line,
                    "ordered": [Ordered(**entry) for entry in line["ordered"]],
                    "answers": [Answer(**entry) for entry in line["answers"]],
                    "received": [Received(**entry) for entry in line["received"]],
                }
            )
            for line in value["lines"]
        ]
        return cls(**{**value, **parties, **windows, "lines": lines})


def _quantity(amount: int, unit: str, unit_size: int) -> dict[str, Any]:
    return {"amount": amount, "unitOfMeasure": unit, "unitSize": unit_size}


def _money(amount: str, currency: str, weight_unit: str) -> dict[str, Any]:
    money = {"currencyCode": currency, "amount": amount}
    return {**money, "unitOfMeasure": weight_unit} if weight_unit else money


def _prices(line: Line, currency: str) -> dict[str, Any]:
    prices = {"netCost": _money(line.cost, currency, line.weight_unit)}
    if line.list_price:
        prices["listPrice"] = _money(line.list_price, currency, line.weight_unit)
    return prices


def _item(line: Line, currency: str) -> dict[str, Any]:
    return {
        "itemSequenceNumber": line.sequence,
        "amazonProductIdentifier": line.asin,
        "vendorProductIdentifier": line.sku,
        "orderedQuantity": _quantity(line.amount, line.unit, line.unit_size),
        "isBackOrderAllowed": line.may_backorder,
        **_prices(line, currency),
    }


def _item_status(line: Line, currency: str) -> dict[str, Any]:
    def in_unit(amount: int) -> dict[str, Any]:
        return _quantity(amount, line.unit, line.unit_size)

    acknowledgement: dict[str, Any] = {
        "confirmationStatus": line.confirmation,
        "acceptedQuantity": in_unit(line.accepted),
        "rejectedQuantity": in_unit(line.rejected),
    }
    if line.answers:
        acknowledgement["acknowledgementStatusDetails"] = [
            {
                "acknowledgementDate": times.text_with_millis(answer.at),
                "acceptedQuantity": in_unit(answer.accepted + answer.backordered),
                "rejectedQuantity": in_unit(answer.rejected),
            }
            for answer in reversed(line.answers)
        ]
    return {
        "itemSequenceNumber": line.sequence,
        "buyerProductIdentifier": line.asin,
        "vendorProductIdentifier": line.sku,
        **_prices(line, currency),
        "orderedQuantity": {
            "orderedQuantity": in_unit(line.amount),
            "orderedQuantityDetails": [
                {
                    "updatedDate": times.text_with_millis(entry.at),
                    ("orderedQuantity" if entry.amount >= 0 else "cancelledQuantity"): in_unit(abs(entry.amount)),
                }
                for entry in reversed(line.ordered)
            ],
        },
        "acknowledgementStatus": acknowledgement,
        "receivingStatus": _receiving(line),
    }


def _receiving(line: Line) -> dict[str, Any]:
    eaches = line.received_eaches
    # Cases only where they come out even, as a dock counts them; the line itself may be in the other unit.
    if line.receive_unit == "Cases" and eaches % line.pack == 0:
        quantity = _quantity(eaches // line.pack, "Cases", line.pack)
    else:
        quantity = _quantity(eaches, "Eaches", 1)
    receiving: dict[str, Any] = {"receiveStatus": line.receipt, "receivedQuantity": quantity}
    if line.received:
        receiving["lastReceiveDate"] = times.text_with_millis(max(entry.at for entry in line.received))
    return receiving
