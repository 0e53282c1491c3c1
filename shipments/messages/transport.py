"""The sentences of deadlines, pickups, appointments and documents."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

TRANSPORT = {
    "work.shipments.deadline.routing": Message(
        _("Ask Amazon to fetch the goods for {ship_to}: {eaches} eaches"),
        _("Open the shipment and ask for the pickup: Amazon wants to know two business days ahead."),
    ),
    "work.shipments.deadline.ready": Message(
        _("Have the goods for {ship_to} ready for Amazon's carrier: {eaches} eaches"),
        _("Open the shipment, pack what is left and print the labels."),
    ),
    "work.shipments.deadline.ship_by": Message(
        _("Ship to {ship_to}: {eaches} eaches"),
        _("Open the shipment: it has to leave by then to arrive in its delivery window."),
    ),
    "work.shipments.deadline.appointment": Message(
        _("Get a delivery appointment at {ship_to}"),
        _("Enter the slot that the carrier has, or ask for one: goods without an appointment count as missing."),
    ),
    "work.shipments.labels_missing": Message(
        _("Amazon shows no transport labels by the API"),
        _("Fetch them from Vendor Central, and keep them with the shipment."),
    ),
    "shipments.appointment": Message(_("Appointment {reference}: {status:shipments.appointment}, {at}")),
    "shipments.evidence": Message(_("{kind:shipments.evidence} kept: {name}")),
    "shipments.pickup_requested": Message(_("Amazon is asked to fetch the goods on {at}")),
    "shipments.pickup_cancelled": Message(_("The pickup on {at} is taken back")),
    "shipments.told_by_amazon": Message(_("Amazon says: {field:shipments.detail} {value}")),
    "shipments.details_changed": Message(_("Amazon told more of the shipment: {fields:shipments.detail}")),
    "shipments.details_unreadable": Message(_("A shipment in Amazon's answer has no identifier and was left out.")),
    "shipments.transit_time_set": Message(
        _("Goods from {warehouse} to {ship_to} travel {days} days"),
    ),
    "shipments.transit_time_removed": Message(_("No transit time of its own any more from {warehouse} to {ship_to}")),
    "shipments.rule.pickup_not_collect": Message(
        _("Amazon fetches only what it pays the freight of, and this shipment is not collect."),
        _("Book a carrier of your own, or correct the freight terms of the vendor code."),
    ),
    "shipments.rule.pickup_region": Message(
        _("Amazon takes pickup requests in North America and Europe only."),
        _("Arrange the pickup in Vendor Central."),
    ),
    "shipments.rule.pickup_empty": Message(_("Nothing is packed yet."), _("Plan the cartons first.")),
    "shipments.rule.pickup_order_open": Message(
        _("These orders are not completely confirmed: {orders}"),
        _("Answer every line of them: Amazon refuses the request otherwise."),
    ),
    "shipments.rule.pickup_too_soon": Message(
        _("Amazon wants {days} business days' notice; the earliest day is {earliest}."),
        _("Choose that day, or a later one."),
    ),
    "shipments.rule.pickup_after_window": Message(
        _("The ship window ends on {until}, before the pickup."),
        _("Choose an earlier day: whether goods are on time is judged by the day on which they are ready."),
    ),
    "shipments.rule.pickup_loose": Message(
        _("{cartons} cartons are loose, and Amazon's pickups are for standard pallets."),
        _("Put the cartons on pallets, or let parcels be fetched as small parcel."),
    ),
    "shipments.rule.pickup_weight_unknown": Message(
        _("Nobody knows what the goods weigh, and Amazon chooses its carrier by that."),
        _("Enter the weights of the items or of the cartons."),
    ),
    "shipments.rule.pickup_address_missing": Message(
        _("The warehouse has no address."), _("Enter it under Items, Warehouses.")
    ),
    "shipments.rule.pickup_carrier_assigned": Message(
        _("Amazon has assigned a carrier already, and changes nothing from then on."),
        _("Arrange it with the carrier, or in Vendor Central."),
    ),
    "task.shipments.pull_details": Message(_("Read what Amazon says of collect shipments")),
    "task.shipments.look_for_labels": Message(_("Look for Amazon's transport labels")),
    "task.shipments.settle_deadlines": Message(_("Look for shipments that are due")),
}

DETAIL_WORDS = {
    "amazon_reference_number": _("Amazon reference number (ARN)"),
    "carrier_scac": _("carrier"),
    "pro_number": _("PRO number"),
    "planned_departure_at": _("pickup"),
}
