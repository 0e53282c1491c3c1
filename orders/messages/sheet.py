"""The sentences of batches of answers."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

SHEET = {
    "task.orders.prepare_answers": Message(_("Collect answers to look at")),
    "task.orders.make_paper": Message(_("Make a paper over many orders")),
    "orders.paper_ready": Message(_("Made the paper over {count} orders")),
    "task.orders.send_answers": Message(_("Send a batch of answers")),
    "orders.paper_made": Message(_("Made the {paper:orders.paper} of {number} ({form}, {count} orders in all)")),
    "orders.batch_sent": Message(_("Sent {count} answers together")),
    "orders.batch.changed": Message(
        _("The order changed after you looked at it."), _("Look at the new lines, then answer it again.")
    ),
    "orders.batch.blocked": Message(_("The checks stopped it."), _("Open the order: each finding says what to do.")),
    "orders.batch.refused": Message(_("It was not possible ({error})."), _("Open the order and try it there.")),
    "orders.batch.unreadable": Message(
        _("A quantity or day could not be read."), _("Correct it on the answering screen.")
    ),
}
