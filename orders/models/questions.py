"""What open orders ask people, kept up to date by `orders.services.review`: products without an item, costs that differ."""

from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.core.money import Money
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from catalog.models import Item
from catalog.types import Problem
from orders.models.orders import PurchaseOrder
from orders.types import CostChoice


class UnmappedProduct(TenantModel):
    """A product that lines of open orders name and no item has, with what waits for it. Gone once it is mapped.

    `deadline_at` is the earliest of its orders, in real time. `amount` is at the orders' cost.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "up"), editable=False)
    marketplace = models.CharField(max_length=2)
    asin = models.CharField(max_length=100)
    vendor_sku = models.CharField(max_length=100)
    problem = models.CharField(max_length=10, choices=Problem.choices)
    line_count = models.PositiveIntegerField()
    total_eaches = models.BigIntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    currency = models.CharField(max_length=3)
    deadline_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "marketplace", "asin", "vendor_sku"], name="unmappedproduct_product"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "deadline_at", "id"], name="unmappedproduct_deadline"),
            models.Index(fields=["tenant", "amount", "id"], name="unmappedproduct_amount"),
            models.Index(fields=["tenant", "line_count", "id"], name="unmappedproduct_lines"),
        ]

    def __str__(self) -> str:
        return self.asin or self.vendor_sku


class CostDifference(TenantModel):
    """A line that waits for its answer and whose cost is not the agreed one, and what somebody chose to do about it.

    `amount` is what Amazon's order pays more than agreed for the whole line (negative: less). A choice holds for these
    two costs; with other ones the question is asked anew. It is closed with the order's answer, and stays.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "cd"), editable=False)
    order = TenantForeignKey(PurchaseOrder, related_name="cost_differences", db_index=False)
    sequence = models.CharField(max_length=100)
    item = TenantForeignKey(Item, related_name="+", db_index=False)
    vendor_code = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    po_cost = models.DecimalField(max_digits=20, decimal_places=6)
    agreed_cost = models.DecimalField(max_digits=20, decimal_places=6)
    eaches = models.BigIntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    deadline_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    seen_at = models.DateTimeField()
    choice = models.CharField(max_length=8, choices=CostChoice.choices, blank=True, default="")
    chosen_at = models.DateTimeField(null=True)
    chosen_by = models.CharField(max_length=200, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["order", "sequence"], name="costdifference_line")]
        indexes = [
            models.Index(fields=["tenant", "is_open", "deadline_at", "id"], name="costdifference_deadline"),
            models.Index(fields=["tenant", "amount", "id"], name="costdifference_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.amount}"

    @property
    def difference(self) -> Money:
        """The amount as it is paid: in the currency's own decimals."""
        return Money(self.amount, self.currency).rounded()
