"""What a caller of the API may ask a list for, checked before anything is read."""

from rest_framework import serializers

from vendors.types import Environment, SubmissionState, SyncState


class ConnectionQuery(serializers.Serializer):
    search = serializers.CharField(
        required=False, max_length=120, help_text="Part of the name, or the start of a code."
    )
    archived = serializers.BooleanField(required=False, allow_null=True, default=None)


class VendorCodeQuery(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=20, help_text="The start of the code.")
    connection = serializers.CharField(required=False, max_length=40)


class SyncRunQuery(serializers.Serializer):
    search = serializers.CharField(
        required=False, max_length=120, help_text="A run's id, or part of a connection's name."
    )
    connection = serializers.CharField(required=False, max_length=40)
    state = serializers.ChoiceField(required=False, choices=SyncState.choices)


class ExchangeQuery(serializers.Serializer):
    """`since` is included, `until` is not."""

    search = serializers.CharField(required=False, max_length=200, help_text="Amazon's request id, or our own id.")
    connection = serializers.CharField(required=False, max_length=40)
    environment = serializers.ChoiceField(required=False, choices=Environment.choices)
    operation = serializers.CharField(required=False, max_length=60)
    error = serializers.CharField(required=False, max_length=40, help_text="Error class, such as Throttled.")
    status = serializers.IntegerField(required=False, min_value=100, max_value=599)
    failed = serializers.BooleanField(required=False, allow_null=True, default=None)
    request_id = serializers.CharField(required=False, max_length=200)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class SubmissionQuery(serializers.Serializer):
    search = serializers.CharField(
        required=False, max_length=200, help_text="What it is about (a PO number), Amazon's transaction id, or our id."
    )
    state = serializers.ChoiceField(required=False, choices=SubmissionState.choices)
    kind = serializers.CharField(required=False, max_length=40)
    connection = serializers.CharField(required=False, max_length=40)
    subject = serializers.CharField(required=False, max_length=60, help_text="Id of what it is about.")
