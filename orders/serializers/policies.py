"""How policies look in the API."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from acorn.core.money import Money
from acorn.rest.fields import UtcDateTimeField
from orders.models import AnswerPolicy
from orders.selectors import to_policy
from orders.types import (
    AnswerMode,
    FreightTerms,
    Hold,
    HoldKind,
    PassableWarning,
    PolicyTerms,
    RejectionReason,
)


class AmountSerializer(serializers.Serializer):
    amount = serializers.DecimalField(20, 4, min_value=Decimal(0))
    currency = serializers.RegexField("^[A-Z]{3}$")


class HoldSerializer(serializers.Serializer):
    """Orders of an item (its SKU), a vendor code or to a fulfilment centre wait for a person, up to and with `until`."""

    kind = serializers.ChoiceField(HoldKind.choices)
    value = serializers.CharField(max_length=100)
    reason = serializers.CharField(max_length=300)
    until = serializers.DateField(allow_null=True, default=None)


class TermsSerializer(serializers.Serializer):
    """The terms of a policy. What is left out has its default."""

    warehouses = serializers.ListField(child=serializers.CharField(max_length=30), required=False, max_length=50)
    uses_stock = serializers.BooleanField(required=False)
    min_order = AmountSerializer(allow_null=True, required=False)
    whole_cases = serializers.BooleanField(required=False)
    partial_allowed = serializers.BooleanField(required=False)
    backorder_allowed = serializers.BooleanField(required=False)
    backorder_days = serializers.IntegerField(required=False, min_value=0, max_value=365)
    cost_tolerance = serializers.DecimalField(
        5, 2, required=False, min_value=Decimal(0), max_value=Decimal(100), help_text="Percent of the agreed cost."
    )
    holds = serializers.ListField(child=HoldSerializer(), required=False, max_length=500)
    reject_reasons = serializers.ListField(
        child=serializers.ChoiceField(RejectionReason.choices), required=False, max_length=3,
        help_text="Reasons for which the policy may reject without a person.",
    )  # fmt: skip
    passing_warnings = serializers.ListField(
        child=serializers.ChoiceField(PassableWarning.choices), required=False, max_length=len(PassableWarning),
        help_text="Warnings of the checks that do not keep the policy from sending.",
    )  # fmt: skip
    max_orders_per_hour = serializers.IntegerField(required=False, min_value=0, max_value=10_000)
    max_order_amount = AmountSerializer(allow_null=True, required=False)
    freight_terms = serializers.ChoiceField(
        FreightTerms.choices, required=False, allow_blank=True,
        help_text="Who pays the freight of orders that have both windows; empty where nobody has said.",
    )  # fmt: skip


class PolicySerializer(serializers.ModelSerializer):
    """How orders under one vendor code are answered. Each row stands as it was decided; the youngest counts."""

    id = serializers.CharField(source="public_id", read_only=True)
    terms = serializers.SerializerMethodField()
    actor = serializers.CharField(source="actor_label", read_only=True)
    created_at = UtcDateTimeField(read_only=True)

    class Meta:
        model = AnswerPolicy
        fields = ("id", "vendor_code", "mode", "terms", "reason", "actor", "created_at")
        read_only_fields = fields

    def get_terms(self, row: AnswerPolicy) -> TermsSerializer:  # the annotation is for the schema
        return to_policy(row).terms.stored()  # type: ignore[return-value]


class NewPolicySerializer(serializers.Serializer):
    """A decision about a vendor code."""

    vendor_code = serializers.RegexField(r"^[!-~]{1,20}$")
    mode = serializers.ChoiceField(AnswerMode.choices)
    terms = TermsSerializer(required=False)
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


def to_terms(values: Mapping[str, Any]) -> PolicyTerms:
    """Validated terms as a value."""
    converted: dict[str, Any] = dict(values)
    for name in ("min_order", "max_order_amount"):
        if converted.get(name) is not None:
            converted[name] = Money(converted[name]["amount"], converted[name]["currency"])
    for name, make in (("warehouses", tuple), ("reject_reasons", frozenset), ("passing_warnings", frozenset)):
        if name in converted:
            converted[name] = make(converted[name])
    if "holds" in converted:
        converted["holds"] = tuple(Hold(**hold) for hold in converted["holds"])
    return PolicyTerms(**converted)
