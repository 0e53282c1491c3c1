"""Goods on their way: they count until they are overdue, and are asked about then."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from acorn.accounts.services import tenants
from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.core.errors import Invalid
from acorn.jobs.models import Job
from acorn.tenancy.models import Tenant, TenantSetting
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from catalog.models import Inbound, Item
from catalog.selectors import availability
from catalog.services import stock
from catalog.services.stock import Announcement
from catalog.types import INBOUND_GRACE, InboundState, Pool
from tests.factories.accounts import api_client, make_member, signed_in
from tests.factories.catalog import make_warehouse
from tests.factories.stock import ACTOR, NOW, assert_books_are_right, figures, make_inbound, make_stocked_item, reserve
from tests.support.jobs import run_due_jobs

DUE = date(2026, 11, 25)
FAR = date(2027, 6, 1)


def _grace(days: int) -> None:
    TenantSetting.objects.update_or_create(key=INBOUND_GRACE, defaults={"value": days})


def _check(day: date, hour: int = 12) -> int:
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return stock.check_inbound(actor=ACTOR, now=now)


def _available(item: Item, day: date = FAR) -> int:
    return sum(place.available_on(day) for place in availability([item.pk]))


def _open_work() -> list[WorkItem]:
    return list(WorkItem.objects.filter(kind="catalog.inbound_overdue", closed_at=None).order_by("id"))


def test_what_did_not_come_within_the_days_of_grace_counts_no_more_and_is_asked_about(tenant: Tenant) -> None:
    item = make_stocked_item()
    inbound = make_inbound(item, 50, DUE)

    assert _check(DUE + timedelta(days=3)) == 0
    assert (_available(item), _open_work()) == (150, [])
    assert [_check(DUE + timedelta(days=4)) for _twice in range(2)] == [1, 0]

    assert _available(item) == 100
    (work,) = _open_work()
    assert (work.subject_id, work.params["reference"], work.params["quantity"]) == (inbound.public_id, "PO-77", 50)
    assert work.deadline_at == datetime(2026, 11, 29, tzinfo=UTC)
    assert AuditEvent.objects.filter(code="catalog.inbound_overdue").count() == 1


def test_the_day_is_that_of_the_company(tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(time_zone="Asia/Shanghai")
    _grace(0)
    make_inbound(make_stocked_item(), 50, DUE)

    assert _check(DUE, 15) == 0
    assert _check(DUE, 16) == 1  # midnight in Shanghai

    assert _open_work()[0].deadline_at == datetime(2026, 11, 25, 16, tzinfo=UTC)


@pytest.mark.parametrize("how", ["receive", "cancel", "move"])
def test_whatever_a_person_says_settles_it(tenant: Tenant, how: str) -> None:
    item = make_stocked_item()
    inbound = make_inbound(item, 50, DUE)
    _check(DUE + timedelta(days=9))
    later = NOW + timedelta(days=20)

    if how == "receive":
        stock.receive_inbound(inbound.public_id, actor=ACTOR, now=later)
    elif how == "cancel":
        stock.cancel_inbound(inbound.public_id, actor=ACTOR, now=later)
    else:
        stock.expect_inbound(
            item=item, warehouse=make_warehouse(), pool=Pool.OWN, quantity=50, expected_on=date(2026, 12, 20),
            reference="PO-77", actor=ACTOR, now=later,
        )  # fmt: skip

    assert _open_work() == []
    assert _available(item) == {"receive": 150, "cancel": 100, "move": 150}[how]
    assert_books_are_right()


def test_moved_to_a_day_that_has_passed_too_it_stays_overdue(tenant: Tenant) -> None:
    item = make_stocked_item()
    inbound = make_inbound(item, 50, DUE)
    _check(DUE + timedelta(days=9))

    make_inbound(item, 50, date(2026, 10, 1))

    inbound.refresh_from_db()
    assert (inbound.state, inbound.expected_on) == ("OVERDUE", date(2026, 10, 1))
    assert [work.params["day"] for work in _open_work()] == ["2026-10-01"]


def test_what_is_announced_for_long_ago_never_counts(tenant: Tenant) -> None:
    item = make_stocked_item()

    make_inbound(item, 50, NOW.date() - timedelta(days=4))
    make_inbound(item, 7, NOW.date() - timedelta(days=3), "IN-TIME")

    assert _available(item) == 107
    assert len(_open_work()) == 1


def test_more_days_of_grace_bring_it_back_and_fewer_take_it_away(tenant: Tenant) -> None:
    item = make_stocked_item()
    make_inbound(item, 50, DUE)

    found = []
    for days in (3, 30, 0):
        _grace(days)
        found.append((_check(DUE + timedelta(days=4)), _available(item), len(_open_work())))

    assert found == [(1, 100, 1), (1, 150, 0), (1, 100, 1)]


def test_a_promise_that_counted_on_it_is_uncovered_when_it_does_not_come(tenant: Tenant) -> None:
    item = make_stocked_item(on_hand=10)
    make_inbound(item, 50, DUE)
    reserve(item, 40, needed_on=date(2026, 12, 20))
    assert not WorkItem.objects.filter(kind="catalog.oversold", closed_at=None).exists()

    _check(DUE + timedelta(days=4))

    assert WorkItem.objects.get(kind="catalog.oversold", closed_at=None).params["shortage"] == 30
    assert figures(item) == (10, 40)


def test_announcing_sees_to_it_that_somebody_looks(tenant: Tenant) -> None:
    item = make_stocked_item()
    today = clock.now().date()
    make_inbound(item, 50, today + timedelta(days=1))
    Inbound.objects.update(expected_on=today - timedelta(days=10))

    run_due_jobs()

    assert Inbound.objects.get().state == InboundState.OVERDUE
    assert Job.objects.filter(name="catalog.check_inbound", state="QUEUED", repeat_seconds=3600).count() == 1


def test_many_are_announced_in_as_many_statements_as_one(tenant: Tenant, django_assert_max_num_queries: Any) -> None:
    house = make_warehouse()
    items = [make_stocked_item(f"S{number}") for number in range(40)]
    rows = [Announcement(item, house, Pool.OWN, 5, FAR, "SEA-1") for item in items]
    with django_assert_max_num_queries(40) as few:
        stock.expect_many(rows[:1], actor=ACTOR, now=NOW)

    with django_assert_max_num_queries(len(few.captured_queries)):
        found = stock.expect_many(rows, actor=ACTOR, now=NOW)

    assert [inbound.item_id for inbound in found] == [item.pk for item in items]
    assert AuditEvent.objects.filter(code="catalog.inbound_expected").count() == 40
    again = stock.expect_many([*rows, rows[0]._replace(quantity=6)], actor=ACTOR, now=NOW)
    assert (again[0].quantity, again[-1].quantity, Inbound.objects.count()) == (6, 6, 40)
    assert AuditEvent.objects.filter(code="catalog.inbound_expected").count() == 41


def test_the_pool_is_that_of_the_first_announcement(tenant: Tenant) -> None:
    item, house = make_stocked_item(), make_warehouse()
    make_inbound(item, 50, FAR)

    (again,) = stock.expect_many(
        [Announcement(item, house, Pool.FBA, 60, FAR, "PO-77")], actor=ACTOR, now=NOW
    )  # fmt: skip

    assert (again.pool, again.quantity) == ("OWN", 60)
    assert _available(item, FAR + timedelta(days=1)) == 160


def test_a_stranger_is_neither_asked_nor_told(tenant: Tenant, other_tenant: Tenant) -> None:
    inbound = make_inbound(make_stocked_item(), 50, DUE)

    with tenant_scope(other_tenant.pk):
        assert _check(FAR) == 0
        assert signed_in(make_member(other_tenant)).get(f"/inbound/{inbound.public_id}/").status_code == 404

    inbound.refresh_from_db()
    assert (inbound.state, _open_work()) == ("EXPECTED", [])


# --- The setting ---
@pytest.mark.parametrize("days", [-1, 366, 10**12])
def test_days_of_grace_have_bounds(tenant: Tenant, days: int) -> None:
    with pytest.raises(Invalid):
        tenants.choose(key=INBOUND_GRACE, value=days, actor=ACTOR)
    answer = api_client(tenant).patch_json("/api/v1/tenant/", {"inbound_grace_days": days})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["inbound_grace_days"])


def test_days_of_grace_are_chosen_by_program_and_by_person(tenant: Tenant) -> None:
    answer = api_client(tenant).patch_json("/api/v1/tenant/", {"inbound_grace_days": 5, "default_buffer": 2})
    assert (answer.json()["inbound_grace_days"], answer.json()["default_buffer"]) == (5, 2)

    page = signed_in(make_member(tenant)).get(reverse("console:settings")).text

    assert 'name="choice_catalog_inbound_grace_days" value="5"' in page


# --- On the page ---
def test_a_person_settles_it_on_one_page(tenant: Tenant) -> None:
    item = make_stocked_item()
    inbound = make_inbound(item, 50, DUE)
    _check(FAR - timedelta(days=1))
    client = signed_in(make_member(tenant))
    address = reverse("catalog:inbound_detail", args=[inbound.public_id])
    tomorrow = clock.now().date() + timedelta(days=1)

    assert "have not come" in client.get(address).text
    assert client.post(address, {"expected_on": "soon", "quantity": "0"}).status_code == 422
    assert client.post(address, {"expected_on": str(tomorrow), "quantity": "45"}).status_code == 302

    inbound.refresh_from_db()
    assert (inbound.state, inbound.quantity, inbound.expected_on) == ("EXPECTED", 45, tomorrow)
    assert _open_work() == []
    shown = client.get(address).text
    assert "They never come" in shown
    client.post(reverse("catalog:receive_inbound", args=[inbound.public_id]), {"quantity": "44"})
    assert "They never come" not in client.get(address).text
    assert figures(item) == (144, 0)
