from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Conflict, NotFound


class OrderNotFound(NotFound):
    """No such order in this company."""

    code = "ORDER_NOT_FOUND"
    message = _("This purchase order does not exist here, or you may not see it.")


class ChangedAgain(Conflict):
    """Somebody confirms a change, but a newer one has arrived that they have not seen."""

    code = "CHANGED_AGAIN"
    message = _("Amazon has changed this order once more. Look at the new change, then mark it as seen.")


class OrderHasEnded(Conflict):
    """Nothing of it is open any more."""

    code = "ORDER_HAS_ENDED"
    message = _("Nothing of this order is open any more, so there is nothing to close short.")
