"""How the platform's own records look in the API."""

from typing import Any

from rest_framework import serializers

from acorn.accounts.models import ApiToken
from acorn.audit.models import AuditEvent
from acorn.core import messages
from acorn.rest.fields import UtcDateTimeField
from acorn.tenancy.models import Tenant


class TenantSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = Tenant
        fields = ("id", "slug", "name", "language", "time_zone", "currency")
        read_only_fields = fields


class TokenSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id", read_only=True)
    expires_at = UtcDateTimeField(read_only=True, allow_null=True)
    created_at = UtcDateTimeField(read_only=True)

    class Meta:
        model = ApiToken
        fields = ("id", "name", "created_at", "expires_at")
        read_only_fields = fields


class MeSerializer(serializers.Serializer):
    """The token that asked, its company, and what it may do (`*` = everything)."""

    token = TokenSerializer(source="*", read_only=True)
    tenant = TenantSerializer(read_only=True)
    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)


class AuditEventSerializer(serializers.ModelSerializer):
    """`code` and `params` are stable; `text` says the same in the language of Accept-Language."""

    id = serializers.CharField(source="public_id", read_only=True)
    at = UtcDateTimeField(read_only=True)
    actor = serializers.SerializerMethodField()
    subject = serializers.SerializerMethodField()
    params = serializers.DictField(read_only=True)
    text = serializers.SerializerMethodField()

    class Meta:
        model = AuditEvent
        fields = ("id", "at", "actor", "code", "params", "text", "subject", "reason")

    def get_actor(self, event: AuditEvent) -> dict[str, str]:
        return {"kind": event.actor_kind, "id": event.actor_id, "label": event.actor_label}

    def get_subject(self, event: AuditEvent) -> dict[str, str] | None:
        if not event.subject_kind:
            return None
        return {"kind": event.subject_kind, "id": event.subject_id, "label": event.subject_label}

    def get_text(self, event: AuditEvent) -> str:
        params: dict[str, Any] = event.params
        return messages.render(event.code, params)
