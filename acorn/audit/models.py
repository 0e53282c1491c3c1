from functools import partial
from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL

from acorn.core.ids import new_public_id
from acorn.tenancy.models import TenantModel


class XidField(models.Field):
    """PostgreSQL's 64-bit transaction id, set by the database: lets a sealer chain rows without blocking writers."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class AuditEvent(TenantModel):
    """Who did what, to what, when and why. Written in the transaction of the change; never changed, never deleted."""

    append_only = True

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ev"), editable=False)
    at = models.DateTimeField()
    xact_id = XidField(db_default=RawSQL("pg_current_xact_id()", []), editable=False)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=60)
    actor_label = models.CharField(max_length=200)
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=40, blank=True, default="")
    subject_id = models.CharField(max_length=60, blank=True, default="")
    subject_label = models.CharField(max_length=200, blank=True, default="")
    reason = models.TextField(blank=True, default="")

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "-at", "-id"], name="audit_time"),
            models.Index(fields=["tenant", "subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["tenant", "code", "-id"], name="audit_code"),
            models.Index(fields=["tenant", "actor_id", "-id"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_label}"
