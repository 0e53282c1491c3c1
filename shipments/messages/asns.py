"""The sentences of departures and ASNs: what the checks find, and what became of a notice and of its goods."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

CLOCK_WORDS = {
    "AFTER_DEPARTURE": _("soon after the departure"),
    "BEFORE_APPOINTMENT": _("hours before the appointment"),
    "BEFORE_SLOT": _("before a delivery slot is asked for"),
    "BEFORE_ARRIVAL": _("before arrival"),
    "OWN": _("the company's own rule"),
    "": _("no deadline is known"),
}

_RULES = {
    "nothing_packed": Message(_("There is no carton in the shipment."), _("Pack it first.")),
    "selling_party_missing": Message(
        _("The orders came without a vendor code, and a shipping notice must name one."), _("Start a sync.")
    ),
    "ship_from_missing": Message(
        _("Amazon has no name for the warehouse."), _("Enter the ship-from party id of the warehouse.")
    ),
    "ship_to_missing": Message(_("The orders name no fulfilment centre."), _("Start a sync.")),
    "shipped_date_future": Message(
        _("The departure lies in the future."), _("Say when the truck has left; plan a departure with the shipment.")
    ),
    "shipped_date_old": Message(
        _("The departure was more than {days} days ago."),
        _("Amazon takes no notice of it any more: open a case in Vendor Central with the bill of lading."),
    ),
    "arrival_missing": Message(_("Nobody says when it will arrive."), _("Enter the estimated delivery.")),
    "arrival_before_departure": Message(_("It would arrive before it left."), _("Correct one of the two times.")),
    "bol_missing": Message(_("The bill of lading number is missing."), _("Take it from the bill of lading.")),
    "bol_format": Message(
        _("“{value}” is no bill of lading number: not a date, and not a single character."),
        _("Use the number that is printed on the paper."),
    ),
    "bol_shared": Message(
        _("The bill of lading {value} travelled with another truck already: shipment {shipment}."),
        _("Give this truck a number of its own, or say that it is the same truck."),
    ),
    "pro_missing": Message(_("The carrier's PRO number is missing."), _("Ask the carrier for it.")),
    "scac_missing": Message(_("The carrier's SCAC is missing."), _("Enter the carrier's two to four letters.")),
    "scac_format": Message(
        _("“{value}” is no SCAC: two to four capital letters, without the carrier's name."),
        _("Enter the code alone, such as UPSN."),
    ),
    "scac_unknown": Message(
        _("The SCAC {value} is not among those that ACORN knows."), _("Check it; a rare carrier may still be right.")
    ),
    "arn_missing": Message(
        _("Amazon's reference number (ARN) is missing, and Amazon pays the freight."),
        _("Request the pickup and wait for the number, or copy it from Vendor Central."),
    ),
    "arn_format": Message(
        _("“{value}” is no ARN: Amazon gives out digits."), _("Copy it from Vendor Central; never make one up.")
    ),
    "containers_missing": Message(
        _("A direct import without its containers."), _("Enter container and seal numbers with the shipment.")
    ),
    "sscc_missing": Message(
        _("Cartons without a number (SSCC): {places}"), _("Set the GS1 prefix, or give the cartons numbers.")
    ),
    "pallet_sscc_missing": Message(
        _("Pallets without a number (SSCC): {places}"), _("Set the GS1 prefix, or give the pallets numbers.")
    ),
    "sscc_wrong": Message(_("Not an SSCC, its check digit is wrong: {places}"), _("Scan or type the number again.")),
    "sscc_twice": Message(
        _("Two handling units have the same number: {places}"), _("Give each a number and a label of its own.")
    ),
    "sscc_reused": Message(
        _("Numbers that an earlier shipment of the last year had: {places}"), _("Give these new numbers and labels.")
    ),
    "tracking_missing": Message(
        _("Parcels without a tracking number: {places}"), _("Enter the numbers of the carrier's labels.")
    ),
    "unit_unknown": Message(
        _("The order counts in a unit that Amazon does not document: {unit}"),
        _("Send this shipping notice in Vendor Central."),
    ),
    "broken_cases": Message(
        _("Ordered in cases, packed in parts of a case: cartons {places}"), _("Put whole cases into each carton.")
    ),
    "too_many": Message(
        _("More than was confirmed and not shipped yet: {places} ({eaches} instead of {may_ship})"),
        _("Take the surplus out, or answer the order anew first."),
    ),
    "other_vendor_code": Message(
        _("Orders of another vendor code: {places}"), _("Ship them with their own vendor code.")
    ),
    "other_centre": Message(
        _("Amazon has sent these orders to another fulfilment centre: {places} now go to {ship_to}"),
        _("Take them out and plan a shipment to that centre."),
    ),
    "order_ended": Message(
        _("Cancelled or closed since: {places}"), _("Take their goods out, or ask your buyer for a new order.")
    ),
    "order_not_answered": Message(_("Amazon has no answer to {places} yet."), _("Answer the orders first.")),
    "order_change_unsettled": Message(
        _("Amazon changed these orders, and nobody has looked: {places}"), _("Look at the change and settle it.")
    ),
    "label_void": Message(
        _("Labels that were printed for other contents: {places}"), _("Print and stick the labels anew.")
    ),
    "mixed_orders": Message(
        _("Cartons with goods of more than {most} orders: {places}"), _("Spread them over more cartons.")
    ),
    "mixed_lots": Message(
        _("Cartons with several lots or dates of one product: {places}"), _("Pack each lot by itself.")
    ),
    "lot_missing": Message(_("Goods without their lot number: cartons {places}"), _("Enter the lots.")),
    "expiry_missing": Message(_("Goods without their expiry date: cartons {places}"), _("Enter the dates.")),
    "expires_soon": Message(
        _("Goods that expire within {days} days: cartons {places}"), _("Replace them by goods that last longer.")
    ),
    "scale_weight_missing": Message(
        _("Priced by weight, and not weighed: cartons {places}"), _("Enter what the scale says.")
    ),
    "order_unproved": Message(
        _("Amazon does not show our answer to {places} yet."), _("You may ship; look at the answer if it stays so.")
    ),
    "arrival_after_window": Message(
        _("It would arrive after the window of {places}."), _("Take a faster way, or agree on another date.")
    ),
    "notice_late": Message(
        _("The shipping notice leaves after its deadline."), _("Send it at once; next time with the departure.")
    ),
}

_REPLACE = {
    "shipments.replace.nothing_changed": Message(
        _("Nothing is different from what Amazon was told."), _("Say what was really in the cartons.")
    ),
    "shipments.replace.nothing_left": Message(
        _("Nothing would be left on the truck."), _("Open a case in Vendor Central: a notice can't be taken back.")
    ),
    "shipments.replace.other_identity": Message(
        _("A replacement keeps the identifier {identifier} and its vendor code."), _("Send a notice of its own.")
    ),
    "shipments.replace.adds": Message(
        _("A replacement may only take goods out: {lines}"),
        _(
            "Plan another shipment for the additional goods, with a notice of its own; the bill of lading may be the same."
        ),
    ),
    "shipments.replace.on_its_way": Message(
        _("The last notice is still on its way."), _("Wait some minutes until Amazon has it.")
    ),
    "shipments.replace.arrived": Message(
        _("The goods have arrived: Amazon takes no replacement any more."),
        _("Wait for what is received; answer a shortage with the bill of lading and the carton labels."),
    ),
    "shipments.replace.too_late": Message(
        _("More than {days} days ago: Amazon takes no replacement any more."),
        _("Open a case in Vendor Central, and keep the bill of lading at hand."),
    ),
}

_EVENTS = {
    "shipments.departed": Message(_("Departed to {ship_to}: {cartons} cartons, {eaches} eaches")),
    "shipments.released": Message(_("Left in spite of: {rules}")),
    "shipments.asn_handed_over": Message(_("Shipping notice {identifier} handed over")),
    "shipments.asn_corrected": Message(_("Shipping notice {identifier} corrected")),
    "shipments.asn_refused": Message(_("Amazon refused {identifier}: {amazon}")),
    "shipments.asn_replaced_blindly": Message(
        _("Nobody knows whether Amazon has {identifier}: told once more, as a replacement")
    ),
    "shipments.asn_original_again": Message(
        _("There was nothing to replace: {identifier} is told as an original again")
    ),
    "shipments.late_blocked": Message(
        _("{identifier} was {minutes} minutes late: it waited for what Amazon would have refused")
    ),
    "shipments.late_departure_told_late": Message(
        _("{identifier} was {minutes} minutes late: the departure was recorded after the deadline")
    ),
    "shipments.late_sending": Message(_("{identifier} was {minutes} minutes late: it could not be sent in time")),
    "shipments.received": Message(_("Received of {order} line {line}: {after} of {shipped}, before {before}")),
    "shipments.shortage_expected": Message(_("{missing} eaches on {lines} lines are not counted yet")),
}

_WORK = {
    "work.shipments.asn_due": Message(_("{number}: the shipping notice is due, {rule:shipments.clock}")),
    "work.shipments.asn_late": Message(_("{number}: the shipping notice is about to be late, {rule:shipments.clock}")),
    "work.shipments.asn_blocked": Message(_("{identifier} has left, and Amazon would refuse its notice: {rules}")),
    "work.shipments.case": Message(_("{number} left in spite of {rules}: settle it with your buyer")),
    "work.shipments.shortage": Message(
        _("{number}: {missing} eaches on {lines} lines are not counted at {ship_to}. Get the proofs ready.")
    ),
}

_TASKS = {
    "task.shipments.follow_asn": Message(_("Follow a shipping notice")),
    "task.shipments.read_back_asn": Message(_("Look whether Amazon has a shipping notice")),
    "task.shipments.replace_asn": Message(_("Replace a shipping notice of unknown outcome")),
    "task.shipments.follow_received": Message(_("Follow what Amazon has received")),
    "task.shipments.watch_all_asns": Message(_("Look for shipping notices that are due, in each company")),
    "task.shipments.watch_asns": Message(_("Look for shipping notices that are due")),
}

ASNS = {
    **{f"shipments.rule.{name}": message for name, message in _RULES.items()},
    **_REPLACE,
    **_EVENTS,
    **_WORK,
    **_TASKS,
}
