"""The sentences of stored codes: findings, changes, work items. Parameters are Amazon's own field names and values."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

_RAW = _("Nothing is lost: the original answer is kept, and Amazon may send a better one later.")
_KEPT = _("The value is kept as it came. Tell your administrator if it appears often.")

ORDERS = {
    "orders.no_number": Message(
        _("A row came without a usable purchase order number ({value})."),
        _("It is in quarantine. Look at the original, and find the order in Vendor Central."),
    ),
    "orders.not_an_order": Message(
        _("A row is not an order at all: {value}"),
        _("It is in quarantine. Look at the original; if it repeats, report it to Amazon with the request id."),
    ),
    "orders.odd_number": Message(_("The number {value} does not have Amazon's 8 letters and digits."), _KEPT),
    "orders.no_details": Message(_("The order came without its details."), _RAW),
    "orders.no_window": Message(
        _("The order has neither a ship window nor a delivery window."),
        _("Ask your buyer by when Amazon expects the goods."),
    ),
    "orders.not_text": Message(_("{field} should be text, but is {value}."), _KEPT),
    "orders.too_long": Message(_("{field} is longer than {limit} characters and was cut."), _RAW),
    "orders.unknown_word": Message(_("{field} has a value that Amazon does not document: {value}"), _KEPT),
    "orders.missing": Message(_("{field} is missing."), _RAW),
    "orders.bad_date": Message(_("{field} is not a date: {value}"), _RAW),
    "orders.naive_date": Message(_("{field} came without a time zone ({value}) and was read as UTC."), _KEPT),
    "orders.bad_window": Message(_("{field} is not a proper window: {value}"), _RAW),
    "orders.bad_number": Message(_("{field} is not a usable whole number: {value}"), _RAW),
    "orders.negative_quantity": Message(
        _("{field} is negative: {value}"),
        _("It is kept as it came. Compare the line with Vendor Central before you answer."),
    ),
    "orders.not_an_object": Message(_("{field} has an unexpected form: {value}"), _RAW),
    "orders.not_a_list": Message(_("{field} should be a list, but is not."), _RAW),
    "orders.null_list": Message(_("{field} came as an empty value instead of a list."), _RAW),
    "orders.bad_currency": Message(_("{field} has no usable currency: {value}"), _RAW),
    "orders.money_as_number": Message(_("{field} came as a number instead of text ({value})."), _KEPT),
    "orders.bad_money": Message(_("{field} is not an amount: {value}"), _RAW),
    "orders.rounded_money": Message(_("{field} has more than six decimals ({value}) and was rounded."), _RAW),
    "orders.mixed_currency": Message(
        _("Net cost is in {net} and list price in {list}."),
        _("The net cost counts. Ask your buyer which currency is meant."),
    ),
    "orders.not_a_line": Message(_("Line {place} is not a line: {value}"), _RAW),
    "orders.not_a_flag": Message(_("{field} should be yes or no, but is {value}."), _KEPT),
    "orders.no_sequence": Message(_("The {place}. line has no number of its own."), _KEPT),
    "orders.duplicate_line": Message(
        _("The line number {value} occurs more than once."),
        _("Both lines are kept; the second has a number of ours. Compare them in Vendor Central before you answer."),
    ),
    "orders.status_without_line": Message(
        _("Amazon's status speaks of a line that the order does not have."),
        _("Start a sync; if it stays, compare the order with Vendor Central."),
    ),
    "task.orders.pull_purchase_orders": Message(_("Pull purchase orders")),
    "task.orders.pull_purchase_order_status": Message(_("Pull the status of purchase orders")),
    "task.orders.follow_clock": Message(_("Move deadlines to the clock of a simulated world")),
    "orders.address_missing": Message(
        _("The order names {kind:catalog.party} {party} without an address, and the directory has none for that day."),
        _("Enter the address in the directory before the goods are labelled and invoiced."),
    ),
    "orders.other_pack": Message(
        _("Amazon orders {sku} in cases of {unit_size}, ours hold {case_pack}."),
        _("Correct the item's case pack, or ask your buyer to correct theirs."),
    ),
    "task.orders.resolve_lines": Message(_("Find the items of order lines")),
    "task.orders.review": Message(_("Find what open orders ask")),
    "work.orders.map": Message(_("Choose the item of {product} ({lines} lines wait)")),
    "task.orders.read_again": Message(_("Read orders again whose status has moved")),
    "orders.more_to_read": Message(_("There are more orders to read; it goes on at once.")),
    "task.orders.mark_seen": Message(_("Mark changes by Amazon as seen")),
    "orders.change_seen": Message(_("Marked Amazon's change of {number} as seen")),
    "work.orders.acknowledge": Message(_("Answer purchase order {number} ({vendor_code})")),
    "work.orders.change": Message(_("Amazon changed {number} ({vendor_code}) after it was acknowledged")),
}
