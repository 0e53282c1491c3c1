"""The sentences of answers to orders: what the checks find, and what became of an answer."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

_VENDOR_CENTRAL = _("Open the order in Vendor Central.")

_RULES = {
    "orders.rule.order_closed": Message(
        _("The order has ended and takes no answer any more."),
        _("If goods are still to go out, ask your buyer for a new order."),
    ),
    "orders.rule.nothing_to_answer": Message(
        _("Amazon orders nothing any more: there is nothing to answer."), _("Start a sync if you expect otherwise.")
    ),
    "orders.rule.selling_party_missing": Message(
        _("The order came without a vendor code, and an answer must name one."),
        _("Start a sync; if the code stays missing, answer in Vendor Central."),
    ),
    "orders.rule.line_unknown": Message(
        _("The order has no such lines: {lines}"), _("Take the line numbers from the order.")
    ),
    "orders.rule.line_twice": Message(
        _("Lines are answered more than once: {lines}"), _("Give one answer per line, split into its quantities.")
    ),
    "orders.rule.two_channels": Message(
        _("This order was answered outside ACORN before."),
        _("Answer an order in one place only: Amazon may ignore what comes by the other way."),
    ),
    "orders.rule.line_missing": Message(
        _("Nothing is said about this line. Amazon rejects lines that are left out."),
        _("Say what becomes of all {ordered}."),
    ),
    "orders.rule.line_withdrawn": Message(
        _("Amazon's order does not have this line any more."), _("Leave its quantities at 0.")
    ),
    "orders.rule.nothing_ordered": Message(
        _("Amazon has cancelled this line: nothing is ordered of it."), _("Leave its quantities at 0.")
    ),
    "orders.rule.negative_ordered": Message(
        _("Amazon's order has a negative quantity here ({ordered}). The line is left out of the answer."),
        _("Compare the line with Vendor Central."),
    ),
    "orders.rule.negative_quantity": Message(_("A quantity is negative."), _("Give 0 or more.")),
    "orders.rule.wrong_sum": Message(
        _("{answered} are answered, {ordered} are ordered."),
        _("Accepted, back-ordered and rejected together must be what is ordered."),
    ),
    "orders.rule.not_whole_cases": Message(
        _("{eaches} are not whole cases of {unit_size}."), _("Round each quantity to full cases.")
    ),
    "orders.rule.unknown_unit": Message(
        _("The order counts in a unit that Amazon does not document: {unit}"), _("Answer this order in Vendor Central.")
    ),
    "orders.rule.backorder_not_allowed": Message(
        _("Amazon does not allow a back-order here."), _("Accept or reject the quantity instead.")
    ),
    "orders.rule.unmapped_item": Message(
        _("Nobody knows which item this is, so no stock can be promised."),
        _("Map the line to an item, or reject it."),
    ),
    "orders.rule.insufficient_stock": Message(
        _("{accepted} are accepted, but only {available} can be promised."),
        _("Accept less, back-order the rest, or count the stock."),
    ),
    "orders.rule.backorder_unfounded": Message(
        _("{backordered} are back-ordered, but only {available} are known to be here by then."),
        _("Enter what is inbound, or choose a later date."),
    ),
    "orders.rule.rejection_reason_missing": Message(_("A rejection needs its reason."), _("Choose one.")),
    "orders.rule.obsolete_product": Message(
        _("Said of a product twice, 48 hours or more apart, «obsolete» ends Amazon's ordering of it."),
        _("Confirm it only if the product really comes no more; otherwise choose «temporarily unavailable»."),
    ),
    "orders.rule.rejected_is_final": Message(
        _("The first answer rejected this line, and Amazon hears no other one."),
        _("Leave it rejected, or ask your buyer for a new order."),
    ),
    "orders.rule.first_rejection": Message(
        _("A first answer that rejects a line cannot be taken back."),
        _("Back-order instead if the goods may still come."),
    ),
    "orders.rule.date_missing": Message(
        _("Nothing says when the goods will come: the order has no window, the answer no date."), _("Give a date.")
    ),
    "orders.rule.backorder_date_missing": Message(_("A back-order needs its date."), _("Give a date.")),
    "orders.rule.date_in_past": Message(_("{date} is past."), _("Give today or a later day.")),
    "orders.rule.date_too_far": Message(_("{date} is more than a year away."), _("Check the year.")),
    "orders.rule.dates_crossed": Message(
        _("The goods would be delivered before they are shipped."), _("Check the two dates.")
    ),
    "orders.rule.date_after_window": Message(
        _("{date} is after the window, which ends on {window}: Amazon may charge for it."),
        _("Choose a day inside the window, or back-order the quantity."),
    ),
    "orders.rule.backorder_in_window": Message(
        _("{date} is inside the window, which ends on {window}: that is no back-order."), _("Accept the quantity.")
    ),
    "orders.rule.cost_missing": Message(
        _("There is no cost, and Amazon refuses an answer without one."), _("Give the net cost per each.")
    ),
    "orders.rule.cost_not_positive": Message(_("The cost is zero or negative."), _("Give the net cost per each.")),
    "orders.rule.cost_above_order": Message(
        _("The cost of {cost} {currency} is above the order's {order_cost} {currency}. Amazon refuses that."),
        _("Answer at the order's cost and write to your buyer, or reject the line."),
    ),
    "orders.rule.cost_below_order": Message(
        _("The cost of {cost} {currency} is below the order's {order_cost} {currency}: Amazon will pay less."),
        _("Confirm it, or answer at the order's cost."),
    ),
    "orders.rule.late_change": Message(
        _("{before} becomes {after}, but Amazon hears only other dates by now."),
        _("Send it if you like; if Amazon does not follow, change the order in Vendor Central."),
    ),
    "orders.rule.confirmed_cancelled": Message(
        _("This takes back {fewer} of {before} confirmed."),
        _("Confirm it. Amazon may charge for it; if it does not follow, cancel them in Vendor Central."),
    ),
}

ANSWERS = {
    **_RULES,
    "orders.acknowledged": Message(_("Answered {number}: {accepted} accepted, {backordered} back-ordered, {rejected} rejected")),
    "orders.answered_elsewhere": Message(
        _("{number} was answered outside ACORN: {accepted} confirmed, {rejected} rejected")
    ),
    "orders.answer_reverted": Message(_("The answer to {number} does not count any more: what was said before holds")),
    "orders.promises_settled": Message(_("Brought the stock promised to {number} up to date")),
    "orders.closed_short": Message(_("Closed {number} short: {eaches} will not be delivered")),
    "orders.adopted": Message(_("Took on {number}, an order from before the connection")),
    "orders.answer_waits": Message(_("Amazon does not show the answer yet.")),
    "work.orders.unproved": Message(
        _("Amazon does not show our answer to {number} ({vendor_code}): confirm it in Vendor Central, then start a sync")
    ),
    "work.orders.two_channels": Message(
        _("{number} ({vendor_code}) was answered here and elsewhere: see what Amazon holds, and use one way only")
    ),
    "work.orders.stock_short": Message(
        _("{eaches} confirmed to {number} ({vendor_code}) are not in stock: find them, or answer again with less")
    ),
    "work.orders.stock_freed": Message(
        _("Amazon ended {number} ({vendor_code}): {eaches} are free again. Stop what is being prepared")
    ),
    "work.orders.lapsed": Message(
        _("The time for {number} ({vendor_code}) is over and nothing was shipped: {eaches} are free again. Ship, answer again or close it short")
    ),
    "work.orders.adopt": Message(
        _("Amazon changed {number} ({vendor_code}), an order from before the connection: take it on, or leave it")
    ),
    "task.orders.follow_answer": Message(_("Follow what became of an answer")),
    "task.orders.look_up_answer": Message(_("Look up whether Amazon shows an answer")),
    "task.orders.settle_stock": Message(_("Bring the stock promised to orders up to date")),
    "task.orders.watch": Message(_("Watch for orders whose time is over")),
    "task.orders.find_lapsed": Message(_("Find orders whose time is over")),
    "task.orders.adopt": Message(_("Take on orders from before the connection")),
    "orders.contradicted": Message(
        _("Amazon's order status says otherwise: {theirs}, where we said {ours}."), _VENDOR_CENTRAL
    ),
}  # fmt: skip
