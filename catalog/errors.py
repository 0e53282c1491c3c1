"""What the catalogue may refuse."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from catalog.types import Shortfall


class WarehouseNotFound(NotFound):
    """No warehouse of the company has this id."""


class WarehouseExists(Conflict):
    """Its code names another warehouse already."""

    code = "WAREHOUSE_EXISTS"
    message = _("There is a warehouse {warehouse} already. Give this one another code, or change that one.")


class WarehouseInUse(Conflict):
    """It still has stock, or stock in it is promised to somebody."""

    code = "WAREHOUSE_IN_USE"
    message = _(
        "Warehouse {warehouse} still has {on_hand} on hand and {committed} committed. Count or move the stock out, and release what is promised, then archive it."
    )


class ItemNotFound(NotFound):
    """No such item in this company."""

    code = "ITEM_NOT_FOUND"
    message = _("This item does not exist here, or you may not see it.")


class ProposalNotFound(NotFound):
    """No such proposal in this company."""

    code = "PROPOSAL_NOT_FOUND"
    message = _("This proposal does not exist here, or you may not see it.")


class SkuTaken(Conflict):
    """Another item of the company has this SKU."""

    code = "SKU_TAKEN"
    message = _("The SKU {sku} belongs to another item already. Open that one, or choose another SKU.")


class ProposalDecided(Conflict):
    """Somebody approved, refused or withdrew it first."""

    code = "PROPOSAL_DECIDED"
    message = _("This proposal is settled already ({state}, by {person}). Nothing was changed.")


class OwnProposal(DomainError):
    """Author and approver are the same person, be it by session or by a token of theirs."""

    code = "OWN_PROPOSAL"
    message = _("You proposed this yourself. It counts once another person with the right to approve has approved it.")


class NotTheAuthor(Forbidden):
    """Only its author takes a proposal back; everybody else refuses it."""

    code = "NOT_THE_AUTHOR"
    message = _("Only {author} can withdraw this proposal. Refuse it instead.")


class IdentifierEnds(Conflict):
    """What shall be replaced or ended has an end already."""

    code = "IDENTIFIER_ENDS"
    message = _("{value} ends already ({day} is its first day without effect). Propose a new identifier instead.")


class IdentifierKnown(Conflict):
    """The item has this identifier already, or it waits for approval."""

    code = "IDENTIFIER_KNOWN"
    message = _("{sku} has the identifier {value} already, or it waits for approval.")


class InsufficientStock(Conflict):
    """Less is available than was asked for. `shortfalls` says so of each promise; nothing was reserved."""

    code = "INSUFFICIENT_STOCK"
    message = _(
        "{asked} of {sku} were asked for in {warehouse}, and {available} are available. "
        "Ask for less, choose another warehouse, or release what others hold."
    )

    def __init__(self, shortfalls: Sequence[Shortfall], *, sku: str, warehouse: str) -> None:
        first = shortfalls[0]
        super().__init__(sku=sku, warehouse=warehouse, asked=first.promise.quantity, available=first.held)
        self.shortfalls = tuple(shortfalls)


class PromiseDiffers(Conflict):
    """The key of a promise was used before, for another place or quantity."""

    code = "PROMISE_DIFFERS"
    message = _("{key} holds stock already, elsewhere, in another quantity or for something else. Use a new reference.")


class StockPromised(Conflict):
    """What is promised would be left uncovered."""

    code = "STOCK_PROMISED"
    message = _(
        "{on_hand} of {sku} are in {warehouse}, and {committed} of them are promised: taking {asked} away breaks a promise. "
        "Release a promise first, or say that they shall go all the same."
    )


class NotThere(Conflict):
    """More is to be taken away than there is."""

    code = "NOT_THERE"
    message = _("{on_hand} of {sku} are in {warehouse}: {asked} cannot be taken away. Count the place first.")


class MovementDiffers(Conflict):
    """The reference told of another movement before."""

    code = "MOVEMENT_DIFFERS"
    message = _("{reference} told of another movement already. Use a new reference.")


class NotHeld(Conflict):
    """More is to be taken from a promise than it holds."""

    code = "NOT_HELD"
    message = _("{label} holds {held}, not {asked}. Look at who holds the item's stock, then repeat.")


class ItemUnknown(Invalid):
    """No item of the company has this SKU."""

    code = "ITEM_UNKNOWN"
    message = _("There is no item {sku}. Create it first.")


class CostNotFound(NotFound):
    """No agreed cost of the company has this id."""


class CostExists(Conflict):
    """The item has a cost under the same vendor code, currency and deal from the same day."""

    code = "COST_EXISTS"
    message = _("{cost} has a cost from {day} already. Change that one, or let this one begin on another day.")


class CostDecided(Conflict):
    """It counts already, or was refused: what it said then is history."""

    code = "COST_DECIDED"
    message = _(
        "The cost of {cost} was decided and can't be changed: of an active one only the last day, the note and the document. Enter a new cost with its own first day."
    )


class AddressNotFound(NotFound):
    """No address of the company's directory has this id."""


class AddressExists(Conflict):
    """The party has another address from the same day."""

    code = "ADDRESS_EXISTS"
    message = _("{party} has an address from {day} already. Change that one, or let this one begin on another day.")


class CustomerNumberNotFound(NotFound):
    """No customer number of the company has this id."""


class CustomerNumberExists(Conflict):
    """The vendor code has a number for this fulfilment centre already."""

    code = "CUSTOMER_NUMBER_EXISTS"
    message = _("{vendor_code} has a customer number for {ship_to} already. Change that one.")


class CommitmentNotFound(NotFound):
    """No such reservation in this company."""

    code = "RESERVATION_NOT_FOUND"
    message = _("This reservation does not exist here, or you may not see it.")


class ReservationEnded(Conflict):
    """The reference held this stock before, and holds it no more."""

    code = "RESERVATION_ENDED"
    message = _("The reservation {reference} was released, or its goods have left. Use a new reference to hold again.")


class HeldByOrder(Conflict):
    """An order of Amazon's holds it."""

    code = "HELD_BY_ORDER"
    message = _("{order} holds this stock. Change the answer to the order, or close it short, to release it.")


class InboundNotFound(NotFound):
    """Nothing of this id is on its way to the company."""

    code = "INBOUND_NOT_FOUND"
    message = _("This inbound does not exist here, or you may not see it.")


class InboundEnded(Conflict):
    """It has arrived, or was cancelled."""

    code = "INBOUND_ENDED"
    message = _("{reference} has arrived or was cancelled already. Announce what still comes under a new reference.")
