"""The truck leaves: what holds it, what follows from it, and what Amazon is told."""

import json
from datetime import timedelta
from typing import Any

import pytest

from acorn.audit.models import AuditEvent
from acorn.core.errors import Invalid
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from catalog.models import Commitment, StockBalance
from catalog.types import CommitmentState
from orders.models import PurchaseOrder, PurchaseOrderLine
from shipments import services
from shipments.errors import ReplaceRefused, ShipmentClosed, ShipmentNotFound
from shipments.models import Asn, Carton, LabelPrint, PreventedCharge, Scan, Shipment, ShipmentEvent, ShippedLine
from shipments.rules import LineKey
from shipments.services import Correction
from shipments.types import Content
from tests.factories.accounts import api_client
from tests.factories.orders import NOW, eaches, pull_status, status, status_item
from tests.factories.shipments import ACTOR, carton, make_answered_order, make_shipment
from tests.shipments.notices import official_of
from vendors.errors import DocumentBlocked
from vendors.models import Connection, Submission
from vendors.services.moves import lock, move
from vendors.types import SubmissionState

pytestmark = pytest.mark.django_db
LEFT = NOW - timedelta(minutes=5)


def leave(*shipments: Shipment, now: Any = NOW, **fields: Any) -> list[Asn]:
    values: dict[str, Any] = {
        "departed_at": LEFT, "estimated_delivery_at": NOW + timedelta(days=2), "mode": "LTL",
        "transportation_mode": "ROAD", "carrier_scac": "UPGF", "pro_number": "PRO-1", "bol_number": "ACMUS00000001",
    }  # fmt: skip
    return services.depart(
        shipment_public_ids=[shipment.public_id for shipment in shipments], actor=ACTOR, now=now, **values | fields
    )


def body_of(asn: Asn) -> dict[str, Any]:
    assert asn.submission is not None
    body = json.loads(asn.submission.payload)
    assert official_of(body) == body
    (document,) = body["shipmentConfirmations"]
    found: dict[str, Any] = document
    return found


def rules_of(error: DocumentBlocked) -> list[str]:
    return [finding.rule for finding in error.findings if finding.severity != "WARN"]


def two_cartons(order: PurchaseOrder | None = None) -> Shipment:
    order = order or make_answered_order()
    return make_shipment(order, cartons=[carton(Content(order.pk, "1", 6)), carton(Content(order.pk, "1", 4))])


def test_goods_stock_orders_and_amazon_follow_in_one_step(tenant: Tenant) -> None:
    shipment = two_cartons()

    (asn,) = leave(shipment)

    assert (asn.state, asn.identifier, asn.structure) == ("HANDED_OVER", shipment.number, "LOOSE_STANDARD")
    assert (asn.deadline_at, asn.clock_rule) == (LEFT + timedelta(minutes=30), "AFTER_DEPARTURE")
    document = body_of(asn)
    assert [carton["cartonSequenceNumber"] for carton in document["cartons"]] == ["001", "002"]
    assert document["shippedItems"][0]["shippedQuantity"] == {**eaches(10)}
    assert asn.submission is not None
    assert (asn.submission.state, asn.submission.subject_id) == ("READY", asn.public_id)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.departed_at, shipment.bol_number) == ("DEPARTED", LEFT, "ACMUS00000001")
    line = PurchaseOrderLine.objects.get()
    assert (line.packed_eaches, line.shipped_eaches) == (10, 10)
    assert PurchaseOrder.objects.get().state == "SHIPPED"
    assert ShippedLine.objects.get().shipped_eaches == 10
    balance = StockBalance.objects.get()
    assert (balance.on_hand, balance.committed) == (990, 0)
    assert Commitment.objects.get().state == CommitmentState.CONSUMED
    assert not Carton.objects.filter(packed_at=None).exists()
    codes = list(ShipmentEvent.objects.order_by("id").values_list("code", flat=True))
    assert codes[-2:] == ["shipments.departed", "shipments.asn_handed_over"]
    assert AuditEvent.objects.filter(code="shipments.departed").count() == 1


def test_what_was_to_be_done_before_the_departure_is_done(tenant: Tenant) -> None:
    shipment = two_cartons()
    services.settle_deadlines([shipment], actor=ACTOR, now=NOW)
    assert WorkItem.objects.filter(kind="shipments.deadline.ship_by", closed_at=None).exists()

    leave(shipment)

    assert not WorkItem.objects.filter(kind="shipments.deadline.ship_by", closed_at=None).exists()
    shipment.refresh_from_db()
    assert shipment.deadline_kind != "SHIP_BY"


def test_a_shipment_leaves_once(tenant: Tenant, other_tenant: Tenant) -> None:
    shipment = two_cartons()
    leave(shipment)

    with pytest.raises(ShipmentClosed):
        leave(shipment)

    assert (Asn.objects.count(), Submission.objects.filter(kind="shipments.asn").count()) == (1, 1)
    assert PurchaseOrderLine.objects.get().shipped_eaches == 10
    with tenant_scope(other_tenant.pk), pytest.raises(ShipmentNotFound):
        leave(shipment)


def test_what_is_wrong_holds_the_truck_and_nothing_changes(tenant: Tenant) -> None:
    shipment = two_cartons()
    PurchaseOrder.objects.update(has_unseen_change=True)

    with pytest.raises(DocumentBlocked) as refusal:
        leave(shipment, bol_number="")

    assert rules_of(refusal.value) == ["BOL_MISSING", "ORDER_CHANGE_UNSETTLED"]
    shipment.refresh_from_db()
    assert shipment.state == "PLANNED"
    assert not Asn.objects.exists()
    assert StockBalance.objects.get().on_hand == 1000


def test_a_person_lets_it_go_with_a_reason_that_is_kept(tenant: Tenant) -> None:
    shipment = two_cartons()
    PurchaseOrder.objects.update(has_unseen_change=True)
    released = frozenset({"ORDER_CHANGE_UNSETTLED"})

    with pytest.raises(Invalid):
        leave(shipment, released=released)
    (asn,) = leave(shipment, released=released, reason="the buyer agreed by phone")

    assert asn.state == "HANDED_OVER"
    event = AuditEvent.objects.get(code="shipments.released")
    assert (event.reason, event.params["rules"]) == ("the buyer agreed by phone", "ORDER_CHANGE_UNSETTLED")
    assert WorkItem.objects.get(kind="shipments.case").subject_id == shipment.public_id
    assert [row["rule"] for row in asn.findings] == ["ORDER_CHANGE_UNSETTLED"]


def test_once_departed_the_asn_waits_only_for_what_amazon_would_refuse(tenant: Tenant) -> None:
    shipment = two_cartons()

    (asn,) = leave(shipment, bol_number="", released=frozenset({"BOL_MISSING"}), reason="the driver was in a hurry")

    assert (asn.state, asn.submission) == ("BLOCKED", None)
    assert WorkItem.objects.get(kind="shipments.asn_blocked", closed_at=None).subject_id == asn.public_id
    later = NOW + timedelta(hours=1)
    corrected = services.correct_asn(
        public_id=asn.public_id, correction=Correction({}, bol_number="ACMUS00000001"), reason="found the paper",
        actor=ACTOR, now=later,
    )  # fmt: skip
    assert (corrected.pk, corrected.state, corrected.type) == (asn.pk, "HANDED_OVER", "ORIGINAL")
    assert body_of(corrected)["transportationDetails"]["billOfLadingNumber"] == "ACMUS00000001"
    assert not WorkItem.objects.filter(kind="shipments.asn_blocked", closed_at=None).exists()
    assert corrected.submission is not None
    taken(corrected.submission, later)
    corrected.refresh_from_db()
    assert (corrected.late_code, corrected.late_params) == (
        "shipments.late_blocked", {"minutes": 35, "rule": "AFTER_DEPARTURE"},
    )  # fmt: skip


def taken(submission: Submission, at: Any, state: str = "SENT") -> None:
    """Let a document have come into a state, and its ASN hear of it."""
    Submission.objects.filter(pk=submission.pk).update(state=state, state_at=at, sent_at=at)
    services.follow_submission(submission_id=submission.pk, now=at)


def test_pallets_and_loose_cartons_are_told_apart(tenant: Tenant) -> None:
    order = make_answered_order()
    shipment = make_shipment(
        order, cartons=[carton(Content(order.pk, "1", 6), pallet=1), carton(Content(order.pk, "1", 4))]
    )

    first, second = leave(shipment)

    assert [first.identifier, second.identifier] == [shipment.number, f"{shipment.number}-2"]
    assert sorted([first.structure, second.structure]) == ["LOOSE_STANDARD", "PALLETIZED_STANDARD"]
    counts = [body_of(asn)["shipmentMeasurements"] for asn in (first, second)]
    assert [set(count) & {"cartonCount", "palletCount"} for count in counts] == [{"palletCount"}, {"cartonCount"}]
    assert ShippedLine.objects.get().shipped_eaches == 10


def test_one_truck_may_carry_several_shipments(tenant: Tenant) -> None:
    first = two_cartons()
    second = two_cartons(make_answered_order("PO000002"))

    asns = leave(second, first)

    assert [asn.identifier for asn in asns] == [second.number, first.number]
    assert StockBalance.objects.get().on_hand == 980


def test_parcels_get_their_tracking_numbers_with_the_departure(tenant: Tenant) -> None:
    shipment = two_cartons()
    first, second = shipment.cartons.order_by("position")

    with pytest.raises(DocumentBlocked) as refusal:
        leave(shipment, mode="SMALL_PARCEL", tracking_numbers={first.public_id: "1Z1"})
    assert rules_of(refusal.value) == ["TRACKING_MISSING"]
    (asn,) = leave(shipment, mode="SMALL_PARCEL", tracking_numbers={first.public_id: "1Z1", second.sscc: "1Z2"})

    assert [each["trackingNumber"] for each in body_of(asn)["cartons"]] == ["1Z1", "1Z2"]
    assert list(shipment.cartons.order_by("position").values_list("tracking_number", flat=True)) == ["1Z1", "1Z2"]


def test_a_void_label_holds_the_truck_and_a_new_one_prevents_the_charge(tenant: Tenant) -> None:
    shipment = Shipment.objects.select_related("connection", "warehouse").get(pk=two_cartons().pk)
    box = shipment.cartons.get(position=1)
    printed = {"shipment": shipment, "carton_id": box.pk, "sscc": box.sscc, "template": "t", "format": "PDF",
               "printed_at": NOW, "actor_label": "test"}  # fmt: skip
    LabelPrint.objects.create(content_hash="other", **printed)

    findings = services.check_shipment(shipment, now=NOW)

    void = next(finding for finding in findings if finding.rule == "LABEL_VOID")
    assert (void.line, str(void.at_risk and void.at_risk.amount)) == ("1", "0.30")  # 2 % of 6 at 2.50
    shipment.refresh_from_db()
    assert (str(shipment.exposure), shipment.currency) == ("0.3000", "USD")
    LabelPrint.objects.create(content_hash=box.content_hash, **printed)
    leave(shipment)
    prevented = PreventedCharge.objects.get()
    assert (prevented.rule, str(prevented.amount)) == ("LABEL_VOID", "0.3000")


# --- replacing --------------------------------------------------------------------------------------------------------


def correct(asn: Asn, cartons: dict[str, dict[LineKey, int]], now: Any = NOW, **fields: Any) -> Asn:
    return services.correct_asn(
        public_id=asn.public_id, correction=Correction(cartons, **fields), reason="counted again", actor=ACTOR, now=now
    )


def told(shipment: Shipment) -> tuple[Asn, str, str]:
    """A departed shipment whose ASN Amazon has, and the numbers of its two cartons."""
    (asn,) = leave(shipment)
    assert asn.submission is not None
    taken(asn.submission, NOW)
    first, second = shipment.cartons.order_by("position").values_list("sscc", flat=True)
    return Asn.objects.get(pk=asn.pk), first, second


def test_a_replacement_takes_goods_out_under_the_same_identifier(tenant: Tenant) -> None:
    asn, _, second = told(two_cartons())

    new = correct(asn, {second: {}}, NOW + timedelta(hours=1))

    assert (new.type, new.identifier, new.state, new.eaches) == ("REPLACE", asn.identifier, "HANDED_OVER", 6)
    assert body_of(new)["shipmentConfirmationType"] == "Replace"
    assert new.submission is not None
    assert asn.submission is not None
    assert new.submission.subject_id == asn.submission.subject_id
    asn.refresh_from_db()
    assert asn.state == "REPLACED"
    assert ShippedLine.objects.get().shipped_eaches == 6
    line = PurchaseOrderLine.objects.get()
    assert (line.shipped_eaches, line.order.state) == (6, "PACKING")


@pytest.mark.parametrize(
    ("eaches_in_first", "days", "has_arrived", "codes"),
    [
        (7, 0, False, ["adds"]),
        (6, 0, False, ["nothing_changed"]),
        (1, 8, False, ["too_late"]),
        (1, 0, True, ["arrived"]),
    ],
)
def test_what_amazon_would_not_take_is_refused_with_the_next_step(
    tenant: Tenant, eaches_in_first: int, days: int, has_arrived: bool, codes: list[str]
) -> None:
    asn, first, _ = told(two_cartons())
    Shipment.objects.update(arrived_at=NOW if has_arrived else None)

    with pytest.raises(ReplaceRefused) as refusal:
        correct(asn, {first: {LineKey("PO000001", "1"): eaches_in_first}}, NOW + timedelta(days=days))

    assert [finding.code.rsplit(".", 1)[1] for finding in refusal.value.findings] == codes
    assert all(entry["fix"] for entry in refusal.value.extra()["findings"])
    assert Asn.objects.count() == 1
    assert ShippedLine.objects.get().shipped_eaches == 10


def test_while_the_last_one_is_on_its_way_nothing_is_replaced(tenant: Tenant) -> None:
    shipment = two_cartons()
    (asn,) = leave(shipment)
    second = shipment.cartons.get(position=2).sscc

    with pytest.raises(ReplaceRefused) as refusal:
        correct(asn, {second: {}})

    assert [finding.code for finding in refusal.value.findings] == ["shipments.replace.on_its_way"]


def test_what_amazon_refused_is_told_anew_as_an_original(tenant: Tenant) -> None:
    shipment = two_cartons()
    (asn,) = leave(shipment)
    assert asn.submission is not None
    taken(asn.submission, NOW, "REJECTED")
    asn.refresh_from_db()
    assert asn.state == "BLOCKED"

    new = correct(asn, {}, NOW, pro_number="PRO-2")

    assert (new.pk, new.state, new.type) == (asn.pk, "HANDED_OVER", "ORIGINAL")
    assert body_of(new)["transportationDetails"]["carrierShipmentReferenceNumber"] == "PRO-2"
    assert Submission.objects.filter(kind="shipments.asn").count() == 2


def test_an_unknown_outcome_is_replaced_and_a_refused_replacement_gives_way_to_the_original(tenant: Tenant) -> None:
    shipment = two_cartons()
    (asn,) = leave(shipment)
    assert asn.submission is not None
    first = lock(pk=asn.submission.pk)
    move(first, SubmissionState.SENDING, now=NOW)
    move(first, SubmissionState.UNKNOWN, now=NOW, unknown_at=NOW, reading_ends_at=NOW)

    for _ in range(2):
        services.replace_unknown(submission_id=first.pk, now=NOW)

    asn.refresh_from_db()
    new = Asn.objects.get(type="REPLACE")
    assert (asn.state, new.state, new.content) == ("REPLACED", "HANDED_OVER", asn.content)
    assert new.submission is not None
    # the outbox has put the new document in the old one's place; Amazon has nothing to replace
    move(lock(pk=first.pk), SubmissionState.SUPERSEDED, now=NOW, superseded_by=new.submission)
    Submission.objects.filter(pk=new.submission.pk).update(state="REJECTED")
    for _ in range(2):
        services.follow_submission(submission_id=new.submission.pk, now=NOW)

    asn.refresh_from_db()
    new.refresh_from_db()
    assert (asn.state, new.state) == ("HANDED_OVER", "CANCELLED")
    assert body_of(asn)["shipmentConfirmationType"] == "Original"
    assert asn.submission is not None
    assert asn.submission.pk not in (first.pk, new.submission_id)
    # refused again: now a person has to look
    Submission.objects.filter(pk=asn.submission.pk).update(state="REJECTED")
    services.follow_submission(submission_id=asn.submission.pk, now=NOW)
    asn.refresh_from_db()
    assert asn.state == "BLOCKED"


# --- what Amazon received ---------------------------------------------------------------------------------------------


def receive(count: int, at: Any = NOW, number: str = "PO000001") -> None:
    connection = Connection.objects.get()
    pull_status(connection, status(number, status_item("1", 10, 10, received=count)), at=at)
    order = PurchaseOrder.objects.get(number=number)
    for _ in range(2):
        services.follow_received(order_ids=[order.pk], raw_document_id=None, now=at)


def test_received_quantities_follow_and_each_change_is_kept(tenant: Tenant) -> None:
    asn, _, _ = told(two_cartons())

    receive(4, NOW + timedelta(days=2))
    receive(10, NOW + timedelta(days=3))

    row = ShippedLine.objects.get()
    assert (row.received_eaches, row.first_received_at, row.last_received_at) == (
        10, NOW + timedelta(days=2), NOW + timedelta(days=3),
    )  # fmt: skip
    steps = ShipmentEvent.objects.filter(code="shipments.received").order_by("id").values_list("params", flat=True)
    assert [(step["before"], step["after"]) for step in steps] == [(0, 4), (4, 10)]
    asn.shipment.refresh_from_db()
    assert (asn.shipment.state, asn.shipment.arrived_at) == ("RECEIVED", NOW + timedelta(days=2))


def test_the_earlier_departure_is_received_first(tenant: Tenant) -> None:
    order = make_answered_order()
    early = make_shipment(order, cartons=[carton(Content(order.pk, "1", 6))])
    leave(early)
    late = make_shipment(order, cartons=[carton(Content(order.pk, "1", 4))])
    leave(late, departed_at=NOW - timedelta(minutes=1), bol_number="ACMUS00000002")

    receive(7)

    shares = dict(ShippedLine.objects.values_list("shipment_id", "received_eaches"))
    assert shares == {early.pk: 6, late.pk: 1}
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, late.state) == ("RECEIVED", "ARRIVED")


def test_a_shortage_is_warned_of_before_amazon_claims_it_and_ends_when_the_goods_are_found(tenant: Tenant) -> None:
    asn, _, _ = told(two_cartons())
    arrived = NOW + timedelta(days=2)
    receive(7, arrived)

    assert services.warn_of_shortages(now=arrived + timedelta(days=7)) == 0
    assert services.warn_of_shortages(now=arrived + timedelta(days=7, seconds=1)) == 1
    assert services.warn_of_shortages(now=arrived + timedelta(days=9)) == 0

    item = WorkItem.objects.get(kind="shipments.shortage", closed_at=None)
    assert (item.subject_id, str(item.amount), item.params["missing"]) == (asn.shipment.public_id, "7.5000", 3)
    receive(10, arrived + timedelta(days=10))
    assert not WorkItem.objects.filter(kind="shipments.shortage", closed_at=None).exists()


def test_goods_that_never_arrive_are_missed_too(tenant: Tenant) -> None:
    told(two_cartons())
    expected = NOW + timedelta(days=2)

    assert services.warn_of_shortages(now=expected + timedelta(days=14)) == 0
    assert services.warn_of_shortages(now=expected + timedelta(days=14, seconds=1)) == 1


def test_what_left_is_proved_carton_by_carton(tenant: Tenant) -> None:
    shipment = two_cartons()
    first = shipment.cartons.get(position=1)
    printed = {"template": "t", "format": "PDF", "printed_at": LEFT, "actor_label": "test"}
    LabelPrint.objects.create(
        shipment=shipment, carton_id=first.pk, sscc=first.sscc, content_hash=first.content_hash, **printed
    )
    Scan.objects.create(shipment=shipment, code=f"00{first.sscc}", result="MATCH", at=LEFT, actor_label="test")
    leave(shipment)
    receive(7)

    answer = api_client(tenant).get(f"/api/v1/shipments/{shipment.public_id}/received/").json()

    (line,) = answer["lines"]
    assert (line["sequence"], line["shipped"], line["received"], line["missing"]) == ("1", 10, 7, 3)
    proofs = [(each["eaches"], bool(each["printed_at"]), bool(each["scanned_at"])) for each in line["cartons"]]
    assert proofs == [(6, True, True), (4, False, False)]
