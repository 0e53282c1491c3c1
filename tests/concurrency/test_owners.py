"""Two owners remove, or demote, each other at the same instant: one of them stays."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from acorn.accounts.errors import LastOwner, OnlyOwners
from acorn.accounts.models import Membership
from acorn.accounts.services import members
from acorn.accounts.types import Role
from acorn.core.errors import NotFound
from acorn.tenancy.scope import tenant_scope
from tests.factories.accounts import make_member
from tests.factories.tenancy import make_tenant


@pytest.mark.parametrize("how", ["remove", "demote"])
@pytest.mark.django_db(transaction=True)
def test_a_company_never_loses_its_last_owner(how: str) -> None:
    tenant = make_tenant("acme")
    ann = make_member(tenant, email="ann@acme.example")
    bob = make_member(tenant, email="bob@acme.example")
    barrier = threading.Barrier(2)
    refusals: list[Exception] = []

    def act(by: Membership, on: Membership) -> None:
        work: Callable[[], object] = (
            (lambda: members.remove_member(person_id=on.user.public_id, by=by))
            if how == "remove"
            else (lambda: members.change_role(person_id=on.user.public_id, role=Role.VIEWER, by=by))
        )
        try:
            barrier.wait(10)
            with tenant_scope(tenant.pk):
                work()
        except (LastOwner, OnlyOwners, NotFound) as refusal:
            refusals.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=pair) for pair in ((ann, bob), (bob, ann))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(refusals) == 1
    assert Membership.objects.filter(tenant=tenant, role=Role.OWNER).count() == 1
