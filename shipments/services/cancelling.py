"""Giving a shipment up before it departs: its goods may go into another one."""

from datetime import datetime

from django.db import transaction

from acorn.core.actor import Actor
from shipments.errors import ShipmentClosed
from shipments.models import Shipment
from shipments.selectors import OPEN
from shipments.services.packing import lock_shipments, note
from shipments.services.settling import settle
from shipments.types import ShipmentState


@transaction.atomic
def cancel_shipment(*, public_id: str, reason: str, actor: Actor, now: datetime) -> Shipment:
    """Give a shipment up that has not departed. Its cartons stay as they were, for the record; their goods are free again.

    Safe to repeat. Raises ShipmentNotFound, ShipmentClosed once it has departed.
    """
    (shipment,) = lock_shipments([public_id])
    if shipment.state == ShipmentState.CANCELLED:
        return shipment
    if shipment.state not in OPEN:
        raise ShipmentClosed
    shipment.cancelled_at = now
    shipment.save(update_fields=["cancelled_at"])
    shipment.version += 1
    settle([shipment], actor=actor, now=now)
    note(shipment, "shipments.cancelled", {}, reason=reason.strip(), actor=actor, now=now)
    return shipment
