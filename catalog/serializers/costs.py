from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from acorn.rest.fields import UtcDateTimeField
from catalog.models import AgreedCost
from catalog.types import CostStatus


class CostSerializer(serializers.ModelSerializer):
    """What Amazon has agreed to pay for one each, from `valid_from` to `valid_until`, both included."""

    id = serializers.CharField(source="public_id", read_only=True)
    sku = serializers.CharField(source="item.sku", read_only=True)
    cost = serializers.DecimalField(max_digits=20, decimal_places=6, read_only=True)
    created_at = UtcDateTimeField(read_only=True)
    decided_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = AgreedCost
        fields = (
            "id", "sku", "vendor_code", "currency", "cost", "valid_from", "valid_until", "status", "deal_code", "note",
            "created_at", "decided_at",
        )  # fmt: skip
        read_only_fields = fields


class _CostValues(serializers.Serializer):
    vendor_code = serializers.CharField(max_length=20)
    currency = serializers.CharField(min_length=3, max_length=3)
    cost = serializers.DecimalField(max_digits=19, decimal_places=6, help_text="Of one each.")
    valid_from = serializers.DateField(help_text="Orders of this day and later have it.")
    valid_until = serializers.DateField(required=False, allow_null=True, help_text="The last day; a deal needs one.")
    deal_code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    ends_previous = serializers.BooleanField(
        required=False, help_text="Let the cost before it end on the day before, once this one is active."
    )


class NewCostSerializer(_CostValues):
    sku = serializers.CharField(max_length=60)
    status = serializers.ChoiceField(choices=CostStatus.choices, required=False, help_text="REQUESTED or ACTIVE.")


@extend_schema_serializer(component_name="CostChange")
class CostChangeSerializer(_CostValues):
    """What is left out stays. Of an active cost only its last day and note may change. `status` decides a requested one."""

    status = serializers.ChoiceField(choices=CostStatus.choices, required=False, help_text="ACTIVE or REFUSED.")
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, partial=True, **kwargs)


class CostQuery(serializers.Serializer):
    sku = serializers.CharField(required=False, max_length=60)
    vendor_code = serializers.CharField(required=False, max_length=20)
    currency = serializers.CharField(required=False, max_length=3)
    status = serializers.ChoiceField(choices=CostStatus.choices, required=False)
