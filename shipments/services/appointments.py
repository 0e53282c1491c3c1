"""Delivery slots at the fulfilment centre, as people, programs and Amazon report them. Each report is kept."""

from datetime import datetime

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor
from shipments.errors import AppointmentNeedsTime, ShipmentNotDeparted
from shipments.models import Appointment, Shipment, ShipmentEvent
from shipments.selectors.transit import find_appointments
from shipments.services.deadlines import settle_deadlines
from shipments.services.packing import lock_shipments, subject_of
from shipments.types import AppointmentStatus, ShipmentState

_TIMED = (AppointmentStatus.CONFIRMED, AppointmentStatus.RESCHEDULED)


@transaction.atomic
def record_appointment(
    *,
    shipment_public_id: str,
    reference: str,
    starts_at: datetime | None,
    status: AppointmentStatus,
    source: str,
    actor: Actor,
    now: datetime,
    exchange_id: str = "",
) -> Appointment:
    """Keep what was said about a shipment's slot; the latest word counts, the earlier ones are its history.

    `starts_at` is by Amazon's clock. Safe to repeat: the same word once more changes nothing. Raises ShipmentNotFound,
    ShipmentNotDeparted for goods that are said to have arrived before they left, and AppointmentNeedsTime for a slot
    that stands without a time.
    """
    (shipment,) = lock_shipments([shipment_public_id])
    if status in _TIMED and starts_at is None:
        raise AppointmentNeedsTime
    if status == AppointmentStatus.ARRIVED and shipment.departed_at is None:
        raise ShipmentNotDeparted
    latest = find_appointments([shipment.pk]).get(shipment.pk)
    said = (reference[:60], starts_at, status)
    if latest is not None and (latest.reference, latest.starts_at, latest.status) == said:
        return latest
    row = Appointment.objects.create(
        shipment=shipment, reference=said[0], starts_at=starts_at, status=status, source=source[:40],
        exchange_id=exchange_id, at=now, actor_label=actor.label[:200],
    )  # fmt: skip
    params = {
        "reference": row.reference or "–", "status": status.value, "at": starts_at.isoformat() if starts_at else "–",
    }  # fmt: skip
    ShipmentEvent.objects.create(
        shipment=shipment, at=now, code="shipments.appointment", params=params, exchange_id=exchange_id,
        actor_label=actor.label[:200],
    )  # fmt: skip
    audit.record("shipments.appointment", actor=actor, subject=subject_of(shipment), params=params)
    if status == AppointmentStatus.ARRIVED:
        _arrive(shipment, starts_at or now)
    settle_deadlines([shipment], actor=actor, now=now)
    return row


def _arrive(shipment: Shipment, at: datetime) -> None:
    shipment.arrived_at = shipment.arrived_at or at
    if shipment.state == ShipmentState.DEPARTED:
        shipment.state = ShipmentState.ARRIVED
    shipment.save(update_fields=["arrived_at", "state"])
