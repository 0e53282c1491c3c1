"""The endpoints of pack rules and carton types."""

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
from catalog.selectors.items import get_item
from shipments import selectors, services
from shipments.models import CartonType, PackRule
from shipments.serializers.pack_rules import (
    CartonTypeChangeSerializer,
    CartonTypeQuery,
    CartonTypeSerializer,
    NewCartonTypeSerializer,
    NewPackRuleSerializer,
    PackRuleQuery,
    PackRuleSerializer,
)


class CartonTypeList(TenantGenericAPIView, ListAPIView):
    """The company's carton types."""

    rights = {"GET": Right.SEE_SHIPMENTS, "POST": Right.PACK}
    serializer_class = CartonTypeSerializer
    sorts = Sorts({"code": "code"}, default="code")

    def get_queryset(self) -> QuerySet[CartonType]:
        wanted = CartonTypeQuery(data=self.request.query_params)
        wanted.is_valid(raise_exception=True)
        return selectors.list_carton_types(
            search=wanted.validated_data.get("search", ""), is_archived=wanted.validated_data["archived"]
        )

    @extend_schema(operation_id="carton_types", parameters=[CartonTypeQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(
        operation_id="create_carton_type", request=NewCartonTypeSerializer, responses={201: CartonTypeSerializer}
    )
    def post(self, request: Request) -> Response:
        """A new carton type. 409 CARTON_TYPE_EXISTS when its code is taken."""
        given = NewCartonTypeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = services.create_carton_type(values=given.validated_data, actor=self.token.actor(), now=clock.now())
        return Response(CartonTypeSerializer(row).data, status=status.HTTP_201_CREATED)


class CartonTypeDetail(TenantAPIView):
    rights = {"GET": Right.SEE_SHIPMENTS, "PATCH": Right.PACK}

    @extend_schema(operation_id="carton_type", responses=CartonTypeSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One carton type."""
        return Response(CartonTypeSerializer(selectors.get_carton_type(public_id)).data)

    @extend_schema(
        operation_id="change_carton_type", request=CartonTypeChangeSerializer, responses=CartonTypeSerializer
    )
    def patch(self, request: Request, public_id: str) -> Response:
        """Change it, take it out of use or back. Cartons that were packed keep their measures."""
        selectors.get_carton_type(public_id)
        given = CartonTypeChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        changes = dict(given.validated_data)
        archived = changes.pop("archived", None)
        row = services.change_carton_type(
            public_id=public_id, changes=changes, is_archived=archived, actor=self.token.actor(), now=clock.now()
        )
        return Response(CartonTypeSerializer(row).data)


class PackRuleList(TenantGenericAPIView, ListAPIView):
    """How the company's items are packed; an item without a rule is not in it."""

    rights = {"GET": Right.SEE_SHIPMENTS}
    serializer_class = PackRuleSerializer
    sorts = Sorts({"changed_at": "changed_at"}, default="-changed_at")

    def get_queryset(self) -> QuerySet[PackRule]:
        wanted = PackRuleQuery(data=self.request.query_params)
        wanted.is_valid(raise_exception=True)
        sku = wanted.validated_data.get("sku")
        return selectors.list_pack_rules() if sku is None else selectors.list_pack_rules().filter(item__sku=sku)

    @extend_schema(operation_id="pack_rules", parameters=[PackRuleQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)


class ItemPackRule(TenantAPIView):
    rights = {"GET": Right.SEE_SHIPMENTS, "PUT": Right.PACK, "DELETE": Right.PACK}

    @extend_schema(operation_id="pack_rule", responses=PackRuleSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """How an item is packed; all is open, and `changed_at` null, where no rule says it."""
        return Response(PackRuleSerializer(selectors.get_pack_rule(get_item(public_id))).data)

    @extend_schema(operation_id="set_pack_rule", request=NewPackRuleSerializer, responses=PackRuleSerializer)
    def put(self, request: Request, public_id: str) -> Response:
        """Say how an item is packed. Shipments that are planned already stay as they are."""
        item = get_item(public_id)
        given = NewPackRuleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.set_pack_rule(
            item_public_id=public_id, values=given.validated_data, actor=self.token.actor(), now=clock.now()
        )
        return Response(PackRuleSerializer(selectors.get_pack_rule(item)).data)

    @extend_schema(operation_id="clear_pack_rule", responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Let an item be packed as if by no rule: a case pack to a carton, never mixed. Safe to repeat."""
        services.clear_pack_rule(item_public_id=public_id, actor=self.token.actor(), now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
