"""What a caller may ask a list for, checked before anything is read."""

from rest_framework import serializers


class AuditQuery(serializers.Serializer):
    """Filters of the audit trail; `since` is included, `until` is not."""

    search = serializers.CharField(required=False, max_length=200, help_text="Begins with: subject, actor or code.")
    code = serializers.CharField(required=False, max_length=80)
    actor = serializers.CharField(required=False, max_length=60, help_text="Id of the person or token.")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
