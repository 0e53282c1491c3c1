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
