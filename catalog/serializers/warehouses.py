from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from acorn.rest.fields import UtcDateTimeField
from catalog.models import Warehouse
from catalog.types import ADDRESS_FIELDS, Pool

_REQUIRED = ("address_line_1", "city", "country_code")


def _part(name: str) -> serializers.CharField:
    if name == "country_code":
        return serializers.CharField(min_length=2, max_length=2, help_text="Two letters: US, DE …")
    is_optional = name not in _REQUIRED
    return serializers.CharField(
        max_length=200, required=not is_optional, allow_blank=is_optional, allow_null=is_optional
    )


class AddressSerializer(serializers.Serializer):
    """An address in parts; parts that are empty may be left out."""

    def get_fields(self) -> dict[str, Any]:
        return {name: _part(name) for name in ADDRESS_FIELDS}


class WarehouseSerializer(serializers.ModelSerializer):
    """A place where the company has stock. `pool` is in whose hands stock there is, unless said otherwise."""

    id = serializers.CharField(source="public_id", read_only=True)
    address = serializers.SerializerMethodField()
    created_at = UtcDateTimeField(read_only=True)
    archived_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = Warehouse
        fields = (
            "id", "code", "name", "ship_from_party_id", "address", "time_zone", "pool", "created_at", "archived_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(AddressSerializer)
    def get_address(self, warehouse: Warehouse) -> dict[str, str]:
        return dict(warehouse.address)


class NewWarehouseSerializer(serializers.Serializer):
    code = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=120)
    address = AddressSerializer()
    ship_from_party_id = serializers.CharField(
        max_length=60, required=False, allow_blank=True, allow_null=True, help_text="How Amazon names the place."
    )
    time_zone = serializers.CharField(max_length=60, required=False, allow_blank=True, help_text="America/New_York …")
    pool = serializers.ChoiceField(choices=Pool.choices, required=False)


@extend_schema_serializer(component_name="WarehouseChange")
class WarehouseChangeSerializer(NewWarehouseSerializer):
    """What is left out stays as it is, parts of the address too. `archived` takes a warehouse out of use, or back."""

    archived = serializers.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, partial=True, **kwargs)


class WarehouseQuery(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=200)
    archived = serializers.BooleanField(required=False, allow_null=True, default=None)
