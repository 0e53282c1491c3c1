from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from vendors.models.accounts import Connection
from vendors.types import COUNTS, SyncState


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
