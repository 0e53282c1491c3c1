"""The endpoints of answers to purchase orders."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from orders import selectors
from orders.models import Acknowledgement
from orders.rules import CONFIRMABLE
from orders.serializers.acknowledgements import (
    AcknowledgementDetailSerializer,
    AcknowledgementSerializer,
    AnswerRequestSerializer,
)
from orders.services import acknowledge, acknowledge_proposal
from orders.types import AnswerOrigin


class AcknowledgementList(TenantGenericAPIView, ListAPIView):
    """Answers to purchase orders, newest first."""

    rights = {"GET": Right.SEE_ORDERS, "POST": Right.ANSWER_ORDERS}
    serializer_class = AcknowledgementSerializer
    sorts = Sorts({"created_at": "id"}, default="-created_at")

    def get_queryset(self) -> QuerySet[Acknowledgement]:
        found = selectors.list_acknowledgements()
        order = self.request.query_params.get("purchase_order")
        return found if order is None else found.filter(order__public_id=order)

    @extend_schema(
        operation_id="acknowledgements",
        parameters=[OpenApiParameter("purchase_order", str, description="Only answers to this order, by its id.")],
    )
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(
        operation_id="acknowledge", request=AnswerRequestSerializer, responses={202: AcknowledgementSerializer}
    )
    def post(self, request: Request) -> Response:
        """Answer an order. 202: kept, and on its way to Amazon; 422 with `findings`: nothing was changed.

        What is given explicitly counts as confirmed, a lower cost or an obsolete product, say; what `use_proposal` takes
        over does not.
        """
        given = AnswerRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        order_id, now, actor = given.validated_data["purchase_order"], clock.now(), self.token.actor()
        if given.validated_data["use_proposal"]:
            answer = acknowledge_proposal(order_public_id=order_id, origin=AnswerOrigin.API, actor=actor, now=now)
        else:
            answer = acknowledge(
                order_public_id=order_id, answers=given.validated_data["lines"], origin=AnswerOrigin.API,
                confirmed=CONFIRMABLE, actor=actor, now=now,
            )  # fmt: skip
        return Response(AcknowledgementSerializer(selectors.get_acknowledgement(answer.public_id)).data, status=202)


class AcknowledgementDetail(TenantAPIView):
    rights = {"GET": Right.SEE_ORDERS}

    @extend_schema(operation_id="acknowledgement", responses=AcknowledgementDetailSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One answer with its lines."""
        answer: Any = selectors.get_acknowledgement(public_id)
        answer.loaded_lines = selectors.list_answer_lines(answer)
        context = {"currency": answer.order.currency}
        return Response(AcknowledgementDetailSerializer(answer, context=context).data)
