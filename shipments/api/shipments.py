"""The endpoints of shipments and what is in them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from catalog.selectors.stock import find_warehouse
from shipments import selectors, services
from shipments.errors import WarehouseUnknown
from shipments.models import Shipment
from shipments.serializers.shipments import (
    NewShipmentsSerializer,
    PackingSerializer,
    ShipmentDetailSerializer,
    ShipmentSerializer,
    ShipmentsSerializer,
    read_cartons,
)
from shipments.types import Origin


class ShipmentList(TenantGenericAPIView, ListAPIView):
    """The company's shipments, without their cartons."""

    rights = {"GET": Right.SEE_SHIPMENTS, "POST": Right.PACK}
    serializer_class = ShipmentSerializer
    sorts = Sorts(
        {"created_at": "created_at", "deadline_at": "deadline_at", "departed_at": "departed_at"}, default="-created_at"
    )

    def get_queryset(self) -> QuerySet[Shipment]:
        return selectors.list_shipments()

    @extend_schema(operation_id="shipments")
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(operation_id="plan_shipments", request=NewShipmentsSerializer, responses={201: ShipmentsSerializer})
    def post(self, request: Request) -> Response:
        """Plan shipments of answered orders: one per vendor code, fulfilment centre and freight terms.

        What was accepted, and back-ordered from its date on, is packed by the items' pack rules; without one, a case
        pack of one item goes into a carton, and a rest into a smaller one.
        """
        given = NewShipmentsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        warehouse = find_warehouse(values["warehouse"])
        if warehouse is None:
            raise WarehouseUnknown(fields={"warehouse": [WarehouseUnknown.message]})
        shipments = services.plan_shipments(
            order_public_ids=values["purchase_orders"], warehouse_public_id=warehouse.public_id,
            freight_terms=values.get("freight_terms") or "", plan=values["plan"], actor=self.token.actor(),
            now=clock.now(),
        )  # fmt: skip
        return Response({"shipments": show_shipments([shipment.public_id for shipment in shipments])}, status=201)


class ShipmentDetail(TenantAPIView):
    rights = {"GET": Right.SEE_SHIPMENTS}

    @extend_schema(operation_id="shipment", responses=ShipmentDetailSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One shipment with its orders, pallets and cartons."""
        return Response(show_shipment(public_id))


class ShipmentCartons(TenantAPIView):
    rights = {"PUT": Right.PACK}

    @extend_schema(operation_id="pack_shipment", request=PackingSerializer, responses=ShipmentDetailSerializer)
    def put(self, request: Request, public_id: str) -> Response:
        """Replace what is in which carton. Safe to repeat; 422 with `findings`: nothing was changed.

        A carton with the same contents keeps its id, number and label; any other gets a new number. The cartons count
        as packed.
        """
        shipment = selectors.get_shipment(public_id)
        given = PackingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        orders = {order.public_id: order.pk for order in selectors.load_orders([shipment.pk])[shipment.pk]}
        services.set_cartons(
            public_id, read_cartons(values["cartons"], orders), origin=Origin.API, actor=self.token.actor(),
            now=clock.now(), version=values.get("version"), overpack_reason=values["overpack_reason"],
        )  # fmt: skip
        return Response(show_shipment(public_id))


def show_shipment(public_id: str) -> dict[str, Any]:
    """One shipment as the API shows it. Raises ShipmentNotFound."""
    return show_shipments([selectors.get_shipment(public_id).public_id])[0]


def show_shipments(public_ids: list[str]) -> list[dict[str, Any]]:
    """Shipments as the API shows them, in the order of the ids: a constant number of statements."""
    found: dict[str, Any] = {row.public_id: row for row in selectors.list_shipments().filter(public_id__in=public_ids)}
    keys = [row.pk for row in found.values()]
    orders, pallets, cartons = selectors.load_orders(keys), selectors.load_pallets(keys), selectors.load_cartons(keys)
    for row in found.values():
        row.loaded_orders, row.loaded_pallets = orders[row.pk], pallets[row.pk]
        row.loaded_cartons = cartons[row.pk]
    return list(ShipmentDetailSerializer([found[public_id] for public_id in public_ids], many=True).data)
