from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.models import TenantModel
from vendors.types import Severity


class OwnRule(TenantModel):
    """What a company knows better than the delivered rulebook: a rule in one marketplace, from a day on. Never changed.

    Of several rows for a day the one that begins last counts, and of those the youngest; the others are the history. An
    empty severity goes back to what is delivered.
    """

    append_only = True

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "rul"), editable=False)
    rule = models.CharField(max_length=40)
    marketplace = models.CharField(max_length=2)
    valid_from = models.DateField()
    severity = models.CharField(max_length=8, choices=Severity.choices, blank=True, default="")
    percent = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    hours = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    actor_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "rule", "marketplace", "-id"], name="ownrule_rule")]

    def __str__(self) -> str:
        return f"{self.rule} {self.marketplace} {self.valid_from}"
