"""How shipments look in the API. Quantities are whole eaches, lengths millimetres, weights grams, times UTC."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from acorn.rest.fields import PublicIdField, UtcDateTimeField
from orders.types import FreightTerms
from shipments.models import Shipment
from shipments.selectors import LoadedCarton
from shipments.types import Content, PackedCarton, PlanKind, ReportedContent

_MOST = 2_000_000_000
# so much of a line that 5,000 rows of it in one carton still are a number that can be kept
_MOST_IN_ROW = 400_000
_LONGEST_MM = 100_000
_MAX_CARTONS = 20_000


class NewShipmentsSerializer(serializers.Serializer):
    """Which orders shall leave which warehouse."""

    purchase_orders = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=1000)
    warehouse = serializers.CharField(max_length=60, help_text="Code or id.")
    plan = serializers.ChoiceField(choices=PlanKind.choices, default=PlanKind.AUTO)
    freight_terms = serializers.ChoiceField(
        choices=FreightTerms.choices, required=False, allow_blank=True, allow_null=True,
        help_text="Instead of what the orders' windows and the policy of the vendor code say.",
    )  # fmt: skip


class ContentSerializer(serializers.Serializer):
    """Eaches of one order line. `sequence` is the line's; `scale_weight` is what the scale said, for goods priced by weight."""

    purchase_order = serializers.CharField(max_length=60, help_text="Id.")
    sequence = serializers.CharField(max_length=100)
    eaches = serializers.IntegerField(min_value=1, max_value=_MOST_IN_ROW)
    lot_number = serializers.CharField(max_length=60, required=False, allow_blank=True, allow_null=True)
    expiry_date = serializers.DateField(required=False, allow_null=True)
    manufacture_date = serializers.DateField(required=False, allow_null=True)
    origin_country = serializers.CharField(max_length=2, required=False, allow_blank=True, allow_null=True)
    scale_weight = serializers.IntegerField(min_value=1, max_value=_MOST_IN_ROW, required=False, allow_null=True)


class CartonSerializer(serializers.Serializer):
    """A carton. `pallet` counts from 1 within the shipment, null is loose."""

    sscc = serializers.CharField(
        max_length=40, required=False, allow_blank=True, allow_null=True,
        help_text="Null: the carton's own, or the next number of the company's.",
    )  # fmt: skip
    pallet = serializers.IntegerField(min_value=0, max_value=10_000, required=False, allow_null=True)
    tracking_number = serializers.CharField(max_length=60, required=False, allow_blank=True, allow_null=True)
    weight = serializers.IntegerField(min_value=1, max_value=_MOST, required=False, allow_null=True)
    length_mm = serializers.IntegerField(min_value=1, max_value=_LONGEST_MM, required=False, allow_null=True)
    width_mm = serializers.IntegerField(min_value=1, max_value=_LONGEST_MM, required=False, allow_null=True)
    height_mm = serializers.IntegerField(min_value=1, max_value=_LONGEST_MM, required=False, allow_null=True)
    contents = serializers.ListField(child=ContentSerializer(), min_length=1, max_length=5000)


class PackingSerializer(serializers.Serializer):
    """A whole packing. With `version`, the one that was read, an older picture overwrites nothing."""

    cartons = serializers.ListField(child=CartonSerializer(), max_length=_MAX_CARTONS)
    version = serializers.IntegerField(min_value=0, max_value=_MOST, required=False, allow_null=True)
    overpack_reason = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default="",
        help_text="Why more is packed than may be shipped; the audit trail keeps it.",
    )  # fmt: skip


class ReportedSerializer(serializers.Serializer):
    """Eaches of an order line in a carton. What is said of the carton may stand in any of its rows."""

    sscc = serializers.CharField(max_length=40)
    purchase_order = serializers.CharField(max_length=60, help_text="Id or number.")
    sequence = serializers.CharField(max_length=100, help_text="The order line's.")
    eaches = serializers.IntegerField(min_value=1, max_value=_MOST_IN_ROW)
    lot_number = serializers.CharField(max_length=60, required=False, allow_blank=True, allow_null=True)
    expiry_date = serializers.DateField(required=False, allow_null=True)
    manufacture_date = serializers.DateField(required=False, allow_null=True)
    origin_country = serializers.CharField(max_length=2, required=False, allow_blank=True, allow_null=True)
    scale_weight = serializers.IntegerField(min_value=1, max_value=_MOST_IN_ROW, required=False, allow_null=True)
    pallet = serializers.CharField(
        max_length=40, required=False, allow_blank=True, allow_null=True, help_text="A number from 1, or its SSCC."
    )
    tracking_number = serializers.CharField(max_length=60, required=False, allow_blank=True, allow_null=True)
    weight = serializers.IntegerField(min_value=1, max_value=_MOST, required=False, allow_null=True)
    length_mm = serializers.IntegerField(min_value=1, max_value=_LONGEST_MM, required=False, allow_null=True)
    width_mm = serializers.IntegerField(min_value=1, max_value=_LONGEST_MM, required=False, allow_null=True)
    height_mm = serializers.IntegerField(min_value=1, max_value=_LONGEST_MM, required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> ReportedContent:
        given = super().to_internal_value(data)
        return ReportedContent(
            given["sscc"], given["purchase_order"], given["sequence"], given["eaches"], given.get("lot_number") or "",
            given.get("expiry_date"), given.get("manufacture_date"), given.get("origin_country") or "",
            given.get("scale_weight"), given.get("pallet") or "", given.get("tracking_number") or "",
            given.get("weight"), given.get("length_mm"), given.get("width_mm"), given.get("height_mm"),
        )  # fmt: skip


class CartonImportSerializer(serializers.Serializer):
    """Cartons as a warehouse system packed them: a row for each order line, lot and expiry in a carton."""

    source = serializers.CharField(  # type: ignore[assignment]
        max_length=60, help_text="What the system is called; the history shows it."
    )
    warehouse = serializers.CharField(
        max_length=60, required=False, allow_blank=True, allow_null=True,
        help_text="Code or id: where new shipments leave from; not needed where there is one warehouse only.",
    )  # fmt: skip
    cartons = serializers.ListField(child=ReportedSerializer(), min_length=1, max_length=_MAX_CARTONS)


class ShippableSerializer(serializers.Serializer):
    """What of an order line may go into a shipment, in eaches: now, from a later day on, and what is in open shipments."""

    sequence = serializers.CharField(help_text="The order line's.")
    eaches = serializers.IntegerField()
    later = serializers.IntegerField(help_text="Back-ordered for a day that has not come.")
    in_shipments = serializers.IntegerField(help_text="Planned or packed in shipments that have not departed.")


class ShippableLinesSerializer(serializers.Serializer):
    lines = ShippableSerializer(many=True)


class PackedSerializer(serializers.Serializer):
    """Which cartons are closed; all of them where none is named."""

    cartons = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, allow_empty=False, max_length=_MAX_CARTONS
    )


class CancelSerializer(serializers.Serializer):
    """Why a shipment is given up."""

    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


def read_cartons(given: list[dict[str, Any]], orders: dict[str, int]) -> list[PackedCarton]:
    """Checked cartons as values; `orders` by public id. An order that is not among them has the key 0."""
    return [
        PackedCarton(
            tuple(_content(content, orders) for content in carton["contents"]),
            carton.get("pallet") or 0, carton.get("sscc") or "", carton.get("tracking_number") or "",
            carton.get("length_mm"), carton.get("width_mm"), carton.get("height_mm"), carton.get("weight"),
        )
        for carton in given
    ]  # fmt: skip


def _content(given: dict[str, Any], orders: dict[str, int]) -> Content:
    return Content(
        orders.get(given["purchase_order"], 0), given["sequence"], given["eaches"], given.get("lot_number") or "",
        given.get("expiry_date"), given.get("manufacture_date"), given.get("origin_country") or "",
        given.get("scale_weight"),
    )  # fmt: skip


class ShipmentSerializer(serializers.ModelSerializer):
    """A shipment: goods of one vendor code for one fulfilment centre. `version` grows with each change of its packing."""

    id = serializers.CharField(source="public_id", read_only=True)
    connection = PublicIdField(source="connection.public_id")
    warehouse = serializers.CharField(source="warehouse.code", read_only=True)
    planned_departure_at = UtcDateTimeField(read_only=True, allow_null=True)
    departed_at = UtcDateTimeField(read_only=True, allow_null=True)
    estimated_delivery_at = UtcDateTimeField(read_only=True, allow_null=True)
    arrived_at = UtcDateTimeField(read_only=True, allow_null=True)
    deadline_at = UtcDateTimeField(read_only=True, allow_null=True)
    created_at = UtcDateTimeField(read_only=True)
    changed_at = UtcDateTimeField(read_only=True)
    cancelled_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = Shipment
        fields: tuple[str, ...] = (
            "id", "number", "state", "connection", "environment", "marketplace", "vendor_code", "ship_to_party",
            "warehouse", "freight_terms", "is_import", "mode", "transportation_mode", "carrier_scac", "pro_number",
            "bol_number", "amazon_reference_number", "planned_departure_at", "departed_at", "estimated_delivery_at",
            "arrived_at", "deadline_at", "deadline_kind", "carton_count", "pallet_count", "eaches", "weight_g",
            "volume_cm3", "created_at", "created_by", "changed_at", "cancelled_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class ShownContentSerializer(serializers.Serializer):
    """Eaches of one order line."""

    purchase_order = serializers.CharField(help_text="Id.")
    sequence = serializers.CharField(help_text="The order line's.")
    eaches = serializers.IntegerField()
    lot_number = serializers.CharField(allow_null=True)
    expiry_date = serializers.DateField(allow_null=True)
    manufacture_date = serializers.DateField(allow_null=True)
    origin_country = serializers.CharField(allow_null=True)
    scale_weight = serializers.IntegerField(allow_null=True)


class ShownCartonSerializer(serializers.Serializer):
    """A carton. `sequence` is its place in the shipment, from 1; `pallet` the pallet that it stands on, null is loose."""

    id = serializers.CharField()
    sequence = serializers.IntegerField()
    sscc = serializers.CharField(help_text="18 digits.")
    pallet = serializers.IntegerField(allow_null=True)
    tracking_number = serializers.CharField(allow_null=True)
    weight = serializers.IntegerField(allow_null=True, help_text="Grams, gross.")
    length_mm = serializers.IntegerField(allow_null=True)
    width_mm = serializers.IntegerField(allow_null=True)
    height_mm = serializers.IntegerField(allow_null=True)
    packed_at = UtcDateTimeField(allow_null=True)
    contents = ShownContentSerializer(many=True)


class ShownPalletSerializer(serializers.Serializer):
    """A pallet; `sequence` is its place in the shipment, from 1."""

    id = serializers.CharField(source="public_id")
    sequence = serializers.IntegerField(source="position")
    sscc = serializers.SerializerMethodField(help_text="18 digits; null where the company has no GS1 prefix.")

    def get_sscc(self, pallet: Any) -> str | None:
        return pallet.sscc or None


class OrderOfShipmentSerializer(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField()


class ShipmentDetailSerializer(ShipmentSerializer):
    """A shipment with its orders and cartons."""

    purchase_orders = OrderOfShipmentSerializer(many=True, read_only=True, source="loaded_orders")
    pallets = ShownPalletSerializer(many=True, read_only=True, source="loaded_pallets")
    cartons = serializers.SerializerMethodField()

    class Meta(ShipmentSerializer.Meta):
        fields = (*ShipmentSerializer.Meta.fields, "purchase_orders", "pallets", "cartons")
        read_only_fields = fields

    @extend_schema_field(ShownCartonSerializer(many=True))
    def get_cartons(self, shipment: Any) -> list[dict[str, Any]]:
        # by hand: a shipment may have thousands of them
        orders = {order.pk: order.public_id for order in shipment.loaded_orders}
        return [_show_carton(carton, orders) for carton in shipment.loaded_cartons]


def _show_carton(carton: LoadedCarton, orders: dict[int, str]) -> dict[str, Any]:
    row = carton.row
    return {
        "id": row.public_id, "sequence": row.position, "sscc": row.sscc, "pallet": carton.pallet or None,
        "tracking_number": row.tracking_number or None, "weight": row.weight_g, "length_mm": row.length_mm,
        "width_mm": row.width_mm, "height_mm": row.height_mm, "packed_at": _INSTANT.to_representation(row.packed_at),
        "contents": [
            {
                "purchase_order": orders[content.order_id], "sequence": content.sequence, "eaches": content.eaches,
                "lot_number": content.lot_number or None, "expiry_date": content.expires_on,
                "manufacture_date": content.manufactured_on, "origin_country": content.origin_country or None,
                "scale_weight": content.scale_weight_g,
            }
            for content in carton.contents
        ],
    }  # fmt: skip


_INSTANT = UtcDateTimeField()


class ShipmentsSerializer(serializers.Serializer):
    shipments = ShipmentDetailSerializer(many=True)
