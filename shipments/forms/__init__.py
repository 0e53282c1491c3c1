"""What people type about shipments. What is right is decided by the services."""

from shipments.forms.shipments import (
    AppointmentForm,
    CancelForm,
    DepartForm,
    EvidenceForm,
    PickupForm,
    PlanForm,
    ShipmentForm,
)

__all__ = ["AppointmentForm", "CancelForm", "DepartForm", "EvidenceForm", "PickupForm", "PlanForm", "ShipmentForm"]
