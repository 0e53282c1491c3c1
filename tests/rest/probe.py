"""Endpoints that exist only in these tests: what the base does is seen through them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404
from django.urls import include, path
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import errors
from acorn.core.keyset import Sorts
from acorn.core.money import Money
from acorn.rest.fields import MoneyField, UtcDateTimeField
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from acorn.tenancy.models import TenantSetting
from acorn.tenancy.scope import current_tenant_id


class Refused(errors.DomainError):
    code = "TOO_MANY"
    message = "Only {left} left."


ERRORS: dict[str, Exception] = {
    "invalid": errors.Invalid(fields={"name": ["Too long."]}),
    "not-found": errors.NotFound(),
    "forbidden": errors.Forbidden(),
    "conflict": errors.Conflict(),
    "refused": Refused(left=3),
    "http404": Http404("secret"),
    "denied": PermissionDenied("secret"),
    "suspicious": SuspiciousOperation("secret"),
    "validation": exceptions.ValidationError({"lines": [{}, {"quantity": ["Bad."]}], "non_field_errors": ["Both."]}),
    "general": exceptions.ValidationError("Just wrong."),
    "throttled": exceptions.Throttled(wait=7),
    "parse": exceptions.ParseError(),
    "database": IntegrityError('duplicate key value violates "secret_key"'),
    "bug": RuntimeError("secret"),
}


class RaiseView(TenantAPIView):
    rights = {"GET": None}

    def get(self, request: Request, name: str) -> Response:
        raise ERRORS[name]


class CountView(TenantAPIView):
    """Each POST adds one row and answers how many there are."""

    rights = {"GET": Right.SEE_ORDERS, "POST": Right.SYNC}
    pause = staticmethod(lambda: None)

    def get(self, request: Request) -> Response:
        return Response({"count": TenantSetting.objects.count(), "tenant": current_tenant_id()})

    def post(self, request: Request) -> Response:
        type(self).pause()
        outcome = request.data.get("outcome")
        TenantSetting.objects.create(key=str(TenantSetting.objects.count()), value=1)
        if outcome == "refuse":
            raise Refused(left=0)
        if outcome == "crash":
            raise RuntimeError("boom")
        return Response({"count": TenantSetting.objects.count()}, status=201)


class _Row(serializers.ModelSerializer):
    class Meta:
        model = TenantSetting
        fields = ("key",)


class ListView(TenantGenericAPIView):
    rights = {"GET": None}
    sorts = Sorts({"name": "key", "id": "id"}, default="name")

    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(TenantSetting.objects.all())
        return self.get_paginated_response(_Row(page, many=True).data)


class _Values(serializers.Serializer):
    at = UtcDateTimeField()
    price = MoneyField()


class ValuesView(TenantAPIView):
    rights = {"GET": None}

    def get(self, request: Request) -> Response:
        values: dict[str, Any] = {
            "at": datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC),
            "price": Money(Decimal("12.5000"), "USD"),
        }
        return Response(_Values(values).data)


class ForgotRights(TenantAPIView):
    def get(self, request: Request) -> Response:
        return Response({})


class _LazyAnswer(dict[str, Any]):
    """Touches the company's data only while it is rendered."""

    def items(self) -> Any:
        return {"tenant": current_tenant_id()}.items()


class LazyView(TenantAPIView):
    rights = {"GET": None}

    def get(self, request: Request) -> Response:
        return Response(TenantSetting.objects.values("key"))


urlpatterns = [
    path("api/v1/raise/<str:name>/", RaiseView.as_view()),
    path("api/v1/count/", CountView.as_view()),
    path("api/v1/list/", ListView.as_view()),
    path("api/v1/values/", ValuesView.as_view()),
    path("api/v1/forgot/", ForgotRights.as_view()),
    path("api/v1/lazy/", LazyView.as_view()),
    path("", include("acorn.urls")),
]
handler404 = "acorn.console.views.errors.page_not_found"
