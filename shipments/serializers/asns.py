"""How departures and ASNs look in the API. Quantities are whole eaches, times UTC by Amazon's clock."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from acorn.core import messages
from acorn.rest.fields import PublicIdField, UtcDateTimeField
from shipments.models import Asn
from shipments.rules import LineKey
from shipments.serializers.transport import DocumentStateSerializer
from shipments.services import Correction
from shipments.types import Mode, TransportationMode
from vendors.errors import told
from vendors.types import RuleFinding, Severity

_MOST = 2_000_000_000


class JourneySerializer(serializers.Serializer):
    """How the goods travel, as far as it may be corrected later."""

    estimated_delivery_at = UtcDateTimeField(required=False, allow_null=True)
    carrier_scac = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")
    pro_number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    bol_number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    amazon_reference_number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class DepartSerializer(JourneySerializer):
    """A departure. What is wrong holds it, 422 with `findings`; `release` names the rules that shall not, with the reason."""

    departed_at = UtcDateTimeField()
    mode = serializers.ChoiceField(choices=Mode.choices)
    transportation_mode = serializers.ChoiceField(choices=TransportationMode.choices, default=TransportationMode.ROAD)
    tracking_numbers = serializers.ListField(
        child=serializers.CharField(max_length=60, allow_blank=True), required=False, allow_null=True, max_length=20_000,
        help_text="One a carton, in the order of their sequence.",
    )  # fmt: skip
    release = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=100)
    release_reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class CheckFindingSerializer(serializers.Serializer):
    """What a check found: the rule, how bad, where, what to do, and the money at risk."""

    rule = serializers.CharField()
    line = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    message = serializers.CharField()
    fix = serializers.CharField()
    at_risk = serializers.DictField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name


class CheckFindingsSerializer(serializers.Serializer):
    findings = CheckFindingSerializer(many=True)


class AsnSerializer(serializers.ModelSerializer):
    """An ASN. `submission` is null until it was handed to the outbox; `late` says why it was late."""

    id = serializers.CharField(source="public_id", read_only=True)
    shipment = PublicIdField(source="shipment.public_id")
    submission = DocumentStateSerializer(read_only=True, allow_null=True)
    due_at = UtcDateTimeField(read_only=True, allow_null=True)
    deadline_at = UtcDateTimeField(read_only=True, allow_null=True)
    handed_at = UtcDateTimeField(read_only=True, allow_null=True)
    created_at = UtcDateTimeField(read_only=True)
    late = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()

    class Meta:
        model = Asn
        fields: tuple[str, ...] = (
            "id", "shipment", "identifier", "type", "structure", "state", "submission", "carton_count", "eaches",
            "due_at", "deadline_at", "clock_rule", "handed_at", "late", "findings", "created_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_late(self, asn: Asn) -> str | None:
        params = {"identifier": asn.identifier, **asn.late_params}
        return str(messages.render(asn.late_code, params)) if asn.late_code else None

    @extend_schema_field(CheckFindingSerializer(many=True))
    def get_findings(self, asn: Asn) -> list[dict[str, Any]]:
        return [told(RuleFinding.from_stored(row)) for row in asn.findings]


class ToldContentSerializer(serializers.Serializer):
    """Eaches of an order line, by the order's number."""

    purchase_order = serializers.CharField(max_length=60, help_text="Number.")
    sequence = serializers.CharField(max_length=100)
    eaches = serializers.IntegerField(min_value=0, max_value=_MOST)


class ToldCartonSerializer(serializers.Serializer):
    sscc = serializers.CharField(max_length=18)
    contents = serializers.ListField(child=ToldContentSerializer(), max_length=5000)


class AsnDetailSerializer(AsnSerializer):
    """An ASN with what it tells, carton by carton."""

    cartons = serializers.SerializerMethodField()

    class Meta(AsnSerializer.Meta):
        fields = (*AsnSerializer.Meta.fields, "cartons")
        read_only_fields = fields

    @extend_schema_field(ToldCartonSerializer(many=True))
    def get_cartons(self, asn: Asn) -> list[dict[str, Any]]:
        return [
            {
                "sscc": box["sscc"],
                "contents": [
                    {"purchase_order": goods["order"], "sequence": goods["sequence"], "eaches": goods["eaches"]}
                    for goods in box["goods"]
                ],
            }
            for box in asn.content["boxes"]
        ]


class DepartedSerializer(serializers.Serializer):
    """`asn` is the first of `asns`: goods on pallets and loose ones are told apart."""

    asn = AsnSerializer()
    asns = AsnSerializer(many=True)


class CorrectionSerializer(JourneySerializer):
    """What was really on the truck. Cartons that are not named are as they were; one with nothing in it was not on it."""

    cartons = serializers.ListField(child=ToldCartonSerializer(), required=False, max_length=20_000)
    tracking_numbers = serializers.DictField(
        child=serializers.CharField(max_length=60), required=False, help_text="By SSCC."
    )
    reason = serializers.CharField(max_length=300)


def read_correction(given: dict[str, Any]) -> Correction:
    """Checked input as a value."""
    cartons: dict[str, dict[LineKey, int]] = {}
    for carton in given.get("cartons", ()):
        inside = cartons.setdefault(carton["sscc"], {})
        for content in carton["contents"]:
            key = LineKey(content["purchase_order"], content["sequence"])
            inside[key] = inside.get(key, 0) + content["eaches"]
    return Correction(
        cartons, given.get("estimated_delivery_at"), given["carrier_scac"], given["pro_number"], given["bol_number"],
        given["amazon_reference_number"], given.get("tracking_numbers"),
    )  # fmt: skip


class CartonProofSerializer(serializers.Serializer):
    """A carton that held goods of the line, and when its label was printed and scanned last."""

    sscc = serializers.CharField()
    eaches = serializers.IntegerField()
    printed_at = UtcDateTimeField(allow_null=True)
    scanned_at = UtcDateTimeField(allow_null=True)


class ReceiptSerializer(serializers.Serializer):
    """What left of an order line, and what Amazon has received of it. `warned_at`: a shortage is expected since then."""

    purchase_order = PublicIdField(source="row.line.order.public_id")
    sequence = serializers.CharField(source="row.line.sequence")
    shipped = serializers.IntegerField(source="row.shipped_eaches")
    received = serializers.IntegerField(source="row.received_eaches")
    missing = serializers.IntegerField()
    first_received_at = UtcDateTimeField(source="row.first_received_at", allow_null=True)
    last_received_at = UtcDateTimeField(source="row.last_received_at", allow_null=True)
    warned_at = UtcDateTimeField(source="row.warned_at", allow_null=True)
    cartons = CartonProofSerializer(many=True)


class ReceiptsSerializer(serializers.Serializer):
    lines = ReceiptSerializer(many=True)
