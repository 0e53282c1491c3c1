"""How connections, syncs and exchanges look in the API. Secrets are read here and never written."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from acorn.core import messages
from acorn.rest.fields import PublicIdField, UtcDateTimeField
from vendors import selectors
from vendors.errors import told
from vendors.models import Connection, Exchange, Submission, SyncRun, SyncStep, VendorCode
from vendors.services import TestResult
from vendors.types import COUNTS, Environment, Region, RuleFinding

_CODE = r"^[A-Za-z0-9]{1,20}\Z"


class SecretField(serializers.CharField):
    """Goes in and never comes out, not even in an error."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(write_only=True, max_length=4096, style={"input_type": "password"}, **kwargs)


class MessageSerializer(serializers.Serializer):
    """A stored message: `code` is for programs, `message` and `fix` are in the language of Accept-Language."""

    code = serializers.CharField()
    message = serializers.CharField()
    fix = serializers.CharField()
    count = serializers.IntegerField(required=False, help_text="How often it came.")
    resource = serializers.CharField(required=False)


def say(code: str, params: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A stored message as MessageSerializer describes it."""
    return {"code": code, "message": messages.render(code, params), "fix": messages.render_fix(code, params)} | more


class HealthSerializer(serializers.Serializer):
    state = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    fix = serializers.CharField()
    at = UtcDateTimeField(allow_null=True)


class ConnectionSerializer(serializers.ModelSerializer):
    """A connection without its credentials; `client_id_hint` is the end of the client id."""

    id = serializers.CharField(source="public_id", read_only=True)
    vendor_group_code = serializers.CharField(source="group.code", read_only=True)
    vendor_codes = serializers.SerializerMethodField()
    health = serializers.SerializerMethodField()
    created_at = UtcDateTimeField(read_only=True)
    credentials_changed_at = UtcDateTimeField(read_only=True)
    archived_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = Connection
        fields = (
            "id", "name", "environment", "region", "marketplace", "vendor_group_code", "vendor_codes",
            "client_id_hint", "health", "created_at", "credentials_changed_at", "archived_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_vendor_codes(self, connection: Connection) -> list[str]:
        return sorted(code.code for code in connection.group.codes.all())

    @extend_schema_field(HealthSerializer)
    def get_health(self, connection: Connection) -> dict[str, Any]:
        told = say(connection.health_code, connection.health_params)
        return HealthSerializer(told | {"state": connection.health, "at": connection.health_at}).data


class NewConnectionSerializer(serializers.Serializer):
    """What it takes to connect a vendor group. The credentials never come back."""

    name = serializers.CharField(max_length=120)
    environment = serializers.ChoiceField(choices=Environment.choices)
    region = serializers.ChoiceField(choices=Region.choices)
    marketplace = serializers.CharField(max_length=2, min_length=2, help_text="Two letters: US, GB, DE, JP …")
    client_id = SecretField()
    client_secret = SecretField()
    refresh_token = SecretField()
    vendor_group_code = serializers.CharField(max_length=60)
    vendor_codes = serializers.ListField(
        child=serializers.RegexField(_CODE), required=False, default=list, max_length=500
    )


@extend_schema_serializer(component_name="ConnectionChange")
class ConnectionChangeSerializer(serializers.Serializer):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=120, required=False)
    client_id = SecretField(required=False)
    client_secret = SecretField(required=False)
    refresh_token = SecretField(required=False)


class SyncRequestSerializer(serializers.Serializer):
    resources = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, allow_null=True, max_length=50,
        help_text="Names of resources; all if left out.",
    )  # fmt: skip


class TestResultSerializer(serializers.Serializer):
    """What a connection test found, in words: what is wrong, and who can repair it how."""

    ok = serializers.BooleanField(source="is_ok")
    code = serializers.CharField()
    message = serializers.SerializerMethodField()
    fix = serializers.SerializerMethodField()
    exchange = serializers.CharField(source="exchange_id", help_text="Id of the recorded call; may be empty.")

    def get_message(self, result: TestResult) -> str:
        return messages.render(result.code, result.params)

    def get_fix(self, result: TestResult) -> str:
        return messages.render_fix(result.code, result.params)


class CountsSerializer(serializers.Serializer):
    """Rows seen, new, changed, and kept with a finding."""

    seen = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    flagged = serializers.IntegerField()


class SyncStepSerializer(serializers.ModelSerializer):
    """One resource's part of a run."""

    counts = serializers.SerializerMethodField()
    errors = serializers.SerializerMethodField()  # type: ignore[assignment]  # the contract's name

    class Meta:
        model = SyncStep
        fields = ("resource", "state", "counts", "errors", "windows_done", "windows_total")
        read_only_fields = fields

    @extend_schema_field(CountsSerializer)
    def get_counts(self, step: SyncStep) -> dict[str, int]:
        return {name: step.counts.get(name, 0) for name in COUNTS}

    @extend_schema_field(MessageSerializer(many=True))
    def get_errors(self, step: SyncStep) -> list[dict[str, Any]]:
        return [say(error["code"], error["params"], count=error["count"]) for error in step.errors]


class SyncRunSerializer(serializers.ModelSerializer):
    """One request to bring a connection up to date."""

    id = serializers.CharField(source="public_id", read_only=True)
    connection = PublicIdField(source="connection.public_id")
    resources = serializers.ListField(child=serializers.CharField(), read_only=True)
    counts = CountsSerializer(read_only=True)
    errors = serializers.SerializerMethodField()  # type: ignore[assignment]  # the contract's name
    steps = SyncStepSerializer(many=True, read_only=True)
    created_at = UtcDateTimeField(read_only=True)
    started_at = UtcDateTimeField(read_only=True, allow_null=True)
    finished_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = SyncRun
        fields = (
            "id", "state", "counts", "errors", "connection", "resources", "is_scheduled", "requested_by", "steps",
            "created_at", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MessageSerializer(many=True))
    def get_errors(self, run: SyncRun) -> list[dict[str, Any]]:
        return [
            say(error["code"], error["params"], count=error["count"], resource=error["resource"])
            for error in run.errors
        ]


class VendorCodeSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id", read_only=True)
    vendor_group_code = serializers.CharField(source="group.code", read_only=True)
    environment = serializers.CharField(source="group.environment", read_only=True)
    region = serializers.CharField(source="group.region", read_only=True)

    class Meta:
        model = VendorCode
        fields = ("id", "code", "vendor_group_code", "environment", "region", "is_discovered")
        read_only_fields = fields


class ExchangeSerializer(serializers.ModelSerializer):
    """One call to Amazon; secrets are redacted before it is stored."""

    id = serializers.CharField(source="public_id", read_only=True)
    connection = PublicIdField(source="connection.public_id")
    started_at = UtcDateTimeField(read_only=True)

    class Meta:
        model = Exchange
        fields: tuple[str, ...] = (
            "id", "connection", "environment", "operation", "method", "url", "status", "request_id", "error_class",
            "error_code", "error_message", "retry_after", "started_at", "duration_ms",
        )  # fmt: skip
        read_only_fields = fields


class ExchangeDetailSerializer(ExchangeSerializer):
    """With headers and bodies, as text."""

    request_headers = serializers.DictField(read_only=True)
    response_headers = serializers.DictField(read_only=True)
    request_body = serializers.SerializerMethodField()
    response_body = serializers.SerializerMethodField()

    class Meta(ExchangeSerializer.Meta):
        fields = (
            *ExchangeSerializer.Meta.fields, "request_headers", "request_body", "response_headers", "response_body",
        )  # fmt: skip
        read_only_fields = fields

    def get_request_body(self, exchange: Exchange) -> str:
        return selectors.body_text(exchange.request_body)

    def get_response_body(self, exchange: Exchange) -> str:
        return selectors.answer_text(exchange)


class SubjectSerializer(serializers.Serializer):
    """What a document is about."""

    kind = serializers.CharField(source="subject_kind")
    id = serializers.CharField(source="subject_id")
    label = serializers.CharField(source="subject_label")  # type: ignore[assignment]  # the contract's name


@extend_schema_serializer(component_name="RuleFinding")
class RuleFindingSerializer(serializers.Serializer):
    """What a check found: which rule and line, what is wrong, how to mend it, and the money at risk."""

    rule = serializers.CharField()
    line = serializers.CharField(help_text="Empty for the whole document.")
    severity = serializers.CharField()
    message = serializers.CharField()
    fix = serializers.CharField()
    at_risk = serializers.DictField(child=serializers.CharField(), allow_null=True, help_text="amount and currency")
    source = serializers.CharField()  # type: ignore[assignment]  # the contract's name


class AmazonErrorSerializer(serializers.Serializer):
    """Amazon's own words."""

    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.CharField()


class SubmissionSerializer(serializers.ModelSerializer):
    """A document on its way to Amazon. `message` says what became of it; VERIFIED alone is Amazon's own later word."""

    id = serializers.CharField(source="public_id", read_only=True)
    connection = PublicIdField(source="connection.public_id")
    subject = SubjectSerializer(source="*", read_only=True)
    message = serializers.SerializerMethodField()
    contradiction = serializers.SerializerMethodField()
    errors = AmazonErrorSerializer(many=True, read_only=True)  # type: ignore[assignment]  # the contract's name
    state_at = UtcDateTimeField(read_only=True)
    created_at = UtcDateTimeField(read_only=True)
    sent_at = UtcDateTimeField(read_only=True, allow_null=True)
    verified_at = UtcDateTimeField(read_only=True, allow_null=True)
    next_attempt_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = Submission
        fields: tuple[str, ...] = (
            "id", "kind", "state", "state_at", "message", "transaction_id", "subject", "connection", "environment",
            "attempts", "next_attempt_at", "errors", "contradiction", "verified_by", "created_at", "sent_at",
            "verified_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MessageSerializer(allow_null=True))
    def get_message(self, row: Submission) -> dict[str, Any] | None:
        return say(row.code, row.params) if row.code else None

    @extend_schema_field(MessageSerializer(allow_null=True))
    def get_contradiction(self, row: Submission) -> dict[str, Any] | None:
        return say(row.contradiction_code, row.contradiction) if row.contradiction_code else None


class SubmissionDetailSerializer(SubmissionSerializer):
    """With what the checks found, the calls to Amazon, and the bytes that leave."""

    findings = serializers.SerializerMethodField()
    exchanges = serializers.SerializerMethodField()
    superseded_by = PublicIdField(source="superseded_by.public_id", allow_null=True, default=None)
    replay_of = PublicIdField(source="replay_of.public_id", allow_null=True, default=None)

    class Meta(SubmissionSerializer.Meta):
        fields = (*SubmissionSerializer.Meta.fields, "findings", "exchanges", "superseded_by", "replay_of", "payload")
        read_only_fields = fields

    @extend_schema_field(RuleFindingSerializer(many=True))
    def get_findings(self, row: Submission) -> list[dict[str, Any]]:
        return [told(RuleFinding.from_stored(stored)) for stored in row.findings]

    @extend_schema_field(ExchangeSerializer(many=True))
    def get_exchanges(self, row: Submission) -> Any:
        found = selectors.list_submission_exchanges(row, selectors.list_steps(row))
        return ExchangeSerializer(found, many=True).data
