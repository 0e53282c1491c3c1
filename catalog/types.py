"""Values that cross files: kinds of identifiers, pools of stock, what stock is promised to, and questions put to the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core.actor import Subject
from catalog.projection import arriving_before

# the parts of an address, as the API and imports name them
ADDRESS_FIELDS = (
    "name", "address_line_1", "address_line_2", "address_line_3", "city", "county", "district", "state_or_region",
    "postal_code", "country_code", "phone",
)  # fmt: skip

# how work items, search keys and audit events name things of the catalogue
ITEM = "catalog.item"
PROPOSAL = "catalog.identifier_proposal"
WAREHOUSE = "catalog.warehouse"
PROPOSAL_QUEUE = "catalog.proposal_queue"
TABLE_REVIEW = "catalog.table_review"

# kinds of work: something waits for a second person; a table was not looked through in time
PROPOSALS_WAITING = "catalog.proposals_waiting"
REVIEW_DUE = "catalog.review_due"
PARTY_ADDRESS = "catalog.party_address"
CUSTOMER_NUMBER = "catalog.customer_number"
AGREED_COST = "catalog.agreed_cost"
# what people and programs hold by hand, under a reference of their own
RESERVATION = "catalog.reservation"
SHOP_RESERVATION = "catalog.shop_reservation"
ITEM_STOCK = "catalog.item_stock"
INBOUND = "catalog.inbound"
# more of an item is promised than there is
OVERSOLD = "catalog.oversold"
# goods did not come on their day, nor within the days of grace
INBOUND_OVERDUE = "catalog.inbound_overdue"
# how many eaches of a new balance are kept back
DEFAULT_BUFFER = "catalog.default_buffer"
# how many days after the expected one inbound still counts
INBOUND_GRACE = "catalog.inbound_grace_days"

# the setting that says whether an identifier counts only once a second person has approved it
TWO_PERSON_REVIEW = "catalog.two_person_review"


class ItemStatus(TextChoices):
    """ACTIVE items are proposed for orders; PAUSED ones are back-ordered or asked about; OBSOLETE ones come no more."""

    ACTIVE = "ACTIVE", pgettext_lazy("state of an item", "Active")
    PAUSED = "PAUSED", _("Paused")
    OBSOLETE = "OBSOLETE", _("Obsolete")


class IdentifierKind(TextChoices):
    ASIN = "ASIN", "ASIN"
    VENDOR_SKU = "VENDOR_SKU", _("Vendor SKU")
    EAN = "EAN", "EAN"
    UPC = "UPC", "UPC"
    GTIN = "GTIN", "GTIN"
    SHOP_SKU = "SHOP_SKU", _("Shop SKU")


# numbers by GS1, with a check digit; one number may be written as any of them
GTIN_KINDS = frozenset({IdentifierKind.EAN, IdentifierKind.UPC, IdentifierKind.GTIN})


class ProposalAction(TextChoices):
    ADD = "ADD", _("Add")
    REPLACE = "REPLACE", _("Replace")
    END = "END", _("End")


class ProposalState(TextChoices):
    PROPOSED = "PROPOSED", _("Waits for a second person")
    APPROVED = "APPROVED", _("Approved")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class IdentifierState(TextChoices):
    """Whether an identifier counts: now or from a day on, not yet, not any more."""

    ACTIVE = "ACTIVE", pgettext_lazy("state of an identifier", "Active")
    PROPOSED = "PROPOSED", _("Waits for a second person")
    ENDED = "ENDED", pgettext_lazy("state of an identifier", "Ended")


class CostStatus(TextChoices):
    REQUESTED = "REQUESTED", pgettext_lazy("state of a cost", "Requested")
    ACTIVE = "ACTIVE", pgettext_lazy("state of a cost", "Active")
    REFUSED = "REFUSED", pgettext_lazy("state of a cost", "Refused")


class PartyKind(TextChoices):
    """What an Amazon party id stands for."""

    FULFILMENT_CENTRE = "FC", _("Fulfilment centre")
    BILL_TO = "BILL_TO", _("Bill-to")


class Pool(TextChoices):
    """Whose hands stock is in. Only OWN and THIRD_PARTY can be promised to Amazon's orders."""

    OWN = "OWN", _("Own")
    THIRD_PARTY = "THIRD_PARTY", _("3PL")
    FBA = "FBA", "FBA"
    CONSIGNED = "CONSIGNED", _("Consigned at Amazon")


PROMISABLE = (Pool.OWN, Pool.THIRD_PARTY)


class Purpose(TextChoices):
    """What stock is promised to."""

    AMAZON_LINE = "AMAZON_LINE", _("Amazon order line")
    SHOP_ORDER = "SHOP_ORDER", _("Shop order")
    MANUAL = "MANUAL", _("Manual hold")


class CommitmentState(TextChoices):
    HELD = "HELD", _("Held")
    RELEASED = "RELEASED", _("Released")
    CONSUMED = "CONSUMED", _("Left the house")


class EntryKind(TextChoices):
    """Why a balance moved. Each entry of the ledger moves on hand, committed, or both."""

    COUNT = "COUNT", _("Count")
    ADJUSTMENT = "ADJUSTMENT", _("Adjustment")
    RECEIPT = "RECEIPT", _("Receipt")
    RESERVE = "RESERVE", _("Promised")
    RELEASE = "RELEASE", _("Released")
    CONSUME = "CONSUME", _("Left the house")
    TRANSFER_OUT = "TRANSFER_OUT", _("Moved away")
    TRANSFER_IN = "TRANSFER_IN", _("Moved here")


class AdjustmentCause(TextChoices):
    """Why there is more or less than the books say, without a count. OTHER needs a note."""

    DAMAGED = "DAMAGED", _("Damaged")
    LOST = "LOST", _("Lost")
    EXPIRED = "EXPIRED", _("Past its date")
    SAMPLE = "SAMPLE", _("Taken as a sample")
    FOUND = "FOUND", _("Found")
    RETURNED = "RETURNED", _("Came back")
    OTHER = "OTHER", pgettext_lazy("why stock was adjusted", "Other")


# causes that only take away, and those that only add
TAKING = frozenset({AdjustmentCause.DAMAGED, AdjustmentCause.LOST, AdjustmentCause.EXPIRED, AdjustmentCause.SAMPLE})
ADDING = frozenset({AdjustmentCause.FOUND, AdjustmentCause.RETURNED})


class Leaving(NamedTuple):
    """Eaches of an item that leave a warehouse for whoever holds a promise of them.

    `keys` are those of the promises, in the order in which they end; what they do not cover leaves all the same. `name`
    tells it from the others of the same reference.
    """

    reference: Subject
    name: str
    keys: tuple[str, ...]
    place: "Place"
    quantity: int


class InboundState(TextChoices):
    """OVERDUE: the expected day and the days of grace have passed. It counts for nobody until a person looks."""

    EXPECTED = "EXPECTED", _("Expected")
    OVERDUE = "OVERDUE", pgettext_lazy("of an inbound", "Overdue")
    ARRIVED = "ARRIVED", _("Arrived")
    CANCELLED = "CANCELLED", _("Cancelled")


# what may still come
COMING = (InboundState.EXPECTED, InboundState.OVERDUE)


class NewIdentifier(NamedTuple):
    """An identifier that somebody gives an item. `marketplace` "" = everywhere; `effective_from` None = it always held."""

    kind: str
    value: str
    marketplace: str = ""
    effective_from: date | None = None


class Problem(TextChoices):
    """Why a line has no item."""

    UNKNOWN = "UNKNOWN", _("No item has these identifiers")
    AMBIGUOUS = "AMBIGUOUS", _("Several items have these identifiers")


class LineKey(NamedTuple):
    """By what an order names a product, in which marketplace, on which day of the marketplace."""

    asin: str
    vendor_sku: str
    marketplace: str
    on: date


class Resolution(NamedTuple):
    """The item that is meant; or none, why, and the items it may be."""

    item_id: int | None
    problem: str
    candidates: tuple[int, ...] = ()


class CostKey(NamedTuple):
    """For which item, vendor code and currency a cost is asked, on which day."""

    item_id: int
    vendor_code: str
    currency: str
    on: date


class PartyKey(NamedTuple):
    """Which of Amazon's parties (kind as in PartyKind) is meant, and on which day its address is asked."""

    kind: str
    marketplace: str
    party_id: str
    on: date


class CustomerKey(NamedTuple):
    """Under which vendor code Amazon buys, and for which fulfilment centre."""

    vendor_code: str
    ship_to_party: str


class Place(NamedTuple):
    """Where a balance is kept: an item in a warehouse's pool."""

    item_id: int
    warehouse_id: int
    pool: str


class Promise(NamedTuple):
    """Stock that a reference shall hold: `quantity` eaches of an item in a warehouse's pool, needed on a day.

    `key` is unique within the reference (an order line's sequence and its warehouse, say) and makes it safe to repeat.
    `needed_on` in the future may count on what is inbound before that day; None needs it on hand now.
    """

    key: str
    item_id: int
    warehouse_id: int
    pool: str
    quantity: int
    needed_on: date | None = None

    @property
    def place(self) -> Place:
        return Place(self.item_id, self.warehouse_id, self.pool)


class Shortfall(NamedTuple):
    """A promise that could not be kept whole: what was asked for, and what is held of it now."""

    promise: Promise
    held: int

    @property
    def missing(self) -> int:
        return self.promise.quantity - self.held


# how far ahead of ours the clock of somebody who counts may be
COUNT_SKEW = timedelta(minutes=5)


class CountRow(NamedTuple):
    """So many eaches lay in a place at an instant, says whoever counted."""

    place: Place
    on_hand: int
    as_of: datetime
    reason: str = ""


class CountResult(NamedTuple):
    """What a count came to. Not applied: a newer count was known, or this very one."""

    is_applied: bool
    on_hand: int
    committed: int


@dataclass(frozen=True, slots=True)
class Availability:
    """What one item has in one warehouse and pool, in eaches. `inbound` is by day of arrival, ascending."""

    item_id: int
    warehouse_id: int
    pool: str
    on_hand: int
    committed: int
    buffer: int
    inbound: tuple[tuple[date, int], ...] = ()

    @property
    def place(self) -> Place:
        return Place(self.item_id, self.warehouse_id, self.pool)

    def available_on(self, day: date | None) -> int:
        """Available to promise: on hand - committed - buffer + inbound before that day (None: without inbound)."""
        return self.on_hand - self.committed - self.buffer + arriving_before(self.inbound, day)


class Impact(NamedTuple):
    """One line of a blast radius: what a change would touch, how many of it, how much. `amounts` are by currency."""

    label: str
    things: int
    eaches: int
    amounts: Mapping[str, Decimal]


class Holder(NamedTuple):
    """Who holds stock: a subject that has a page."""

    purpose: str
    subject: Subject
