"""The sentences of stored codes of the catalogue."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core.messages import Message

ITEM_FIELDS = {
    "sku": _("SKU"),
    "title": _("Title"),
    "titles": _("Titles in other languages"),
    "status": pgettext_lazy("of an item", "Status"),
    "case_pack": _("Case pack"),
    "length_mm": _("Length (mm)"),
    "width_mm": _("Width (mm)"),
    "height_mm": _("Height (mm)"),
    "weight_g": _("Weight (g)"),
    "origin_country": _("Country of origin"),
    "shelf_life_days": _("Shelf life (days)"),
    "tracks_lots": _("Kept by lot"),
    "tracks_expiry": _("Kept by expiry date"),
}

_ITEMS: dict[str, Message] = {
    "catalog.item_created": Message(_("The item {sku} was created.")),
    "catalog.item_changed": Message(_("{field:catalog.item_field} of {sku} was changed from “{before}” to “{after}”.")),
    "catalog.review_assigned": Message(
        _("{owner} answers for {table:catalog.table} and reviews it every {days} days.")
    ),
    "catalog.review_done": Message(_("{table:catalog.table} was looked through.")),
    "work.catalog.proposals_waiting": Message(_("Identifiers that wait for a second person: {count}")),
    "work.catalog.review_due": Message(_("Look through {table:catalog.table} ({owner})")),
    "task.catalog.tell_waiting": Message(_("Count what waits for a second person")),
    "task.catalog.change_statuses": Message(_("Change the status of items")),
    "task.catalog.check_reviews": Message(_("Look for tables whose review is due")),
    "catalog.item_status_changed": Message(
        _("{sku} was {before:catalog.item_status} and is {after:catalog.item_status}.")
    ),
    "catalog.identifier_proposed": Message(
        _(
            "Proposed for {sku}, waits for a second person: {action:catalog.action} {kind:catalog.identifier_kind} {value} ({marketplace:catalog.marketplace})."
        )
    ),
    "catalog.identifier_counted": Message(
        _(
            "For {sku}, at once and without a second person: {action:catalog.action} {kind:catalog.identifier_kind} {value} ({marketplace:catalog.marketplace})."
        )
    ),
    "catalog.identifier_approved": Message(
        _(
            "Approved for {sku}, proposed by {author}: {action:catalog.action} {kind:catalog.identifier_kind} {value} ({marketplace:catalog.marketplace})."
        )
    ),
    "catalog.identifier_approved_alone": Message(
        _(
            "Approved for {sku} by its own author, since no second person is needed: {action:catalog.action} {kind:catalog.identifier_kind} {value} ({marketplace:catalog.marketplace})."
        )
    ),
    "catalog.identifier_refused": Message(
        _(
            "Refused for {sku}, proposed by {author}: {action:catalog.action} {kind:catalog.identifier_kind} {value} ({marketplace:catalog.marketplace})."
        )
    ),
    "catalog.identifier_withdrawn": Message(
        _(
            "Withdrawn for {sku}: {action:catalog.action} {kind:catalog.identifier_kind} {value} ({marketplace:catalog.marketplace})."
        )
    ),
}

_TERMS: dict[str, Message] = {
    "catalog.warehouse_created": Message(_("Warehouse {warehouse} was created.")),
    "catalog.warehouse_changed": Message(_("Warehouse {warehouse} was changed: {fields:catalog.term}.")),
    "catalog.warehouse_archived": Message(_("Warehouse {warehouse} was archived.")),
    "catalog.warehouse_restored": Message(_("Warehouse {warehouse} was taken into use again.")),
    "catalog.cost_created": Message(
        _("A cost of {cost} {currency} for {sku} under {vendor_code} from {since} was entered: {status:catalog.cost}.")
    ),
    "catalog.cost_changed": Message(_("The cost of {sku} was changed: {fields:catalog.term}.")),
    "catalog.cost_activated": Message(
        _("The cost of {cost} {currency} for {sku} under {vendor_code} from {since} is agreed.")
    ),
    "catalog.cost_refused": Message(
        _("The cost of {cost} {currency} for {sku} under {vendor_code} from {since} was refused.")
    ),
    "catalog.cost_ended": Message(
        _("The cost of {cost} {currency} for {sku} under {vendor_code} ends on {day}: another one follows.")
    ),
    "catalog.address_added": Message(_("{party} ({marketplace}) has an address from {day}.")),
    "catalog.address_changed": Message(
        _("The address of {party} ({marketplace}) from {day} was changed: {fields:catalog.term}.")
    ),
    "catalog.address_removed": Message(_("The address of {party} ({marketplace}) from {day} was removed.")),
    "catalog.customer_number_added": Message(_("Under {vendor_code} Amazon is customer {number}.")),
    "catalog.customer_number_changed": Message(_("Under {vendor_code} Amazon is customer {number} now.")),
    "catalog.customer_number_removed": Message(_("Customer number {number} under {vendor_code} was removed.")),
    "catalog.vendor_code_malformed": Message(
        _("A vendor code has 1 to 20 letters and digits."), fix=_("Write it as Amazon does, such as ACMUS.")
    ),
    "catalog.marketplace_malformed": Message(
        _("This is no marketplace."), fix=_("Give the two letters of its country, such as US.")
    ),
    "catalog.party_malformed": Message(
        _("A party id has letters and digits."), fix=_("Write it as Amazon does, such as PHX7.")
    ),
    "catalog.cost_not_positive": Message(_("A cost is more than zero."), fix=_("Give the cost of one each.")),
    "catalog.cost_too_fine": Message(_("A cost has six decimals at most."), fix=_("Round it.")),
    "catalog.ends_before_it_begins": Message(
        _("The last day is before the first one."), fix=_("Correct one of the two days.")
    ),
    "catalog.said": Message("{text}"),
    "catalog.sku_unknown": Message(_("There is no item {sku}."), fix=_("Import the items first, or correct the SKU.")),
    "catalog.warehouse_unknown": Message(
        _("There is no warehouse {warehouse}."), fix=_("Create the warehouse first, or correct its code.")
    ),
    "catalog.cost_is_history": Message(
        _("An active cost keeps this value."),
        fix=_("Give the new cost its own first day; of an active one only the last day and the note change."),
    ),
    "catalog.cost_new_refused": Message(
        _("A new cost is requested or active."), fix=_("Leave out costs that were refused.")
    ),
    "catalog.identifier_not_changed_here": Message(
        _("The item has this identifier already, from another day."),
        fix=_("End it on the item's page, and propose it anew."),
    ),
    "catalog.less_than_nothing": Message(_("There cannot be less than nothing."), fix=_("Write 0 or more.")),
    "catalog.less_than_one": Message(_("At least one must come."), fix=_("Write 1 or more.")),
    "catalog.count_is_older": Message(
        _("A newer count of this place is known, of {at}."), fix=_("Count again, or leave the row out.")
    ),
    "catalog.inbound_is_over": Message(
        _("These goods have arrived or were cancelled."), fix=_("Use another reference, or leave the row out.")
    ),
    "catalog.inbound_pool": Message(
        _("These goods were announced for another pool."), fix=_("Cancel them and announce them anew.")
    ),
    "catalog.deal_without_end": Message(_("A deal has a last day."), fix=_("Give the last day of the deal.")),
}

# what changed, in words
TERM_FIELDS = {
    "code": _("code"),
    "name": _("name"),
    "address": _("address"),
    "ship_from_party_id": _("Amazon's ship-from party id"),
    "time_zone": _("time zone"),
    "pool": _("pool"),
    "vendor_code": _("vendor code"),
    "currency": _("currency"),
    "cost": _("cost"),
    "valid_from": _("first day"),
    "valid_until": _("last day"),
    "deal_code": _("deal"),
    "note": _("note"),
    "document": _("document"),
    "kind": _("kind"),
    "marketplace": _("marketplace"),
    "party_id": _("party id"),
    "tax_number": _("tax number"),
    "source": _("source"),
}

_STOCK: dict[str, Message] = {
    "work.catalog.oversold": Message(
        _(
            "{shortage} more of {sku} are promised in {warehouse} than there are ({committed} promised, {on_hand} there)"
        ),
        _("Count again, release a promise, or move one to another warehouse."),
    ),
    "work.catalog.inbound_overdue": Message(
        _("{quantity} of {sku} ({reference}) were expected in {warehouse} on {day} and have not come"),
        _("Nobody can be promised any of them until somebody receives them, moves the day or cancels them."),
    ),
    "task.catalog.check_inbound": Message(_("Look for inbound that did not come")),
    "catalog.inbound_overdue": Message(
        _("{quantity} of {sku} did not come to {warehouse} on {day} ({reference}) and count no more")
    ),
    "catalog.stock_counted": Message(_("Stock was counted: {applied} of {rows} counts changed or confirmed a balance")),
    "catalog.stock_held": Message(_("{quantity} of {sku} in {warehouse} are held for {reference}")),
    "catalog.stock_released": Message(_("{quantity} of {sku} in {warehouse} are no longer held for {reference}")),
    "catalog.inbound_expected": Message(
        _("{quantity} of {sku} are on their way to {warehouse} for {day} ({reference})")
    ),
    "catalog.inbound_arrived": Message(_("{quantity} of {sku} arrived in {warehouse} ({reference})")),
    "catalog.inbound_cancelled": Message(_("{quantity} of {sku} no longer come to {warehouse} ({reference})")),
    "catalog.stock_adjusted": Message(
        _("{sku} in {warehouse} was adjusted by {change} to {on_hand}: {cause:catalog.adjustment_cause}")
    ),
    "catalog.stock_moved": Message(_("{quantity} of {sku} were moved from {source} to {target}")),
    "catalog.buffer_changed": Message(_("Safety buffer of {sku} in {warehouse}: {before} → {after}")),
}

MESSAGES = _ITEMS | _TERMS | _STOCK
