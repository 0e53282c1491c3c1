"""How proposals look in the API. Quantities are whole eaches, times are UTC, money is a string with its currency."""

from typing import Any

from rest_framework import serializers

from acorn.core import messages
from acorn.rest.fields import MoneyField, UtcDateTimeField
from orders.types import AnswerMode, Option, ProposedLine, RejectionReason


class ReasonSerializer(serializers.Serializer):
    """`code` and `params` are for programs, `message` and `fix` for people, in the language that was asked for."""

    code = serializers.CharField()
    params = serializers.DictField()
    message = serializers.SerializerMethodField()
    fix = serializers.SerializerMethodField()

    def get_message(self, told: dict[str, Any]) -> str:
        return messages.render(told["code"], told["params"])

    def get_fix(self, told: dict[str, Any]) -> str:
        return messages.render_fix(told["code"], told["params"])


class AnswerSerializer(serializers.Serializer):
    """An answer to one line, in the form in which it can be sent."""

    sequence = serializers.CharField()
    accepted = serializers.IntegerField()
    backordered = serializers.IntegerField()
    rejected = serializers.IntegerField()
    rejection_reason = serializers.ChoiceField(RejectionReason.choices, allow_blank=True)
    scheduled_ship_at = UtcDateTimeField(allow_null=True)
    scheduled_delivery_at = UtcDateTimeField(allow_null=True)
    backorder_ship_at = UtcDateTimeField(allow_null=True)
    backorder_delivery_at = UtcDateTimeField(allow_null=True)
    net_cost = serializers.DecimalField(20, 6, allow_null=True, help_text="Null: the order's own cost.")


class OptionSerializer(AnswerSerializer):
    """Another way to answer the line: what it means, and the money at risk (null: nobody can say)."""

    code = serializers.CharField()
    message = serializers.CharField()
    at_risk = MoneyField(allow_null=True)

    def to_representation(self, option: Option) -> dict[str, Any]:
        message = messages.render(option.code, option.params)
        flat = option.answer._asdict() | {"code": option.code, "message": message, "at_risk": option.at_risk}
        return super().to_representation(flat)


class ProposedLineSerializer(AnswerSerializer):
    """What is proposed for one line. With a `problem` nothing is: the quantities are 0, and a person has to decide."""

    ordered = serializers.IntegerField()
    at_risk = MoneyField(allow_null=True)
    problem = ReasonSerializer(allow_null=True)
    reasons = ReasonSerializer(many=True)
    doubts = ReasonSerializer(many=True, help_text="Why a policy would not send this by itself.")
    options = OptionSerializer(many=True)

    def to_representation(self, line: ProposedLine) -> dict[str, Any]:
        beside = {name: getattr(line, name) for name in ("ordered", "at_risk", "problem", "doubts", "options")}
        return super().to_representation(line.answer._asdict() | beside)


class OrderProposalSerializer(serializers.Serializer):
    """A proposed answer to an order. It holds as long as stock, costs and the order stay as they are."""

    purchase_order = serializers.CharField(source="order_public_id")
    mode = serializers.ChoiceField(AnswerMode.choices)
    is_clean = serializers.BooleanField(help_text="Whether a policy may send it without a person.")
    amount = MoneyField(allow_null=True, help_text="What is accepted and back-ordered, at the order's cost.")
    doubts = ReasonSerializer(many=True)
    lines = ProposedLineSerializer(many=True)
