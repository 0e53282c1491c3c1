from django.db import models

from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from catalog.models import Warehouse
from shipments.types import Mode


class TransitTime(TenantModel):
    """How many days goods travel from a warehouse. An empty fulfilment centre or mode means any; the more precise row counts."""

    warehouse = TenantForeignKey(Warehouse, related_name="+", db_index=False)
    ship_to_party = models.CharField(max_length=100, blank=True, default="")
    mode = models.CharField(max_length=12, choices=Mode.choices, blank=True, default="")
    days = models.PositiveSmallIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "warehouse", "ship_to_party", "mode"], name="transittime_lane")
        ]

    def __str__(self) -> str:
        return f"{self.ship_to_party} {self.mode} {self.days}"
