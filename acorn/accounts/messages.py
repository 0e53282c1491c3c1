"""The sentences of this app's audit events and mails, rendered in the reader's language."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

TENANT_FIELDS = {
    "name": _("Company name"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "currency": _("Currency"),
}

MESSAGES = {
    "accounts.tenant_created": Message(_("The company was set up.")),
    "accounts.tenant_archived": Message(
        _("The company was archived: nobody can sign in to it and its tokens are refused.")
    ),
    "accounts.tenant_restored": Message(_("The company was brought back from the archive.")),
    "accounts.tenant_changed": Message(_("{field:accounts.tenant_field} was changed from “{before}” to “{after}”.")),
    "accounts.setting_changed": Message(
        _("The setting “{key:accounts.setting}” was changed from {before} to {after}.")
    ),
    "accounts.member_invited": Message(_("{email} was invited as {role:accounts.role}.")),
    "accounts.invitation_revoked": Message(_("The invitation of {email} was revoked.")),
    "accounts.member_joined": Message(_("{person} joined as {role:accounts.role}.")),
    "accounts.member_role_changed": Message(
        _("The role of {person} was changed from {before:accounts.role} to {after:accounts.role}.")
    ),
    "accounts.member_removed": Message(_("{person} was removed from the company.")),
    "accounts.token_created": Message(_("The API token “{name}” was created; it may: {scopes:accounts.scope}.")),
    "accounts.token_revoked": Message(_("The API token “{name}” was revoked.")),
    "accounts.signed_in": Message(_("{person} signed in.")),
    "accounts.locked_out": Message(
        _("Sign-in as {person} was locked for a while after too many failures."),
        _("If it was not you, change the password and switch on two-step sign-in."),
    ),
    "accounts.password_changed": Message(_("{person} changed the password.")),
    "accounts.mfa_added": Message(_("{person} switched on two-step sign-in.")),
    "accounts.mfa_removed": Message(_("{person} switched off two-step sign-in.")),
    "task.accounts.send_invitation": Message(_("Send an invitation by e-mail")),
    "accounts.keys_rotated": Message(_("{count} stored secrets were sealed again under the current key.")),
}
