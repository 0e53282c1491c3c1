"""How others name a shipment."""

from acorn.core.actor import Subject
from shipments.models import Shipment
from shipments.types import SUBJECT_KIND


def subject_of(shipment: Shipment) -> Subject:
    """For work items, the audit trail, search."""
    return Subject(SUBJECT_KIND, shipment.public_id, shipment.number)
