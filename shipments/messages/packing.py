"""The sentences of planning and packing."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

PACKING = {
    "shipments.planned": Message(_("Planned: {cartons} cartons, {eaches} eaches")),
    "shipments.repacked": Message(_("Packed anew: {cartons} cartons, {eaches} eaches")),
    "shipments.packed": Message(_("Closed {cartons} cartons")),
    "shipments.unpacked": Message(_("Opened {cartons} cartons again")),
    "shipments.overpacked": Message(_("Packed more than may be shipped: {lines}")),
    "shipments.undone": Message(_("Undone: packed as it was before, {cartons} cartons, {eaches} eaches")),
    "shipments.cancelled": Message(_("Cancelled; its goods are free again")),
    "shipments.carton_type_created": Message(_("Added the carton type {code}")),
    "shipments.carton_type_changed": Message(_("Changed the carton type {code}: {fields}")),
    "shipments.pack_rule_set": Message(_("Said how {sku} is packed")),
    "shipments.pack_rule_cleared": Message(_("Took back how {sku} is packed")),
    "shipments.out_of_range": Message(_("This is not between {least} and {most}."), _("Write a whole number.")),
    "shipments.holds_nothing": Message(
        _("A carton that weighs this much empty may hold nothing."), _("Correct the greatest or the empty weight.")
    ),
    "shipments.half_a_pallet": Message(
        _("Cartons per layer and layers per pallet go together."), _("Give both, or none of them.")
    ),
    "shipments.carton_type_unknown": Message(
        _("There is no carton type {carton_type} in use."), _("Add it first, or correct the code.")
    ),
    "shipments.imported": Message(_("Packed by {source}: {cartons} cartons, {eaches} eaches")),
    "shipments.carton_refused": Message(
        _("Another row of this carton is refused, and a carton is taken as a whole."), _("Mend that row.")
    ),
    "shipments.order_unknown": Message(
        _("There is no purchase order {order}."), _("Correct the number, or sync the order first.")
    ),
    "shipments.order_ambiguous": Message(
        _("Several vendor accounts have an order {order}."), _("Give the order's id instead of its number.")
    ),
    "shipments.sscc_wrong": Message(
        _("“{sscc}” is no SSCC: 18 digits, the last of which fits the others."),
        _("Scan it again, or ask who printed it."),
    ),
    "shipments.sscc_taken": Message(
        _("{sscc} names another carton or pallet, now or in the last two years."),
        _("Give this one a number of its own."),
    ),
    "shipments.pallet_wrong": Message(
        _("Carton {sscc} stands on “{pallet}”, which is neither a pallet's place nor an SSCC."),
        _("Write a number from 1, or the pallet's SSCC."),
    ),
    "shipments.not_together": Message(
        _("Carton {sscc} holds orders that do not leave together."),
        _("Orders of another vendor code, fulfilment centre or freight terms go into cartons of their own."),
    ),
    "shipments.empty_carton": Message(
        _("Carton {carton} holds nothing."), _("Put something into it, or leave the carton out.")
    ),
    "shipments.not_in_shipment": Message(
        _("Carton {carton} holds line {line}, which none of this shipment's orders has."),
        _("Plan a shipment with that order, or take the goods out."),
    ),
    "shipments.broken_case": Message(
        _("Carton {carton} holds {eaches} eaches of {line}, which Amazon ordered in cases of {unit_size}."),
        _("Put whole cases into the carton."),
    ),
    "shipments.beyond_shippable": Message(
        _("{eaches} eaches of {line} are packed, but only {shippable} may be shipped."),
        _("Take the surplus out, answer the order anew, or give a reason for packing more."),
    ),
    "shipments.sscc_twice": Message(
        _("The number {sscc} names two cartons."), _("Give each carton a number of its own.")
    ),
    "shipments.sscc_of_other_contents": Message(
        _("The number {sscc} named a carton with other contents, and its label says so."),
        _("Give the carton a new number and a new label."),
    ),
}
