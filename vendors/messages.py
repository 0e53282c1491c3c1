"""Everything this app stores as code and params: causes of trouble, findings, audit events, work items, alerts."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

TROUBLE = {
    "vendors.auth_revoked": Message(
        _("Amazon does not accept the refresh token: it was revoked, has expired, or belongs to another application."),
        _(
            "Someone with admin rights in Vendor Central authorises your application again (Integration > API). "
            "Then enter the new refresh token here under “Change credentials”."
        ),
    ),
    "vendors.auth_failed": Message(
        _("Login with Amazon refuses the application: the client id or the client secret is wrong or has expired."),
        _(
            "Whoever manages your application in Amazon's Solution Provider Portal copies the client id and secret "
            "again; a secret lives 180 days. Then enter them here under “Change credentials”."
        ),
    ),
    "vendors.permission_denied": Message(
        _("Amazon knows the application, but does not let it do this for this vendor group (403)."),
        _(
            "Check with whoever manages your application, in this order: it has the role Amazon Fulfillment; the region "
            "here is the vendor group's own; its roles did not change after it was authorised; the authorisation is less "
            "than a year old. After any change, authorise again and enter the new refresh token."
        ),
    ),
    "vendors.rejected": Message(
        _("Amazon read the request and refused it: {amazon}"),
        _("Look at the exchange. If nothing is wrong on your side, send its request id to Amazon's support."),
    ),
    "vendors.not_found": Message(_("Amazon does not know what was asked for: {amazon}"), _("Look at the exchange.")),
    "vendors.wrong_environment": Message(
        _("The call was stopped: its address does not belong to the environment of this connection. Nothing was sent."),
        _("Ask whoever runs this installation to check the SPAPI and LWA addresses in its settings."),
    ),
    "vendors.credentials_unreadable": Message(
        _("The stored credentials cannot be opened: the key that sealed them is missing from this installation."),
        _("Ask whoever runs it to put the old key back into ACORN_SECRET_KEYS, or enter the credentials again."),
    ),
    "vendors.throttled": Message(
        _("The request quota that Amazon grants is used up for the moment."),
        _("Nothing to do: it goes on by itself as the quota refills."),
    ),
    "vendors.unavailable": Message(
        _("Amazon, or our own store of tokens and quotas, is not available right now: {amazon}"),
        _("Nothing to do: it is tried again by itself. If it lasts for hours, look at Amazon's status page."),
    ),
    "vendors.network": Message(
        _("No answer came from Amazon: {amazon}"),
        _(
            "It is tried again by itself. If it lasts, ask whoever runs this installation whether it can reach the "
            "internet and the address shown in the exchange."
        ),
    ),
    "vendors.bad_answer": Message(
        _("What came back is not a complete answer: {amazon}"),
        _("Nothing to do: it is tried again by itself, and nothing was taken over from it."),
    ),
    "vendors.failed": Message(_("The call to Amazon failed."), ""),
    "vendors.test_passed": Message(_("{connection} works: Amazon gave a token and answered a read."), ""),
}

SYNC = {
    "vendors.sync_waits": Message(_("Waiting: an earlier sync of the same kind is still at work."), ""),
    "vendors.sync_archived": Message(
        _("The connection was archived before this sync began."), _("Restore the connection to sync it again.")
    ),
    "vendors.sync_stopped": Message(
        _("The job of this sync was cancelled."), _("Start a new sync; it goes on from where this one had got to.")
    ),
    "vendors.rows_flagged": Message(
        _("Rows that came with something odd in them: {flagged}. They are stored, each with what was found."), ""
    ),
    "vendors.token_died": Message(
        _("Amazon does not accept its own page tokens, even for short windows."),
        _("Nothing to do: it is tried again by itself."),
    ),
    "vendors.token_repeats": Message(
        _("Amazon gives the same page token again and again."), _("Nothing to do: it is tried again by itself.")
    ),
}

# what vendors.spapi.checks finds in an answer; stored with the rows by the apps that pull them
FINDINGS = {
    "answer.no_list": Message(_("The answer lacks its list “{field}”."), ""),
    "answer.not_a_list": Message(_("“{field}” in the answer is not a list."), ""),
    "answer.not_an_object": Message(_("A row of the answer is not an object."), ""),
    "answer.too_many_rows": Message(_("{got} rows came where at most {asked} were asked for."), ""),
    "answer.unreadable_date": Message(_("{field} is missing or unreadable: “{value}”."), ""),
    "answer.outside_window": Message(
        _("{field} {value} is outside the window that was asked for ({since} to {until})."), ""
    ),
    "answer.in_the_future": Message(_("{field} {value} is in the future."), ""),
    "answer.too_old": Message(_("{field} {value} is older than Amazon keeps orders."), ""),
    "answer.other_than_asked": Message(_("{field} is “{got}”, though “{asked}” was asked for."), ""),
}

AUDIT = {
    "vendors.connected": Message(
        _("Connected vendor group {group} in {marketplace} ({environment:vendors.environment})"), ""
    ),
    "vendors.renamed": Message(_("Renamed from {before} to {after}"), ""),
    "vendors.credentials_changed": Message(_("Changed credentials: {fields}"), ""),
    "vendors.archived": Message(_("Archived the connection"), ""),
    "vendors.restored": Message(_("Restored the connection"), ""),
    "vendors.health_ok": Message(_("The connection works"), ""),
    "vendors.health_degraded": Message(_("The connection works partly"), ""),
    "vendors.health_failing": Message(_("The connection does not work"), ""),
    "vendors.sync_requested": Message(_("Asked for a sync: {resources:vendors.resource}"), ""),
    "vendors.page_pulled": Message(
        _("Read a page ({resource:vendors.resource}): rows {seen}, new {new}, changed {changed}, flagged {flagged}"),
        is_routine=True,
    ),
}

PEOPLE = {
    "work.connection_failing": Message(
        _("The connection {connection} does not work as it should."),
        _("Open it: it says what is wrong, who can repair it and how."),
    ),
    "vendors.connection_failing": Message(
        _(
            "The connection {connection} ({environment:vendors.environment}) does not work as it should: orders may arrive late."
        ),
        _("Open it: it says what is wrong, who can repair it and how."),
    ),
    "vendors.nothing_came": Message(
        _(
            "Nothing new came through {connection} for a day ({resource:vendors.resource}); the day before it was {before}."
        ),
        _("If your buyers did order, test the connection and compare with Vendor Central."),
    ),
}

# what becomes of a document for Amazon: on its row, in its history, in the Job that looks after it
SUBMISSIONS = {
    "vendors.submission_taken": Message(_("Amazon took it: transaction {transaction}.")),
    "vendors.submission_processing": Message(_("Amazon is processing it.")),
    "vendors.submission_read": Message(_("Amazon answered and names no problem so far.")),
    "vendors.submission_success": Message(_("Amazon calls the transaction a success.")),
    "vendors.submission_presumed": Message(
        _("Amazon has processed it for so long without a refusal that it counts as accepted."),
        _("Nothing to do: the proof is Amazon's own record, which is read as it comes."),
    ),
    "vendors.submission_presumed_unread": Message(
        _("Amazon took it, but its status could not be read. It counts as accepted, without Amazon having said so."),
        _("If it matters now, compare with Vendor Central."),
    ),
    "vendors.submission_verified": Message(_("Proved by Amazon's own word: {by:vendors.proof}.")),
    "vendors.submission_refused": Message(
        _("Amazon refused it: {amazon}"),
        _("Correct what Amazon names, and send a new one. If the cause is gone at Amazon, send the same again."),
    ),
    "vendors.submission_refused_after_proof": Message(
        _("Proved before ({by:vendors.proof}), but the transaction says that Amazon refused it: {amazon}"),
        _("Compare with Vendor Central: what is shown there counts."),
    ),
    "vendors.submission_answer_lost": Message(
        _("It was sent, but no usable answer came ({amazon}). Nobody knows whether Amazon has it."),
        _("Nothing to do: Amazon's records are read first, then it goes on as the kind of document allows."),
    ),
    "vendors.submission_lease_over": Message(
        _("The worker that was sending it is gone. Nobody knows whether Amazon has it."),
        _("Nothing to do: Amazon's records are read first, then it goes on as the kind of document allows."),
    ),
    "vendors.submission_resent": Message(
        _("Amazon's records do not show it after all this time: the same bytes are sent again.")
    ),
    "vendors.submission_found": Message(_("Amazon has it, as {by:vendors.proof} shows.")),
    "vendors.submission_not_found": Message(_("Amazon does not have it, as {by:vendors.proof} shows.")),
    "vendors.submission_ask": Message(
        _("Nobody knows whether Amazon has it, and its records do not tell."),
        _("Look into Vendor Central. If it is there, say so here; if it is not, send the same again."),
    ),
    "vendors.submission_late_answer": Message(
        _("Late answer of an earlier try: Amazon took it as transaction {transaction}.")
    ),
    "vendors.submission_superseded": Message(_("A newer document takes its place.")),
    "vendors.submission_wrong_environment": Message(
        _(
            "Stopped: it was made for {wanted:vendors.environment}, and {connection} does not lead there. Nothing was sent."
        ),
        _("Send it again through a connection of the same vendor group and environment."),
    ),
    "vendors.submission_archived": Message(
        _("Not sent: the connection {connection} is archived, and its vendor group has no other one."),
        _("Restore the connection, then send it again."),
    ),
    "vendors.submission_waits": Message(_("Waits for an earlier document about the same subject.")),
    "vendors.submission_leased": Message(_("Another worker is sending it.")),
    "vendors.submission_reading": Message(_("Amazon's records are read to find out whether it arrived.")),
    "vendors.submission_polls": Message(_("Asks Amazon again when the time has come.")),
    # what people did, in the trail as well
    "vendors.submission_held": Message(_("Held back")),
    "vendors.submission_released": Message(_("Released")),
    "vendors.submission_cancelled": Message(_("Cancelled before it left")),
    "vendors.submission_retried": Message(_("Sent again by hand, the same bytes")),
    "vendors.submission_settled": Message(_("Told that Amazon has it")),
    "vendors.submission_replayed": Message(_("Replayed through {connection}")),
    "vendors.rule_changed": Message(
        _("Rule {rule:vendors.rule} in {marketplace} from {valid_from}: {severity:vendors.severity}")
    ),
    # what is shown on Today
    "work.submission_rejected": Message(
        _("Amazon refused {kind:vendors.submission_kind} {subject}."), _("Open it: Amazon's words are there.")
    ),
    "work.submission_failed": Message(
        _("{kind:vendors.submission_kind} {subject} could not be sent."),
        _("Open it: it says why, and who can repair it."),
    ),
    "work.submission_unknown": Message(
        _("Nobody knows whether Amazon has {kind:vendors.submission_kind} {subject}."),
        _("Look into Vendor Central, then say on its page what you saw."),
    ),
    "work.submission_contradiction": Message(
        _("Amazon shows something else than {kind:vendors.submission_kind} {subject} says."),
        _("Open it: both sides are there."),
    ),
}
# what the rules of the rulebook are called
RULES = {
    "LINE_MISSING": _("Every line is answered"),
    "WRONG_SUM": _("The quantities add up to what was ordered"),
    "NOT_WHOLE_CASES": _("Whole cases where the order is in cases"),
    "BACKORDER_NOT_ALLOWED": _("Back-order only where it is allowed"),
    "BACKORDER_DATE_MISSING": _("A back-order has its date"),
    "REJECTION_REASON_MISSING": _("A rejection has its reason"),
    "REJECTED_IS_FINAL": _("A first rejection is final"),
    "FIRST_REJECTION": _("First answer: rejected"),
    "OBSOLETE_PRODUCT": _("Rejected as obsolete"),
    "COST_MISSING": _("The cost is always sent"),
    "COST_NOT_POSITIVE": _("The cost is above zero"),
    "COST_ABOVE_ORDER": _("No cost above the order's"),
    "COST_BELOW_ORDER": _("Cost below the order's"),
    "LATE_CHANGE": _("Quantity or cost changed late"),
    "CONFIRMED_CANCELLED": _("Confirmed units taken back"),
    "PO_LATE": _("Charge for late units"),
    "PO_NOT_FILLED": _("Charge for units not delivered"),
    "PO_ON_TIME_WAIVER": _("On-time rate above which nothing is charged"),
    "PICKUP_NOT_COLLECT": _("Amazon fetches only what it pays the freight of"),
    "PICKUP_REGION": _("Pickup requests in North America and Europe only"),
    "PICKUP_EMPTY": _("Nothing is fetched before it is packed"),
    "PICKUP_ORDER_OPEN": _("Every order is completely confirmed before a pickup"),
    "PICKUP_TOO_SOON": _("A pickup is asked for business days ahead"),
    "PICKUP_AFTER_WINDOW": _("A pickup within the ship window"),
    "PICKUP_LOOSE": _("Amazon's carriers fetch pallets"),
    "PICKUP_WEIGHT_UNKNOWN": _("A pickup says what the goods weigh"),
    "PICKUP_ADDRESS_MISSING": _("A pickup says where the goods are"),
    "PICKUP_CARRIER_ASSIGNED": _("No change of a pickup once a carrier is assigned"),
    "APPOINTMENT_MISSING": _("A delivery appointment stands in time"),
    "ASN_DEFECT_ABOVE_95": _("Charge for a faulty ASN, above 95 % compliance"),
    "ASN_DEFECT_70_TO_95": _("Charge for a faulty ASN, 70 to 95 % compliance"),
    "ASN_DEFECT_BELOW_70": _("Charge for a faulty ASN, below 70 % compliance"),
    "ORDER_CHANGE_UNSETTLED": _("Changes are settled before the truck leaves"),
    "LABEL_VOID": _("Every carton has its own, current label"),
    "MIXED_ORDERS": _("Few orders in a mixed carton"),
    "MIXED_LOTS": _("One lot of a product in a carton"),
    "LOT_MISSING": _("Lot numbers where they are tracked"),
    "EXPIRY_MISSING": _("Expiry dates where they are tracked"),
    "EXPIRES_SOON": _("Goods last long enough"),
    "SCALE_WEIGHT_MISSING": _("Scale weight of goods priced by weight"),
}
# who proved it
PROOFS = {
    "transaction": _("the transaction's status"),
    "purchase-order-status": _("the order's status"),
}

TASKS = {
    "task.vendors.sync_connection": Message(_("Sync a connection")),
    "task.vendors.follow_clock": Message(_("Follow the clock of a simulated world")),
    "task.vendors.send_submission": Message(_("Send a document to Amazon")),
    "task.vendors.poll_submissions": Message(_("Ask what became of documents")),
    "task.vendors.sweep_submissions": Message(_("Look for overdue documents")),
}

MESSAGES = TASKS | TROUBLE | SYNC | FINDINGS | AUDIT | PEOPLE | SUBMISSIONS
