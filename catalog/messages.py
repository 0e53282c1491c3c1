"""The sentences of stored codes of the catalogue."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

_ITEMS: dict[str, Message] = {}

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

_STOCK: dict[str, Message] = {}

MESSAGES = _ITEMS | _TERMS | _STOCK
