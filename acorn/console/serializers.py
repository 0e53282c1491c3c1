"""How the platform's own records look in the API."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from acorn.accounts.models import ApiToken
from acorn.audit.models import AuditEvent
from acorn.core import messages
from acorn.rest.fields import UtcDateTimeField
from acorn.tenancy import choices
from acorn.tenancy.models import Tenant


class TenantSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = Tenant
        fields = ("id", "slug", "name", "language", "time_zone", "currency")
        read_only_fields = fields


class TenantSettingsSerializer(TenantSerializer):
    """The company with every setting that the API names."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {choice.api_name: _field_of(choice) for choice in _named_choices()}

    def to_representation(self, instance: Tenant) -> dict[str, Any]:
        shown = TenantSerializer(instance).data
        return {**shown, **choices.chosen_by_api_name()}


class TenantChangeSerializer(serializers.Serializer):
    """What is left out stays as it is."""

    name = serializers.CharField(required=False, max_length=200)
    language = serializers.ChoiceField(required=False, choices=settings.LANGUAGES)
    time_zone = serializers.CharField(required=False, max_length=60)
    currency = serializers.CharField(required=False, min_length=3, max_length=3)

    def get_fields(self) -> dict[str, serializers.Field]:
        named = {choice.api_name: _field_of(choice, required=False) for choice in _named_choices()}
        return super().get_fields() | named

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # a mistyped name must not look like a success
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError({name: [_("There is no setting of this name.")] for name in unknown})
        return attrs


_FIELDS: dict[type, type[serializers.Field]] = {
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    str: serializers.CharField,
}


def _named_choices() -> list[choices.Choice]:
    return [choice for choice in choices.list_choices() if choice.api_name]


def _field_of(choice: choices.Choice, **options: Any) -> serializers.Field:
    if choice.kind is str:
        options["allow_blank"] = True
    return _FIELDS[choice.kind](help_text=str(choice.help or choice.label), **options)


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
