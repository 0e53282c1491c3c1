"""API tokens: made, shown once, revoked."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.accounts.errors import UnknownScopes
from acorn.accounts.models import ApiToken, User
from acorn.accounts.rights import FULL_SCOPE, Right
from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid, NotFound
from acorn.tenancy.scope import current_tenant_id

_PREFIX = "acorn_"  # lets secret scanners recognise a token that was committed by mistake


def hash_token(text: str) -> str:
    """What is kept of a token of 256 random bits; it needs no salt and no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def create_token(
    *,
    name: str,
    scopes: Iterable[str],
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    created_by: User | None = None,
) -> tuple[ApiToken, str]:
    """A new token of the active tenant, and its text: the only time that anybody sees it.

    Raises UnknownScopes or Invalid. Each call makes another token.
    """
    wanted = sorted(set(scopes))
    unknown = sorted(set(wanted) - set(Right.values) - {FULL_SCOPE})
    if unknown:
        raise UnknownScopes(scopes=", ".join(unknown), known=", ".join(Right.values))
    if not wanted:
        raise Invalid(fields={"scopes": [_("Choose at least one scope.")]})
    if not name.strip():
        raise Invalid(fields={"name": [_("Give the token a name, so that you know it later.")]})
    if expires_at is not None and expires_at <= now:
        raise Invalid(fields={"expires_at": [_("Choose a time in the future.")]})
    text = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        tenant_id=current_tenant_id(),
        name=name.strip()[:120],
        token_hash=hash_token(text),
        hint=text[-4:],
        scopes=wanted,
        created_by=created_by,
        expires_at=expires_at,
    )
    audit.record(
        "accounts.token_created",
        actor=actor,
        subject=subject_of(token),
        params={"name": token.name, "scopes": ", ".join(wanted)},
    )
    return token, text


@transaction.atomic(durable=True)
def revoke_token(*, public_id: str, actor: Actor, now: datetime) -> ApiToken:
    """Refuse the token from the next request on. Safe to repeat. Raises NotFound."""
    token = ApiToken.objects.select_for_update().filter(public_id=public_id, tenant_id=current_tenant_id()).first()
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        audit.record("accounts.token_revoked", actor=actor, subject=subject_of(token), params={"name": token.name})
    return token


def subject_of(token: ApiToken) -> Subject:
    return Subject("accounts.token", token.public_id, token.name)
