"""The sentences of stored codes of the catalogue."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

ITEM_FIELDS = {
    "sku": _("SKU"),
    "title": _("Title"),
    "titles": _("Titles in other languages"),
    "status": _("Status"),
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
}

# what changed, in words
TERM_FIELDS = {
    "code": _("code"),
    "name": _("name"),
    "address": _("address"),
    "ship_from_party_id": _("Amazon's ship-from party id"),
    "time_zone": _("time zone"),
    "pool": _("pool"),
}

_STOCK: dict[str, Message] = {
    "work.catalog.oversold": Message(
        _(
            "{shortage} more of {sku} are promised in {warehouse} than there are ({committed} promised, {on_hand} there)"
        ),
        _("Count again, release a promise, or move one to another warehouse."),
    ),
    "catalog.stock_counted": Message(_("Stock was counted: {applied} of {rows} counts changed or confirmed a balance")),
    "catalog.buffer_changed": Message(_("Safety buffer of {sku} in {warehouse}: {before} → {after}")),
}

MESSAGES = _ITEMS | _TERMS | _STOCK
