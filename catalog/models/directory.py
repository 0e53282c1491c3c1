from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.models import TenantModel
from catalog.types import PartyKind


class PartyAddress(TenantModel):
    """Where one of Amazon's party ids is, from `valid_from` until the next row of the same party. Imported or typed.

    Amazon's orders often carry the id alone, above all in North America; invoices must repeat the address exactly.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "pa"), editable=False)
    kind = models.CharField(max_length=8, choices=PartyKind.choices)
    marketplace = models.CharField(max_length=2)
    party_id = models.CharField(max_length=60)
    address = models.JSONField(default=dict)
    time_zone = models.CharField(max_length=60, blank=True, default="")
    tax_number = models.CharField(max_length=60, blank=True, default="")
    valid_from = models.DateField()
    source = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "marketplace", "kind", "party_id", "valid_from"], name="partyaddress_dated"
            )
        ]
        indexes = [models.Index(fields=["tenant", "party_id", "id"], name="partyaddress_party")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.valid_from}"


class CustomerNumber(TenantModel):
    """The company's own number for Amazon as a customer: by vendor code, and by fulfilment centre where it differs."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "cn"), editable=False)
    vendor_code = models.CharField(max_length=20)
    ship_to_party = models.CharField(max_length=60, blank=True, default="")
    number = models.CharField(max_length=60)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "vendor_code", "ship_to_party"], name="customernumber_party")
        ]

    def __str__(self) -> str:
        return self.number
