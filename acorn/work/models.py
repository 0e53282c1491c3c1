from functools import partial

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core.ids import new_public_id
from acorn.tenancy.models import TenantModel


class WorkState(models.TextChoices):
    OPEN = "OPEN", pgettext_lazy("state", "Open")
    SNOOZED = "SNOOZED", _("Snoozed")
    DONE = "DONE", _("Done")


class WorkItem(TenantModel):
    """Something that needs a person now. Kept by the service that owns the subject, in its own transaction.

    `code` and `params` render what to do; `deadline_at` (UTC) may be empty; `amount` is what is at risk, in `currency`
    and, for sorting across currencies, in the tenant's own at the rate of the day it was opened. `role` is whose it is.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "wi"), editable=False)
    kind = models.CharField(max_length=60)
    dedupe_key = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=WorkState.choices, default=WorkState.OPEN)
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=200)
    deadline_at = models.DateTimeField(null=True, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    tenant_amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    role = models.CharField(max_length=12, blank=True, default="")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "dedupe_key"], name="workitem_one_open", condition=models.Q(closed_at=None)
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "deadline_at"], name="workitem_open", condition=models.Q(closed_at=None)),
            models.Index(fields=["tenant", "subject_id"], name="workitem_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label}"
