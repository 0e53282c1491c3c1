from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Conflict, Invalid, NotFound


class OrderNotFound(NotFound):
    """No such order in this company."""

    code = "ORDER_NOT_FOUND"
    message = _("This purchase order does not exist here, or you may not see it.")


class ChangedAgain(Conflict):
    """Somebody confirms a change, but a newer one has arrived that they have not seen."""

    code = "CHANGED_AGAIN"
    message = _("Amazon has changed this order once more. Look at the new change, then mark it as seen.")


class OrderHasEnded(Conflict):
    """Nothing of it is open."""

    code = "ORDER_HAS_ENDED"
    message = _("Nothing of this order is open any more, so there is nothing to close short.")


class PolicyInvalid(Invalid):
    """A policy with these terms could not be followed; `fields` says which."""

    code = "POLICY_INVALID"
    message = _("Some terms of the policy are not right. See the fields.")


class TrialMissing(Conflict):
    """A policy may send by itself only with terms that were tried on past orders."""

    code = "TRIAL_MISSING"
    message = _(
        "Try these very terms on past orders first: a policy that nobody has seen at work may not send by itself."
    )


class BatchMoved(Conflict):
    """The batch of answers was sent or thrown away already, or is still being collected."""

    code = "BATCH_MOVED"
    message = _("This batch was sent or discarded already, or is still being collected. Look at it again.")
