from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from catalog.types import IdentifierKind, ItemStatus, ProposalAction, ProposalState


class Item(TenantModel):
    """Something the company sells, under its own SKU. Lengths in millimetres and weight in grams, of one each."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "it"), editable=False)
    sku = models.CharField(max_length=60)
    title = models.CharField(max_length=300, blank=True, default="")
    # by language, where it differs from `title`
    titles = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=ItemStatus.choices, default=ItemStatus.ACTIVE)
    case_pack = models.PositiveIntegerField(default=1)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    origin_country = models.CharField(max_length=2, blank=True, default="")
    shelf_life_days = models.PositiveIntegerField(null=True, blank=True)
    tracks_lots = models.BooleanField(default=False)
    tracks_expiry = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sku"], name="item_sku"),
            models.CheckConstraint(condition=models.Q(case_pack__gte=1), name="item_case_pack"),
        ]
        indexes = [
            models.Index(fields=["tenant", "changed_at", "id"], name="item_changed"),
            models.Index(fields=["tenant", "status", "sku", "id"], name="item_status"),
        ]

    def __str__(self) -> str:
        return self.sku


class Identifier(TenantModel):
    """By what others name an item. A row exists only once it counts: two people stand behind it, or the company chose one.

    `value` is normalised by `catalog.rules.normalise_identifier`; `marketplace` is empty where it holds everywhere. It
    holds from `effective_from` (null: always) until before `effective_until` (null: for ever), by the day of the order.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "id"), editable=False)
    item = TenantForeignKey(Item, related_name="identifiers", db_index=False)
    kind = models.CharField(max_length=10, choices=IdentifierKind.choices)
    value = models.CharField(max_length=100)
    marketplace = models.CharField(max_length=2, blank=True, default="")
    effective_from = models.DateField(null=True, blank=True)
    effective_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "value", "kind"], name="identifier_value"),
            models.Index(fields=["tenant", "item"], name="identifier_item"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class IdentifierProposal(TenantModel):
    """A change to an item's identifiers that waits for a second person, or what became of it. Never deleted.

    `author_person` and `decider_person` are the people behind sessions and tokens (public ids; a token without a person
    stands for itself): the two may not be the same.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ip"), editable=False)
    item = TenantForeignKey(Item, related_name="proposals", db_index=False)
    action = models.CharField(max_length=8, choices=ProposalAction.choices)
    # what ends, for REPLACE and END
    identifier = TenantForeignKey(Identifier, related_name="+", null=True, blank=True, db_index=False)
    kind = models.CharField(max_length=10, choices=IdentifierKind.choices)
    value = models.CharField(max_length=100)
    marketplace = models.CharField(max_length=2, blank=True, default="")
    effective_from = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")
    author_id = models.CharField(max_length=60)
    author_label = models.CharField(max_length=200)
    author_person = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    decider_label = models.CharField(max_length=200, blank=True, default="")
    decider_person = models.CharField(max_length=60, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True, default="")

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "state", "created_at", "id"], name="proposal_state"),
            models.Index(fields=["tenant", "item", "id"], name="proposal_item"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.kind} {self.value}"
