"""Pages that come twice, at once, shuffled, late or broken: each order is there once, as Amazon last told it."""

import itertools
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import given, settings

from acorn.search.models import SearchKey
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from orders import selectors, services
from orders.models import Finding, PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine, PurchaseOrderVersion
from orders.types import QuantitySource, ReportedQuantities
from tests.factories.orders import NOW, item, make_connection, order, pull, pull_status, status, status_item
from tests.factories.tenancy import make_tenant
from tests.factories.vendors import ACTOR
from tests.orders.test_amazon import ORDER, mutated
from vendors.models import Connection

LATER = NOW + timedelta(hours=1)


def _together(company: Tenant, *works: Callable[[], Any]) -> list[Any]:
    """Run all at once, each in a thread and a transaction of its own; raises what any of them raised."""
    barrier = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            with tenant_scope(company.pk):
                barrier.wait(10)
                with transaction.atomic():
                    found[place] = work()
        except Exception as error:  # noqa: BLE001 -- raised again below
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in found:
        if isinstance(result, Exception):
            raise result
    return found


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_page() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        connection = make_connection()
        rows = [order(f"PO{place:06d}", items=[item("1"), item("2")]) for place in range(30)]

        counts = _together(company, *[lambda: pull(connection, *rows)] * 3)

        assert sorted(count.new for count in counts) == [0, 0, 30]
        assert PurchaseOrder.objects.count() == PurchaseOrderVersion.objects.count() == 30
        assert PurchaseOrderLine.objects.count() == 60
        assert SearchKey.objects.count() == WorkItem.objects.count() == 30
        assert PurchaseOrderChange.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_a_status_and_a_shipment_at_once() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        connection = make_connection()
        pull(connection, *(order(f"PO{place:06d}", "Acknowledged") for place in range(10)))
        keys = dict(PurchaseOrder.objects.values_list("number", "id"))
        reports = [ReportedQuantities(key, "1", {"packed": 4, "shipped": 4}) for key in keys.values()]

        _together(
            company,
            lambda: pull(connection, *(order(number, "Acknowledged", [item(amount=8)]) for number in keys), at=LATER),
            lambda: pull_status(connection, *(status(number, status_item("1", 8, 8)) for number in keys), at=LATER),
            lambda: services.record_quantities(QuantitySource.SHIPMENT, reports, actor=ACTOR, now=LATER),
        )

        lines = PurchaseOrderLine.objects.values_list("ordered_eaches", "accepted_eaches", "shipped_eaches")
        assert set(lines) == {(8, 8, 4)}
        assert set(PurchaseOrder.objects.values_list("state", flat=True)) == {"PACKING"}


@pytest.mark.django_db(transaction=True)
def test_a_status_and_its_order_at_once_find_each_other() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        for attempt in range(5):
            connection = make_connection(f"G{attempt}")

            def arrive(connection: Connection = connection) -> Any:
                return pull(connection, order("PO000001", "Acknowledged"))

            def tell(connection: Connection = connection) -> Any:
                return pull_status(connection, status("PO000001", status_item(accepted=10)))

            _together(company, arrive, tell)

        assert list(PurchaseOrderLine.objects.values_list("accepted_eaches", flat=True)) == [10] * 5


@pytest.mark.django_db(transaction=True)
def test_a_page_that_fails_leaves_nothing() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        connection = make_connection()

        with pytest.raises(RuntimeError), transaction.atomic():
            pull(connection, order())
            raise RuntimeError("the worker dies before the commit")

        assert not PurchaseOrder.objects.exists()
        assert not WorkItem.objects.exists()
        assert pull(connection, order()).new == 1


def test_shuffled_and_repeated_answers_end_in_the_newest(tenant: Tenant) -> None:
    answers = [
        (NOW + timedelta(hours=hour), order(items=[item(amount=10 - hour)], purchaseOrderChangedDate=f"2026-11-20T1{hour}:00:00Z"))
        for hour in range(3)
    ]  # fmt: skip
    for number, shuffled in enumerate(itertools.permutations([*answers, answers[0]])):
        connection = make_connection(f"G{number}")
        for at, row in shuffled:
            pull(connection, row, at=at)

        stored = PurchaseOrder.objects.get(group_id=connection.group_id)
        assert PurchaseOrderLine.objects.get(order=stored).ordered_eaches == 8
        assert stored.last_seen_at == NOW + timedelta(hours=2)


def test_versions_tell_how_an_order_stood_at_any_instant(tenant: Tenant) -> None:
    connection = make_connection()
    for hour, amount in enumerate((10, 8, 8, 12)):
        pull(connection, order(items=[item(amount=amount)]), at=NOW + timedelta(hours=hour))
    stored = PurchaseOrder.objects.get()

    def amount_at(hours: float) -> int | None:
        found = selectors.find_order_as_of(stored, NOW + timedelta(hours=hours))
        return found.lines[0].amount if found and found.lines else None

    assert [amount_at(hours) for hours in (-1, 0, 0.5, 1, 2.9, 3, 100)] == [None, 10, 10, 8, 8, 12, 12]
    assert stored.version == 3
    assert stored.version == stored.versions.count()


def test_recording_quantities_is_absolute_and_repeatable(tenant: Tenant) -> None:
    connection = make_connection()
    pull(connection, order(items=[item("1", 10), item("2", 5)]))
    stored = PurchaseOrder.objects.get()
    reports = [
        ReportedQuantities(stored.pk, "1", {"accepted": 10}),
        ReportedQuantities(stored.pk, "2", {"accepted": 3, "rejected": 2}),
        ReportedQuantities(stored.pk, "99", {"accepted": 3}),
    ]

    done = [
        services.record_quantities(QuantitySource.ACKNOWLEDGEMENT, reports, actor=ACTOR, now=LATER) for _ in range(2)
    ]

    assert done == [2, 0]
    stored.refresh_from_db()
    assert stored.state == "ACKNOWLEDGED"
    assert WorkItem.objects.filter(closed_at=None).count() == 0
    fields = PurchaseOrderChange.objects.order_by("id").values_list("line", "field", "before", "after", "source")
    assert list(fields) == [
        ("1", "accepted_eaches", 0, 10, "ACKNOWLEDGEMENT"),
        ("2", "accepted_eaches", 0, 3, "ACKNOWLEDGEMENT"),
        ("2", "rejected_eaches", 0, 2, "ACKNOWLEDGEMENT"),
    ]
    with pytest.raises(KeyError):
        services.record_quantities(
            QuantitySource.SHIPMENT, [ReportedQuantities(stored.pk, "1", {"ordered": 1})], actor=ACTOR, now=LATER
        )


def test_a_strangers_line_cannot_be_recorded(tenant: Tenant, other_tenant: Tenant) -> None:
    pull(make_connection(), order())
    stored = PurchaseOrder.objects.get()

    with tenant_scope(other_tenant.pk):
        reports = [ReportedQuantities(stored.pk, "1", {"accepted": 10})]
        assert services.record_quantities(QuantitySource.SHIPMENT, reports, actor=ACTOR, now=LATER) == 0

    assert PurchaseOrderLine.objects.get().accepted_eaches == 0


def test_more_quantity_reopens_an_answered_order(tenant: Tenant) -> None:
    connection = make_connection()
    pull(connection, order())
    pull_status(connection, status("PO000001", status_item(accepted=10)))
    assert PurchaseOrder.objects.get().state == "ACKNOWLEDGED"

    pull(connection, order(state="Acknowledged", items=[item(amount=15)]), at=LATER)

    assert PurchaseOrder.objects.get().state == "NEW"
    assert [work.kind for work in WorkItem.objects.filter(closed_at=None)] == ["orders.acknowledge"]


@settings(max_examples=60)
@given(row=mutated(ORDER))
def test_broken_order_is_stored_or_quarantined_and_harms_no_other(tenant: Tenant, row: dict[str, Any]) -> None:
    with transaction.atomic():
        connection = make_connection("BROKEN")
        counts = pull(connection, row, order("ZZ000002"))
        stored = PurchaseOrder.objects.filter(group_id=connection.group_id)

        assert counts.seen == 2
        assert stored.filter(number="ZZ000002").exists()
        assert stored.count() == 2 or Finding.objects.filter(order=None).exists()
        again = pull(connection, row, order("ZZ000002"), at=LATER)
        assert (again.new, again.changed) == (0, 0)
        transaction.set_rollback(True)
