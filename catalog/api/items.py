"""The endpoints of items and of proposals for their identifiers."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right, token_grants
from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from acorn.tenancy.days import local_day
from catalog import services
from catalog.impact import measure
from catalog.models import IdentifierProposal, Item
from catalog.selectors import items as selectors
from catalog.serializers.items import (
    DecisionSerializer,
    ItemChangeSerializer,
    ItemQuery,
    ItemSerializer,
    NewIdentifierSerializer,
    NewItemSerializer,
    NewProposalAnswerSerializer,
    NewProposalSerializer,
    ProposalDetailSerializer,
    ProposalQuery,
    ProposalSerializer,
)
from catalog.types import ProposalAction


class ItemList(TenantGenericAPIView, ListAPIView):
    """The company's items."""

    rights = {"GET": Right.SEE_ITEMS, "POST": Right.MANAGE_ITEMS}
    serializer_class = ItemSerializer
    sorts = Sorts({"sku": "sku", "changed_at": "changed_at", "created_at": "id"}, default="sku")

    def get_queryset(self) -> QuerySet[Item]:
        wanted = _checked(ItemQuery, self.request.query_params)
        return selectors.filter_items(selectors.list_items(), **wanted)

    @extend_schema(operation_id="items", parameters=[ItemQuery])
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(ItemSerializer(page, many=True, context=_context(page)).data)

    @extend_schema(operation_id="create_item", request=NewItemSerializer, responses={201: ItemSerializer})
    def post(self, request: Request) -> Response:
        """A new item. Its identifiers count at once, or wait for a second person, as the company has chosen."""
        given = _checked(NewItemSerializer, request.data)
        wanted = [NewIdentifierSerializer.wish(each) for each in given.pop("identifiers")]
        item, _outcomes = services.create_item(
            identifiers=wanted, actor=self.token.actor(), person=self.token.person(), now=clock.now(), **given
        )
        return _show_item(item.public_id, status.HTTP_201_CREATED)


class ItemDetail(TenantAPIView):
    """One item."""

    rights = {"GET": Right.SEE_ITEMS, "PATCH": Right.MANAGE_ITEMS}

    @extend_schema(operation_id="item", responses=ItemSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        return _show_item(public_id)

    @extend_schema(operation_id="change_item", request=ItemChangeSerializer, responses=ItemSerializer)
    def patch(self, request: Request, public_id: str) -> Response:
        """Describe an item anew. Its identifiers are changed by proposals."""
        selectors.get_item(public_id)
        given = _checked(ItemChangeSerializer, request.data)
        services.change_item(public_id=public_id, actor=self.token.actor(), now=clock.now(), **given)
        return _show_item(public_id)


class ProposalList(TenantGenericAPIView, ListAPIView):
    """Changes of identifiers that wait for a second person, and what became of earlier ones."""

    rights = {"GET": Right.SEE_ITEMS, "POST": Right.MANAGE_ITEMS}
    serializer_class = ProposalSerializer
    sorts = Sorts({"created_at": "id"}, default="-created_at")

    def get_queryset(self) -> QuerySet[IdentifierProposal]:
        wanted = _checked(ProposalQuery, self.request.query_params)
        return selectors.filter_proposals(selectors.list_proposals(), **wanted)

    @extend_schema(operation_id="identifier_proposals", parameters=[ProposalQuery])
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        context = {"clashes": selectors.find_proposal_clashes(page)}
        return self.get_paginated_response(ProposalSerializer(page, many=True, context=context).data)

    @extend_schema(
        operation_id="propose_identifier", request=NewProposalSerializer, responses={201: NewProposalAnswerSerializer}
    )
    def post(self, request: Request) -> Response:
        """Add, replace or end an identifier of an item."""
        given = _checked(NewProposalSerializer, request.data)
        action = ProposalAction(given["action"])
        outcome = services.propose_identifier(
            item_public_id=given["item"],
            wanted=None if action == ProposalAction.END else NewIdentifierSerializer.wish({"kind": "", **given}),
            replaces=given["identifier"] if action == ProposalAction.REPLACE else "",
            ends=given["identifier"] if action == ProposalAction.END else "",
            effective_from=given.get("effective_from"),
            reason=given["reason"],
            actor=self.token.actor(),
            person=self.token.person(),
            now=clock.now(),
        )
        shown = None
        if outcome.proposal is not None:
            proposal = selectors.get_proposal(outcome.proposal.public_id)
            shown = ProposalSerializer(proposal, context={"clashes": selectors.find_proposal_clashes([proposal])}).data
        return Response({"proposal": shown}, status=status.HTTP_201_CREATED)


class ProposalDetail(TenantAPIView):
    rights = {"GET": Right.SEE_ITEMS}

    @extend_schema(operation_id="identifier_proposal", responses=ProposalDetailSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One proposal, with what it would touch."""
        return _show_proposal(public_id, self.token.scopes)


class _Decision(TenantAPIView):
    """A proposal that somebody settles."""

    def settle(self, request: Request, public_id: str, service: Any) -> Response:
        selectors.get_proposal(public_id)
        given = _checked(DecisionSerializer, request.data)
        service(
            public_id, reason=given["reason"], actor=self.token.actor(), person=self.token.person(), now=clock.now()
        )
        return _show_proposal(public_id, self.token.scopes)


class ProposalApproval(_Decision):
    rights = {"POST": Right.APPROVE_MAPPINGS}

    @extend_schema(
        operation_id="approve_identifier_proposal", request=DecisionSerializer, responses=ProposalDetailSerializer
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Let it count, as a second person: neither its author nor a token of theirs."""
        return self.settle(request, public_id, services.approve_proposal)


class ProposalRefusal(_Decision):
    rights = {"POST": Right.APPROVE_MAPPINGS}

    @extend_schema(
        operation_id="refuse_identifier_proposal", request=DecisionSerializer, responses=ProposalDetailSerializer
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Say no to it: it never counts."""
        return self.settle(request, public_id, services.refuse_proposal)


class ProposalWithdrawal(_Decision):
    rights = {"POST": Right.MANAGE_ITEMS}

    @extend_schema(
        operation_id="withdraw_identifier_proposal", request=DecisionSerializer, responses=ProposalDetailSerializer
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Take one's own proposal back."""
        return self.settle(request, public_id, services.withdraw_proposal)


def _checked(form: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    checked = form(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def _context(items: list[Item]) -> dict[str, Any]:
    return {"identifiers": selectors.show_identifiers(items, today=local_day(clock.now()))}


def _show_item(public_id: str, code: int = status.HTTP_200_OK) -> Response:
    item = selectors.get_item(public_id)
    return Response(ItemSerializer(item, context=_context([item])).data, status=code)


def _show_proposal(public_id: str, scopes: list[str]) -> Response:
    proposal = selectors.get_proposal(public_id)
    may_see = token_grants(scopes, Right.SEE_ORDERS)
    context = {
        "clashes": selectors.find_proposal_clashes([proposal]),
        "impact": measure(selectors.touched_values(proposal), proposal.marketplace) if may_see else None,
    }
    return Response(ProposalDetailSerializer(proposal, context=context).data)
