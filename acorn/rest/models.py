from django.db import models

from acorn.tenancy.models import TenantModel


class IdempotencyRecord(TenantModel):
    """A POST that was asked for under a key, and what was answered.

    `status` is empty while the first request works. `claim` names the request that does the work.
    """

    key = models.CharField(max_length=255)
    input_hash = models.CharField(max_length=64)
    claim = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.TextField(blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="idempotencyrecord_key")]
        indexes = [models.Index(fields=["tenant", "created_at"], name="idempotencyrecord_age")]

    def __str__(self) -> str:
        return self.key
