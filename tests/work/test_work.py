from datetime import timedelta
from decimal import Decimal

from acorn.core import clock
from acorn.core.actor import Actor, Subject
from acorn.core.money import Money
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from acorn.work.selectors import count_open, list_open
from acorn.work.services import close_item, open_item

SYSTEM = Actor.system("test")


def _subject(number: int) -> Subject:
    return Subject("order", f"po_{number}", f"PO{number}")


def test_overdue_comes_first_then_the_nearer_bucket_then_the_larger_amount(tenant: Tenant) -> None:
    now = clock.now()
    cases = [  # hours to the deadline, amount
        (None, 9_999), (100, 1), (30, 5), (30, 50), (5, 1), (5, 2), (1, 1), (-1, 1), (-50, 0),
    ]  # fmt: skip
    for number, (hours, amount) in enumerate(cases):
        open_item(
            "test", subject=_subject(number), now=now, tenant_amount=Decimal(amount),
            deadline_at=None if hours is None else now + timedelta(hours=hours),
        )  # fmt: skip

    order = [int(item.subject_id.removeprefix("po_")) for item in list_open(now=now)]

    assert order == [7, 8, 6, 5, 4, 3, 2, 0, 1]


def test_an_item_is_open_once_and_kept_up_to_date(tenant: Tenant) -> None:
    now = clock.now()
    open_item("test", subject=_subject(1), now=now, params={"lines": 1})

    open_item("test", subject=_subject(1), now=now, params={"lines": 2}, amount=Money(Decimal("5.50"), "EUR"))

    item = WorkItem.objects.get()
    assert (item.params, item.amount, item.currency) == ({"lines": 2}, Decimal("5.50"), "EUR")


def test_a_closed_item_can_open_again(tenant: Tenant) -> None:
    now = clock.now()
    open_item("test", subject=_subject(1), now=now)

    assert close_item("test", dedupe_key="po_1", actor=SYSTEM, now=now) is True
    assert close_item("test", dedupe_key="po_1", actor=SYSTEM, now=now) is False
    open_item("test", subject=_subject(1), now=now)

    assert (WorkItem.objects.count(), count_open()) == (2, 1)


def test_a_stranger_neither_sees_nor_closes(tenant: Tenant, other_tenant: Tenant) -> None:
    now = clock.now()
    open_item("test", subject=_subject(1), now=now)

    with tenant_scope(other_tenant.pk):
        assert count_open() == 0
        assert close_item("test", dedupe_key="po_1", actor=SYSTEM, now=now) is False

    assert count_open() == 1
