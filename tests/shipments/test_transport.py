"""Deadlines, pickups, appointments and documents: what is refused changes nothing, what is said twice counts once."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from acorn.audit.models import AuditEvent
from acorn.work.models import WorkItem
from orders.models import PurchaseOrder
from shipments import services
from shipments.amazon.details import ShipmentDetails
from shipments.errors import AppointmentNeedsTime, NoPickup, ShipmentClosed, ShipmentNotDeparted
from shipments.models import Appointment, Evidence, PickupRequest, Shipment, ShipmentEvent, TransitTime
from shipments.types import AppointmentStatus, EvidenceKind, PickupAction
from tests.factories.orders import NOW
from tests.factories.shipments import ACTOR, make_answered_order, make_shipment
from vendors.errors import DocumentBlocked
from vendors.models import Submission

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]
# a working day far enough ahead
PICKUP = datetime(2026, 12, 3, 17, tzinfo=UTC)


def a_shipment(*, is_collect: bool = True, **fields: Any) -> Shipment:
    """Packed on a pallet, weighed; collect unless said otherwise."""
    ends = {"ship_window_start": NOW, "ship_window_end": PICKUP + timedelta(days=5)}
    windows = ends | {"delivery_window_start": None, "delivery_window_end": None} if is_collect else {
        "ship_window_start": None, "ship_window_end": None, "delivery_window_start": NOW + timedelta(days=2),
        "delivery_window_end": NOW + timedelta(days=9),
    }  # fmt: skip
    order = make_answered_order()
    PurchaseOrder.objects.filter(pk=order.pk).update(**windows)
    shipment = make_shipment(PurchaseOrder.objects.get(pk=order.pk))
    values = {"weight_g": 12_000, "pallet_count": 1, "freight_terms": "COLLECT" if is_collect else "PREPAID"}
    Shipment.objects.filter(pk=shipment.pk).update(**values | fields)
    shipment.warehouse.address = {"name": "Acme", "address_line_1": "1 Dock", "city": "Reno", "country_code": "US"}
    shipment.warehouse.save()
    return Shipment.objects.get(pk=shipment.pk)


def ask(shipment: Shipment, **values: Any) -> PickupRequest:
    given: dict[str, Any] = {"pickup_at": PICKUP, "actor": ACTOR, "now": NOW} | values
    return services.request_pickup(shipment_public_id=shipment.public_id, **given)


def appoint(shipment: Shipment, **values: Any) -> Appointment:
    given: dict[str, Any] = {
        "reference": "A-1", "starts_at": NOW + timedelta(days=8), "status": AppointmentStatus.CONFIRMED,
        "source": "test", "actor": ACTOR, "now": NOW,
    }  # fmt: skip
    return services.record_appointment(shipment_public_id=shipment.public_id, **given | values)


def details(shipment: Shipment, **values: Any) -> ShipmentDetails:
    known: dict[str, Any] = {
        "identifier": shipment.number, "amazon_reference_number": "1234567890", "status": "CarrierAssigned",
        "status_at": NOW, "scheduled_pickup_at": PICKUP, "carrier_assigned_at": NOW, "carrier_scac": "ABFS",
        "pro_number": "", "bol_number": "", "order_numbers": (),
    }  # fmt: skip
    return ShipmentDetails(**known | values)


def open_work() -> list[str]:
    return list(WorkItem.objects.filter(kind__startswith="shipments.", closed_at=None).values_list("kind", flat=True))


# --- deadlines --------------------------------------------------------------------------------------------------------


def test_a_deadline_is_work_until_it_is_met() -> None:
    shipment = a_shipment()

    services.settle_all_deadlines(now=NOW)
    assert (Shipment.objects.get().deadline_kind, open_work()) == ("ROUTING", ["shipments.deadline.routing"])

    ask(shipment)
    row = Shipment.objects.get()
    assert (row.deadline_kind, row.deadline_at, open_work()) == ("READY", PICKUP, ["shipments.deadline.ready"])

    Shipment.objects.update(state="CANCELLED")
    services.settle_deadlines([Shipment.objects.get()], actor=ACTOR, now=NOW)
    assert (Shipment.objects.get().deadline_kind, open_work()) == ("", [])


def test_a_lane_that_takes_longer_is_left_for_earlier() -> None:
    shipment = a_shipment(is_collect=False)
    ends = NOW + timedelta(days=9)
    found = []
    for lane in [
        {},
        {"days": 4},
        {"days": 5, "ship_to_party": shipment.ship_to_party},
        {"days": 9, "ship_to_party": "ELSE"},
    ]:
        if lane:
            TransitTime.objects.create(warehouse=shipment.warehouse, **lane)
        services.settle_all_deadlines(now=NOW)
        found.append(ends - Shipment.objects.get().deadline_at)

    assert [each.days for each in found] == [3, 4, 5, 5]


# --- pickups ----------------------------------------------------------------------------------------------------------


def test_amazon_is_asked_once_for_an_instant_and_again_for_another() -> None:
    shipment = a_shipment()

    first = ask(shipment)
    assert ask(shipment) == first
    assert ask(shipment, pickup_at=None) == first
    second = ask(shipment, pickup_at=PICKUP + timedelta(days=1))

    assert second != first
    assert [row.state for row in Submission.objects.filter(kind="shipments.pickup_request").order_by("id")] == [
        "SUPERSEDED", "READY",
    ]  # fmt: skip
    codes = ShipmentEvent.objects.filter(shipment=shipment, code__contains="pickup").values_list("code", flat=True)
    assert list(codes) == ["shipments.pickup_requested"] * 2


def test_a_pickup_can_be_taken_back_and_then_none_stands() -> None:
    shipment = a_shipment()
    with pytest.raises(NoPickup):
        services.cancel_pickup(shipment_public_id=shipment.public_id, reason="", actor=ACTOR, now=NOW)
    ask(shipment)

    row = services.cancel_pickup(shipment_public_id=shipment.public_id, reason="late", actor=ACTOR, now=NOW)

    assert (row.action, row.requested_at) == (PickupAction.CANCEL, PICKUP)
    assert Shipment.objects.get().deadline_kind == "ROUTING"
    assert AuditEvent.objects.get(code="shipments.pickup_cancelled").reason == "late"
    with pytest.raises(NoPickup):
        services.cancel_pickup(shipment_public_id=shipment.public_id, reason="", actor=ACTOR, now=NOW)


@pytest.mark.parametrize(
    ("fields", "values", "rule"),
    [
        ({"freight_terms": "PREPAID"}, {}, "PICKUP_NOT_COLLECT"),
        ({}, {"pickup_at": NOW + timedelta(hours=20)}, "PICKUP_TOO_SOON"),
        ({}, {"pickup_at": PICKUP + timedelta(days=9)}, "PICKUP_AFTER_WINDOW"),
        ({"weight_g": 0}, {}, "PICKUP_WEIGHT_UNKNOWN"),
        ({"carton_count": 0}, {}, "PICKUP_EMPTY"),
        ({"carrier_scac": "ABFS"}, {}, "PICKUP_CARRIER_ASSIGNED"),
    ],
)
def test_what_amazon_would_not_fetch_is_not_asked_for(
    fields: dict[str, Any], values: dict[str, Any], rule: str
) -> None:
    shipment = a_shipment(**fields)

    with pytest.raises(DocumentBlocked) as refused:
        ask(shipment, **values)

    assert [each.rule for each in refused.value.findings] == [rule]
    assert not PickupRequest.objects.exists()
    assert not Submission.objects.filter(kind="shipments.pickup_request").exists()


def test_an_order_that_is_not_completely_confirmed_is_not_fetched() -> None:
    shipment = a_shipment()
    PurchaseOrder.objects.update(state="NEW")

    with pytest.raises(DocumentBlocked) as refused:
        ask(shipment)

    assert [each.rule for each in refused.value.findings] == ["PICKUP_ORDER_OPEN"]


def test_what_can_be_confirmed_may_pass() -> None:
    shipment = a_shipment(weight_g=0)

    ask(shipment, confirmed={"PICKUP_WEIGHT_UNKNOWN"})

    assert PickupRequest.objects.count() == 1


def test_a_departed_shipment_is_not_fetched() -> None:
    shipment = a_shipment(state="DEPARTED")

    with pytest.raises(ShipmentClosed):
        ask(shipment)


# --- what Amazon says -------------------------------------------------------------------------------------------------


def test_what_amazon_says_of_a_shipment_is_kept_once_and_proves_the_request() -> None:
    shipment = a_shipment()
    request = ask(shipment)
    Submission.objects.filter(pk=request.submission_id).update(state="PRESUMED_ACCEPTED", sent_at=NOW)
    told = [details(shipment), details(shipment, identifier="MADE-IN-VC")]

    counts = [
        services.ingest_details(connection=shipment.connection, details=told, exchange_id="ex_1", received_at=NOW)
        for _ in range(2)
    ]

    row = Shipment.objects.get()
    assert counts == [1, 0]
    assert (row.amazon_reference_number, row.carrier_scac, row.planned_departure_at) == ("1234567890", "ABFS", PICKUP)
    submission = Submission.objects.get(pk=request.submission_id)
    assert (submission.state, submission.verified_by) == ("VERIFIED", "shipment-details")
    assert ShipmentEvent.objects.filter(code="shipments.told_by_amazon").count() == 3


def test_silence_takes_nothing_back() -> None:
    shipment = a_shipment(carrier_scac="ABFS", pro_number="P-1")

    services.ingest_details(
        connection=shipment.connection,
        details=[details(shipment, carrier_scac="", pro_number="", scheduled_pickup_at=None)],
        exchange_id="ex_1",
        received_at=NOW,
    )

    row = Shipment.objects.get()
    assert (row.carrier_scac, row.pro_number, row.amazon_reference_number) == ("ABFS", "P-1", "1234567890")


# --- appointments -----------------------------------------------------------------------------------------------------


def test_the_latest_word_on_a_slot_counts_and_the_earlier_ones_are_kept() -> None:
    shipment = a_shipment(is_collect=False, state="DEPARTED", departed_at=NOW)
    services.settle_all_deadlines(now=NOW)
    assert Shipment.objects.get().deadline_kind == "APPOINTMENT"

    first = appoint(shipment)
    assert appoint(shipment) == first
    assert (Shipment.objects.get().deadline_kind, open_work()) == ("", [])

    appoint(shipment, status=AppointmentStatus.MISSED, starts_at=None)
    assert Shipment.objects.get().deadline_kind == "APPOINTMENT"
    appoint(shipment, status=AppointmentStatus.ARRIVED, starts_at=NOW + timedelta(days=9))

    row = Shipment.objects.get()
    assert (row.state, row.arrived_at) == ("ARRIVED", NOW + timedelta(days=9))
    assert list(Appointment.objects.order_by("id").values_list("status", flat=True)) == [
        "CONFIRMED", "MISSED", "ARRIVED",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"starts_at": None}, AppointmentNeedsTime),
        ({"status": AppointmentStatus.ARRIVED}, ShipmentNotDeparted),
    ],
)
def test_a_slot_that_can_not_be_is_refused(values: dict[str, Any], error: type[Exception]) -> None:
    shipment = a_shipment(is_collect=False)

    with pytest.raises(error):
        appoint(shipment, **values)

    assert not Appointment.objects.exists()


# --- documents --------------------------------------------------------------------------------------------------------


def test_a_document_is_kept_once_with_its_hash() -> None:
    shipment = a_shipment()
    rows = [
        services.add_evidence(
            BytesIO(b"%PDF-1.4 signed"), shipment_public_id=shipment.public_id, kind=EvidenceKind.PROOF_OF_DELIVERY,
            name="pod.pdf", content_type="application/pdf", actor=ACTOR, now=NOW,
        )
        for _ in range(2)
    ]  # fmt: skip

    assert rows[0] == rows[1]
    assert Evidence.objects.get().sha256 == hashlib.sha256(b"%PDF-1.4 signed").hexdigest()
    assert ShipmentEvent.objects.filter(code="shipments.evidence").count() == 1
