from django.db import models

from acorn.tenancy.models import TenantModel


class SsccRange(TenantModel):
    """How far the serials of a company prefix have been given out under one extension digit; at the end it begins anew
    once its last number has rested. Written by `shipments.services.sscc` alone."""

    prefix = models.CharField(max_length=12)
    extension_digit = models.CharField(max_length=1)
    next_serial = models.BigIntegerField(default=0)
    issued_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "prefix", "extension_digit"], name="ssccrange_digit"),
            models.CheckConstraint(condition=models.Q(next_serial__gte=0), name="ssccrange_serial"),
        ]

    def __str__(self) -> str:
        return f"{self.extension_digit} {self.prefix} {self.next_serial}"


class TakenSscc(TenantModel):
    """A number that names, or named, a carton or pallet of the company. It stays when the label is void or the carton gone:
    nothing else may have it before it has rested. `value` is the 18 digits."""

    value = models.CharField(max_length=18)
    taken_at = models.DateTimeField()
    # given by somebody else's system, such as a WMS
    is_imported = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "value"], name="takensscc_value")]

    def __str__(self) -> str:
        return self.value
