"""How stock looks in the API: whole eaches, warehouses by their code."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from acorn.rest.fields import PublicIdField, UtcDateTimeField
from catalog.models import Commitment, Inbound, Item, StockEntry, Warehouse
from catalog.selectors.stock import find_item_by_sku, find_warehouse
from catalog.services.stock.holds import BY_HAND
from catalog.types import AdjustmentCause, CommitmentState, EntryKind, InboundState, Pool, Purpose

_LARGEST = 10**12
_BATCH = 1000


class PlaceSerializer(serializers.Serializer):
    """An item's SKU and a warehouse's code or id; `pool` is the warehouse's unless given."""

    sku = serializers.CharField(max_length=60)
    warehouse = serializers.CharField(max_length=60, help_text="Code or id.")
    pool = serializers.ChoiceField(choices=Pool.choices, required=False)

    def validate_sku(self, sku: str) -> Item:
        item = find_item_by_sku(sku)
        if item is None:
            raise serializers.ValidationError(_("There is no item with this SKU."))
        return item

    def validate_warehouse(self, name: str) -> Warehouse:
        warehouse = find_warehouse(name)
        if warehouse is None:
            raise serializers.ValidationError(_("There is no warehouse in use with this code or id."))
        return warehouse

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        item, warehouse = given.pop("sku"), given["warehouse"]
        return given | {"item": item, "pool": given.get("pool") or warehouse.pool}


class CountLineSerializer(serializers.Serializer):
    """One count of many; SKUs and warehouses are looked up for all of them at once."""

    sku = serializers.CharField(max_length=60)
    warehouse = serializers.CharField(max_length=60, help_text="Code or id.")
    pool = serializers.ChoiceField(choices=Pool.choices, required=False)
    on_hand = serializers.IntegerField(min_value=0, max_value=_LARGEST)
    as_of = UtcDateTimeField(help_text="The instant at which so many were there; what moved since is added.")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class NewCountSerializer(PlaceSerializer, CountLineSerializer):
    """One count."""


class CountBatchSerializer(serializers.Serializer):
    counts = serializers.ListField(child=CountLineSerializer(), min_length=1, max_length=_BATCH)


class CountAnswerSerializer(serializers.Serializer):
    """`applied` is false for a count that is older than the last one of its place, or was told before."""

    sku = serializers.CharField()
    warehouse = serializers.CharField()
    pool = serializers.ChoiceField(choices=Pool.choices)
    applied = serializers.BooleanField()
    on_hand = serializers.IntegerField()
    committed = serializers.IntegerField()
    as_of = UtcDateTimeField()


class CountBatchAnswerSerializer(serializers.Serializer):
    results = CountAnswerSerializer(many=True)


class LevelSerializer(serializers.Serializer):
    """What an item has in one warehouse. `available_to_promise` = on hand - committed - buffer, and with `on` what is
    inbound before that day; below zero, more is promised than there is.
    """

    sku = serializers.CharField()
    warehouse = serializers.CharField(source="warehouse.code")
    warehouse_id = PublicIdField(source="warehouse.public_id")
    pool = serializers.ChoiceField(choices=Pool.choices)
    on_hand = serializers.IntegerField()
    committed = serializers.IntegerField()
    buffer = serializers.IntegerField()
    inbound = serializers.IntegerField()
    available_to_promise = serializers.IntegerField()
    counted_at = UtcDateTimeField(allow_null=True)


class LevelQuery(serializers.Serializer):
    sku = serializers.CharField(required=False, max_length=60, help_text="One item in every warehouse, zeros included.")
    warehouse = serializers.CharField(required=False, max_length=60, help_text="Code or id.")
    on = serializers.DateField(required=False, help_text="Count on what arrives before this day.")


class NewReservationSerializer(PlaceSerializer):
    quantity = serializers.IntegerField(min_value=1, max_value=_LARGEST)
    purpose = serializers.ChoiceField(choices=[(p.value, p.label) for p in BY_HAND], default=Purpose.MANUAL)
    reference = serializers.CharField(
        max_length=60, help_text="Yours. Repeated for the same purpose, item and warehouse it is the same reservation."
    )
    needed_on = serializers.DateField(
        required=False, allow_null=True, help_text="Counts on what arrives before this day; null: on hand now."
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ReservationSerializer(serializers.ModelSerializer):
    """Stock that is held, or was. `reference` is what it is held for; `key` names it for ever."""

    id = serializers.CharField(source="public_id", read_only=True)
    sku = serializers.CharField(source="balance.item.sku", read_only=True)
    warehouse = serializers.CharField(source="balance.warehouse.code", read_only=True)
    pool = serializers.ChoiceField(source="balance.pool", choices=Pool.choices, read_only=True)
    reference = serializers.CharField(source="reference_label", read_only=True)
    created_at = UtcDateTimeField(read_only=True)
    changed_at = UtcDateTimeField(read_only=True)

    class Meta:
        model = Commitment
        fields = (
            "id", "sku", "warehouse", "pool", "quantity", "purpose", "reference", "needed_on", "state", "created_at",
            "changed_at",
        )  # fmt: skip
        read_only_fields = fields


class ReservationQuery(serializers.Serializer):
    sku = serializers.CharField(required=False, max_length=60)
    warehouse = serializers.CharField(required=False, max_length=60, help_text="Code.")
    reference = serializers.CharField(required=False, max_length=60)
    state = serializers.ChoiceField(choices=CommitmentState.choices, required=False)
    purpose = serializers.ChoiceField(choices=Purpose.choices, required=False)


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class MovementSerializer(PlaceSerializer):
    """What every movement without a count says."""

    reference = serializers.CharField(max_length=120, help_text="Yours. Repeated, it is the same movement.")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    moved_at = UtcDateTimeField(
        required=False, allow_null=True, help_text="Null: now. Before the last count it was counted."
    )
    below_promised = serializers.BooleanField(
        required=False, default=False, help_text="Take goods away even if what is left does not cover what is promised."
    )  # fmt: skip


class NewAdjustmentSerializer(MovementSerializer):
    change = serializers.IntegerField(
        min_value=-_LARGEST, max_value=_LARGEST, help_text="Eaches; less than 0 takes away. Never 0."
    )
    cause = serializers.ChoiceField(
        choices=AdjustmentCause.choices,
        help_text="DAMAGED, LOST, EXPIRED and SAMPLE take away, FOUND and RETURNED add, OTHER needs a note.",
    )


class NewTransferSerializer(MovementSerializer):
    to_warehouse = serializers.CharField(max_length=60, help_text="Code or id.")
    to_pool = serializers.ChoiceField(choices=Pool.choices, required=False)
    quantity = serializers.IntegerField(min_value=1, max_value=_LARGEST)

    def validate_to_warehouse(self, name: str) -> Warehouse:
        return self.validate_warehouse(name)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        return super().validate(given) | {"to_pool": given.get("to_pool") or given["to_warehouse"].pool}


class EntrySerializer(serializers.ModelSerializer):
    """One line of the ledger. A movement from before the last count of its place changes 0: it was counted."""

    sku = serializers.CharField(source="balance.item.sku", read_only=True)
    warehouse = serializers.CharField(source="balance.warehouse.code", read_only=True)
    pool = serializers.ChoiceField(source="balance.pool", choices=Pool.choices, read_only=True)
    cause = serializers.ChoiceField(choices=AdjustmentCause.choices, allow_blank=True, read_only=True)
    as_of = UtcDateTimeField(read_only=True)
    at = UtcDateTimeField(read_only=True)

    class Meta:
        model = StockEntry
        fields = (
            "sku", "warehouse", "pool", "kind", "cause", "on_hand_change", "committed_change", "on_hand_after",
            "committed_after", "as_of", "at", "reason", "source",
        )  # fmt: skip
        read_only_fields = fields


class TransferSerializer(serializers.Serializer):
    taken = EntrySerializer()
    brought = EntrySerializer()


class EntryQuery(serializers.Serializer):
    sku = serializers.CharField(required=False, max_length=60)
    warehouse = serializers.CharField(required=False, max_length=60, help_text="Code.")
    kind = serializers.ChoiceField(choices=EntryKind.choices, required=False)


class NewInboundSerializer(PlaceSerializer):
    quantity = serializers.IntegerField(min_value=1, max_value=_LARGEST)
    expected_on = serializers.DateField()
    reference = serializers.CharField(
        max_length=120, help_text="Yours. Repeated for the same item and warehouse it says anew how many come and when."
    )


class InboundSerializer(serializers.ModelSerializer):
    """Goods on their way, or arrived. `quantity` is what was announced."""

    id = serializers.CharField(source="public_id", read_only=True)
    sku = serializers.CharField(source="item.sku", read_only=True)
    warehouse = serializers.CharField(source="warehouse.code", read_only=True)
    arrived_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = Inbound
        fields = (
            "id", "sku", "warehouse", "pool", "quantity", "expected_on", "reference", "state", "arrived_quantity",
            "arrived_at",
        )  # fmt: skip
        read_only_fields = fields


class InboundQuery(serializers.Serializer):
    sku = serializers.CharField(required=False, max_length=60)
    state = serializers.ChoiceField(choices=InboundState.choices, required=False)


class ReceiptSerializer(serializers.Serializer):
    quantity = serializers.IntegerField(
        min_value=0, max_value=_LARGEST, required=False, allow_null=True, help_text="Null: what was announced."
    )
    arrived_at = UtcDateTimeField(required=False, allow_null=True, help_text="Null: now.")
