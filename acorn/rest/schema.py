"""The OpenAPI description: bearer tokens, one error shape, and the Idempotency-Key, on every operation by itself."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers


class ErrorSerializer(serializers.Serializer):
    """`code` is for programs and stable; `message` and `fields` are for people, in the language they asked for."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "acorn.rest.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


_ALWAYS = {
    "400": "The input is malformed: see `fields`.",
    "401": "No token, or one that is unknown, revoked or expired.",
    "403": "The token lacks the scope.",
    "404": "It does not exist, or belongs to another company.",
    "406": "Only JSON is served.",
    "500": "A bug of ours, with a reference.",
}
_ON_WRITE = {
    "409": "The state of things does not allow it, or a twin with the same Idempotency-Key is being worked on.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "Understood, and refused by a rule; or an Idempotency-Key used for something else.",
}


class Schema(AutoSchema):
    """Adds what holds for every operation."""

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if self.method == "POST":
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key", str, OpenApiParameter.HEADER, required=False,
                    description="Up to 255 printable ASCII characters. For 24 hours the same key with the same body is "
                    "done once and answered the same; with another body it is refused (422).",
                )
            )  # fmt: skip
        return parameters

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        documented = _ALWAYS | (_ON_WRITE if self.method in ("POST", "PUT", "PATCH", "DELETE") else {})
        for status, description in documented.items():
            if status not in bodies:
                answer = self._get_response_for_code(ErrorSerializer, status)  # type: ignore[no-untyped-call]
                bodies[status] = answer | {"description": description}
        return bodies
