"""Values that cross files: what an order says, what changed in it, how far it is."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core.money import Money

# how work items, search keys and audit events name an order, and the work there can be about one
SUBJECT_KIND = "orders.purchase_order"
ACKNOWLEDGE = "orders.acknowledge"
FOLLOW_CLOCK = "orders.follow_clock"
READ_AGAIN = "orders.read_again"
MAKE_PAPER = "orders.make_paper"
CHANGE = "orders.change"
# an answer on its way to Amazon, as the outbox calls it
ANSWER_KIND = "orders.acknowledgement"
# what there may be to do about an answered order, and the Job that brings its promises of stock up to date
ANSWER_UNPROVED = "orders.unproved"
TWO_CHANNELS = "orders.two_channels"
STOCK_SHORT = "orders.stock_short"
STOCK_FREED = "orders.stock_freed"
LAPSED = "orders.lapsed"
ADOPT = "orders.adopt"
SETTLE_STOCK = "orders.settle_stock"
FOLLOW_ANSWER = "orders.follow_answer"
LOOK_UP_ANSWER = "orders.look_up_answer"
FIND_LAPSED = "orders.find_lapsed"
MAP = "orders.map"
UNMAPPED = "orders.unmapped_product"
# what our own books say against an order when it arrives
ADDRESS_MISSING = "orders.address_missing"
OTHER_PACK = "orders.other_pack"
# the job that brings what open orders ask people up to date
REVIEW = "orders.review"
POLICY = "orders.policy"
ANSWER_BY_POLICY = "orders.answer_by_policy"
# the company's switch: whether policies send anything at all
POLICIES_SEND = "orders.policies_send"
BATCH_KIND = "orders.answer_batch"


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


class BatchState(TextChoices):
    """How far a batch of answers is. A DRAFT is looked at by a person; nothing has left."""

    PREPARING = "PREPARING", _("Being collected")
    DRAFT = "DRAFT", _("To be looked at")
    SENDING = "SENDING", _("Being sent")
    DONE = "DONE", _("Done")
    DISCARDED = "DISCARDED", _("Discarded")


class Outcome(TextChoices):
    """What became of one order of a batch."""

    WAITING = "WAITING", _("Waiting")
    SENT = "SENT", pgettext_lazy("an answer in a batch", "Handed over")
    BLOCKED = "BLOCKED", _("Not sent")
    CHANGED = "CHANGED", _("Changed meanwhile")


class Confirmation(TextChoices):
    """Whether what Amazon holds of a line is what was answered."""

    AGREES = "AGREES", _("As answered")
    SILENT = "SILENT", _("No word yet")
    DIFFERS = "DIFFERS", _("Differs")


class FreightTerms(TextChoices):
    """Who pays the freight. Amazon's orders do not say it: see `orders.rules.freight_terms`."""

    COLLECT = "COLLECT", _("Collect: Amazon pays the freight")
    PREPAID = "PREPAID", _("Prepaid: we pay the freight")


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
    # when Amazon took the newest answer that it shows
    confirmed_at: datetime | None = None


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

    def stored(self) -> dict[str, Any]:
        """As JSON, for a row; read back with `from_stored`."""
        row = self._asdict() | {"reasons": [dict(reason) for reason in self.reasons]}
        row |= {name: row[name] and row[name].isoformat() for name in _ANSWER_DATES}
        return row | {"net_cost": None if self.net_cost is None else format(self.net_cost, "f")}

    @classmethod
    def from_stored(cls, row: Mapping[str, Any]) -> "LineAnswer":
        values = dict(row) | {"reasons": tuple(row["reasons"])}
        values |= {name: row[name] and datetime.fromisoformat(row[name]) for name in _ANSWER_DATES}
        return cls(**values | {"net_cost": None if row["net_cost"] is None else Decimal(row["net_cost"])})


_ANSWER_DATES = tuple(name for name in LineAnswer._fields if name.endswith("_at"))


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


# --- answers ----------------------------------------------------------------------------------------------------------

# a message that is stored: a registered code and its parameters
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """Another way to answer a line, and what it puts at risk (None: nobody can say). `code` says what it means."""

    code: str
    params: Mapping[str, Any]
    answer: LineAnswer
    at_risk: Money | None = None


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """A proposed answer to one line, with the other ways to answer it.

    `problem` is a registered message that says why nothing can be proposed: all quantities are 0 then, and somebody has
    to decide. `doubts` are why a policy may not send this by itself; the problem is one of them.
    """

    answer: LineAnswer
    ordered: int
    problem: Told | None = None
    doubts: tuple[Told, ...] = ()
    options: tuple[Option, ...] = ()
    at_risk: Money | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed answer to all lines of one order. `doubts` are those about the order as a whole."""

    order_public_id: str
    mode: AnswerMode
    lines: tuple[ProposedLine, ...]
    doubts: tuple[Told, ...]
    # what is accepted or back-ordered, at the proposed cost; None where the order has no currency
    amount: Money | None

    @property
    def answers(self) -> tuple[LineAnswer, ...]:
        return tuple(line.answer for line in self.lines)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is open to question: only then may a policy send it."""
        return bool(self.lines) and not self.doubts and not any(line.doubts for line in self.lines)


class CostChoice(TextChoices):
    """What to do about a cost that is not the agreed one."""

    ACCEPT = "ACCEPT", _("Answer at the order's cost")
    WRITE = "WRITE", _("Written to the buyer")
    REJECT = "REJECT", _("Reject the line")


class PassableWarning(TextChoices):
    """Warnings of the checks before sending that a policy may be told to let pass: rules of `orders.rules.RULES`.

    The others are no matter of taste: a rejection has its own switch, and an order that was answered before, here or
    elsewhere, is a person's.
    """

    DATE_MISSING = "DATE_MISSING", _("No date for what is accepted, because the order names no window")
    DATE_AFTER_WINDOW = "DATE_AFTER_WINDOW", _("A date after the order's window")
    BACKORDER_IN_WINDOW = "BACKORDER_IN_WINDOW", _("A back-order that is dated within the window")
    BACKORDER_UNFOUNDED = "BACKORDER_UNFOUNDED", _("A back-order that no stock and nothing inbound covers")
    NEGATIVE_ORDERED = "NEGATIVE_ORDERED", _("A line on which Amazon orders less than nothing")


class TrialState(TextChoices):
    """How far a policy's trial on past orders is."""

    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", pgettext_lazy("state of a trial", "Done")
    FAILED = "FAILED", _("Failed")


class HoldKind(TextChoices):
    """What a hold in a policy is about."""

    ITEM = "ITEM", _("Item")
    VENDOR_CODE = "VENDOR_CODE", _("Vendor code")
    FC = "FC", _("FC")


class Hold(NamedTuple):
    """Orders of an item (its SKU), a vendor code or to a fulfilment centre wait for a person, up to and with `until`."""

    kind: str
    value: str
    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PolicyTerms:
    """How orders under one vendor code are answered. Amounts are in the order's currency where they name it, else ignored.

    `warehouses` are codes, in the order in which stock is taken; none = all of them. `cost_tolerance` is percent of the
    agreed cost. `reject_reasons` may be sent without a person, and the `passing_warnings` of the checks do not keep the
    policy from sending: none by default.
    """

    warehouses: tuple[str, ...] = ()
    uses_stock: bool = True
    min_order: Money | None = None
    whole_cases: bool = True
    partial_allowed: bool = True
    backorder_allowed: bool = True
    backorder_days: int = 28
    cost_tolerance: Decimal = Decimal(0)
    holds: tuple[Hold, ...] = ()
    reject_reasons: frozenset[str] = frozenset()
    passing_warnings: frozenset[str] = frozenset()
    # caps on what a policy sends by itself
    max_orders_per_hour: int = 60
    max_order_amount: Money | None = None
    # who pays the freight of orders that have both windows: FreightTerms, or empty where nobody has said
    freight_terms: str = ""

    def stored(self) -> dict[str, Any]:
        """As JSON, for a row; read back with `from_stored`."""
        return {
            "warehouses": list(self.warehouses), "uses_stock": self.uses_stock, "min_order": _money(self.min_order),
            "whole_cases": self.whole_cases, "partial_allowed": self.partial_allowed,
            "backorder_allowed": self.backorder_allowed, "backorder_days": self.backorder_days,
            "cost_tolerance": format(self.cost_tolerance, "f"),
            "holds": [{**hold._asdict(), "until": hold.until and hold.until.isoformat()} for hold in self.holds],
            "reject_reasons": sorted(self.reject_reasons), "max_orders_per_hour": self.max_orders_per_hour,
            "max_order_amount": _money(self.max_order_amount), "freight_terms": self.freight_terms,
            "passing_warnings": sorted(self.passing_warnings),
        }  # fmt: skip

    @classmethod
    def from_stored(cls, row: Mapping[str, Any]) -> "PolicyTerms":
        """A term that the row lacks, because it is older than the term, has its default."""
        readers: dict[str, Callable[[Any], Any]] = {
            "warehouses": tuple, "min_order": _read_money, "cost_tolerance": Decimal, "holds": _read_holds,
            "reject_reasons": frozenset, "max_order_amount": _read_money, "passing_warnings": frozenset,
        }  # fmt: skip
        known = {field.name for field in fields(cls)}
        return cls(**{name: readers.get(name, lambda value: value)(row[name]) for name in row if name in known})


def _money(money: Money | None) -> dict[str, str] | None:
    return None if money is None else {"amount": format(money.amount, "f"), "currency": money.currency}


def _read_money(row: Mapping[str, str] | None) -> Money | None:
    return None if row is None else Money(Decimal(row["amount"]), row["currency"])


def _read_holds(rows: Iterable[Mapping[str, Any]]) -> tuple[Hold, ...]:
    return tuple(Hold(**{**row, "until": row["until"] and date.fromisoformat(row["until"])}) for row in rows)


class Policy(NamedTuple):
    """How a vendor code is answered now; `public_id` is empty where nobody has decided anything."""

    vendor_code: str
    public_id: str = ""
    mode: AnswerMode = AnswerMode.PROPOSE
    terms: PolicyTerms = PolicyTerms()
