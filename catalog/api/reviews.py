"""The endpoints of master tables: who answers for each, and that it was looked through."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right, token_grants
from acorn.core import clock
from acorn.rest.views import TenantAPIView
from catalog import services
from catalog.selectors.reviews import find_member_id, list_reviews
from catalog.serializers.reviews import AssignmentSerializer, ReviewedSerializer, ReviewSerializer


class TableReviews(TenantAPIView):
    rights = {"GET": Right.SEE_ITEMS, "PUT": Right.MANAGE_SETTINGS}

    @extend_schema(operation_id="table_reviews", responses=ReviewSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every master table, who answers for it, and when it is to be looked through."""
        rows, _members = list_reviews(now=clock.now())
        return Response(ReviewSerializer(rows, many=True).data)

    @extend_schema(operation_id="assign_table_review", request=AssignmentSerializer, responses=ReviewSerializer)
    def put(self, request: Request) -> Response:
        """Name who answers for a table, and how often they look it through. Safe to repeat."""
        given = _checked(AssignmentSerializer, request.data)
        services.assign_review(
            table=given["table"], owner_id=find_member_id(given["owner"]), period_days=given["period_days"],
            actor=self.token.actor(), now=clock.now(),
        )  # fmt: skip
        return _show(given["table"])


class TableReviewDone(TenantAPIView):
    rights = {"POST": Right.SEE_ITEMS}

    @extend_schema(operation_id="finish_table_review", request=ReviewedSerializer, responses=ReviewSerializer)
    def post(self, request: Request) -> Response:
        """Say that it was looked through: by a token of its owner, or one that may name owners."""
        given = _checked(ReviewedSerializer, request.data)
        services.finish_review(
            **given, actor=self.token.actor(), person=self.token.person(),
            may_assign=token_grants(self.token.scopes, Right.MANAGE_SETTINGS), now=clock.now(),
        )  # fmt: skip
        return _show(given["table"])


def _checked(form: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    checked = form(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def _show(table: str) -> Response:
    rows, _members = list_reviews(now=clock.now())
    return Response(ReviewSerializer(next(row for row in rows if row.table.name == table)).data)
