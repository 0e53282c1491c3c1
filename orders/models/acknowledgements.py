from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from orders.models.orders import PurchaseOrder
from orders.types import AnswerMode, AnswerOrigin, RejectionReason
from vendors.models import Submission


class Acknowledgement(TenantModel):
    """One answer to an order, all lines of it. Never changed: a later answer is a new row, the latest one counts.

    An answer that Amazon heard elsewhere (Vendor Central, EDI) has no submission.
    """

    append_only = True

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ak"), editable=False)
    order = TenantForeignKey(PurchaseOrder, related_name="acknowledgements", db_index=False)
    origin = models.CharField(max_length=10, choices=AnswerOrigin.choices)
    submission = TenantForeignKey(Submission, related_name="+", null=True, db_index=False)
    # the order's version that was answered
    order_version = models.PositiveIntegerField()
    actor_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    # the same moment by Amazon's clock, which differs in a simulated world: Amazon's own dates are held against it
    answered_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "order", "-id"], name="acknowledgement_order"),
            models.Index(fields=["tenant", "submission"], name="acknowledgement_submission"),
        ]

    def __str__(self) -> str:
        return self.public_id


class AcknowledgementLine(TenantModel):
    """What an answer said about one line, in eaches, at which cost per each, with dates in UTC, and why. Never changed."""

    append_only = True

    acknowledgement = TenantForeignKey(Acknowledgement, related_name="lines", db_index=False)
    sequence = models.CharField(max_length=100)
    accepted_eaches = models.BigIntegerField()
    backordered_eaches = models.BigIntegerField()
    rejected_eaches = models.BigIntegerField()
    rejection_reason = models.CharField(max_length=30, choices=RejectionReason.choices, blank=True, default="")
    net_cost = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    scheduled_ship_at = models.DateTimeField(null=True)
    scheduled_delivery_at = models.DateTimeField(null=True)
    backorder_ship_at = models.DateTimeField(null=True)
    backorder_delivery_at = models.DateTimeField(null=True)
    # why: registered messages, [{"code", "params"}]
    reasons = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["acknowledgement", "sequence"], name="acknowledgementline_sequence")
        ]

    def __str__(self) -> str:
        return self.sequence


class AnswerPolicy(TenantModel):
    """How orders under one vendor code are answered: what is proposed, and whether it is sent without a person.

    Changed by a new row; the youngest row of a vendor code counts, the others are its history.
    """

    append_only = True

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "pol"), editable=False)
    vendor_code = models.CharField(max_length=20)
    mode = models.CharField(max_length=16, choices=AnswerMode.choices, default=AnswerMode.PROPOSE)
    # the rest of orders.types.PolicyTerms, as JSON
    terms = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True, default="")
    actor_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "vendor_code", "-id"], name="answerpolicy_code")]

    def __str__(self) -> str:
        return f"{self.vendor_code} {self.mode}"
