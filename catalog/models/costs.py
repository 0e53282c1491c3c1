from datetime import date
from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.files.models import File
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from catalog.models.items import Item
from catalog.types import CostStatus


class AgreedCost(TenantModel):
    """What Amazon has agreed to pay for one each of an item under a vendor code, by day of the order.

    It holds from `valid_from` to `valid_until`, both included; without an end until a younger one begins.
    Of several ACTIVE rows that hold on a day a deal counts before the regular cost, and the one that began last.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ac"), editable=False)
    item = TenantForeignKey(Item, related_name="costs", db_index=False)
    vendor_code = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    cost = models.DecimalField(max_digits=20, decimal_places=6)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=9, choices=CostStatus.choices, default=CostStatus.REQUESTED)
    # empty for the regular cost
    deal_code = models.CharField(max_length=60, blank=True, default="")
    document = TenantForeignKey(File, related_name="+", null=True, blank=True, db_index=False)
    note = models.TextField(blank=True, default="")
    author_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(cost__gt=0), name="agreedcost_positive"),
            # serves the questions of orders, too
            models.UniqueConstraint(
                fields=["tenant", "item", "vendor_code", "currency", "valid_from", "deal_code"],
                name="agreedcost_dated",
                condition=~models.Q(status=CostStatus.REFUSED),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "item"], name="agreedcost_item"),
            models.Index(fields=["tenant", "valid_from", "id"], name="agreedcost_since"),
        ]

    def __str__(self) -> str:
        return f"{self.cost} {self.currency}"

    def holds_on(self, day: date) -> bool:
        """Whether the row's dates hold on that day, the first and the last one included. Says nothing of its status."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
