"""The endpoints of departures and ASNs."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from shipments import selectors, services
from shipments.models import Asn
from shipments.serializers.asns import (
    AsnDetailSerializer,
    AsnSerializer,
    CheckFindingsSerializer,
    CorrectionSerializer,
    DepartedSerializer,
    DepartSerializer,
    ReceiptsSerializer,
    read_correction,
)
from vendors.errors import told


class ShipmentDeparture(TenantAPIView):
    rights = {"POST": Right.SHIP}

    @extend_schema(operation_id="depart_shipment", request=DepartSerializer, responses={202: DepartedSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Say that a shipment has left. 202: its ASN is on its way to Amazon; 422 with `findings`: nothing was changed.

        Stock falls, the orders' lines are shipped, and the ASN says what is on the truck.
        """
        shipment = selectors.get_shipment(public_id)
        given = DepartSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        numbers = values.pop("tracking_numbers", None) or []
        cartons = shipment.cartons.order_by("position").values_list("public_id", flat=True) if numbers else []
        asns = services.depart(
            shipment_public_ids=[public_id], released=frozenset(values.pop("release", ())),
            reason=values.pop("release_reason"), tracking_numbers=dict(zip(cartons, numbers, strict=False)),
            estimated_delivery_at=values.pop("estimated_delivery_at", None), **values, actor=self.token.actor(),
            now=clock.now(),
        )  # fmt: skip
        return Response(DepartedSerializer({"asn": asns[0], "asns": asns}).data, status=202)


class ShipmentCheck(TenantAPIView):
    rights = {"POST": Right.PACK}

    @extend_schema(operation_id="check_shipment", request=None, responses=CheckFindingsSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """What would hold the shipment if it left now, and what it would cost."""
        findings = services.check_shipment(selectors.get_shipment(public_id), now=clock.now())
        return Response({"findings": [told(finding) for finding in findings]})


class ShipmentReceipts(TenantAPIView):
    rights = {"GET": Right.SEE_SHIPMENTS}

    @extend_schema(operation_id="shipment_receipts", responses=ReceiptsSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """What Amazon has received of the shipment, line by line, with the cartons that prove what left."""
        shipment = selectors.get_shipment(public_id)
        return Response(ReceiptsSerializer({"lines": selectors.list_receipts(shipment)}).data)


class AsnList(TenantGenericAPIView, ListAPIView):
    """The company's ASNs."""

    rights = {"GET": Right.SEE_SHIPMENTS}
    serializer_class = AsnSerializer
    sorts = Sorts({"created_at": "created_at"}, default="-created_at")

    def get_queryset(self) -> QuerySet[Asn]:
        return selectors.list_asns()

    @extend_schema(operation_id="asns")
    def get(self, request: Request) -> Response:
        return super().get(request)


class AsnDetail(TenantAPIView):
    rights = {"GET": Right.SEE_SHIPMENTS}

    @extend_schema(operation_id="asn", responses=AsnDetailSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One ASN with what it tells."""
        return Response(AsnDetailSerializer(selectors.get_asn(public_id)).data)


class AsnReplacement(TenantAPIView):
    rights = {"POST": Right.SHIP}

    @extend_schema(operation_id="replace_asn", request=CorrectionSerializer, responses={202: AsnSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Say what was really on the truck: in place until Amazon has the ASN, then by a replacement, which only reduces.

        409 with `findings` where Amazon would not take it: each says what to do instead.
        """
        known = selectors.get_asn(public_id)
        given = CorrectionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asn = services.correct_asn(
            public_id=known.public_id, correction=read_correction(given.validated_data),
            reason=given.validated_data["reason"], actor=self.token.actor(), now=clock.now(),
        )  # fmt: skip
        return Response(AsnSerializer(asn).data, status=202)
