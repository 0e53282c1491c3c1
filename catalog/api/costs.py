"""The endpoints of agreed costs."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from catalog import selectors, services
from catalog.filters.terms import COST_SORTS
from catalog.models import AgreedCost
from catalog.serializers.costs import CostChangeSerializer, CostQuery, CostSerializer, NewCostSerializer


class CostList(TenantGenericAPIView, ListAPIView):
    """What Amazon has agreed to pay."""

    rights = {"GET": Right.SEE_COSTS, "POST": Right.MANAGE_COSTS}
    serializer_class = CostSerializer
    sorts = COST_SORTS

    def get_queryset(self) -> QuerySet[AgreedCost]:
        wanted = CostQuery(data=self.request.query_params)
        wanted.is_valid(raise_exception=True)
        paths = {"sku": "item__sku"}
        return selectors.list_costs().filter(
            **{paths.get(name, name): value for name, value in wanted.validated_data.items()}
        )

    @extend_schema(operation_id="agreed_costs", parameters=[CostQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(operation_id="create_agreed_cost", request=NewCostSerializer, responses={201: CostSerializer})
    def post(self, request: Request) -> Response:
        """A cost that was agreed, or that you ask for. 409 COST_EXISTS when there is one from the same day."""
        given = NewCostSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        cost = services.create_cost(**given.validated_data, actor=self.token.actor(), now=clock.now())
        return Response(CostSerializer(cost).data, status=status.HTTP_201_CREATED)


class CostDetail(TenantAPIView):
    rights = {"GET": Right.SEE_COSTS, "PATCH": Right.MANAGE_COSTS}

    @extend_schema(operation_id="agreed_cost", responses=CostSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One agreed cost."""
        return Response(CostSerializer(selectors.get_cost(public_id)).data)

    @extend_schema(operation_id="change_agreed_cost", request=CostChangeSerializer, responses=CostSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Change it, or decide what was requested. 409 COST_DECIDED for what can't be changed any more."""
        selectors.get_cost(public_id)
        given = CostChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        changes = dict(given.validated_data)
        decision = {name: changes.pop(name) for name in ("status", "reason", "ends_previous") if name in changes}
        who: dict[str, Any] = {"public_id": public_id, "actor": self.token.actor(), "now": clock.now()}
        with transaction.atomic():
            cost = services.change_cost(changes=changes, **who)
            if "status" in decision:
                cost = services.decide_cost(**decision, **who)
        return Response(CostSerializer(cost).data)
