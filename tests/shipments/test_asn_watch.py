"""The clock of ASNs: warnings and escalations before, departures by plan, and what waits is tried again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from acorn.tenancy.models import Tenant, TenantSetting
from acorn.work.models import WorkItem
from orders.models import PurchaseOrder
from shipments import services
from shipments.models import Asn, Shipment
from shipments.rules import RULES
from shipments.selectors.exposure import compliance, load_rulings, sum_exposure
from shipments.services.asns import read_back
from shipments.types import ASN_HOURS_BEFORE_ARRIVAL, DEPART_BY_PLAN, ShipmentState
from tests.factories.orders import NOW
from tests.factories.shipments import make_answered_order, make_shipment
from tests.shipments.test_departure import leave, taken, two_cartons
from vendors.models import Connection, Submission

pytestmark = pytest.mark.django_db
JOURNEY: dict[str, Any] = {
    "mode": "LTL", "transportation_mode": "ROAD", "carrier_scac": "UPGF", "pro_number": "PRO-1",
    "bol_number": "ACMUS00000001", "estimated_delivery_at": NOW + timedelta(days=3),
}  # fmt: skip


def planned(at: Any, **fields: Any) -> Shipment:
    shipment = make_shipment(state=ShipmentState.PACKED)
    Shipment.objects.filter(pk=shipment.pk).update(planned_departure_at=at, **JOURNEY | fields)
    return Shipment.objects.get(pk=shipment.pk)


def open_work() -> set[str]:
    return set(WorkItem.objects.filter(kind__in=["shipments.asn_due", "shipments.asn_late"], closed_at=None).values_list(
        "kind", flat=True
    ))  # fmt: skip


def choose(key: str, value: Any) -> None:
    TenantSetting.objects.update_or_create(key=key, defaults={"value": value})


@pytest.mark.parametrize(
    ("hours", "work"),
    [(48, set()), (20, {"shipments.asn_due"}), (1, {"shipments.asn_due", "shipments.asn_late"}),
     (-5, {"shipments.asn_due", "shipments.asn_late"})],
)  # fmt: skip
def test_people_hear_of_it_before_it_is_late(tenant: Tenant, hours: int, work: set[str]) -> None:
    planned(NOW + timedelta(hours=hours))

    for _ in range(2):
        services.watch_asns(now=NOW)

    assert open_work() == work
    assert all(
        item.deadline_at == NOW + timedelta(hours=hours, minutes=30) for item in WorkItem.objects.filter(kind__in=work)
    )


def test_another_day_takes_the_warning_back_and_so_does_the_departure(tenant: Tenant) -> None:
    shipment = planned(NOW + timedelta(hours=1))
    services.watch_asns(now=NOW)
    Shipment.objects.update(planned_departure_at=NOW + timedelta(days=3), estimated_delivery_at=NOW + timedelta(days=5))

    services.watch_asns(now=NOW)

    assert open_work() == set()
    Shipment.objects.update(planned_departure_at=NOW)
    services.watch_asns(now=NOW)
    assert open_work() == {"shipments.asn_due", "shipments.asn_late"}
    leave(shipment)
    assert open_work() == set()


def test_the_companys_own_rule_counts_too(tenant: Tenant) -> None:
    planned(NOW + timedelta(days=2), estimated_delivery_at=NOW + timedelta(hours=30))
    services.watch_asns(now=NOW)
    assert open_work() == set()
    choose(ASN_HOURS_BEFORE_ARRIVAL, 24)

    services.watch_asns(now=NOW)

    assert open_work() == {"shipments.asn_due"}
    assert WorkItem.objects.get(kind="shipments.asn_due").params["rule"] == "OWN"


def test_by_plan_a_clean_shipment_leaves_by_itself_and_a_wrong_one_waits_for_people(tenant: Tenant) -> None:
    clean = planned(NOW - timedelta(minutes=1))
    services.watch_asns(now=NOW)
    assert not Asn.objects.exists(), "only where the company wants it"
    choose(DEPART_BY_PLAN, True)
    PurchaseOrder.objects.update(has_unseen_change=True)
    services.watch_asns(now=NOW)
    assert not Asn.objects.exists()

    PurchaseOrder.objects.update(has_unseen_change=False)
    for _ in range(2):
        services.watch_asns(now=NOW)

    asn = Asn.objects.get()
    assert (asn.state, asn.shipment_id) == ("HANDED_OVER", clean.pk)
    clean.refresh_from_db()
    assert clean.departed_at == NOW - timedelta(minutes=1)


def test_what_waits_for_a_connection_or_for_amazons_consent_is_tried_again(tenant: Tenant) -> None:
    shipment = two_cartons()
    Connection.objects.update(archived_at=NOW)
    (asn,) = leave(shipment)
    assert (asn.state, asn.submission) == ("WAITING", None)
    Connection.objects.update(archived_at=None)
    PurchaseOrder.objects.update(ship_to_party="ONT8")
    services.watch_asns(now=NOW)
    asn.refresh_from_db()
    assert asn.state == "BLOCKED"

    PurchaseOrder.objects.update(ship_to_party="PHX7")
    services.watch_asns(now=NOW)

    asn.refresh_from_db()
    assert asn.state == "HANDED_OVER"
    assert not WorkItem.objects.filter(kind="shipments.asn_blocked", closed_at=None).exists()


def test_late_is_written_down_with_its_cause(tenant: Tenant) -> None:
    (asn,) = leave(two_cartons(), departed_at=NOW - timedelta(hours=2))

    assert asn.submission is not None
    taken(asn.submission, NOW)

    asn.refresh_from_db()
    assert (asn.late_code, asn.late_params["minutes"]) == ("shipments.late_departure_told_late", 90)
    assert [row["rule"] for row in asn.findings] == ["NOTICE_LATE"]
    assert compliance(NOW) == 0
    (second,) = leave(two_cartons(make_answered_order("PO000002")))
    assert second.submission is not None
    taken(second.submission, NOW + timedelta(hours=1))
    second.refresh_from_db()
    assert second.late_code == "shipments.late_sending"


@pytest.mark.parametrize(("rate", "percent"), [(100, 2), (96, 2), (95, 4), (71, 4), (70, 6), (0, 6)])
def test_a_charge_follows_the_compliance_rate(tenant: Tenant, rate: int, percent: int) -> None:
    rulings = load_rulings("US", NOW.date(), Decimal(rate))

    assert rulings["LABEL_VOID"].percent == percent
    assert (rulings["EXPIRES_SOON"].percent, rulings["ARRIVAL_AFTER_WINDOW"].percent) == (100, 3)
    assert set(rulings) <= {rule.id for rule in RULES}
    assert load_rulings("DE", NOW.date(), Decimal(rate))["EXPIRES_SOON"].severity == "CONFIRM"


def test_what_is_at_stake_is_summed_in_all(tenant: Tenant) -> None:
    planned(NOW - timedelta(hours=2))

    services.watch_asns(now=NOW)

    shipment = Shipment.objects.get()
    assert shipment.exposure > 0
    assert sum_exposure(prevented_since=NOW) == ({"USD": shipment.exposure}, {})


def test_reading_back_is_for_collect_alone(tenant: Tenant) -> None:
    (asn,) = leave(two_cartons())
    assert asn.submission is not None
    Submission.objects.filter(pk=asn.submission.pk).update(state="UNKNOWN", unknown_at=NOW)

    assert read_back(submission_id=asn.submission.pk, now=NOW) is False
    assert Submission.objects.get(pk=asn.submission.pk).state == "UNKNOWN"
