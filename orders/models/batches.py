from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from orders.models.acknowledgements import Acknowledgement
from orders.models.orders import PurchaseOrder
from orders.types import BatchState, Outcome


class AnswerBatch(TenantModel):
    """Answers to several orders that one person sends together: collected, looked at, then sent order by order.

    `selection` is what was asked for where that is more than a page holds: a stored filter. `confirmed` are the rules
    whose findings the person has said yes to. The person is kept as an actor, for the job that sends.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ab"), editable=False)
    state = models.CharField(max_length=9, choices=BatchState.choices)
    selection = models.JSONField(default=dict)
    confirmed = models.JSONField(default=list)
    actor_id = models.CharField(max_length=60)
    actor_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "created_at", "id"], name="answerbatch_list")]

    def __str__(self) -> str:
        return self.public_id


class AnswerBatchOrder(TenantModel):
    """One order of a batch: what is to be said (LineAnswer.stored(), all lines), and what became of it.

    `order_version` is the order that the person saw: an answer to another one is not sent. Quantities are eaches.
    """

    batch = TenantForeignKey(AnswerBatch, related_name="orders", db_index=False)
    order = TenantForeignKey(PurchaseOrder, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    order_version = models.PositiveIntegerField()
    answers = models.JSONField(default=list)
    accepted_eaches = models.BigIntegerField()
    backordered_eaches = models.BigIntegerField()
    rejected_eaches = models.BigIntegerField()
    # what is accepted or back-ordered, at the order's cost
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    # why it was not sent: a registered message, and what the checks found (RuleFinding.stored())
    code = models.CharField(max_length=80, blank=True, default="")
    params = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    acknowledgement = TenantForeignKey(Acknowledgement, related_name="+", null=True, blank=True, db_index=False)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "batch", "order"], name="answerbatchorder_once")]
        indexes = [
            models.Index(fields=["tenant", "batch", "position"], name="answerbatchorder_list"),
            models.Index(fields=["tenant", "order"], name="answerbatchorder_order"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.outcome}"
