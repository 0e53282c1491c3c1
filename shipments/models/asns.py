from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from shipments.models.shipments import Shipment
from shipments.types import AsnState, AsnType, PickupAction, Structure
from vendors.models import Submission


class Asn(TenantModel):
    """What Amazon is, or will be, told about a shipment or the part of it that has one structure.

    `identifier` is unique for a year per vendor (official model vendorShipments). `content` is what it told: the cartons
    as they were at that moment; what changes afterwards needs a replacement or a new identifier.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "asn"), editable=False)
    shipment = TenantForeignKey(Shipment, related_name="asns", db_index=False)
    identifier = models.CharField(max_length=40)
    type = models.CharField(max_length=8, choices=AsnType.choices, default=AsnType.ORIGINAL)
    structure = models.CharField(max_length=24, choices=Structure.choices)
    state = models.CharField(max_length=12, choices=AsnState.choices, default=AsnState.WAITING)
    submission = TenantForeignKey(Submission, related_name="+", null=True, blank=True, db_index=False)
    content = models.JSONField(default=dict)
    carton_count = models.PositiveIntegerField(default=0)
    eaches = models.BigIntegerField(default=0)
    # by Amazon's clock: when it leaves by itself, and by when it must have left; the rule says why
    due_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    clock_rule = models.CharField(max_length=40, blank=True, default="")
    handed_at = models.DateTimeField(null=True, blank=True)
    # why it left after its deadline: a registered message
    late_code = models.CharField(max_length=80, blank=True, default="")
    late_params = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    created_at = models.DateTimeField()
    actor_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "identifier"], name="asn_identifier", condition=models.Q(type="ORIGINAL")
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "shipment", "-id"], name="asn_shipment"),
            models.Index(fields=["tenant", "submission"], name="asn_submission"),
            models.Index(fields=["tenant", "due_at", "id"], name="asn_due", condition=models.Q(state="WAITING")),
            models.Index(fields=["tenant", "created_at", "id"], name="asn_created"),
        ]

    def __str__(self) -> str:
        return self.identifier


class PickupRequest(TenantModel):
    """A request that Amazon's carrier fetches a shipment (collect), or takes that back. Never changed; the latest counts."""

    append_only = True

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "pk"), editable=False)
    shipment = TenantForeignKey(Shipment, related_name="pickup_requests", db_index=False)
    action = models.CharField(max_length=6, choices=PickupAction.choices, default=PickupAction.NEW)
    requested_at = models.DateTimeField()
    submission = TenantForeignKey(Submission, related_name="+", null=True, blank=True, db_index=False)
    created_at = models.DateTimeField()
    actor_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "shipment", "-id"], name="pickuprequest_shipment"),
            models.Index(fields=["tenant", "submission"], name="pickuprequest_submission"),
        ]

    def __str__(self) -> str:
        return self.public_id
