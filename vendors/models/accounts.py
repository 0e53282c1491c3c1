from datetime import datetime
from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import SealedTextField, TenantForeignKey
from acorn.tenancy.models import TenantModel
from vendors.rules import WorldClock
from vendors.types import Environment, Health, Region


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
    # What the simulator said last of its world's clock; empty until it has, and always for Amazon itself: real time.
    clock_real_at = models.DateTimeField(null=True, blank=True, editable=False)
    clock_world_at = models.DateTimeField(null=True, blank=True, editable=False)
    clock_rate = models.FloatField(default=1.0, editable=False)
    clock_epoch = models.BigIntegerField(default=0, editable=False)
    # `created_at` by that clock
    clock_connected_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "group"], name="connection_one_active", condition=models.Q(archived_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def clock(self) -> WorldClock | None:
        """The clock of the simulated world behind this connection; None = real time, as always at Amazon itself."""
        if self.environment != Environment.SIMULATOR or self.clock_real_at is None or self.clock_world_at is None:
            return None
        return WorldClock(self.clock_real_at, self.clock_world_at, self.clock_rate, self.clock_epoch)

    @property
    def connected_at(self) -> datetime:
        """When it was connected, by its own clock: what Amazon dates before it is history."""
        return self.clock_connected_at or self.created_at


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
