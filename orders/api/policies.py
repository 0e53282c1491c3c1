"""The endpoint of policies."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantGenericAPIView
from orders import selectors, services
from orders.models import AnswerPolicy
from orders.serializers.policies import NewPolicySerializer, PolicySerializer, to_terms
from orders.types import AnswerMode


class PolicyList(TenantGenericAPIView, ListAPIView):
    """How vendor codes are answered: the row that counts for each."""

    rights = {"GET": Right.SEE_POLICIES, "POST": Right.MANAGE_POLICIES}
    serializer_class = PolicySerializer
    sorts = Sorts({"created_at": "created_at", "vendor_code": "vendor_code"}, default="vendor_code")

    def get_queryset(self) -> QuerySet[AnswerPolicy]:
        return selectors.list_policies()

    @extend_schema(operation_id="answer_policies")
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(operation_id="decide_answer_policy", request=NewPolicySerializer, responses={201: PolicySerializer})
    def post(self, request: Request) -> Response:
        """Decide how a vendor code is answered from now on. SEND_WHEN_CLEAN needs a trial with these very terms first."""
        wanted = NewPolicySerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        policy = services.set_policy(
            vendor_code=values["vendor_code"], mode=AnswerMode(values["mode"]), terms=to_terms(values.get("terms", {})),
            reason=values["reason"], actor=self.token.actor(), now=clock.now(),
        )  # fmt: skip
        return Response(PolicySerializer(policy).data, status=status.HTTP_201_CREATED)
