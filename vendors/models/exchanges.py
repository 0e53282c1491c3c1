from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from vendors.models.accounts import Connection
from vendors.types import Environment


class Exchange(TenantModel):
    """One call to Amazon and its answer, without secrets. Kept for EXCHANGE_RETENTION_MONTHS, then dropped by the month.

    The table is partitioned by `started_at` (migration 0002): its key in the database is (id, started_at). Business
    payloads are kept apart, as raw documents, and live longer. `error_class` is "" or what the call raised; `status` is
    empty if no answer came.
    """

    append_only = True

    public_id = models.CharField(max_length=40, default=partial(new_public_id, "ex"), editable=False)
    connection = TenantForeignKey(Connection, related_name="+", db_index=False)
    environment = models.CharField(max_length=10, choices=Environment.choices)
    operation = models.CharField(max_length=60)
    method = models.CharField(max_length=6)
    url = models.TextField()
    status = models.PositiveSmallIntegerField(null=True)
    request_id = models.CharField(max_length=200, blank=True, default="")
    error_class = models.CharField(max_length=40, blank=True, default="")
    error_code = models.CharField(max_length=80, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    retry_after = models.FloatField(null=True)
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    request_headers = models.JSONField(default=dict)
    response_headers = models.JSONField(default=dict)
    request_body = models.BinaryField(default=bytes)
    response_body = models.BinaryField(default=bytes)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "-started_at", "-id"], name="exchange_list"),
            models.Index(fields=["tenant", "connection", "-started_at", "-id"], name="exchange_connection"),
            models.Index(fields=["tenant", "operation", "-started_at", "-id"], name="exchange_operation"),
            models.Index(fields=["tenant", "public_id"], name="exchange_public_id"),
            models.Index(
                fields=["tenant", "request_id"], name="exchange_request_id", condition=~models.Q(request_id="")
            ),
            models.Index(
                fields=["tenant", "error_class", "-started_at", "-id"], name="exchange_errors",
                condition=~models.Q(error_class=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.operation} {self.status or self.error_class}"
