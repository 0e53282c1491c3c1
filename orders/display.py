"""What stored values of orders read like: names of fields, and values of a change."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from acorn.core.money import Money
from acorn.ui import formats
from orders.models import PurchaseOrderChange
from orders.types import AmazonState, OrderType

FIELDS = {
    "amazon_state": gettext_lazy("Amazon's state"),
    "type": gettext_lazy("Type"),
    "payment_method": gettext_lazy("Payment method"),
    "deal_code": gettext_lazy("Deal code"),
    "ordered_at": gettext_lazy("Ordered"),
    "ship_window_start": gettext_lazy("Ship window begins"),
    "ship_window_end": gettext_lazy("Ship window ends"),
    "delivery_window_start": gettext_lazy("Delivery window begins"),
    "delivery_window_end": gettext_lazy("Delivery window ends"),
    "vendor_code": gettext_lazy("Vendor code"),
    "ship_to_party": gettext_lazy("FC"),
    "bill_to_party": gettext_lazy("Bill to"),
    "buying_party": gettext_lazy("Buyer"),
    "parties": gettext_lazy("Addresses"),
    "import_details": gettext_lazy("Import details"),
    "line": gettext_lazy("Line"),
    "asin": gettext_lazy("ASIN"),
    "vendor_sku": gettext_lazy("SKU"),
    "ordered_quantity": gettext_lazy("Ordered as"),
    "net_cost": gettext_lazy("Net cost"),
    "list_price": gettext_lazy("List price"),
    "currency": gettext_lazy("Currency"),
    "price_unit": gettext_lazy("Price unit"),
    "backorder_allowed": gettext_lazy("Back-order allowed"),
    "ordered_eaches": gettext_lazy("Ordered"),
    "accepted_eaches": gettext_lazy("Accepted"),
    "backordered_eaches": gettext_lazy("Backordered"),
    "rejected_eaches": gettext_lazy("Rejected"),
    "cancelled_eaches": gettext_lazy("Cancelled"),
    "packed_eaches": gettext_lazy("Packed"),
    "shipped_eaches": gettext_lazy("Shipped"),
    "received_eaches": gettext_lazy("Received"),
    "invoiced_eaches": gettext_lazy("Invoiced"),
    "paid_eaches": gettext_lazy("Paid"),
}
_PARTIES = {
    "ship_to": gettext_lazy("Ship to"),
    "bill_to": gettext_lazy("Bill to"),
    "buying": gettext_lazy("Buyer"),
    "selling": gettext_lazy("Seller"),
}
_AMOUNTS = ("net_cost", "list_price")


_WORDS = {"type": OrderType, "amazon_state": AmazonState}


class ShownChange(NamedTuple):
    """A change as people read it."""

    seen_at: datetime
    line: str
    field: str
    before: str
    after: str
    source: str


def show_change(change: PurchaseOrderChange, currency: str) -> ShownChange:
    """`currency` is the order's: amounts are stored without one. Of addresses only those that differ are shown."""
    before, after = change.before, change.after
    if isinstance(before, dict) and isinstance(after, dict) and change.field in ("parties", "import_details"):
        before, after = _differing(before, after), _differing(after, before)
    return ShownChange(
        change.seen_at,
        change.line,
        str(FIELDS.get(change.field, change.field)),
        _value(change.field, before, currency),
        _value(change.field, after, currency),
        change.get_source_display(),
    )


def show_word(field: str, value: str) -> str:
    """Amazon's word for a type or a state, in the reader's language; a word that it does not document as it came."""
    return str(dict(_WORDS[field].choices).get(value, value))


def _value(field: str, value: Any, currency: str) -> str:
    """A stored value in the reader's language and zone; empty where there was none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field in _AMOUNTS and currency:
        return formats.money(Money(Decimal(str(value)), currency))
    if isinstance(value, int):
        return formats.number(value)
    if isinstance(value, dict):
        return _object(value)
    if field in _WORDS:
        return show_word(field, str(value))
    if field.endswith(("_at", "_start", "_end")):
        return formats.moment(datetime.fromisoformat(str(value)))
    return str(value)


def _object(value: dict[str, Any]) -> str:
    if "ordered_eaches" in value:
        eaches = formats.number(value["ordered_eaches"])
        return f"{value.get('asin') or value.get('vendor_sku') or '?'} × {eaches}"
    if "unit_size" in value:
        amount, unit, size = value["amount"], value["unit"], value["unit_size"]
        if unit == "Cases":
            cases = ngettext("{count} case × {size}", "{count} cases × {size}", amount)
            return cases.format(count=formats.number(amount), size=formats.number(size))
        return formats.number(amount)
    return "; ".join(f"{_PARTIES.get(key, key)}: {_leaves(part)}" for key, part in value.items())


def _differing(value: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if part != other.get(key)}


def _leaves(value: Any) -> str:
    """The texts of an address, without the names of its fields: people know a street when they read it."""
    if isinstance(value, dict):
        return ", ".join(text for text in map(_leaves, value.values()) if text)
    return "" if value is None else str(value)
