"""The endpoints of purchase orders."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import Invalid
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from orders import selectors, services
from orders.filters import ORDER_SORTS, OrderFilters
from orders.models import PurchaseOrder, PurchaseOrderChange
from orders.serializers.orders import (
    ChangeSerializer,
    CloseShortSerializer,
    OrderDetailSerializer,
    OrderSerializer,
    ShortCloseSerializer,
)
from orders.types import AmazonState, OrderState, OrderType
from vendors.types import Environment


def _many(name: str, description: str, choices: list[str] | None = None) -> OpenApiParameter:
    return OpenApiParameter(name, str, many=True, required=False, description=description, enum=choices)


def _day(name: str, description: str) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(f"{name}_after", {"type": "string", "format": "date"}, description=f"{description}: from this day"),
        OpenApiParameter(f"{name}_before", {"type": "string", "format": "date"}, description=f"{description}: to this day"),
    ]  # fmt: skip


_FILTERS = [
    OpenApiParameter("search", str, description="The start of a PO number, an ASIN, a SKU or a fulfilment centre."),
    _many("state", "Our state.", OrderState.values),
    _many("amazon_state", "Amazon's state.", AmazonState.values),
    _many("vendor_code", "Vendor code."),
    _many("marketplace", "Marketplace, as two letters."),
    _many("environment", "Where the order comes from.", Environment.values),
    _many("ship_to_party", "Fulfilment centre."),
    _many("type", "Amazon's type of order.", OrderType.values),
    *_day("ordered", "Ordered"),
    *_day("ship_window", "Ship window ends"),
    *_day("delivery_window", "Delivery window ends"),
    OpenApiParameter("changed", bool, description="Only those with a change by Amazon that nobody has seen."),
    OpenApiParameter("flagged", bool, description="Only those with findings."),
    OpenApiParameter("history", str, enum=["true", "false"], description="Settled before the connection existed."),
    OpenApiParameter("connection", str, description="Id of the connection."),
]


class OrderList(TenantGenericAPIView, ListAPIView):
    """The company's purchase orders."""

    rights = {"GET": Right.SEE_ORDERS}
    serializer_class = OrderSerializer
    sorts = ORDER_SORTS

    def get_queryset(self) -> QuerySet[PurchaseOrder]:
        filters = OrderFilters(self.request.query_params, queryset=selectors.list_orders(), request=self.request)
        if not filters.is_valid():
            raise Invalid(fields={name: list(texts) for name, texts in filters.errors.items()})
        rows: QuerySet[PurchaseOrder] = filters.qs
        return rows

    @extend_schema(operation_id="purchase_orders", parameters=_FILTERS)
    def get(self, request: Request) -> Response:
        return super().get(request)


class OrderDetail(TenantAPIView):
    rights = {"GET": Right.SEE_ORDERS}

    @extend_schema(operation_id="purchase_order", responses=OrderDetailSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One order with its lines."""
        return Response(OrderDetailSerializer(_load(public_id)).data)


class OrderCloseShort(TenantAPIView):
    rights = {"POST": Right.ANSWER_ORDERS}

    @extend_schema(
        operation_id="close_purchase_order_short", request=CloseShortSerializer, responses=ShortCloseSerializer
    )
    def post(self, request: Request, public_id: str) -> Response:
        """End an order with open quantity: its stock is free again. Amazon is not told; it has no message for that."""
        selectors.get_order(public_id)
        given = CloseShortSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        closed = services.close_short(
            public_id=public_id, reason=given.validated_data["reason"], actor=self.token.actor(), now=clock.now()
        )
        order = _load(public_id)
        order.given_up_eaches, order.given_up_amount = closed.price
        order.possible_charge = closed.charge
        return Response(ShortCloseSerializer(order).data)


class OrderAdopt(TenantAPIView):
    rights = {"POST": Right.ANSWER_ORDERS}

    @extend_schema(operation_id="adopt_purchase_order", request=None, responses=OrderDetailSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Take on an order from before the connection: it is work like any other from now on. Safe to repeat."""
        selectors.get_order(public_id)
        services.adopt(public_ids=[public_id], actor=self.token.actor(), now=clock.now())
        return Response(OrderDetailSerializer(_load(public_id)).data)


def _load(public_id: str) -> Any:
    order: Any = selectors.get_order(public_id)
    order.loaded_lines = selectors.list_lines(order)
    order.loaded_findings = selectors.list_order_findings(order)
    return order


class OrderHistory(TenantGenericAPIView, ListAPIView):
    """What changed in an order since it was first seen, newest first."""

    rights = {"GET": Right.SEE_ORDERS}
    serializer_class = ChangeSerializer
    sorts = Sorts({"seen_at": "id"}, default="-seen_at")

    def get_queryset(self) -> QuerySet[PurchaseOrderChange]:
        return selectors.list_changes(selectors.get_order(self.kwargs["public_id"]))

    @extend_schema(operation_id="purchase_order_history")
    def get(self, request: Request, public_id: str) -> Response:
        return super().get(request)
