"""How the owners of master tables, and their reviews, look in the API."""

from rest_framework import serializers

from acorn.rest.fields import UtcDateTimeField
from catalog.selectors.reviews import Review


class ReviewSerializer(serializers.Serializer):
    """A master table, who answers for it and when it is to be looked through; nulls where nobody does yet."""

    table = serializers.CharField(source="table.name")
    label = serializers.CharField(source="table.label")  # type: ignore[assignment]
    owner = serializers.CharField(source="review.owner_id", default=None, allow_null=True)
    owner_name = serializers.CharField(source="review.owner_label", default=None, allow_null=True)
    owner_is_member = serializers.SerializerMethodField()
    period_days = serializers.IntegerField(source="review.period_days", default=None, allow_null=True)
    reviewed_at = UtcDateTimeField(source="review.reviewed_at", default=None, allow_null=True)
    reviewed_by = serializers.CharField(source="review.reviewed_by", default=None, allow_null=True)
    due_at = UtcDateTimeField(source="review.due_at", default=None, allow_null=True)
    is_due = serializers.BooleanField()

    def get_owner_is_member(self, row: Review) -> bool:
        return row.review is not None and not row.is_gone


class AssignmentSerializer(serializers.Serializer):
    table = serializers.CharField(max_length=40)
    owner = serializers.CharField(max_length=254, help_text="A member of the company: id, or e-mail address.")
    period_days = serializers.IntegerField(min_value=1, max_value=1_000)


class ReviewedSerializer(serializers.Serializer):
    table = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True, default="")
