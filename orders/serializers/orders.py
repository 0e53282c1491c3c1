"""How orders look in the API. Money is a string, quantities are whole eaches, times are UTC."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from acorn.core import messages
from acorn.core.money import Money
from acorn.rest.fields import MoneyField, PublicIdField, UtcDateTimeField
from orders import selectors
from orders.models import Finding, PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine
from orders.types import FreightTerms, Policy

_INSTANTS = (
    "ordered_at", "changed_at", "state_changed_at", "ship_window_start", "ship_window_end", "delivery_window_start",
    "delivery_window_end", "deadline_at", "first_seen_at", "last_seen_at", "adopted_at", "closed_short_at",
)  # fmt: skip


class OrderSerializer(serializers.ModelSerializer):
    """An order. `state` is ours, `amazon_state` is Amazon's word as it came."""

    id = serializers.CharField(source="public_id", read_only=True)
    connection = PublicIdField(source="connection.public_id")
    is_import = serializers.BooleanField(read_only=True)
    freight_terms = serializers.SerializerMethodField(
        help_text="COLLECT or PREPAID; empty where neither the windows nor the policy of the vendor code tell."
    )
    is_invoiceable = serializers.SerializerMethodField(help_text="Consigned goods are shipped, and never invoiced.")
    total_cost = serializers.SerializerMethodField(help_text="Sum of net costs of lines priced per each.")

    class Meta:
        model = PurchaseOrder
        fields: tuple[str, ...] = (
            "id", "number", "vendor_code", "connection", "marketplace", "environment", "amazon_state", "state", "type",
            "payment_method", "deal_code", "is_import", "freight_terms", "is_invoiceable", "ordered_at", "changed_at", "state_changed_at",
            "ship_window_start", "ship_window_end", "delivery_window_start", "delivery_window_end", "ship_to_party",
            "bill_to_party", "buying_party", "currency", "total_cost", "line_count", "total_eaches", "deadline_at",
            "deadline_kind", "is_history", "adopted_at", "closed_short_at", "closed_short_reason", "has_unseen_change", "finding_count", "first_seen_at", "last_seen_at",
        )  # fmt: skip
        read_only_fields = fields

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        field_class, options = super().build_standard_field(field_name, model_field)
        if field_name in _INSTANTS:
            field_class = UtcDateTimeField
        return field_class, options

    @extend_schema_field(serializers.ChoiceField(choices=FreightTerms.choices, allow_blank=True))
    def get_freight_terms(self, order: PurchaseOrder) -> str:
        return selectors.freight_terms(order, self._policies())

    def _policies(self) -> dict[str, Policy]:
        """Asked once, for all the orders that are shown."""
        shown: Any = self.root
        if not hasattr(shown, "found_policies"):
            rows = shown.instance if isinstance(shown.instance, list) else [shown.instance]
            shown.found_policies = selectors.find_policies({row.vendor_code for row in rows})
        policies: dict[str, Policy] = shown.found_policies
        return policies

    def get_is_invoiceable(self, order: PurchaseOrder) -> bool:
        return selectors.is_invoiceable(order)

    def get_total_cost(self, order: PurchaseOrder) -> str:
        return format(order.total_cost, "f")


class QuantitySerializer(serializers.Serializer):
    """As Amazon ordered it: `amount` in `unit` (Cases or Eaches), `unit_size` eaches in one of them."""

    amount = serializers.IntegerField(source="ordered_amount")
    unit = serializers.CharField(source="ordered_unit")
    unit_size = serializers.IntegerField()


class LineSerializer(serializers.ModelSerializer):
    """A line. `ordered_eaches` is net: what Amazon cancelled is already off it."""

    ordered_quantity = QuantitySerializer(source="*", read_only=True)
    net_cost = serializers.SerializerMethodField()
    list_price = serializers.SerializerMethodField()
    original_ordered_eaches = serializers.IntegerField(source="original_eaches", read_only=True)
    open_eaches = serializers.IntegerField(read_only=True)
    backorder_allowed = serializers.BooleanField(source="is_backorder_allowed", read_only=True, allow_null=True)
    last_received_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = PurchaseOrderLine
        fields = (
            "sequence", "asin", "vendor_sku", "ordered_quantity", "ordered_eaches", "original_ordered_eaches",
            "net_cost", "list_price", "price_unit", "accepted_eaches", "backordered_eaches", "rejected_eaches",
            "cancelled_eaches", "packed_eaches", "shipped_eaches", "received_eaches", "invoiced_eaches", "paid_eaches",
            "open_eaches", "backorder_allowed", "confirmation_status", "receive_status", "last_received_at",
            "is_withdrawn",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MoneyField(allow_null=True))
    def get_net_cost(self, line: PurchaseOrderLine) -> dict[str, str] | None:
        return _money(line.net_cost, line.currency)

    @extend_schema_field(MoneyField(allow_null=True))
    def get_list_price(self, line: PurchaseOrderLine) -> dict[str, str] | None:
        return _money(line.list_price, line.currency)


def _money(amount: Decimal | None, currency: str) -> dict[str, str] | None:
    return None if amount is None else MoneyField().to_representation(Money(amount, currency))


class FindingSerializer(serializers.ModelSerializer):
    """Something odd in what Amazon sent: `code` is for programs, `message` and `fix` are for people."""

    message = serializers.SerializerMethodField()
    fix = serializers.SerializerMethodField()
    seen_at = UtcDateTimeField(read_only=True)

    class Meta:
        model = Finding
        fields = ("code", "line", "message", "fix", "seen_at")
        read_only_fields = fields

    def get_message(self, finding: Finding) -> str:
        return messages.render(finding.code, finding.params)

    def get_fix(self, finding: Finding) -> str:
        return messages.render_fix(finding.code, finding.params)


class OrderDetailSerializer(OrderSerializer):
    """An order with its lines. `parties` holds addresses and tax numbers by role, where Amazon sent them."""

    parties = serializers.DictField(read_only=True)
    import_details = serializers.DictField(child=serializers.CharField(), read_only=True)
    lines = LineSerializer(many=True, read_only=True, source="loaded_lines")
    findings = FindingSerializer(many=True, read_only=True, source="loaded_findings")

    class Meta(OrderSerializer.Meta):
        fields = (*OrderSerializer.Meta.fields, "parties", "import_details", "lines", "findings")
        read_only_fields = fields


@extend_schema_field({"nullable": True, "description": "A number, a text, yes or no, an object, or null."})
class AnyField(serializers.JSONField):
    """Whatever the field of the order holds."""


class ChangeSerializer(serializers.Serializer):
    """One changed field. `line` is the line's sequence number, or null for the order itself."""

    seen_at = UtcDateTimeField()
    line = serializers.SerializerMethodField()
    field = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        # `from` is no name that Python lets a class attribute have
        return super().get_fields() | {"from": AnyField(source="before"), "to": AnyField(source="after")}

    def get_line(self, change: PurchaseOrderChange) -> str | None:
        return change.line or None


class CloseShortSerializer(serializers.Serializer):
    """Why nothing more of an order will be delivered."""

    reason = serializers.CharField(max_length=1000)


class ShortCloseSerializer(OrderDetailSerializer):
    """The order, and what was given up by closing it short."""

    given_up_eaches = serializers.IntegerField(read_only=True)
    given_up_amount = MoneyField(allow_null=True)
    possible_charge = MoneyField(allow_null=True)

    class Meta(OrderDetailSerializer.Meta):
        fields = (*OrderDetailSerializer.Meta.fields, "given_up_eaches", "given_up_amount", "possible_charge")
        read_only_fields = fields
