"""The sentences about proposals and policies. Quantities are eaches, days are dates."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

_ASK = _("Decide for this line yourself.")

POLICIES = {
    # why a line is answered as it is
    "orders.why.available": Message(_("All {ordered} can be promised until {day}.")),
    "orders.why.part_later": Message(
        _("{accepted} of {ordered} available until {day}; {backordered} on the inbound of {arrives} → back-order.")
    ),
    "orders.why.all_later": Message(
        _("None of {ordered} available until {day}; {backordered} on the inbound of {arrives} → back-order.")
    ),
    "orders.why.part": Message(_("{accepted} of {ordered} available until {day}.")),
    "orders.why.nothing": Message(_("None of {ordered} available until {day}.")),
    "orders.why.nothing_expected": Message(
        _("For {rest} nothing is expected within {days} days → rejected as temporarily unavailable."),
        _("Enter what is inbound, or count again."),
    ),
    "orders.why.no_backorder_amazon": Message(
        _("Amazon allows no back-order on this line: {rest} → rejected as temporarily unavailable.")
    ),
    "orders.why.no_backorder_policy": Message(
        _("The policy allows no back-orders: {rest} → rejected as temporarily unavailable.")
    ),
    "orders.why.whole_cases": Message(_("{loose} more are there, but only whole cases of {size} are promised.")),
    "orders.why.others_first": Message(
        _("{quantity} were given first to lines whose window ends earlier ({count} orders: {numbers}).")
    ),
    "orders.why.no_stock_kept": Message(_("Stock is not kept here for this vendor code: accepted as ordered.")),
    "orders.why.final": Message(_("The first answer to this line was Rejected, and Amazon keeps to it.")),
    # why nothing is proposed
    "orders.why.always_ask": Message(_("The policy of {vendor_code} says that a person is always asked."), _ASK),
    "orders.why.unmapped": Message(
        _("No item for this line: {problem:catalog.problem}"),
        _("Choose the item in the mapping queue. Only this line waits for it."),
    ),
    "orders.why.held": Message(_("{what} is on hold: {reason}"), _ASK),
    "orders.why.paused": Message(_("The item {sku} is paused."), _ASK),
    "orders.why.only_part": Message(
        _("Only {available} of {ordered} could be promised, and the policy accepts no part of a line."), _ASK
    ),
    # why a policy does not send by itself
    "orders.why.obsolete": Message(
        _("The item {sku} is obsolete → rejected as an obsolete product."),
        _("Said twice, 48 hours apart, it ends Amazon's ordering of the product."),
    ),
    "orders.why.rejects": Message(
        _("{rejected} would be rejected ({reason:orders.rejection}), and the policy may not say that by itself.")
    ),
    "orders.why.below_minimum": Message(
        _("The answer is worth {amount} {currency}, below the least of {minimum} {currency}."),
    ),
    "orders.why.window_over": Message(_("The window ended on {day}."), _("Ask your buyer for a new one.")),
    "orders.why.other_pack": Message(
        _("Amazon orders cases of {unit_size}, ours hold {case_pack}."),
        _("Correct the item's case pack, or ask your buyer to correct theirs."),
    ),
    "orders.why.broken_case": Message(_("{ordered} is no whole number of our cases of {case_pack}.")),
    "orders.why.no_cost": Message(_("The order names no cost per each for this line."), _("Ask your buyer.")),
    "orders.why.cost_below": Message(
        _("Amazon's order pays {cost}, agreed is {agreed} {currency}: {amount} {currency} less for this line."),
        _("Accept the lower cost, write to the buyer, or reject the line."),
    ),
    "orders.why.cost_above": Message(
        _("Amazon's order pays {cost}, agreed is {agreed} {currency}: {amount} {currency} more for this line."),
        _("Bring the agreed cost up to date, or write to the buyer."),
    ),
    # other ways to answer a line
    "orders.option.as_stock_allows": Message(_("Answer as stock allows.")),
    "orders.option.reject_all": Message(_("Reject the whole line: {reason:orders.rejection}.")),
    "orders.option.reject_rest": Message(_("Reject the {rest} that are not there now.")),
    "orders.option.backorder_unfounded": Message(
        _("Back-order {rest} until {day}, although nothing is expected yet."),
    ),
    # why a policy did not send
    "orders.auto.mode": Message(_("The policy does not send by itself.")),
    "orders.auto.no_lines": Message(_("The order has no lines.")),
    "orders.auto.hour_cap": Message(_("The policy sends at most {limit} orders an hour, and they are used up.")),
    "orders.auto.amount_cap": Message(
        _("The policy sends orders of at most {limit} {currency}, and this one is larger or in another currency.")
    ),
    "orders.policy_changed": Message(_("Decided how orders under {vendor_code} are answered: {mode:orders.mode}")),
    "orders.policy_tried": Message(_("Tried a policy on the orders of {vendor_code} of the last {days} days")),
    "orders.cost_chosen": Message(_("Decided about the cost of line {line} of {number}: {choice:orders.cost_choice}")),
    "task.orders.answer_by_policy": Message(_("Let policies answer orders")),
    "task.orders.try_policy": Message(_("Try a policy on past orders")),
    "orders.why.cost_refused": Message(_("Somebody refused the order's cost of {cost} {currency} → rejected.")),
    # why an item may be the one that a product means
    "orders.suggest.same_value": Message(_("Has the same identifier {value}")),
    "orders.suggest.same_gtin": Message(_("Same EAN or UPC {value}")),
    "orders.suggest.elsewhere": Message(_("Has the same identifier {value} in {marketplace}")),
    "orders.suggest.same_sku": Message(_("Its own SKU {sku} is the same")),
    "orders.suggest.near_sku": Message(_("Its own SKU {sku} is nearly the same")),
    "orders.suggest.words": Message(_("The title has the words {words}")),
}
