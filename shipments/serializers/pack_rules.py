"""How pack rules and carton types look in the API. Lengths are millimetres outside, weights grams."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from acorn.rest.fields import UtcDateTimeField
from shipments.models import CartonType, PackRule

_LARGEST = 1_000_000_000


class CartonTypeSerializer(serializers.ModelSerializer):
    """An empty carton. `max_weight_g` is gross; null where only the marketplace's own limit holds."""

    id = serializers.CharField(source="public_id", read_only=True)
    created_at = UtcDateTimeField(read_only=True)
    archived_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = CartonType
        fields = (
            "id", "code", "name", "length_mm", "width_mm", "height_mm", "tare_g", "max_weight_g", "created_at",
            "archived_at",
        )  # fmt: skip
        read_only_fields = fields


class NewCartonTypeSerializer(serializers.Serializer):
    code = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    length_mm = serializers.IntegerField(min_value=1, max_value=_LARGEST)
    width_mm = serializers.IntegerField(min_value=1, max_value=_LARGEST)
    height_mm = serializers.IntegerField(min_value=1, max_value=_LARGEST)
    tare_g = serializers.IntegerField(min_value=0, max_value=_LARGEST, required=False)
    max_weight_g = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False, allow_null=True)


@extend_schema_serializer(component_name="CartonTypeChange")
class CartonTypeChangeSerializer(NewCartonTypeSerializer):
    """What is left out stays as it is. `archived` takes a carton type out of use, or back."""

    archived = serializers.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, partial=True, **kwargs)


class CartonTypeQuery(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=60, help_text="The start of the code.")
    archived = serializers.BooleanField(required=False, allow_null=True, default=None)


class PackRuleSerializer(serializers.ModelSerializer):
    """How an item is packed. `carton_type` is a code; null where it is left open, like the other fields."""

    item = serializers.CharField(source="item.public_id", read_only=True)
    sku = serializers.CharField(source="item.sku", read_only=True)
    carton_type = serializers.SerializerMethodField()
    changed_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = PackRule
        fields = (
            "item", "sku", "carton_type", "eaches_per_carton", "may_mix", "cartons_per_layer", "layers_per_pallet",
            "changed_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_carton_type(self, rule: PackRule) -> str | None:
        return rule.carton_type.code if rule.carton_type else None


class NewPackRuleSerializer(serializers.Serializer):
    """How an item is packed; what is left out is open: a case pack to a carton, never mixed, no pallets."""

    carton_type = serializers.CharField(max_length=60, required=False, allow_null=True, help_text="Code or id.")
    eaches_per_carton = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False, allow_null=True)
    may_mix = serializers.BooleanField(
        required=False, help_text="Whether eaches that fill no carton may share one with other items."
    )
    cartons_per_layer = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False, allow_null=True)
    layers_per_pallet = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False, allow_null=True)

    def validate_carton_type(self, name: str | None) -> CartonType | None:
        if name is None:
            return None
        found = CartonType.objects.filter(code=name).first() or CartonType.objects.filter(public_id=name).first()
        if found is None:
            raise serializers.ValidationError(_("There is no carton type in use with this code or id."))
        return found


class PackRuleQuery(serializers.Serializer):
    sku = serializers.CharField(required=False, max_length=60)
