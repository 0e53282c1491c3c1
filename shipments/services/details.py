"""What Amazon says of collect shipments: its reference, its carrier, when it comes; and the labels it has made."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.jobs.queue import enqueue
from acorn.work.services import close_item, open_item
from orders.types import FreightTerms
from shipments import amazon
from shipments.amazon.details import ShipmentDetails, TransportLabel
from shipments.models import Carton, Evidence, PickupRequest, Shipment, ShipmentEvent
from shipments.selectors.shippable import OPEN
from shipments.selectors.transit import find_pickups
from shipments.services.deadlines import settle_deadlines
from shipments.services.evidence import add_evidence
from shipments.services.packing import lock_shipments, subject_of
from shipments.types import LABELS_MISSING, LOOK_FOR_LABELS, EvidenceKind, Mode
from vendors import gateway
from vendors.models import Connection
from vendors.services import mark_verified
from vendors.types import SubmissionState

ACTOR = Actor.system("shipments.details")
_PROVABLE = (SubmissionState.SENT, SubmissionState.PROCESSING, SubmissionState.PRESUMED_ACCEPTED)
_TOLD = {
    "amazon_reference_number": "amazon_reference_number",
    "carrier_scac": "carrier_scac",
    "pro_number": "pro_number",
    "planned_departure_at": "scheduled_pickup_at",
}


@transaction.atomic
def ingest_details(
    *, connection: Connection, details: Sequence[ShipmentDetails], exchange_id: str, received_at: datetime
) -> int:
    """Bring what Amazon holds of collect shipments into ours; how many changed. Safe to repeat, in the caller's transaction.

    What Amazon says nothing of stays. A shipment that is not ours, made in Vendor Central, is left out.
    """
    by_number = {each.identifier: each for each in details}
    known = Shipment.objects.filter(group_id=connection.group_id, number__in=by_number)
    changed = 0
    for shipment in lock_shipments(list(known.values_list("public_id", flat=True))):
        told = by_number[shipment.number]
        changed += _bring_up_to_date(shipment, told, exchange_id, received_at)
        _prove(shipment, told, exchange_id, received_at)
        if told.status == "CarrierAssigned" and shipment.mode == Mode.SMALL_PARCEL and shipment.state in OPEN:
            enqueue(LOOK_FOR_LABELS, dedupe_key=f"labels:{shipment.pk}", shipment_id=shipment.pk)
    return changed


def _bring_up_to_date(shipment: Shipment, told: ShipmentDetails, exchange_id: str, now: datetime) -> bool:
    news: dict[str, Any] = {
        name: value
        for name, theirs in _TOLD.items()
        if (value := getattr(told, theirs)) and value != getattr(shipment, name)
    }
    if not news:
        return False
    params = {name: str(value) for name, value in news.items()}
    for name, value in news.items():
        setattr(shipment, name, value)
    shipment.save(update_fields=list(news))
    for name in news:
        event = {"field": name, "value": params[name]}
        ShipmentEvent.objects.create(
            shipment=shipment, at=now, code="shipments.told_by_amazon", params=event, exchange_id=exchange_id,
            actor_label=ACTOR.label,
        )  # fmt: skip
    audit.record(
        "shipments.details_changed", actor=ACTOR, subject=subject_of(shipment), params={"fields": ", ".join(news)}
    )
    settle_deadlines([shipment], actor=ACTOR, now=now)
    return True


def _prove(shipment: Shipment, told: ShipmentDetails, exchange_id: str, now: datetime) -> None:
    """Amazon's reference is its word that it took the request."""
    pickup: PickupRequest | None = find_pickups([shipment.pk]).get(shipment.pk)
    document = pickup.submission if pickup else None
    if told.amazon_reference_number and document is not None and document.state in _PROVABLE:
        mark_verified(document.pk, by="shipment-details", exchange_id=exchange_id, now=now)


def look_for_labels(*, shipment_id: int, now: datetime) -> bool:
    """Ask Amazon for a small parcel shipment's transport labels and keep them; whether it is done. Safe to repeat.

    Raises vendors.errors.AmazonError.
    """
    shipment = Shipment.objects.select_related("connection").get(pk=shipment_id)
    if not _wants_labels(shipment):
        return True
    answer, labels = amazon.fetch_labels(gateway.client_for(shipment.connection), shipment.number)
    if not labels:
        return False
    with transaction.atomic():
        for label in labels:
            add_evidence(
                BytesIO(label.pdf), shipment_public_id=shipment.public_id, kind=EvidenceKind.TRANSPORT_LABEL,
                name=f"{shipment.number}-{label.sequence:03}.pdf", content_type="application/pdf",
                note=label.tracking_number, actor=ACTOR, now=now, exchange_id=str(answer.exchange or ""),
            )  # fmt: skip
        _give_tracking_numbers(shipment, labels)
        close_item(LABELS_MISSING, dedupe_key=shipment.public_id, actor=ACTOR, now=now)
    return True


def give_up_labels(*, shipment_id: int, now: datetime) -> None:
    """Amazon shows no labels by the API: somebody fetches them from Vendor Central, which often has them. Safe to repeat."""
    shipment = Shipment.objects.get(pk=shipment_id)
    if _wants_labels(shipment):
        open_item(LABELS_MISSING, subject=subject_of(shipment), now=now, deadline_at=shipment.planned_departure_at)


def _wants_labels(shipment: Shipment) -> bool:
    if shipment.state not in OPEN or shipment.freight_terms != FreightTerms.COLLECT:
        return False
    return not Evidence.objects.filter(shipment=shipment, kind=EvidenceKind.TRANSPORT_LABEL).exists()


def _give_tracking_numbers(shipment: Shipment, labels: Sequence[TransportLabel]) -> None:
    """One label per carton, in their order; where the counts differ nobody can say which is whose."""
    cartons = list(Carton.objects.filter(shipment=shipment).order_by("position"))
    ordered = sorted(labels, key=lambda label: label.sequence)
    if len(cartons) != len(ordered):
        return
    for carton, label in zip(cartons, ordered, strict=True):
        carton.tracking_number = carton.tracking_number or label.tracking_number
    Carton.objects.bulk_update(cartons, ["tracking_number"])
