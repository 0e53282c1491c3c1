"""Invitations: a link by e-mail that makes its reader a member. The database keeps the hash of the link's token only."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from acorn.accounts.errors import AlreadyMember, InvitationNotOpen, MustSignIn, OnlyOwners, OtherPerson
from acorn.accounts.models import Invitation, Membership, User
from acorn.accounts.services import people
from acorn.accounts.services.tokens import hash_token
from acorn.accounts.types import Role
from acorn.audit import services as audit
from acorn.core.actor import Subject
from acorn.core.errors import Invalid, NotFound
from acorn.core.ids import new_public_id
from acorn.jobs.queue import enqueue
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import current_tenant_id, tenant_scope

VALID_FOR = timedelta(days=7)


def token_of(invitation: Invitation) -> str:
    """The token in the invitation's link: made again from the id and SECRET_KEY, so that a Job need not carry it."""
    return salted_hmac("acorn.accounts.invitation", invitation.public_id, algorithm="sha256").hexdigest()


def link_token(invitation: Invitation) -> str:
    """The token to mail. Should SECRET_KEY have changed since the invitation, the new token replaces the old one."""
    token = token_of(invitation)
    Invitation.objects.filter(pk=invitation.pk).exclude(token_hash=hash_token(token)).update(
        token_hash=hash_token(token)
    )
    return token


@transaction.atomic(durable=True)
def invite(*, email: str, role: Role, by: Membership, now: datetime) -> Invitation:
    """Ask an address to join the active tenant; the mail leaves by a Job. An older open invitation is replaced.

    Raises Invalid, AlreadyMember or OnlyOwners.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(fields={"email": [_("Give an e-mail address.")]}) from None
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant_id())
    # read again: the inviting owner may have been demoted while waiting for the lock
    if role == Role.OWNER and not Membership.objects.filter(pk=by.pk, role=Role.OWNER).exists():
        raise OnlyOwners
    if Membership.objects.filter(tenant=tenant, user__email__iexact=email).exists():
        raise AlreadyMember(email=email)
    _open(tenant).filter(email__iexact=email).update(revoked_at=now)
    invitation = Invitation(
        public_id=new_public_id("inv"),
        tenant=tenant,
        email=email,
        role=role,
        invited_by=by.user,
        expires_at=now + VALID_FOR,
    )
    invitation.token_hash = hash_token(token_of(invitation))
    invitation.save(force_insert=True)
    audit.record(
        "accounts.member_invited",
        actor=by.user.actor(),
        subject=_subject_of(invitation),
        params={"email": email, "role": role.value},
    )
    enqueue("accounts.send_invitation", invitation_id=invitation.pk)
    return invitation


@transaction.atomic(durable=True)
def revoke_invitation(*, public_id: str, by: Membership, now: datetime) -> None:
    """Make the link useless. Safe to repeat. Raises NotFound."""
    invitation = Invitation.objects.select_for_update().filter(
        public_id=public_id, tenant_id=current_tenant_id()
    ).first()  # fmt: skip
    if invitation is None:
        raise NotFound
    if invitation.revoked_at is None and invitation.accepted_at is None:
        invitation.revoked_at = now
        invitation.save(update_fields=["revoked_at"])
        audit.record(
            "accounts.invitation_revoked",
            actor=by.user.actor(),
            subject=_subject_of(invitation),
            params={"email": invitation.email},
        )


def get_open_invitation(token: str, *, now: datetime) -> Invitation:
    """The invitation behind a link. Raises InvitationNotOpen, whatever the reason."""
    found = Invitation.objects.select_related("tenant", "invited_by").filter(token_hash=hash_token(token)).first()
    if found is None or not _is_open(found, now):
        raise InvitationNotOpen
    return found


@transaction.atomic(durable=True)
def accept_as_new_person(*, token: str, name: str, password: str, language: str, now: datetime) -> User:
    """Make an account for the invited address, which the link has proven, and a member of it.

    Raises InvitationNotOpen, MustSignIn when the address has an account already, or Invalid.
    """
    invitation = _lock(token, now)
    if people.find_person(invitation.email) is not None:
        raise MustSignIn(invited=invitation.email)
    user = people.create_person(email=invitation.email, password=password, name=name, language=language)
    _join(invitation, user, now)
    return user


@transaction.atomic(durable=True)
def accept_as(*, token: str, user: User, now: datetime) -> Invitation:
    """Make the signed-in person a member. Raises InvitationNotOpen, or OtherPerson for another address."""
    invitation = _lock(token, now)
    if user.email.lower() != invitation.email.lower():
        raise OtherPerson(invited=invitation.email, signed_in=user.email)
    _join(invitation, user, now)
    return invitation


def _lock(token: str, now: datetime) -> Invitation:
    found = Invitation.objects.select_for_update().filter(token_hash=hash_token(token)).first()
    if found is None or not _is_open(found, now):
        raise InvitationNotOpen
    return found


def _is_open(invitation: Invitation, now: datetime) -> bool:
    return (
        invitation.accepted_at is None
        and invitation.revoked_at is None
        and invitation.expires_at > now
        and invitation.tenant.archived_at is None
    )


def _open(tenant: Tenant) -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(tenant=tenant, accepted_at=None, revoked_at=None)


def _join(invitation: Invitation, user: User, now: datetime) -> None:
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    _member, is_new = Membership.objects.get_or_create(
        tenant_id=invitation.tenant_id, user=user, defaults={"role": invitation.role}
    )
    if is_new:
        with tenant_scope(invitation.tenant_id):
            audit.record(
                "accounts.member_joined",
                actor=user.actor(),
                subject=people.subject_of(user),
                params={"person": str(user), "role": invitation.role},
            )


def _subject_of(invitation: Invitation) -> Subject:
    return Subject("accounts.invitation", invitation.public_id, invitation.email)
