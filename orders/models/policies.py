from functools import partial
from typing import Any

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from orders.models.acknowledgements import Acknowledgement, AnswerPolicy
from orders.models.orders import PurchaseOrder
from orders.types import AnswerMode, TrialState

# reasons that a list shows of a row
_SHOWN = 3


class PolicyDecision(TenantModel):
    """What a policy did with an order that it might have answered by itself: sent the answer, or why not. Never changed.

    An answer sent by a policy has exactly one such row, in the transaction that decided to send it.
    """

    append_only = True

    order = TenantForeignKey(PurchaseOrder, related_name="policy_decisions", db_index=False)
    policy = TenantForeignKey(AnswerPolicy, related_name="decisions", db_index=False)
    order_version = models.PositiveIntegerField()
    # what it sent; None where it did not send
    acknowledgement = TenantForeignKey(Acknowledgement, related_name="+", null=True, db_index=False)
    # why not: registered messages, [{"line", "code", "params"}]
    reasons = models.JSONField(default=list)
    decided_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["order"], name="policydecision_sent_once", condition=models.Q(acknowledgement__isnull=False)
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "order", "-id"], name="policydecision_order"),
            models.Index(fields=["tenant", "decided_at"], name="policydecision_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.acknowledgement_id}"

    @property
    def first_reasons(self) -> list[dict[str, Any]]:
        """The first few, for a list."""
        return list(self.reasons[:_SHOWN])

    @property
    def more_reasons(self) -> int:
        return max(0, len(self.reasons) - _SHOWN)


class PolicyTrial(TenantModel):
    """A policy tried out on past orders, without sending anything. It has to be tried before it may send by itself."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "pt"), editable=False)
    vendor_code = models.CharField(max_length=20)
    mode = models.CharField(max_length=16, choices=AnswerMode.choices)
    terms = models.JSONField(default=dict)
    days = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=TrialState.choices, default=TrialState.RUNNING)
    order_count = models.PositiveIntegerField(default=0)
    clean_count = models.PositiveIntegerField(default=0)
    actor_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "vendor_code", "-id"], name="policytrial_code")]

    def __str__(self) -> str:
        return f"{self.vendor_code} {self.created_at}"


class PolicyTrialRow(TenantModel):
    """What the policy would have answered to one past order, and what was answered, in eaches of the whole order."""

    trial = TenantForeignKey(PolicyTrial, related_name="rows", db_index=False)
    order = TenantForeignKey(PurchaseOrder, related_name="+", db_index=False)
    number = models.CharField(max_length=60)
    ordered_at = models.DateTimeField()
    is_clean = models.BooleanField()
    ordered_eaches = models.BigIntegerField()
    accepted_eaches = models.BigIntegerField()
    backordered_eaches = models.BigIntegerField()
    rejected_eaches = models.BigIntegerField()
    did_accept_eaches = models.BigIntegerField()
    did_reject_eaches = models.BigIntegerField()
    # why a person would have been asked: registered messages, [{"line", "code", "params"}]
    reasons = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["trial", "order"], name="policytrialrow_order")]
        indexes = [
            models.Index(fields=["tenant", "trial", "id"], name="policytrialrow_list"),
            models.Index(fields=["tenant", "trial", "ordered_at", "id"], name="policytrialrow_ordered"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def confirmed_eaches(self) -> int:
        return self.accepted_eaches + self.backordered_eaches

    @property
    def first_reasons(self) -> list[dict[str, Any]]:
        """The first few, for a list."""
        return list(self.reasons[:_SHOWN])

    @property
    def more_reasons(self) -> int:
        return max(0, len(self.reasons) - _SHOWN)

    @property
    def differs(self) -> bool:
        """Whether it would have said something else than was said."""
        return (self.accepted_eaches + self.backordered_eaches, self.rejected_eaches) != (
            self.did_accept_eaches,
            self.did_reject_eaches,
        )
