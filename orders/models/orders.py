from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from catalog.models import Item
from catalog.types import Problem
from orders import rules
from orders.types import DeadlineKind, LineQuantities, OrderState
from vendors.models import Connection, VendorGroup
from vendors.types import Environment


class PurchaseOrder(TenantModel):
    """Amazon's order, as it stands now; how it stood before is in its versions.

    Written by `orders.services` only: `state` by `rules.derive_state`, the rest by ingest.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "po"), editable=False)
    group = TenantForeignKey(VendorGroup, related_name="+", db_index=False)
    connection = TenantForeignKey(Connection, related_name="+", db_index=False)
    environment = models.CharField(max_length=10, choices=Environment.choices)
    marketplace = models.CharField(max_length=2)
    number = models.CharField(max_length=60)
    # not stored: set by `selectors.tell_real_time` where a page counts down
    real_ordered_at: datetime | None
    real_deadline_at: datetime | None
    # not stored either: how far it is, where a list shows it
    shares: Sequence[Any]

    amazon_state = models.CharField(max_length=100)
    state = models.CharField(max_length=12, choices=OrderState.choices)
    type = models.CharField(max_length=100)
    payment_method = models.CharField(max_length=100)
    deal_code = models.CharField(max_length=100)
    ordered_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    state_changed_at = models.DateTimeField(null=True)
    ship_window_start = models.DateTimeField(null=True)
    ship_window_end = models.DateTimeField(null=True)
    delivery_window_start = models.DateTimeField(null=True)
    delivery_window_end = models.DateTimeField(null=True)
    # the end of the window by which the goods are judged, for sorting; the delivery window where both are given
    due_at = models.DateTimeField(null=True)
    vendor_code = models.CharField(max_length=100)
    ship_to_party = models.CharField(max_length=100)
    bill_to_party = models.CharField(max_length=100)
    buying_party = models.CharField(max_length=100)
    # addresses and tax registrations by role, where Amazon sent them
    parties = models.JSONField()
    import_details = models.JSONField()

    currency = models.CharField(max_length=3)
    total_cost = models.DecimalField(max_digits=20, decimal_places=4)
    line_count = models.PositiveIntegerField()
    total_eaches = models.BigIntegerField()
    deadline_at = models.DateTimeField(null=True)
    deadline_kind = models.CharField(max_length=20, choices=DeadlineKind.choices)

    is_history = models.BooleanField()
    # a person took this history order on: it is work like any other from then on
    adopted_at = models.DateTimeField(null=True)
    # a person ended it with open quantity: when and why
    closed_short_at = models.DateTimeField(null=True)
    closed_short_reason = models.TextField(db_default="")
    has_unseen_change = models.BooleanField(db_default=False)
    changes_seen_at = models.DateTimeField(null=True)
    finding_count = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=32)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "group", "number"], name="purchaseorder_number")]
        # an index per sort, and one per filter that selects little; each ends in the key that pages are cut by
        indexes = [
            models.Index(fields=["tenant", "ordered_at", "id"], name="purchaseorder_ordered"),
            models.Index(fields=["tenant", "number", "id"], name="purchaseorder_search"),
            models.Index(fields=["tenant", "changed_at", "id"], name="purchaseorder_changed"),
            models.Index(fields=["tenant", "due_at", "id"], name="purchaseorder_due"),
            models.Index(fields=["tenant", "deadline_at", "id"], name="purchaseorder_deadline"),
            models.Index(fields=["tenant", "total_cost", "id"], name="purchaseorder_cost"),
            models.Index(fields=["tenant", "state", "ordered_at", "id"], name="purchaseorder_state"),
            models.Index(fields=["tenant", "vendor_code", "ordered_at", "id"], name="purchaseorder_vendor"),
            models.Index(fields=["tenant", "ship_to_party", "ordered_at", "id"], name="purchaseorder_shipto"),
            models.Index(fields=["tenant", "connection", "ordered_at", "id"], name="purchaseorder_connection"),
            models.Index(
                fields=["tenant", "ordered_at", "id"], name="purchaseorder_unseen",
                condition=models.Q(has_unseen_change=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def is_import(self) -> bool:
        return bool(self.import_details)


class PurchaseOrderLine(TenantModel):
    """One line: what Amazon's order says, and how far it is in absolute eaches.

    The quantity columns are written by `orders.services.record_quantities` alone, `ordered_eaches` by ingest.
    """

    order = TenantForeignKey(PurchaseOrder, related_name="lines", db_index=False)
    sequence = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    asin = models.CharField(max_length=100)
    vendor_sku = models.CharField(max_length=100)
    ordered_amount = models.BigIntegerField()
    ordered_unit = models.CharField(max_length=100)
    unit_size = models.BigIntegerField()
    net_cost = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    list_price = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    currency = models.CharField(max_length=3)
    price_unit = models.CharField(max_length=100)
    is_backorder_allowed = models.BooleanField(null=True)
    # the company's own item, once its identifiers are known; otherwise why not
    item = TenantForeignKey(Item, related_name="+", null=True, db_index=False)
    item_problem = models.CharField(max_length=10, choices=Problem.choices, db_default="")
    # Amazon's order no longer has this line; it stays, because what happened to it did happen
    is_withdrawn = models.BooleanField(db_default=False)

    ordered_eaches = models.BigIntegerField()
    original_eaches = models.BigIntegerField()
    accepted_eaches = models.BigIntegerField(db_default=0)
    backordered_eaches = models.BigIntegerField(db_default=0)
    rejected_eaches = models.BigIntegerField(db_default=0)
    cancelled_eaches = models.BigIntegerField(db_default=0)
    packed_eaches = models.BigIntegerField(db_default=0)
    shipped_eaches = models.BigIntegerField(db_default=0)
    received_eaches = models.BigIntegerField(db_default=0)
    invoiced_eaches = models.BigIntegerField(db_default=0)
    paid_eaches = models.BigIntegerField(db_default=0)
    # what Amazon's status said last, as it came: back-ordered eaches are among the confirmed ones
    amazon_confirmed_eaches = models.BigIntegerField(null=True)
    amazon_rejected_eaches = models.BigIntegerField(null=True)
    confirmation_status = models.CharField(max_length=100, db_default="")
    receive_status = models.CharField(max_length=100, db_default="")
    last_received_at = models.DateTimeField(null=True)
    status_seen_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["order", "sequence"], name="purchaseorderline_sequence")]
        indexes = [
            models.Index(fields=["tenant", "asin", "order"], name="purchaseorderline_asin"),
            models.Index(fields=["tenant", "vendor_sku", "order"], name="purchaseorderline_sku"),
            models.Index(fields=["tenant", "item", "order"], name="purchaseorderline_item"),
            models.Index(
                fields=["tenant", "item_problem", "id"],
                name="purchaseorderline_unmapped",
                condition=~models.Q(item_problem=""),
            ),
        ]

    def __str__(self) -> str:
        return self.sequence

    @property
    def quantities(self) -> LineQuantities:
        return LineQuantities(*(getattr(self, f"{name}_eaches") for name in LineQuantities._fields))

    @property
    def open_eaches(self) -> int:
        """What Amazon may still expect: what `rules.expected_eaches` says, neither shipped nor received."""
        return max(0, rules.expected_eaches(self.quantities) - max(self.shipped_eaches, self.received_eaches))
