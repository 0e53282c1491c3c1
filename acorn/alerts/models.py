from functools import partial

from django.db import models
from django.utils.translation import gettext_lazy as _

from acorn.core.ids import new_public_id
from acorn.tenancy.models import TenantModel


class Severity(models.TextChoices):
    INFO = "INFO", _("Information")
    WARNING = "WARNING", _("Warning")
    CRITICAL = "CRITICAL", _("Critical")


class Alert(TenantModel):
    """Something that went wrong, or came back to normal, told once: raised again it only counts up."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "al"), editable=False)
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    dedupe_key = models.CharField(max_length=120)
    subject_kind = models.CharField(max_length=40, blank=True, default="")
    subject_id = models.CharField(max_length=60, blank=True, default="")
    subject_label = models.CharField(max_length=200, blank=True, default="")
    times = models.PositiveIntegerField(default=1)
    raised_at = models.DateTimeField()
    last_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=200, blank=True, default="")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code", "dedupe_key"], name="alert_one_open", condition=models.Q(resolved_at=None)
            )
        ]
        indexes = [models.Index(fields=["tenant", "-last_at"], name="alert_list")]

    def __str__(self) -> str:
        return self.code
