"""What sign-in leaves in the audit trail: of each company that the person belongs to."""

from django.core.cache import cache

from acorn.accounts.models import User
from acorn.accounts.services.people import find_person, subject_of
from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.tenancy.scope import tenant_scope


def note_sign_in(user: User, *, actor: Actor) -> None:
    """A person signed in."""
    _record("accounts.signed_in", user, actor)


def note_lock_out(email: str, *, seconds: float) -> None:
    """Sign-in with this address is locked; told once per lock-out, and only where somebody has the address."""
    user = find_person(email)
    if user is not None and cache.add(f"accounts:locked:{user.pk}", 1, timeout=max(1, int(seconds))):
        _record("accounts.locked_out", user, Actor.system("sign-in"))


def note_change(code: str, user: User) -> None:
    """A person changed how they sign in (password, two-step)."""
    _record(code, user, user.actor())


def _record(code: str, user: User, actor: Actor) -> None:
    for tenant_id in user.memberships.filter(tenant__archived_at=None).values_list("tenant_id", flat=True):
        with tenant_scope(tenant_id):
            audit.record(code, actor=actor, subject=subject_of(user), params={"person": str(user)})
