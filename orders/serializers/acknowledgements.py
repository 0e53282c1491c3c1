"""How answers to orders look in the API. Quantities are whole eaches, money is a string, times are UTC."""

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from acorn.core.money import Money
from acorn.rest.fields import MoneyField, PublicIdField, UtcDateTimeField
from orders.models import Acknowledgement, AcknowledgementLine
from orders.selectors import find_currency
from orders.types import LineAnswer, RejectionReason
from vendors.types import SubmissionState

# what a bigint holds, and no order of Amazon's comes near
_MOST = 10**12


_CURRENCY = re.compile("[A-Z]{3}", re.ASCII)
_AMOUNT = {"type": "string", "format": "decimal"}


@extend_schema_field(
    {
        "oneOf": [
            _AMOUNT,
            {
                "type": "object",
                "properties": {"amount": _AMOUNT, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
                "required": ["amount", "currency"],
            },
        ],
        "nullable": True,
        "description": "Per each, in the order's currency: the amount alone, or as it is read, with the currency.",
    }
)
class CostField(serializers.DecimalField):
    """A cost per each, alone or with the currency that it is in; zeros at its end are no decimal places."""

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, dict):
            return super().to_internal_value(data)
        currency = data.get("currency")
        if not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
            self.fail("invalid")
        return super().to_internal_value(str(data.get("amount", "")))

    def validate_precision(self, value: Decimal) -> Decimal:
        return super().validate_precision(value.normalize())


class LineAnswerSerializer(serializers.Serializer):
    """What is said about one line, in eaches. Dates are taken from the order's window where none are given, the cost from the order."""

    sequence = serializers.CharField(max_length=100)
    accepted = serializers.IntegerField(min_value=0, max_value=_MOST, default=0)
    backordered = serializers.IntegerField(min_value=0, max_value=_MOST, default=0)
    rejected = serializers.IntegerField(min_value=0, max_value=_MOST, default=0)
    rejection_reason = serializers.ChoiceField(
        choices=RejectionReason.choices, required=False, allow_blank=True, allow_null=True
    )
    scheduled_ship_at = UtcDateTimeField(required=False, allow_null=True)
    scheduled_delivery_at = UtcDateTimeField(required=False, allow_null=True)
    backorder_ship_at = UtcDateTimeField(required=False, allow_null=True)
    backorder_delivery_at = UtcDateTimeField(required=False, allow_null=True)
    net_cost = CostField(max_digits=18, decimal_places=6, required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> LineAnswer:
        values = super().to_internal_value(data)
        values["rejection_reason"] = values.get("rejection_reason") or ""
        return LineAnswer(**values)


class AnswerRequestSerializer(serializers.Serializer):
    """An answer to an order: all of its lines, or what the policy proposes."""

    purchase_order = serializers.CharField(max_length=60)
    use_proposal = serializers.BooleanField(default=False)
    lines = serializers.ListField(child=LineAnswerSerializer(), required=False, allow_empty=False, max_length=5000)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["use_proposal"] == ("lines" in values):
            raise serializers.ValidationError("Give either lines or use_proposal.", code="lines_or_proposal")
        costs = [line.get("net_cost") for line in self.initial_data.get("lines") or ()]
        named = {cost["currency"] for cost in costs if isinstance(cost, dict)}
        currency = find_currency(values["purchase_order"]) if named else None
        if currency is not None and named != {currency}:
            raise serializers.ValidationError({"lines": [f"net_cost is in {currency}, the order's currency."]})
        return values


class SubmissionStateSerializer(serializers.Serializer):
    """The document that carries the answer, on its way to Amazon."""

    id = PublicIdField(source="public_id")
    state = serializers.ChoiceField(choices=SubmissionState.choices, read_only=True)


class AcknowledgementSerializer(serializers.ModelSerializer):
    """An answer. `submission` is null where it was given outside ACORN, in Vendor Central or by EDI."""

    id = serializers.CharField(source="public_id", read_only=True)
    purchase_order = PublicIdField(source="order.public_id")
    created_at = UtcDateTimeField(read_only=True)
    submission = SubmissionStateSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Acknowledgement
        fields: tuple[str, ...] = ("id", "purchase_order", "origin", "order_version", "created_at", "submission")
        read_only_fields = fields


class AnswerLineSerializer(serializers.ModelSerializer):
    """One line of an answer, as it was given."""

    accepted = serializers.IntegerField(source="accepted_eaches", read_only=True)
    backordered = serializers.IntegerField(source="backordered_eaches", read_only=True)
    rejected = serializers.IntegerField(source="rejected_eaches", read_only=True)
    net_cost = serializers.SerializerMethodField()
    scheduled_ship_at = UtcDateTimeField(read_only=True, allow_null=True)
    scheduled_delivery_at = UtcDateTimeField(read_only=True, allow_null=True)
    backorder_ship_at = UtcDateTimeField(read_only=True, allow_null=True)
    backorder_delivery_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = AcknowledgementLine
        fields = (
            "sequence", "accepted", "backordered", "rejected", "rejection_reason", "net_cost", "scheduled_ship_at",
            "scheduled_delivery_at", "backorder_ship_at", "backorder_delivery_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MoneyField(allow_null=True))
    def get_net_cost(self, line: AcknowledgementLine) -> dict[str, str] | None:
        currency = self.context["currency"]
        if line.net_cost is None or not currency:
            return None
        return MoneyField().to_representation(Money(line.net_cost, currency))


class AcknowledgementDetailSerializer(AcknowledgementSerializer):
    """An answer with its lines."""

    lines = AnswerLineSerializer(many=True, read_only=True, source="loaded_lines")

    class Meta(AcknowledgementSerializer.Meta):
        fields = (*AcknowledgementSerializer.Meta.fields, "lines")
        read_only_fields = fields
