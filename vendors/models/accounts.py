from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import SealedTextField, TenantForeignKey
from acorn.tenancy.models import TenantModel
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
