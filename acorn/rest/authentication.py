"""API tokens: `Authorization: Bearer <token>`. The token decides the company."""

import hashlib
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from acorn.accounts.models import ApiToken
from acorn.core import clock


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[None, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("The Authorization header must read: Bearer <token>."))
        now = clock.now()
        digest = hashlib.sha256(parts[1]).hexdigest()
        token = (
            ApiToken.objects.select_related("tenant")
            .filter(Q(expires_at=None) | Q(expires_at__gt=now), token_hash=digest, revoked_at=None, tenant__archived_at=None)
            .first()
        )  # fmt: skip
        if token is None:
            raise AuthenticationFailed(
                _("This token is unknown, revoked or expired. Create a new one under Settings > API.")
            )
        if token.last_used_at is None or token.last_used_at < now - timedelta(minutes=1):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return None, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
