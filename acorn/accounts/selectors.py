"""Reads of people, invitations and tokens of the active tenant."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from acorn.accounts.models import ApiToken, Invitation, Membership
from acorn.core.errors import NotFound
from acorn.tenancy.scope import current_tenant_id


def list_members() -> QuerySet[Membership]:
    """The company's members by address; `has_mfa` says whether they sign in with two steps."""
    totp = Authenticator.objects.filter(user_id=OuterRef("user_id"), type=Authenticator.Type.TOTP)
    return (
        Membership.objects.select_related("user")
        .filter(tenant_id=current_tenant_id())
        .annotate(has_mfa=Exists(totp))
        .order_by("user__email")
    )


def get_member(person_id: str) -> Membership:
    """A member of the company. Raises NotFound."""
    member = list_members().filter(user__public_id=person_id).first()
    if member is None:
        raise NotFound
    return member


def list_open_invitations(*, now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be accepted, newest first."""
    return (
        Invitation.objects.select_related("invited_by")
        .filter(tenant_id=current_tenant_id(), accepted_at=None, revoked_at=None, expires_at__gt=now)
        .order_by("-id")
    )


def list_tokens() -> QuerySet[ApiToken]:
    """The company's API tokens, newest first; revoked ones too."""
    return ApiToken.objects.select_related("created_by").filter(tenant_id=current_tenant_id()).order_by("-id")


def list_actors() -> list[tuple[str, str]]:
    """Id and name of everybody who may stand in the audit trail as its author: members and tokens."""
    people = [(member.user.public_id, str(member.user)) for member in list_members()]
    return people + [(token.public_id, token.name) for token in list_tokens()]
