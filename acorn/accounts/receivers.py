"""What Django and allauth tell us about sign-in; each receiver calls one service."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in

from acorn.accounts.models import User
from acorn.accounts.services import sign_in


def connect() -> None:
    """Called once, when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    for signal in (password_changed, password_reset, password_set):
        signal.connect(_password_changed, dispatch_uid="accounts.password_changed")
    authenticator_added.connect(_mfa_added, dispatch_uid="accounts.mfa_added")
    authenticator_removed.connect(_mfa_removed, dispatch_uid="accounts.mfa_removed")


def _signed_in(*, user: User, **_: Any) -> None:
    sign_in.note_sign_in(user, actor=user.actor())


def _password_changed(*, user: User, **_: Any) -> None:
    sign_in.note_change("accounts.password_changed", user)


def _mfa_added(*, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        sign_in.note_change("accounts.mfa_added", user)


def _mfa_removed(*, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        sign_in.note_change("accounts.mfa_removed", user)
