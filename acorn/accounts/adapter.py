"""Where allauth's sign-in differs from its default: no sign-up, a lock-out that says until when, sealed MFA secrets."""

import math
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from acorn.accounts.services import sign_in
from acorn.accounts.services.keys import MFA_CONTEXT
from acorn.core import vault


class AccountAdapter(DefaultAccountAdapter):
    """People come by invitation or by `manage.py create_tenant`; nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            seconds = _locked_seconds(request, self._get_login_attempts_cache_key(request, **credentials))
            sign_in.note_lock_out(str(credentials.get("email", "")), seconds=seconds)
            minutes = max(1, math.ceil(seconds / 60))
            text = ngettext(
                "Too many failed sign-ins. For safety this is locked for another {minutes} minute; then try again, "
                "or reset your password.",
                "Too many failed sign-ins. For safety this is locked for another {minutes} minutes; then try again, "
                "or reset your password.",
                minutes,
            )
            raise ValidationError(text.format(minutes=minutes), code="too_many_login_attempts") from error

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for each address. allauth's own has the Host header in it, whose port a visitor may choose."""
        return str(credentials.get("email", "")).lower()


class MfaAdapter(DefaultMFAAdapter):
    """Keeps TOTP secrets and the seed of recovery codes sealed under the key ring."""

    def encrypt(self, text: str) -> str:
        return vault.seal(text, context=MFA_CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.unseal(encrypted_text, context=MFA_CONTEXT)


def _locked_seconds(request: HttpRequest, key: str) -> float:
    """How long the longest of the exhausted limits still holds."""
    now = time.time()
    waits = [0.0]
    for rate in ratelimit.parse_rates(app_settings.RATE_LIMITS.get("login_failed")):
        cache_key = ratelimit.get_cache_key(request, app="allauth.account", action="login_failed", rate=rate, key=key)
        history = cache.get(cache_key, [])
        if len(history) >= rate.amount:
            waits.append(history[rate.amount - 1] + rate.duration - now)
    return max(waits)
