"""The endpoints of pickups, appointments and documents of a shipment."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.rest.views import TenantAPIView
from shipments import selectors, services
from shipments.rules import PICKUP_RULES
from shipments.serializers.transport import (
    AppointmentReportSerializer,
    AppointmentSerializer,
    EvidenceSerializer,
    PickupAskSerializer,
    PickupSerializer,
)
from shipments.types import AppointmentStatus, PickupAction


class ShipmentPickups(TenantAPIView):
    rights = {"GET": Right.SEE_SHIPMENTS, "POST": Right.SHIP}

    @extend_schema(operation_id="pickup_requests", responses=PickupSerializer(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """What Amazon was asked about fetching the shipment, newest first."""
        return Response(PickupSerializer(selectors.list_pickups(public_id), many=True).data)

    @extend_schema(operation_id="request_pickup", request=PickupAskSerializer, responses={202: PickupSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Ask Amazon to fetch the shipment, or take that back. 202: on its way; 422 with `findings`: nothing was changed."""
        asked = PickupAskSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given, now, actor = asked.validated_data, clock.now(), self.token.actor()
        if given["action"] == PickupAction.CANCEL:
            row = services.cancel_pickup(shipment_public_id=public_id, reason=given["reason"], actor=actor, now=now)
        else:
            row = services.request_pickup(
                shipment_public_id=public_id, pickup_at=given.get("pickup_at"), confirmed=PICKUP_RULES, actor=actor,
                now=now,
            )  # fmt: skip
        return Response(PickupSerializer(row).data, status=202)


class ShipmentAppointment(TenantAPIView):
    rights = {"GET": Right.SEE_SHIPMENTS, "POST": Right.SHIP}

    @extend_schema(operation_id="appointments", responses=AppointmentSerializer(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """What is known of the shipment's delivery slot, the newest word first."""
        return Response(AppointmentSerializer(selectors.list_appointments(public_id), many=True).data)

    @extend_schema(
        operation_id="record_appointment", request=AppointmentReportSerializer, responses={201: AppointmentSerializer}
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Say what is known of the delivery slot. The same once more changes nothing."""
        told = AppointmentReportSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        given = told.validated_data | {"status": AppointmentStatus(told.validated_data["status"])}
        row = services.record_appointment(
            shipment_public_id=public_id, source="API", actor=self.token.actor(), now=clock.now(), **given
        )
        return Response(AppointmentSerializer(row).data, status=201)


class ShipmentEvidence(TenantAPIView):
    rights = {"GET": Right.SEE_SHIPMENTS}

    @extend_schema(operation_id="shipment_evidence", responses=EvidenceSerializer(many=True))
    def get(self, request: Request, public_id: str) -> Response:
        """The documents kept with the shipment, newest first."""
        return Response(EvidenceSerializer(selectors.list_evidence(public_id), many=True).data)
