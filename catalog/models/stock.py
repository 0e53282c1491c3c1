from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from catalog.models.items import Item
from catalog.models.warehouses import Warehouse
from catalog.types import AdjustmentCause, CommitmentState, EntryKind, InboundState, Pool, Purpose


class StockBalance(TenantModel):
    """What an item has in one warehouse and pool now: the sum of its ledger, in eaches. Written by `catalog.services.stock`
    alone, together with the entries that explain it."""

    item = TenantForeignKey(Item, related_name="balances", db_index=False)
    warehouse = TenantForeignKey(Warehouse, related_name="+", db_index=False)
    pool = models.CharField(max_length=12, choices=Pool.choices)
    on_hand = models.BigIntegerField(db_default=0)
    committed = models.BigIntegerField(db_default=0)
    # never promised, so that a miscount hurts nobody
    buffer = models.BigIntegerField(db_default=0)
    # as of when the last absolute count was true; an older one changes nothing
    counted_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "item", "warehouse", "pool"], name="stockbalance_place"),
            models.CheckConstraint(condition=models.Q(committed__gte=0), name="stockbalance_committed"),
        ]
        indexes = [
            models.Index(fields=["tenant", "warehouse", "item"], name="stockbalance_warehouse"),
            models.Index(fields=["tenant", "on_hand", "id"], name="stockbalance_on_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} - {self.committed}"

    @property
    def available(self) -> int:
        """Available to promise now, without what is inbound."""
        return self.on_hand - self.committed - self.buffer


class Commitment(TenantModel):
    """Eaches of a balance that are promised to somebody. Kind of holder and `key` name the promise for ever: repeating it
    makes no second.

    While HELD its quantity is part of the balance's `committed`. A split or transfer changes `quantity` and makes others.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "cm"), editable=False)
    balance = TenantForeignKey(StockBalance, related_name="commitments", db_index=False)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    reference_kind = models.CharField(max_length=40)
    reference_id = models.CharField(max_length=60)
    reference_label = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    quantity = models.BigIntegerField()
    needed_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=CommitmentState.choices, default=CommitmentState.HELD)
    actor_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reference_kind", "key"], name="commitment_named"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="commitment_quantity"),
        ]
        indexes = [
            models.Index(fields=["tenant", "balance"], name="commitment_held", condition=models.Q(state="HELD")),
            models.Index(fields=["tenant", "reference_id"], name="commitment_reference"),
            models.Index(fields=["tenant", "state", "id"], name="commitment_state"),
        ]

    def __str__(self) -> str:
        return self.key


class StockEntry(TenantModel):
    """One movement of a balance, with what it was afterwards. Never changed.

    `key` names the message that told of it, so that the message counts once; empty where a commitment moved, whose own
    key does that.
    """

    append_only = True

    balance = TenantForeignKey(StockBalance, related_name="entries", db_index=False)
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    on_hand_change = models.BigIntegerField(default=0)
    committed_change = models.BigIntegerField(default=0)
    on_hand_after = models.BigIntegerField()
    committed_after = models.BigIntegerField()
    # a plain number: the ledger outlives what it explains
    commitment_id = models.BigIntegerField(null=True, blank=True)
    key = models.CharField(max_length=200, blank=True, default="")
    # when it was true in the world, and when it was written here
    as_of = models.DateTimeField()
    at = models.DateTimeField()
    # of an adjustment alone
    cause = models.CharField(max_length=8, choices=AdjustmentCause.choices, blank=True, default="", db_default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=60, blank=True, default="")
    actor_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="stockentry_key", condition=~models.Q(key="")),
            models.CheckConstraint(
                condition=~models.Q(key="") | models.Q(commitment_id__isnull=False), name="stockentry_named"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "balance", "-id"], name="stockentry_balance"),
            models.Index(fields=["tenant", "balance", "as_of"], name="stockentry_as_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on_hand_change:+} {self.committed_change:+}"


class Inbound(TenantModel):
    """Goods on their way into a warehouse: while EXPECTED they can be promised for days after `expected_on`.

    `quantity` is what was announced; what came may be less or more.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ib"), editable=False)
    item = TenantForeignKey(Item, related_name="inbounds", db_index=False)
    warehouse = TenantForeignKey(Warehouse, related_name="+", db_index=False)
    pool = models.CharField(max_length=12, choices=Pool.choices)
    quantity = models.BigIntegerField()
    expected_on = models.DateField()
    reference = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=InboundState.choices, default=InboundState.EXPECTED)
    arrived_quantity = models.BigIntegerField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "item", "warehouse", "reference"], name="inbound_reference"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="inbound_quantity"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "item", "expected_on"], name="inbound_expected",
                condition=models.Q(state="EXPECTED"),
            ),
            models.Index(fields=["tenant", "expected_on", "id"], name="inbound_day"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.quantity} {self.expected_on}"
