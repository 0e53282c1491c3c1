from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.files.models import File
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from orders.models import PurchaseOrderLine
from shipments.models.shipments import Shipment
from shipments.types import AppointmentStatus, EvidenceKind


class ShipmentEvent(TenantModel):
    """One step of a shipment: what, when, by whom. Never changed; what undoes a step is a step of its own.

    `before` holds what the step changed, where it can be undone.
    """

    append_only = True

    shipment = TenantForeignKey(Shipment, related_name="events", db_index=False)
    at = models.DateTimeField()
    # a registered message
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    before = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    exchange_id = models.CharField(max_length=40, blank=True, default="")
    actor_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "shipment", "-id"], name="shipmentevent_list")]

    def __str__(self) -> str:
        return self.code


class Appointment(TenantModel):
    """A delivery slot at the fulfilment centre, as somebody reported it. Never changed; the latest counts."""

    append_only = True

    shipment = TenantForeignKey(Shipment, related_name="appointments", db_index=False)
    reference = models.CharField(max_length=60, blank=True, default="")
    starts_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=AppointmentStatus.choices)
    # who reported it: a person, the API, Amazon's shipment details
    source = models.CharField(max_length=40)
    exchange_id = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()
    actor_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "shipment", "-id"], name="appointment_shipment")]

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"


class ShippedLine(TenantModel):
    """What a departed shipment holds of an order line, and what Amazon has received of that so far, in absolute eaches.

    Amazon counts per order line: where several shipments carry one, the earlier departure is taken as received first.
    """

    shipment = TenantForeignKey(Shipment, related_name="lines", db_index=False)
    line = TenantForeignKey(PurchaseOrderLine, related_name="+", db_index=False)
    shipped_eaches = models.BigIntegerField()
    received_eaches = models.BigIntegerField(default=0)
    # by Amazon's clock
    first_received_at = models.DateTimeField(null=True, blank=True)
    last_received_at = models.DateTimeField(null=True, blank=True)
    # when a shortage was first expected here
    warned_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["shipment", "line"], name="shippedline_line")]
        indexes = [
            models.Index(fields=["tenant", "line"], name="shippedline_shipments"),
            models.Index(fields=["tenant", "warned_at", "id"], name="shippedline_warned"),
        ]

    def __str__(self) -> str:
        return f"{self.received_eaches}/{self.shipped_eaches}"


class Evidence(TenantModel):
    """A document that proves something about a shipment; the file's hash says that it is still the same."""

    append_only = True

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ev"), editable=False)
    shipment = TenantForeignKey(Shipment, related_name="evidence", db_index=False)
    kind = models.CharField(max_length=20, choices=EvidenceKind.choices)
    file = TenantForeignKey(File, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True, default="")
    exchange_id = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()
    actor_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "shipment", "-id"], name="evidence_shipment")]

    def __str__(self) -> str:
        return self.kind


class PreventedCharge(TenantModel):
    """A charge that a check foresaw and that somebody's correction before the departure prevented. Never changed."""

    append_only = True

    shipment = TenantForeignKey(Shipment, related_name="prevented", db_index=False)
    rule = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "at"], name="preventedcharge_at")]

    def __str__(self) -> str:
        return f"{self.rule} {self.amount} {self.currency}"
