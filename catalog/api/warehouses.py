"""The endpoints of warehouses."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from catalog import selectors, services
from catalog.models import Warehouse
from catalog.serializers.warehouses import (
    NewWarehouseSerializer,
    WarehouseChangeSerializer,
    WarehouseQuery,
    WarehouseSerializer,
)


class WarehouseList(TenantGenericAPIView, ListAPIView):
    """The company's warehouses."""

    rights = {"GET": Right.SEE_ITEMS, "POST": Right.MANAGE_ITEMS}
    serializer_class = WarehouseSerializer
    sorts = Sorts({"code": "code", "created_at": "id"}, default="code")

    def get_queryset(self) -> QuerySet[Warehouse]:
        wanted = WarehouseQuery(data=self.request.query_params)
        wanted.is_valid(raise_exception=True)
        return selectors.list_warehouses(
            search=wanted.validated_data.get("search", ""), is_archived=wanted.validated_data["archived"]
        )

    @extend_schema(operation_id="warehouses", parameters=[WarehouseQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(
        operation_id="create_warehouse", request=NewWarehouseSerializer, responses={201: WarehouseSerializer}
    )
    def post(self, request: Request) -> Response:
        """A new warehouse. 409 WAREHOUSE_EXISTS when its code is taken."""
        given = NewWarehouseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        warehouse = services.create_warehouse(**given.validated_data, actor=self.token.actor(), now=clock.now())
        return Response(WarehouseSerializer(warehouse).data, status=status.HTTP_201_CREATED)


class WarehouseDetail(TenantAPIView):
    rights = {"GET": Right.SEE_ITEMS, "PATCH": Right.MANAGE_ITEMS}

    @extend_schema(operation_id="warehouse", responses=WarehouseSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One warehouse."""
        return Response(WarehouseSerializer(selectors.get_warehouse(public_id)).data)

    @extend_schema(operation_id="change_warehouse", request=WarehouseChangeSerializer, responses=WarehouseSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Change it, archive it or take it back. 409 WAREHOUSE_IN_USE when a warehouse with stock shall be archived."""
        selectors.get_warehouse(public_id)
        given = WarehouseChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        changes = dict(given.validated_data)
        archived = changes.pop("archived", None)
        warehouse = services.change_warehouse(
            public_id=public_id, changes=changes, is_archived=archived, actor=self.token.actor(), now=clock.now()
        )
        return Response(WarehouseSerializer(warehouse).data)
