"""How pickups, appointments and documents look in the API. Times are UTC, by Amazon's clock."""

from rest_framework import serializers

from acorn.rest.fields import PublicIdField, UtcDateTimeField
from shipments.models import Appointment, Evidence, PickupRequest
from shipments.types import AppointmentStatus, PickupAction
from vendors.types import SubmissionState


class DocumentStateSerializer(serializers.Serializer):
    """The document on its way to Amazon."""

    id = PublicIdField(source="public_id")
    state = serializers.ChoiceField(choices=SubmissionState.choices, read_only=True)


class PickupAskSerializer(serializers.Serializer):
    """A pickup to ask for, or to take back. Without an instant the earliest that Amazon takes is asked for."""

    action = serializers.ChoiceField(choices=PickupAction.choices, default=PickupAction.NEW)
    pickup_at = UtcDateTimeField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class PickupSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id", read_only=True)
    pickup_at = UtcDateTimeField(source="requested_at", read_only=True)
    created_at = UtcDateTimeField(read_only=True)
    submission = DocumentStateSerializer(read_only=True, allow_null=True)

    class Meta:
        model = PickupRequest
        fields: tuple[str, ...] = ("id", "action", "pickup_at", "created_at", "submission")
        read_only_fields = fields


class AppointmentReportSerializer(serializers.Serializer):
    """What is known of a delivery slot."""

    reference = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    starts_at = UtcDateTimeField(required=False, allow_null=True, default=None)
    status = serializers.ChoiceField(choices=AppointmentStatus.choices, default=AppointmentStatus.CONFIRMED)


class AppointmentSerializer(serializers.ModelSerializer):
    starts_at = UtcDateTimeField(read_only=True, allow_null=True)
    at = UtcDateTimeField(read_only=True)

    class Meta:
        model = Appointment
        fields: tuple[str, ...] = ("reference", "starts_at", "status", "source", "at")
        read_only_fields = fields


class EvidenceSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id", read_only=True)
    name = serializers.CharField(source="file.name", read_only=True)
    at = UtcDateTimeField(read_only=True)

    class Meta:
        model = Evidence
        fields: tuple[str, ...] = ("id", "kind", "name", "sha256", "note", "at")
        read_only_fields = fields
