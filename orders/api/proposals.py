"""The endpoints of proposals."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.rest.views import TenantAPIView
from orders import selectors
from orders.errors import OrderNotFound
from orders.serializers.proposals import OrderProposalSerializer


class OrderProposal(TenantAPIView):
    rights = {"GET": Right.SEE_ORDERS}

    @extend_schema(operation_id="purchase_order_proposal", responses=OrderProposalSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """How the vendor code's policy would answer the order now, with reasons and other ways. Nothing is promised."""
        proposal = selectors.propose([public_id], now=clock.now()).get(public_id)
        if proposal is None:
            raise OrderNotFound
        return Response(OrderProposalSerializer(proposal).data)
