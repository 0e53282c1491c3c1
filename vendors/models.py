from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import SealedTextField, TenantForeignKey
from acorn.tenancy.models import TenantModel
from vendors.types import COUNTS, Environment, Health, Region, SyncState


class VendorGroup(TenantModel):
    """What one Vendor Central login gives access to, in one region and environment. Orders hang below it, so that
    they stay when the connection through which they came is replaced."""

    environment = models.CharField(max_length=10, choices=Environment.choices)
    region = models.CharField(max_length=2, choices=Region.choices)
    code = models.CharField(max_length=60)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "environment", "region", "code"], name="vendorgroup_code")
        ]

    def __str__(self) -> str:
        return self.code


class Connection(TenantModel):
    """Developer app credentials for one vendor group in one marketplace. One is active per group; archived, never deleted."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "vc"), editable=False)
    group = TenantForeignKey(VendorGroup, related_name="connections")
    name = models.CharField(max_length=120)
    environment = models.CharField(max_length=10, choices=Environment.choices)
    region = models.CharField(max_length=2, choices=Region.choices)
    marketplace = models.CharField(max_length=2)
    client_id = SealedTextField()
    client_secret = SealedTextField()
    refresh_token = SealedTextField()
    # the last characters of the client id, so that people can tell two applications apart
    client_id_hint = models.CharField(max_length=4, blank=True, default="")
    health = models.CharField(max_length=10, choices=Health.choices, default=Health.UNKNOWN)
    health_code = models.CharField(max_length=80, blank=True, default="")
    health_params = models.JSONField(default=dict)
    health_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    credentials_changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "group"], name="connection_one_active", condition=models.Q(archived_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name


class VendorCode(TenantModel):
    """A code under which Amazon orders from the supplier, such as ACMUS."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "vco"), editable=False)
    group = TenantForeignKey(VendorGroup, related_name="codes", db_index=False)
    code = models.CharField(max_length=20)
    is_discovered = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "group", "code"], name="vendorcode_code")]

    def __str__(self) -> str:
        return self.code


class SyncRun(TenantModel):
    """One request to bring a connection up to date; its steps do the work, one per resource, and hold what came of it."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "sr"), editable=False)
    connection = TenantForeignKey(Connection, related_name="sync_runs", db_index=False)
    resources = ArrayField(models.CharField(max_length=40))
    is_scheduled = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.QUEUED)
    requested_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "connection", "-id"], name="syncrun_connection"),
            models.Index(fields=["tenant", "-id"], name="syncrun_list"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def counts(self) -> dict[str, int]:
        """Rows seen, new, changed and flagged so far: the sum of the steps. Prefetch `steps` before reading many."""
        return {name: sum(step.counts.get(name, 0) for step in self.steps.all()) for name in COUNTS}

    @property
    def errors(self) -> list[dict[str, Any]]:
        """What went wrong or looked odd: `{"code", "params", "count", "resource"}`."""
        return [error | {"resource": step.resource} for step in self.steps.all() for error in step.errors]


class SyncStep(TenantModel):
    """The part of a run that pulls one resource. One per connection and resource runs at a time."""

    run = TenantForeignKey(SyncRun, related_name="steps")
    connection = TenantForeignKey(Connection, related_name="+", db_index=False)
    resource = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.QUEUED)
    counts = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    windows_done = models.PositiveIntegerField(default=0)
    windows_total = models.PositiveIntegerField(default=0)
    # the window that is being read, and the token of its next page: where a successor goes on
    position = models.JSONField(default=dict)
    # until when this step pulls: fixed when it starts, so that its successors agree
    until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "connection", "resource"], name="syncstep_one_running",
                condition=models.Q(state="RUNNING"),
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["tenant", "connection", "resource", "-id"], name="syncstep_resource")]

    def __str__(self) -> str:
        return f"{self.resource} {self.state}"


class SyncCursor(TenantModel):
    """Up to which instant a connection's resource is proven complete, by one of its time axes."""

    connection = TenantForeignKey(Connection, related_name="cursors", db_index=False)
    resource = models.CharField(max_length=40)
    axis = models.CharField(max_length=20)
    proven_until = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "connection", "resource", "axis"], name="synccursor_axis")
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.axis}"


class SyncWindow(TenantModel):
    """Proof of coverage: a window that was read to its last page, with what came."""

    append_only = True

    step = TenantForeignKey(SyncStep, related_name="windows")
    axis = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    pages = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    flagged = models.PositiveIntegerField()
    finished_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "ends_at"], name="syncwindow_time")]

    def __str__(self) -> str:
        return f"{self.axis} {self.starts_at:%Y-%m-%d}"


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
