"""The platform's own endpoints."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.accounts.services import tenants
from acorn.audit import selectors as audit
from acorn.audit.models import AuditEvent
from acorn.console.filters import AuditQuery
from acorn.console.serializers import (
    AuditEventSerializer,
    MeSerializer,
    TenantChangeSerializer,
    TenantSettingsSerializer,
)
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from acorn.tenancy.models import Tenant


class Me(TenantAPIView):
    """Who asks: the token, its scopes and its company."""

    rights = {"GET": None}

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(self.token).data)


class Company(TenantAPIView):
    """The company itself, and what it has chosen."""

    rights = {"GET": Right.MANAGE_SETTINGS, "PATCH": Right.MANAGE_SETTINGS}

    @extend_schema(operation_id="tenant", responses=TenantSettingsSerializer)
    def get(self, request: Request) -> Response:
        return Response(TenantSettingsSerializer(Tenant.objects.get(pk=self.tenant_id)).data)

    @extend_schema(operation_id="change_tenant", request=TenantChangeSerializer, responses=TenantSettingsSerializer)
    def patch(self, request: Request) -> Response:
        """Change what the company is called and what it has chosen; each change is audited."""
        given = TenantChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        tenants.change_company(values=given.validated_data, actor=self.token.actor())
        return self.get(request)


class AuditEvents(TenantGenericAPIView, ListAPIView):
    """Who did what, when and why, newest first."""

    rights = {"GET": Right.SEE_AUDIT}
    serializer_class = AuditEventSerializer
    sorts = Sorts({"at": "at"}, default="-at")

    def get_queryset(self) -> QuerySet[AuditEvent]:
        query = AuditQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        return audit.list_events(
            search=wanted.get("search", ""),
            code=wanted.get("code", ""),
            actor_id=wanted.get("actor", ""),
            since=wanted.get("since"),
            until=wanted.get("until"),
        )

    @extend_schema(operation_id="audit_events", parameters=[AuditQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)
