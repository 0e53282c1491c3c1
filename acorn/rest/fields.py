"""How values look in the API: money as `{"amount": "12.5000", "currency": "USD"}`, instants in UTC with a Z."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from acorn.core.money import Money


class UtcDateTimeField(serializers.DateTimeField):
    """RFC 3339 in UTC, whatever zone is active. Input without a zone is read as UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def to_representation(self, value: datetime | str | None) -> str | None:  # type: ignore[override]
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else value


@extend_schema_field(
    {
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "string", "format": "decimal", "example": "12.5000"},
            "currency": {"type": "string", "example": "USD"},
        },
    }
)
class MoneyField(serializers.Field):
    """An exact amount and its currency; never a float. Shows `Money`; `None` where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Money) -> dict[str, str]:
        return {"amount": format(value.amount, "f"), "currency": value.currency}


@extend_schema_field(OpenApiTypes.STR)
class PublicIdField(serializers.Field):
    """The opaque id of a related row: `source="connection.public_id"`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return str(value)
