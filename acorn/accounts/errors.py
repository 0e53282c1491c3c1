"""What the services of this app refuse, each with a code and a sentence that says what to do."""

from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Conflict, DomainError, Forbidden, Invalid


class SlugTaken(Conflict):
    code = "SLUG_TAKEN"
    message = _("There is a company “{slug}” already. Choose another short name.")


class OtherPassword(Conflict):
    code = "PERSON_EXISTS"
    message = _("{email} has an account with another password. Give that password, or leave it away to keep it.")


class UnknownScopes(Invalid):
    code = "UNKNOWN_SCOPES"
    message = _("Unknown scopes: {scopes}. A scope is “*” or one of: {known}.")


class LastOwner(DomainError):
    code = "LAST_OWNER"
    message = _("{person} is the only owner. Make somebody else an owner first.")


class OnlyOwners(Forbidden):
    code = "ONLY_OWNERS"
    message = _("Only an owner can make, change or remove an owner.")


class AlreadyMember(Conflict):
    code = "ALREADY_MEMBER"
    message = _("{email} is a member of the company already.")


class InvitationNotOpen(DomainError):
    code = "INVITATION_NOT_OPEN"
    message = _("This invitation was used, revoked, replaced by a newer one, or has expired. Ask for a new one.")


class OtherPerson(DomainError):
    code = "OTHER_PERSON"
    message = _(
        "This invitation is for {invited}, but you are signed in as {signed_in}. Sign out, then open the link again."
    )


class MustSignIn(DomainError):
    code = "MUST_SIGN_IN"
    message = _("{invited} has an account already. Sign in with it, then open the link again.")
