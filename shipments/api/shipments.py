"""The endpoints of shipments and what is in them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import Invalid
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from catalog.selectors.stock import find_warehouse
from orders.selectors import get_order
from orders.types import FreightTerms
from shipments import selectors, services
from shipments.errors import CartonNotFound, WarehouseUnknown
from shipments.filters import SHIPMENT_SORTS, ShipmentFilters
from shipments.models import Shipment
from shipments.serializers.shipments import (
    CancelSerializer,
    CartonImportSerializer,
    NewShipmentsSerializer,
    PackedSerializer,
    PackingSerializer,
    ShipmentDetailSerializer,
    ShipmentSerializer,
    ShipmentsSerializer,
    ShippableLinesSerializer,
    read_cartons,
)
from shipments.types import Mode, Origin, ShipmentState
from vendors.types import Environment


def _many(name: str, description: str, choices: list[str] | None = None) -> OpenApiParameter:
    return OpenApiParameter(name, str, many=True, required=False, description=description, enum=choices)


def _days(name: str, description: str) -> list[OpenApiParameter]:
    day = {"type": "string", "format": "date"}
    return [
        OpenApiParameter(f"{name}_after", day, description=f"{description}: from this day"),
        OpenApiParameter(f"{name}_before", day, description=f"{description}: to this day"),
    ]


_FILTERS = [
    OpenApiParameter(
        "search",
        str,
        description="The start of a number, a PO, an SSCC, a tracking number, a BOL or a fulfilment centre.",
    ),
    OpenApiParameter("purchase_order", str, description="Only shipments of this order, by its id."),
    _many("state", "State.", ShipmentState.values),
    _many("vendor_code", "Vendor code."),
    _many("ship_to_party", "Fulfilment centre."),
    _many("freight_terms", "Who pays the freight.", FreightTerms.values),
    _many("mode", "How the goods travel.", Mode.values),
    _many("environment", "Where the orders come from.", Environment.values),
    *_days("created", "Planned"),
    *_days("departed", "Departed"),
    *_days("deadline", "Next deadline"),
    OpenApiParameter("at_risk", bool, description="Only those with money at risk."),
]


class ShipmentList(TenantGenericAPIView, ListAPIView):
    """The company's shipments, without their cartons."""

    rights = {"GET": Right.SEE_SHIPMENTS, "POST": Right.PACK}
    serializer_class = ShipmentSerializer
    sorts = SHIPMENT_SORTS

    def get_queryset(self) -> QuerySet[Shipment]:
        order = self.request.query_params.get("purchase_order")
        shipments = selectors.list_shipments()
        if order is not None:
            shipments = shipments.filter(orders__order__public_id=order)
        filters = ShipmentFilters(self.request.query_params, queryset=shipments, request=self.request)
        if not filters.is_valid():
            raise Invalid(fields={name: list(texts) for name, texts in filters.errors.items()})
        rows: QuerySet[Shipment] = filters.qs
        return rows

    @extend_schema(operation_id="shipments", parameters=_FILTERS)
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
        shipments = services.plan_shipments(
            order_public_ids=values["purchase_orders"], warehouse_public_id=_find_warehouse(values["warehouse"]),
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


class ShipmentImport(TenantAPIView):
    rights = {"POST": Right.PACK}

    @extend_schema(operation_id="import_cartons", request=CartonImportSerializer, responses={201: ShipmentsSerializer})
    def post(self, request: Request) -> Response:
        """Take over cartons that a warehouse system packed. Safe to repeat; 422 with `findings`: nothing was changed.

        Each goes into the open shipment of its orders; where there is none, one is planned. Cartons that were sent
        before stay, those that were only proposed make way.
        """
        given = CartonImportSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        shipments = services.import_cartons(
            values["cartons"], source=values["source"], warehouse_public_id=_find_warehouse(values.get("warehouse")),
            actor=self.token.actor(), now=clock.now(),
        )  # fmt: skip
        return Response({"shipments": show_shipments([shipment.public_id for shipment in shipments])}, status=201)


def _find_warehouse(name: str | None) -> str:
    """The id of a warehouse in use; empty where none is named. Raises WarehouseUnknown."""
    if not name:
        return ""
    warehouse = find_warehouse(name)
    if warehouse is None:
        raise WarehouseUnknown(fields={"warehouse": [WarehouseUnknown.message]})
    return warehouse.public_id


class OrderShippable(TenantAPIView):
    rights = {"GET": Right.SEE_SHIPMENTS}

    @extend_schema(operation_id="purchase_order_shippable", responses=ShippableLinesSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """What of an order may still be shipped, line by line."""
        order = get_order(public_id)
        lines = selectors.shippable([order.pk], now=clock.now())[order.pk]
        return Response(ShippableLinesSerializer({"lines": lines}).data)


class ShipmentPack(TenantAPIView):
    rights = {"POST": Right.PACK}

    @extend_schema(operation_id="mark_packed", request=PackedSerializer, responses=ShipmentDetailSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Say that cartons are closed: these, or all of them. Safe to repeat."""
        shipment = selectors.get_shipment(public_id)
        given = PackedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        cartons = [carton.row.public_id for carton in selectors.load_cartons([shipment.pk])[shipment.pk]]
        wanted = given.validated_data.get("cartons")
        if wanted is not None and not set(wanted) <= set(cartons):
            raise CartonNotFound
        services.mark_packed(cartons if wanted is None else wanted, actor=self.token.actor(), now=clock.now())
        return Response(show_shipment(public_id))


class ShipmentUndo(TenantAPIView):
    rights = {"POST": Right.PACK}

    @extend_schema(operation_id="undo_packing", request=None, responses=ShipmentDetailSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Take back the last step of packing, by a step of its own; once more, the one before it."""
        services.undo_last(public_id, actor=self.token.actor(), now=clock.now())
        return Response(show_shipment(public_id))


class ShipmentCancel(TenantAPIView):
    rights = {"POST": Right.PACK}

    @extend_schema(operation_id="cancel_shipment", request=CancelSerializer, responses=ShipmentDetailSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Give up a shipment that has not departed: its goods may go into another one. Safe to repeat."""
        selectors.get_shipment(public_id)
        given = CancelSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.cancel_shipment(
            public_id=public_id, reason=given.validated_data["reason"], actor=self.token.actor(), now=clock.now()
        )
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
