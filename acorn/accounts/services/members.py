"""Who belongs to a company, and as what."""

from django.db import transaction

from acorn.accounts.errors import LastOwner, OnlyOwners
from acorn.accounts.models import Membership
from acorn.accounts.services.people import subject_of
from acorn.accounts.types import Role
from acorn.audit import services as audit
from acorn.core.errors import NotFound
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import current_tenant_id


@transaction.atomic(durable=True)
def change_role(*, person_id: str, role: Role, by: Membership) -> Membership:
    """Give a member of the active tenant another role; it counts from their next request on. Safe to repeat.

    Raises NotFound, OnlyOwners or LastOwner.
    """
    member = _lock(person_id)
    before = Role(member.role)
    if before == role:
        return member
    _check_owner_rules(member, by, losing=role != Role.OWNER, gaining=role == Role.OWNER)
    member.role = role
    member.save(update_fields=["role"])
    audit.record(
        "accounts.member_role_changed",
        actor=by.user.actor(),
        subject=subject_of(member.user),
        params={"person": str(member.user), "before": before.value, "after": role.value},
    )
    return member


@transaction.atomic(durable=True)
def remove_member(*, person_id: str, by: Membership) -> None:
    """End a membership of the active tenant: the person's next request finds no company. Their account stays.

    API tokens belong to the company and stay. Raises NotFound, OnlyOwners or LastOwner.
    """
    member = _lock(person_id)
    _check_owner_rules(member, by, losing=True, gaining=False)
    audit.record(
        "accounts.member_removed",
        actor=by.user.actor(),
        subject=subject_of(member.user),
        params={"person": str(member.user)},
    )
    member.delete()


def _lock(person_id: str) -> Membership:
    """The membership, with the company's row locked first: two owners may not remove each other at once."""
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant_id())
    member = Membership.objects.select_related("user").filter(tenant=tenant, user__public_id=person_id).first()
    if member is None:
        raise NotFound
    return member


def _check_owner_rules(member: Membership, by: Membership, *, losing: bool, gaining: bool) -> None:
    is_owner = member.role == Role.OWNER
    # read again: the acting owner may have been demoted while waiting for the lock
    may_touch_owners = Membership.objects.filter(pk=by.pk, role=Role.OWNER).exists()
    if (is_owner or gaining) and not may_touch_owners:
        raise OnlyOwners
    owners = Membership.objects.filter(tenant_id=member.tenant_id, role=Role.OWNER)
    if is_owner and losing and not owners.exclude(pk=member.pk).exists():
        raise LastOwner(person=str(member.user))
