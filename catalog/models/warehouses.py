from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.models import TenantModel
from catalog.types import Pool


class Warehouse(TenantModel):
    """A place where the company has stock. `address` holds the fields of `catalog.types.ADDRESS_FIELDS`.

    `ship_from_party_id` is how Amazon names the place; `pool` is in whose hands stock there is unless said otherwise.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "wh"), editable=False)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    ship_from_party_id = models.CharField(max_length=60, blank=True, default="")
    address = models.JSONField(default=dict)
    time_zone = models.CharField(max_length=60, blank=True, default="")
    pool = models.CharField(max_length=12, choices=Pool.choices, default=Pool.OWN)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="warehouse_code")]

    def __str__(self) -> str:
        return self.code
