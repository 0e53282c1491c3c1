"""The endpoints of stock: counts in, levels out, reservations, and what is on its way."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import Invalid
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from catalog.models import Commitment, Inbound, StockBalance, StockEntry
from catalog.selectors import stock as selectors
from catalog.serializers.stock import (
    CountAnswerSerializer,
    CountBatchAnswerSerializer,
    CountBatchSerializer,
    EntryQuery,
    EntrySerializer,
    InboundQuery,
    InboundSerializer,
    LevelQuery,
    LevelSerializer,
    NewAdjustmentSerializer,
    NewCountSerializer,
    NewInboundSerializer,
    NewReservationSerializer,
    NewTransferSerializer,
    ReasonSerializer,
    ReceiptSerializer,
    ReservationQuery,
    ReservationSerializer,
    TransferSerializer,
)
from catalog.services import stock
from catalog.types import COUNT_SKEW, CountRow, Place


class StockCounts(TenantAPIView):
    rights = {"POST": Right.MANAGE_STOCK}

    @extend_schema(operation_id="count_stock", request=NewCountSerializer, responses={201: CountAnswerSerializer})
    def post(self, request: Request) -> Response:
        """Say how much of an item lay in a warehouse at an instant. Safe to repeat, in any order: the latest counts."""
        given = _checked(NewCountSerializer, request.data)
        row = CountRow(
            Place(given["item"].pk, given["warehouse"].pk, given["pool"]),
            given["on_hand"], given["as_of"], given["reason"],
        )  # fmt: skip
        result = stock.record_count(row, source="API", actor=self.token.actor(), now=clock.now())
        shown = {
            "sku": given["item"].sku, "warehouse": given["warehouse"].code, "pool": given["pool"],
            "applied": result.is_applied, "on_hand": result.on_hand, "committed": result.committed,
            "as_of": given["as_of"],
        }  # fmt: skip
        return Response(CountAnswerSerializer(shown).data, status=status.HTTP_201_CREATED)


class StockCountBatch(TenantAPIView):
    rights = {"POST": Right.MANAGE_STOCK}

    @extend_schema(
        operation_id="count_stock_batch", request=CountBatchSerializer, responses={201: CountBatchAnswerSerializer}
    )
    def post(self, request: Request) -> Response:
        """Up to 1,000 counts, all or none; one result for each, in the order given."""
        counts = _checked(CountBatchSerializer, request.data)["counts"]
        items = selectors.find_items({count["sku"] for count in counts})
        warehouses = selectors.find_warehouses()
        latest = clock.now() + COUNT_SKEW
        rows: list[CountRow] = []
        fields: dict[str, list[Any]] = {}
        for number, count in enumerate(counts):
            item, warehouse = items.get(count["sku"]), warehouses.get(count["warehouse"])
            if item is None:
                fields[f"counts.{number}.sku"] = [_("There is no item with this SKU.")]
            if warehouse is None:
                fields[f"counts.{number}.warehouse"] = [_("There is no warehouse in use with this code or id.")]
            if count["as_of"] > latest:
                fields[f"counts.{number}.as_of"] = [_("A count cannot be from the future.")]
            if item and warehouse:
                place = Place(item.pk, warehouse.pk, count.get("pool") or warehouse.pool)
                rows.append(CountRow(place, count["on_hand"], count["as_of"], count["reason"]))
        if fields:
            raise Invalid(fields=fields)
        results = stock.record_counts(rows, source="API", actor=self.token.actor(), now=clock.now())
        shown = [
            {
                "sku": count["sku"], "warehouse": warehouses[count["warehouse"]].code, "pool": row.place.pool,
                "applied": result.is_applied, "on_hand": result.on_hand, "committed": result.committed,
                "as_of": row.as_of,
            }
            for count, row, result in zip(counts, rows, results, strict=True)
        ]  # fmt: skip
        return Response(CountBatchAnswerSerializer({"results": shown}).data, status=status.HTTP_201_CREATED)


class StockAdjustments(TenantAPIView):
    rights = {"POST": Right.MANAGE_STOCK}

    @extend_schema(operation_id="adjust_stock", request=NewAdjustmentSerializer, responses={201: EntrySerializer})
    def post(self, request: Request) -> Response:
        """Say that there is more or less of an item, without a count, and why. Safe to repeat.

        409 NOT_THERE, STOCK_PROMISED (unless `below_promised`), or MOVEMENT_DIFFERS for a reference of another one.
        """
        given = _checked(NewAdjustmentSerializer, request.data)
        entry = stock.adjust(**given, source="API", actor=self.token.actor(), now=clock.now())
        return Response(EntrySerializer(entry).data, status=status.HTTP_201_CREATED)


class StockTransfers(TenantAPIView):
    rights = {"POST": Right.MANAGE_STOCK}

    @extend_schema(operation_id="move_stock", request=NewTransferSerializer, responses={201: TransferSerializer})
    def post(self, request: Request) -> Response:
        """Carry goods to another warehouse or pool. Safe to repeat, and refused, as an adjustment."""
        given = _checked(NewTransferSerializer, request.data)
        taken, brought = stock.move(**given, source="API", actor=self.token.actor(), now=clock.now())
        return Response(
            TransferSerializer({"taken": taken, "brought": brought}).data, status=status.HTTP_201_CREATED
        )  # fmt: skip


class StockEntries(TenantGenericAPIView, ListAPIView):
    """The ledger: every movement of stock, and what it left."""

    rights = {"GET": Right.SEE_STOCK}
    serializer_class = EntrySerializer
    sorts = Sorts({"at": "id"}, default="-at")

    def get_queryset(self) -> QuerySet[StockEntry]:
        return selectors.list_all_entries(**_checked(EntryQuery, self.request.query_params))

    @extend_schema(operation_id="stock_entries", parameters=[EntryQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)


class StockLevels(TenantGenericAPIView, ListAPIView):
    """What items have in each warehouse and pool."""

    rights = {"GET": Right.SEE_STOCK}
    serializer_class = LevelSerializer
    sorts = Sorts({"sku": "item__sku", "created_at": "id"}, default="sku")

    def get_queryset(self) -> QuerySet[StockBalance]:
        return selectors.list_balances()

    @extend_schema(operation_id="stock_levels", parameters=[LevelQuery])
    def get(self, request: Request) -> Response:
        """With `sku`: a row for each warehouse, zeros where the item has had none yet, all on one page.

        What is not here has no rows.
        """
        wanted = _checked(LevelQuery, request.query_params)
        name, day = wanted.get("warehouse"), wanted.get("on")
        if sku := wanted.get("sku"):
            item = selectors.find_item_by_sku(sku)
            levels = selectors.levels_of_item(item, on=day) if item else []
            levels = [level for level in levels if name in (None, level.warehouse.code, level.warehouse.public_id)]
            return Response({"next": None, "previous": None, "results": LevelSerializer(levels, many=True).data})
        balances = self.get_queryset()
        if name is not None:
            balances = balances.filter(Q(warehouse__code=name) | Q(warehouse__public_id=name))
        page = self.paginate_queryset(balances) or []
        return self.get_paginated_response(LevelSerializer(selectors.levels_of(page, on=day), many=True).data)


class Reservations(TenantGenericAPIView, ListAPIView):
    """Stock that is held, and what for."""

    rights = {"GET": Right.SEE_STOCK, "POST": Right.MANAGE_STOCK}
    serializer_class = ReservationSerializer
    sorts = Sorts({"created_at": "id"}, default="-created_at")

    def get_queryset(self) -> QuerySet[Commitment]:
        return selectors.list_commitments(**_checked(ReservationQuery, self.request.query_params))

    @extend_schema(operation_id="stock_reservations", parameters=[ReservationQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(
        operation_id="reserve_stock", request=NewReservationSerializer, responses={201: ReservationSerializer}
    )
    def post(self, request: Request) -> Response:
        """Hold stock. 409 INSUFFICIENT_STOCK when less is available; then nothing is held.

        The same `reference` for the same purpose, item, warehouse and pool answers with the first reservation and holds nothing
        more. 409 PROMISE_DIFFERS when the quantity differs, 409 RESERVATION_ENDED when it was released since.
        """
        given = _checked(NewReservationSerializer, request.data)
        held = stock.hold(**given, actor=self.token.actor(), now=clock.now())
        return _show_reservation(held.public_id, status.HTTP_201_CREATED)


class ReservationDetail(TenantAPIView):
    rights = {"GET": Right.SEE_STOCK}

    @extend_schema(operation_id="stock_reservation", responses=ReservationSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One reservation."""
        return _show_reservation(public_id)


class ReservationRelease(TenantAPIView):
    rights = {"POST": Right.MANAGE_STOCK}

    @extend_schema(operation_id="release_stock", request=ReasonSerializer, responses=ReservationSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Give it back. Safe to repeat. 409 HELD_BY_ORDER for what an order of Amazon's holds."""
        selectors.get_commitment(public_id)
        given = _checked(ReasonSerializer, request.data)
        stock.release_holds([public_id], actor=self.token.actor(), now=clock.now(), reason=given["reason"])
        return _show_reservation(public_id)


class InboundList(TenantGenericAPIView, ListAPIView):
    """Goods on their way to a warehouse."""

    rights = {"GET": Right.SEE_STOCK, "POST": Right.MANAGE_STOCK}
    serializer_class = InboundSerializer
    sorts = Sorts({"expected_on": "expected_on", "created_at": "id"}, default="expected_on")

    def get_queryset(self) -> QuerySet[Inbound]:
        return selectors.list_all_inbound(**_checked(InboundQuery, self.request.query_params))

    @extend_schema(operation_id="stock_inbound_list", parameters=[InboundQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(operation_id="expect_inbound", request=NewInboundSerializer, responses={201: InboundSerializer})
    def post(self, request: Request) -> Response:
        """Announce goods, or say anew how many come and when. Safe to repeat."""
        given = _checked(NewInboundSerializer, request.data)
        inbound = stock.expect_inbound(**given, actor=self.token.actor(), now=clock.now())
        return _show_inbound(inbound.public_id, status.HTTP_201_CREATED)


class InboundDetail(TenantAPIView):
    rights = {"GET": Right.SEE_STOCK}

    @extend_schema(operation_id="stock_inbound", responses=InboundSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One inbound."""
        return _show_inbound(public_id)


class InboundReceipt(TenantAPIView):
    rights = {"POST": Right.MANAGE_STOCK}

    @extend_schema(operation_id="receive_inbound", request=ReceiptSerializer, responses=InboundSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """They have arrived: on hand grows by them, once."""
        selectors.get_inbound(public_id)
        given = _checked(ReceiptSerializer, request.data)
        stock.receive_inbound(public_id, **given, actor=self.token.actor(), now=clock.now())
        return _show_inbound(public_id)


class InboundCancellation(TenantAPIView):
    rights = {"POST": Right.MANAGE_STOCK}

    @extend_schema(operation_id="cancel_inbound", request=ReasonSerializer, responses=InboundSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """They never come. Safe to repeat."""
        selectors.get_inbound(public_id)
        given = _checked(ReasonSerializer, request.data)
        stock.cancel_inbound(public_id, reason=given["reason"], actor=self.token.actor(), now=clock.now())
        return _show_inbound(public_id)


def _checked(form: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    checked = form(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def _show_reservation(public_id: str, code: int = status.HTTP_200_OK) -> Response:
    return Response(ReservationSerializer(selectors.get_commitment(public_id)).data, status=code)


def _show_inbound(public_id: str, code: int = status.HTTP_200_OK) -> Response:
    return Response(InboundSerializer(selectors.get_inbound(public_id)).data, status=code)
