from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from orders.models.orders import PurchaseOrder
from orders.types import QuantitySource
from vendors.models import Connection, VendorGroup


class PurchaseOrderVersion(TenantModel):
    """How an order stood, from one answer of Amazon until the next that differed. Never changed."""

    append_only = True

    order = TenantForeignKey(PurchaseOrder, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    seen_at = models.DateTimeField()
    content_hash = models.CharField(max_length=32)
    # where the original is: a plain number, so that originals can be purged by class while what was read stays
    raw_document_id = models.BigIntegerField()
    # the row's place in the original's list
    place = models.PositiveIntegerField()
    exchange_id = models.CharField(max_length=40)
    # OrderSnapshot.to_json(): read with from_json, compared by nothing but the hash
    snapshot = models.TextField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="purchaseorderversion_number")]

    def __str__(self) -> str:
        return str(self.number)


class PurchaseOrderChange(TenantModel):
    """One field that changed: what, from, to, when seen, who said so. Never changed."""

    append_only = True

    order = TenantForeignKey(PurchaseOrder, related_name="changes", db_index=False)
    seen_at = models.DateTimeField()
    version = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=20, choices=QuantitySource.choices)
    line = models.CharField(max_length=100)
    field = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "order", "-id"], name="purchaseorderchange_order")]

    def __str__(self) -> str:
        return f"{self.line} {self.field}"


class WaitingStatus(TenantModel):
    """Amazon's status of an order that is not here yet: used, and removed, when the order arrives.

    The two are pulled side by side, and the status pull never comes back to what it has read.
    """

    group = TenantForeignKey(VendorGroup, related_name="+", db_index=False)
    number = models.CharField(max_length=60)
    # JSON as it came, escaped: as jsonb some texts of Amazon's could not be stored
    row = models.TextField()
    received_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "group", "number"], name="waitingstatus_number")]

    def __str__(self) -> str:
        return self.number


class Finding(TenantModel):
    """Something odd in what Amazon sent: kept with a code, and with the place where the original can be read.

    Without an order it is a row in quarantine: stored, but not even a number could be read.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "fd"), editable=False)
    connection = TenantForeignKey(Connection, related_name="+")
    order = TenantForeignKey(PurchaseOrder, related_name="findings", null=True, db_index=False)
    number = models.CharField(max_length=60, blank=True, default="")
    line = models.CharField(max_length=100, blank=True, default="")
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    raw_document_id = models.BigIntegerField()
    place = models.PositiveIntegerField()
    # the same oddity of the same row is told once, however often the row comes
    fingerprint = models.CharField(max_length=32)
    seen_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "fingerprint"], name="orderfinding_once")]
        indexes = [
            models.Index(fields=["tenant", "seen_at", "id"], name="orderfinding_list"),
            models.Index(fields=["tenant", "order", "id"], name="orderfinding_order"),
        ]

    def __str__(self) -> str:
        return self.code
