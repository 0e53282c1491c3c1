"""Values that cross files: what an order says, what changed in it, how far it is."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# how work items, search keys and audit events name an order, and the work there can be about one
SUBJECT_KIND = "orders.purchase_order"
ACKNOWLEDGE = "orders.acknowledge"
CHANGE = "orders.change"


class OrderState(TextChoices):
    """Our state, derived by `orders.rules.derive_state`; Amazon's own word is kept beside it."""

    NEW = "NEW", pgettext_lazy("state of an order", "New")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged")
    PACKING = "PACKING", _("Packing")
    SHIPPED = "SHIPPED", _("Shipped")
    RECEIVED = "RECEIVED", _("Received")
    INVOICED = "INVOICED", _("Invoiced")
    PAID = "PAID", _("Paid")
    CLOSED = "CLOSED", _("Closed")
    CLOSED_SHORT = "CLOSED_SHORT", _("Closed short")
    CANCELLED = "CANCELLED", _("Cancelled")
    REJECTED = "REJECTED", _("Rejected")


class AmazonState(TextChoices):
    """Amazon's documented states. An order may hold another one, as it came."""

    NEW = "New", pgettext_lazy("state of an order", "New")
    ACKNOWLEDGED = "Acknowledged", _("Acknowledged")
    CLOSED = "Closed", _("Closed")


class OrderType(TextChoices):
    """Amazon's documented types. An order may hold another one, as it came."""

    REGULAR = "RegularOrder", _("Regular")
    CONSIGNED = "ConsignedOrder", _("Consigned")
    NEW_PRODUCT = "NewProductIntroduction", _("New product")
    RUSH = "RushOrder", _("Rush")


class RejectionReason(TextChoices):
    """Why a line is rejected. The last one, said twice, ends Amazon's ordering of the product."""

    TEMPORARILY_UNAVAILABLE = "TEMPORARILY_UNAVAILABLE", _("Temporarily unavailable")
    INVALID_PRODUCT_IDENTIFIER = "INVALID_PRODUCT_IDENTIFIER", _("Wrong product identifier")
    OBSOLETE_PRODUCT = "OBSOLETE_PRODUCT", _("Obsolete product")


class AnswerOrigin(TextChoices):
    """Who answered an order."""

    PERSON = "PERSON", _("A person")
    POLICY = "POLICY", _("The policy")
    API = "API", "API"
    ELSEWHERE = "ELSEWHERE", _("Answered outside ACORN")


class AnswerMode(TextChoices):
    """What happens with a policy's proposal."""

    PROPOSE = "PROPOSE", _("Propose, a person sends")
    SEND_WHEN_CLEAN = "SEND_WHEN_CLEAN", _("Send when nothing is open to question")
    ALWAYS_ASK = "ALWAYS_ASK", _("Always ask, propose nothing")


class DeadlineKind(TextChoices):
    """What has to be done until an order's deadline."""

    ACKNOWLEDGE = "ACKNOWLEDGE", _("Acknowledge")


class QuantitySource(TextChoices):
    """Who reported a line quantity: part of each recorded change."""

    PURCHASE_ORDER = "PURCHASE_ORDER", _("Purchase order")
    ORDER_STATUS = "ORDER_STATUS", _("Amazon's order status")
    ACKNOWLEDGEMENT = "ACKNOWLEDGEMENT", _("Our acknowledgement")
    SHIPMENT = "SHIPMENT", _("Our shipment")
    INVOICE = "INVOICE", _("Our invoice")
    REMITTANCE = "REMITTANCE", _("Remittance")


class Counts(NamedTuple):
    """What a page held: rows, orders never seen before, orders that differ, rows with something odd."""

    seen: int
    new: int
    changed: int
    flagged: int


class RowFinding(NamedTuple):
    """Something odd in what Amazon sent: a registered message code, its parameters, the line (or empty)."""

    code: str
    line: str
    params: Mapping[str, Any]


class LineSnapshot(NamedTuple):
    """A line as Amazon's order has it. `amount` counts `unit`s; costs are per each (or per `price_unit` of weight).

    A tuple and not a dataclass: a first sync makes a hundred thousand of these.
    """

    sequence: str
    asin: str
    vendor_sku: str
    amount: int
    unit: str
    unit_size: int
    net_cost: Decimal | None
    list_price: Decimal | None
    currency: str
    price_unit: str
    is_backorder_allowed: bool | None

    @property
    def eaches(self) -> int:
        return self.amount * self.unit_size if self.unit == CASES else self.amount


CASES = "Cases"
EACHES = "Eaches"


class OrderSnapshot(NamedTuple):
    """One order as it stood in one answer. Instants are UTC.

    `lines` is None where the answer said nothing about them, which is not the same as an order without lines.
    """

    number: str
    amazon_state: str
    type: str
    payment_method: str
    deal_code: str
    ordered_at: datetime | None
    changed_at: datetime | None
    state_changed_at: datetime | None
    ship_window_start: datetime | None
    ship_window_end: datetime | None
    delivery_window_start: datetime | None
    delivery_window_end: datetime | None
    vendor_code: str
    ship_to_party: str
    bill_to_party: str
    buying_party: str
    parties: Mapping[str, Any]
    import_details: Mapping[str, str]
    lines: tuple[LineSnapshot, ...] | None

    def to_json(self) -> str:
        """The canonical text: equal orders give equal texts, however Amazon wrote them."""
        return _ENCODER.encode(self)

    @classmethod
    def from_json(cls, text: str) -> "OrderSnapshot":
        """The inverse of `to_json`."""
        values = json.loads(text)
        for place in _INSTANTS:
            values[place] = datetime.fromisoformat(values[place]) if values[place] else None
        if values[-1] is not None:
            values[-1] = tuple(_line_from_json(line) for line in values[-1])
        return cls(*values)


class ParsedOrder(NamedTuple):
    """One row of an answer: the order, or None where not even a number could be read; and what was odd about it."""

    order: OrderSnapshot | None
    findings: tuple[RowFinding, ...]


class FieldChange(NamedTuple):
    """What changed between two snapshots; `line` is the sequence number, or empty for the order itself."""

    line: str
    field: str
    before: Any
    after: Any


class LineQuantities(NamedTuple):
    """How far a line is, in absolute eaches. `ordered` is net: what Amazon cancelled is already off it."""

    ordered: int = 0
    accepted: int = 0
    backordered: int = 0
    rejected: int = 0
    cancelled: int = 0
    packed: int = 0
    shipped: int = 0
    received: int = 0
    invoiced: int = 0
    paid: int = 0


class StatusLine(NamedTuple):
    """What Amazon's status says about a line, in eaches; None where it says nothing."""

    sequence: str
    ordered: int | None
    original: int | None
    cancelled: int | None
    accepted: int | None
    rejected: int | None
    received: int | None
    confirmation: str
    receiving: str
    last_received_at: datetime | None


class OrderStatus(NamedTuple):
    """What Amazon's status resource says about one order."""

    number: str
    status: str
    updated_at: datetime | None
    lines: tuple[StatusLine, ...]


class ParsedStatus(NamedTuple):
    """One row of a status answer; `status` is None where not even a number could be read."""

    status: OrderStatus | None
    findings: tuple[RowFinding, ...]


class LineAnswer(NamedTuple):
    """What is said about one line, in eaches. A date or cost left None is taken from the order.

    `reasons` say why: registered messages, {"code", "params"}; nothing of them is sent.
    """

    sequence: str
    accepted: int = 0
    backordered: int = 0
    rejected: int = 0
    rejection_reason: str = ""
    scheduled_ship_at: datetime | None = None
    scheduled_delivery_at: datetime | None = None
    backorder_ship_at: datetime | None = None
    backorder_delivery_at: datetime | None = None
    net_cost: Decimal | None = None
    reasons: tuple[Mapping[str, Any], ...] = ()

    @property
    def answered(self) -> int:
        return self.accepted + self.backordered + self.rejected


class ReportedQuantities(NamedTuple):
    """Absolute eaches that a source knows about a line, by column of LineQuantities; others stay as they are."""

    order_id: int
    sequence: str
    eaches: Mapping[str, int]


_INSTANTS = tuple(place for place, name in enumerate(OrderSnapshot._fields) if name.endswith(("_at", "_start", "_end")))


def _line_from_json(values: list[Any]) -> LineSnapshot:
    line = LineSnapshot(*values)
    return line._replace(
        net_cost=None if line.net_cost is None else Decimal(line.net_cost),
        list_price=None if line.list_price is None else Decimal(line.list_price),
    )


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
