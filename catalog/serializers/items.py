"""How items, identifiers and proposals look in the API. Lengths are millimetres and weights grams, of one each."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from acorn.rest.fields import PublicIdField, UtcDateTimeField
from catalog.models import IdentifierProposal, Item
from catalog.types import IdentifierKind, IdentifierState, ItemStatus, NewIdentifier, ProposalAction, ProposalState

_LARGEST = 2_000_000_000


class ClashSerializer(serializers.Serializer):
    """Another item with the same identifier: an order line that has it is ambiguous once both count."""

    item = serializers.CharField()
    sku = serializers.CharField()
    state = serializers.ChoiceField(choices=IdentifierState.choices)


class IdentifierSerializer(serializers.Serializer):
    """`proposal` is the id of the proposal that waits to add, replace or end it; null where nothing waits."""

    id = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=IdentifierKind.choices)
    value = serializers.CharField()
    marketplace = serializers.SerializerMethodField(help_text="Null: every marketplace.")
    state = serializers.ChoiceField(choices=IdentifierState.choices)
    proposal = serializers.SerializerMethodField()
    effective_from = serializers.DateField(allow_null=True)
    effective_until = serializers.DateField(allow_null=True, help_text="The first day on which it does not hold.")
    clashes = ClashSerializer(many=True)

    def get_id(self, row: Any) -> str | None:
        return row.id or None

    def get_marketplace(self, row: Any) -> str | None:
        return row.marketplace or None

    def get_proposal(self, row: Any) -> str | None:
        return row.proposal or None


class ItemSerializer(serializers.ModelSerializer):
    """An item. `identifiers` are those that count, counted, or wait for a second person."""

    id = serializers.CharField(source="public_id", read_only=True)
    titles = serializers.DictField(child=serializers.CharField(), help_text="By language code.")
    identifiers = serializers.SerializerMethodField()
    created_at = UtcDateTimeField(read_only=True)
    changed_at = UtcDateTimeField(read_only=True)

    class Meta:
        model = Item
        fields = (
            "id", "sku", "title", "titles", "status", "case_pack", "length_mm", "width_mm", "height_mm", "weight_g",
            "origin_country", "shelf_life_days", "tracks_lots", "tracks_expiry", "identifiers", "created_at",
            "changed_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(IdentifierSerializer(many=True))
    def get_identifiers(self, item: Item) -> Any:
        return IdentifierSerializer(self.context["identifiers"][item.pk], many=True).data


class NewIdentifierSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=IdentifierKind.choices)
    value = serializers.CharField(max_length=200)
    marketplace = serializers.CharField(
        max_length=2, required=False, allow_null=True, allow_blank=True,
        help_text="Two letters: US, GB, DE, JP …; null for every marketplace.",
    )  # fmt: skip
    effective_from = serializers.DateField(
        required=False, allow_null=True, help_text="The first day of orders that it counts for; null: always."
    )

    @staticmethod
    def wish(given: dict[str, Any]) -> NewIdentifier:
        return NewIdentifier(given["kind"], given["value"], given.get("marketplace") or "", given.get("effective_from"))


class ItemFactsSerializer(serializers.Serializer):
    """What a person describes of an item."""

    title = serializers.CharField(max_length=300, required=False, allow_blank=True)
    titles = serializers.DictField(
        child=serializers.CharField(max_length=300, allow_blank=True), required=False, help_text="By language code."
    )
    status = serializers.ChoiceField(choices=ItemStatus.choices, required=False)
    case_pack = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False)
    length_mm = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False, allow_null=True)
    width_mm = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False, allow_null=True)
    height_mm = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False, allow_null=True)
    weight_g = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False, allow_null=True)
    origin_country = serializers.CharField(max_length=2, required=False, allow_blank=True, help_text="ISO 3166-1.")
    shelf_life_days = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False, allow_null=True)
    tracks_lots = serializers.BooleanField(required=False)
    tracks_expiry = serializers.BooleanField(required=False)


class NewItemSerializer(ItemFactsSerializer):
    sku = serializers.CharField(max_length=60)
    identifiers = serializers.ListField(child=NewIdentifierSerializer(), required=False, default=list, max_length=200)
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True, default="")


class ItemChangeSerializer(ItemFactsSerializer):
    """What is left out stays as it is. Identifiers are changed by proposals."""

    sku = serializers.CharField(max_length=60, required=False)
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True, default="")


class ItemQuery(serializers.Serializer):
    search = serializers.CharField(
        required=False, max_length=200, help_text="The start of a SKU or identifier, or words of the title."
    )
    sku = serializers.CharField(required=False, max_length=60, help_text="Exactly this SKU.")
    status = serializers.ChoiceField(choices=ItemStatus.choices, required=False)


class ImpactSerializer(serializers.Serializer):
    """One line of the blast radius: what it would touch, how many, how many eaches, and how much money by currency."""

    label = serializers.CharField()  # type: ignore[assignment]  # a column's name, not the field's
    things = serializers.IntegerField()
    eaches = serializers.IntegerField()
    amounts = serializers.DictField(child=serializers.DecimalField(max_digits=20, decimal_places=4))


class ProposalSerializer(serializers.ModelSerializer):
    """A change of an item's identifiers that waits for a second person, or what became of it."""

    id = serializers.CharField(source="public_id", read_only=True)
    item = PublicIdField(source="item.public_id")
    sku = serializers.CharField(source="item.sku", read_only=True)
    marketplace = serializers.SerializerMethodField(help_text="Null: every marketplace.")
    identifier = serializers.SerializerMethodField(help_text="Id of what is replaced or ended.")
    replaced_value = serializers.SerializerMethodField()
    author = serializers.CharField(source="author_label", read_only=True)
    decided_by = serializers.CharField(source="decider_label", read_only=True)
    created_at = UtcDateTimeField(read_only=True)
    decided_at = UtcDateTimeField(read_only=True, allow_null=True)
    clashes = serializers.SerializerMethodField()

    class Meta:
        model = IdentifierProposal
        fields: tuple[str, ...] = (
            "id", "item", "sku", "action", "kind", "value", "marketplace", "identifier", "replaced_value",
            "effective_from", "reason", "author", "state", "decided_by", "decided_at", "decision_reason", "created_at",
            "clashes",
        )  # fmt: skip
        read_only_fields = fields

    def get_marketplace(self, proposal: IdentifierProposal) -> str | None:
        return proposal.marketplace or None

    def get_identifier(self, proposal: IdentifierProposal) -> str | None:
        return proposal.identifier.public_id if proposal.identifier else None

    def get_replaced_value(self, proposal: IdentifierProposal) -> str | None:
        is_replacing = proposal.action == ProposalAction.REPLACE and proposal.identifier
        return proposal.identifier.value if is_replacing and proposal.identifier else None

    @extend_schema_field(ClashSerializer(many=True))
    def get_clashes(self, proposal: IdentifierProposal) -> Any:
        return ClashSerializer(self.context["clashes"].get(proposal.pk, ()), many=True).data


class ProposalDetailSerializer(ProposalSerializer):
    """With the blast radius, for tokens that may see orders; null for others."""

    impact = serializers.SerializerMethodField()

    class Meta(ProposalSerializer.Meta):
        fields = (*ProposalSerializer.Meta.fields, "impact")
        read_only_fields = fields

    @extend_schema_field(ImpactSerializer(many=True, allow_null=True))
    def get_impact(self, proposal: IdentifierProposal) -> Any:
        impact = self.context["impact"]
        return None if impact is None else ImpactSerializer(impact, many=True).data


class NewProposalSerializer(serializers.Serializer):
    """ADD needs kind and value; REPLACE the identifier that ends and the new value; END the identifier alone."""

    item = serializers.CharField(max_length=40)
    action = serializers.ChoiceField(choices=ProposalAction.choices, default=ProposalAction.ADD)
    identifier = serializers.CharField(max_length=40, required=False)
    kind = serializers.ChoiceField(choices=IdentifierKind.choices, required=False)
    value = serializers.CharField(max_length=200, required=False)
    marketplace = serializers.CharField(max_length=2, required=False, allow_null=True, allow_blank=True)
    effective_from = serializers.DateField(
        required=False, allow_null=True,
        help_text="The first day of orders that it counts for; what it replaces or ends holds until the day before.",
    )  # fmt: skip
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = {
            ProposalAction.ADD: ("kind", "value"),
            ProposalAction.REPLACE: ("identifier", "value"),
            ProposalAction.END: ("identifier",),
        }[ProposalAction(attrs["action"])]
        missing = {name: [self.fields[name].error_messages["required"]] for name in needed if not attrs.get(name)}
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


class NewProposalAnswerSerializer(serializers.Serializer):
    """The proposal that waits; null where the company needs no second person and the change counts already."""

    proposal = ProposalSerializer(allow_null=True)


class DecisionSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True, default="")


class ProposalQuery(serializers.Serializer):
    state = serializers.ChoiceField(choices=ProposalState.choices, required=False)
    item = serializers.CharField(required=False, max_length=40, help_text="Id of an item.")
